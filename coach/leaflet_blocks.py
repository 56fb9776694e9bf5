"""A leaflet's lines put together again: titles, paragraphs, list entries and table rows, in blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from coach.leaflet_lines import Line
from coach.leaflet_lists import POSITION_START, Part, numbered_titles, run_on, starters
from coach.leaflet_tables import with_tables
from coach.leaflet_titles import BARE_LABEL, BEGINS, LABEL, is_dose, named, title_like
from coach.prescribed import read


@dataclass(frozen=True, slots=True)
class Block:
    """What is printed under one title, or stands together without one."""

    title: str
    texts: tuple[str, ...] = ()
    part: str = ""
    """The letter or number of a part of an exercise."""
    listed: bool = False
    """It is an entry of a list of exercises."""

    @property
    def body(self) -> str:
        return "\n".join(self.texts)


_FURNITURE = re.compile(
    r"(?:#+ *)?\W*(?:\[?(?:video|picture|photo|image|illustration|figure|diagram|pic)\b.{0,40}\]?(?:\(#?\))?|"
    r"©.*|\(c\) .*|"
    r"copyright.*|(?:name|date|patient|patient name|therapist|physio\w*|dob|nhs number|signed|clinician|"
    r"date of birth|issued by|given by)\s*:.*|page \d+.*|\d{1,3}|www\.\S+|https?://\S+|continued .*|"
    r"(?:please )?turn over.*|\*{3,}|_{3,}|-{3,}|={3,})\W*",
    re.IGNORECASE,
)


_FORM = re.compile(
    r"(?:name|date|patient|therapist|physio\w*|dob|signed|clinician|issued|given)\b[^:]{0,15}:", re.IGNORECASE
)


_PAGE = re.compile(r"\s{2,}page \d+ of \d+\b.*|\bpage \d+ of \d+\b", re.IGNORECASE)


_BLANKS = re.compile(r"_{2,}|\.{4,}|…")


_NUMBERED = re.compile(
    r"(?:exercise|ex\.?|stretch|no\.?|activity|movement) ?(?:no\.? ?)?#?(\d{1,2}[a-z]?|"
    r"[A-H])\b ?[:.)\u2013\u2014-]*\s*(?=\S|$)",
    re.IGNORECASE,
)


_LOOSE_NUMBER = re.compile(r"(\d{1,2})\s{1,}(?=[A-Z])")


def blocks(lines: Sequence[Line]) -> tuple[Block, ...]:
    """The leaflet in blocks; the first may be an untitled opening."""
    parts = numbered_titles(tuple(run_on(_parts(with_tables(lines)))))
    return tuple(_gathered(parts))


def _parts(lines: Iterable[Line]) -> Iterator[Part]:
    """Titles, entries and joined paragraphs, in order."""
    pending: Part | None = None
    gap = True
    for line in lines:
        text = _PAGE.sub("", _plain(line.text)) if line.text else ""
        if not text.strip():
            if pending:
                yield pending
            pending, gap = None, True
            if re.fullmatch(r"\W*[-_*=]{3,}\W*", line.text or ""):
                yield Part("cut")
            continue
        if _FURNITURE.fullmatch(text) and not line.item and (_FORM.match(text) or not _BLANKS.search(text)):
            if pending:
                yield pending
            pending, gap = None, True
            if not text.strip().isdigit():
                yield Part("cut")
            continue
        part = _part(line, text, gap)
        if (
            pending
            and part.kind == "text"
            and not gap
            and pending.kind != "title"
            and _goes_on(pending.text, part.text)
        ):
            pending = replace(pending, text=f"{pending.text} {part.text}")
            continue
        if pending:
            yield pending
        pending, gap = part, False
    if pending:
        yield pending


def _goes_on(before: str, after: str) -> bool:
    """Whether a printed line is the rest of the sentence before it."""
    if re.match(r"[a-z(]", after):
        return not before.endswith((":",)) or True
    return len(before) > 45 and not before.endswith((".", "!", "?", ":")) and not BARE_LABEL.match(after)


def _plain(text: str) -> str:
    """Without marks of Markdown and links."""
    text = re.sub(r"!?\[([^\]]+)\]\([^)]*\)", r"\1", text)
    return re.sub(r"\*\*|__(?=\S)(?<!_)|^#+\s*", "", text.strip()).strip()


def _part(line: Line, text: str, gap: bool) -> Part:
    raw = line.text.strip()
    bold = bool(re.fullmatch(r"\*\*[^*]+\*\*:?", raw))
    marked = line.heading > 0 or raw.startswith("#") or (bold and not line.item)
    numbered = _NUMBERED.match(text)
    if line.item and not re.fullmatch(r"\(?(\d{1,2}|[A-Za-z])[.)]", line.item):
        return Part("entry", text, mark="•", new=gap)
    if line.item:
        return Part("entry", text, mark=line.item.strip("().").lower(), new=gap)
    if numbered and len(text.split()) < 14 and text[numbered.end() :]:
        return Part("title", text[numbered.end() :], strong=True, new=True)
    if numbered and not text[numbered.end() :] and len(text) < 16:
        return Part("title", text, strong=False, new=True)
    if numbered and numbered.end() < len(text):
        return Part("entry", text[numbered.end() :], mark="0", new=gap)
    loose = _LOOSE_NUMBER.match(text)
    if loose and not line.item and (title_like(text[loose.end() :]) or len(text) < 200):
        return Part("entry", text[loose.end() :], mark=loose[1], new=gap)
    if (marked and not LABEL.fullmatch(text.rstrip(":"))) or title_like(text):
        strong = marked or (text.upper() == text and len(text.split()) < 10)
        return Part("title", text.rstrip(), strong=strong, new=gap)
    return Part("text", text, new=gap)


def _gathered(parts: Sequence[Part]) -> Iterator[Block]:
    beginning = starters(parts)
    block = Block("")
    cut = False
    for index, part in enumerate(parts):
        if part.kind == "cut":
            cut = bool(block.texts) or cut
            continue
        if part.kind == "title":
            yield block
            name, rest = named(part.text)
            block = Block(name or part.text, (rest,) if rest else ())
        elif index in beginning:
            letter = part.mark if part.mark.isalpha() else ""
            title = block.title if letter else ""
            if block.part and letter:
                title = block.title
            yield block
            name, rest = named(part.text)
            block = Block(
                name or title, tuple(text for text in (rest,) if text), part=letter if not name else "", listed=True
            )
        elif _begins_another(block, part, cut):
            yield block
            name, rest = named(part.text)
            block = Block(name, (rest,) if rest else ())
        else:
            text = ("\n" if part.new else "") + part.text
            block = replace(block, texts=(*block.texts, text))
        cut = False
    yield block


def _begins_another(block: Block, part: Part, cut: bool) -> bool:
    """Whether a paragraph without a title is a new exercise: after a cut, or a new position after a whole dose."""
    if part.kind != "text" or not part.new:
        return False
    if cut:
        return True
    complete = bool(block.texts) and read(block.body).counted
    name, rest = named(part.text)
    if name and name.upper() == name and len(rest) > 30 and BEGINS.match(rest) and not BARE_LABEL.fullmatch(name):
        return True
    if name and rest and len(rest) > 30 and read(rest).counted and not BARE_LABEL.fullmatch(name):
        return complete or not block.title or not is_dose(block.body)
    if not complete:
        return bool(
            not block.title
            and block.texts
            and POSITION_START.match(part.text)
            and not POSITION_START.match(block.texts[0].strip())
        )
    return bool(POSITION_START.match(part.text) and read(part.text).quotes)
