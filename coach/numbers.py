"""Scores out of ten in a word list: words and digits, halves, ranges, risen and fallen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


_ONES = (
    "nought one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
WORDS = {word: value for value, word in enumerate(_ONES.split())} | {
    "zero": 0, "naught": 0, "nil": 0, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000, "million": 1_000_000, "fower": 4, "fife": 5,
    "niner": 9, "sax": 6, "twa": 2, "infinity": 1000, "sicks": 6, "nein": 9,
}  # fmt: skip
_SOUNDS_LIKE = {
    "free": 3, "tree": 3, "won": 1, "to": 2, "too": 2, "for": 4, "fore": 4, "ate": 8, "hate": 8, "sex": 6, "sick": 6,
    "line": 9, "tan": 10, "heaven": 7, "fire": 5, "hive": 5, "none": 0,
}  # fmt: skip
"""What a recogniser makes of numbers; only believed before "out of ten"."""
_UNITS = _words(
    "second seconds sec secs minute minutes min mins hour hours day days week weeks month months year years more ",
    "times time reps rep left o'clock oclock pm am percent per cent pounds pound quid stone kilos kg degrees ",
    "miles metres inches feet foot steps sets set exercises exercise people legs knees of pence p st nd rd th ",
    "hundredth lb lbs kilo others goes each breaths counts tablets pills cats women men dogs children kids euros ",
    "dollars bucks rupees point points goals nil star stars both sides things bags cups ml cm mm km m x ",
    "grandchildren letter",
)
_OUT_OF = tuple(
    tuple(phrase.split())
    for phrase in (
        "out of a possible",
        "out of",
        "out a",
        "out the",
        "out",
        "outer",
        "over",
        "upon",
        "by",
        "on",
        "of",
        "in",
    )
)
_SOME_ONE = _words(
    "this that the which every each any no another bad sore last next good other",
)
_NOT_BEFORE = _words(
    "number bus channel route page phone telephone dial ring call half chapter step",
)


@dataclass(frozen=True, slots=True)
class Number:
    """One number said, rounded up, at words ``start`` to ``end``; ``out_of_ten`` where that was said with it."""

    value: int
    start: int
    end: int
    out_of_ten: bool


def numbers(words: Sequence[str]) -> list[Number]:
    """Every number that may be a score: not followed by a unit ("ten seconds", "five more") nor a telephone number."""
    found: list[Number] = []
    at = 0
    while at < len(words):
        value, end = _value(words, at)
        if value is None:
            at += 1
            continue
        value, end = _with_fraction(words, value, end)
        out_of_ten, end = _out_of_ten(words, end)
        unit = end < len(words) and words[end] in _UNITS and not out_of_ten
        before = words[at - 1] if at else ""
        one = words[at] == "one" and before in _SOME_ONE
        if not unit and not one and before not in _NOT_BEFORE:
            found.append(Number(value, at, end, out_of_ten))
        at = end
    return found


def _value(words: Sequence[str], at: int) -> tuple[int | None, int]:
    word = words[at]
    value = int(word) if word.isascii() and word.isdigit() and len(word) < 7 else WORDS.get(word)
    if value is None and _out_of_ten(words, at + 1)[0]:
        value = _SOUNDS_LIKE.get(word)
    if value is None:
        return None, at + 1
    end = at + 1
    while end < len(words) and words[end] in WORDS and (WORDS[words[end]] >= 100 or 20 <= value < 100):
        value = max(value * WORDS[words[end]], value + WORDS[words[end]])
        end += 1
    if value >= 100 and words[end : end + 1] == ("and",) and end + 1 < len(words) and words[end + 1] in WORDS:
        value, end = value + WORDS[words[end + 1]], end + 2
    return value, end


def _with_fraction(words: Sequence[str], value: int, end: int) -> tuple[int, int]:
    """A half or any part counts up."""
    rest = tuple(words[end : end + 3])
    if rest[:3] == ("and", "a", "half") or rest[:3] == ("and", "a", "bit"):
        return value + 1, end + 3
    if rest[:2] == ("and", "half") or rest[:2] == ("n", "half"):
        return value + 1, end + 2
    if rest[:1] == ("point",) and len(rest) > 1:
        part, after = _value(words, end + 1)
        if part is not None:
            return (value + 1 if part else value), after
    if rest[:1] in (("plus",), ("ish",)):
        return value + (rest[0] == "plus" and value >= 10), end + 1
    return value, end


def _out_of_ten(words: Sequence[str], end: int) -> tuple[bool, int]:
    for phrase in _OUT_OF:
        after = end + len(phrase)
        if end < len(words) and tuple(words[end:after]) == phrase and after < len(words):
            sounds_like = words[after] in ("then", "den", "tin") and phrase[0] in ("out", "outer")
            if words[after] in ("ten", "10") or sounds_like:
                return True, after + 1
    return False, end
