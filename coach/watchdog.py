"""Says once that the ears are lost, and once that they are back: from whichever thread notices.

A microphone with a bad plug is lost and back again every few seconds. Nobody wants to be told each time: the more often
it was lost lately, the longer it must have been sound before it counts as back.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

from coach.events import EarsBack, EarsLost, Event

GAPS = 4
GAPS_S = 60.0
"""So many gaps in so long a time are too many to say nothing: words are lost in them."""
LATELY_S = 300.0
FIRST_PROOF_S = 2.0
LONGEST_PROOF_S = 60.0


class Inbox(Protocol):
    """The queue that the runner reads."""

    def put(self, event: Event, /) -> None:
        """Thread-safe; never blocks."""


class Watchdog:
    """Knows whether the ears are lost, what they are busy with, and by when they must have heard something."""

    def __init__(self, inbox: Inbox, clock: Callable[[], float]) -> None:
        self._inbox, self._clock = inbox, clock
        self._lock = threading.RLock()
        self._losses: deque[float] = deque(maxlen=8)
        self._gaps: deque[float] = deque(maxlen=GAPS)
        self._sound_s = 0.0
        """How much good sound has come since something was wrong."""
        self._busy: tuple[str, float] | None = None
        self._due: tuple[str, float] | None = None
        self._closed = False
        self.why: str | None = None
        """Why the ears are lost, as the end of a sentence; None where they are not."""

    def lost(self, why: str) -> None:
        """Nothing can be heard now."""
        with self._lock:
            self._sound_s, self._due = 0.0, None
            if self.why is None and not self._closed:
                self.why = why
                self._losses.append(self._clock())
                self._inbox.put(EarsLost(why))

    def heard(self, length_s: float) -> None:
        """So much sound has come that words could be heard in."""
        with self._lock:
            self._due = None
            self._sound_s += length_s
            if self.why is not None and self._sound_s >= self._proof_s() and not self._closed:
                self.why = None
                self._inbox.put(EarsBack())

    def lost_unless_heard(self, why: str, by_s: float) -> bool:
        """``why`` is so, but may be over before anybody needs to know: at the time ``by_s`` at the latest.

        False where it can't wait: it is known already, or it happens too often to be passed over.
        """
        with self._lock:
            if self._due is None:
                self._gaps.append(self._clock())
            often = len(self._gaps) == self._gaps.maxlen and self._clock() - self._gaps[0] < GAPS_S
            if self.why is not None or often:
                return False
            self._due = why, by_s
            return True

    @contextlib.contextmanager
    def doing(self, stuck: str, limit_s: float) -> Iterator[None]:
        """While this lasts longer than ``limit_s``, the ears are lost and ``stuck`` is why."""
        self._busy = (stuck, self._clock() + limit_s)
        try:
            yield
        finally:
            self._busy = None

    def look(self) -> None:
        """Has something taken too long? To be called every now and then, from another thread."""
        with self._lock:
            for waited in (self._busy, self._due):
                if waited is not None and self._clock() >= waited[1]:
                    self.lost(waited[0])

    def close(self) -> None:
        """Nothing is said any more."""
        self._closed = True

    def _proof_s(self) -> float:
        """How long the sound must have been good: at the first loss no time at all."""
        lately = sum(self._clock() - at < LATELY_S for at in self._losses)
        return min(LONGEST_PROOF_S, FIRST_PROOF_S * 2 ** (lately - 2)) if lately > 1 else 0.0
