"""PocketSphinx in the place of Vosk, to be measured beside it: ``pip install pocketsphinx``.

Its English model comes in its package. Each recording is decoded as a whole, at its end: that is when PocketSphinx
does best, for it knows the level of the whole recording by then. The digital silence that follows is not decoded.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from coach.errors import CoachError
from coach.events import Heard
from coach.intents import Context
from coach.recogniser import BYTES_PER_S, RATE_HZ

_GRAMMAR = "#JSGF V1.0; grammar phrases; public <phrase> = {};"


def is_there() -> bool:
    """Whether the package is installed."""
    return find_spec("pocketsphinx") is not None


def model_folder() -> Path:
    """Where its English model is. Raises CoachError where the package is missing."""
    spec = find_spec("pocketsphinx")
    if spec is None or spec.origin is None:
        raise CoachError("PocketSphinx is not installed here; pip install pocketsphinx brings it.")
    return Path(spec.origin).parent / "model" / "en-us"


def size_bytes(closed: bool) -> int:
    """Of the files that it reads: a closed list needs no language model."""
    names = ("*.dict", "en-us/*") if closed else ("*.dict", "en-us/*", "en-us.lm.bin")
    return sum(path.stat().st_size for name in names for path in model_folder().glob(name))


class PocketSphinxRecogniser:
    """A ``coach.recogniser.Recogniser`` without partials."""

    def __init__(self, phrases: Sequence[str] | None = None) -> None:
        """Dictation, or with ``phrases`` one of them for every sound. Raises CoachError where it can't be loaded."""
        folder = model_folder()
        try:
            self._decoder: Any = import_module("pocketsphinx").Decoder(
                samprate=RATE_HZ,
                loglevel="FATAL",
                cmn="batch",  # or each recording would leave its level to the next
                hmm=str(folder / "en-us"),
                dict=str(folder / "cmudict-en-us.dict"),
                lm=None if phrases else str(folder / "en-us.lm.bin"),
            )
            if phrases:
                self._decoder.add_jsgf_string("phrases", _GRAMMAR.format(" | ".join(phrases)))
                self._decoder.activate_search("phrases")
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise CoachError("PocketSphinx or its English model can't be loaded.") from error
        self._sound = bytearray()

    def feed(self, pcm16: bytes) -> list[Heard]:
        """See Recogniser."""
        self._sound += pcm16
        return []

    def flush(self) -> list[Heard]:
        """See Recogniser. Raises CoachError where it fails on the sound."""
        sound = bytes(self._sound).rstrip(b"\0")
        sound += bytes(len(sound) % 2 + BYTES_PER_S // 5)
        self.reset()
        try:
            self._decoder.start_utt()
            self._decoder.process_raw(sound, no_search=False, full_utt=True)
            self._decoder.end_utt()
            found = self._decoder.hyp()
        except RuntimeError as error:
            raise CoachError("PocketSphinx has failed.") from error
        words = found.hypstr.lower() if found else ""
        return [Heard(words)] if words else []

    def reset(self) -> None:
        """See Recogniser."""
        self._sound.clear()

    def expect(self, context: Context | None) -> None:
        """See Recogniser. It listens for the same whatever was asked."""

    def start_over(self, pcm16: bytes) -> None:
        """See Recogniser."""
