"""The sound as the recogniser sees it: 40 mel-frequency cepstra for each 10 ms, computed as Vosk computes them."""

from __future__ import annotations

from functools import cache
from typing import Any

RATE_HZ = 16_000
SIZE = 40
"""Mel bins, and cepstra kept: all of them, so that nothing is lost but the phase and the fine structure."""
FRAME = 400
SHIFT = 160
_FFT = 512
_LOW_HZ, _HIGH_HZ = 20.0, 7600.0
_PREEMPHASIS = 0.97
_LIFTER = 22.0
CONF = f"""--use-energy=false
--num-mel-bins={SIZE}
--num-ceps={SIZE}
--low-freq={_LOW_HZ:.0f}
--high-freq={_HIGH_HZ - RATE_HZ / 2:.0f}
--dither=0
--allow-upsample=true
--allow-downsample=true
--sample-frequency={RATE_HZ}
"""
"""The same in the words of ``conf/mfcc.conf``. Without dither the same sound always gives the same words."""


def mfcc(samples: Any) -> Any:
    """Samples of shape (n,) in 16-bit units to float32 of shape (frames, 40); frames that don't fit are left out."""
    import numpy as np

    count = 1 + (len(samples) - FRAME) // SHIFT if len(samples) >= FRAME else 0
    if count == 0:
        return np.zeros((0, SIZE), np.float32)
    window, mel, cosines = _tables()
    frames = np.lib.stride_tricks.sliding_window_view(np.asarray(samples, np.float32), FRAME)[::SHIFT][:count]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    spectrum = np.fft.rfft((frames - _PREEMPHASIS * before) * window, _FFT, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    energies = np.log(np.maximum(power[:, : _FFT // 2] @ mel, np.finfo(np.float32).eps))
    return (energies @ cosines).astype(np.float32)


@cache
def _tables() -> tuple[Any, Any, Any]:
    """The window, the mel filters as a matrix (bins of the spectrum, 40), and cosines with lifter (40, 40)."""
    import numpy as np

    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / (FRAME - 1))) ** 0.85
    edges = np.linspace(_mel(_LOW_HZ), _mel(_HIGH_HZ), SIZE + 2)
    at = _mel(np.arange(_FFT // 2) * RATE_HZ / _FFT)[:, None]
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    mel = np.maximum(0, np.minimum((at - left) / (centre - left), (right - at) / (right - centre)))
    order, bin_ = np.arange(SIZE)[None, :], np.arange(SIZE)[:, None]
    cosines = np.sqrt(np.where(order == 0, 1, 2) / SIZE) * np.cos(np.pi / SIZE * (bin_ + 0.5) * order)
    lifter = 1 + 0.5 * _LIFTER * np.sin(np.pi * order / _LIFTER)
    return tuple(table.astype(np.float32) for table in (window, mel, cosines * lifter))  # type: ignore[return-value]


def unlifted() -> tuple[Any, Any]:
    """Two (40, 40) matrices: from cepstra back to log mel energies, and from those to cepstra."""
    import numpy as np

    forth = _tables()[2]
    return np.linalg.inv(forth).astype(np.float32), forth


def _mel(hz: Any) -> Any:
    import numpy as np

    return 1127.0 * np.log(1.0 + np.asarray(hz) / 700.0)
