"""What the loudspeaker plays, and when: so that the ears can tell it from what a person says.

Two streams, each in blocks that are reported when the system likes, are laid on one line of time in samples. A stream
runs on by itself, block after block; it is put elsewhere only where it clearly is elsewhere: after a gap, or anew, and
once soon after that, when the stream has come to run evenly.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from coach.recogniser import RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KEPT_S = 4.0
WAITING = 400
"""Blocks that may wait for the reader; the oldest go first."""
FAR_S = 0.2
"""A block that comes from so far away is somewhere else at once ..."""
OFF_S = 0.06
"""... and from so far, when the next ones do too; less is how unevenly blocks are reported."""
OFF_BLOCKS = 5
SETTLES_S = 1.2
SETTLED_S = 0.01
"""A stream comes in bursts at first. When it has run for so long, it is put where the later half of that says, if that
is so far from where the first block said."""


def block_time_s(times: Any, at: str, latency_s: float, clock: Callable[[], float] = time.monotonic) -> float:
    """When a block passes the converter, on ``clock``. ``times`` is what PortAudio tells its callback, or None.

    ``at`` names the time in it, "outputBufferDacTime" or "inputBufferAdcTime". Some systems don't tell: then it is the
    time of the call and the stream's ``latency_s`` (negative for sound that has already been).
    """
    try:
        ahead_s = getattr(times, at) - times.currentTime
    except (AttributeError, TypeError):
        ahead_s = latency_s
    return clock() + (ahead_s if 0 < abs(ahead_s) < 1.0 else latency_s)


class Track:
    """Where the blocks of one stream belong, in samples since the beginning of time."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._off = 0
        self._run = 0
        """Samples since it was last put somewhere."""
        self._offs: list[int] = []
        """How far from here each block since then was said to be, until that is settled."""

    def place(self, at_s: float, count: int, after_gap: bool = False) -> int:
        """The place of the first of ``count`` samples that are said to begin at ``at_s``.

        ``after_gap``: the system has told that sound was lost before them.
        """
        told = round(at_s * RATE_HZ)
        if self._next is None or after_gap:
            self._put(told)
        off = told - self._at
        self._off = self._off + 1 if abs(off) > OFF_S * RATE_HZ else 0
        if abs(off) > FAR_S * RATE_HZ or self._off >= OFF_BLOCKS:
            self._put(told)
        elif self._run < SETTLES_S * RATE_HZ:
            self._offs.append(off)
            self._run += count
            if self._run >= SETTLES_S * RATE_HZ:
                self._settle()
        start = self._at
        self._next = start + count
        return start

    @property
    def _at(self) -> int:
        assert self._next is not None
        return self._next

    def _put(self, place: int) -> None:
        self._next, self._off, self._run = place, 0, 0
        self._offs.clear()

    def _settle(self) -> None:
        off = sorted(self._offs[len(self._offs) // 2 :])[len(self._offs) // 4]
        if abs(off) > SETTLED_S * RATE_HZ:
            self._next = self._at + off
        self._offs.clear()


class Reference:
    """The last seconds of what was played, at 16 kHz."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[NDArray[np.float32], int, float, bool]] = deque(maxlen=WAITING)
        self._track = Track()
        self._samples: NDArray[np.float32] | None = None
        self._end = 0
        self._rate_hz = 0
        self._resampler: Any = None
        self._inside = 0
        """Samples that are still in it."""
        self._lock = threading.Lock()

    def played(self, samples: NDArray[np.float32], rate_hz: int, at_s: float, after_gap: bool = False) -> None:
        """Note mono sound of shape (n,), -1 to 1, that is heard from ``at_s`` on. Quick, for a stream's own thread.

        ``after_gap``: before it the loudspeaker had run out of sound.
        """
        self._waiting.append((samples, rate_hz, at_s, after_gap))

    @property
    def known_until(self) -> int:
        """The sample of the line of time before which it is known what was, or will be, played."""
        with self._lock:
            self._take_in()
            return self._end

    def beside(self, start: int, count: int) -> NDArray[np.float32]:
        """What was played at samples ``start`` to ``start + count`` of the line of time; zeros where nothing was."""
        import numpy as np

        with self._lock:
            self._take_in()
            found = np.zeros(count, np.float32)
            if self._samples is None:
                return found
            first = self._end - len(self._samples)
            low, high = max(start, first), min(start + count, self._end)
            if low < high:
                found[low - start : high - start] = self._samples[low - first : high - first]
            return found

    def _take_in(self) -> None:
        import numpy as np

        if self._samples is None:
            self._samples = np.zeros(round(KEPT_S * RATE_HZ), np.float32)
        while self._waiting:
            samples, rate_hz, at_s, after_gap = self._waiting.popleft()
            place = self._track.place(at_s, round(len(samples) * RATE_HZ / rate_hz), after_gap)
            at_16k = self._at_16k(samples, rate_hz)
            # What comes out of a resampler went in a little earlier.
            self._put(at_16k, place - self._inside)
            self._inside += round(len(samples) * RATE_HZ / rate_hz) - len(at_16k)

    def _put(self, samples: NDArray[np.float32], place: int) -> None:
        import numpy as np

        assert self._samples is not None
        size = len(self._samples)
        shift = place + len(samples) - self._end
        if shift > 0:
            kept = self._samples[min(shift, size) :]
            self._samples = np.concatenate([kept, np.zeros(size - len(kept), np.float32)])
            self._end += shift
        at = place - (self._end - size)
        if at < 0:
            samples, at = samples[-at:], 0
        self._samples[at : at + len(samples)] = samples

    def _at_16k(self, samples: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
        if rate_hz == RATE_HZ:
            return samples
        if rate_hz != self._rate_hz:
            import soxr

            self._rate_hz, self._resampler = rate_hz, soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32")
            self._inside = 0
        return self._resampler.resample_chunk(samples)  # type: ignore[no-any-return]
