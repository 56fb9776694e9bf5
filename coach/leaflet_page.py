"""A printed page as lines: columns one after the other, wrapped lines put together again, headings by their size."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from coach.leaflet_clean import clean_text, clean_words, is_title
from coach.leaflet_lines import Line, split_lines

HEADING_RATIO = 1.12
"""How much larger than the running text the letters of a heading are, at least."""
MARGIN = 0.08
"""The part of a page, at its head and its foot, where its number and the leaflet's name are repeated."""

_PAGE_NUMBER = re.compile(r"(?:page\s*)?\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?", re.IGNORECASE)
_MARKED = re.compile(r"\s*(?:[•●▪◦‣·*\u2013-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+\S", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """The words on one printed line, and where they stand on the page."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool
    first_word: float
    """How wide its first word is: whether it would have fitted on the line before."""
    room: float = 1.0
    """How far to the right there is room for words: the other column, or the edge of the paper."""
    column: int = 0
    page: int = 0
    height: float = 1.0
    cell: tuple[int, int, int] | None = None
    """The table on its page, the row and the column."""


# --- columns -------------------------------------------------------------------------------------------------


def in_reading_order(rows: list[Row]) -> list[Row]:
    """One column after the other between the lines that go across all of them; what stands side by side otherwise is
    one line."""
    ordered: list[Row] = []
    gutter = _gutter(rows)
    if gutter is None:
        return _side_by_side(rows)
    band: list[Row] = []
    for row in [*sorted(rows, key=lambda row: row.top), None]:
        if row is not None and not row.x0 < gutter < row.x1:
            band.append(row)
            continue
        left, right = [r for r in band if r.x1 <= gutter], [r for r in band if r.x0 >= gutter]
        ordered += [replace(r, room=gutter) for r in _side_by_side(left)]
        ordered += [replace(r, column=1) for r in _side_by_side(right)]
        band = []
        if row is not None:
            ordered.append(row)
    return ordered


def _gutter(rows: Sequence[Row]) -> float | None:
    """Where the page parts into two columns of running text; None where it does not."""
    if len(rows) < 8:
        return None
    left_edge, right_edge = min(row.x0 for row in rows), max(row.x1 for row in rows)
    best: tuple[int, float] | None = None
    for edge in sorted({round(row.x0, 1) for row in rows}):
        if not left_edge + 0.25 * (right_edge - left_edge) < edge < right_edge - 0.15 * (right_edge - left_edge):
            continue
        place = edge - 3.0
        left, right = [r for r in rows if r.x1 <= place], [r for r in rows if r.x0 >= place]
        across = len(rows) - len(left) - len(right)
        if min(len(left), len(right)) >= 4 and across <= 0.3 * len(rows) and _runs_on(left) and _runs_on(right):
            best = min(best or (across, place), (across, place))
    return best[1] if best else None


def _runs_on(rows: Sequence[Row]) -> bool:
    return median(len(row.text.split()) for row in rows) >= 3


def _side_by_side(rows: Sequence[Row]) -> list[Row]:
    """Parts of one printed line put together again: a name and, far from it, its number."""
    joined: list[Row] = []
    for row in sorted(rows, key=lambda row: (row.bottom, row.x0)):
        last = joined[-1] if joined else None
        if last is not None and abs(last.bottom - row.bottom) < 0.5 * min(last.size, row.size):
            left, right = sorted((last, row), key=lambda row: row.x0)
            joined[-1] = replace(left, text=f"{left.text} {right.text}", x1=max(left.x1, right.x1))
        else:
            joined.append(row)
    return joined


# --- from printed lines to lines -------------------------------------------------------------------------------


def without_margins(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows without page numbers, and without what is repeated at the edge of most pages."""
    pages = len({row.page for row in rows})
    at_edge = [not MARGIN * row.height < (row.top + row.bottom) / 2 < (1 - MARGIN) * row.height for row in rows]
    times = Counter(text for text, _ in {(r.text, r.page) for r, edge in zip(rows, at_edge, strict=True) if edge})
    for row, edge in zip(rows, at_edge, strict=True):
        repeated = pages >= 3 and times[row.text] > 0.5 * pages and not re.search(r"\d", row.text)
        if not (edge and row.cell is None and (repeated or _PAGE_NUMBER.fullmatch(row.text))):
            yield row


def lines_of(rows: Sequence[Row]) -> Iterator[Line]:
    levels = _heading_levels(rows)
    typed = 0  # rows so far of a table that was written with bars
    for block in _blocks(rows):
        first = block[0]
        text = clean_text(" ".join(row.text for row in block))
        if first.cell is not None:
            yield Line(clean_words(text), row=first.cell[1], column=first.cell[2])
            continue
        if not text:
            typed = 0
            yield Line("")
            continue
        heading = levels.get(round(first.size, 1), 0)
        if not heading and first.bold and is_title(text):
            heading = 6
        lines = split_lines(text)
        if any(line.row is None for line in lines):
            typed = 0
        yield from (replace(line, heading=heading, row=None if line.row is None else typed) for line in lines)
        typed += any(line.row is not None for line in lines)


def _heading_levels(rows: Sequence[Row]) -> dict[float, int]:
    """The sizes of letters that are a heading's, and which level each is."""
    sizes: Counter[float] = Counter()
    for row in rows:
        sizes[round(row.size, 1)] += len(row.text)
    usual = sizes.most_common(1)[0][0] if sizes else 0.0
    larger = sorted((size for size in sizes if size > usual * HEADING_RATIO), reverse=True)
    return {size: min(level, 6) for level, size in enumerate(larger, 1)}


def _blocks(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """The rows that are one line, wrapped; a row without text stands for a gap between paragraphs."""
    edges: dict[tuple[int, int], float] = {}
    for row in rows:
        if row.cell is None:
            edges[row.page, row.column] = max(row.x1, edges.get((row.page, row.column), 0.0))
    block: list[Row] = []
    for row in rows:
        if block and _goes_on(block[-1], row, edges):
            block.append(row)
            continue
        if block:
            yield block
            if _gap_between(block[-1], row):
                yield [replace(row, text="", cell=None)]
        block = [row]
    if block:
        yield block


def _goes_on(last: Row, row: Row, edges: Mapping[tuple[int, int], float]) -> bool:
    """Whether a row is the rest of the line before, which was full, and not the beginning of another."""
    if _MARKED.match(row.text) or last.cell != row.cell:
        return False
    if row.cell is not None:
        return last.page == row.page
    if last.bold != row.bold or abs(last.size - row.size) > 0.1 * last.size:
        return False
    if (last.page, last.column) != (row.page, row.column):
        if not row.text[:1].islower():
            return False
    elif row.top - last.bottom > 0.7 * row.size:
        return False
    edge = edges[last.page, last.column]
    if row.text[:1].islower():
        return last.x1 + row.first_word + 3 * row.size > edge
    # The longest of many short lines is full only by comparison.
    return last.x1 > 0.75 * last.room and last.x1 + row.first_word + 0.3 * row.size > edge


def _gap_between(last: Row, row: Row) -> bool:
    if (last.cell is None) != (row.cell is None):
        return True
    if last.cell is not None and row.cell is not None:
        return last.cell[0] != row.cell[0] or last.page != row.page
    if last.page != row.page or last.column != row.column:
        return True
    return row.top - last.bottom > 0.7 * row.size
