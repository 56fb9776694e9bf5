"""Plays clips on the loudspeaker, one after another, through one stream of our own that can be silenced at once."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from coach import naming, portaudio
from coach.clips import Clip
from coach.errors import CoachError
from coach.loudspeaker import Device, close_stream, open_stream, refresh_if_useful
from coach.playing import Line, Sound, at_rate
from coach.reference import Reference
from coach.soundness import Pace

NO_FRAMES_S = 2.0
"""A stream from which nothing comes for this long has lost its device, though no error may ever say so."""
FIRST_FRAMES_S = 5.0
"""A stream may take this long to begin: a wireless loudspeaker first wakes up."""
RETRY_S = 2.0
LOOK_S = 0.25
CLOSE_LIMIT_S = 2.0
SPEED_PROOF_S = 5.0
"""How long a stream may take to show that its speed is right again."""
DEAD = "the loudspeaker does not answer any more"


class Listener(Protocol):
    """Who is told; from the player's own thread."""

    def ended(self, token: object) -> None:
        """The sound of that token is out of the loudspeaker."""

    def lost(self, why: str, tokens: list[object]) -> None:
        """The loudspeaker is gone, and the sounds of these tokens have not been heard to their end."""

    def back(self) -> None:
        """The loudspeaker plays again."""


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
        self._listener, self._device, self._load, self._clock = listener, device, load, clock
        self._stream: Any = None
        self._pace = Pace(fine=False)
        self._messages: queue.SimpleQueue[Sound | str] = queue.SimpleQueue()
        self._line = Line(self._messages.put, reference, clock)
        self._fading: list[tuple[float, Sound]] = []
        """Sounds on their last way through the device's buffer, and when they will be out."""
        self._lost = self._closed = self._flowing = False
        self._why = DEAD
        self._seen_underflows, self._looked_at = 0, 0.0
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
        fitted = self.fitted(clip)
        with self._line.lock:
            if self._lost or self._closed:
                return False
            self._line.add(token, clip, fitted, gain)
        return True

    def fitted(self, clip: Clip) -> Clip:
        """The clip at the stream's rate: what ``play`` does first, and the only part of it that takes time."""
        return at_rate(clip, self._line.rate_hz)

    def hush(self) -> None:
        """Silence from the next block on, and forget what waits; no ``ended`` follows for it. Returns without waiting.

        What is in the device's buffer, 50 ms or so, still sounds. A stream that is aborted for it begins anew at a
        moment that nobody knows well enough, and the ears would have to learn anew what of their sound is the coach's.
        """
        with self._line.lock:
            self._line.hush()

    @property
    def busy(self) -> bool:
        """Whether anything is being played or waits to be."""
        return self._line.busy or bool(self._fading) or not self._messages.empty()

    def close(self) -> None:
        """Let go of the loudspeaker."""
        self._closed = True
        self._messages.put("close")
        if self._thread is not None:
            self._thread.join(CLOSE_LIMIT_S)
        self._discard()

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
            if sound.generation == self._line.generation:
                self._listener.ended(sound.token)
        if not self._closed:
            self._watch(now)
        return max(0.0, min([LOOK_S, *(due - now for due, _ in self._fading[:1])]))

    def _take_message(self, message: Sound | str) -> None:
        if isinstance(message, Sound):
            latency = float(getattr(self._stream, "latency", 0.0) or 0.0)
            self._fading.append((self._clock() + min(latency, 1.0), message))

    def _watch(self, now: float) -> None:
        """Notice that the device has gone, or is back."""
        stream = self._stream
        if stream is not None and self._line.frames != self._seen_frames:
            self._flows(now)
        elif not (stream is None and self._lost) and now - self._seen_at > self._patience_s:
            self._lose(self._why, now)
        elif stream is None:
            if now >= self._retry_at:
                self._reopen(now)
        elif not _active(stream) and self._stream is not None:
            # The device may only have changed, and another stream go on at once.
            self._discard()
            self._reopen(now)
        self._looked_at = now

    @property
    def _patience_s(self) -> float:
        return NO_FRAMES_S if self._flowing else FIRST_FRAMES_S

    def _flows(self, now: float) -> None:
        """Frames have come: as many as the time that has passed? On a computer that is too busy, nobody can tell."""
        underflows, self._seen_underflows = self._seen_underflows, self._line.underflows
        if underflows != self._seen_underflows or now - self._looked_at > 2 * LOOK_S:
            self._pace.pause()
        off = self._pace.off((self._line.frames - self._seen_frames) / self._line.rate_hz, now)
        self._seen_frames, self._seen_at = self._line.frames, now
        self._flowing = True
        if off:
            if not self._lost or now >= self._retry_at:
                self._lose("the loudspeaker plays at a wrong speed", now)
            return
        self._failures, self._why = 0, DEAD
        if self._lost:
            self._lost = False
            self._listener.back()

    def _lose(self, why: str, now: float) -> None:
        self._retry_at = now + RETRY_S
        self._failures += 1
        with self._line.lock:
            told, self._lost = self._lost, True
            rest = self._line.clear()
        over = [sound for _, sound in self._fading]
        self._fading.clear()
        for sound in over:
            if sound.generation == self._line.generation:
                self._listener.ended(sound.token)
        if not told:
            self._listener.lost(why, [sound.token for sound in rest])
        # Only now: letting go of a dead device takes time.
        self._discard()

    def _reopen(self, now: float) -> None:
        """Where the loudspeaker is not lost yet, nobody is told of a new stream that plays in good time."""
        seen_at, flowing = self._seen_at, self._flowing
        try:
            if self._failures in (2, 4) or (self._failures and self._failures % 8 == 0):
                # Seldom: it may end the microphone's stream, and a gap in what is heard is a risk.
                refresh_if_useful(self._device)
            self._open()
            self._retry_at = now + SPEED_PROOF_S
            if not self._lost:
                self._seen_at, self._flowing = seen_at, flowing
        except Exception as error:  # noqa: BLE001 - it is tried again, whatever it was
            self._why = f"the loudspeaker can't be opened: {portaudio.plain(error)}"
            self._failures += 1
            self._retry_at = now + (RETRY_S if self._lost else LOOK_S)

    def release(self) -> None:
        """See portaudio.StreamOwner. What is being played goes on where it was when the stream is open again."""
        stream, self._stream = self._stream, None
        self._retry_at = 0.0
        if stream is not None:
            portaudio.close_stream(stream)

    def _open(self) -> None:
        """Raises PortAudio's own errors, and CoachError."""
        with portaudio.lock:
            self._stream, rate_hz = open_stream(self._load, self._device, self._line.callback)
            portaudio.opened(self)
        with self._line.lock:
            self._line.fit(rate_hz)
        self._flowing = False
        self._pace.restart()
        self._seen_frames, self._seen_at = self._line.frames, self._clock()

    def _discard(self) -> None:
        stream, self._stream = self._stream, None
        self._line.let_go()
        if stream is not None:
            portaudio.closed(self)
            close_stream(stream)


def _active(stream: Any) -> bool:
    try:
        return bool(stream.active)
    except Exception:  # noqa: BLE001 - a stream that can't even tell is none
        return False
