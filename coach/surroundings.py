"""How loud it is around, with the television, the vacuum cleaner and all, as heard while the coach is silent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STEPS = 50
_MEMORY = 0.9996
"""Kept from hop to hop: what was half a minute ago counts for a third."""
_LOOK_EVERY = 10
_BELIEVED_HOPS = 500
"""So much quiet is taken for granted at first: two words in ten seconds are no television."""
_LEAST_HOPS = 300
"""Silence of the coach before anything is said of it."""


class Usual:
    """What some quantities are usually below, of late: each of ``count`` has a histogram that fades."""

    def __init__(self, count: int, least: float, step: float, share: float) -> None:
        """``share`` of what was heard is below what is found; 50 steps from ``least`` on are told apart."""
        self._least, self._step, self._share = least, step, share
        self._counts = np.zeros((count, _STEPS), np.float32)
        self._counts[:, 0] = _BELIEVED_HOPS
        self._each = np.arange(count)
        self._hops = 0
        self.most = np.full(count, least)
        """(count,); ``least`` until three seconds have been heard."""

    @property
    def is_known(self) -> bool:
        """Whether enough has been heard."""
        return self._hops >= _LEAST_HOPS

    def hear(self, values: NDArray[np.float64]) -> None:
        """(count,) of a hop of 10 ms."""
        steps = np.clip((values - self._least) / self._step, 0, _STEPS - 1).astype(np.intp)
        self._counts *= np.float32(_MEMORY)
        self._counts[self._each, steps] += 1
        self._hops += 1
        if self._hops % _LOOK_EVERY or not self.is_known:
            return
        below = np.cumsum(self._counts, axis=1)
        reached = (below >= self._share * below[:, -1:]).argmax(axis=1)
        self.most = np.where(reached > 0, self._least + self._step * (reached + 1), self._least)
