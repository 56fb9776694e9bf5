"""Whether what a stream brings can be sound of the room at all; a stream may run on with nothing of use in it."""

from __future__ import annotations

from collections import deque

from coach.recogniser import BYTES_PER_S

STUCK_S = 2.0
"""Pieces that have just been there, for so long, are no room but a driver that hangs."""
LOOK_BACK = 50
"""A driver that hangs goes round in a buffer of its own, seldom longer than a second."""
OVERLOADED_S = 2.0
_FULL = 32_000
"""Of 32,768: as loud as it gets."""
_SHARE = 0.1
"""A piece with more of its samples so loud has lost what was said in it."""

TOLERATED = 0.1
"""Clocks differ by some millionths; a stream that is wrong by less than this share is still understood."""
TOO_MUCH_S = 0.8
"""Beyond that, a stream is at fault that is so far ahead of the clock, or so far behind it."""
GAP_S = 0.5
"""A single gap counts for no more: sound that stops for long is noticed as such."""
OWING_S = 10.0
"""After a gap so much sound may come at once, without being too much: it has waited for a busy computer."""
STANDS_S = 2.5
"""A fault is over when there was none for so long: longer than it takes to notice one."""

STUCK = "the microphone brings the same sound over and over; unplug it, and plug it in again"
TOO_FAST = "the microphone runs too fast to make out words; unplug it, and plug it in again"
TOO_SLOW = "the microphone leaves out too much of the sound; unplug it, and plug it in again"
OVERLOADED = "the microphone is much too loud to make out words; turn it down, or move it away"


class Pace:
    """Whether the samples of a stream keep pace with the clock, in whatever bursts they come."""

    def __init__(self) -> None:
        self._at: float | None = None
        self._ahead_s = self._short_s = 0.0
        self._stands_s = 0.0
        self._why = 0

    def pause(self) -> None:
        """The stream stops for a moment."""
        self._at = None

    def restart(self) -> None:
        """The stream begins anew. A fault stands until it is disproved."""
        self.pause()
        self._stands_s = STANDS_S
        self._suspect()

    def _suspect(self) -> None:
        """Half way to what is at fault: if it goes on like this, it is noticed again before it counts as over."""
        self._ahead_s = TOO_MUCH_S / 2 if self._why > 0 else 0.0
        self._short_s = TOO_MUCH_S / 2 if self._why < 0 else 0.0

    def off(self, length_s: float, at_s: float) -> int:
        """After a piece of ``length_s`` at ``at_s`` of a clock: 1 for too fast, -1 for too slow, 0 for neither."""
        if self._at is None:
            self._at = at_s
            return self._why
        passed_s, self._at = max(0.0, at_s - self._at), at_s
        leak_s = TOLERATED * passed_s
        ahead_s = max(-OWING_S, self._ahead_s + length_s - passed_s)
        self._ahead_s = max(0.0, ahead_s - leak_s) if ahead_s > 0 else min(0.0, ahead_s + leak_s)
        self._short_s = max(0.0, self._short_s + min(passed_s, GAP_S) - length_s - leak_s)
        why = (self._ahead_s >= TOO_MUCH_S) - (self._short_s >= TOO_MUCH_S)
        if why:
            self._why, self._stands_s = why, STANDS_S
            self._suspect()
        elif self._why:
            self._stands_s -= min(passed_s, GAP_S)
            self._why = self._why if self._stands_s > 0 else 0
        return self._why


class Flow:
    """Looks at a microphone's pieces as the device brings them: are they new, and as many as the time that passes?"""

    def __init__(self) -> None:
        self._pace = Pace()
        self._before: deque[int] = deque(maxlen=LOOK_BACK)
        self._same_s = self._stands_s = 0.0

    def restart(self) -> None:
        """The microphone was opened anew. A fault stands until it is disproved."""
        self._pace.restart()
        self._before.clear()
        self._same_s = 0.0

    def trouble(self, block: bytes, length_s: float, at_s: float) -> str | None:
        """After a piece that came at ``at_s``: what keeps words from being heard, as the end of a sentence, or None."""
        off = self._pace.off(length_s, at_s)
        mark = hash(block)
        same = mark in self._before and block.count(0) < len(block)
        self._before.append(mark)
        self._same_s = self._same_s + length_s if same else 0.0
        self._stands_s = STANDS_S if self._same_s >= STUCK_S else max(0.0, self._stands_s - length_s)
        if self._stands_s:
            return STUCK
        return (None, TOO_FAST, TOO_SLOW)[off]


class Loudness:
    """Looks at one piece of 16 kHz sound after another: is there room above it?"""

    def __init__(self) -> None:
        self._overloaded_s = 0.0

    def trouble(self, block: bytes) -> str | None:
        """What keeps words from being heard, as the end of a sentence; None where nothing does."""
        length_s = len(block) / BYTES_PER_S
        step = length_s if _is_overloaded(block) else -length_s
        self._overloaded_s = min(OVERLOADED_S, max(0.0, self._overloaded_s + step))
        return OVERLOADED if self._overloaded_s >= OVERLOADED_S else None


def _is_overloaded(block: bytes) -> bool:
    import numpy as np

    samples = np.frombuffer(block, "<i2")
    # Not abs(): of -32768 there is none.
    return len(samples) > 0 and float(np.mean((samples >= _FULL) | (samples <= -_FULL))) > _SHARE
