"""A stand-in microphone and recogniser, and ears that are driven step by step on a clock that stands."""

from __future__ import annotations

from queue import SimpleQueue
from typing import Any

from coach.ears import Ears
from coach.events import Event, Heard
from coach.intents import Context
from coach.microphone import MicrophoneLostError

SOUND = b"\x01\x00" * 320
ZEROS = bytes(640)
BLOCK_S = 0.02


class FakeSource:
    """A microphone whose every answer is given beforehand; then it brings sound for ever."""

    def __init__(self, *answers: bytes | str, opening: tuple[str, ...] = ()) -> None:
        self.answers, self.opening = list(answers), list(opening)
        self.dropped, self.backlog, self.opened, self.is_open = 0, 0.0, 0, False
        self.place = 0
        self.trouble: str | None = None

    def open(self) -> None:
        self.opened += 1
        if self.opening:
            raise MicrophoneLostError(self.opening.pop(0))
        self.is_open = True

    def read(self, timeout_s: float) -> bytes:
        assert self.is_open
        answer = self.answers.pop(0) if self.answers else SOUND
        if isinstance(answer, str):
            raise MicrophoneLostError(answer)
        return answer

    def backlog_s(self) -> float:
        return self.backlog

    def close(self) -> None:
        self.is_open = False


class FakeRecogniser:
    """Says the next thing of its script each time it is fed; an exception in it is raised."""

    def __init__(self, *script: list[Heard] | Exception, last: tuple[Heard, ...] = ()) -> None:
        self.script, self.last = list(script), list(last)
        self.fed: list[bytes] = []
        self.resets = 0
        self.expected: list[Context | None] = []

    def expect(self, context: Context | None) -> None:
        self.expected.append(context)

    def start_over(self, pcm16: bytes) -> None:
        """See Recogniser."""

    def feed(self, pcm16: bytes) -> list[Heard]:
        self.fed.append(pcm16)
        said = self.script.pop(0) if self.script else []
        if isinstance(said, Exception):
            raise said
        return said

    def flush(self) -> list[Heard]:
        last, self.last = self.last, []
        return last

    def reset(self) -> None:
        self.resets += 1


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


class Bench:
    """Ears that are driven step by step."""

    def __init__(self, source: FakeSource, load: Any) -> None:
        self.inbox: SimpleQueue[Event] = SimpleQueue()
        self.clock = Clock()
        self.source = source
        self.ears = Ears(self.inbox, load, source, clock=self.clock)

    def run(self, steps: int) -> list[Event]:
        for _ in range(steps):
            self.ears.step()
        return self.events()

    def events(self) -> list[Event]:
        found = []
        while not self.inbox.empty():
            found.append(self.inbox.get())
        return found


def bench(source: FakeSource, recogniser: FakeRecogniser) -> Bench:
    return Bench(source, lambda: recogniser)
