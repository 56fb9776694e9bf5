"""The loop: Control-C, and what it must not break off."""

from __future__ import annotations

import queue
import signal

import pytest

from coach import prompts
from coach.events import Event, Heard, Record, Say, SpeechEnded
from coach.keyboard import interrupt
from coach.runner import Runner
from tests.rig import session


class Voice:
    """Says everything at once."""

    def __init__(self, inbox: queue.SimpleQueue[Event]) -> None:
        self.inbox = inbox
        self.said: list[str] = []

    def say(self, command: Say) -> None:
        """See coach.runner.Voice."""
        self.said.append(command.text)
        if command.text != prompts.FAREWELL:
            self.inbox.put(SpeechEnded(command.utterance))

    def hush(self) -> None:
        """See coach.runner.Voice."""

    def chime(self, name: str) -> None:
        """See coach.runner.Voice."""

    def adjust(self, rate_wpm: int, volume: float) -> None:
        """See coach.runner.Voice."""


class Journal:
    """Somebody presses Control-C while a fact is being written."""

    def __init__(self) -> None:
        self.kept: list[Record] = []

    def write(self, record: Record, at: object = None, at_s: float | None = None) -> None:
        """See coach.runner.Keeper."""
        if not self.kept:
            signal.raise_signal(signal.SIGINT)
        self.kept.append(record)


def test_control_c_is_a_stop_and_breaks_off_nothing() -> None:
    """Pressed while the first fact is written: it is kept, what belongs to it is said, and then comes the stop."""
    inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
    voice, journal = Voice(inbox), Journal()

    def answer(what: object) -> None:
        if isinstance(what, Say) and what.text.startswith("Are you in pain"):
            inbox.put(Heard("finished", typed=True))
        if isinstance(what, Say) and what.text == prompts.FAREWELL:
            inbox.put(SpeechEnded(what.utterance))

    before = signal.getsignal(signal.SIGINT)
    outcome = Runner(session(), inbox, voice, journal, [answer]).run()
    assert outcome == "stopped"
    assert voice.said[0].startswith("Hello")
    assert [record.kind for record in journal.kept][:2] == ["started", "report"]
    assert signal.getsignal(signal.SIGINT) is before


def test_control_c_while_waiting_is_heard_at_once() -> None:
    """The loop wakes up for it, however far away its deadline is."""
    import threading

    inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
    voice = Voice(inbox)

    def watch(what: object) -> None:
        if isinstance(what, Say) and what.text.startswith("Are you in pain"):
            inbox.put(Heard("finished", typed=True))
        if isinstance(what, Say) and what.text == prompts.FAREWELL:
            inbox.put(SpeechEnded(what.utterance))
        if isinstance(what, Say) and what.text == prompts.PAUSED:
            threading.Timer(0.1, interrupt).start()

    inbox.put(Heard("pause", typed=True))
    assert Runner(session(), inbox, voice, None, [watch]).run() == "stopped"


def test_a_second_control_c_raises() -> None:
    """Somebody who wants out at once gets out."""
    inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def press(what: object) -> None:
        if isinstance(what, Say):
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        Runner(session(), inbox, Voice(inbox), None, [press]).run()
