"""Sounds that are no words.

Short tones for the beginning and the end of a hold, told apart by direction and by length, and soft at the edges; and
the breath that a session opens with, which lets the ears learn how the room answers before a word is spoken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.clips import Clip

if TYPE_CHECKING:
    import numpy as np

RATE_HZ = 48_000
LEVEL = 0.3
"""Peak amplitude: about as loud as the voice."""
# Notes as (Hz, seconds). With their one overtone, an octave up, all stay below 1 kHz, where older ears still hear well.
CHIMES: dict[str, tuple[tuple[float, float], ...]] = {
    "begin": ((330.0, 0.14), (440.0, 0.30)),
    "end": ((440.0, 0.14), (370.0, 0.14), (294.0, 0.45)),
}
EDGE_S = 0.015
OPENING = "opening"
OPENING_S = 1.5
"""A breath of a second, and a pause."""
OPENING_LEVEL = 0.3
_SOFTER_ABOVE_HZ = 300.0


def chime(name: str) -> Clip:
    """The tone of that name. Raises ValueError for an unknown one."""
    import numpy as np

    if name == OPENING:
        return Clip(_breath(), RATE_HZ)
    if name not in CHIMES:
        raise ValueError(f"there is no chime called {name}, only {', '.join(CHIMES)}")
    notes = [_note(pitch_hz, length_s) for pitch_hz, length_s in CHIMES[name]]
    return Clip(np.concatenate(notes), RATE_HZ)


def length_s(name: str) -> float:
    """How long it sounds, without making it. Raises ValueError for an unknown one."""
    if name == OPENING:
        return OPENING_S
    if name not in CHIMES:
        raise ValueError(f"there is no chime called {name}, only {', '.join(CHIMES)}")
    return sum(length for _, length in CHIMES[name])


def _note(pitch_hz: float, length_s: float) -> np.ndarray:
    """One struck note that rings down; float32, shape (n,)."""
    import numpy as np

    at_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    tone = np.sin(2 * np.pi * pitch_hz * at_s) + 0.25 * np.sin(4 * np.pi * pitch_hz * at_s)
    ringing = np.exp(-4 * at_s / length_s)
    edges = np.minimum(1, np.minimum(at_s, length_s - at_s) / EDGE_S)
    sound: np.ndarray = (LEVEL / 1.25 * tone * ringing * edges).astype(np.float32)
    return sound


def _breath() -> np.ndarray:
    """A rush like a soft wave on sand, with something of every pitch in it; float32, shape (n,)."""
    import numpy as np

    at_s = np.arange(RATE_HZ) / RATE_HZ
    rush = np.fft.rfft(np.random.default_rng(1).standard_normal(RATE_HZ))
    rush /= np.maximum(1, np.fft.rfftfreq(RATE_HZ, 1 / RATE_HZ) / _SOFTER_ABOVE_HZ) ** 0.75
    breath = np.fft.irfft(rush, RATE_HZ) * np.minimum(1, at_s / 0.05) * 10 ** (-0.5 * at_s)
    breath *= np.minimum(1, (1 - at_s) / 0.1)
    pause = np.zeros(round((OPENING_S - 1) * RATE_HZ))
    return np.concatenate((OPENING_LEVEL * breath / np.abs(breath).max(), pause)).astype(np.float32)
