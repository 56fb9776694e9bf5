"""What waits to be played, and the callback of the stream that plays it.

The callback runs in a thread of the system's that must never wait: it copies, and no more.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from coach.clips import Clip
from coach.loudspeaker import LATENCY_S
from coach.reference import Reference, block_time_s

if TYPE_CHECKING:
    import numpy as np


class Sound:
    """A clip at the stream's rate, and how much of it has been played."""

    __slots__ = ("at", "clip", "gain", "generation", "rate_hz", "samples", "token")

    def __init__(self, token: object, clip: Clip, fitted: Clip, gain: float, generation: int) -> None:
        self.token, self.clip, self.generation = token, clip, generation
        # Never louder than the clip; what is no number makes no noise.
        self.gain = min(1.0, max(0.0, gain))
        self.samples, self.rate_hz = fitted.samples, fitted.rate_hz
        self.at = 0

    def fit(self, rate_hz: int) -> None:
        """The stream has another rate now; what has been played stays played. The rate comes last: it says "ready"."""
        if rate_hz != self.rate_hz:
            samples = at_rate(self.clip, rate_hz).samples
            self.at = min(len(samples), round(self.at * rate_hz / self.rate_hz))
            self.samples = samples
            self.rate_hz = rate_hz


class Line:
    """Sounds one after another. ``out`` is told of each when its last sample has gone to the device."""

    def __init__(
        self, out: Callable[[Sound], None], reference: Reference | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._out, self._reference, self._clock = out, reference, clock
        self._queue: deque[Sound] = deque()
        self._current: Sound | None = None
        self._opening = 0
        """Which stream is ours: one that was let go may call for a while."""
        self.lock = threading.Lock()
        self.generation = 0
        """Every hush moves it on."""
        self.frames = 0
        """How many the device has asked for."""
        self.underflows = 0
        """Times it had to wait for sound."""
        self.rate_hz = 0

    # --- the player's side; ``lock`` is held for all but the last two ---------------------------

    def add(self, token: object, clip: Clip, fitted: Clip, gain: float) -> None:
        """Play ``clip`` last; ``fitted`` is the same at the rate that the stream had a moment ago."""
        sound = Sound(token, clip, fitted, gain, self.generation)
        sound.fit(self.rate_hz)
        self._queue.append(sound)

    def clear(self) -> list[Sound]:
        """Forget what is played and what waits; these they were."""
        rest = [sound for sound in (self._current, *self._queue) if sound is not None]
        self._queue.clear()
        self._current = None
        return [sound for sound in rest if sound.generation == self.generation]

    def hush(self) -> None:
        """Forget it all: nothing of it sounds in the next block."""
        self.generation += 1
        self.clear()

    def fit(self, rate_hz: int) -> None:
        """The stream has this rate from now on."""
        self.rate_hz = rate_hz
        for sound in (self._current, *self._queue):
            if sound is not None:
                sound.fit(rate_hz)

    @property
    def busy(self) -> bool:
        """Whether anything is being played or waits to be."""
        return self._current is not None or bool(self._queue)

    def let_go(self) -> None:
        """The stream is ours no more: it gets silence, and its frames do not count."""
        self._opening += 1

    # --- the stream's own thread ----------------------------------------------------------------

    def callback(self, rate_hz: int) -> Callable[..., None]:
        """The callback of the next stream, which has this rate."""
        self._opening += 1
        opening = self._opening

        def fill(out: np.ndarray, frames: int, times: Any, status: Any) -> None:
            if opening == self._opening:
                self.underflows += bool(status)
                self._fill(rate_hz, out, frames, times, bool(status))
            else:
                out[:] = 0

        return fill

    def _fill(self, rate_hz: int, out: np.ndarray, frames: int, times: Any, after_gap: bool) -> None:
        """The next ``frames`` samples; ``out`` has shape (frames, channels)."""
        self.frames += frames
        done = 0
        while done < frames:
            sound = self._current
            if sound is None or sound.generation != self.generation:
                sound = self._current = self._take()
                if sound is None:
                    break
            if sound.rate_hz != rate_hz:
                break  # it is about to be fitted
            count = min(frames - done, len(sound.samples) - sound.at)
            # The gain is applied here and nothing else is done: every allocation could come too late.
            out[done : done + count, 0] = sound.samples[sound.at : sound.at + count]
            out[done : done + count, 0] *= sound.gain
            sound.at += count
            done += count
            if sound.at >= len(sound.samples):
                self._out(sound)
                self._current = None
        out[done:, 0] = 0
        out[:, 1:] = out[:, :1]
        if self._reference is not None:
            at_s = block_time_s(times, "outputBufferDacTime", LATENCY_S, self._clock)
            self._reference.played(out[:, 0].copy(), rate_hz, at_s, after_gap)

    def _take(self) -> Sound | None:
        try:
            return self._queue.popleft()
        except IndexError:
            return None


def at_rate(clip: Clip, rate_hz: int) -> Clip:
    """The clip at another rate."""
    if clip.rate_hz == rate_hz:
        return clip
    import soxr

    return Clip(soxr.resample(clip.samples, clip.rate_hz, rate_hz), rate_hz)
