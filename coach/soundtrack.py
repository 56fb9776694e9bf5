"""Writes a whole session as one sound file, with chapters where the format has them."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coach.clips import Clip
from coach.errors import CoachError

if TYPE_CHECKING:
    import numpy as np

FORMATS: dict[str, tuple[str, str]] = {
    ".wav": ("WAV", "PCM_16"),
    ".flac": ("FLAC", "PCM_16"),
    ".ogg": ("OGG", "VORBIS"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
}
PIECE = 16_384
"""Samples written at once: an hour never lies in memory, and the Ogg encoder overflows its stack on long pieces."""
NO_OFFSET = 0xFFFFFFFF
"""In a chapter frame: the times count, not the bytes."""
Chapters = Sequence[tuple[float, str]]
"""Where each begins, in seconds, and what it is called; in order."""


def write(
    path: Path, sounds: Iterable[tuple[float, Clip | np.ndarray]], rate_hz: int, chapters: Chapters, title: str
) -> float:
    """Write ``sounds``, each at its second, to ``path`` as wav, flac, ogg or mp3 by its ending; mono at ``rate_hz``.

    Returns the length of the file in seconds.

    ``sounds`` come in order; an array is float32 of shape (n,) at ``rate_hz``. None overlaps another: one that would
    begin before the last has ended follows it. The file appears whole or not at all. Raises CoachError for another
    ending, a place that can't be written and a full disk.
    """
    path = Path(path)
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise CoachError(
            f'The file "{path.name}" does not end in .wav, .flac, .ogg or .mp3, so it can\'t be written; rename it.'
        )
    if path.is_dir():
        raise CoachError(f"{path} is a folder; name a file in it, such as {path / 'session.mp3'}.")
    part = path.with_name(f".{path.stem}-{os.getpid()}{path.suffix}")
    try:
        _write_sound(part, form, sounds, rate_hz)
        _write_chapters(part, chapters, title)
        length_s = _complete_s(part)
        part.replace(path)
        return length_s
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _write_sound(
    part: Path, form: tuple[str, str], sounds: Iterable[tuple[float, Clip | np.ndarray]], rate_hz: int
) -> None:
    """Raises OSError where not every sample could be written."""
    import soundfile

    part.open("wb").close()  # the reason why it can't be written, where it can't, is in this error only
    try:
        with soundfile.SoundFile(part, "w", rate_hz, 1, form[1], format=form[0]) as file:
            for piece in _pieces(sounds, rate_hz):
                file.write(piece)
    except (soundfile.SoundFileError, AssertionError) as error:
        raise OSError(str(error) or "not everything could be written") from error


def _pieces(sounds: Iterable[tuple[float, Clip | np.ndarray]], rate_hz: int) -> Iterator[np.ndarray]:
    """The whole session in small pieces, silence included."""
    import numpy as np

    silence = np.zeros(PIECE, np.float32)
    at = 0
    for starts_s, sound in sounds:
        samples = _samples(sound, rate_hz)
        gap = max(0, round(starts_s * rate_hz) - at)
        at += gap + len(samples)
        while gap:
            yield silence[: min(gap, PIECE)]
            gap -= min(gap, PIECE)
        for start in range(0, len(samples), PIECE):
            yield samples[start : start + PIECE]


def _samples(sound: Clip | np.ndarray, rate_hz: int) -> Any:
    if not isinstance(sound, Clip):
        return sound
    if sound.rate_hz == rate_hz:
        return sound.samples
    import soxr

    return soxr.resample(sound.samples, sound.rate_hz, rate_hz)


def _write_chapters(part: Path, chapters: Chapters, title: str) -> None:
    """Title and chapters, where the format has a place for them. Raises OSError."""
    import mutagen

    try:
        match part.suffix.lower():
            case ".mp3":
                _write_id3(part, chapters, title)
            case ".flac" | ".ogg":
                _write_comments(part, chapters, title)
    except mutagen.MutagenError as error:
        raise OSError(str(error)) from error


def _write_comments(part: Path, chapters: Chapters, title: str) -> None:
    """The Vorbis comments CHAPTER001=00:00:00.000 and CHAPTER001NAME, which players and editors read."""
    import mutagen

    file: Any = mutagen.File(part)
    file["title"] = title
    for number, (at_s, name) in enumerate(chapters):
        file[f"CHAPTER{number:03}"] = _clock(at_s)
        file[f"CHAPTER{number:03}NAME"] = name
    file.save()


def _clock(at_s: float) -> str:
    """For example 00:02:05.250."""
    minutes, millis = divmod(round(1000 * at_s), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{millis // 1000:02}.{millis % 1000:03}"


def _write_id3(part: Path, chapters: Chapters, title: str) -> None:
    """The ID3 frames CHAP, one a chapter, and CTOC, their list."""
    import mutagen.id3

    id3: Any = mutagen.id3
    file: Any = mutagen.File(part)
    if file.tags is None:
        file.add_tags()
    starts = [round(1000 * at_s) for at_s, _ in chapters]
    ends = [*starts[1:], round(1000 * file.info.length)]
    names = [f"chp{number}" for number in range(len(starts))]
    flags = id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
    file.tags.add(id3.TIT2(encoding=id3.Encoding.UTF8, text=[title]))
    file.tags.add(id3.CTOC(element_id="toc", flags=flags, child_element_ids=names, sub_frames=[]))
    for name, start, end, (_, text) in zip(names, starts, ends, chapters, strict=True):
        times = {"start_time": start, "end_time": max(start, end), "start_offset": NO_OFFSET, "end_offset": NO_OFFSET}
        label = id3.TIT2(encoding=id3.Encoding.UTF8, text=[text])
        file.tags.add(id3.CHAP(element_id=name, sub_frames=[label], **times))
    file.save()
    _order_chapters(part)


def _order_chapters(part: Path) -> None:
    """Put the CHAP frames in the order of their times, in which many players list them: mutagen sorts by length.

    It is ID3 2.4, as mutagen writes it: a header of ten bytes, then frames with one of ten bytes each.
    """
    with part.open("r+b") as file:
        end = 10 + _synchsafe(file.read(10)[6:])
        frames = []
        while file.tell() < end and (header := file.read(10))[:1] > b"\0":
            frames.append(header + file.read(_synchsafe(header[4:8])))
        others = [frame for frame in frames if not frame.startswith(b"CHAP")]
        timed = [frame for frame in frames if frame.startswith(b"CHAP")]
        timed.sort(key=lambda frame: frame[10:].partition(b"\0")[2][:4])
        file.seek(10)
        file.write(b"".join([*others, *timed]))


def _synchsafe(four: bytes) -> int:
    """A number as ID3 writes it: seven bits a byte."""
    return four[0] << 21 | four[1] << 14 | four[2] << 7 | four[3]


def _complete_s(part: Path) -> float:
    """Its length. Raises OSError where the disk took less than it said: some encoders don't tell."""
    import soundfile

    try:
        info = soundfile.info(part)
    except soundfile.SoundFileError as error:
        raise OSError("not everything could be written") from error
    if info.frames == 0:
        raise OSError("nothing could be written")
    return float(info.frames / info.samplerate)


def _unwritable(path: Path, error: OSError) -> CoachError:
    folder = path.parent
    if not folder.is_dir():
        return CoachError(f"There is no folder {folder} to write {path.name} to; make it first, or choose another.")
    with contextlib.suppress(OSError):
        if shutil.disk_usage(folder).free < 1_000_000:
            return CoachError(f"The disk of {folder} is full, so {path.name} can't be written; make some room on it.")
    why = error.strerror or str(error)
    return CoachError(f"{path} can't be written ({why}); choose another place.")
