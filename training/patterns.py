"""Sentences from patterns of our own with lists of words: ``symptoms.toml`` and ``talk.toml``."""

from __future__ import annotations

import random
import re
import tomllib
from pathlib import Path

from training.texts import joined, plain

FOLDER = Path(__file__).parent
_LONGEST = 16
"""Words. Whoever says more takes breath in between."""


class Patterns:
    """Makes sentences from one file, the same ones for the same seed."""

    def __init__(self, name: str, seed: int) -> None:
        data = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
        self._random = random.Random(seed)
        self._lists = {
            name: [" ".join(phrase.split()) for phrase in text.split(",")] for name, text in data["lists"].items()
        }
        self._patterns = data["patterns"].strip().splitlines()

    def sentence(self) -> str:
        """One sentence, in small letters, without marks."""
        while True:
            words = plain(self._filled(self._random.choice(self._patterns)))
            if words and len(words.split()) <= _LONGEST:
                return joined(words, self._random)

    def phrases(self) -> list[str]:
        """Everything on the lists, filled once, so that no word is left out by chance."""
        rows = (plain(self._filled(phrase)) for phrases in self._lists.values() for phrase in phrases)
        return [row for row in rows if row]

    def _filled(self, pattern: str) -> str:
        while "{" in pattern:
            pattern = re.sub(r"\{(\w+)\}", lambda hole: self._random.choice(self._lists[hole[1]]), pattern)
        return pattern
