"""What session tests share: a small routine, and a session driven by hand or by a script, on virtual time."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Sequence

from coach.events import (
    Adjust,
    Begin,
    Chime,
    Close,
    Command,
    EarsLost,
    Event,
    Heard,
    Hush,
    Listen,
    Record,
    Say,
    SpeechEnded,
    Tick,
    Understood,
)
from coach.past import Past
from coach.plan import Plan, compile_plan, estimated_length_s
from coach.policy import Policy
from coach.routine import parse
from coach.session import Session
from coach.simulate import Moment, Reaction, simulate
from coach.states import State

ROUTINE = """
name = "small"
title = "A small routine"
source = "made up for the tests"
for_whom = "Nobody."
opening = ["Lie on your back."]
closing = ["Breathe slowly."]
rest_between_exercises_s = 10

[[exercises]]
name = "Knee to chest"
position = "lying on back"
needs = ["mat"]
setup = ["Bend both knees."]
steps = ["Bring one knee towards your chest."]
go = "Bring your {side} knee in."
release = "Let go slowly."
sides = "both"
dose = { reps = 2, hold_s = 24, rest_between_reps_s = 4, change_over_s = 6 }
easier = { steps = ["Bring the knee only half as far."], dose = { reps = 1, hold_s = 10 } }

[[exercises]]
name = "Bridge"
position = "lying on back"
steps = ["Lift your hips from the floor, and lower them."]
go = "Feet flat."
dose = { reps = 4, sets = 2, rest_between_sets_s = 8 }

[[exercises]]
name = "March"
position = "standing"
steps = ["March on the spot."]
go = "Stand tall."
dose = { duration_s = 40 }
"""


@functools.cache
def plan() -> Plan:
    """The plan of the small routine."""
    return compile_plan(parse(ROUTINE, "small.toml"))


def session(policy: Policy | None = None, deaf: str | None = None, past: Past | None = None) -> Session:
    """A session of the small routine."""
    return Session(plan(), estimated_length_s, policy, deaf=deaf, past=past)


class Hand:
    """Drives a session by hand: says what happens, and keeps all that came out."""

    def __init__(self, driven: Session | None = None) -> None:
        self.session = driven or session()
        self.now = 0.0
        self.out: list[Command] = []
        self._take(self.session.start(0.0))

    def _take(self, commands: Sequence[Command]) -> list[Command]:
        self.out += commands
        return list(commands)

    def event(self, event: Event, after_s: float = 0.0) -> list[Command]:
        """Let something happen."""
        self.now += after_s
        return self._take(self.session.handle(event, self.now))

    def hear(self, words: str, final: bool = True, after_s: float = 0.1) -> list[Command]:
        """Let somebody say something."""
        return self.event(Heard(words, final), after_s)

    def speech_ended(self) -> list[Command]:
        """Let the last utterance end."""
        said = [command for command in self.out if isinstance(command, Say)]
        return self.event(SpeechEnded(said[-1].utterance), estimated_length_s(said[-1].text))

    def wait(self, seconds: float) -> list[Command]:
        """Let time pass without anything happening, with a Tick at every deadline."""
        until, out = self.now + seconds, []
        while (due := self.session.deadline) is not None and due <= until:
            self.now = max(due, self.now)
            out += self._take(self.session.handle(Tick(), self.now))
        self.now = until
        return out

    def until(self, state: State, limit: int = 500) -> Hand:
        """Go on, every utterance ending in its time, until the session is in a state."""
        for _ in range(limit):
            if self.session.state is state:
                return self
            if self.session.talking:
                self.speech_ended()
            elif self.session.deadline is not None:
                self.wait(self.session.deadline - self.now)
        raise AssertionError(f"never came to {state}; stayed {self.session.state}")

    @property
    def said(self) -> list[str]:
        """Everything that was said."""
        return [command.text for command in self.out if isinstance(command, Say)]


def said(commands: Iterable[Command]) -> list[str]:
    """The lines among commands."""
    return [command.text for command in commands if isinstance(command, Say)]


def facts(commands: Iterable[Command], kind: str) -> list[dict[str, object]]:
    """The facts of one kind among commands."""
    return [dict(command.facts) for command in commands if isinstance(command, Record) and command.kind == kind]


def at(state: State) -> Hand:
    """A session that has just come to a state."""
    hand = Hand()
    if state is State.CHECKING:
        hand.until(State.HOLDING)
        hand.hear("severe pain", final=False, after_s=5)
    elif state is State.ASKING:
        hand.until(State.HOLDING)
        hand.hear("it hurts", after_s=5)
    elif state is State.PAUSED:
        hand.until(State.HOLDING)
        hand.hear("pause", after_s=5)
    elif state is State.ADVISING:
        hand.until(State.HOLDING)
        hand.hear("severe pain", after_s=5)
    elif state is State.CLOSED:
        hand.hear("severe pain", after_s=5)
        hand.until(State.CLOSED)
    else:
        hand.until(state)
    assert hand.session.state is state
    return hand


Answer = tuple[str, float, Event]
"""When the coach begins to say a line that begins so, this happens so many seconds later.

Each is used once; those that follow one another with the same line happen together.
"""


def answering(answers: Sequence[Answer]) -> Reaction:
    """A reaction made of answers."""
    left = list(answers)

    def react(moment: Moment) -> list[tuple[float, Event]]:
        text = moment.what.text if isinstance(moment.what, Say) else ""
        text = f"[{moment.what.kind}]" if isinstance(moment.what, Begin) else text
        first = next((n for n, answer in enumerate(left) if text and text.startswith(answer[0])), None)
        if first is None:
            return []
        now = [*itertools.takewhile(lambda answer: answer[0] == left[first][0], left[first:])]
        del left[first : first + len(now)]
        return [(delay_s, event) for _, delay_s, event in now]

    return react


def transcript(driven: Session, answers: Sequence[Answer] = ()) -> str:
    """A whole session as a person would read it: time, who, what."""
    lines = [_line(moment) for moment in simulate(driven, react=answering(answers))]
    return "\n".join(line for line in lines if line) + "\n"


def _line(moment: Moment) -> str:
    tenths = round(moment.at_s * 10)
    clock = f"{tenths // 600:02d}:{tenths % 600 // 10:02d}.{tenths % 10}"
    return f"{clock} {text}" if (text := _what(moment.what)) else ""


def _what(what: Event | Command) -> str:
    described: dict[type, Callable[..., str]] = {
        Say: lambda: f"{'ADVICE' if what.protected else 'COACH '} {what.text}",  # type: ignore[union-attr]
        Heard: lambda: f"PERSON {what.words}{'' if what.final else ' ...'}",  # type: ignore[union-attr]
        Hush: lambda: "  -- silence",
        Chime: lambda: f"  -- chime: {what.name}",  # type: ignore[union-attr]
        Begin: lambda: f"  -- {what.kind} {what.seconds:g} s",  # type: ignore[union-attr]
        Adjust: lambda: f"  -- voice: {what.rate_wpm} words a minute, volume {what.volume:g}",  # type: ignore[union-attr]
        EarsLost: lambda: f"  !! ears lost: {what.why}",  # type: ignore[union-attr]
        Record: lambda: f"  .. {what.kind}: {_told(what.facts)}",  # type: ignore[union-attr]
        Close: lambda: f"  == {what.outcome}",  # type: ignore[union-attr]
    }
    if isinstance(what, (Understood, Listen)):
        return ""
    return described.get(type(what), lambda: f"  !! {type(what).__name__}")()


def _told(told: object) -> str:
    skipped = ("lines", "words")
    return ", ".join(f"{k} {v}" for k, v in dict(told).items() if v is not None and k not in skipped)  # type: ignore[call-overload]
