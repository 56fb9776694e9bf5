"""What an ear makes of recordings and what it costs, in a process of its own: one ear's memory is not another's."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.recordings import NUMBERS
from coach.errors import CoachError
from coach.intents import Context
from coach.recogniser import Recogniser

PHRASES = (
    "stop",
    "yes",
    "no",
    "go",
    "pause",
    "repeat",
    "skip",
    *NUMBERS,
    "carry on",
    "help",
    "severe pain",
    "it hurts",
)
"""The closed list."""

Events = list[dict[str, Any]]


READINGS = {"coach": "as the coach listens", "free": "free decoding", "closed": "closed list"}
"""The ways to listen, and how they are called in a table."""


@dataclass(frozen=True, slots=True)
class Ear:
    """A recogniser to be loaded: Vosk with the model in a folder, or where that is None PocketSphinx."""

    model: Path | None
    reading: str
    """One of `READINGS`; PocketSphinx can't be "coach"."""

    @property
    def name(self) -> str:
        """Of the model."""
        return self.model.name if self.model else "PocketSphinx"

    @property
    def decoding(self) -> str:
        """In words."""
        return READINGS[self.reading]

    @property
    def size_bytes(self) -> int:
        """Of all files of the model."""
        if self.model is None:
            from bench.pocketsphinx_ear import size_bytes

            return size_bytes(self.reading == "closed")
        return sum(path.stat().st_size for path in self.model.rglob("*") if path.is_file())

    def imported(self) -> None:
        """Import what is heavy and not the ear: so that loading means the model."""
        import numpy  # noqa: F401
        import soundfile  # noqa: F401
        import soxr  # noqa: F401

        if self.model is not None:
            import vosk  # noqa: F401

    def loaded(self) -> Recogniser:
        """Ready to be fed. Raises CoachError where it can't be."""
        listed = PHRASES if self.reading == "closed" else None
        if self.model is None:
            from bench.pocketsphinx_ear import PocketSphinxRecogniser

            return PocketSphinxRecogniser(listed)
        if self.reading == "coach":
            from coach.hear import load_recogniser

            return load_recogniser(self.model)
        from bench.vosk_ear import PlainVosk

        return PlainVosk(self.model, listed)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one ear. Memory is what is resident of the whole process; None where the system doesn't tell."""

    load_s: float
    sound_s: float
    """That was fed, with the silence after each recording."""
    wall_s: float
    cpu_s: float
    """Of all threads, with reading the files."""
    before_bytes: int | None
    """Memory before the model is loaded, with the packages imported."""
    loaded_bytes: int | None
    most_bytes: int | None

    @property
    def real_time_factor(self) -> float:
        """Processor time per time of sound: how much of one core is busy while listening."""
        return self.cpu_s / self.sound_s if self.sound_s else 0.0

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {**asdict(self), "real_time_factor": self.real_time_factor}


@dataclass(frozen=True, slots=True)
class Clip:
    """A sound file, and the question that the coach has just asked."""

    path: Path
    context: Context | None = None


def listened(ear: Ear, clips: Sequence[Clip]) -> tuple[list[Events | str], Cost]:
    """For each clip the events of ``coach hear``, or a sentence why there are none; and the cost.

    Raises CoachError where the ear can't be loaded or ends its process.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        try:
            return process.submit(_listen, ear, clips).result()
        except BrokenProcessPool as error:
            raise CoachError(f"{ear.name} has ended its process, so nothing of it could be measured.") from error


def _listen(ear: Ear, clips: Sequence[Clip]) -> tuple[list[Events | str], Cost]:
    # One core: before anything with threads of its own is imported.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    from coach.hear import TRAILING_SILENCE_S, hear_file

    ear.imported()
    before = _memory("VmRSS")
    loading_at = time.perf_counter()
    recogniser = ear.loaded()
    cost = Cost(time.perf_counter() - loading_at, 0, 0, 0, before, _memory("VmRSS"), None)
    found: list[Events | str] = []
    sound_s = 0.0
    began_at, began_cpu_at = time.perf_counter(), time.process_time()
    for clip in clips:
        try:
            recording = hear_file(clip.path, recogniser, clip.context)
        except CoachError as error:
            found.append(str(error))
            continue
        sound_s += recording["duration_s"] + TRAILING_SILENCE_S
        found.append(recording["events"])
    took_s, took_cpu_s = time.perf_counter() - began_at, time.process_time() - began_cpu_at
    return found, replace(cost, sound_s=sound_s, wall_s=took_s, cpu_s=took_cpu_s, most_bytes=_memory("VmHWM"))


def _memory(name: str) -> int | None:
    """``VmRSS``, resident now, or ``VmHWM``, the most so far, in bytes.

    What ``getrusage`` calls the most would count the process that this one was forked from, so it is not used on Linux.
    """
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    if name != "VmHWM" or sys.platform == "win32":
        return None
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
