"""The same session on virtual time: a heap of (time, event) instead of runner, devices and clock.

It drives the golden transcripts, ``coach preview`` and ``coach render``: a ten-minute routine takes a few milliseconds.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from coach.events import Begin, Chime, Close, Command, Event, Hush, Say, SpeechEnded, Tick
from coach.plan import Lengths, Step
from coach.session import Session

WORDS_PER_S = 2.5


def estimated_length_s(text: str) -> float:
    """Seconds to say a line at 150 words a minute, when no clip of it is known."""
    return 0.4 + len(text.split()) / WORDS_PER_S


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
        self._ends_at: float | None = None

    def take(self, command: Command, now: float) -> Iterator[tuple[float, SpeechEnded]]:
        if isinstance(command, Say):
            begins = max([now, *(ends for _, ends in self._line)])
            self._line.append((command.utterance, begins + self._lengths(command.text)))
            yield self._line[-1][1], SpeechEnded(command.utterance)
        elif isinstance(command, Hush):
            self._line.clear()


def simulate(session: Session, script: Iterable[tuple[float, Event]] = (), lengths: Lengths = estimated_length_s,
             until_s: float = 6 * 3600) -> Iterator[Moment]:
    """Run a session from 0 s with the events of the script, and yield all that comes in and goes out, in order."""
    order = 0
    heap: list[tuple[float, int, Event]] = []
    for at_s, event in script:
        order += 1
        heapq.heappush(heap, (at_s, order, event))
    voice = _Voice(lengths)
    now, commands, event = 0.0, session.start(0.0), None
    while True:
        if event is not None and not isinstance(event, Tick | SpeechEnded):
            yield Moment(now, event, session.step)
        for command in commands:
            yield Moment(now, command, session.step)
            for at_s, ended in voice.take(command, now):
                order += 1
                heapq.heappush(heap, (at_s, order, ended))
            if isinstance(command, Close):
                return
        due = session.deadline
        if heap and (due is None or heap[0][0] <= due):
            now, _, event = heapq.heappop(heap)
        elif due is not None and due <= until_s:
            now, event = due, Tick()
        else:
            return
        commands = session.handle(event, now)


def script_rows(session: Session, lengths: Lengths = estimated_length_s) -> Iterator[dict[str, object]]:
    """The whole session as rows {at_s, kind, text, exercise, side, rep, seconds}, as ``coach preview --json`` prints them."""
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
