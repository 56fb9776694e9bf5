"""Plays clips on the loudspeaker, one after another, through one stream of our own that can be silenced at once."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from coach import naming, portaudio
from coach.clips import Clip
from coach.errors import CoachError
from coach.loudspeaker import LATENCY_S, Device, close_stream, open_stream, refresh_if_useful
from coach.reference import Reference, block_time_s

if TYPE_CHECKING:
    import numpy as np

NO_FRAMES_S = 2.0
"""A stream from which nothing comes for this long has lost its device, though no error may ever say so."""
FIRST_FRAMES_S = 5.0
"""A stream may take this long to begin: a wireless loudspeaker first wakes up."""
RETRY_S = 2.0
LOOK_S = 0.25
LOCK_LIMIT_S = 0.05
CLOSE_LIMIT_S = 2.0


class Listener(Protocol):
    """Who is told; from the player's own thread."""

    def ended(self, token: object) -> None:
        """The sound of that token is out of the loudspeaker."""

    def lost(self, why: str, tokens: list[object]) -> None:
        """The loudspeaker is gone, and the sounds of these tokens have not been heard to their end."""

    def back(self) -> None:
        """The loudspeaker plays again."""


class _Sound:
    """A clip at the stream's rate, and how much of it has been played."""

    __slots__ = ("at", "gain", "generation", "samples", "token")

    def __init__(self, token: object, samples: np.ndarray, gain: float, generation: int) -> None:
        self.token, self.samples, self.gain, self.generation = token, samples, gain, generation
        self.at = 0


class Player:
    """A queue of sounds and the stream they leave by.

    The stream runs from ``open`` to ``close``, giving silence between sounds, so that no prompt loses its first word
    to a loudspeaker that wakes up, and a loss is noticed early. Its callback copies, and no more. ``tend``, called over
    and over by a thread of the player's own, does the rest: it tells the listener, silences, watches and opens again.
    """

    def __init__(
        self,
        listener: Listener,
        device: Device = None,
        *,
        reference: Reference | None = None,
        load: Callable[[], Any] = portaudio.load,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``reference`` notes all that is played, for ears that are to tell it from what a person says."""
        self._reference = reference
        self._listener, self._device, self._load, self._clock = listener, device, load, clock
        self._stream: Any = None
        self._rate_hz = 0
        self._queue: deque[_Sound] = deque()
        self._current: _Sound | None = None
        self._generation = 0
        self._passed = 0
        """The gate: nothing sounds while this is behind the generation, which every hush moves on."""
        self._frames = 0
        self._messages: queue.SimpleQueue[_Sound | str] = queue.SimpleQueue()
        self._fading: list[tuple[float, _Sound]] = []
        """Sounds on their last way through the device's buffer, and when they will be out."""
        self._lock = threading.Lock()
        self._lost = self._closed = self._flowing = False
        self._seen_frames, self._seen_at, self._retry_at, self._failures = 0, 0.0, 0.0, 0
        self._thread: threading.Thread | None = None

    # --- for everyone ------------------------------------------------------------------------

    def open(self, thread: bool = True) -> None:
        """Begin. Raises CoachError where no loudspeaker can be used. Without ``thread``, ``tend`` must be called."""
        try:
            self._open()
        except CoachError:
            raise
        except Exception as error:  # PortAudio and each of its hosts have errors of their own
            why = portaudio.plain(error)
            find_out = naming.command("doctor")
            raise CoachError(f"There is no sound: {why}; plug one in, or find out more: {find_out}") from error
        if thread:
            self._thread = threading.Thread(target=self._run, name="player", daemon=True)
            self._thread.start()

    def play(self, token: object, clip: Clip, gain: float = 1.0) -> bool:
        """Play ``clip`` after what is being played. False where the loudspeaker is lost: it will not be played."""
        samples = self.fitted(clip).samples
        with self._lock:
            if self._lost or self._closed:
                return False
            # Never louder than the clip; what is no number makes no noise.
            self._queue.append(_Sound(token, samples, min(1.0, max(0.0, gain)), self._generation))
        return True

    def fitted(self, clip: Clip) -> Clip:
        """The clip at the stream's rate: what ``play`` does first, and the only part of it that takes time."""
        if clip.rate_hz == self._rate_hz:
            return clip
        import soxr

        return Clip(soxr.resample(clip.samples, clip.rate_hz, self._rate_hz), self._rate_hz)

    def hush(self) -> None:
        """Silence at once, and forget what waits; no ``ended`` follows for it. Returns without waiting."""
        with self._lock:
            sounding = self._current is not None or bool(self._fading) or not self._messages.empty()
            sounding = sounding or self._passed != self._generation
            self._generation += 1
            self._queue.clear()
            self._current = None
            if not sounding:
                self._passed = self._generation
        # The gate alone would leave what is in the device's buffer: abort throws that away too.
        self._messages.put("abort")

    @property
    def busy(self) -> bool:
        """Whether anything is being played or waits to be."""
        return self._current is not None or bool(self._queue) or bool(self._fading) or not self._messages.empty()

    def close(self) -> None:
        """Let go of the loudspeaker."""
        self._closed = True
        self._messages.put("close")
        if self._thread is not None:
            self._thread.join(CLOSE_LIMIT_S)
        self._discard()

    # --- the stream's own thread ---------------------------------------------------------------

    def _fill(self, out: np.ndarray, frames: int, times: Any, _status: Any) -> None:
        """The callback: the next ``frames`` samples; ``out`` has shape (frames, channels)."""
        self._frames += frames
        done = 0
        while done < frames:
            sound = self._current
            if self._passed != self._generation or sound is None or sound.generation != self._generation:
                sound = self._current = self._take()
                if sound is None:
                    break
            count = min(frames - done, len(sound.samples) - sound.at)
            # The gain is applied here and nothing else is done: every allocation could come too late.
            out[done : done + count, 0] = sound.samples[sound.at : sound.at + count]
            out[done : done + count, 0] *= sound.gain
            sound.at += count
            done += count
            if sound.at >= len(sound.samples):
                self._messages.put(sound)
                self._current = None
        out[done:, 0] = 0
        out[:, 1:] = out[:, :1]
        if self._reference is not None and self._rate_hz:
            at_s = block_time_s(times, "outputBufferDacTime", LATENCY_S, self._clock)
            self._reference.played(out[:, 0].copy(), self._rate_hz, at_s)

    def _take(self) -> _Sound | None:
        if self._passed != self._generation:
            return None
        try:
            return self._queue.popleft()
        except IndexError:
            return None

    # --- the player's own thread ---------------------------------------------------------------

    def _run(self) -> None:
        wait_s = LOOK_S
        while not self._closed:
            with contextlib.suppress(queue.Empty):
                self._take_message(self._messages.get(timeout=wait_s))
            wait_s = self.tend()

    def tend(self) -> float:
        """Do what is due now; returns the seconds until it should be called again at the latest."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._take_message(self._messages.get_nowait())
        now = self._clock()
        while self._fading and self._fading[0][0] <= now:
            sound = self._fading.pop(0)[1]
            if sound.generation == self._generation:
                self._listener.ended(sound.token)
        if not self._closed:
            self._watch(now)
        return max(0.0, min([LOOK_S, *(due - now for due, _ in self._fading[:1])]))

    def _take_message(self, message: _Sound | str) -> None:
        if isinstance(message, _Sound):
            latency = float(getattr(self._stream, "latency", 0.0) or 0.0)
            self._fading.append((self._clock() + min(latency, 1.0), message))
        elif message == "abort":
            self._abort()

    def _abort(self) -> None:
        """Throw away what the device still holds, and open the gate for what comes next."""
        generation = self._generation
        if self._passed == generation:
            return
        self._fading.clear()
        if portaudio.lock.acquire(timeout=LOCK_LIMIT_S):
            try:
                if self._stream is not None:
                    self._stream.abort()
                    self._stream.start()
                    self._seen_at = self._clock()
            except Exception:  # noqa: BLE001 - whatever it was, a stream that does not start again is noticed below
                self._seen_at = float("-inf")
            finally:
                portaudio.lock.release()
        self._passed = generation

    def _watch(self, now: float) -> None:
        """Notice that the device has gone, or is back."""
        stream = self._stream
        if stream is None:
            if now >= self._retry_at:
                self._reopen(now)
        elif self._frames != self._seen_frames:
            self._seen_frames, self._seen_at = self._frames, now
            self._failures = 0
            self._flowing = True
            if self._lost:
                self._lost = False
                self._listener.back()
        elif now - self._seen_at > (NO_FRAMES_S if self._flowing else FIRST_FRAMES_S) or not _active(stream):
            if self._stream is None:
                return  # released meanwhile: not lost, only to be opened again
            self._discard()
            self._lose("the loudspeaker does not answer any more", now)

    def _lose(self, why: str, now: float) -> None:
        self._retry_at = now + RETRY_S
        self._failures += 1
        with self._lock:
            told, self._lost = self._lost, True
            rest = [sound for sound in (self._current, *self._queue) if sound is not None]
            self._queue.clear()
            self._current = None
        over = [sound for _, sound in self._fading]
        self._fading.clear()
        for sound in over:
            if sound.generation == self._generation:
                self._listener.ended(sound.token)
        if not told:
            self._listener.lost(why, [sound.token for sound in rest if sound.generation == self._generation])

    def _reopen(self, now: float) -> None:
        try:
            if self._failures > 1:
                refresh_if_useful(self._device)
            self._open()
        except Exception as error:  # noqa: BLE001 - it is tried again, whatever it was
            self._lose(f"the loudspeaker can't be opened: {portaudio.plain(error)}", now)

    def release(self) -> None:
        """See portaudio.StreamOwner. What is being played goes on where it was when the stream is open again."""
        stream, self._stream = self._stream, None
        self._retry_at = 0.0
        if stream is not None:
            with contextlib.suppress(Exception):
                stream.close(ignore_errors=True)

    def _open(self) -> None:
        """Raises PortAudio's own errors, and CoachError."""
        with portaudio.lock:
            self._stream, self._rate_hz = open_stream(self._load, self._device, self._fill)
            portaudio.opened(self)
        self._flowing = False
        self._seen_frames, self._seen_at = self._frames, self._clock()

    def _discard(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            portaudio.closed(self)
            close_stream(stream)


def _active(stream: Any) -> bool:
    try:
        return bool(stream.active)
    except Exception:  # noqa: BLE001 - a stream that can't even tell is none
        return False
