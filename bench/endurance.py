"""Does a long session leak memory or time? ``python -m bench.endurance [--hours 2] [--model DIR] [--seed N]`` (Linux).

One session on the virtual devices of the simulated room, with the real runner, player, microphone, canceller, ears,
recogniser and journal. Every two minutes a person says something; every five a device fails for some seconds. No sound
is kept. It runs several times faster than the clock on the wall; the figures of time are those of the room.
"""

from __future__ import annotations

import argparse
import gc
import sqlite3
import sys
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from bench.acoustics import RATE_HZ, Sound
from bench.conditions import conditions
from bench.endurance_times import HOLD_S, Times, first_and_last
from bench.simulated_devices import DeviceFacts, Fault
from bench.simulated_room import Acoustics, SimulatedRoom
from bench.simulated_session import CoachInRoom
from bench.spoken import speak
from coach import prompts
from coach.clips import Clips
from coach.errors import CoachError
from coach.events import Heard, Listen
from coach.intents import Context
from coach.journal import Journal
from coach.models import find_model, own_model
from coach.plan import Kind, Plan, Step
from coach.recogniser import VoskRecogniser
from coach.renderer import Pyttsx3Renderer
from coach.states import State

READY_S, REST_S = 4.0, 8.0
LINES = (
    "Bring one knee up towards your chest, and hold it with both hands.",
    "Let go slowly, and bring the foot back to the floor beside the other one.",
)
PERSON_EVERY_S, FAULT_EVERY_S = 120.0, 300.0
WORDS = ("how long left", "what a lovely day it is outside", "time left", "did you see the garden this morning")
VOICE = "espeak:en-gb-x-rp+f5"
FAULTS = (
    Fault(0.0, "microphone", "no frames", 4.0),
    Fault(0.0, "loudspeaker", "no frames", 5.0),
    Fault(0.0, "microphone", "removed", 4.0),
    Fault(0.0, "microphone", "held", 1.5),
    Fault(0.0, "loudspeaker", "removed", 4.0),
    Fault(0.0, "microphone", "speed", 4.0, 2.0),
)
"""``until_s`` is how long each lasts."""
WARM_UP = 0.1
"""This share of the session does not count: caches fill, libraries are loaded."""
SAMPLES = 40


def exercise(length_s: float, cycle_s: float) -> Plan:
    """Holds and rests, again and again, for so long; the easier version too, lest words heard wrong shorten it."""
    steps: list[Step] = []
    for rep in range(1, max(1, round(length_s / cycle_s)) + 1):
        steps += [
            Step(Kind.READY, LINES[0], READY_S, 0, set=1, rep=rep),
            Step(Kind.HOLD, prompts.HOLD, HOLD_S, 0, set=1, rep=rep),
            Step(Kind.REST, LINES[1], REST_S, 0, set=1, rep=rep),
        ]
    return Plan("endurance", "A long session", ("Hold",), tuple(steps), (tuple(steps),))


def faults(length_s: float) -> list[Fault]:
    """One after another, and none at the ends."""
    found = []
    for number, at_s in enumerate(np.arange(FAULT_EVERY_S / 2, length_s - 60.0, FAULT_EVERY_S)):
        kind = FAULTS[number % len(FAULTS)]
        found.append(Fault(float(at_s), kind.device, kind.kind, float(at_s) + kind.until_s, kind.value))
    return found


def recordings(folder: Path) -> list[Sound]:
    """What the person says. Raises CoachError without espeak-ng."""
    found = []
    for number, words in enumerate(WORDS):
        path = folder / f"{number}.wav"
        speak(words, VOICE, path)
        samples, rate_hz = soundfile.read(path, dtype="float32")
        found.append(soxr.resample(samples, rate_hz, RATE_HZ))
    return found


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at the process."""

    at_s: float
    resident_mb: float
    traced_mb: float
    """Of Python and numpy; the most since the sample before."""
    cpu_share: float
    """Of one core, since the sample before, for listening and playing."""
    threads: int


def resident_mb() -> float:
    """Memory of this process."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


class Endurance:
    """One long session, looked at now and then."""

    def __init__(self, length_s: float, model: Path, seed: int, folder: Path, traced: bool = True) -> None:
        """``traced`` also asks Python what it holds, which takes time."""
        self.length_s, self._traced = length_s, traced
        self._renderer = Pyttsx3Renderer()
        clips = Clips(self._renderer, folder)
        lines = (*LINES, prompts.HOLD)
        self._known_s = {line: clips.get(line, 150).length_s for line in lines}
        self.cycle_s = HOLD_S + READY_S + REST_S + sum(self._known_s.values())
        self.room = SimulatedRoom(
            Acoustics(echo_db=0.0),
            microphone=DeviceFacts(RATE_HZ, latency_s=0.04, drift_ppm=40.0),
            faults=faults(length_s),
            seed=seed,
            keep=False,
        )
        self.path = folder / "journal.sqlite3"
        self.journal = Journal.open(self.path)
        self._clips, self._model = clips, model
        self.times = Times()
        self.samples: list[Sample] = []
        self.outcomes: list[str] = []
        self.away_s = self._cpu_s = 0.0
        """For so long it was paused, asking or checking; and what the sessions before this one cost."""
        self._said = recordings(folder)
        self._person_at, self._stuck_s = PERSON_EVERY_S, 0.0
        self._begin()
        self.planned_s = self.coach.session._plan.length_s(self.coach.voice.length_s)

    def _begin(self) -> None:
        """A session for what is left of the time: the first, or another where one was ended by words heard wrong."""
        plan = exercise(self.length_s - self.room.now, self.cycle_s)
        self.journal.begin(plan.name)
        self.coach = CoachInRoom(
            self.room, plan, self._clips, lambda: VoskRecogniser(self._model), journal=self.journal
        )
        self.coach.each_step.append(self._person)

    def run(self) -> None:
        """To the end of the plan; a session that never ends is broken off after half as long again."""
        every_s = self.length_s / SAMPLES
        cpu_s, next_s, outcome = 0.0, 0.0, None
        while self.outcomes[-1:] != ["done"] and next_s < 1.5 * self.length_s:
            next_s += every_s
            while self.room.now < next_s - 1.0 and outcome != "done":
                outcome = self.coach.run(next_s)
                self.times.take(self.coach.log, self._known_s)
                if outcome is not None:
                    self._end(outcome)
            self.samples.append(self._look((self._used_s - cpu_s) / every_s))
            cpu_s = self._used_s
        tracemalloc.stop()

    def _end(self, outcome: str) -> None:
        self.journal.finish(outcome)
        self.outcomes.append(outcome)
        if outcome != "done":
            self._cpu_s += self.coach.ears_cpu_s
            self.coach.close()
            self._begin()

    @property
    def _used_s(self) -> float:
        """Processor time for listening and playing, since the beginning."""
        devices_s = self.room.loudspeaker.cpu_s + self.room.microphone.cpu_s
        return self._cpu_s + self.coach.ears_cpu_s + devices_s

    def _look(self, share: float) -> Sample:
        if self.room.now >= WARM_UP * self.length_s and self._traced and not tracemalloc.is_tracing():
            tracemalloc.start()
        gc.collect()
        traced = tracemalloc.get_traced_memory()[1] / 2**20 if tracemalloc.is_tracing() else 0.0
        if tracemalloc.is_tracing():
            tracemalloc.reset_peak()
        return Sample(self.room.now, resident_mb(), traced, share, threading.active_count())

    def close(self) -> None:
        """Let go of everything."""
        self.coach.close()
        self.journal.close()
        self._renderer.close()

    def _person(self) -> None:
        """Says things, and presses a key where the coach waits for long."""
        now = self.room.now
        if now >= self._person_at and self._person_at < self.length_s - 30:
            number = round(self._person_at / PERSON_EVERY_S)
            self.room.person(self._said[number % len(self._said)], now)
            self._person_at += PERSON_EVERY_S
        state = self.coach.session.state
        waits = state in (State.PAUSED, State.ASKING, State.CHECKING)
        self.away_s += 0.02 * waits
        self._stuck_s = self._stuck_s + 0.02 if state in (State.PAUSED, State.ASKING) else 0.0
        if self._stuck_s > (30.0 if state is State.PAUSED else 6.0):
            self._stuck_s = 0.0
            asked = next((what.context for _, what in reversed(self.coach.log) if isinstance(what, Listen)), None)
            answer = "two" if asked == Context.ASKED_SCORE else "yes"
            self.coach.put(Heard("carry on" if state is State.PAUSED else answer, typed=True))

    # --- what came of it ----------------------------------------------------------------------

    @property
    def steady(self) -> list[Sample]:
        """After the warm-up, without the sample in which the tracing began."""
        return [sample for sample in self.samples[:-1] if sample.at_s > (WARM_UP + 0.03) * self.length_s]

    def per_hour(self, values: Sequence[float]) -> float:
        """The slope of a row of values, one for each steady sample."""
        at_h = [sample.at_s / 3600 for sample in self.steady]
        return float(np.polyfit(at_h, values, 1)[0]) if len(at_h) > 2 else float("nan")

    def journal_kb(self) -> float:
        """What lies on the disk."""
        return sum(path.stat().st_size for path in self.path.parent.glob("journal.sqlite3*")) / 1024

    def journal_is_sound(self) -> bool:
        """By its own check."""
        with sqlite3.connect(self.path) as file:
            return bool(file.execute("pragma integrity_check").fetchone() == ("ok",))


def report(run: Endurance, wall_s: float) -> None:
    """All of it, line by line."""
    times, steady, counts = run.times, run.steady, run.times.counts
    resident, traced = [s.resident_mb for s in steady], [s.traced_mb for s in steady]
    print(f"{run.room.now / 60:.1f} min of the room in {wall_s / 60:.1f} min; sessions: {', '.join(run.outcomes)}")
    if len(run.outcomes) == 1:
        rest_s = run.room.now - run.planned_s - run.away_s
        waited = f"waiting and paused {run.away_s / 60:.2f} min, said again after that {rest_s / 60:.2f} min"
        print(f"planned {run.planned_s / 60:.2f} min, {waited}")
    print(f"memory, resident: {resident[0]:.1f} to {resident[-1]:.1f} MB, {run.per_hour(resident):+.2f} MB an hour")
    print("at every twentieth of the time: " + " ".join(f"{value:.0f}" for value in resident[::2]))
    if any(traced):
        print(f"memory, Python's peaks: {traced[0]:.2f} to {traced[-1]:.2f} MB, {run.per_hour(traced):+.2f} MB an hour")
    errors = np.abs(times.hold_errors_s) * 1000
    print(
        f"holds: {len(errors)} undisturbed, wrong by {errors.mean():.3f} ms on average, {errors.max():.3f} ms at most"
    )
    first, last = first_and_last(times.cycles_s)
    print(
        f"from hold to hold, {len(times.cycles_s)} undisturbed; first quarter {first:.3f} s, last quarter {last:.3f} s"
    )
    first, last = first_and_last(times.late_s)
    print(f"end of speech after its clip alone would: first quarter {1000 * first:.0f} ms, last {1000 * last:.0f} ms")
    shares = [s.cpu_share for s in steady]
    print(f"processor: {100 * np.mean(shares):.1f} % of one core; {100 * run.per_hour(shares):+.2f} points an hour")
    opened = run.room.microphone.opened, run.room.loudspeaker.opened
    threads = max(sample.threads for sample in steady)
    print(f"streams opened: microphone {opened[0]}, loudspeaker {opened[1]}; threads: at most {threads}")
    names = ("EarsLost", "EarsBack", "VoiceLost", "VoiceBack", "Sounded", "Outcry", "Heard", "report")
    print("events: " + ", ".join(f"{name} {counts.get(name, 0)}" for name in names))
    print("reports: " + ("; ".join(times.reports) or "none"))
    print(f"journal: {run.journal_kb():.0f} kB, integrity {'ok' if run.journal_is_sound() else 'BROKEN'}")


def main(arguments: list[str] | None = None) -> int:
    """Run, and print. Returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--untraced", action="store_true", help="don't ask Python what it holds: nearer to real costs")
    options = parser.parse_args(arguments)
    model = find_model(options.model) or own_model()
    if model is None:
        raise CoachError("There is no speech model to hear with; name one with --model.")
    print(conditions(f"model {model.name}, seed {options.seed}, echo 0 dB, 40 ppm", ("vosk", "numpy")), flush=True)
    with tempfile.TemporaryDirectory(prefix="endurance-") as name:
        run = Endurance(3600 * options.hours, model, options.seed, Path(name), traced=not options.untraced)
        began = time.monotonic()
        try:
            run.run()
            report(run, time.monotonic() - began)
        finally:
            run.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
