"""The child process that reads one document: ``python -m coach.leaflet_worker KIND``, the document on standard input.

A document from strangers can keep a parser busy for ever, fill the memory or crash it. All that happens here, where it
can be ended from outside. One JSON object goes to standard output: the lines, or the key of why there are none.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from coach.leaflet_docx import UnreadableError, read_docx
from coach.leaflet_html import read_html
from coach.leaflet_lines import Line
from coach.leaflet_pdf import read_pdf

MEMORY_BYTES = 1_500_000_000
CPU_S = 60
"""Ends a child whose parent has died before it could."""
CHARACTERS = 200_000
"""As much as a small book."""


def main(arguments: Sequence[str] = sys.argv[1:]) -> None:
    """Read the document of the kind named first."""
    _limit()
    answer: dict[str, Any]
    try:
        answer = _answer(read(arguments[0], sys.stdin.buffer.read()))
    except UnreadableError as error:
        answer = {"problem": str(error)}
    except MemoryError:
        answer = {"problem": "heavy"}
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))


def read(kind: str, data: bytes) -> tuple[Line, ...]:
    """The lines of a document; pages and Markdown come as UTF-8. Raises UnreadableError, or whatever a parser does."""
    if kind == "pdf":
        return read_pdf(data)
    if kind == "docx":
        return read_docx(data)
    text = data.decode("utf-8")
    return read_html(markdown_as_html(text) if kind == "markdown" else text)


def markdown_as_html(text: str) -> str:
    """The HTML of a Markdown text. A line of underscores stays what it is on a leaflet: something to fill in."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"breaks": True, "html": True}).enable(["table", "strikethrough"]).disable("hr")
    html: str = reader.render(text)
    return html


def _answer(lines: Sequence[Line]) -> dict[str, Any]:
    if sum(len(line.text) + 1 for line in lines) > CHARACTERS:
        return {"problem": "long"}
    return {"lines": [[line.text, line.heading, line.item, line.row, line.column] for line in lines]}


def _limit() -> None:
    """Bound memory, time and files where the system can."""
    if sys.platform == "win32":
        return
    import resource

    wanted = ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, CPU_S), (resource.RLIMIT_FSIZE, 0))
    for what, limit in wanted:
        _, highest = resource.getrlimit(what)
        if highest != resource.RLIM_INFINITY:
            limit = min(limit, highest)
        try:
            resource.setrlimit(what, (limit, highest))
        except (OSError, ValueError):
            continue  # macOS knows some limits by name only; the parent's clock holds everywhere


if __name__ == "__main__":
    main()
