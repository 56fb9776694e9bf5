"""How long from the end of a spoken phrase to silence: ``python -m bench.phrase [--trials N] [--corpus FOLDER]``.

The whole program talks into a virtual loudspeaker that its microphone hears, 6 dB louder than the person; the person
says one phrase over it, recorded or synthesised, each trial another. Loudspeaker and person are recorded. The coach
falls silent for a voice before it has made out the words, so a figure may be less than 0. What a real sound card and a
real room add is not in the figures. A trial in which the coach was not silent within two seconds is a miss.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

from bench.acoustics import spoken_rms
from bench.conditions import conditions
from bench.latency import position
from bench.people import People, Utterance
from coach import safety
from coach.models import find_model
from tests.program import Coach, known
from tests.pulse import PulseBox, Recording, loud_spans, missing

PHRASES = ("stop", "severe pain", "it hurts")
ECHO_RMS = 10 ** (-21.4 / 20)
"""Of the coach's voice at its usual volume, as the microphone hears it."""
ECHO_OVER_PERSON_DB = 6.0
LONGEST_S = 2.0
PAUSE_S = 0.45
"""Pauses inside a sentence are shorter."""
TALK = "Keep your breath slow and easy, and let your shoulders, your arms and your hands sink down into the mat"
TALKS = (
    f"{TALK}, and let your back grow long and heavy, and your knees fall a little apart, as far as they like to go.",
    f"{TALK}, and feel how the floor carries you, from your heels up to the back of your head, without any work.",
)
ROUTINE = """
name = "talk"
title = "Talk"
source = "made up"
for_whom = "Nobody."
[[exercises]]
name = "Listen"
position = "lying on back"
setup_s = 0
steps = [{steps}]
go = "Bring your knee up."
dose = {{ reps = 1, hold_s = 10, get_ready_s = 3 }}
"""


class SelfInterruptedError(Exception):
    """The coach took its own voice, or the room's noise, for somebody before anybody had spoken."""


def trial(said: Utterance, model: Path, clips: Path, delay_s: float) -> float | None:
    """Seconds from the end of the phrase to the last sound of the prompt; None where that was not cut off.

    Raises SelfInterruptedError.
    """
    with tempfile.TemporaryDirectory() as name, PulseBox() as box, box.noise():
        folder = Path(name)
        loud = said.sound * (ECHO_RMS * 10 ** (-ECHO_OVER_PERSON_DB / 20) / spoken_rms(said.sound))
        soundfile.write(folder / "said.wav", np.clip(loud, -1, 1), 16_000)
        lines = ", ".join(f'"{line}"' for line in TALKS)
        (folder / "talk.toml").write_text(ROUTINE.format(steps=lines), encoding="utf-8")
        known(folder / "home")
        (folder / "home" / "cache").symlink_to(clips)
        environment = {**os.environ, **box.environment, "COACH_HOME": str(folder / "home")}
        with box.recording() as loudspeaker, box.recording("room.monitor") as person:
            coach = Coach(environment, str(folder / "talk.toml"), "--model", str(model))
            _begin(coach)
            time.sleep(delay_s)
            asked_at = time.monotonic()
            box.play_in_room(folder / "said.wav")
            time.sleep(LONGEST_S + 0.2)
            coach.process.kill()
            clocks = [position(recording) for recording in (loudspeaker, person)]
        coach.end()
        phrases = [span for span in _spans(person, *clocks[1]) if span[1] > asked_at]
        prompts = [span for span in _spans(loudspeaker, *clocks[0]) if span[0] < asked_at < span[1]]
    if not phrases or not prompts:
        return None
    late_s = prompts[0][1] - phrases[-1][1]
    return late_s if late_s < LONGEST_S else None


def _begin(coach: Coach) -> None:
    """To the beginning of the long lines, as one who types the answers before them."""
    answers = {safety.QUESTIONS["ready_lying"]: "ready", safety.QUESTIONS["score_before"]: "two"}
    while not (line := coach.until(lambda _: True)).startswith(TALK):
        if line.strip() in answers:
            coach.type(answers[line.strip()])
        elif line.strip() == safety.QUESTIONS["go_on"]:
            coach.process.kill()
            coach.end()
            raise SelfInterruptedError


def _spans(recording: Recording, clock: float, recorded_s: float) -> list[tuple[float, float]]:
    """Where there is sound, by the monotonic clock; the pauses inside a sentence do not count."""
    spans = loud_spans(recording.samples(), gap_s=PAUSE_S)
    return [(clock - recorded_s + start, clock - recorded_s + end) for start, end in spans]


def told(name: str, found: list[float | None]) -> str:
    """A line of the table."""
    good = sorted(late_s for late_s in found if late_s is not None)
    if not good:
        return f"{name:<24} silent in 0 of {len(found)}"
    figures = f"{statistics.median(good):+.2f} s, 95th percentile {good[math.ceil(0.95 * len(good)) - 1]:+.2f} s"
    silent = f"silent in {len(good)} of {len(found)}"
    return f"{name:<24} {silent}; end of phrase to silence: median {figures}, worst {good[-1]:+.2f} s"


def main() -> None:
    """Measure, and print with the conditions."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    arguments.add_argument("--trials", type=int, default=40)
    arguments.add_argument("--corpus", type=Path, default=Path("tests/recordings"), help="of people, with a manifest")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--model", type=Path)
    options = arguments.parse_args()
    model = find_model(options.model)
    if missing() or model is None:
        raise SystemExit(missing() or "There is no speech model to measure with; name one with --model.")
    chance = np.random.default_rng(options.seed)
    found: list[tuple[Utterance, float | None]] = []
    interrupted = 0
    with tempfile.TemporaryDirectory() as clips, tempfile.TemporaryDirectory() as cache:
        everybody = People(options.corpus, Path(cache)).saying(PHRASES)
        kinds = [[one for one in everybody if one.is_recorded == recorded] for recorded in (True, False)]
        kinds = [kind for kind in kinds if kind]
        for number in range(options.trials):
            kind = kinds[number % len(kinds)]
            said = kind[chance.integers(len(kind))]
            try:
                late_s = trial(said, model, Path(clips), chance.uniform(0.8, 3.0))
            except SelfInterruptedError:
                interrupted += 1
                continue
            found.append((said, late_s))
            print(f"{said.text} by {said.speaker}: {'missed' if late_s is None else f'{late_s:+.2f} s'}", flush=True)
    echo = f"PulseAudio, echo {ECHO_OVER_PERSON_DB:g} dB over the person"
    print(conditions(f"{echo}, model {model.name}", ("vosk", "sounddevice", "pyttsx3")))
    for recorded, who in ((True, "recorded"), (False, "synthesised")):
        if some := [late_s for said, late_s in found if said.is_recorded == recorded]:
            print(told(f"{who} people", some))
    print(told("all", [late_s for _, late_s in found]))
    print(f"not measured, since the coach had interrupted itself before: {interrupted}")


if __name__ == "__main__":
    main()
