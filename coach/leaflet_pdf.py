"""PDF documents as lines: the words of each page and where they stand, its tables as cells."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from coach.leaflet_clean import clean_words
from coach.leaflet_docx import UnreadableError
from coach.leaflet_lines import Line
from coach.leaflet_page import Row, in_reading_order, lines_of, without_margins

if TYPE_CHECKING:
    from pdfplumber.page import Page

PAGES = 40
"""More than that is a book; a leaflet has two to twelve."""
LETTERS_A_PAGE = 15
"""Fewer than that, on pages with pictures, are the stamp on a scan."""


def read_pdf(data: bytes) -> tuple[Line, ...]:
    """The lines of a PDF. Raises UnreadableError, or what its parser raises at a broken one."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    rows: list[Row] = []
    pictures = 0
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > PAGES:
                raise UnreadableError("pages")
            pages = len(document.pages)
            for number, page in enumerate(document.pages):
                pictures += len(page.images)
                rows.extend(
                    replace(row, page=number, height=float(page.height), room=_room(row, page))
                    for row in _page_rows(page)
                )
                page.close()
    except Exception as error:
        if isinstance(error, PDFPasswordIncorrect) or any(isinstance(a, PDFPasswordIncorrect) for a in error.args):
            raise UnreadableError("locked") from error
        raise
    letters = sum(character.isalpha() for row in rows for character in row.text)
    if not letters or (pictures and letters < LETTERS_A_PAGE * pages):
        raise UnreadableError("scan")
    return tuple(lines_of(list(without_margins(rows))))


def _page_rows(page: Page) -> Iterator[Row]:
    """What is printed on a page, in the order of reading: the tables stand between the words around them."""
    page = page.filter(lambda thing: thing.get("upright", True)).dedupe_chars()
    tables = [table for table in page.find_tables() if _is_table(table)]
    words = page.extract_words(extra_attrs=["size", "fontname"], x_tolerance_ratio=0.2, keep_blank_chars=False)
    words = [word for word in words if 0 <= word["x0"] <= page.width and 0 <= word["top"] <= page.height]
    boxes = [table.bbox for table in tables]
    outside = in_reading_order(_rows([word for word in words if not any(_inside(word, box) for box in boxes)]))
    pending = sorted(enumerate(tables), key=lambda pair: pair[1].bbox[1])
    for row in outside:
        while pending and pending[0][1].bbox[1] < row.top and row.column == 0:
            yield from _table_rows(*pending.pop(0), words)
        yield row
    for number, table in pending:
        yield from _table_rows(number, table, words)


def _room(row: Row, page: Page) -> float:
    return row.room if row.room > 1.0 else float(page.width)


def _is_table(table: Any) -> bool:
    """Whether ruled lines make a table: boxes and frames around text have only one row or one column."""
    return len(table.rows) >= 2 and max(len([cell for cell in row.cells if cell]) for row in table.rows) >= 2


def _table_rows(number: int, table: Any, words: Sequence[dict[str, Any]]) -> Iterator[Row]:
    for down, row in enumerate(table.rows):
        for across, box in enumerate(row.cells):
            if box is None:
                continue
            inside = _rows([word for word in words if _inside(word, box)])
            cell = (number, down, across)
            if not inside:
                yield Row("", box[0], box[2], box[1], box[3], 0.0, False, 0.0, cell=cell)
            yield from (replace(line, cell=cell) for line in inside)


def _inside(word: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    across, down = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(box[0] <= across <= box[2] and box[1] <= down <= box[3])


def _rows(words: Sequence[dict[str, Any]]) -> list[Row]:
    """Words put together to lines, from top to bottom; a wide gap ends a line, since a column may begin there."""
    lines: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda word: (word["bottom"], word["x0"])):
        for line in reversed(lines[-4:]):
            last = line[-1]
            if abs(last["bottom"] - word["bottom"]) < 0.5 * max(last["size"], word["size"]):
                line.append(word)
                break
        else:
            lines.append([word])
    return [_row(part) for line in lines for part in _apart(sorted(line, key=lambda word: word["x0"]))]


def _apart(line: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    part = [line[0]]
    for before, word in pairwise(line):
        if word["x0"] - before["x1"] > 1.5 * max(word["size"], before["size"]):
            yield part
            part = []
        part.append(word)
    yield part


def _row(words: Sequence[dict[str, Any]]) -> Row:
    size = median(word["size"] for word in words)
    # The small raised figure of a footnote must not be read as a part of the number before it.
    kept = [word for word in words if word["size"] > 0.75 * size or not re.fullmatch(r"[\d*,]+", word["text"])] or words
    text = kept[0]["text"]
    for before, word in pairwise(kept):
        near = word["x0"] - before["x1"] < 0.1 * size and word["size"] != before["size"]
        text += ("" if near else " ") + word["text"]
    return Row(
        text=clean_words(text),
        x0=words[0]["x0"],
        x1=max(word["x1"] for word in words),
        top=min(word["top"] for word in words),
        bottom=max(word["bottom"] for word in words),
        size=size,
        bold=all(re.search("bold|black|heavy", word["fontname"], re.IGNORECASE) for word in words),
        first_word=words[0]["x1"] - words[0]["x0"],
    )
