"""What the coach knows of words, read once from ``words.toml`` and made ready to match."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from coach.lexicon import EDGES, Lexicon, Patterns, Tagged, listed
from coach.numbers import WORDS as NUMBER_WORDS
from coach.wording import plain_words, replaced

_STRONG = ("harm", "quality", "brute", "dire")
"""Word classes that count where a guess has a place for a bad word, as words on no list do."""
RED = frozenset({"gp", "urgent", "emergency"})
"""The actions that name help."""
_ASKING = frozenset({"you", "your", "or", "nought"})
_MINE = ("me", "ma", "mi", "mah")
"""Said for "my", before a part of the body."""
_PAIN = ("pin", "pen", "spain", "bane", "pan")
"""What a recogniser makes of "pain", after a strong word."""
_HURTS = ("hearts", "heard", "heart", "herds")
"""What a recogniser makes of "hurts", after a part of the body."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A row of ways to say one thing, and what it leads to."""

    name: str
    action: str
    denied: str = "continue"
    """What it leads to when it is denied ("not killing me")."""
    past: bool = False
    """Whether it still counts when it is said to be over."""
    loose: bool = False
    """Whether the words are common enough to need something that ties them to the person."""
    stop_word: bool = False
    """Whether it only says to end, without a sign of pain."""
    guess: bool = False
    """Whether it takes an unknown word for a bad one where it stands, and counts only if nothing else is understood."""


class Knowledge:
    """The data file, ready to match. KeyError where it names a word class that is not there."""

    def __init__(self, data: Mapping[str, Any], safety: Mapping[str, Any]) -> None:
        self.lexicon = Lexicon(data["class"])
        self.ease_from: int = safety["thresholds"]["ease_from"]
        self.stop_from: int = safety["thresholds"]["stop_from"]
        self.small = {name: frozenset(listed(text)) for name, text in data["small"].items()}
        self.signs = {sign["name"]: _sign(sign) for sign in data["sign"]}
        self.says = self._patterns({sign["name"]: sign["says"] for sign in data["sign"]})
        self.says_whole = self._patterns({sign["name"]: sign.get("whole", ()) for sign in data["sign"]})
        self.whole = self._patterns({command["action"]: command["whole"] for command in data["command"]})
        self.within = self._patterns({command["action"]: command.get("within", ()) for command in data["command"]})
        self.answers = {name: self._patterns({name: says}) for name, says in data["answer"].items()}
        self.listed = {name: tuple(listed(text)) for name, text in data["listed"].items()}
        self.before = {tuple(text.split()) for text in listed(data["polite"]["before"])}
        self.after = {tuple(text.split()) for text in listed(data["polite"]["after"])}
        self._set_aside = self._patterns({"set aside": data["set_aside"]["says"]})
        self._spelling: Mapping[str, str] = data["spelling"]
        self._mishearing = self._near_misses(data["mishearing"])
        self._longest = max(map(len, self._mishearing), default=1)
        self._typos = listed(data["typos"]["mend"])
        said = self.lexicon.words | self.says.words | self.says_whole.words
        self._known = self.small["plain"] | said | NUMBER_WORDS.keys()
        self._spelt_right = self._known | self.whole.words | self.within.words | self._set_aside.words
        self._harmless = self._spelt_right | self.small["harmless"]
        self._with_degree = self._known | self.small["sizing"] | self.small["no_size"]
        self._strong = {word for name in _STRONG for word in self.lexicon.phrases(name)} - self.small["harmless"]
        self._strong -= self.small["plain"]
        self.lexicon.unknown = self._may_be_bad
        questions = [*safety["questions"].values(), *(sign["question"] for sign in safety["warning_sign"])]
        self._own_lines = {part for question in questions for part in _parts(self._words(question))}

    def _patterns(self, rules: Mapping[str, Iterable[str]]) -> Patterns:
        return Patterns(rules, self.lexicon, "not")

    def _near_misses(self, data: Mapping[str, str]) -> dict[tuple[str, ...], tuple[str, ...]]:
        misses = {tuple(heard.split()): tuple(meant.split()) for heard, meant in data.items()}
        for place in [*self.lexicon.phrases("body"), *self.lexicon.phrases("private")]:
            row = tuple(place.split())
            misses.update({(mine, *row): ("my", *row) for mine in _MINE})
            misses.update({(*row, heard): (*row, "hurts") for heard in _HURTS})
            misses.update({(*row, verb, "week"): (*row, verb, "weak") for verb in ("is", "'s", "are", "feels", "feel")})
            misses.update({(*row, verb, "saw"): (*row, verb, "sore") for verb in ("is", "'s", "are", "feels")})
        for strong in [*self.lexicon.phrases("agony"), *self.lexicon.phrases("quality"), *self.lexicon.phrases("dire")]:
            misses.update({(*strong.split(), heard): (*strong.split(), "pain") for heard in _PAIN})
        for limb in self.lexicon.phrases("limb"):
            misses["week", *limb.split()] = ("weak", *limb.split())
        return misses

    def _words(self, text: str) -> list[str]:
        words = plain_words(text, self._spelling, self._spelt_right, self._typos)
        return replaced(words, self._mishearing, self._longest)

    def tag(self, text: str) -> Tagged:
        """The words of a text with their classes; what only sounds like a report is set aside ("~")."""
        words = self._words(text)
        tagged = self.lexicon.tag(words)
        aside = self._set_aside.find(tagged)
        for match in aside:
            words[match.start : match.end] = ["~"] * (match.end - match.start)
        return self.lexicon.tag(words) if aside else tagged

    def is_own_line(self, tagged: Tagged) -> bool:
        """Whether the words are the coach's own question, or so much of it as an echo may bring back."""
        return tuple(word for word in tagged.words if word not in EDGES) in self._own_lines

    def _may_be_bad(self, word: str) -> bool:
        return word in self._strong or (word.isalpha() and word not in self._harmless and self.strange(word))

    def unknown_degree(self, word: str) -> bool:
        """Whether it is an adverb that the coach doesn't know, and so may mean "very": "obscenely sore"."""
        return word.endswith("ly") and word not in self._with_degree

    def strange(self, word: str) -> bool:
        """Whether the word has no place in talk about the body, pain or the exercise."""
        return not (word in self._known or word in EDGES or word == "~" or word.isdigit() or word.endswith("ly"))


def _sign(data: Mapping[str, Any]) -> Sign:
    return Sign(**{key: value for key, value in data.items() if key not in ("says", "whole")})


def _parts(words: Iterable[str]) -> Iterable[tuple[str, ...]]:
    """The openings of a question, every four words or more of it, and three where one shows that it is a question.

    Shorter parts are left to the person: "finished for today", "pins and needles" may be answers.
    """
    line = tuple(word for word in words if word not in EDGES)
    for start in range(len(line)):
        for end in range(start + 2, len(line) + 1):
            part = line[start:end]
            if start == 0 or len(part) > 3 or (len(part) == 3 and not _ASKING.isdisjoint(part)):
                yield part


def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files("coach").joinpath(name).read_text(encoding="utf-8"))


KNOW = Knowledge(_read("words.toml"), _read("safety.toml"))
"""The one knowledge of this process."""
