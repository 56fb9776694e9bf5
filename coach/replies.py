"""Commands, and answers to the coach's own questions: short sayings with courtesies round them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from coach.knowledge import KNOW
from coach.lexicon import EDGES, Tagged
from coach.scene import Scene

_LONGEST_REQUEST = 16
"""Words; in longer talk a command is not looked for."""


@dataclass(frozen=True, slots=True)
class Said:
    """A command that was heard at words ``start`` to ``end``; ``whole`` where nothing else was said."""

    action: str
    because: str
    whole: bool
    start: int
    end: int


def commands(tagged: Tagged) -> list[Said]:
    """Every command in the words; those that are all of the words, courtesies apart, alone where there are any."""
    for start, end in _bared(tagged):
        core = KNOW.lexicon.tag(tagged.words[start:end])
        found = [
            Said(match.rule, f"command: {core.text(0, end - start)}", True, start, end)
            for match in KNOW.whole.whole(core)
        ]
        if found:
            return found
    if sum(1 for word in tagged.words if word not in EDGES) > _LONGEST_REQUEST:
        return []
    return [
        Said(match.rule, f"command: {tagged.text(match.start, match.end)}", False, match.start, match.end)
        for match in KNOW.within.find(tagged)
    ]


def command(tagged: Tagged) -> Said | None:
    """The command in the words, if there is one: the longest, and the first of equals."""
    found = commands(tagged)
    if not found or Scene(tagged).someone_else(found[0].start, found[0].end):
        return None
    return max(found, key=lambda said: (said.whole, said.end - said.start, -said.start))


def says(answer: str, tagged: Tagged) -> bool:
    """Whether the words, courtesies apart, are one of the listed answers."""
    for start, end in _bared(tagged):
        while start < end:
            if KNOW.answers[answer].whole(KNOW.lexicon.tag(tagged.words[start:end])):
                return True
            if tagged.words[start] not in KNOW.small["before_answer"]:
                break
            start += 1
    return False


def opens_with(answer: str, tagged: Tagged) -> bool:
    """Whether the words begin with one of the listed answers."""
    hesitation = ("[unk]", "oh", "er", "um", "well", "erm", "ah", *EDGES)
    start = next((at for at, word in enumerate(tagged.words) if word not in hesitation), 0)
    return any(match.start == start for match in KNOW.answers[answer].find(tagged))


def affirms(tagged: Tagged) -> bool:
    """Whether the words begin as in "I do get that", and deny nothing."""
    words = [word for word in tagged.words if word not in EDGES and word not in ("well", "oh", "um", "er")]
    return " ".join(words[:2]) in KNOW.small["affirming"] and not tagged.spans("not") and len(words) <= 9


def _bared(tagged: Tagged) -> Iterator[tuple[int, int]]:
    """Start and end of all the words, then with one courtesy less at either end each time."""
    seen: set[tuple[int, int]] = set()
    waiting = [(0, len(tagged.words))]
    while waiting:
        start, end = waiting.pop(0)
        if (start, end) in seen or start >= end:
            continue
        seen.add((start, end))
        if tagged.words[start] in EDGES:
            waiting.append((start + 1, end))
        elif tagged.words[end - 1] in EDGES:
            waiting.append((start, end - 1))
        else:
            yield start, end
            waiting += [(start + n, end) for n in range(1, 8) if tagged.words[start : start + n] in KNOW.before]
            waiting += [(start, end - n) for n in range(1, 6) if tagged.words[end - n : end] in KNOW.after]
