"""Does somebody else sound while the coach does? Judged by what the echo canceller could not explain.

In each of sixteen bands what is left is compared with what is to be expected there: a share of the echo (the *leak*,
learned while the coach talks) and the room's noise (learned mostly while it is silent).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from coach.surroundings import Usual

BAND_EDGES = (4, 6, 8, 10, 13, 16, 20, 24, 29, 35, 42, 50, 60, 72, 86, 102, 120)
"""In bins of 50 Hz: 200 Hz to 6 kHz."""
SPEAKING_HOPS = 60
"""The coach counts as sounding for so long after its last sound: over the gaps between words, and the room's echo."""

_DECAY_DB = 1.2
"""How fast a room's echo dies away at most, a hop."""
_SPILL = 10 ** (-15 / 10)
"""A loudspeaker's distortion makes of one band's sound some in all others: that share is expected everywhere."""
_LOUDER_DB = (-10.0, -4.0)
"""Below the loudest of late; distortion grows faster than the sound, so each of the three has a leak of its own."""
_LOUDEST_FADES_DB = 0.02
_FIRST_LEAK_DB = 0.0
_LEAK_DB = (-35.0, 6.0)
_LEAK_UP_DB = (0.3, 0.6, 0.6)
_LEAK_DOWN_DB = 0.15
_LEAK_SHARED = 0.5
_LEAK_STEP_DB = 12.0
_DOUBTFUL_DB = 1.5
_NOISE_UP_DB = 0.02
_NOISE_UP_QUIET_DB = 0.05
_NOTHING_DB = -89.0
"""A microphone that is being opened, or is muted, brings nothing at all: no room is so quiet."""
_NOISE_SPREAD_DB = 6.0
_AROUND_SHARE = 0.7
_EXCESS_SHARE = 0.8
_RESTLESS = 1.0
"""How much more than expected there must be where there always is more: as much again as four of five hops have."""
_STANDS_OUT_DB = 3.0
"""A voice over the coach is louder than what is around by so much."""
_DOUBT_SHARE = np.float32(0.5)
_CLIP_DB = 18.0
_SMOOTH = 0.17
_ON_DB = 1.1
"""The mean over the bands of what is more than expected. Chosen with `python -m bench.echo`, as all of these were."""
_ON_HOPS = 8
_EARLY_DB = 1.0
_EARLY_HOPS = 300
"""So much more is asked for just after a new beginning, less and less for so much of the coach's speech: until the
filter and the clocks are known, more of the coach's own is left."""
_OFF_HOPS = 30
_STILL_DB = 1.5
_NOBODY_HOPS = 70
_WARY_DB, _MOST_WARY_DB = 0.7, 1.4
_WARY_MEMORY = 0.99985
"""Where the coach fell silent for somebody, and then nobody was heard, more is asked for next time: such a loudspeaker
distorts. Of that a third is left after a minute's speech or so."""
_SETTLING_HOPS = 60
"""Nobody is reported in so much of the coach's speech after a new beginning: all that is left may be echo."""

Bands = NDArray[np.float64]
Powers = NDArray[np.float32]


def in_bands(power: NDArray[np.float32]) -> Powers:
    """Power summed in the bands: (..., BINS) to (..., bands)."""
    return np.asarray(np.add.reduceat(power, BAND_EDGES, axis=-1)[..., :-1], np.float32)


def decibels(power: Powers) -> Bands:
    """Any power in dB, at least -90."""
    return np.asarray(10 * np.log10(power + 1e-9), np.float64)


class NearEnd:
    """The judge. One call a hop of 10 ms."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Learn leak and noise anew."""
        bands = len(BAND_EDGES) - 1
        self._leaks_db = np.full((3, bands), _FIRST_LEAK_DB)
        self._loudness = 0
        self._noise_db = np.full(bands, 60.0)
        self._around = Usual(bands, -90.0, 2.0, _AROUND_SHARE)
        self._usual_excess = Usual(1, 0.0, 0.2, _EXCESS_SHARE)
        self._echo_db = np.full(bands, -90.0)
        self._all_echo_db = -90.0
        self._doubt = np.zeros(bands, np.float32)
        self._loudest_db = -90.0
        self._silent_hops = SPEAKING_HOPS
        self._excess_db = 0.0
        self._over_hops = 0
        self._under_hops = _OFF_HOPS
        self._settled_hops = 0
        self._wary_db = 0.0
        self._noticed = False
        """Whether somebody was noticed of late, and it has not been seen yet whether anybody was there."""
        self._nobody_hops = 0
        self.is_near = False
        self.unexplained_db = 0.0
        """How much more there is than the coach's own sound and the room account for, the mean of the bands."""
        self.can_tell = True
        """Whether somebody would be noticed now."""

    def unsettle(self) -> None:
        """The canceller has begun anew: what is left may be all echo again."""
        self._leaks_db[:] = _FIRST_LEAK_DB
        self._settled_hops = 0

    @property
    def leak_db(self) -> Bands:
        """How much of the echo is left in each band, at such a loudness as now."""
        leak: Bands = self._leaks_db[self._loudness]
        return leak

    def judge(self, left: Powers, echo: Powers, doubt: Powers, sounding: bool, fits: bool) -> bool:
        """Whether somebody else sounds. The powers are in bands, ``doubt`` that of echo which may well be left.

        ``sounding``: did the coach play anything now? ``fits``: is the echo still where it is taken out?
        """
        self._settled_hops += sounding
        self._silent_hops = 0 if sounding else self._silent_hops + 1
        speaking = self._silent_hops < SPEAKING_HOPS
        left_db = decibels(left)
        self._follow_echo(echo)
        self._doubt = np.maximum(_DOUBT_SHARE * doubt, self._doubt * 10 ** (-_DECAY_DB / 10))
        self._learn_noise(left_db, speaking)
        noise_db = np.maximum(self._noise_db + _NOISE_SPREAD_DB, self._around.most + _STANDS_OUT_DB)
        expected = 10 ** ((self._echo_db + self.leak_db) / 10) + 10 ** (noise_db / 10) + self._doubt
        excess = np.clip(left_db - 10 * np.log10(expected), 0, _CLIP_DB).mean()
        self._excess_db += _SMOOTH * (float(excess) - self._excess_db)
        if speaking:
            self._learn_leak(left_db)
        elif left_db.max() > _NOTHING_DB and self._around.is_known:
            self._usual_excess.hear(np.array([self._excess_db]))
        self._learn_wariness(speaking)
        self._decide(speaking, not speaking or (self._settled_hops > _SETTLING_HOPS and fits))
        return self.is_near

    def _follow_echo(self, echo: Powers) -> None:
        whole = float(echo.sum())
        self._echo_db = np.maximum(decibels(echo + _SPILL * whole), self._echo_db - _DECAY_DB)
        whole_db = 10 * math.log10(whole + 1e-9)
        self._all_echo_db = max(whole_db, self._all_echo_db - _DECAY_DB)
        self._loudest_db = max(whole_db, self._loudest_db - _LOUDEST_FADES_DB)
        below_db = self._all_echo_db - self._loudest_db
        self._loudness = sum(below_db > limit_db for limit_db in _LOUDER_DB)

    def _learn_noise(self, left_db: Bands, speaking: bool) -> None:
        if left_db.max() <= _NOTHING_DB:
            return
        if not speaking:
            self._around.hear(left_db)
        below = left_db - self._noise_db
        up = _NOISE_UP_DB if speaking else _NOISE_UP_QUIET_DB
        self._noise_db += np.where(below < 0, 0.1 * below, up)

    def _learn_leak(self, left_db: Bands) -> None:
        """Up slowly, and slower the more it looks as if somebody spoke: their voice is no leak."""
        was = self.leak_db
        floor_db = np.maximum(self._noise_db + 3, self._around.most)
        is_echo = self._echo_db + was > floor_db
        is_loud = self._echo_db > floor_db
        up_db = _LEAK_UP_DB[self._loudness] / (1 + (self._excess_db / _DOUBTFUL_DB) ** 2)
        above = left_db - self._echo_db > was
        change = np.where(above, np.where(is_loud, up_db, 0.0), np.where(is_echo, -_LEAK_DOWN_DB, 0.0))
        now = np.clip(was + change, *_LEAK_DB)
        change = now - was
        self._leaks_db += _LEAK_SHARED * change
        self._leaks_db[self._loudness] = now
        for louder in (1, 2):
            most = self._leaks_db[louder - 1] + _LEAK_STEP_DB
            np.minimum(self._leaks_db[louder], most, out=self._leaks_db[louder])

    def _learn_wariness(self, speaking: bool) -> None:
        self._noticed = self._noticed or self.is_near
        if speaking:
            self._wary_db *= _WARY_MEMORY
            self._nobody_hops = 0
        elif self._noticed:
            self._noticed = self._excess_db < _STILL_DB
            self._nobody_hops += 1
            if self._noticed and self._nobody_hops >= _NOBODY_HOPS:
                self._wary_db = min(self._wary_db + _WARY_DB, _MOST_WARY_DB)
                self._noticed = False

    def _decide(self, speaking: bool, can_tell: bool) -> None:
        """``speaking``: does the coach? ``can_tell``: can what is left be judged?"""
        self.can_tell = can_tell
        early_db = _EARLY_DB * max(0.0, 1 - (self._settled_hops - _SETTLING_HOPS) / _EARLY_HOPS) if speaking else 0.0
        self.unexplained_db = self._excess_db - _RESTLESS * float(self._usual_excess.most[0]) - early_db
        wary_db = self._wary_db if speaking else 0.0
        over = speaking and can_tell and self.unexplained_db > _ON_DB + wary_db
        self._over_hops = self._over_hops + 1 if over else 0
        self._under_hops = 0 if over else self._under_hops + 1
        if not (speaking and can_tell):
            self.is_near = False
        elif self._over_hops >= _ON_HOPS:
            self.is_near = True
        elif self._under_hops >= _OFF_HOPS:
            self.is_near = False
