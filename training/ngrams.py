"""Which word follows which two: sentences of several kinds counted apart, smoothed, mixed, and thinned out."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Chances = dict[tuple[str, ...], dict[str, float]]
"""Of words, by what stands before them."""
BEGIN, END, UNKNOWN = "<s>", "</s>", "[unk]"
_FRESH = 0.1
"""How much a kind of sentence says about a pair of words that it hasn't, as a share of the second word's count."""


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


@dataclass(frozen=True, slots=True)
class Part:
    """Sentences of one kind, and what share of all words is of this kind."""

    name: str
    share: float
    sentences: Sequence[Sequence[str]]


class Counted:
    """The smoothed counts of one part (Kneser-Ney, interpolated)."""

    def __init__(self, part: Part) -> None:
        self.share = part.share
        self.seen: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        """How often which word stood after no word, one word, two words."""
        for sentence in part.sentences:
            row = [BEGIN, *sentence, END]
            for at in range(1, len(row)):
                for length in range(min(2, at) + 1):
                    self.seen[tuple(row[at - length : at])][row[at]] += 1
        self.total = sum(self.seen[()].values())
        self._often = {past: sum(after.values()) for past, after in self.seen.items()}
        self._after: dict[tuple[str, ...], Counter[str]] = {past: after for past, after in self.seen.items()}
        # What stands behind many different words is likelier behind a new one than what is always behind the same.
        for length in (1, 0):
            different: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
            for past, after in self.seen.items():
                if len(past) == length + 1:
                    different[past[1:]].update(after.keys())
            self._after |= {past: after for past, after in different.items() if past != (BEGIN,)}
        self._sums = {past: sum(after.values()) for past, after in self._after.items()}
        self._discounts = [0.0, self._discount(1), self._discount(2)]

    def weight(self, past: tuple[str, ...]) -> float:
        """The share of all text that is this part's and stands after these words."""
        often = self._often.get(past, 0.0)
        if len(past) == 2:
            often += _FRESH * self._often.get(past[1:], 0.0)
        return self.share * (often + _FRESH) / self.total

    def chance(self, past: tuple[str, ...], word: str) -> float:
        """Of a word after others, in this part alone."""
        after = self._after.get(past)
        if after is None:
            return self.chance(past[1:], word) if past else 0.0
        total, count = self._sums[past], after.get(word, 0)
        if not past:
            return count / total
        discount = self._discounts[len(past)]
        left = discount * len(after) / total
        return max(count - discount, 0.0) / total + left * self.chance(past[1:], word)

    def _discount(self, length: int) -> float:
        counts = Counter(n for past, after in self._after.items() if len(past) == length for n in after.values())
        return counts[1] / (counts[1] + 2 * counts[2]) if counts[1] and counts[2] else 0.5


def mixed(parts: Iterable[Part], least_gain: float) -> Language:
    """All parts as one model.

    How much a part counts after given words depends on how often it says those: what is common in one kind of
    sentence says little about the others. Pairs and threes that would gain less than ``least_gain`` (in nats for
    each word said) over what stands behind them are left out.
    """
    counted = [Counted(part) for part in parts if part.share > 0 and part.sentences]
    whole = sum(part.share for part in counted)
    seen: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for part in counted:
        for past, after in part.seen.items():
            seen[past].update(after)
    chances: Chances = {(): {word: _blended(counted, (), word) for word in sorted(seen[()])}}
    pairs: Chances = {past: _all_after(counted, past, words) for past, words in seen.items() if len(past) == 1}
    full = Language(chances | pairs, _left(chances, pairs))
    threes: Chances = {}
    for past, words in seen.items():
        if len(past) == 2:
            often = sum(part.weight(past) for part in counted) / whole
            kept = _worth(full, past, _all_after(counted, past, words), often, least_gain)
            if kept:
                threes[past] = kept
    needed = {(past[0], past[1]) for past in threes}
    kept_pairs: Chances = {}
    single = Language(chances, {})
    for past, likely in pairs.items():
        often = sum(part.weight(past) for part in counted) / whole
        worth = _worth(single, past, likely, often, least_gain)
        kept = {word: chance for word, chance in likely.items() if word in worth or (past[0], word) in needed}
        if kept or past == (BEGIN,):
            kept_pairs[past] = kept
    lower = chances | kept_pairs
    threes = {past: after for past, after in threes.items() if past[1:] in kept_pairs}
    behind = _left(chances, kept_pairs)
    behind |= _left(lower, threes, behind)
    return Language(lower | threes, behind)


def _blended(counted: Sequence[Counted], past: tuple[str, ...], word: str) -> float:
    weights = [part.weight(past) if past else part.share for part in counted]
    return sum(w * part.chance(past, word) for w, part in zip(weights, counted, strict=True)) / sum(weights)


def _all_after(counted: Sequence[Counted], past: tuple[str, ...], words: Iterable[str]) -> dict[str, float]:
    weights = [part.weight(past) for part in counted]
    whole = sum(weights)
    # Parts that hardly ever say this are not worth asking, one hundred thousand times.
    asked = [(w, part) for w, part in zip(weights, counted, strict=True) if w > 1e-4 * whole]
    whole = sum(w for w, _ in asked)
    chances = ((word, sum(w * part.chance(past, word) for w, part in asked) / whole) for word in sorted(words))
    return {word: chance for word, chance in chances if chance > 0}


def _worth(
    shorter: Language, past: tuple[str, ...], after: Mapping[str, float], often: float, least: float
) -> dict[str, float]:
    """Those words of which this history says enough more than the shorter one does."""
    behind = {word: shorter.chance(past[1:], word) for word in after}
    left = _share_left(after.values(), behind.values())
    return {
        word: chance
        for word, chance in after.items()
        if often * chance * abs(math.log(chance / max(left * behind[word], 1e-12))) > least
    }


def _left(
    lower: Mapping[tuple[str, ...], Mapping[str, float]],
    higher: Mapping[tuple[str, ...], Mapping[str, float]],
    behind: Mapping[tuple[str, ...], float] | None = None,
) -> dict[tuple[str, ...], float]:
    """What is to be multiplied with the chances after shorter histories, so that all add up to one."""
    model = Language(lower, behind or {})
    return {
        past: _share_left(after.values(), [model.chance(past[1:], word) for word in after])
        for past, after in higher.items()
    }


def _share_left(chances: Iterable[float], shorter: Iterable[float]) -> float:
    return max(1 - sum(chances), 1e-6) / max(1 - sum(shorter), 1e-6)
