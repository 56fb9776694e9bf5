"""Many short recordings in two files: the samples one after another, and a list of what is where."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording: samples ``start`` to ``end`` of the file, what is said in it, by whom, and where it is from."""

    start: int
    end: int
    text: str
    speaker: str
    source: str


class ClipWriter:
    """Writes ``NAME.i16`` (mono, 16 kHz, 16 bit) and, on close, ``NAME.json``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.with_suffix(".i16").open("wb")
        self._clips: list[Clip] = []
        self._at = 0

    def add(self, samples: Any, text: str, speaker: str, source: str) -> None:
        """Append int16 samples of shape (n,)."""
        self._file.write(samples.astype("<i2").tobytes())
        self._clips.append(Clip(self._at, self._at + len(samples), text, speaker, source))
        self._at += len(samples)

    def close(self) -> None:
        """Write the list. The clips are there only from now on."""
        self._file.close()
        self._path.with_suffix(".json").write_text(json.dumps([asdict(clip) for clip in self._clips]))


class Clips:
    """Clips read back, the samples mapped and not loaded."""

    def __init__(self, path: Path) -> None:
        import numpy as np

        self.list = [Clip(**clip) for clip in json.loads(path.with_suffix(".json").read_text())]
        self._samples = np.memmap(path.with_suffix(".i16"), dtype="<i2", mode="r")

    def __len__(self) -> int:
        return len(self.list)

    def samples(self, clip: Clip) -> Any:
        """float32 of shape (n,), in 16-bit units."""
        return self._samples[clip.start : clip.end].astype("float32")

    def __iter__(self) -> Iterator[Clip]:
        return iter(self.list)


def gathered(names: Iterable[Path]) -> list[tuple[Clips, Clip]]:
    """All clips of several files, each with the file that it is in."""
    files = [Clips(name) for name in names]
    return [(file, clip) for file in files for clip in file]
