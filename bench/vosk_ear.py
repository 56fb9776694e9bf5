"""Vosk with one reading alone, free or by a closed list, to see what the coach's own way of listening adds to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from coach.errors import CoachError
from coach.events import Heard
from coach.intents import Context
from coach.recogniser import RATE_HZ

_UNKNOWN = "[unk]"


class PlainVosk:
    """A ``coach.recogniser.Recogniser`` that passes on each partial and final as Vosk gives it."""

    def __init__(self, model: Path, phrases: Sequence[str] | None = None) -> None:
        """Free, or with ``phrases`` only those, or nothing. Raises CoachError where it can't be loaded."""
        import vosk

        vosk.SetLogLevel(-1)
        grammar = [] if phrases is None else [json.dumps([*phrases, _UNKNOWN])]
        try:
            self._vosk = vosk.KaldiRecognizer(vosk.Model(str(model)), RATE_HZ, *grammar)
        except Exception as error:  # Vosk raises nothing more precise
            raise CoachError(f"The speech model in {model} can't be loaded.") from error
        self._partial = ""

    def feed(self, pcm16: bytes) -> list[Heard]:
        """See Recogniser."""
        if self._vosk.AcceptWaveform(pcm16):
            return self._final(self._vosk.Result())
        partial = _known(json.loads(self._vosk.PartialResult()).get("partial", ""))
        if partial in ("", self._partial):
            return []
        self._partial = partial
        return [Heard(partial, final=False)]

    def flush(self) -> list[Heard]:
        """See Recogniser."""
        return self._final(self._vosk.FinalResult())

    def reset(self) -> None:
        """See Recogniser."""
        self._vosk.Reset()
        self._partial = ""

    def expect(self, context: Context | None) -> None:
        """See Recogniser. The list stays the same."""

    def start_over(self, pcm16: bytes) -> None:
        """See Recogniser."""

    def _final(self, result: str) -> list[Heard]:
        self._partial = ""
        words = _known(json.loads(result).get("text", ""))
        return [Heard(words)] if words else []


def _known(words: str) -> str:
    return " ".join(word for word in words.lower().split() if word != _UNKNOWN)
