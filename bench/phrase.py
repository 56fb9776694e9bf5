"""How long from the end of a spoken phrase to silence: ``python -m bench.phrase [--trials N] [--model DIR]``.

The whole program speaks a long prompt into a virtual loudspeaker; a synthesised voice says the phrase into the virtual
microphone, which does not hear the loudspeaker (as with headphones). Both are recorded. What a real sound card and a
real room add is not in the figures, and neither is what a real voice makes harder.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import soundfile

from bench.conditions import conditions
from bench.latency import position
from coach.models import find_model
from tests.program import ROUTINE, Coach, known
from tests.pulse import PulseBox, Recording, loud_spans, missing
from tests.speech import MODEL, spoken

PHRASES = ("severe pain", "stop", "it hurts")
VOICES = ("en-gb", "en-us", "en-gb-scotland")


def trial(phrase: str, voice: str, model: Path, delay_s: float) -> float | None:
    """Seconds from the end of the phrase to the last sound of the prompt (less than 0: silent before it was over).

    None where the prompt was not cut off at all.
    """
    with tempfile.TemporaryDirectory() as name, PulseBox(echo=False) as box, box.noise():
        folder = Path(name)
        soundfile.write(folder / "said.wav", spoken(phrase, folder, voice), 16_000)
        (folder / "quick.toml").write_text(ROUTINE, encoding="utf-8")
        environment = {**os.environ, **box.environment, "COACH_HOME": str(folder / "home")}
        known(folder / "home")
        with box.recording() as loudspeaker, box.recording("mic") as microphone:
            coach = Coach(environment, str(folder / "quick.toml"), "--model", str(model))
            coach.begin()
            coach.until(lambda line: "Bring one knee up" in line)
            time.sleep(delay_s)
            asked_at = time.monotonic()
            box.play_in_room(folder / "said.wav")
            time.sleep(2.0)
            coach.process.kill()
            clocks = [position(recording) for recording in (loudspeaker, microphone)]
        coach.end()
        phrase_ended_at = _spans(microphone, *clocks[1])[-1][1]
        prompt = [span for span in _spans(loudspeaker, *clocks[0]) if span[0] < asked_at + 0.3]
        silent_at = prompt[-1][1]
        return silent_at - phrase_ended_at if silent_at < phrase_ended_at + 1.9 else None


def _spans(recording: Recording, clock: float, recorded_s: float) -> list[tuple[float, float]]:
    """Where there is sound, by the monotonic clock; the pauses inside a sentence do not count."""
    spans = loud_spans(recording.samples(), gap_s=0.45)
    return [(clock - recorded_s + start, clock - recorded_s + end) for start, end in spans]


def main() -> None:
    """Measure, and print with the conditions."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--trials", type=int, default=4, help="for each phrase and voice")
    arguments.add_argument("--model", type=Path)
    options = arguments.parse_args()
    model = find_model(options.model) or MODEL
    if missing() or model is None:
        raise SystemExit(missing() or "There is no speech model to measure with; name one with --model.")
    print(conditions(f"PulseAudio null sinks, no echo, model {model.name}", ("vosk", "sounddevice", "pyttsx3")))
    for phrase in PHRASES:
        found = [trial(phrase, voice, model, 0.6 + 0.13 * n) for n in range(options.trials) for voice in VOICES]
        good = sorted(seconds for seconds in found if seconds is not None)
        print(
            f"{phrase!r:<14} cut off {len(good)} of {len(found)}; end of phrase to silence: "
            f"median {statistics.median(good):+.2f} s, 95th percentile {good[int(0.95 * (len(good) - 1))]:+.2f} s, "
            f"worst {good[-1]:+.2f} s"
            if good
            else f"{phrase!r:<14} cut off 0 of {len(found)}"
        )


if __name__ == "__main__":
    main()
