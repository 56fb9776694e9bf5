"""Who and what is in the simulated room: people's phrases, television, household noise, measured rooms.

Recordings are those of a folder with a manifest (see ``recordings``); beside them, and where there are none, free
synthesisers speak, in voices that the coach's own model has never heard.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.acoustics import RATE_HZ, Sound, from_direct, spoken_rms, spoken_span
from bench.recordings import NOISES, manifest, read
from bench.spoken import VOICES, speak
from coach.errors import CoachError

PHRASES = ("stop", "severe pain")
NEWS = (
    "Good evening. Here is what happened in the country today.",
    "The minister said that the new railway line will open in the spring, two years later than planned.",
    "Prices in the shops rose by three in the hundred over the year, a little less than most people had expected.",
    "In the north it will rain until the morning, with strong winds on the coast and some sun in the afternoon.",
    "The home side won by two goals to one, after a long second half in which both teams had their chances.",
    "A museum in the old harbour has been given a painting that nobody had seen for eighty years.",
    "The council wants fewer cars in the centre, and more room for people who walk or ride a bicycle.",
    "Farmers are worried about the dry summer, and ask for help with the cost of water.",
    "You can see the whole programme again tomorrow night, at half past nine.",
    "What would you do with a garden like this one? Our next guest has a few ideas, and a very large spade.",
    "Put the onions in the pan, turn the heat down, and leave them until they are soft and golden.",
    "She opened the letter, read it twice, and went out without a word to anybody.",
)
"""What a television might say; written for this, and nothing of it is for the coach."""
PAUSE_S = 0.6
EDGE_S = 0.02
"""What an utterance has before its first sound and after its last."""
LONGEST_WORD_S = 0.95
"""Where a single word seems to take longer, its recording is too noisy to tell when it begins."""
WORD_GAP_S = 0.15
"""Within a word no silence is longer, such as that before the p of "stop"."""
_KEPT = round(EDGE_S * RATE_HZ)


@dataclass(frozen=True)
class Utterance:
    """Something that somebody says, from its first sound to its last."""

    text: str
    speaker: str
    sound: Sound
    """16 kHz, dry or nearly so, at any level."""
    is_recorded: bool = False


class People:
    """Everything that can sound in the room besides the coach."""

    def __init__(self, folder: Path | None, cache: Path, voices: Sequence[str] = VOICES) -> None:
        """``folder`` of recordings, if there is one; ``cache`` keeps what was synthesised. Raises CoachError."""
        self._folder, self._cache = folder, cache
        self._rows: list[dict[str, str]] = manifest(folder) if folder else []
        self._saying: dict[tuple[str, ...], list[Utterance]] = {}
        self._voices = voices if shutil.which("espeak-ng") else [v for v in voices if not v.startswith("espeak")]

    def saying(self, texts: Sequence[str] = PHRASES) -> list[Utterance]:
        """All who say one of the phrases: recordings, and each voice for each phrase."""
        known = self._saying.get(tuple(texts))
        if known:
            return known
        recorded = [
            Utterance(row["text"].lower(), row.get("speaker", "") or row["path"], sound, True)
            for row in self._rows
            if row["text"].lower().strip() in texts and row["kind"] not in NOISES
            for sound in [_trimmed(self._read(row["path"]), row["text"])]
            if 0 < len(sound) < LONGEST_WORD_S * RATE_HZ or (len(row["text"].split()) > 1 and len(sound))
        ]
        synthesised = [self.spoken(text, voice) for text in texts for voice in self._voices]
        self._saying[tuple(texts)] = recorded + synthesised
        return recorded + synthesised

    def spoken(self, text: str, voice: str) -> Utterance:
        """A text by a synthesiser, "espeak:NAME" or "flite:NAME". Raises CoachError where that is missing."""
        name = hashlib.sha256(f"{voice}\0{text}".encode()).hexdigest()[:24]
        path = self._cache / "spoken" / f"{name}.wav"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}.part")
            speak(text, voice, part)
            part.replace(path)
        return Utterance(text, voice, _trimmed(read(path)))

    def television(self, chance: np.random.Generator, seconds: float) -> Sound:
        """People and voices who talk one after another about other things; unit spoken level."""
        others = [row["path"] for row in self._rows if row["kind"] in ("negative_sentence", "negative_phrase")]
        pieces: list[Sound] = []
        while sum(map(len, pieces)) < seconds * RATE_HZ:
            if others and (chance.random() < 0.5 or not self._voices):
                piece = _trimmed(self._read(others[chance.integers(len(others))]))
            elif self._voices:
                line = NEWS[chance.integers(len(NEWS))]
                piece = self.spoken(line, self._voices[chance.integers(len(self._voices))]).sound
            else:
                raise CoachError("There is nobody to talk: no recordings, and no espeak-ng.")
            pause = np.zeros(round(PAUSE_S * chance.random() * RATE_HZ), np.float32)
            pieces += [piece / np.float32(max(spoken_rms(piece), 1e-6)), pause]
        return np.concatenate(pieces)[: round(seconds * RATE_HZ)]

    def household(self, chance: np.random.Generator, seconds: float) -> tuple[str, Sound]:
        """One noise of a house, over and over, and its name; unit spoken level. Raises CoachError without any."""
        noises = [row for row in self._rows if row["kind"] in NOISES]
        if not noises:
            raise CoachError("There are no recordings of noises: name a folder with --corpus.")
        row = noises[chance.integers(len(noises))]
        sound = self._read(row["path"])
        sound = np.resize(np.roll(sound, -int(chance.integers(len(sound)))), round(seconds * RATE_HZ))
        return row["text"] or Path(row["path"]).stem, sound / np.float32(max(spoken_rms(sound), 1e-6))

    def rooms(self) -> list[Sound]:
        """The measured responses, each from its direct sound on."""
        return [from_direct(self._read(row["path"])) for row in self._rows if row["kind"] == "rir"]

    def _read(self, path: str) -> Sound:
        assert self._folder is not None
        sound: Sound = read(self._folder / path)
        return sound


def described(utterances: Sequence[Utterance]) -> str:
    """How many of them were recorded, by text."""
    texts: Mapping[str, list[Utterance]] = {
        text: [one for one in utterances if one.text == text] for text in {one.text for one in utterances}
    }
    counts = {text: (sum(one.is_recorded for one in ones), len(ones)) for text, ones in sorted(texts.items())}
    return ", ".join(
        f"{text!r}: {recorded} recorded, {all_ - recorded} synthesised" for text, (recorded, all_) in counts.items()
    )


def _trimmed(sound: Sound, text: str = "") -> Sound:
    """From the first to the last sound of it, with edges of 20 ms; of a single word no clicks before or after it."""
    below_db, gap_s = (20.0, WORD_GAP_S) if len(text.split()) == 1 else (25.0, float("inf"))
    first, last = spoken_span(sound, below_db, gap_s)
    kept = sound[max(0, first - _KEPT) : last + _KEPT].copy()
    if len(kept) > 2 * _KEPT:
        edge = np.linspace(0, 1, _KEPT, dtype=np.float32)
        kept[:_KEPT] *= edge
        kept[-_KEPT:] *= edge[::-1]
    return kept
