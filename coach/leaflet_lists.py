"""The lists of a leaflet: whether their entries are exercises or the steps of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from coach.leaflet_general import general_sentences, of_several
from coach.leaflet_titles import BARE_LABEL, BEGINS, LABEL, named, tail, title_like
from coach.prescribed import read


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a leaflet: a title, an entry of a list, a paragraph, or a cut where something new begins."""

    kind: str
    """title, entry, text or cut."""
    text: str = ""
    mark: str = ""
    """Of an entry: its number, letter or bullet."""
    strong: bool = False
    """Of a title: printed so that it can be nothing else."""
    new: bool = False
    """A gap stands before it."""


_RUN_ON = re.compile(r"(?:(?<=^)|(?<=[.!?)] )|(?<=[.!?)]\n))(\d{1,2})[.)]? (?=[A-Z][a-z]+|[A-Z]{3,})")


def run_on(parts: Iterable[Part]) -> Iterator[Part]:
    """Long paragraphs in which "1 Calves Stand ... 2 Hamstrings Stand ..." go on and on are cut at the numbers."""
    for part in parts:
        if (part.kind != "text" and not (part.kind == "entry" and part.mark.isdigit())) or len(part.text) < 150:
            yield part
            continue
        text = f"{part.mark} {part.text}" if part.kind == "entry" else part.text
        places: list[re.Match[str]] = []
        for match in _RUN_ON.finditer(text):
            if not places or int(match[1]) == int(places[-1][1]) + 1:
                places.append(match)
        if len(places) < 3:
            yield part
            continue
        if text[: places[0].start()].strip():
            yield Part("text", text[: places[0].start()].strip(), new=part.new)
        ends = [place.start() for place in places[1:]] + [len(text)]
        for place, end in zip(places, ends, strict=True):
            yield Part("entry", re.sub(r"\s+\d$", "", text[place.end() : end].strip()), mark=place[1], new=True)


def numbered_titles(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Entries that are only a name, counted on through the leaflet with numbered steps between them, are titles."""
    places = [
        index
        for index, part in enumerate(parts)
        if part.kind == "entry" and part.mark.isdigit() and title_like(part.text) and not tail(part.text)[1]
    ]
    if len(places) < 2 or [int(parts[index].mark) for index in places] != list(range(1, len(places) + 1)):
        return tuple(parts)
    steps = any(part.kind == "entry" and part.mark == "1" for part in parts[places[0] + 1 :])
    return tuple(
        replace(part, kind="title", strong=True) if steps and index in places else part
        for index, part in enumerate(parts)
    )


POSITION_START = re.compile(
    r"(?:lie|lying|lay|sit|sitting|stand|standing|kneel|kneeling|crawling|on (?:your (?:back|front|side|hands)|"
    r"all fours)|start)\b",
    re.I,
)


_STEP = re.compile(
    r"(?:hold|repeat|now|then|return|let go|relax|lower|do this|slowly|squeeze|come back|release|rest|keep|stop|"
    r"finally|next)\b",
    re.I,
)


def starters(parts: Sequence[Part]) -> set[int]:
    """The entries of lists that each begin an exercise, rather than being its steps."""
    found: set[int] = set()
    for run in _runs(parts):
        texts = [_with_following(parts, index) for index in run]
        if _are_exercises(parts, run, texts):
            found |= set(run)
    return found


def _dosed_before(parts: Sequence[Part], index: int) -> bool:
    """Whether the title above a list has a dose of its own, before the list."""
    said: list[str] = []
    for part in reversed(parts[:index]):
        said.append(part.text)
        if part.kind == "title":
            return read(" . ".join(said)).counted
        if part.kind == "entry":
            return False
    return False


def _said_for_all(parts: Sequence[Part], index: int) -> bool:
    """Whether the paragraph just above a list gives one dose to all its entries."""
    before = parts[index - 1] if index else None
    if not before or before.kind != "text":
        return False
    return any(of_several(one) and read(one).counted for one in general_sentences(before.text))


def _with_following(parts: Sequence[Part], index: int) -> str:
    text = [parts[index].text]
    for part in parts[index + 1 :]:
        if part.kind in ("entry", "title"):
            break
        text.append(part.text)
    return "\n".join(text)


def _kind(mark: str) -> str:
    return "digit" if mark.isdigit() else "letter" if mark.isalpha() else "bullet"


def _runs(parts: Sequence[Part]) -> Iterator[list[int]]:
    """Entries that are counted on from one to the next; letters and bullets only under one title."""
    open_runs: dict[str, list[int]] = {}
    for index, part in enumerate(parts):
        if part.kind == "title":
            for kind in ("letter", "bullet"):
                if open_runs.get(kind):
                    yield open_runs.pop(kind)
        if part.kind != "entry":
            continue
        kind = _kind(part.mark)
        run = open_runs.get(kind)
        if run and kind == "digit" and (int(part.mark) != int(parts[run[-1]].mark) + 1) and part.mark != "0":
            yield run
            run = None
        if run and kind == "letter" and ord(part.mark[0]) != ord(parts[run[-1]].mark[0]) + 1:
            yield run
            run = None
        open_runs[kind] = [*(run or ()), index]
    yield from (run for run in open_runs.values() if run)


def _are_exercises(parts: Sequence[Part], run: Sequence[int], texts: Sequence[str]) -> bool:
    heads = [parts[index].text for index in run]
    kind = _kind(parts[run[0]].mark)
    if parts[run[0]].mark == "0":
        return True
    if any(BARE_LABEL.match(head) and LABEL.fullmatch(head.split(":")[0]) for head in heads):
        return False
    if sum(bool(_STEP.match(head)) for head in heads) > (0 if kind != "letter" else len(heads) // 2):
        return False
    if kind != "bullet" and len(run) > 1 and _said_for_all(parts, run[0]):
        return True
    doses = sum(read(text).counted or read(text).blank for text in texts)
    names = sum(bool(named(head)[0]) and bool(BEGINS.search(text)) for head, text in zip(heads, texts, strict=True))
    placed = sum(bool(POSITION_START.search(text[:80])) for text in texts)
    spans_titles = any(part.kind == "title" for part in parts[run[0] : run[-1]])
    half = len(run) / 2
    if kind == "digit" and names <= half and _dosed_before(parts, run[0]):
        return False
    if kind == "bullet":
        return doses > half and names > half
    if len(run) < 2:
        return kind == "digit" and doses > 0 and names > 0
    if kind == "letter":
        return placed >= half or (doses >= half and not spans_titles)
    actions = sum(bool(BEGINS.match(text)) or placed > 0 for text in texts)
    return (
        doses > half
        or (names > half and names + doses > half and actions > 0)
        or (spans_titles and actions >= half)
        or placed > half
    )
