"""How long a hush takes to be silence: ``python -m bench.latency [--trials N]``.

A real SpokenVoice speaks through a real stream into a virtual loudspeaker, whose monitor is recorded. The child process
notes the moment of the hush; the recording tells when the last sound came out. What a real sound card adds (its own
buffer, a few milliseconds to some tens) is not in the figure.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time

from bench.conditions import conditions
from tests.pulse import PulseBox, Recording, missing

SPEAKER = """
import queue, sys, time
from pathlib import Path
from coach.events import Say
from coach.voice import SpokenVoice
inbox = queue.SimpleQueue()
voice = SpokenVoice(inbox, folder=Path(sys.argv[1]), volume=1.0)
text = "Keep your breath slow and easy, and let your shoulders, your arms and your hands sink down into the mat. "
voice.prepare([text])
voice.say(Say(0, "One."))
inbox.get(timeout=30)
for trial in range(1, int(sys.argv[2]) + 1):
    voice.say(Say(trial, text))
    time.sleep(1.0 + 0.037 * (trial % 7))
    at = time.monotonic()
    voice.hush()
    print(at, time.monotonic() - at, flush=True)
    inbox.get(timeout=5)
    time.sleep(0.8)
voice.close()
"""
QUIET = 0.003


def measure(trials: int) -> tuple[list[float], list[float]]:
    """For each trial: seconds from the call of hush to the last sound at the monitor, and seconds the call itself took.

    The pauses inside speech can only make a figure smaller; a trial that hit one of them is left out.
    """
    import numpy as np

    with PulseBox() as box, tempfile.TemporaryDirectory() as folder, box.recording() as recording:
        child = box.child(SPEAKER, folder, str(trials))
        assert child.stdout is not None
        marks = []
        for line in child.stdout:
            at, took = map(float, line.split())
            time.sleep(0.5)
            marks.append((at, took, *position(recording)))
        if child.wait():
            raise SystemExit("the speaking process failed")
        samples = recording.samples()
    silences, calls = [], []
    for at, took, clock, recorded_s in marks:
        hushed = recorded_s - (clock - at)
        window = samples[round((hushed - 0.5) * 16_000) : round((hushed + 0.45) * 16_000)]
        last_s = np.flatnonzero(np.abs(window) > QUIET)[-1] / 16_000 - 0.5
        calls.append(took)
        if last_s > -0.08:
            silences.append(float(last_s))
    return silences, calls


def position(recording: Recording) -> tuple[float, float]:
    """The clock and how much had been recorded by then, taken just as a piece of it came."""
    before = recording.seconds()
    while (now_s := recording.seconds()) == before:
        time.sleep(0.0005)
    return time.monotonic(), now_s


def main() -> None:
    """Measure, and print with the conditions."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--trials", type=int, default=20)
    trials = arguments.parse_args().trials
    why = missing()
    if why:
        sys.exit(f"Nothing to measure with: {why}")
    silences, calls = measure(trials)
    print(conditions("PulseAudio null sink", ("sounddevice",)))
    print(f"From hush to silence at the virtual loudspeaker ({len(silences)} of {trials} trials; others met a pause):")
    print(f"  median {1e3 * statistics.median(silences):.0f} ms, worst {1e3 * max(silences):.0f} ms")
    print(f"  (to a few ms: two clocks are compared); the call: worst {1e3 * max(calls):.2f} ms")


if __name__ == "__main__":
    main()
