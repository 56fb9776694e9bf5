"""How the coach's own sound reaches the microphone: the delay, the room's response, the loudspeaker's distortion.

Everything works in hops of 10 ms, on spectra of the last two hops. The filter is a partitioned-block frequency-domain
Kalman filter: each part of the response has a variance of its own, and steps are as large as that allows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HOP = 160
"""Samples in a step: 10 ms at 16 kHz."""
BINS = HOP + 1
TAIL_HOPS = 25
"""The length of the response that is learned: a living room's is heard for about 250 ms."""
LONGEST_DELAY_HOPS = 60
LEAD_HOPS = 2
"""The filter begins this much before the delay that was found, which is only good to a hop or so."""

_FADE_DB = 1.0
"""How much less is expected of each later hop of the response, at the start."""
_DISTORTION_SHARE = 0.2
_CUBE = np.float32(8.0)
"""Speech is played with peaks of half the full scale or so."""
_LIKENESS = np.float32(0.4)
"""How much of speech is in its cube: without that both parts of the response are learned sooner."""
_STAYS = np.float32(0.9993)
"""How much of the response is still true a hop later: rooms change when somebody moves."""
_NOISE_MEMORY = np.float32(0.5)
_LEAST_VARIANCE = np.float32(1e-7)

Spectrum = NDArray[np.complex64]
Floats = NDArray[np.float32]


class Played:
    """What the loudspeaker was given so long ago as it is heard, as spectra.

    The second kind is the cube of the sound without its bass, for small loudspeakers are not linear.
    """

    def __init__(self) -> None:
        self._ring = np.zeros((2, 2 * TAIL_HOPS, BINS), np.complex64)
        self._at = TAIL_HOPS
        self._before = np.zeros((2, HOP), np.float32)
        self._bass_cut = np.fft.rfft(_bass_cut(), 2 * HOP).astype(np.complex64)

    def add(self, hop: Floats) -> None:
        """The next HOP samples, -1..1."""
        self._at = (self._at or TAIL_HOPS) - 1
        linear = np.fft.rfft(np.concatenate((self._before[0], hop))).astype(np.complex64)
        bright = np.fft.irfft(linear * self._bass_cut)[HOP:].astype(np.float32)
        cube = _CUBE * bright**3 - _LIKENESS * bright
        self._ring[0, self._at] = linear
        self._ring[1, self._at] = np.fft.rfft(np.concatenate((self._before[1], cube)))
        self._ring[:, self._at + TAIL_HOPS] = self._ring[:, self._at]
        self._before[0], self._before[1] = hop, cube

    @property
    def spectra(self) -> Spectrum:
        """(2, TAIL_HOPS, BINS), the newest first; a view."""
        return self._ring[:, self._at : self._at + TAIL_HOPS]


class Filter:
    """Learns the response from the loudspeaker to the microphone, and says what of it is in a hop."""

    def __init__(self) -> None:
        self._response = np.zeros((2 * TAIL_HOPS, BINS), np.complex64)
        fading = 10 ** (-_FADE_DB / 10 * np.arange(TAIL_HOPS))
        self._first_variance = np.concatenate((fading, _DISTORTION_SHARE * fading)).astype(np.float32)[:, None]
        self.reset()

    def reset(self, power_gain: float = 1.0) -> None:
        """Forget the response. The echo is about ``power_gain`` as strong as what is played.

        What is thought too little is learned ten times more slowly, if at all.
        """
        self._response[:] = 0
        self._variance = np.repeat(np.float32(power_gain) * self._first_variance, BINS, axis=1)
        self._others = np.full(BINS, 1e-3, np.float32)
        self.doubt = np.zeros(BINS, np.float32)
        """The power of the echo that may be left, for all the filter knows of how sure it is."""

    def cancel(self, heard: Floats, played: Spectrum) -> tuple[Floats, Floats]:
        """What is left of a hop of the microphone's sound, and what was taken out: twice (HOP,).

        ``played`` is (2, TAIL_HOPS, BINS). Learns from what is left.
        """
        spectra = played.reshape(2 * TAIL_HOPS, BINS)
        echo = np.fft.irfft((spectra * self._response).sum(axis=0))[HOP:].astype(np.float32)
        left = heard - echo
        self._learn(left, spectra)
        return left, echo

    def _learn(self, left: Floats, spectra: Spectrum) -> None:
        error = np.fft.rfft(np.concatenate((np.zeros(HOP, np.float32), left))).astype(np.complex64)
        power = spectra.real**2 + spectra.imag**2
        response_power = self._response.real**2 + self._response.imag**2
        self._variance = _STAYS**2 * self._variance + (1 - _STAYS**2) * response_power
        self._others += (1 - _NOISE_MEMORY) * (error.real**2 + error.imag**2 - self._others)
        self.doubt = 0.5 * (self._variance * power).sum(axis=0)
        expected = self.doubt + self._others + np.float32(1e-9)
        step = self._variance / expected
        change = np.fft.irfft(step * spectra.conj() * error, axis=1)
        change[:, HOP:] = 0
        self._response = _STAYS * self._response + np.fft.rfft(change, axis=1).astype(np.complex64)
        self._variance = np.maximum(self._variance * (1 - 0.5 * step * power), _LEAST_VARIANCE)


SEARCHED = slice(6, 80)
"""Bins from 300 Hz to 4 kHz."""
_SEARCH_MEMORY = np.float32(0.985)
_SETTLED_HOPS = 40
_REACH_HOPS = TAIL_HOPS // 2
"""A filter that has learned something is left alone while the sound arrives within so many hops of its beginning."""
_CLEARLY = 1.4
_SEEN = 2.5


class DelaySearch:
    """How many hops after it was played the sound is heard, from the likeness of both over the last second or so."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin anew, with no delay."""
        bins = SEARCHED.stop - SEARCHED.start
        self._cross = np.zeros((LONGEST_DELAY_HOPS, bins), np.complex64)
        self._played_power = np.full((LONGEST_DELAY_HOPS, bins), 1e-6, np.float32)
        self._heard_power = np.full(bins, 1e-6, np.float32)
        self.delay_hops = 0
        self._reach = 2 * LEAD_HOPS
        self._candidate = -1
        self._candidate_hops = 0

    def look(self, heard: Spectrum, played: Spectrum, delay_hops: int) -> bool:
        """A hop later; True where the delay should be another than ``delay_hops``, which is the one now in use.

        ``heard`` is (BINS,), ``played`` (LONGEST_DELAY_HOPS, BINS).
        """
        self.delay_hops = delay_hops
        new, old = heard[SEARCHED], played[:, SEARCHED]
        self.cross, self.power = new * old.conj(), old.real**2 + old.imag**2
        self._cross = _SEARCH_MEMORY * self._cross + self.cross
        self._played_power = _SEARCH_MEMORY * self._played_power + self.power
        self._heard_power = _SEARCH_MEMORY * self._heard_power + new.real**2 + new.imag**2
        alike = self._cross.real**2 + self._cross.imag**2
        score = (alike / (self._played_power * self._heard_power + np.float32(1e-9))).mean(axis=1)
        return self._judge(score)

    @property
    def power_gain(self) -> float:
        """How much stronger what is heard has been than what was played."""
        first = min(self.delay_hops + LEAD_HOPS, LONGEST_DELAY_HOPS - 1)
        return float(self._heard_power.sum() / self._played_power[first].sum())

    def _judge(self, score: Floats) -> bool:
        best = int(score.argmax())
        first = self.delay_hops
        covered = float(score[first : first + self._reach].max())
        is_covered = first <= best < first + self._reach
        if is_covered or score[best] < _CLEARLY * covered or score[best] < _SEEN * float(np.median(score)):
            self._candidate_hops = max(0, self._candidate_hops - 2)
            return False
        if abs(best - self._candidate) > 1:
            self._candidate, self._candidate_hops = best, 0
        self._candidate_hops += 1
        if self._candidate_hops < (_SETTLED_HOPS if self._reach == _REACH_HOPS else _SETTLED_HOPS // 2):
            return False
        self._reach = _REACH_HOPS
        self.delay_hops = max(0, best - LEAD_HOPS)
        self._candidate_hops = 0
        return True


def _bass_cut() -> Floats:
    """The first HOP samples of the response of a second-order high-pass at 150 Hz."""
    turn = np.tan(np.pi * 150 / 16_000)
    scale = 1 / (1 + np.sqrt(2) * turn + turn**2)
    back_1, back_2 = 2 * scale * (turn**2 - 1), scale * (1 - np.sqrt(2) * turn + turn**2)
    response = np.zeros(HOP + 2)
    given = np.zeros(HOP + 2)
    given[2] = 1
    for at in range(2, HOP + 2):
        bent = scale * (given[at] - 2 * given[at - 1] + given[at - 2])
        response[at] = bent - back_1 * response[at - 1] - back_2 * response[at - 2]
    return response[2:].astype(np.float32)
