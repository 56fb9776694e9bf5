"""Web pages and Markdown as lines: what a reader sees of the page itself, without what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from coach.leaflet_clean import clean_text, clean_words, is_title
from coach.leaflet_lines import Line, split_lines
from coach.leaflet_seen import is_hidden, is_layout, is_note, number_of, shown_field, tags

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAIN_CHARACTERS = 200
"""The part marked as the main one is taken for the page where it has at least so much to say."""


_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_DROPPED = tags(
    "script style template noscript head title nav footer svg math iframe object embed video audio canvas map img "
    "button option datalist dialog del s strike frameset noframes rp rt"
)
_GAPS = tags("p section article ul ol menu dl table blockquote pre hr figure fieldset details h1 h2 h3 h4 h5 h6")
_BLOCKS = _GAPS | tags(
    "div main header aside li dt dd caption thead tbody tfoot tr td th figcaption address form legend summary center "
    "body html"
)


def read_html(html: str) -> tuple[Line, ...]:
    """The lines of a page. No text is too odd for it; how long it takes grows with the page."""
    from selectolax.lexbor import LexborHTMLParser

    # Bytes that are no text would be refused; they are nothing to read either.
    tree = LexborHTMLParser(html.replace("\0", " ").encode("utf-8", "ignore"))
    root = tree.body or tree.root
    if root is None:
        return ()
    page = _Page()
    mains = [node for node in tree.css("main, [role=main]") if len(node.text()) >= MAIN_CHARACTERS]
    page.walk(mains[0] if len(mains) == 1 else root)
    return tuple(page.lines)


@dataclass(slots=True)
class _Table:
    """Where in a table the reader is; ``taken`` are the columns that a cell further up reaches down into."""

    row: int = -1
    column: int = -1
    width: int = 1
    taken: dict[int, int] = field(default_factory=dict)

    def next_row(self) -> None:
        self.taken = {column: rows - 1 for column, rows in self.taken.items() if rows > 1} if self.row >= 0 else {}
        self.row, self.column, self.width = self.row + 1, -1, 1

    def next_cell(self, node: LexborNode) -> None:
        self.column += self.width
        while self.column in self.taken:
            self.column += 1
        self.width = number_of(node, "colspan", 1, 50)
        if (rows := number_of(node, "rowspan", 1, 500)) > 1:
            self.taken.update(dict.fromkeys(range(self.column, self.column + self.width), rows))


@dataclass(slots=True)
class _List:
    """A list, and the number of its next entry; None for bullets."""

    number: int | None
    letters: str = ""

    def mark(self) -> str:
        if self.number is None:
            return "•"
        number, self.number = self.number, self.number + 1
        if self.letters in ("a", "A") and 1 <= number <= 26:
            return chr(ord(self.letters) + number - 1) + "."
        return f"{number}."


class _Page:
    """Goes through a page in the order of reading and keeps its lines. Without recursion: pages can be of any depth."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._words: list[str] = []
        self._bold = 0
        self._plain = False
        self._heading = 0
        self._item: str | None = None
        self._as_typed = 0
        self._lists: list[_List] = []
        self._tables: list[_Table | None] = []
        self._in_cell = False
        self._cell_lines = 0

    def walk(self, root: LexborNode) -> None:
        """Take in everything below ``root``."""
        node: LexborNode | None = root
        while node is not None:
            entered = self._enter(node)
            child = node.first_child if entered else None
            if child is not None:
                node = child
                continue
            if entered:
                self._leave(node)
            while node is not None and node.next is None and node != root:
                node = node.parent
                if node is not None and node != root:
                    self._leave(node)
            node = None if node is None or node == root else node.next
        self._flush()

    def _enter(self, node: LexborNode) -> bool:
        """Take in a node; False where what is below it is not to be read."""
        if node.is_text_node:
            self._text(node.text_content or "")
            return False
        tag = node.tag or ""
        if not node.is_element_node or tag in _DROPPED or is_hidden(node) or is_note(node):
            return False
        if tag in ("input", "textarea", "select"):
            self._text(shown_field(node))
            return False
        if tag in ("br", "wbr"):
            self._words.append("\n" if tag == "br" else "")
            return False
        if tag in _BLOCKS:
            self._flush(gap=tag in _GAPS)
            self._begin(tag, node)
        elif tag in ("b", "strong"):
            self._bold += 1
        return True

    def _begin(self, tag: str, node: LexborNode) -> None:
        if tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        elif tag == "pre":
            self._as_typed += 1
        elif tag in ("ul", "menu", "ol"):
            number = number_of(node, "start", 1, 10_000) if tag == "ol" else None
            self._lists.append(_List(number, node.attributes.get("type") or ""))
        elif tag == "li":
            self._begin_item(node)
        elif tag == "table":
            self._tables.append(None if is_layout(node) else _Table())
        elif table := self._table():
            if tag == "tr":
                table.next_row()
            elif tag in ("td", "th"):
                table.next_cell(node)
                self._in_cell, self._cell_lines = True, 0

    def _begin_item(self, node: LexborNode) -> None:
        parent = self._lists[-1] if self._lists else _List(None)
        if parent.number is not None:
            parent.number = number_of(node, "value", parent.number, 10_000)
        self._item = parent.mark()

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in ("b", "strong"):
            self._bold = max(0, self._bold - 1)
        if tag not in _BLOCKS:
            return
        self._flush()
        if tag in ("td", "th") and self._in_cell:
            if not self._cell_lines:
                self._emit(Line(""))
            self._in_cell = False
        elif tag in _HEADINGS:
            self._heading = 0
        elif tag == "pre":
            self._as_typed = max(0, self._as_typed - 1)
        elif tag in ("ul", "menu", "ol") and self._lists:
            self._lists.pop()
        elif tag == "li":
            self._item = None
        elif tag == "table" and self._tables:
            self._tables.pop()
        if tag in _GAPS:
            self._gap()

    def _table(self) -> _Table | None:
        return self._tables[-1] if self._tables else None

    def _text(self, text: str) -> None:
        if not self._as_typed:
            text = re.sub(r"\s+", " ", text)
        if text.strip() and not self._bold:
            self._plain = True
        self._words.append(text)

    def _gap(self) -> None:
        if self.lines and self.lines[-1] != Line("") and not self._in_cell:
            self.lines.append(Line(""))

    def _flush(self, gap: bool = False) -> None:
        """Turn what was read since the last block into lines."""
        text = clean_text("".join(self._words))
        is_bold, self._plain = not self._plain, False
        self._words.clear()
        if text.strip():
            for line in split_lines(text.strip()) if not self._in_cell else _cell_lines(text):
                self._emit(self._with_structure(line, is_bold))
        if gap:
            self._gap()

    def _with_structure(self, line: Line, is_bold: bool) -> Line:
        item = self._item
        if item is not None and (line.item is None or item != "•"):
            line = replace(line, item=item)
        self._item = None
        if self._heading or (is_bold and not self._in_cell and is_title(line.text)):
            line = replace(line, heading=self._heading or 6)
        return line

    def _emit(self, line: Line) -> None:
        table = self._table()
        if self._in_cell and table is not None:
            line = replace(line, row=table.row, column=table.column)
            self._cell_lines += 1
        self.lines.append(line)


def _cell_lines(text: str) -> Iterator[Line]:
    for part in text.splitlines():
        if words := clean_words(part):
            yield Line(words)
