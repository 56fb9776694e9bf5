"""The tables of a leaflet as lines: exercises with their doses, or "key: value"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from coach.leaflet_lines import Line
from coach.prescribed import read


def with_tables(lines: Iterable[Line]) -> Iterator[Line]:
    """Table rows as lines: a row of a table of exercises is a title with its doses, another is "key: value"."""
    table: list[list[str]] = []
    last = -1
    for line in lines:
        if line.row is None:
            yield from _rows(table)
            table, last = [], -1
            yield line
            continue
        if line.row < last:
            yield from _rows(table)
            table = []
        if line.row != last:
            table.append([])
        table[-1].append(line.text.strip())
        last = line.row
    yield from _rows(table)


_DOSE_HEAD = re.compile(
    r"\b(?:sets?|reps?|repetitions?|repeat|hold|times?|how (?:often|many|long)|frequency|duration|dose|dosage|"
    r"secs?|seconds|minutes|sides?)\b",
    re.I,
)


def _rows(table: Sequence[Sequence[str]]) -> Iterator[Line]:
    if not table:
        return
    head, *rest = table
    dosed = [bool(_DOSE_HEAD.search(cell)) and len(cell) < 40 for cell in head]
    if rest and sum(dosed[1:]) >= 1 and not dosed[0] and not any(ch.isdigit() for ch in "".join(head[1:])):
        yield Line("")
        for row in rest:
            if not any(row):
                continue
            yield Line("")
            yield Line(row[0], heading=6)
            for name, cell in zip(head[1:], row[1:], strict=False):
                yield Line(_cell(name, cell))
            yield Line("")
        return
    for row in table:
        cells = [cell for cell in row if cell]
        if len(row) >= 3 and cells and not _DOSE_HEAD.match(cells[0]) and read(". ".join(cells[1:])).counted:
            yield from (Line(""), Line(cells[0], heading=6), Line(". ".join(cells[1:]) + "."), Line(""))
        elif cells:
            yield Line(": ".join([cells[0], ", ".join(cells[1:])]) if len(cells) > 1 else cells[0])


def _cell(name: str, cell: str) -> str:
    """A cell in words: "Hold (seconds)" and "5" is "Hold: 5 seconds"."""
    if cell in ("", "-", "\u2013", "\u2014", "n/a", "N/A"):
        return ""
    unit = re.search(r"sec|min", name, re.I)
    bare = re.fullmatch(r"[\d\s\u2013-]+|_+|\.{3,}|…+", cell)
    key = name.lower()
    if bare and re.search(r"times? (?:a|per|each) day|daily|per day|how often", key):
        return f"{cell} times a day."
    if bare and unit and re.search("hold", key):
        return f"Hold for {cell} {unit[0]}s."
    if bare and unit:
        return f"For {cell} {unit[0]}s."
    if bare and re.search(r"set", key):
        return f"{cell} sets."
    if bare and re.search(r"rep|times|how many", key):
        return f"{cell} times."
    if re.search("hold", key):
        return f"Hold {cell}."
    return cell if re.search(r"[.!?]$", cell) else f"{cell}."
