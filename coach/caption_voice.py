"""A voice without a sound: time that passes while captions are read."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from coach import chimes
from coach.events import Event, Say, SpeechEnded
from coach.plan import USUAL_WPM, estimated_length_s

Progress = Callable[[int, int], None]
"""Told how many of how many prompts are ready."""


class Inbox(Protocol):
    """Where events go."""

    def put(self, event: Event, /) -> None:
        """Take one, without blocking for long."""


@dataclass(slots=True, eq=False)
class _Pause:
    """Time that an utterance or a chime takes."""

    utterance: int | None
    seconds: float
    cut: threading.Event = field(default_factory=threading.Event)


class CaptionVoice:
    """A Voice without a sound: each utterance lasts as long as saying it would.

    ``bell`` is rung before each utterance. ``wait`` waits for an event or so many seconds, and is there for tests.
    """

    def __init__(
        self,
        inbox: Inbox,
        rate_wpm: int = USUAL_WPM,
        *,
        bell: Callable[[], None] | None = None,
        wait: Callable[[threading.Event, float], bool] = threading.Event.wait,
    ) -> None:
        self._inbox, self._rate_wpm, self._bell, self._wait = inbox, rate_wpm, bell, wait
        self._lock = threading.Lock()
        self._pending: deque[_Pause] = deque()
        self._line: queue.SimpleQueue[_Pause | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def prepare(self, texts: Iterable[str], progress: Progress | None = None) -> None:
        """See Voice; there is nothing to do."""

    def length_s(self, text: str) -> float:
        """See Voice."""
        return estimated_length_s(text, self._rate_wpm)

    def say(self, command: Say) -> None:
        """See Voice."""
        self._line_up(_Pause(command.utterance, self.length_s(command.text)))

    def chime(self, name: str) -> None:
        """See Voice."""
        self._line_up(_Pause(None, chimes.length_s(name)))

    def hush(self) -> None:
        """See Voice."""
        for pause in self._cut_all():
            if pause.utterance is not None:
                self._inbox.put(SpeechEnded(pause.utterance))

    def adjust(self, rate_wpm: int, volume: float) -> None:
        """See Voice."""
        self._rate_wpm = rate_wpm

    def close(self) -> None:
        """See Voice."""
        self._cut_all()
        self._line.put(None)

    @property
    def busy(self) -> bool:
        """Whether time is passing for anything."""
        return bool(self._pending)

    def _line_up(self, pause: _Pause) -> None:
        with self._lock:
            self._pending.append(pause)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="captions", daemon=True)
                self._thread.start()
        self._line.put(pause)

    def _cut_all(self) -> list[_Pause]:
        with self._lock:
            cut = list(self._pending)
            self._pending.clear()
        for pause in cut:
            pause.cut.set()
        return cut

    def _run(self) -> None:
        for pause in iter(self._line.get, None):
            if self._bell is not None and pause.utterance is not None and not pause.cut.is_set():
                self._bell()
            self._wait(pause.cut, pause.seconds)
            with self._lock:
                ours = pause in self._pending
                if ours:
                    self._pending.remove(pause)
            if ours and pause.utterance is not None:
                self._inbox.put(SpeechEnded(pause.utterance))
