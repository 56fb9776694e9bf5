"""Synthesised speech and real recordings to hear in tests, as 16 kHz mono samples."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from coach.models import own_model

from .shared import SHARED

MODEL: Path | None = own_model()
CORPUS: Path | None = SHARED / "corpus" if SHARED else None


def need_model() -> Path:
    """The folder of a Vosk model to test with; the test is skipped, saying why, where there is none."""
    if MODEL is None or not MODEL.is_dir():
        pytest.skip("the coach's own model is not in models/")
    return MODEL


def need_clips(text: str, kind: str = "command") -> list[Path]:
    """Recordings of people saying ``text``; the test is skipped, saying why, where there are none."""
    if CORPUS is None or not (CORPUS / "manifest.csv").is_file():
        pytest.skip("no recordings at hand: set COACH_SHARED to a folder with corpus/manifest.csv in it")
    with (CORPUS / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return [CORPUS / row["path"] for row in csv.DictReader(file) if row["kind"] == kind and row["text"] == text]


def spoken(words: str, folder: Path, voice: str = "en-gb") -> Any:
    """``words`` by espeak-ng: float32, shape (n,), 16 kHz; the test is skipped, saying why, where that is missing."""
    import soundfile
    import soxr

    tool = shutil.which("espeak-ng")
    if tool is None:
        pytest.skip("espeak-ng not found: apt-get install espeak-ng")
    path = folder / "spoken.wav"
    subprocess.run([tool, "-v", voice, "-s", "140", "-w", str(path), words], check=True, timeout=60)
    samples, rate_hz = soundfile.read(path, dtype="float32")
    return soxr.resample(samples, rate_hz, 16000)
