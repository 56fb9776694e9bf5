"""Recordings of people: those to train on, and of those to develop with the ones that may train too."""

from __future__ import annotations

import csv
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

from training.clips import Clips, ClipWriter
from training.places import RATE_HZ, SHARED, cached
from training.texts import plain

LEFT_OUT = frozenset({"precise-wakewords"})
"""Nobody speaks there to the coach, and the same speaker's words are among the other people's words to test with."""
WORD_CLIPS_PER_SPEAKER = 2
DEV_SHARE = 5
"""One speaker in so many of ``corpus`` is kept for development."""
_WORDS_ONLY = "speech-commands"


def rows() -> list[dict[str, str]]:
    """The manifest of the speech to train on."""
    with (SHARED / "speech" / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def corpus_rows() -> list[dict[str, str]]:
    """The manifest of the recordings to develop with."""
    with (SHARED / "corpus" / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def transcripts() -> list[str]:
    """What is said in the sentences of the recordings, each once."""
    texts = (plain(row["text"]) for row in rows() if _source(row) not in LEFT_OUT and " " in row["text"])
    return list(dict.fromkeys(texts))


def is_dev(speaker: str) -> bool:
    """Whether this speaker of ``corpus`` is kept out of training."""
    return zlib.crc32(speaker.rsplit(":", 1)[-1].encode()) % DEV_SHARE == 0


def for_development(row: dict[str, str]) -> bool:
    """Whether a recording of ``corpus`` never trains: all but single words of four speakers in five."""
    trains = row["kind"] in ("command", "digit", "negative_word") and row["speaker"]
    return not trains or is_dev(row["speaker"])


def collect() -> Path:
    """Cut the bundles into clips. Returns where they are."""
    path = cached("people")
    if path.with_suffix(".json").exists():
        return path
    kept_speakers = {
        row["speaker"].rsplit(":", 1)[-1] for row in corpus_rows() if row["speaker"] and is_dev(row["speaker"])
    }
    writer = ClipWriter(path)
    bundle, samples = "", None
    spoken: Counter[tuple[str, str]] = Counter()
    for row in sorted(rows(), key=lambda row: (row["bundle"], float(row["start_s"]))):
        source, text = _source(row), plain(row["text"])
        person = (source, row["speaker"])
        spoken[person] += 1
        if source in LEFT_OUT or not text or row["speaker"].rsplit(":", 1)[-1] in kept_speakers:
            continue
        if source == "speech-commands-bch" and spoken[person] > WORD_CLIPS_PER_SPEAKER:
            continue
        if row["bundle"] != bundle:
            bundle, samples = row["bundle"], pcm(SHARED / "speech" / row["bundle"])
        start, end = (round(float(row[key]) * RATE_HZ) for key in ("start_s", "end_s"))
        if end - start < 20 * RATE_HZ:
            writer.add(samples[max(0, start - RATE_HZ // 10) : end + RATE_HZ // 10], text, row["speaker"], source)
    for row in corpus_rows():
        if not for_development(row):
            writer.add(pcm(SHARED / "corpus" / row["path"]), plain(row["text"]), row["speaker"], "corpus")
    writer.close()
    return path


def write_kept(folder: Path) -> int:
    """Write the sentences of the speakers kept out of training to a folder for `bench.hearing`; returns how many."""
    import soundfile

    from training.network import is_dev as is_kept_out

    clips = Clips(cached("people"))
    folder.mkdir(parents=True, exist_ok=True)
    kept = [clip for clip in clips if is_kept_out(f"{clip.source}|{clip.speaker}")]
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        manifest = csv.writer(file)
        manifest.writerow(["path", "kind", "text", "speaker"])
        for number, clip in enumerate(kept):
            soundfile.write(folder / f"{number:04}.wav", clips.samples(clip).astype("int16"), RATE_HZ)
            manifest.writerow([f"{number:04}.wav", "negative_sentence", clip.text, clip.speaker])
    return len(kept)


def _source(row: dict[str, str]) -> str:
    return row["bundle"].rsplit("-", 1)[0]


def pcm(path: Path) -> Any:
    """A recording as int16 samples of shape (n,) at 16 kHz, its first channel."""
    import numpy as np
    import soundfile
    import soxr

    samples, rate_hz = soundfile.read(path, dtype="float32")
    if samples.ndim > 1:
        samples = samples[:, 0]
    if rate_hz != RATE_HZ:
        samples = soxr.resample(samples, rate_hz, RATE_HZ)
    return np.clip(samples * 32767, -32768, 32767).astype(np.int16)
