"""Hearing a person over the coach's own voice: no canceller, ours, and WebRTC's (where the wheel `livekit` is there).

    python -m bench.echo [--scenes N] [--words N] [--corpus FOLDER] [--only none,ours,webrtc,quiet]

The scenes are those of ``bench.echo_scenes``, each of 30 s, the echo 10 dB louder to 10 dB softer than the person.
WebRTC's has no trigger of its own; it is given the simplest, 8 dB over the quietest that its output has been.
"Quiet" is the same person and noise without any echo: what the recogniser can do at best.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.conditions import conditions
from bench.echo_scenes import NEUTRAL, RATE_HZ, SCENE_S, Scene, Sound, Studio
from bench.tallies import interval
from coach.canceller import Canceller
from coach.errors import CoachError
from coach.events import Heard
from coach.hear import load_recogniser
from coach.intents import strength, understand
from coach.prompts import every_line
from coach.recogniser import Recogniser

BLOCK = 320
RATIOS_DB = (10, 5, 0, -5, -10)
IN_TIME_S = 0.5
WORDS_S = 3.0
SPANS_S = ((0, 1), (1, 3), (3, 10), (10, 30))


@dataclass(slots=True)
class Run:
    """What a canceller made of a scene; ``near_at`` is where its trigger began, None where it has none."""

    samples: Sound
    near_at: list[float] | None
    cpu_s: float


def run_none(scene: Scene) -> Run:
    """The microphone as it is."""
    return Run(scene.heard, None, 0.0)


def run_quiet(scene: Scene) -> Run:
    """As if nothing had been played."""
    return Run(scene.near + scene.noise, None, 0.0)


def run_ours(scene: Scene) -> Run:
    """coach.canceller."""
    canceller, heard, was = Canceller(), scene.heard, False
    began, parts, near_at = time.process_time(), [], []
    for start in range(0, len(heard) - BLOCK + 1, BLOCK):
        piece = canceller.process(heard[start : start + BLOCK], scene.played[start : start + BLOCK])
        parts.append(piece.samples)
        if piece.near and not was:
            near_at.append((start + BLOCK) / RATE_HZ)
        was = piece.near
    return Run(np.concatenate(parts), near_at, time.process_time() - began)


def run_webrtc(scene: Scene) -> Run:
    """WebRTC's AEC3, alone, through livekit."""
    from livekit import rtc

    module = rtc.AudioProcessingModule(echo_cancellation=True)
    heard, played = (np.rint(np.clip(sound, -1, 1) * 32767).astype("<i2") for sound in (scene.heard, scene.played))
    began, parts = time.process_time(), []
    for start in range(0, len(heard) - 159, 160):
        far, near = (rtc.AudioFrame(sound[start : start + 160].tobytes(), RATE_HZ, 1, 160) for sound in (played, heard))
        module.process_reverse_stream(far)
        module.process_stream(near)
        parts.append(np.frombuffer(near.data, "<i2").astype(np.float32) / 32768)
    cpu_s, left = time.process_time() - began, np.concatenate(parts)
    return Run(left, _by_level(left), cpu_s)


def _by_level(sound: Sound) -> list[float]:
    """Where it is 8 dB above its floor for a tenth of a second; the floor rises by 1 dB a second."""
    power = np.square(sound[: len(sound) // 160 * 160].reshape(-1, 160)).mean(axis=1)
    level_db = 10 * np.log10(power + 1e-9)
    floor_db, over, last, begins = 0.0, 0, -100, []
    for hop, now_db in enumerate(level_db):
        floor_db = min(floor_db + 0.01, float(now_db) + 3)
        over = over + 1 if now_db > floor_db + 8 else 0
        if over >= 10:
            if hop - last > 30:
                begins.append((hop + 1) / 100)
            last = hop
    return begins


RUNS: dict[str, Callable[[Scene], Run]] = {
    "none": run_none,
    "ours": run_ours,
    "webrtc": run_webrtc,
    "quiet": run_quiet,
}


@dataclass(slots=True)
class Tally:
    """Of one canceller at one ratio."""

    loss_db: list[list[float]] = field(default_factory=list)
    late_s: list[float | None] = field(default_factory=list)
    false: int = 0
    coach_s: float = 0.0
    cpu_s: float = 0.0
    sound_s: float = 0.0
    words: list[bool] = field(default_factory=list)
    own: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    """Utterances with a report and with another action: of neutral lines, then of the coach's prompts."""

    def triggers(self, scene: Scene, run: Run) -> None:
        """Count hits, and triggers where nobody is."""
        self.cpu_s += run.cpu_s
        self.sound_s += SCENE_S
        if run.near_at is None:
            return
        free = list(run.near_at)
        for start_s, end_s in scene.spans:
            late = [at - start_s for at in free if -0.02 <= at - start_s <= IN_TIME_S]
            if _coach_speaks(scene, start_s):
                self.late_s.append(late[0] if late else None)
            free = [at for at in free if not start_s - 0.05 <= at <= end_s + 0.6]
        self.false += len(free)
        self.coach_s += SCENE_S - sum(end_s - start_s + 0.65 for start_s, end_s in scene.spans)

    def loss(self, scene: Scene, run: Run) -> None:
        """How much softer the echo is, over time."""
        first = scene.speech_at_s
        spans = [slice((first + start) * RATE_HZ, (first + end) * RATE_HZ) for start, end in SPANS_S]
        self.loss_db.append([_db(scene.echo[span]) - _db(run.samples[span]) for span in spans])


def _coach_speaks(scene: Scene, at_s: float) -> bool:
    """Within the next moment. A person in the coach's pause is heard without any of this."""
    first = round(at_s * RATE_HZ)
    return bool(np.abs(scene.played[max(0, first - 800) : first + 4800]).max() > 0.01)


def _db(sound: Sound) -> float:
    return float(10 * np.log10(np.square(sound, dtype=np.float64).sum() + 1e-9))


def heard_in(recogniser: Recogniser, samples: Sound) -> list[tuple[float, Heard]]:
    """All that the recogniser says, and when."""
    recogniser.reset()
    pcm, said = np.rint(np.clip(samples, -1, 1) * 32767).astype("<i2"), []
    for start in range(0, len(pcm), BLOCK):
        said += [((start + BLOCK) / RATE_HZ, heard) for heard in recogniser.feed(pcm[start : start + BLOCK].tobytes())]
    return said + [(len(pcm) / RATE_HZ, heard) for heard in recogniser.flush()]


def count_words(tally: Tally, scene: Scene, said: Sequence[tuple[float, Heard]]) -> None:
    """Of what the person said, what came through in time, as strong as it was meant or stronger."""
    for (start_s, end_s), words in zip(scene.spans, scene.said, strict=True):
        wanted = strength(understand(words).action)
        meant = [understand(heard.words).action for at_s, heard in said if start_s < at_s < end_s + WORDS_S]
        tally.words.append(any(action.is_report and strength(action) >= wanted for action in meant))


def count_own(tally: Tally, said: Sequence[tuple[float, Heard]], first: int) -> None:
    """What the coach's own voice was taken for, an utterance once."""
    report = command = False
    for _, heard in said:
        action = understand(heard.words).action
        report |= action.is_report
        command |= heard.final and action.value != "none" and not action.is_report
        if heard.final:
            tally.own[first] += report
            tally.own[first + 1] += command
            report = command = False


def measure(name: str, ratio_db: int, studio: Studio, options: argparse.Namespace, ear: Recogniser | None) -> Tally:
    """One canceller at one ratio."""
    tally, run_of = Tally(), RUNS[name]
    for seed in range(options.scenes):
        for persons in ("anybody", "nobody"):
            scene = studio.scene(options.seed + seed, ratio_db, NEUTRAL, persons, options.drift)
            run = run_of(scene)
            tally.triggers(scene, run)
            if persons == "nobody":
                tally.loss(scene, run)
    for seed in range(options.words) if ear is not None else ():
        scene = studio.scene(options.seed + 5000 + seed, ratio_db, NEUTRAL, "report", options.drift)
        count_words(tally, scene, heard_in(ear, run_of(scene).samples))
        for first, lines in ((0, NEUTRAL), (2, tuple(every_line()))):
            scene = studio.scene(options.seed + 7000 + seed, ratio_db, lines, "nobody", options.drift)
            count_own(tally, heard_in(ear, run_of(scene).samples), first)
    return tally


def _share(hits: int, count: int) -> str:
    low, high = interval(hits, count)
    return f"{100 * hits / max(1, count):3.0f} % {100 * low:.0f}-{100 * high:.0f} of {count}".ljust(22)


def line(name: str, ratio_db: int, tally: Tally, words: int) -> str:
    """One row of the table."""
    loss = " ".join(f"{value:5.1f}" for value in np.mean(tally.loss_db, axis=0))
    late = sorted(value for value in tally.late_s if value is not None)
    near = f"{'-':<47}"
    if tally.late_s:
        rate = f"{tally.false / tally.coach_s * 60:.2f}/min ({tally.false})"
        near = f"{_share(len(late), len(tally.late_s))} {np.mean(late):.2f} {np.quantile(late, 0.95):.2f} {rate:<14}"
    minutes = max(1e-9, words * SCENE_S / 60)
    own = " ".join(f"{count / minutes:5.2f}" for count in tally.own)
    said = f"{_share(sum(tally.words), len(tally.words))} {own}" if words else ""
    cpu = 100 * tally.cpu_s / tally.sound_s
    return f"{name:<7}{ratio_db:>4} {loss}  {near} {cpu:4.1f} %  {said}"


def main(arguments: list[str] | None = None) -> int:
    """Measure and print. Returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--scenes", type=int, default=10, help="with somebody, and as many with nobody, for each ratio")
    parser.add_argument("--words", type=int, default=4, help="scenes for the recogniser, for each ratio; 0 for none")
    parser.add_argument("--corpus", type=Path, help="recordings of people and rooms, with a manifest.csv")
    parser.add_argument("--model", type=Path, help="for the recogniser")
    parser.add_argument("--only", default="none,ours,webrtc,quiet", help="which, with commas between")
    parser.add_argument("--ratios", default=",".join(map(str, RATIOS_DB)), help="echo to person, dB")
    parser.add_argument("--drift", type=float, default=0.0, help="by how much the clocks differ, in millionths")
    parser.add_argument("--opening", action="store_true", help="an opening sound comes before the coach's first word")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    names = [name for name in options.only.split(",") if name != "webrtc" or _has_webrtc()]
    print(
        conditions(
            f"{options.scenes} + {options.scenes} scenes and {options.words} x 3 for words, for each line; "
            f"clocks {options.drift:+.0f} millionths apart; "
            f"{'with' if options.opening else 'no'} opening sound; first seed {options.seed}",
            ("numpy",),
        )
    )
    print(
        "echo loss in dB at " + ", ".join(f"{start}-{end} s" for start, end in SPANS_S) + "; near-end hits within "
        f"{IN_TIME_S} s, mean and 95th percentile latency in s, false ones a minute; CPU of one core; words that came "
        "through; own voice a minute: report, other action of neutral lines, the same of prompts"
    )
    try:
        ear = load_recogniser(options.model) if options.words else None
        with tempfile.TemporaryDirectory() as folder:
            studio = Studio(Path(folder), options.corpus, options.opening)
            for ratio_db in map(int, options.ratios.split(",")):
                for name in names:
                    tally = measure(name, ratio_db, studio, options, ear)
                    print(line(name, ratio_db, tally, options.words), flush=True)
    except CoachError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _has_webrtc() -> bool:
    try:
        import livekit.rtc
    except ImportError:
        print("WebRTC's is left out: livekit is not installed.", file=sys.stderr)
        return False
    return livekit.rtc is not None


if __name__ == "__main__":
    sys.exit(main())
