"""Word errors: what has to be changed to make what was heard into what was said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from bench.recordings import Recording


@dataclass(frozen=True, slots=True)
class WordErrors:
    """Counts over any number of sentences."""

    words: int = 0
    """That were said."""
    swapped: int = 0
    missing: int = 0
    added: int = 0

    @property
    def rate(self) -> float:
        """Errors per word said; above 1 where more was added than was said."""
        return (self.swapped + self.missing + self.added) / max(1, self.words)

    def as_dict(self) -> dict[str, float]:
        """For ``--json``."""
        return {**asdict(self), "rate": round(self.rate, 4)}

    def __add__(self, other: WordErrors) -> WordErrors:
        return WordErrors(
            self.words + other.words,
            self.swapped + other.swapped,
            self.missing + other.missing,
            self.added + other.added,
        )


def plain(text: str) -> list[str]:
    """The words of a sentence: lower case, apostrophes kept, no other signs."""
    kept = "".join(
        letter if letter.isalnum() or letter == "'" else " " for letter in text.lower().replace("\u2019", "'")
    )
    return [word for word in (word.strip("'") for word in kept.split()) if word]


def word_errors(said: Sequence[str], heard: Sequence[str]) -> WordErrors:
    """The fewest errors that lead from one to the other."""
    # Each cell: errors, swapped, missing, added, for so many words of either.
    row = [(added, 0, 0, added) for added in range(len(heard) + 1)]
    for at, word in enumerate(said, 1):
        above, row = row, [(at, 0, at, 0)]
        for number, other in enumerate(heard, 1):
            same, over, left = above[number - 1], above[number], row[-1]
            wrong = word != other
            row.append(
                min(
                    (same[0] + wrong, same[1] + wrong, same[2], same[3]),
                    (over[0] + 1, over[1], over[2] + 1, over[3]),
                    (left[0] + 1, left[1], left[2], left[3] + 1),
                )
            )
    _, swapped, missing, added = row[-1]
    return WordErrors(len(said), swapped, missing, added)


def by_sort(heard: Iterable[tuple[Recording, str]]) -> dict[str, WordErrors]:
    """Recordings of more than one word, whose words are known, with the words that were heard of them."""
    found: dict[str, WordErrors] = {}
    for recording, words in heard:
        said = plain(recording.text)
        if len(said) > 1:
            found[recording.sort] = found.get(recording.sort, WordErrors()) + word_errors(said, plain(words))
    return found


def shown(errors: dict[str, WordErrors]) -> str:
    """A line for each sort."""
    return "\n".join(
        f"word errors, {sort}: {100 * one.rate:.0f} % of {one.words} words"
        f" ({one.swapped} swapped, {one.missing} missing, {one.added} added)"
        for sort, one in sorted(errors.items())
    )
