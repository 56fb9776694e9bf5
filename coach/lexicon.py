"""Word classes and phrase patterns, read from data: the engine under `coach.intents`.

A class is a set of phrases ("{leg}": leg, thigh, calf ...). A pattern is a row of words that may hold classes,
``[optional words]``, ``one/or/other`` and ``..``, a gap of up to four words that never jumps over a negation or the
end of a clause. Everything is matched on the word list that `coach.wording` makes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product

GAP = ".."
GAP_WORDS = 4
EDGES = frozenset({"|", ","})
UNKNOWN = "unknown"
"""The class of the words that nothing else is known about, where a pattern has a place for one."""


@dataclass(frozen=True, slots=True)
class Match:
    """Words ``start`` to ``end`` (exclusive) fit a pattern of ``rule``."""

    rule: str
    start: int
    end: int


def listed(text: str) -> list[str]:
    """The phrases of one comma-separated list, as the data file writes them."""
    return [" ".join(part.split()) for part in text.split(",") if part.strip()]


class Lexicon:
    """Which phrases belong to which classes; a class may name another one as ``{name}``."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes: dict[tuple[str, ...], set[str]] = {}
        self._lists = {name: listed(text) for name, text in classes.items()}
        for name in self._lists:
            for phrase in self.phrases(name):
                self._classes.setdefault(tuple(phrase.split()), set()).add(name)
        self._longest = max((len(phrase) for phrase in self._classes), default=0)
        self.words = frozenset(word for phrase in self._classes for word in phrase)
        self.unknown: Callable[[str], bool] = lambda word: False
        """Which single words belong to the class `UNKNOWN`; set once all other words are known."""

    def phrases(self, name: str) -> Iterator[str]:
        """The phrases of a class and of those it takes in. KeyError where there is no such class."""
        if name not in self._lists:
            raise KeyError(f"no word class {{{name}}}")
        for phrase in self._lists[name]:
            if phrase.startswith("{"):
                yield from self.phrases(phrase[1:-1])
            else:
                yield phrase

    def __contains__(self, name: str) -> bool:
        return name in self._lists or name == UNKNOWN

    def tag(self, words: Sequence[str]) -> Tagged:
        """Find every phrase of every class in the words."""
        row = tuple(words)
        ends: list[dict[str, list[int]]] = []
        for start in range(len(row)):
            here: dict[str, list[int]] = {}
            for end in range(start + 1, min(start + self._longest, len(row)) + 1):
                for name in self._classes.get(row[start:end], ()):
                    here.setdefault(name, []).insert(0, end)
            if self.unknown(row[start]):
                here[UNKNOWN] = [start + 1]
            ends.append(here)
        return Tagged(row, tuple(ends))


@dataclass(frozen=True, slots=True)
class Tagged:
    """Words with the class phrases found in them."""

    words: tuple[str, ...]
    ends: tuple[Mapping[str, Sequence[int]], ...] = ()
    """For each word, the classes of which a phrase begins there, with the ends (exclusive), longest first."""

    def spans(self, name: str) -> list[tuple[int, int]]:
        """Where the class occurs, the longest phrase at each place."""
        return [(start, here[name][0]) for start, here in enumerate(self.ends) if name in here]

    def has(self, name: str, start: int = 0, end: int | None = None) -> bool:
        """Whether a phrase of the class lies within words ``start`` to ``end``."""
        stop = len(self.words) if end is None else end
        return any(here[name][-1] <= stop for here in self.ends[start:stop] if name in here)

    def end_of(self, name: str, index: int) -> int | None:
        """Where the longest phrase of the class that begins at this word ends."""
        found = self.ends[index].get(name) if 0 <= index < len(self.ends) else None
        return found[0] if found else None

    def text(self, start: int, end: int) -> str:
        """The words from ``start`` to ``end`` as people write them."""
        return " ".join(word for word in self.words[start:end] if word not in EDGES).replace(" '", "'")


class Patterns:
    """Patterns by rule, looked up by their first element."""

    def __init__(self, rules: Mapping[str, Iterable[str]], lexicon: Lexicon, barriers: str) -> None:
        self._barriers = barriers
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        elements: set[str] = {GAP}
        for rule, texts in rules.items():
            rows = {row for text in texts for row in expanded(text)}
            elements.update(*rows)
            for row in rows:
                self._by_first.setdefault(row[0], []).append((row, rule))
        for element in elements:
            if element.startswith("{") and element[1:-1] not in lexicon:
                raise KeyError(f"a pattern names {element}, which is no word class")
        self.words = frozenset(element for element in elements if element != GAP and not element.startswith("{"))

    def find(self, tagged: Tagged, starts: Iterable[int] | None = None) -> list[Match]:
        """Every place where a pattern fits, each rule and start once, with its longest end."""
        there = {GAP, *tagged.words, *("{" + name + "}" for here in tagged.ends for name in here)}
        found: dict[tuple[str, int], int] = {}
        for start in range(len(tagged.words)) if starts is None else starts:
            heads = [tagged.words[start], *("{" + name + "}" for name in tagged.ends[start])]
            for head in heads:
                for row, rule in self._by_first.get(head, ()):
                    end = self._fit(row, 0, start, tagged) if there.issuperset(row) else None
                    if end is not None:
                        found[rule, start] = max(end, found.get((rule, start), 0))
        return [Match(rule, start, end) for (rule, start), end in found.items()]

    def whole(self, tagged: Tagged) -> list[Match]:
        """The patterns that fit all the words."""
        found = self.find(tagged, range(min(1, len(tagged.words))))
        return [match for match in found if match.end == len(tagged.words)]

    def _fit(self, row: tuple[str, ...], element: int, at: int, tagged: Tagged) -> int | None:
        if element == len(row):
            return at
        wanted = row[element]
        if wanted == GAP:
            for skipped in range(GAP_WORDS + 1):
                end = self._fit(row, element + 1, at + skipped, tagged)
                if end is not None:
                    return end
                if at + skipped >= len(tagged.words) or self._barred(at + skipped, tagged):
                    return None
            return None
        if at >= len(tagged.words):
            return None
        if wanted.startswith("{"):
            for end in tagged.ends[at].get(wanted[1:-1], ()):
                fitted = self._fit(row, element + 1, end, tagged)
                if fitted is not None:
                    return fitted
            return None
        return self._fit(row, element + 1, at + 1, tagged) if tagged.words[at] == wanted else None

    def _barred(self, index: int, tagged: Tagged) -> bool:
        return tagged.words[index] in EDGES or self._barriers in tagged.ends[index]


def expanded(text: str) -> list[tuple[str, ...]]:
    """A pattern as plain rows: each ``[optional]`` part in and out, each ``a/b`` once with a and once with b."""
    if "[" not in text and "/" not in text:
        return [tuple(text.split())]
    spaced = text.replace("[", " [ ").replace("]", " ] ")
    parts: list[list[tuple[str, ...]]] = []
    optional: list[tuple[str, ...]] | None = None
    for piece in spaced.split():
        if piece == "[":
            optional = [()]
        elif piece == "]":
            parts.append([(), *(optional or [])])
            optional = None
        else:
            choices = [(choice,) for choice in piece.split("/")]
            if optional is None:
                parts.append(list(choices))
            else:
                optional = [head + tail for head in optional for tail in choices]
    return [row for row in (tuple(chain.from_iterable(choice)) for choice in product(*parts)) if row]
