"""The same words in other rooms, voices, microphones and noises; the sounds move along where the time is stretched."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from training.places import RATE_HZ, SHARED
from training.recordings import corpus_rows, pcm

NOISES = ("noise", "noise_event", "noise_roomtone")
VOICES = frozenset({"baby_cry", "dog_bark", "person_sneeze", "rooster"})
"""Noises that are voices of a sort: garbage, where others are silence."""
_KEPT = 5
"""One noise in so many, and the last two rooms, are kept for development."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What may happen to a clip, and the chance that decides. Arrays are float32 in 16-bit units."""

    chance: Any
    """numpy Generator"""
    noises: Sequence[Any]
    rooms: Sequence[Any]

    def changed(self, samples: Any, sounds: Any, other: Any | None = None, single: bool = False) -> tuple[Any, Any]:
        """Samples (n,) and sounds as in `Aligned`, changed; ``other`` is somebody who may talk behind it.

        A ``single`` word has nothing about it that could help to understand it, so it is learnt in more noise.
        """
        import numpy as np

        chance = self.chance
        x, times = samples, sounds.astype(np.float64)
        if chance.random() < 0.7:
            x, times = self._faster(x, times, chance.uniform(0.84, 1.2))
        if other is not None and chance.random() < 0.12:
            x = self._mixed(x, other, chance.uniform(8, 22))
        if chance.random() < 0.45:
            x = self._in_a_room(x)
        if chance.random() < 0.6:
            x = self._through_a_microphone(x)
        noisy = chance.random()
        if noisy < 0.35:
            x = self._mixed(x, self._coloured(len(x)), chance.uniform(0 if single else 4, 32))
        elif noisy < (0.85 if single else 0.75):
            x = self._mixed(x, self.noises[chance.integers(len(self.noises))], chance.uniform(0 if single else 3, 26))
        if chance.random() < 0.25:
            x = narrow_band(x)
        x = x / (np.abs(x).max() + 1) * 10 ** chance.uniform(2.6, 4.45)
        if chance.random() < 0.08:
            top = np.abs(x).max() * chance.uniform(0.3, 0.8)
            x = np.clip(x, -top, top)
        if chance.random() < 0.1:
            silence = np.zeros(int(chance.integers(5, 25)) * 160, np.float32)
            x, times = np.concatenate([silence, x]), times + np.array([0, len(silence) / 160, len(silence) / 160])
            times[0, 1] = 0
        return np.round(x).astype(np.float32), np.round(times).astype(np.int64)

    def _faster(self, x: Any, times: Any, rate: float) -> tuple[Any, Any]:
        """As a record played faster: tempo and the size of the speaker change together."""
        import numpy as np

        at = np.arange(int(len(x) / rate), dtype=np.float32) * rate
        times = times / np.array([1, rate, rate])
        return np.interp(at, np.arange(len(x)), x).astype(np.float32), times

    def _in_a_room(self, x: Any) -> Any:
        import numpy as np
        from scipy.signal import oaconvolve

        if self.rooms and self.chance.random() < 0.4:
            response = self.rooms[self.chance.integers(len(self.rooms))]
        else:
            length = int(self.chance.uniform(0.05, 0.5) * RATE_HZ)
            response = self.chance.normal(size=length).astype(np.float32) * 10 ** (-3 * np.arange(length) / length)
            response *= 10 ** (-self.chance.uniform(4, 18) / 20) / np.sqrt((response**2).sum())
            response[0] = 1
        return oaconvolve(x, response.astype(np.float32))[: len(x)]

    def _through_a_microphone(self, x: Any) -> Any:
        import numpy as np
        from scipy.signal import lfilter

        x = lfilter(np.array([1, self.chance.uniform(-0.6, 0.6)], np.float32), np.array([1], np.float32), x)
        if self.chance.random() < 0.35:
            x = lfilter(np.array([1, -1], np.float32), np.array([1, -self.chance.uniform(0.7, 0.97)], np.float32), x)
        return x

    def _coloured(self, length: int) -> Any:
        import numpy as np
        from scipy.fft import irfft, rfft

        size = 1 << (length - 1).bit_length()
        spectrum = rfft(self.chance.normal(size=size).astype(np.float32))
        spectrum *= np.maximum(np.arange(len(spectrum), dtype=np.float32), 1) ** -self.chance.uniform(0, 1.2)
        return irfft(spectrum)[:length]

    def _mixed(self, x: Any, other: Any, below_db: float) -> Any:
        import numpy as np

        shift = int(self.chance.integers(len(other)))
        noise = np.resize(np.roll(other, -shift), len(x))
        return x + noise * (x.std() / (noise.std() + 1e-3) * 10 ** (-below_db / 20))


def narrow_band(x: Any) -> Any:
    """As from a source of 8 kHz."""
    import numpy as np
    import soxr

    narrow = soxr.resample(
        soxr.resample(x.astype(np.float32), RATE_HZ, RATE_HZ // 2, quality="MQ"), RATE_HZ // 2, RATE_HZ, quality="MQ"
    )
    return np.resize(narrow, len(x)) if len(narrow) != len(x) else narrow


def noises(development: bool = False) -> list[tuple[str, Any]]:
    """What it is, and its samples: those to train with, or those kept."""
    rows = [row for row in corpus_rows() if row["kind"] in NOISES]
    chosen = [row for row in rows if (zlib.crc32(row["path"].encode()) % _KEPT == 0) is development]
    return [(row["text"], pcm(SHARED / "corpus" / row["path"]).astype("float32")) for row in chosen]


def rooms(development: bool = False) -> list[Any]:
    """Measured responses, each from its strongest sample on, which is 1."""
    import numpy as np

    rows = sorted(row["path"] for row in corpus_rows() if row["kind"] == "rir")
    found = []
    for path in rows[-2:] if development else rows[:-2]:
        response = pcm(SHARED / "corpus" / path).astype(np.float32)
        peak = int(np.abs(response).argmax())
        found.append(response[peak : peak + RATE_HZ // 2] / response[peak])
    return found
