"""The same session on virtual time: a heap of (time, event) instead of runner, devices and clock.

It drives the golden transcripts, ``coach preview`` and ``coach render``: a ten-minute routine takes a few milliseconds.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from coach.events import Begin, Chime, Close, Command, Event, Hush, Say, SpeechEnded, Tick
from coach.plan import Lengths, Step, estimated_length_s
from coach.session import Session


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened in a simulated session."""

    at_s: float
    what: Event | Command
    step: Step | None
    """Where the session was afterwards."""


class _Voice:
    """A loudspeaker on virtual time: one utterance after another, cut off by a hush."""

    def __init__(self, lengths: Lengths) -> None:
        self._lengths = lengths
        self._line: deque[tuple[int, float]] = deque()

    def take(self, command: Say | Hush, now: float) -> list[tuple[float, Event]]:
        """When the utterance will have ended; after a hush, that all in line end now."""
        if isinstance(command, Hush):
            cut, self._line = [each for each in self._line if each[1] > now], deque()
            return [(now, SpeechEnded(utterance)) for utterance, _ in cut]
        while self._line and self._line[0][1] <= now:
            self._line.popleft()
        begins_at = self._line[-1][1] if self._line else now
        self._line.append((command.utterance, begins_at + self._lengths(command.text)))
        return [(self._line[-1][1], SpeechEnded(command.utterance))]


Reaction = Callable[[Moment], Iterable[tuple[float, Event]]]
"""What follows a moment: events, each so many seconds after it."""


def nobody(_: Moment) -> Iterable[tuple[float, Event]]:
    """Nobody says anything and nothing breaks."""
    return ()


def simulate(
    session: Session,
    script: Iterable[tuple[float, Event]] = (),
    react: Reaction = nobody,
    lengths: Lengths = estimated_length_s,
    until_s: float = 6 * 3600.0,
) -> Iterator[Moment]:
    """Run a session from 0 s and yield all that comes in and goes out, in order.

    ``script`` gives events at fixed times, ``react`` events that answer what happens. Ends when the session closes, or
    when nothing more is due before ``until_s``.
    """
    heap = _Heap(script)
    voice = _Voice(lengths)
    event: Event = Tick()
    now, commands = 0.0, session.start(0.0)
    while True:
        seen = [] if isinstance(event, Tick | SpeechEnded) else [event]
        for what in [*seen, *commands]:
            moment = Moment(now, what, session.step)
            yield moment
            heap.add(((now + delay_s, answer) for delay_s, answer in react(moment)), now)
            if isinstance(what, Say | Hush):
                heap.add(voice.take(what, now), now)
            if isinstance(what, Close):
                return
        due = session.deadline
        if heap.next_at <= (until_s if due is None else due):
            now, event = heap.take()
        elif due is not None and due <= until_s:
            now, event = due, Tick()
        else:
            return
        commands = session.handle(event, now)


class _Heap:
    """Events to come, by time and then in the order in which they were added."""

    def __init__(self, events: Iterable[tuple[float, Event]]) -> None:
        self._order = 0
        self._heap: list[tuple[float, int, Event]] = []
        self.add(events, 0.0)

    def add(self, events: Iterable[tuple[float, Event]], now: float) -> None:
        for at_s, event in events:
            self._order += 1
            heapq.heappush(self._heap, (max(at_s, now), self._order, event))

    @property
    def next_at(self) -> float:
        return self._heap[0][0] if self._heap else float("inf")

    def take(self) -> tuple[float, Event]:
        at_s, _, event = heapq.heappop(self._heap)
        return at_s, event


def script_rows(session: Session, lengths: Lengths = estimated_length_s) -> Iterator[dict[str, object]]:
    """The whole session as rows of what is said, sounded and timed, as ``coach preview --json`` prints them."""
    for moment in simulate(session, lengths=lengths):
        row = _row(moment, session, lengths)
        if row:
            yield row


def _row(moment: Moment, session: Session, lengths: Lengths) -> dict[str, object] | None:
    step, what = moment.step, moment.what
    row: dict[str, object] = {"at_s": round(moment.at_s, 2), "kind": "", "text": None}
    working = step is not None and not step.introduces
    row["exercise"] = session.exercise_name
    row["side"] = step.side if step else None
    row["set"] = step.set if step and working and step.rep else None
    row["rep"] = step.rep if step and working and step.rep else None
    row["seconds"] = None
    if isinstance(what, Say):
        return row | {"kind": "say", "text": what.text, "seconds": round(lengths(what.text), 2)}
    if isinstance(what, Chime):
        return row | {"kind": "chime", "text": what.name}
    if isinstance(what, Begin):
        return row | {"kind": what.kind, "seconds": round(what.seconds, 2)}
    return None


def script_line(row: dict[str, object]) -> str:
    """One row for people: time, and what is said or timed."""
    tenths = round(float(str(row["at_s"])) * 10)
    clock = f"{tenths // 600:3d}:{tenths % 600 // 10:02d}.{tenths % 10}"
    if row["kind"] == "say":
        return f"{clock}  {row['text']}"
    if row["kind"] == "chime":
        return f"{clock}      ~ chime ({row['text']}) ~"
    side = f", {row['side']}" if row["side"] else ""
    return f"{clock}      [{row['kind']} {float(str(row['seconds'])):g} s{side}]"
