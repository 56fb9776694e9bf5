"""From sound to words. Any recogniser with the three methods of ``Recogniser`` will do; Vosk is the one here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from coach import naming
from coach.errors import CoachError
from coach.events import Heard

RATE_HZ = 16_000
"""What a recogniser is fed: mono, 16-bit signed little-endian samples at this rate."""
BYTES_PER_S = 2 * RATE_HZ
UNKNOWN = "[unk]"


class Recogniser(Protocol):
    """Turns a stream of sound into words. Called from one thread only."""

    def feed(self, pcm16: bytes) -> list[Heard]:
        """The next piece of sound, of any length: the words that it brought, if any.

        A partial comes only when it differs from the one before. Words that are all unknown bring nothing, save that
        an utterance with a partial always has a final, an empty one where the recogniser took its words back.
        """

    def flush(self) -> list[Heard]:
        """The sound has ended, or has a gap here: what is still to be said about it."""

    def reset(self) -> None:
        """Forget the sound so far, as at the beginning of another recording."""


class VoskRecogniser:
    """Vosk with one model.

    It decodes freely unless a grammar is given: a grammar hears single listed words no better, and is deaf to every
    wording that is not in it, while people have many ways to say that something hurts (`python -m bench.hearing`).
    """

    def __init__(self, model_dir: Path, grammar: Sequence[str] | None = None) -> None:
        """Loads the model, 0.02 s to a few seconds. Raises CoachError where Vosk won't have it."""
        try:
            import vosk
        except (ImportError, OSError) as error:
            raise CoachError(
                "The speech recogniser Vosk can't be used on this machine, so nothing can be heard; "
                f"words can be typed instead: {naming.command('start --text')}"
            ) from error
        vosk.SetLogLevel(-1)
        try:
            # Always a path: given a name or a language Vosk would download, or end the process.
            model = vosk.Model(str(model_dir))
            self._vosk = self._made(vosk, model, grammar)
        except Exception as error:  # Vosk raises nothing more precise
            raise CoachError(
                f"The speech model in {model_dir} can't be loaded, perhaps because it is damaged; "
                f"remove that folder, and fetch it again: {naming.command('setup')}"
            ) from error
        self._partial = ""
        self._had_partial = False

    def feed(self, pcm16: bytes) -> list[Heard]:
        """See Recogniser. Raises CoachError where Vosk fails on the sound."""
        try:
            ended = self._vosk.AcceptWaveform(pcm16)
        except Exception as error:
            raise CoachError("The speech recogniser has failed.") from error
        if ended:
            return self._final(self._vosk.Result())
        partial = _known(json.loads(self._vosk.PartialResult()).get("partial", ""))
        if partial == self._partial:
            return []
        self._partial = partial
        if not partial:
            return []
        self._had_partial = True
        return [Heard(partial, final=False)]

    def flush(self) -> list[Heard]:
        """See Recogniser."""
        return self._final(self._vosk.FinalResult())

    def reset(self) -> None:
        """See Recogniser."""
        self._vosk.Reset()
        self._partial = ""
        self._had_partial = False

    def _final(self, result: str) -> list[Heard]:
        had_partial, self._partial = self._had_partial, ""
        self._had_partial = False
        words = _known(json.loads(result).get("text", ""))
        return [Heard(words)] if words or had_partial else []

    @staticmethod
    def _made(vosk: Any, model: Any, grammar: Sequence[str] | None) -> Any:
        if grammar is None:
            return vosk.KaldiRecognizer(model, RATE_HZ)
        # Without the unknown word every sound would have to be one of the phrases.
        return vosk.KaldiRecognizer(model, RATE_HZ, json.dumps([*(g for g in grammar if g != UNKNOWN), UNKNOWN]))


def _known(words: str) -> str:
    """The words without those that the model has no spelling for."""
    return " ".join(word for word in words.lower().split() if word != UNKNOWN)
