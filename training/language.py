"""Which words the model knows, and which follow which: what is said to the coach, with other English behind."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from training.lexicon import Pronunciations, lexicon
from training.places import ROOT
from training.recordings import transcripts
from training.synthesis import KEY_PHRASES
from training.texts import NUMBERS, made

SENTENCES = 90_000
SHARES = {"report": 42, "command": 20, "score": 13, "answer": 12, "household": 5, "key": 16}
_KEY = (*KEY_PHRASES, *NUMBERS, *NUMBERS, "yes", "no", "go", "stop")
"""What is said more often than all else, mostly by itself."""
GENERAL_WORDS = 2_600
"""Of the commonest words of other English, so many."""
BEGIN, END, UNKNOWN = "<s>", "</s>", "[unk]"
_DISCOUNT = 0.6
_LEAST = {2: 1, 3: 3}
"""Rarer pairs and threes of words are left to what stands behind them."""


@dataclass(frozen=True, slots=True)
class Language:
    """A back-off model: the chance of a word after a history, and of going on to the shorter history."""

    chances: Mapping[tuple[str, ...], Mapping[str, float]]
    """By history of none to two words. `END` is a word; unknown words stand as `UNKNOWN`."""
    behind: Mapping[tuple[str, ...], float]

    def chance(self, history: Sequence[str], word: str) -> float:
        """Of one word after others."""
        past = tuple(history[-2:])
        factor = 1.0
        while word not in self.chances.get(past, {}):
            if not past:
                return 0.0
            factor *= self.behind.get(past, 1.0)
            past = past[1:]
        return factor * self.chances[past][word]


def vocabulary(known: Pronunciations, others_count: int = 6) -> tuple[Pronunciations, list[list[str]]]:
    """The words with their pronunciations, and the sentences to count, other English so many times among them."""
    spelling = tomllib.loads((ROOT / "coach" / "words.toml").read_text(encoding="utf-8"))["spelling"]
    ours = [_spelt(text.split(), spelling, known) for text in _ours()]
    counts = Counter(word for sentence in ours for word in sentence)
    words = {word for word, count in counts.items() if word in known or count > 3}
    said = lexicon(words, known)
    sounds = {way for ways in said.values() for way in ways}
    others = [text.split() for text in transcripts()]
    common = Counter(word for sentence in others for word in sentence if word in known and word not in said)
    # A word that sounds just like one of ours would only take its place.
    chosen = [word for word, _ in common.most_common(2 * GENERAL_WORDS) if not set(known[word]) <= sounds][
        :GENERAL_WORDS
    ]
    said |= lexicon(chosen, known)
    sentences = ours + others * others_count
    return said, [[word if word in said else UNKNOWN for word in sentence] for sentence in sentences]


def trigram(sentences: Iterable[Sequence[str]]) -> Language:
    """Count and smooth (absolute discounting, interpolated)."""
    counts: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        row = [BEGIN, *sentence, END]
        for at in range(1, len(row)):
            for length in range(min(2, at) + 1):
                counts[tuple(row[at - length : at])][row[at]] += 1
    whole = sum(counts[()].values())
    size = len(counts[()])
    chances: dict[tuple[str, ...], dict[str, float]] = {
        (): {word: (n + 0.2) / (whole + 0.2 * size) for word, n in counts[()].items()}
    }
    behind: dict[tuple[str, ...], float] = {}
    for length in (1, 2):
        for past in [past for past in counts if len(past) == length]:
            kept = {word: n for word, n in counts[past].items() if n >= _LEAST[length + 1]}
            total = sum(counts[past].values())
            if not kept or (length == 2 and past[1:] not in chances):
                continue
            left = 1 - sum(n - _DISCOUNT for n in kept.values()) / total
            so_far = Language(chances, behind)
            chances[past] = {
                word: (n - _DISCOUNT) / total + left * so_far.chance(past[1:], word) for word, n in kept.items()
            }
            behind[past] = left
    return Language(chances, behind)


def _ours() -> list[str]:
    texts = made(seed=7)
    makers = {
        "report": texts.report,
        "command": texts.command,
        "score": texts.score,
        "answer": texts.answer,
        "household": texts.household,
    }
    sentences: list[str] = []
    for name, share in SHARES.items():
        count = SENTENCES * share // sum(SHARES.values())
        if name == "key":
            sentences += [_KEY[number % len(_KEY)] for number in range(count)]
        else:
            sentences += [makers[name]() for _ in range(count)]
    return [sentence for sentence in sentences if sentence and "unk" not in sentence.split()]


def _spelt(words: Sequence[str], spelling: Mapping[str, str], known: Pronunciations) -> list[str]:
    """Typing errors and dialect that no dictionary has, as they are meant."""
    row = (spelling[word].replace(" 's", "'s") if word not in known and word in spelling else word for word in words)
    return " ".join(row).split()
