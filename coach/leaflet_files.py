"""A leaflet in whatever file it came, as lines: plain text, Markdown, a web page, PDF or Word.

What it holds was written by strangers: it is read in a process of its own, bounded in size, time and memory, and comes
out as harmless text. What is no leaflet is told what it is and what to do instead, in one sentence.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coach.errors import CoachError
from coach.leaflet_clean import clean_lines, clean_text, clean_words
from coach.leaflet_kinds import decoded, kind_of
from coach.leaflet_lines import Line, split_lines

BYTES = 5_000_000
"""The largest file that is read."""
CHARACTERS = 200_000
"""As much as a small book: more text than any leaflet holds."""
LIMIT_S = 30.0
"""How long reading a document may take."""

_TELL = {
    "scan": (
        "{name} is a scan: it has pictures of pages and no text, which the coach can't read; ask for a version with "
        "text, or type the exercises into a text file."
    ),
    "locked": "{name} is locked with a password: open it, save it without one, and use that file.",
    "pages": "{name} has too many pages for a leaflet: save the pages with the exercises as a file of their own.",
    "long": "{name} holds far more text than a leaflet: save the part with the exercises as a file of its own.",
    "heavy": "{name} is too heavy to be read: save the part with the exercises as a plain text file, and use that.",
    "slow": "{name} takes too long to read: save the part with the exercises as a plain text file, and use that.",
    "broken": "{name} is damaged or not what it seems, and can't be read: get it again, or save it as plain text.",
    "nothing": "{name} has no text in it: the coach needs the leaflet's words.",
}


@dataclass(frozen=True, slots=True)
class LeafletText:
    """The lines of a leaflet, harmless to show and to say, and the kind of file they came in."""

    lines: tuple[Line, ...]
    kind: str


def load_leaflet(path: Path, kind: str | None = None) -> LeafletText:
    """The lines of the leaflet in a file. Raises CoachError."""
    name = _shown(path)
    try:
        if path.is_dir():
            raise CoachError(f"{name} is a folder: name the leaflet's file in it.")
        if path.exists() and not path.is_file():
            raise CoachError(f"{name} is not a file that can be read: name the leaflet's file.")
        with path.open("rb") as file:
            data = file.read(BYTES + 1)
    except FileNotFoundError:
        raise CoachError(f"There is no file {name}: check its name, or drag it into this window.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name can't be used"
        raise CoachError(f"{name} can't be read: {clean_words(str(why))}.") from error
    return read_leaflet(path, data, kind)


def read_leaflet(path: Path | None, data: bytes, kind: str | None = None) -> LeafletText:
    """The lines of a leaflet: ``data`` as it is in the file ``path``, or as it was typed or copied where that is None.

    ``kind`` is text, markdown, html, pdf or docx, where that is known better than by name and content.
    Raises CoachError with one plain sentence, and nothing else whatever the bytes are.
    """
    name = _shown(path)
    if len(data) > BYTES:
        raise CoachError(f"{name} is larger than {BYTES // 1_000_000} MB: save the part with the exercises by itself.")
    kind = kind_of(name, path.suffix if path else "", data, kind)
    if kind in ("pdf", "docx"):
        lines = tuple(clean_lines(_read_apart(name, kind, data)))
    else:
        text = decoded(name, data)
        if kind != "html" and len(text) > CHARACTERS:
            raise _told("long", name)
        found = split_lines(clean_text(text)) if kind == "text" else _read_apart(name, kind, _as_utf8(text))
        lines = tuple(clean_lines(found))
    if not any(character.isalpha() for line in lines for character in line.text):
        raise _told("nothing", name)
    return LeafletText(lines, kind)


def _as_utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _shown(path: Path | None) -> str:
    """What to call the leaflet in a sentence; the name of a file is as strange as its content."""
    if path is None:
        return "What you gave"
    return clean_words(_as_utf8(path.name).decode("utf-8"))[:80] or "The file"


def _told(problem: str, name: str) -> CoachError:
    return CoachError(_TELL.get(problem, _TELL["broken"]).format(name=name))


def _read_apart(name: str, kind: str, data: bytes) -> Iterator[Line]:
    """What the child process makes of a document."""
    root = str(Path(__file__).resolve().parent.parent)
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "coach.leaflet_worker", kind],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=LIMIT_S,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired:
        raise _told("slow", name) from None
    except OSError as error:
        raise CoachError(f"The process that reads {name} can't be started: {error.strerror or error}.") from error
    if done.returncode != 0:
        raise _told("broken" if done.returncode > 0 else "heavy", name)
    try:
        answer = json.loads(done.stdout)
        if "problem" in answer:
            raise _told(str(answer["problem"]), name)
        lines = [_line(*values) for values in answer["lines"]]
    except (ValueError, TypeError, KeyError):
        raise _told("broken", name) from None
    return iter(lines)


def _line(text: object, heading: object, item: object, row: object, column: object) -> Line:
    """A line as the child told it. Raises TypeError at anything else: the child was among strangers."""
    if not (isinstance(text, str) and isinstance(heading, int) and isinstance(item, str | None)):
        raise TypeError
    if not (isinstance(row, int | None) and isinstance(column, int | None)):
        raise TypeError
    return Line(text, heading, item, row, column)
