"""Does somebody else sound while the coach does? Judged by what the echo canceller could not explain.

In each of sixteen bands what is left is compared with what is to be expected there: a share of the echo (the *leak*,
learned while the coach talks) and the room's noise (learned mostly while it is silent).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BAND_EDGES = (4, 6, 8, 10, 13, 16, 20, 24, 29, 35, 42, 50, 60, 72, 86, 102, 120)
"""In bins of 50 Hz: 200 Hz to 6 kHz."""
SPEAKING_HOPS = 60
"""The coach counts as sounding for so long after its last sound: over the gaps between words, and the room's echo."""

_DECAY_DB = 0.6
_FIRST_LEAK_DB = 0.0
_LEAK_DB = (-35.0, 6.0)
_LEAK_UP_DB = 0.13
_LEAK_DOWN_DB = 0.06
_NOISE_UP_DB = 0.02
_NOISE_UP_QUIET_DB = 0.05
_NOISE_SPREAD_DB = 4.0
_CLIP_DB = 12.0
_SMOOTH = 0.15
_ON_DB = 2.5
_ON_HOPS = 8
_OFF_HOPS = 30

Bands = NDArray[np.float64]


def decibels(power: NDArray[np.float32]) -> Bands:
    """Power summed in the bands, in dB: (..., BINS) to (..., bands)."""
    summed = np.add.reduceat(power, BAND_EDGES, axis=-1)[..., :-1]
    return np.asarray(10 * np.log10(summed + 1e-9), np.float64)


class NearEnd:
    """The judge. One call a hop of 10 ms."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Learn leak and noise anew."""
        bands = len(BAND_EDGES) - 1
        self.leak_db = np.full(bands, _FIRST_LEAK_DB)
        self._noise_db = np.full(bands, 60.0)
        self._echo_db = np.full(bands, -90.0)
        self._silent_hops = SPEAKING_HOPS
        self._excess_db = 0.0
        self._over_hops = 0
        self._under_hops = _OFF_HOPS
        self.is_near = False

    def unsettle(self) -> None:
        """The canceller has begun anew: what is left may be all echo again."""
        self.leak_db[:] = _FIRST_LEAK_DB

    def judge(self, left_db: Bands, echo_db: Bands, sounding: bool) -> bool:
        """Whether somebody else sounds. Both in bands; ``sounding``: did the coach play anything in this hop?"""
        self._silent_hops = 0 if sounding else self._silent_hops + 1
        speaking = self._silent_hops < SPEAKING_HOPS
        self._echo_db = np.maximum(echo_db, self._echo_db - _DECAY_DB)
        self._learn_noise(left_db, speaking)
        noise_db = self._noise_db + _NOISE_SPREAD_DB
        expected = 10 ** ((self._echo_db + self.leak_db) / 10) + 10 ** (noise_db / 10)
        excess = np.clip(left_db - 10 * np.log10(expected), 0, _CLIP_DB).mean()
        self._excess_db += _SMOOTH * (float(excess) - self._excess_db)
        if speaking:
            self._learn_leak(left_db)
        self._decide(speaking)
        return self.is_near

    def _learn_noise(self, left_db: Bands, speaking: bool) -> None:
        below = left_db - self._noise_db
        up = _NOISE_UP_DB if speaking else _NOISE_UP_QUIET_DB
        self._noise_db += np.where(below < 0, 0.1 * below, up)

    def _learn_leak(self, left_db: Bands) -> None:
        """Up slowly, and slower the more it looks as if somebody spoke: their voice is no leak."""
        is_echo = self._echo_db + self.leak_db > self._noise_db + 3
        is_loud = self._echo_db > self._noise_db + 3
        above = left_db - self._echo_db > self.leak_db
        up = np.where(is_loud, _LEAK_UP_DB / (1 + (self._excess_db / 1.5) ** 2), 0.0)
        down = np.where(is_echo, -_LEAK_DOWN_DB, 0.0)
        self.leak_db = np.clip(self.leak_db + np.where(above, up, down), *_LEAK_DB)

    def _decide(self, speaking: bool) -> None:
        over = speaking and self._excess_db > _ON_DB
        self._over_hops = self._over_hops + 1 if over else 0
        self._under_hops = 0 if over else self._under_hops + 1
        if not speaking:
            self.is_near = False
        elif self._over_hops >= _ON_HOPS:
            self.is_near = True
        elif self._under_hops >= _OFF_HOPS:
            self.is_near = False
