"""The one place where the text of a leaflet is made harmless before anything shows, says or stores it.

A leaflet is written by strangers. What a terminal, a speech engine or a file name would take for more than letters
(escapes, control characters, marks that turn the direction of writing, addresses to click on, tags, the square
brackets by which markup and speech engines are commanded) goes; what a person reads stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace

from coach.leaflet_lines import Line

LINE_CHARACTERS = 4_000
"""A line longer than this is broken: nothing later needs to work on more at once."""
MARKS_IN_A_ROW = 2
"""Accents on one letter; more are a tower that spills over the lines around it."""

_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, the cursor
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"  # titles, links, strings
    r"|\x1b[ -/]*[0-~]?"
)
_HYPHENATED = re.compile(r"\u00ad[ \t]*\r?\n[ \t]*(?=\w)")
_LINE_ENDS = re.compile(r"\r\n?|[\x85\u2028\u2029\v]")
_LINKS = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://[^\s<>|]*|://[^\s<>|]*|\bwww\.[^\s<>|]+"
    r"|\b(?:javascript|vbscript|data|file|mailto|tel):[^\s<>|]+"
    r"|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}",
    re.IGNORECASE,
)
_TAGS = re.compile(r"<[/!?]?[a-z][^<>\n]{0,500}>|<!--", re.IGNORECASE)
_FORMS = (("\ufb00", "\ufb06"), ("\uff01", "\uff5e"), ("\U0001d400", "\U0001d7ff"))
_SPACES = re.compile(r"[^\S\n\f]+")
_SPACED_END = re.compile(r" ?([\n\f]) ?")
_SENTENCE_END = re.compile(r"[.!?;] (?!.*[.!?;] )", re.DOTALL)

_INSTEAD = str.maketrans(
    {
        "[": "(",
        "]": ")",
        "\u2024": ".",
        "\u2010": "-",
        "\u2011": "-",
        "\u2044": "/",
        # What fonts of symbols leave in place of their bullets and boxes.
        "\uf0b7": "•",
        "\uf0a7": "•",
        "\uf0d8": "•",
        "\uf0fc": "•",
        "\uf076": "•",
        "\uf02d": "-",
        "\uf0b4": "\u00d7",
        "\u25cf": "•",
        "\u2023": "•",
        "\u25aa": "•",
        "\u25e6": "•",
    }
)


def clean_text(text: str) -> str:
    """The readable part of a text, with newlines and form feeds. Cleaning it again changes nothing."""
    text = _LINE_ENDS.sub("\n", _HYPHENATED.sub("", _ESCAPES.sub("", text)))
    text = unicodedata.normalize("NFC", "".join(_readable(text))).translate(_INSTEAD)
    # What goes may leave behind what then looks like something to go: until nothing more does.
    for _ in range(20):
        shorter = _TAGS.sub(" ", _LINKS.sub(" ", text))
        if shorter == text:
            break
        text = shorter
    else:
        text = text.replace("<", " ").replace("://", " ").replace("@", " ")
    return _SPACED_END.sub(r"\1", _SPACES.sub(" ", text))


def clean_words(text: str) -> str:
    """The readable part of a text on one line, as for a name."""
    return " ".join(clean_text(text).split())


def clean_lines(lines: Iterable[Line]) -> Iterator[Line]:
    """Every line made harmless, one that is too long in parts, and never two gaps together."""
    gap = True
    for line in lines:
        text = clean_words(line.text)
        is_gap = not text and line.row is None
        if not (is_gap and gap):
            item = clean_words(line.item)[:8] or None if line.item else None
            first, *others = _parts(text)
            yield replace(line, text=first, item=item)
            yield from (replace(line, text=part, item=None) for part in others)
        gap = is_gap


def is_title(text: str) -> bool:
    """Whether a line in bold can be a heading: short, no sentence, and no numbers, which belong to doses."""
    return len(text.split()) <= 8 and not text.endswith((".", "!", ";", ",")) and not re.search(r"\d", text)


def _readable(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        if character.isascii():
            marks = 0
            if character in "\n\f" or character.isprintable():
                yield character
            elif character == "\t":
                yield " "
            continue
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me", "Mc") else 0
        if marks > MARKS_IN_A_ROW or category == "Me":
            continue
        if category == "Zs":
            yield " "
        elif category[0] != "C" or character in _SYMBOL_BULLETS:
            yield unicodedata.normalize("NFKC", character) if _is_a_form(character) else character


_SYMBOL_BULLETS = frozenset(chr(code) for code in _INSTEAD if 0xF000 <= code <= 0xF0FF)


def _is_a_form(character: str) -> bool:
    """Whether it is only another form of plain letters or digits: ligatures, full width, mathematical alphabets."""
    return any(first <= character <= last for first, last in _FORMS)


def _parts(text: str) -> Iterator[str]:
    """The text in pieces that are not too long, cut after a sentence where there is one, else between words."""
    while len(text) > LINE_CHARACTERS:
        head = text[:LINE_CHARACTERS]
        ends = _SENTENCE_END.search(head)
        cut = ends.end() if ends else head.rfind(" ") + 1 or LINE_CHARACTERS
        yield head[:cut].strip()
        text = text[cut:].strip()
    yield text
