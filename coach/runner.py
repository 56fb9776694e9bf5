"""The one loop: carry out commands, wait for an event until the deadline, hand it to the session.

Threads live only inside the voice, the ears and the keyboard; all they may do to the rest is ``inbox.put(event)``.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Protocol

from coach.errors import CoachError
from coach.events import Adjust, Chime, Close, Command, Event, Heard, Hush, Record, Say, Tick
from coach.session import Session


class Voice(Protocol):
    """What speaks: sound, or captions that take as long."""

    def say(self, command: Say) -> None: ...

    def hush(self) -> None: ...

    def chime(self, name: str) -> None: ...

    def adjust(self, rate_wpm: int, volume: float) -> None: ...


class Keeper(Protocol):
    """What keeps facts: the journal, or nothing."""

    def write(self, record: Record, at: datetime | None = None, at_s: float | None = None) -> None:
        """Raises CoachError where a fact can't be kept."""


Observer = Callable[[Event | Command], None]
"""Sees every event and command, in order, after the voice has had it; holds no rules."""


@contextlib.contextmanager
def _control_c(inbox: queue.SimpleQueue[Event]) -> Iterator[None]:
    """Control-C goes through the inbox, so that it breaks off nothing that is being carried out; a second raises."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        inbox.put(Heard("stop", typed=True))

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class Runner:
    """Runs one session to its end."""

    def __init__(
        self,
        session: Session,
        inbox: queue.SimpleQueue[Event],
        voice: Voice,
        journal: Keeper | None = None,
        observers: Sequence[Observer] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._inbox = inbox
        self._voice = voice
        self._journal = journal
        self._observers = list(observers)
        self._clock = clock
        self._began_at = 0.0
        self.adjusted: Adjust | None = None
        """The last change of the voice that was asked for, to be remembered for the next session."""
        self.journal_error: CoachError | None = None
        """Why facts were lost, if any were."""

    def run(self) -> str:
        """Run until the session closes, and return its outcome.

        Control-C is a spoken "stop"; a second one raises KeyboardInterrupt.
        """
        self._began_at = self._clock()
        with _control_c(self._inbox):
            outcome = self._perform(self._session.start(self._began_at))
            while outcome is None:
                outcome = self._take(self._next())
        return outcome

    def _next(self) -> Event:
        deadline = self._session.deadline
        timeout = None if deadline is None else max(0.0, deadline - self._clock())
        try:
            return self._inbox.get(timeout=timeout)
        except queue.Empty:
            return Tick()

    def _take(self, event: Event) -> str | None:
        commands = self._session.handle(event, self._clock())
        if isinstance(event, Tick):
            return self._perform(commands)
        # Silence first: a caption may wait, a person in pain may not.
        outcome = self._perform([command for command in commands if isinstance(command, Hush)][:1])
        self._show(event)
        return outcome or self._perform(commands)

    def _perform(self, commands: Sequence[Command]) -> str | None:
        outcome: str | None = None
        for command in commands:
            match command:
                case Say():
                    self._voice.say(command)
                case Hush():
                    self._voice.hush()
                case Chime(name):
                    self._voice.chime(name)
                case Adjust(rate_wpm, volume):
                    self._voice.adjust(rate_wpm, volume)
                    self.adjusted = command
                case Record():
                    self._keep(command)
                case Close():
                    outcome = command.outcome
            self._show(command)
        return outcome

    def _show(self, what: Event | Command) -> None:
        for observer in self._observers:
            observer(what)

    def _keep(self, record: Record) -> None:
        if self._journal is None:
            return
        try:
            self._journal.write(record, datetime.now(UTC).astimezone(), self._clock() - self._began_at)
        except CoachError as error:
            self.journal_error = self.journal_error or error
