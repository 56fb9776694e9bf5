"""The lines of a leaflet with the little structure its file gave them, and plain text cut into such lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line as printed; an empty ``text`` stands for a gap between paragraphs."""

    text: str
    heading: int = 0
    """1 for the largest heading, 6 for the smallest; 0 where it is not marked as one."""
    item: str | None = None
    """The number, letter or bullet of a list entry: "1.", "a)", "•"."""
    row: int | None = None
    """The row of a table, counted from 0 within that table; None outside tables."""
    column: int | None = None


_ITEM = re.compile(r"\s*(?P<item>[•●▪◦‣·*\u2013-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+(?=\S)", re.IGNORECASE)


_LONE_ITEM = re.compile(r"\s*(?:[•●▪◦‣·]|\(?\d{1,2}[.)]|\(?[a-h][.)])\s*", re.IGNORECASE)


def split_lines(text: str) -> tuple[Line, ...]:
    """Plain text cut into lines: the bullet or number is taken off, rows written with bars become cells."""
    return tuple(_lines(text.lstrip("\ufeff").replace("\f", "\n\n")))


def _lines(text: str) -> Iterator[Line]:
    row = -1
    lone = ""
    for line in text.splitlines():
        if _LONE_ITEM.fullmatch(line):
            lone = line.strip() + " "
            continue
        if lone and not line.strip():
            continue
        raw, lone = lone + line.strip() if lone else line, ""
        if "|" in raw:
            cells = [cell.strip() for cell in raw.strip().strip("|").split("|")]
            if all(re.fullmatch(r":?-*:?", cell) for cell in cells):
                continue
            row += 1
            yield from (Line(cell, row=row, column=column) for column, cell in enumerate(cells))
            continue
        row = -1
        mark = _ITEM.match(raw)
        if mark:
            yield Line(raw[mark.end() :].strip(), item=mark["item"])
        else:
            yield Line(raw.strip())
