"""How punctual are hold ends and cues? ``python -m bench.timing [--minutes 10] [--load N]``

Runs a real session (real clock, real threads, the runner) with holds of 30 s, under N busy processes, and compares
the moments at which the voice is told to sound the end of a hold, or to say a cue, with those planned.
"""

from __future__ import annotations

import argparse
import multiprocessing
import queue
import statistics
import time
from collections.abc import Callable

from bench.conditions import conditions
from coach.cues import plan_cues
from coach.events import Begin, Chime, Command, Event, Say
from coach.plan import Kind, Step, compile_plan
from coach.routine import parse
from coach.runner import Runner
from coach.session import Session
from coach.voice import CaptionVoice

HOLD_S = 30.0

ROUTINE = """
name = "timing"
title = "Timing"
source = "made up"
for_whom = "Nobody."
[[exercises]]
name = "Hold"
position = "lying on back"
steps = ["Lie still."]
go = "Lie still."
dose = {{ reps = {reps}, hold_s = 30, get_ready_s = 3, rest_between_reps_s = 2 }}
"""


class Stopwatch:
    """Notes how far from its planned moment each end and cue of a hold is, in seconds."""

    def __init__(self, lengths: Callable[[str], float]) -> None:
        self._lengths = lengths
        self._planned: dict[str, float] = {}
        self.ends: list[float] = []
        self.cues: list[float] = []

    def __call__(self, what: Event | Command) -> None:
        now = time.monotonic()
        if isinstance(what, Begin):
            self._planned.clear()
            if what.kind == "hold":
                step = Step(Kind.HOLD, None, HOLD_S)
                self._planned = {cue.text: now + cue.at_s for cue in plan_cues(step, 0.0, self._lengths)}
                self._planned["end"] = now + HOLD_S
        elif isinstance(what, Chime) and what.name == "end" and "end" in self._planned:
            self.ends.append(now - self._planned.pop("end"))
        elif isinstance(what, Say) and what.text in self._planned:
            self.cues.append(now - self._planned.pop(what.text))


def _busy(until: float) -> None:
    while time.time() < until:
        sum(i * i for i in range(10_000))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--load", type=int, default=multiprocessing.cpu_count(), help="busy processes beside it")
    options = parser.parse_args()
    inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
    voice = CaptionVoice(inbox)
    reps = max(1, min(100, round(options.minutes * 60 / 42)))
    session = Session(compile_plan(parse(ROUTINE.format(reps=reps), "timing")), voice.length_s)
    watch = Stopwatch(voice.length_s)
    until = time.time() + options.minutes * 60 + 120
    crowd = [multiprocessing.Process(target=_busy, args=(until,), daemon=True) for _ in range(options.load)]
    for process in crowd:
        process.start()
    began = time.monotonic()
    Runner(session, inbox, voice, observers=[watch]).run()
    took_s = time.monotonic() - began
    for process in crowd:
        process.terminate()
    print(conditions(f"{took_s / 60:.1f} minutes, {options.load} busy processes beside it"))
    for name, errors in (("hold ends", watch.ends), ("cues", watch.cues)):
        late = sorted(abs(error) * 1000 for error in errors)
        print(
            f"{name:<10} n={len(late):3d}  error: median {statistics.median(late):.1f} ms, "
            f"95th percentile {late[int(0.95 * (len(late) - 1))]:.1f} ms, worst {late[-1]:.1f} ms"
        )


if __name__ == "__main__":
    main()
