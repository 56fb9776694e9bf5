"""From sound to words. Any recogniser with the four methods of ``Recogniser`` will do; Vosk is the one here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from coach import naming
from coach.deciding import UNKNOWN, Reading, Word, decide
from coach.errors import CoachError
from coach.events import Heard
from coach.intents import Context
from coach.listed import phrases
from coach.noise import muffled

RATE_HZ = 16_000
"""What a recogniser is fed: mono, 16-bit signed little-endian samples at this rate."""
BYTES_PER_S = 2 * RATE_HZ
HELD_S = 0.3
"""A partial counts once it has stood for so long, longer than the recogniser's own steps: words that are gone in the
next one silence nobody."""


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

    def expect(self, context: Context | None) -> None:
        """What has just been asked, if anything: its answers are listened for. Cheap where nothing has changed."""

    def start_over(self, pcm16: bytes) -> None:
        """Somebody has begun to speak within ``pcm16``, the last of the sound: what came before it is not their words.

        A partial that has been brought gets no final.
        """


class VoskRecogniser:
    """Vosk with one model, read twice: freely, and by a list of short phrases.

    The free reading alone makes partials. `deciding` makes the finals of both.
    """

    def __init__(self, model_dir: Path) -> None:
        """Loads the model, 0.02 s to a few seconds. Raises CoachError where Vosk won't have it."""
        try:
            import vosk
        except (ImportError, OSError) as error:
            raise CoachError(
                "The speech recogniser Vosk can't be used on this machine, so nothing can be heard; "
                f"words can be typed instead: {naming.command('start --text')}"
            ) from error
        vosk.SetLogLevel(-1)
        self._vosk = vosk
        try:
            # Always a path: given a name or a language Vosk would download, or end the process.
            self._model = vosk.Model(str(model_dir))
            self._free = self._made(None)
            self._listed = self._made(phrases(None))
        except Exception as error:  # Vosk raises nothing more precise
            own, public = (naming.command(f"setup --{which}-model") for which in ("own", "public"))
            raise CoachError(
                f"The speech model in {model_dir} can't be loaded, perhaps because it is damaged; "
                f"to choose the coach's own: {own}, to fetch one: {public}"
            ) from error
        self._context: Context | None = None
        self._wanted: Context | None = None
        self._heard_by_list: list[Word] = []
        self._partial = _Partial()
        self.noticed = 0
        """Counts the pieces in which there was any word, known or not: what stands still is dead, or it is quiet."""

    def feed(self, pcm16: bytes) -> list[Heard]:
        """See Recogniser. Raises CoachError where Vosk fails on the sound."""
        if self._wanted is not self._context and not self._partial.words:
            self._turn_to(self._wanted)
        try:
            if self._listed.AcceptWaveform(pcm16):
                self._heard_by_list += _words(self._listed.Result())
            ended = self._free.AcceptWaveform(pcm16)
        except Exception as error:
            raise CoachError("The speech recogniser has failed.") from error
        if ended:
            result = self._free.Result()
            self.noticed += bool(json.loads(result).get("text"))
            return self._final(result)
        partial = json.loads(self._free.PartialResult()).get("partial", "")
        self.noticed += bool(partial)
        words = self._partial.after(partial, len(pcm16))
        return [Heard(words, final=False)] if words else []

    def flush(self) -> list[Heard]:
        """See Recogniser."""
        return self._final(self._free.FinalResult())

    def reset(self) -> None:
        """See Recogniser."""
        self._free.Reset()
        self._listed.Reset()
        self._heard_by_list.clear()
        self._partial = _Partial()

    def expect(self, context: Context | None) -> None:
        """See Recogniser. What is being said at this moment is still read as before."""
        self._wanted = context

    def start_over(self, pcm16: bytes) -> None:
        """See Recogniser. Raises CoachError where Vosk fails on the sound."""
        # Vosk's own reset goes on in the middle of the sound, and is at a loss with what comes next.
        self._free.FinalResult()
        self._listed.FinalResult()
        self._heard_by_list.clear()
        self._partial = _Partial()
        self.feed(pcm16)

    def _turn_to(self, context: Context | None) -> None:
        self._listed = self._made(phrases(context))
        self._heard_by_list.clear()
        self._context = context

    def _final(self, result: str) -> list[Heard]:
        listed = [*self._heard_by_list, *_words(self._listed.FinalResult())]
        self._heard_by_list.clear()
        heard = self._decided(Reading(tuple(_words(result))), Reading(tuple(listed)))
        had_partial, self._partial = self._partial.shown, _Partial()
        if heard is None:
            return [Heard("")] if had_partial else []
        return [heard]

    def _decided(self, free: Reading, listed: Reading) -> Heard | None:
        return decide(free, listed, self._context)

    def _made(self, grammar: Sequence[str] | None) -> Any:
        if grammar is None:
            recogniser = self._vosk.KaldiRecognizer(self._model, RATE_HZ)
        else:
            # Without the unknown word every sound would have to be one of the phrases. Vosk complains on the terminal
            # of each word that a model doesn't know, whatever its log level.
            with muffled():
                recogniser = self._vosk.KaldiRecognizer(self._model, RATE_HZ, json.dumps([*grammar, UNKNOWN]))
        recogniser.SetWords(True)
        return recogniser


class _Partial:
    """What is being said, as far as it has stood for a moment."""

    def __init__(self) -> None:
        self.words = ""
        self.shown = ""
        self._bytes = 0

    def after(self, text: str, sound_bytes: int) -> str:
        """The words to show now, "" for none or for the same as before. ``text`` came with so much sound."""
        words = _known(text)
        self._bytes = self._bytes + sound_bytes if words == self.words else 0
        self.words = words
        if not words or words == self.shown or self._bytes < HELD_S * BYTES_PER_S:
            return ""
        self.shown = words
        return words


def _words(result: str) -> list[Word]:
    found = json.loads(result).get("result", [])
    return [Word(word["word"].lower(), word["conf"], word["end"] - word["start"]) for word in found]


def _known(words: str) -> str:
    """The words without those that the model has no spelling for."""
    return " ".join(word for word in words.lower().split() if word != UNKNOWN)
