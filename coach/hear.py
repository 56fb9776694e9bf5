"""Recordings through the same path as the microphone, at full speed: what would the coach have heard, and done when?"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from coach.deciding import weighed
from coach.errors import CoachError
from coach.events import Heard
from coach.intents import Action, Context, Meaning, strength, understand
from coach.microphone import BLOCK_S, Converter
from coach.models import find_model, none_here
from coach.recogniser import BYTES_PER_S, Recogniser, VoskRecogniser

TRAILING_SILENCE_S = 2.0
"""A recogniser calls an utterance final once it is quiet, and many recordings end with the last word."""


def load_recogniser(model: Path | None, settings_model: Path | None = None) -> Recogniser:
    """Vosk with the model named, or found. Raises CoachError where there is none."""
    folder = find_model(model, settings_model)
    if folder is None:
        raise CoachError(none_here())
    return VoskRecogniser(folder)


def hear_files(
    paths: Iterable[Path], recogniser: Recogniser, context: Context | None, complain: Callable[[str], None]
) -> Iterator[dict[str, Any]]:
    """What ``hear_file`` gives for each recording that can be read.

    A recording that can't be, or not to its end, is one sentence to ``complain``. Raises CoachError after the last
    one where any could not be read; with that sentence, where there is no other recording.
    """
    paths = list(paths)
    bad = 0
    for path in paths:
        try:
            yield hear_file(path, recogniser, context, complain)
        except CoachError as error:
            if len(paths) == 1:
                raise
            bad += 1
            complain(str(error))
    if bad:
        raise CoachError(f"{bad} of {len(paths)} recordings could not be heard.")


def hear_file(
    path: Path, recogniser: Recogniser, context: Context | None = None, complain: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """One recording as a dict with ``file``, ``duration_s`` and ``events``, as ``coach hear --json`` prints it.

    An event has ``at_s`` (seconds of sound from the beginning when the coach would have acted), ``heard``, ``final``,
    ``action`` and ``score``. A partial is an event where it silences the coach, which a possible report of pain does;
    everything else waits for the final.
    Raises CoachError where there is nothing to hear; ``complain`` gets a sentence where the end is missing.
    """
    recogniser.reset()
    recogniser.expect(context)
    notes = _Notes(context)
    duration_s = 0.0
    with _Recording(path) as recording:
        if complain is not None and recording.cut_short:
            complain(f"{path} is cut short: only the part that is there was heard.")
        for block in recording.blocks():
            duration_s += len(block) / BYTES_PER_S
            notes.take(recogniser.feed(block), duration_s)
        if recording.frames == 0:
            raise CoachError(f"{path} has no sound in it; give a recording with something in it.")
    at_s = duration_s
    silence = bytes(round(BLOCK_S * BYTES_PER_S))
    for _ in range(round(TRAILING_SILENCE_S / BLOCK_S)):
        at_s += BLOCK_S
        notes.take(recogniser.feed(silence), at_s)
    notes.take(recogniser.flush(), at_s)
    return {"file": str(path), "duration_s": round(recording.frames / recording.rate_hz, 3), "events": notes.events}


class _Notes:
    """The events of one recording."""

    def __init__(self, context: Context | None) -> None:
        self._context = context
        self.events: list[dict[str, Any]] = []

    def take(self, heard: list[Heard], at_s: float) -> None:
        for words in heard:
            meaning = weighed(understand(words.words, self._context), words.sure, self._context)
            if words.words and (words.final or _silences(meaning)):
                self._add(words, meaning, at_s)

    def _add(self, words: Heard, meaning: Meaning, at_s: float) -> None:
        self.events.append(
            {
                "at_s": round(at_s, 3),
                "heard": words.words,
                "final": words.final,
                "action": meaning.action.value,
                "score": meaning.score,
            }
        )


def _silences(meaning: Meaning) -> bool:
    return meaning.action.is_report and strength(meaning.action) >= strength(Action.ASK)


class _Recording:
    """A sound file of any kind that libsndfile reads, whatever its name ends in."""

    def __init__(self, path: Path) -> None:
        import soundfile

        self.frames = 0
        self._path = path
        _check_readable(path)
        self.cut_short = _is_cut_short(path)
        try:
            self._file = soundfile.SoundFile(str(path))
        except (soundfile.LibsndfileError, OSError, TypeError) as error:
            raise CoachError(
                f"{path} is not a sound file that can be read; give a WAV, FLAC, OGG or MP3 recording."
            ) from error
        # After each read soundfile seeks to where it is, where it may, and an MP3 is silent from then on.
        self._file.seekable = lambda: False
        self.rate_hz = int(self._file.samplerate)

    def __enter__(self) -> _Recording:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def blocks(self) -> Iterator[bytes]:
        """The sound in pieces as the microphone would bring them."""
        import numpy as np
        import soundfile

        step = max(1, round(self.rate_hz * BLOCK_S))
        try:
            converter = Converter(self.rate_hz, self._file.channels)
            while True:
                frames = self._file.read(step, dtype="float32", always_2d=True)
                self.frames += len(frames)
                yield converter.convert(np.nan_to_num(frames, posinf=1.0, neginf=-1.0), last=len(frames) < step)
                if len(frames) < step:
                    return
        except (soundfile.LibsndfileError, ValueError, RuntimeError, OSError) as error:
            read_s = self.frames / self.rate_hz
            raise CoachError(f"{self._path} could not be read after {read_s:.1f} seconds.") from error


def _check_readable(path: Path) -> None:
    try:
        if path.is_dir():
            raise CoachError(f"{path} is a folder; name the recordings in it.")
        if path.exists() and not path.is_file():
            raise CoachError(f"{path} is not a file of sound; give a WAV, FLAC, OGG or MP3 recording.")
        with path.open("rb") as file:
            if not file.read(1):
                raise CoachError(f"{path} is empty; give a recording with something in it.")
    except FileNotFoundError as error:
        raise CoachError(f"{path} is not there; check its name.") from error
    except OSError as error:
        raise CoachError(f"{path} can't be read ({error.strerror or 'unreadable'}).") from error


def _is_cut_short(path: Path) -> bool:
    """Does a WAV file promise more sound than it holds? A length of all ones, or none, means "until it ends"."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(4) != b"RIFF" or file.read(8)[4:] != b"WAVE":
            return False
        while len(header := file.read(8)) == 8:
            name, length = struct.unpack("<4sI", header)
            if name == b"data":
                return length not in (0, 0xFFFFFFFF) and file.tell() + length > size
            file.seek(length + length % 2, 1)
    return False
