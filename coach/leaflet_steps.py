"""The instructions of an exercise cut into short steps to be spoken, without what is a dose or a label."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coach.prescribed import read

LONGEST_STEP = 140
"""Characters that are spoken in one breath."""
MOST_STEPS = 12
_LABEL = re.compile(
    r"^(?:start(?:ing)? position|action|movement|method|instructions?|how(?: to)?|do)\s*[:\-\u2013]\s*", re.I
)
_DOSE_ONLY = re.compile(
    r"^\W*(?:repeat|hold|do (?:this|it|\d)|perform|\d|x ?\d|reps?|sets?|repetitions|times|frequency|target|"
    r"three|five|ten)\b.{0,70}$",
    re.I,
)


def steps(body: str) -> tuple[str, ...]:
    """Short sentences in the order printed; letters, digits and plain punctuation only."""
    return tuple(_short(body))[:MOST_STEPS]


def _short(body: str) -> Iterator[str]:
    for sentence in re.split(r"(?<=[.!?;])\s+|\n+", body):
        plain = _LABEL.sub("", _spoken(sentence))
        if not re.search(r"[A-Za-z]{3}", plain) or (_DOSE_ONLY.match(plain) and read(plain).quotes):
            continue
        yield from (piece if piece.endswith((".", "!", "?")) else f"{piece}." for piece in _cut(plain))


def _spoken(sentence: str) -> str:
    """Without control characters, links, markup and brackets."""
    plain = re.sub(r"https?://\S+|www\.\S+|\S+@\S+|<[^>]*>", " ", sentence.replace("\u2019", "'"))
    plain = re.sub(r"[\[\](){}<>*_#|\\`~^]|[^\w\s.,;:!?'/%&\u00bd\u2013-]", " ", plain)
    return re.sub(r"\s+", " ", plain).strip(" ;:-\u2013")


def _cut(sentence: str) -> Iterator[str]:
    """A long sentence at its commas and "and then"."""
    while len(sentence) > LONGEST_STEP:
        places = [match.start() for match in re.finditer(r", | and then | then | and ", sentence[:LONGEST_STEP])]
        place = places[-1] if places and places[-1] > 20 else sentence.rfind(" ", 0, LONGEST_STEP)
        if place <= 0:
            break
        yield sentence[:place].strip(" ,")
        sentence = re.sub(r"^(?:, |and then |then |and )", "", sentence[place:].strip(" ,"))
        sentence = sentence[:1].upper() + sentence[1:]
    yield sentence[: LONGEST_STEP * 2]
