"""How punctual are hold ends and cues? ``python -m bench.timing [--minutes 10] [--load N] [--model DIR]``

A real session with everything that runs in one: the voice and its player on a virtual loudspeaker, the microphone that
hears it, the canceller, the recogniser and the journal, on the real clock, under N busy processes. Holds last 30 s. The
moments at which the voice is told to sound the end of a hold, or to say a cue, are compared with those planned; and the
moment at which the first sample of the end's chime passes the converter, as PortAudio tells it, with the same.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import queue
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.conditions import conditions
from coach import safety
from coach.captions import Captions
from coach.cues import plan_cues
from coach.ears import open_ears
from coach.events import Begin, Chime, Command, EarsLost, Event, Heard, Outcry, Record, Say, Sounded, VoiceLost
from coach.journal import Journal
from coach.models import find_model
from coach.plan import Kind, Step, compile_plan
from coach.reference import Reference
from coach.routine import parse
from coach.runner import Runner
from coach.session import Session
from coach.start import everything_said
from coach.voice import SpokenVoice
from tests.pulse import PulseBox, missing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HOLD_S = 30.0
SILENT_S = 0.05
"""What follows so much silence is a new sound."""
NEAR_S = 0.5
REP_S = 42

ROUTINE = """
name = "timing"
title = "Timing"
source = "made up"
for_whom = "Nobody."
[[exercises]]
name = "Hold"
position = "lying on back"
setup_s = 0
steps = ["Lie still."]
go = "Lie still."
dose = {{ reps = {reps}, hold_s = 30, get_ready_s = 3, rest_between_reps_s = 2 }}
"""
ANSWERS = {
    **dict.fromkeys((safety.QUESTIONS["go_on"], safety.QUESTIONS["go_on_again"]), "yes"),
    **dict.fromkeys((safety.QUESTIONS["score"], safety.QUESTIONS["score_again"]), "nought"),
}
"""Typed where the coach takes its own voice, or a noise, for somebody: the session has to go on."""
INSIDE = "import sys; from bench.timing import inside; inside(int(sys.argv[1]), sys.argv[2], sys.argv[3])"


class Onsets(Reference):
    """A reference that also notes when sounds begin at the loudspeaker, in seconds of the monotonic clock."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []
        self._silent_s = SILENT_S

    def played(self, samples: NDArray[np.float32], rate_hz: int, at_s: float) -> None:
        """See Reference."""
        super().played(samples, rate_hz, at_s)
        sounding = samples.nonzero()[0]
        if not len(sounding):
            self._silent_s += len(samples) / rate_hz
            return
        if self._silent_s + sounding[0] / rate_hz >= SILENT_S:
            self.at.append(at_s + float(sounding[0]) / rate_hz)
        self._silent_s = (len(samples) - 1 - int(sounding[-1])) / rate_hz


class Stopwatch:
    """Notes how far from its planned moment each end and cue of a hold is, in seconds."""

    def __init__(self, lengths: Callable[[str], float]) -> None:
        self._lengths = lengths
        self._planned: dict[str, float] = {}
        self.due: list[float] = []
        """When each hold that came to its end was to end."""
        self.ends: list[float] = []
        self.cues: list[float] = []
        self.events: Counter[str] = Counter()

    def __call__(self, what: Event | Command) -> None:
        now = time.monotonic()
        if isinstance(what, Begin):
            self._planned.clear()
            if what.kind == "hold":
                step = Step(Kind.HOLD, None, HOLD_S)
                self._planned = {cue.text: now + cue.at_s for cue in plan_cues(step, 0.0, self._lengths)}
                self._planned["end"] = now + HOLD_S
        elif isinstance(what, Chime) and what.name == "end" and "end" in self._planned:
            self.due.append(self._planned.pop("end"))
            self.ends.append(now - self.due[-1])
        elif isinstance(what, Say) and what.text in self._planned:
            self.cues.append(now - self._planned.pop(what.text))
        elif isinstance(what, (Sounded, Outcry, EarsLost, VoiceLost)) or (isinstance(what, Heard) and not what.typed):
            self.events[type(what).__name__] += 1


class Patient:
    """Lets a session go on that was interrupted for nothing; how often is among the figures."""

    def __init__(self, inbox: queue.SimpleQueue[Event]) -> None:
        self._inbox = inbox
        self.answered = 0

    def __call__(self, what: Event | Command) -> None:
        paused = isinstance(what, Record) and what.kind == "paused"
        answer = "carry on" if paused else ANSWERS.get(what.text) if isinstance(what, Say) else None
        if answer:
            self.answered += 1
            self._inbox.put(Heard(answer, typed=True))


def inside(reps: int, model: str, folder: str) -> None:
    """The session, in a process that has the sound system; prints what was measured as one line of JSON."""
    inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
    onsets = Onsets()
    voice = SpokenVoice(inbox, reference=onsets, folder=Path(folder) / "clips", bell=None)
    plan = compile_plan(parse(ROUTINE.format(reps=reps), "timing"))
    voice.prepare(everything_said(plan))
    ears = open_ears(inbox, Path(model), reference=onsets)
    watch, patient = Stopwatch(voice.length_s), Patient(inbox)
    with Journal.open(Path(folder) / "journal.sqlite3") as journal:
        journal.begin("timing")
        ears.start()
        voice.chime("opening")
        session = Session(plan, voice.length_s)
        captions = Captions(print=lambda line: None)
        Runner(session, inbox, voice, journal, [watch, captions, ears.observe, patient]).run()
    ears.close()
    voice.close()
    sounded = [min((at - due for at in onsets.at if abs(at - due) < NEAR_S), default=None) for due in watch.due]
    found = {
        "ends": watch.ends,
        "cues": watch.cues,
        "sounded": sounded,
        "events": {**watch.events, "answers typed": patient.answered},
    }
    print(json.dumps(found), flush=True)


def _busy(until: float) -> None:
    while time.time() < until:
        sum(i * i for i in range(10_000))


def measure(minutes: float, load: int, model: Path) -> Mapping[str, Any]:
    """What ``inside`` found, with so many busy processes beside it."""
    reps = max(1, min(100, round(minutes * 60 / REP_S)))
    until = time.time() + minutes * 60 + 180
    crowd = [multiprocessing.Process(target=_busy, args=(until,), daemon=True) for _ in range(load)]
    with tempfile.TemporaryDirectory() as folder, PulseBox() as box, box.noise(seconds=minutes * 60 + 180):
        for process in crowd:
            process.start()
        child = box.child(INSIDE, str(reps), str(model), folder, stderr=subprocess.DEVNULL)
        out = child.communicate()[0]
        for process in crowd:
            process.terminate()
    if child.returncode:
        sys.exit("the session failed")
    found: Mapping[str, Any] = json.loads(out.splitlines()[-1])
    return found


def told(name: str, errors: Sequence[float]) -> str:
    """A line of the table; errors in seconds, positive for late."""
    late = sorted(1000 * error for error in errors)
    if not late:
        return f"{name:<22} n=  0"
    far = sorted(map(abs, late))
    spread = f"median {statistics.median(late):+.1f} ms, from {late[0]:+.1f} to {late[-1]:+.1f}"
    error = f"95th percentile {far[math.ceil(0.95 * len(far)) - 1]:.1f} ms, worst {far[-1]:.1f} ms"
    return f"{name:<22} n={len(late):3d}  {spread}; error: {error}"


def main() -> None:
    """Measure, and print with the conditions."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--load", type=int, default=multiprocessing.cpu_count(), help="busy processes beside it")
    parser.add_argument("--model", type=Path)
    options = parser.parse_args()
    model = find_model(options.model)
    if missing() or model is None:
        raise SystemExit(missing() or "There is no speech model to measure with; name one with --model.")
    began = time.monotonic()
    found = measure(options.minutes, options.load, model)
    took_s = time.monotonic() - began
    load = f"{options.load} busy processes beside it, load {os.getloadavg()[0]:.1f}"
    print(conditions(f"{took_s / 60:.1f} minutes, {load}, model {model.name}", ("vosk", "sounddevice")))
    sounded = [error for error in found["sounded"] if error is not None]
    print(told("hold ends, told", found["ends"]))
    print(told("cues, told", found["cues"]))
    print(told("hold ends, at device", sounded))
    if sounded:
        usual = statistics.median(sounded)
        print(told("… but for the usual", [error - usual for error in sounded]))
    print("the ears meanwhile: " + (", ".join(f"{n} {kind}" for kind, n in found["events"].items()) or "nothing"))


if __name__ == "__main__":
    main()
