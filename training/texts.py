"""What people say to a coach, made from the very words that the coach understands, and what else they say.

The sentences are spoken by synthesis and teach the language model. They are made from ``coach/words.toml`` and
``coach/safety.toml``, the tables of ``tests/phrases``, patterns of our own, and the transcripts of licensed recordings.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from training.places import ROOT

NUMBERS = ("zero", "nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_JOINED = (
    ("i am", "i'm"), ("i have", "i've"), ("it is", "it's"), ("that is", "that's"), ("there is", "there's"),
    ("can not", "can't"), ("could not", "couldn't"), ("do not", "don't"), ("does not", "doesn't"),
    ("did not", "didn't"), ("will not", "won't"), ("is not", "isn't"), ("was not", "wasn't"),
    ("have not", "haven't"), ("has not", "hasn't"), ("would not", "wouldn't"), ("i will", "i'll"), ("i would", "i'd"),
)  # fmt: skip
_WHEN = (
    "", "", "", "", "when i move", "when i bend", "when i lift it", "when i walk", "when i stand up",
    "when i sit down", "when i breathe in", "when i do that", "when i turn over", "at night", "today", "now", "again",
    "since yesterday", "this morning", "all the time", "every time",
)  # fmt: skip
_PAIN = (
    "my {side?} {body} hurts {very_after?} {when}", "my {side?} {body} is {very?} {pain_adj} {when}",
    "{it} hurts {very_after?} {when}", "{it} is {very?} {pain_adj} {when}",
    "i have {a?} {quality} pain in my {side?} {body} {when}",
    "there is {a?} {quality} {pain_noun} in my {side?} {body} {when}", "i feel {a?} {quality} pain {when}",
    "i have {very?} {bad} {pain_noun} in my {side?} {body}", "i have {pain_noun} in my {side?} {body} {when}",
    "the pain in my {side?} {body} is {very?} {bad} {when}", "the pain is {agony}", "{agony} pain {when}",
    "severe pain", "severe pain in my {side?} {body}", "i am in {agony}", "i am in {very?} {bad} pain",
    "{quality} pain", "my {side?} {body} is {more_pain}", "it is {more_pain} {when}", "the pain is {more_pain}",
    "it is getting worse {when}", "my {side?} {body} has gone {numb}", "my {side?} {body} feels {very?} {numb}",
    "my {side?} {body} feels {weak_leg}", "i can not feel my {side?} {body}", "i can not move my {side?} {body}",
    "i have pins and needles in my {side?} {body}", "the pain {moves} down my {side?} {leg}",
    "it {moves} into my {side?} {foot}", "my {side?} {body} aches {very_after?} {when}",
    "i feel {very?} dizzy {when}", "i feel {very?} sick", "i feel {very?} faint", "i can not breathe",
    "it is hard to breathe", "my {side?} {body} is {wrecked}", "my {side?} {body} is killing me",
    "it feels {very?} {bad}", "that is {very?} {bad}", "i have {a?} {bad} feeling in my {side?} {body}",
    "{very?} {pain_adj}", "i am {very?} sore {when}", "too much pain", "{weak} {pain_adj}", "it is {weak} {pain_adj}",
    "only {a?} {mild} {pain_noun}", "no pain", "no pain at all", "a little pain in my {side?} {body}",
    "it is {discomfort}", "i feel {a?} {stretch} in my {body}", "it feels {stretch}",
    "i have a {pain_noun} in my {side?} {body} {when}", "my {body} and my {body} hurt {very_after?}",
    "it is {manageable}", "i think i have {injured} my {side?} {body}", "something went {goes} in my {body}",
    "i felt it {goes}", "my {chest} hurts", "i have chest pain", "the pain has gone", "the pain is better",
    "it is easing off", "i can not {endure} it",
)  # fmt: skip
_SCORES = (
    "{n}", "{n}", "{n}", "{n} out of ten", "about {a?} {n}", "it is {a?} {n}", "a {n}", "{n} or {n}",
    "between {n} and {n}", "maybe {a?} {n}", "{n} and a half", "i would say {a?} {n}", "around {n}",
    "the pain is {a?} {n}", "{n} i think", "{n} now",
)  # fmt: skip
_WHO = (
    "the cat", "the dog", "my sister", "my brother", "the neighbour", "your friend", "the postman", "she",
    "he", "somebody", "the baby", "my mother",
)  # fmt: skip
_HOUSE = (
    "turn {on} the {thing} please", "what time is it", "is the {thing} still {on}", "{who} is at the door",
    "can you hear the {thing}", "put the {thing} on the table", "where did you put the {thing}",
    "dinner will be ready in {n} minutes", "i'll be there in a minute", "{who} said that the {thing} was broken",
    "have you seen my {thing}", "it is going to rain tomorrow", "shut the {thing} will you",
    "who left the {thing} {on}", "we need to buy more {thing}", "{who} went to the shop for some {thing}",
    "the {thing} costs {n} euro", "set an alarm for {n} o'clock", "play some music",
    "what's on the television tonight", "make the {thing} warmer", "call {who} later",
    "i'm reading about the {thing}", "come and look at the {thing}", "the news is on at {n}", "did {who} ring",
    "good morning how are you", "thank you very much", "see you later", "i like that {thing}",
    "don't forget the {thing}", "the weather is lovely today", "{who} is coming over at {n}",
    "there's someone outside", "what do you want for dinner", "the bus leaves at {n}", "mind the {thing}",
)  # fmt: skip
_THINGS = (
    "light", "lights", "kettle", "door", "window", "radio", "television", "heating", "oven", "milk", "bread", "tea",
    "coffee", "newspaper", "car", "keys", "phone", "book", "bag", "garden", "washing", "kitchen", "bedroom", "curtains",
    "dishes", "music", "computer", "chair", "bottle", "paper", "letter", "bill", "bus", "train", "weather",
)  # fmt: skip

_RARE, _EVENNESS = 0.3, 0.6
"""A word that the phrase tables never use counts as said so often; the smaller the power, the more alike all are."""
_OFTEN_ENOUGH = 20

_HOLES: Mapping[str, Sequence[str]] = {
    "when": _WHEN,
    "n": NUMBERS,
    "a": ("a",),
    "it": ("it", "that", "this"),
    "who": _WHO,
    "thing": _THINGS,
    "on": ("on", "off"),
}
"""What the patterns above leave open, besides the word classes of the coach."""


class Texts:
    """Makes sentences, the same ones for the same seed."""

    def __init__(self, words: Mapping[str, Any], safety: Mapping[str, Any], spoken: Sequence[str], seed: int) -> None:
        self._random = random.Random(seed)
        self._lists = {name: _listed(text) for name, text in words["class"].items()}
        self._signs = [says for sign in words["sign"] for says in [*sign["says"], *sign.get("whole", ())]]
        self._commands = [command["whole"] for command in words["command"]]
        self._within = [says for command in words["command"] for says in command.get("within", ())]
        self._answers = list(words["answer"].values())
        self._polite = [_listed(words["polite"][side]) for side in ("before", "after")]
        self._spoken = list(spoken)
        self._said_often = Counter(word for line in spoken for word in line.split())
        self._weights: dict[str, float] = {}
        self._asked = [*safety["questions"].values(), *(sign["question"] for sign in safety["warning_sign"])]

    def report(self) -> str:
        """A complaint, a relief or a warning sign."""
        kind = self._random.random()
        if kind < 0.6:
            return self._said(self._filled(self._random.choice(_PAIN)))
        if kind < 0.8 and self._spoken:
            return self._said(self._random.choice(self._spoken))
        return self._said(self._unfolded(self._random.choice(self._signs)))

    def command(self) -> str:
        """Something asked of the coach, now and then politely."""
        chosen = self._random.choice(self._random.choice(self._commands))
        if self._random.random() < 0.15 and self._within:
            chosen = self._random.choice(self._within)
        text = self._unfolded(chosen)
        before, after = (self._random.choice(side) if self._random.random() < 0.12 else "" for side in self._polite)
        return self._said(f"{before} {text} {after}")

    def score(self) -> str:
        """A number from nought to ten, as an answer."""
        return self._said(self._filled(self._random.choice(_SCORES)))

    def answer(self) -> str:
        """An answer to one of the coach's questions."""
        return self._said(self._unfolded(self._random.choice(self._random.choice(self._answers))))

    def household(self) -> str:
        """Something that is not for the coach."""
        return self._said(self._filled(self._random.choice(_HOUSE)))

    def listed(self) -> list[str]:
        """Everything that the data file lists, so that no word that the coach knows is left out by chance."""
        patterns = [*self._signs, *self._within, *(whole for command in self._commands for whole in command)]
        patterns += [answer for answers in self._answers for answer in answers]
        rows = [choice for pattern in patterns for choice in _choices(pattern)]
        rows += [phrase for phrases in self._lists.values() for phrase in phrases if not phrase.startswith("{")]
        return [row for row in (plain(row) for row in [*rows, *self._asked]) if row]

    def _filled(self, pattern: str) -> str:
        return re.sub(r"\{(\w+)(\??)\}", lambda hole: self._hole(hole[1], bool(hole[2])), pattern)

    def _hole(self, name: str, optional: bool) -> str:
        if optional and self._random.random() < 0.5:
            return ""
        return self._random.choice(_HOLES[name]) if name in _HOLES else self._phrase(name)

    def _phrase(self, name: str) -> str:
        if name not in self._lists:  # a class that isn't a list of words, such as words that nobody knows
            return ""
        chosen = self._one(self._lists[name])
        return self._phrase(chosen[1:-1]) if chosen.startswith("{") else chosen

    def _unfolded(self, pattern: str) -> str:
        """One of the rows of words that a pattern of the data file stands for."""
        text = re.sub(r"\[([^\]]*)\]", lambda part: part[1] if self._random.random() < 0.5 else "", pattern)
        text = " ".join(self._one(word.split("/")) if "/" in word else word for word in text.split())
        text = re.sub(r"\{(\w+)\}", lambda hole: self._phrase(hole[1]), text)
        text = text.replace(
            "..", self._random.choice(("", "", "in my", "is", "the", "my", "really", "of the", "in the"))
        )
        if text.startswith("not "):  # the patterns begin at the denial, people don't
            text = self._random.choice(("i can ", "i do ", "i have ", "i could ")) + text
        return text

    def _one(self, phrases: Sequence[str]) -> str:
        """One of these, the ordinary ones more often: what nobody says should not be what is heard."""
        return self._random.choices(phrases, [self._weight(phrase) for phrase in phrases])[0]

    def _weight(self, phrase: str) -> float:
        if phrase not in self._weights:
            rarest = min((self._said_often[word] for word in plain(phrase).split()), default=_OFTEN_ENOUGH)
            self._weights[phrase] = 1.0 if phrase.startswith("{") else (rarest + _RARE) ** _EVENNESS
        return self._weights[phrase]

    def _said(self, text: str) -> str:
        return joined(plain(text), self._random)


def joined(words: str, chance: random.Random) -> str:
    """Most of what is written apart said in one: ``i am`` becomes ``i'm``."""
    for apart, together in _JOINED:
        if chance.random() < 0.8:
            words = re.sub(rf"\b{apart}\b", together, words)
    return words


def plain(text: str) -> str:
    """Small letters, no marks but apostrophes inside words: ``my back 's bad!`` becomes ``my back's bad``."""
    text = (
        text.lower()
        .replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
        .replace(" 's", "'s")
        .replace(" 'd", "'d")
        .replace("-", " ")
    )
    words = (word.strip("'") for word in re.findall(r"[a-z']+", text))
    return " ".join(word for word in words if word)


def spoken_lines(folder: Path) -> list[str]:
    """The words of the phrase tables of the tests: ``action ... | words``."""
    lines = [line for file in sorted(folder.glob("*.txt")) for line in file.read_text(encoding="utf-8").splitlines()]
    said = [line.rsplit("|", 1)[1] for line in lines if "|" in line and not line.startswith("#")]
    return [plain(line) for line in said if not re.search(r"\d|\[", line)]


def made(seed: int) -> Texts:
    """The sentences of this project's own data."""
    read: Callable[[str], Any] = lambda name: tomllib.loads((ROOT / "coach" / name).read_text(encoding="utf-8"))  # noqa: E731
    return Texts(read("words.toml"), read("safety.toml"), spoken_lines(ROOT / "tests" / "phrases"), seed)


def _choices(pattern: str) -> list[str]:
    """The words of a pattern, one row for each of the words of which one may be said."""
    parts = [word.strip("[]").split("/") for word in re.sub(r"\{\w+\}", "", pattern).split() if word != ".."]
    return [
        " ".join(part[min(number, len(part) - 1)].strip("[]") for part in parts)
        for number in range(max(map(len, parts), default=0))
    ]


def _listed(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split(",") if part.strip()]
