"""Rendered prompts, kept on disk so that the next session starts at once."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import struct
import tempfile
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coach import folders
from coach.errors import CoachError
from coach.renderer import Renderer, words_in

if TYPE_CHECKING:
    import numpy as np

LIMIT_BYTES = 200_000_000
"""About an hour and a quarter of speech at 22 kHz."""
FORM = "1"
"""Changed whenever the same rendering would be stored differently, so that old entries are left alone."""
TARGET_RMS = 0.16
"""Loudness of the spoken parts: 16 dB below full scale, about as loud as speech gets without pressing its peaks."""
PEAK = 0.95
QUIET = 0.004
STALE_S = 3600.0
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_CHECK = struct.Struct("<4sII")


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """One rendered prompt, or any other sound: float32 samples of shape (n,), mono, -1 to 1."""

    samples: np.ndarray
    rate_hz: int

    @property
    def length_s(self) -> float:
        """How long it sounds."""
        return len(self.samples) / self.rate_hz


class Clips:
    """The cache: clips by engine, voice, rate and text, rendered where they are missing or broken.

    ``folder`` defaults to a folder of the coach's cache. Where it can't be written, clips live in memory for this
    session. Used from several threads at once, also by several coaches at once.
    """

    def __init__(self, renderer: Renderer, folder: Path | None = None, limit_bytes: int = LIMIT_BYTES) -> None:
        self._renderer = renderer
        self._limit_bytes = limit_bytes
        self._lengths: dict[Path, float] = {}
        self._kept: dict[Path, Clip] = {}
        self._numbers = itertools.count()
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._folder, self._on_disk = self._usable(folder)

    def get(self, text: str, rate_wpm: int) -> Clip:
        """The clip of ``text``; rendered now if need be. Raises CoachError where it can't be."""
        path = self._path(text, rate_wpm)
        clip = self._kept.get(path) or self._load(path)
        if clip is None:
            clip = self._render(text, rate_wpm, path)
        self._lengths[path] = clip.length_s
        return clip

    def has(self, text: str, rate_wpm: int) -> bool:
        """Whether ``get`` would find it without rendering (as far as its header tells)."""
        return self.known_s(text, rate_wpm) is not None

    def known_s(self, text: str, rate_wpm: int) -> float | None:
        """The true length in seconds where the clip exists; never renders."""
        path = self._path(text, rate_wpm)
        if path not in self._lengths:
            length = _stored_length_s(path) if self._on_disk else None
            if length is None:
                return None
            self._lengths[path] = length
            with contextlib.suppress(OSError):
                os.utime(path)  # in use: not the next to be thrown away
        return self._lengths[path]

    def tidy(self) -> None:
        """Throw away the clips that were not used for longest, down to the limit, and what a killed coach left."""
        if not self._on_disk:
            return
        entries = []
        for path in self._folder.iterdir():
            try:
                facts = path.stat()
            except OSError:
                continue  # another coach has just thrown it away
            if path.suffix == ".part":
                if time.time() - facts.st_mtime > STALE_S:
                    path.unlink(missing_ok=True)
            else:
                entries.append((facts.st_mtime, facts.st_size, path))
        size = sum(entry[1] for entry in entries)
        for _, length, path in sorted(entries):
            if size <= self._limit_bytes:
                break
            path.unlink(missing_ok=True)
            self._lengths.pop(path, None)
            size -= length

    def close(self) -> None:
        """Throw away what was kept for this session only."""
        self._kept.clear()
        if self._scratch is not None:
            self._scratch.cleanup()

    def _usable(self, folder: Path | None) -> tuple[Path, bool]:
        """A folder that can be written, and whether it lasts."""
        try:
            folder = folder or folders.cache_dir() / "clips"
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / f"{os.getpid()}.part"
            probe.write_bytes(b"")
            probe.unlink()
        except (CoachError, OSError):
            self._scratch = tempfile.TemporaryDirectory(prefix="coach-")
            return Path(self._scratch.name), False
        return folder, True

    def _path(self, text: str, rate_wpm: int) -> Path:
        key = "\0".join((FORM, self._renderer.name, self._renderer.voice, str(rate_wpm), text))
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.wav"

    def _load(self, path: Path) -> Clip | None:
        """The stored clip; None where there is none, or a broken one."""
        if not self._on_disk:
            return None
        try:
            clip = decode(path.read_bytes())
            os.utime(path)
        except (OSError, ValueError):
            return None
        return clip

    def _render(self, text: str, rate_wpm: int, path: Path) -> Clip:
        if not words_in(text):
            return Clip(_silence(0.1), 16_000)
        rendered = self._folder / f"{os.getpid()}-{next(self._numbers)}.part"
        try:
            self._renderer.render(text, rate_wpm, rendered)
            clip = polish(read_sound(rendered))
            self._keep(clip, rendered, path)
        finally:
            rendered.unlink(missing_ok=True)
        return clip

    def _keep(self, clip: Clip, part: Path, path: Path) -> None:
        """Store the clip whole or not at all; in memory where the disk won't have it, for that must not silence us."""
        if self._on_disk:
            with contextlib.suppress(OSError):
                part.write_bytes(encode(clip))
                part.replace(path)
                return
        self._kept[path] = clip


def read_sound(path: Path) -> Clip:
    """A sound file, mixed to mono. Raises CoachError where it isn't one."""
    import soundfile

    try:
        samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError) as error:
        raise CoachError(f"{path} is not a sound file that can be read.") from error
    return Clip(samples.mean(axis=1), int(rate_hz))


def polish(clip: Clip) -> Clip:
    """The clip without the engine's silence at both ends, at an even loudness.

    After a word a tenth of a second is left, after a sentence a quarter: the pause a listener expects.
    """
    import numpy as np

    loud = np.flatnonzero(np.abs(clip.samples) > QUIET)
    if not loud.size:
        return clip
    spoken = clip.samples[loud[0] : loud[-1] + 1]
    tail_s = 0.1 if len(spoken) < clip.rate_hz else 0.25
    voiced = spoken[np.abs(spoken) > 5 * QUIET]
    rms = float(np.sqrt(np.mean(np.square(voiced)))) if voiced.size else PEAK
    gain = min(TARGET_RMS / rms, PEAK / float(np.abs(spoken).max()))
    lead, tail = (np.zeros(round(s * clip.rate_hz), np.float32) for s in (0.01, tail_s))
    return Clip(np.concatenate([lead, (spoken * gain).astype(np.float32), tail]), clip.rate_hz)


def encode(clip: Clip) -> bytes:
    """A 16-bit WAV file with a checksum after the sound, which tells a damaged entry."""
    import numpy as np

    sound: bytes = np.round(np.clip(clip.samples, -1, 1) * 32767).astype("<i2").tobytes()
    check = _CHECK.pack(b"crc ", 4, zlib.crc32(sound))
    sizes = _HEADER.size - 8 + len(sound) + len(check)
    rate = clip.rate_hz
    head = _HEADER.pack(b"RIFF", sizes, b"WAVE", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16, b"data", len(sound))
    return head + sound + check


def decode(stored: bytes) -> Clip:
    """The clip of ``encode``. Raises ValueError where a bit of it is missing or wrong."""
    import numpy as np

    rate_hz, length = _parse(stored[: _HEADER.size])
    sound, check = stored[_HEADER.size : _HEADER.size + length], stored[_HEADER.size + length :]
    if len(sound) != length or check != _CHECK.pack(b"crc ", 4, zlib.crc32(sound)):
        raise ValueError("the clip is damaged")
    return Clip(np.frombuffer(sound, "<i2").astype(np.float32) / 32767, rate_hz)


def _parse(head: bytes) -> tuple[int, int]:
    """Rate in Hz and bytes of sound. Raises ValueError."""
    if len(head) != _HEADER.size:
        raise ValueError("the clip is cut short")
    riff, _, wave, _, _, _, channels, rate_hz, _, _, bits, data, length = _HEADER.unpack(head)
    if (riff, wave, channels, bits, data) != (b"RIFF", b"WAVE", 1, 16, b"data") or not rate_hz or length % 2:
        raise ValueError("the clip has a wrong header")
    return rate_hz, length


def _stored_length_s(path: Path) -> float | None:
    """The length of a stored clip by its header; None where it isn't there or isn't whole."""
    try:
        with path.open("rb") as file:
            rate_hz, length = _parse(file.read(_HEADER.size))
            size = os.fstat(file.fileno()).st_size
    except (OSError, ValueError):
        return None
    return length / 2 / rate_hz if size == _HEADER.size + length + _CHECK.size else None


def _silence(seconds: float) -> np.ndarray:
    import numpy as np

    return np.zeros(round(seconds * 16_000), np.float32)
