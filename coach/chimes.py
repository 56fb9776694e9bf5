"""Short tones for the beginning and the end of a hold: told apart by direction and by length, and soft at the edges."""

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


def chime(name: str) -> Clip:
    """The tone of that name. Raises ValueError for an unknown one."""
    import numpy as np

    if name not in CHIMES:
        raise ValueError(f"there is no chime called {name}, only {', '.join(CHIMES)}")
    notes = [_note(pitch_hz, length_s) for pitch_hz, length_s in CHIMES[name]]
    return Clip(np.concatenate(notes), RATE_HZ)


def length_s(name: str) -> float:
    """How long it sounds, without making it. Raises ValueError for an unknown one."""
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
