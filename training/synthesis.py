"""Sentences spoken by espeak-ng, flite and festival. Two voices stay out for good: flite rms, festival ked."""

from __future__ import annotations

import random
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.clips import ClipWriter
from training.places import RATE_HZ, cached
from training.recordings import transcripts
from training.texts import Texts, made

WORKERS = 4
ACCENTS = (
    "en-us", "en-us", "en-us", "en-gb", "en-gb", "en-gb-scotland", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029",
    "en-us-nyc",
)  # fmt: skip
SPEAKERS = (
    "", "m1", "m2", "m3", "m4", "m6", "m7", "m8", "f1", "f2", "f3", "f4", "Andy", "Annie", "Gene", "Lee", "Mike",
    "Michael", "adam", "anika", "aunty", "belinda", "boris", "caleb", "david", "ed", "edward", "linda", "rob",
    "robert", "steph", "travis", "grandma", "grandpa", "klatt2", "klatt4", "john", "paul", "pablo", "quincy",
    "shelby", "victor", "zac", "benjamin", "Alex", "Alicia",
)  # fmt: skip
"""Not among them, to develop with: the accent en-gb-x-rp, the speakers m5, f5, klatt3 and max."""
FLITE = ("kal16", "awb", "slt", "awb", "slt", "kal")
FESTIVAL = ("kal_diphone", "cmu_us_slt_arctic_hts")
KEY_PHRASES = (
    "stop", "stop", "stop", "please stop", "stop now", "pause", "repeat", "skip", "help", "carry on", "yes", "no",
    "severe pain", "it hurts", "ow", "ouch", "that hurts", "go back", "slower", "louder", "quieter", "faster", "wait",
    "say that again", "six",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence and how it is to be spoken."""

    text: str
    engine: str
    voice: str
    stretch: float
    pitch: int


def speak(worker: int, sentences: int) -> Path:
    """Speak this worker's share. Returns where the clips are."""
    path = cached(f"synthesised-{worker}")
    if path.with_suffix(".json").exists():
        return path
    writer = ClipWriter(path)
    lines = list(_lines(random.Random(worker), made(worker), sentences // WORKERS))
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(lines), 40):
            batch = lines[start : start + 40]
            sung = _festival([line for line in batch if line.engine == "festival"], Path(folder))
            for line in batch:
                samples = sung.pop(0) if line.engine == "festival" else _spoken(line, Path(folder))
                if samples is not None and 0.15 * RATE_HZ < len(samples) < 10 * RATE_HZ:
                    writer.add(samples, line.text, f"{line.engine}:{line.voice}", "synthesised")
    writer.close()
    return path


def _lines(chance: random.Random, texts: Texts, count: int) -> Iterator[Line]:
    general = [text for text in transcripts() if 3 <= len(text.split()) <= 12]
    sorts = (texts.report, texts.command, texts.score, texts.answer, texts.household)
    for _ in range(count):
        sort = chance.choices(range(7), (40, 14, 7, 7, 9, 8, 15))[0]
        text = sorts[sort]() if sort < 5 else chance.choice(KEY_PHRASES if sort == 5 else general)
        engine = chance.choices(("espeak", "flite", "festival"), (60, 27, 13))[0]
        voice = chance.choice({"flite": FLITE, "festival": FESTIVAL}.get(engine, ACCENTS))
        speaker = chance.choice(SPEAKERS)
        if engine == "espeak" and speaker:
            voice = f"{voice}+{speaker}"
        yield Line(text, engine, voice, chance.uniform(0.85, 1.4), chance.randint(20, 80))


def _spoken(line: Line, folder: Path) -> Any:
    path = folder / "line.wav"
    if line.engine == "espeak":
        rate_wpm = str(int(165 / line.stretch))
        command = [
            "espeak-ng",
            "-v",
            line.voice,
            "-s",
            rate_wpm,
            "-p",
            str(line.pitch),
            "-w",
            str(path),
            "--",
            line.text,
        ]
    else:
        stretch = f"duration_stretch={line.stretch:.2f}"
        command = ["flite", "-voice", line.voice, "--setf", stretch, "-t", line.text, "-o", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return _read(path)


def _festival(lines: Sequence[Line], folder: Path) -> list[Any]:
    script = [
        f"(voice_{line.voice})(Parameter.set 'Duration_Stretch {line.stretch:.2f})"
        f'(utt.save.wave (utt.synth (Utterance Text "{line.text}")) "{folder}/{number}.wav" \'riff)'
        for number, line in enumerate(lines)
    ]
    (folder / "lines.scm").write_text("\n".join(script))
    for number in range(len(lines)):
        (folder / f"{number}.wav").unlink(missing_ok=True)
    if lines:
        subprocess.run(["festival", "-b", str(folder / "lines.scm")], check=False, capture_output=True)
    return [_read(folder / f"{number}.wav") for number in range(len(lines))]


def _read(path: Path) -> Any:
    import numpy as np
    import soundfile
    import soxr

    if not path.exists():
        return None
    samples, rate_hz = soundfile.read(path, dtype="float32")
    if samples.ndim > 1:
        samples = samples[:, 0]
    if rate_hz != RATE_HZ:
        samples = soxr.resample(samples, rate_hz, RATE_HZ)
    return np.clip(samples * 32767, -32768, 32767).astype(np.int16)
