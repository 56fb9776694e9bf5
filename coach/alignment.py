"""What was played, read as late as it is heard, even where the two devices' clocks run at different speeds.

A loudspeaker and a microphone with a clock of their own each drift apart by up to 0.3 ms a second. The filter follows
that badly. So what was played is read at a place between samples, which wanders along.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from coach.adaptive import BINS, HOP, LEAD_HOPS, LONGEST_DELAY_HOPS, SEARCHED, TAIL_HOPS, Floats, Spectrum

TAPS = 32
"""Of the filter that reads between samples."""
EARLIEST = TAPS
LATEST = (LONGEST_DELAY_HOPS - 1) * HOP
"""Samples between which the place of reading may wander."""
_SPACE = LONGEST_DELAY_HOPS + TAIL_HOPS + LEAD_HOPS + 4
"""Hops that are kept."""
_TAPS_AT = np.arange(-TAPS // 2, TAPS // 2 + 1)
_WINDOW = np.kaiser(TAPS + 1, 6.0)

_CYCLES = np.arange(BINS)[SEARCHED] / (2 * HOP)
"""In a sample, of each bin that is looked at."""
_BLOCK_HOPS = 50
_LEAST_SOUNDING_HOPS = 20
_APART = (2, 4)
"""Blocks: each is compared with those so long before it."""
_FINENESS = 10e-6
_TRIED = np.arange(-500, 501, 10) * 1e-6
_MEMORY = 0.98
_LEAST_LOOKS = 2.5
_SURE = 0.15
"""How alike two responses must be for it, 1 being the same."""
_WORTHWHILE = 8e-6
"""Clocks that differ by less cost nothing, and reading between samples does."""
_ANEW = 30e-6
_STRONGEST_HOPS = 8


class History:
    """The last second of what was played."""

    def __init__(self) -> None:
        self._samples = np.zeros(2 * _SPACE * HOP, np.float32)
        self._end = _SPACE * HOP
        self._spectra = np.zeros((2 * LONGEST_DELAY_HOPS, BINS), np.complex64)
        self._at = LONGEST_DELAY_HOPS
        self.silent_hops = _SPACE
        """For how long nothing at all was played."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was played in all the time that can still be heard."""
        return self.silent_hops >= LONGEST_DELAY_HOPS + TAIL_HOPS + LEAD_HOPS

    @property
    def spectra(self) -> Spectrum:
        """(LONGEST_DELAY_HOPS, BINS) of the last two hops each, the newest first; a view."""
        return self._spectra[self._at : self._at + LONGEST_DELAY_HOPS]

    def add(self, hop: Floats) -> None:
        """The next HOP samples, -1..1."""
        if self._end == len(self._samples):
            self._samples[: _SPACE * HOP] = self._samples[_SPACE * HOP :]
            self._end = _SPACE * HOP
        self._samples[self._end : self._end + HOP] = hop
        self._end += HOP
        self.silent_hops = 0 if hop.any() else self.silent_hops + 1
        self._at = (self._at or LONGEST_DELAY_HOPS) - 1
        self._spectra[self._at] = np.fft.rfft(self._samples[self._end - 2 * HOP : self._end])
        self._spectra[self._at + LONGEST_DELAY_HOPS] = self._spectra[self._at]

    def hop(self, lag: float, next_lag: float) -> Floats:
        """(HOP,): what was played ``lag`` samples ago, wandering to ``next_lag`` until the end of the hop.

        Between samples it is read only from EARLIEST on: what comes after each is needed.
        """
        if lag == next_lag and lag == int(lag):
            first = self._end - HOP - int(lag)
            return self._samples[first : first + HOP]
        late = np.linspace(0, 1, HOP, endpoint=False, dtype=np.float32)
        return self._between(lag) * (1 - late) + self._between(next_lag) * late

    def _between(self, lag: float) -> Floats:
        whole = int(lag)
        at = _TAPS_AT - (lag - whole)
        window = np.interp(at, _TAPS_AT, _WINDOW)
        kernel = (np.sinc(at) * window).astype(np.float32)
        first = self._end - HOP - whole
        return np.convolve(self._samples[first - TAPS // 2 : first + HOP + TAPS // 2], kernel, "valid")


class Drift:
    """By how much the sound is heard later from second to second.

    Twice a second the response, as seen in what was played and heard in that half second alone, is compared with that
    of one and of two seconds ago. Each such look is rough; together they soon tell within a few millionths.
    """

    def __init__(self) -> None:
        self._turns = {
            blocks: np.exp(2j * np.pi * np.outer(_TRIED * blocks * _BLOCK_HOPS * HOP, _CYCLES)).astype(np.complex64)
            for blocks in _APART
        }
        self.reset()

    def reset(self) -> None:
        """The devices have changed."""
        self.samples_a_hop = 0.0
        self._likely = np.zeros(len(_TRIED), np.float32)
        self._looks = 0.0
        self._seen: deque[Spectrum | None] = deque(maxlen=max(_APART) + 1)
        self._begin()

    def _begin(self) -> None:
        self._cross = np.zeros((LONGEST_DELAY_HOPS, _CYCLES.size), np.complex64)
        self._power = np.zeros((LONGEST_DELAY_HOPS, _CYCLES.size), np.float32)
        self._hops = self._sounding_hops = 0

    def pause(self) -> None:
        """A hop in which nothing can be seen."""
        self._seen.clear()
        self._begin()

    def look(self, cross: Spectrum, power: Floats, sounding: bool) -> bool:
        """A hop later; True where the filter had better begin anew, so much is the drift another than was thought.

        What was played and heard, multiplied, and the power of what was played: see `DelaySearch`.
        """
        self._hops += 1
        self._sounding_hops += sounding
        self._cross += cross
        self._power += power
        if self._hops < _BLOCK_HOPS:
            return False
        enough = self._sounding_hops >= _LEAST_SOUNDING_HOPS
        self._seen.append(self._cross / (self._power + 1e-3 * self._power.max()) if enough else None)
        self._begin()
        before = self.samples_a_hop
        if enough:
            self._compare()
        return abs(self.samples_a_hop - before) > _ANEW * HOP

    def _compare(self) -> None:
        now = self._seen[-1]
        assert now is not None
        for blocks, turns in self._turns.items():
            before = self._seen[-1 - blocks] if len(self._seen) > blocks else None
            if before is not None:
                self._likely = _MEMORY * self._likely + (turns * _likeness(before, now)).sum(axis=1).real
                self._looks = _MEMORY * self._looks + 1
        best = int(self._likely.argmax())
        if self._looks < _LEAST_LOOKS or not 0 < best < len(_TRIED) - 1 or self._likely[best] < _SURE * self._looks:
            return
        found = float(_TRIED[best]) + _FINENESS * _between(self._likely, best)
        if self.samples_a_hop or abs(found) > _WORTHWHILE:
            self.samples_a_hop = found * HOP


def _between(values: Floats, best: int) -> float:
    """How far the top of the hill is from its highest value."""
    left, middle, right = (float(value) for value in values[best - 1 : best + 2])
    return 0.5 * (left - right) / (left - 2 * middle + right)


def _likeness(before: Spectrum, after: Spectrum) -> Spectrum:
    """(bins,) by how much the later of two responses is turned against the earlier, where it is strongest."""
    first = max(0, int(np.abs(before * after).sum(axis=1).argmax()) - 2)
    before, after = before[first : first + _STRONGEST_HOPS], after[first : first + _STRONGEST_HOPS]
    whole = np.sqrt((np.abs(before) ** 2).sum() * (np.abs(after) ** 2).sum()) + 1e-12
    return np.asarray((after * before.conj()).sum(axis=0) / whole, np.complex64)
