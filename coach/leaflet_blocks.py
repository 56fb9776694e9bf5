"""A leaflet's lines put together again: titles, paragraphs, list entries and table rows, in blocks that belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from coach.leaflet_lines import Line
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
    r"(?:#+ *)?\W*(?:\[?(?:video|picture|photo|image|illustration|figure|diagram|pic)\b.{0,40}\]?(?:\(#?\))?|©.*|\(c\) .*|"
    r"copyright.*|(?:name|date|patient|patient name|therapist|physio\w*|dob|nhs number|signed|clinician|date of birth|issued by|given by)\s*:.*|page \d+.*|\d{1,3}|www\.\S+|https?://\S+|continued .*|(?:please )?turn over.*|\*{3,}|_{3,}|-{3,}|={3,})\W*",
    re.IGNORECASE,
)
_FORM = re.compile(
    r"(?:name|date|patient|therapist|physio\w*|dob|signed|clinician|issued|given)\b[^:]{0,15}:", re.IGNORECASE
)
_PAGE = re.compile(r"\s{2,}page \d+ of \d+\b.*|\bpage \d+ of \d+\b", re.IGNORECASE)
_BLANKS = re.compile(r"_{2,}|\.{4,}|…")
LABELS = (
    r"start(?:ing)? position|start|position|action|movement|repeat|reps?|repetitions?|sets?|hold|notes?|tips?|"
    r"remember|video|instructions?|directions?|steps|how|how to|how to do (?:it|this|them|the exercise)|for|equipment|aim|purpose|benefits?|dosage|frequency|how often|"
    r"how many|you should feel|target|duration|progression|to progress|easier|harder|caution|warning|do|method|technique|"
    r"times|why|then|left|right|both sides|each side|week \d+|day \d+|step \d+|times (?:a|per) day|n\.?b\.?|dose|what to do|make it easier|make it harder|rest|finish|side"
)
LABEL = re.compile(rf"(?:{LABELS})(?:\s*[:=\u2013\u2014-]+\s*(?:\S.*)?|\s*)", re.IGNORECASE)
_BARE_LABEL = re.compile(rf"(?:{LABELS})\s*[:?]?", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?:exercise|ex\.?|stretch|no\.?|activity|movement) ?(?:no\.? ?)?#?(\d{1,2}[a-z]?|[A-H])\b ?[:.)\u2013\u2014-]*\s*(?=\S|$)",
    re.IGNORECASE,
)
_LOOSE_NUMBER = re.compile(r"(\d{1,2})\s{1,}(?=[A-Z])")
STARTS = (
    "lie lying lay sit sitting sat stand standing kneel kneeling start begin place put bend straighten lift raise lower "
    "push pull squeeze tighten slide roll turn tilt tip lean march hold keep bring draw let rest press rock stretch "
    "swing circle point take reach tuck rise move cross breathe face hang clasp grip clench open close spread touch "
    "shrug rotate twist drop ease flatten paddle perch get go gently slowly with using on in from while when repeat do "
    "return come relax make try imagine now then stay step support walk pinch wrap cup loop catch look lace fold"
).split()
_STARTS = re.compile(rf"(?:{'|'.join(STARTS)})\b", re.IGNORECASE)


def blocks(lines: Sequence[Line]) -> tuple[Block, ...]:
    """The leaflet in blocks; the first may be an untitled opening."""
    parts = _numbered_titles(tuple(_run_on(_parts(_with_tables(lines)))))
    return tuple(_gathered(parts))


def _with_tables(lines: Iterable[Line]) -> Iterator[Line]:
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
    r"\b(?:sets?|reps?|repetitions?|repeat|hold|times?|how (?:often|many|long)|frequency|duration|dose|dosage|secs?|seconds|minutes|sides?)\b",
    re.I,
)
_NAME_HEAD = re.compile(r"\b(?:exercise|name|movement|stretch|activity|what|position)\b", re.I)


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
    return len(before) > 45 and not before.endswith((".", "!", "?", ":")) and not _BARE_LABEL.match(after)


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
    if marked and not LABEL.fullmatch(text.rstrip(":")) or title_like(text):
        strong = marked or (text.upper() == text and len(text.split()) < 10)
        return Part("title", text.rstrip(), strong=strong, new=gap)
    return Part("text", text, new=gap)


_TAIL = re.compile(
    r"(?P<name>\S.{1,70}?)(?:\s*[(:;,\u2013\u2014]\s*|\s+-\s+|\s+)(?P<rest>(?:(?:\d|x ?\d|X ?\d|hold\b|repeat\b|sets?\s*[:=]|"
    r"reps?\s*[:=]|repetitions?\s*[:=]|(?:one|two|three|four|five|six|eight|ten|twelve|fifteen|twenty|thirty|once|twice)\b|"
    r"(?:left|right)\b[^.]{0,12}\bonly|each\b|both\b|alternat\w+|up and down)).*)",
    re.IGNORECASE,
)


def tail(text: str) -> tuple[str, str]:
    """(name, dose) of "Side taps (10 reps on each foot)"; the dose empty where none stands at the end."""
    match = _TAIL.fullmatch(text.strip())
    if match and len(match["rest"]) < 90 and _is_dose(match["rest"]) and not re.search(r"[.!?] +[A-Z]", match["rest"]):
        return match["name"].rstrip(" :-\u2013\u2014,("), match["rest"]
    return text, ""


def title_like(text: str) -> bool:
    """Whether a line by itself looks like a heading: short, a capital, no full stop, neither order nor dose."""
    name, dose = tail(text)
    if re.match(rf"(?:{LABELS})\s*[:=]", text, re.IGNORECASE) or (_UNFINISHED if dose else _NEVER_LAST).search(name):
        return False
    if dose and text.rstrip().endswith(".") and not re.search(r"[:(\u2013\u2014]|\s-\s", text):
        return False
    bare = re.sub(r"\([^)]*\)", "", name).strip()
    words = bare.split()
    if not 0 < len(words) <= 9 or len(name) > 80 or not re.match(r"[A-Z]", text.strip()):
        return False
    if re.search(r"[.;,!]$", name) or _BARE_LABEL.fullmatch(bare) or LABEL.fullmatch(bare) and _is_dose(bare):
        return bool(_QUESTION.fullmatch(bare))
    if name.upper() == name:
        return True
    if _is_dose(bare) and (not dose or read(bare).counted):
        return False
    if _STARTS.match(bare) and len(words) > 4:
        return False
    if dose and not re.search(r"[:(\u2013\u2014]|\s-\s", text[len(name) : len(name) + 3]) and len(words) > 5:
        return False
    wordy = re.search(
        r"\b(?:you|your|is|are|should|please|if|and then|will|can|these|this|it|they|when|there)\b", bare.lower()
    )
    the = re.search(r"\bthe\b", bare.lower()) and len(words) > 5
    if wordy and re.match(r"(?:when|what|why|how|who|where)\b", bare, re.I) and len(words) < 8 and "," not in bare:
        return True
    return not (wordy or the) or (name.endswith((":", "?")) and len(words) < 7)


_NEVER_LAST = re.compile(r"\b(?:and|or|then|to|for|with|of|the|a|your)$", re.I)
_UNFINISHED = re.compile(
    r"\b(?:and|or|then|to|for|at|in|on|with|of|the|a|your|about|by|from|over|up to|each|hold|repeat)$", re.I
)
_QUESTION = re.compile(r"how (?:often|many|long|much)\b.*\?", re.IGNORECASE)


def _is_dose(text: str) -> bool:
    dose = read(text)
    return bool(dose.quotes) or dose.vague


_RUN_ON = re.compile(r"(?:(?<=^)|(?<=[.!?)] )|(?<=[.!?)]\n))(\d{1,2})[.)]? (?=[A-Z][a-z]+|[A-Z]{3,})")


def _run_on(parts: Iterable[Part]) -> Iterator[Part]:
    """Long paragraphs in which "1 Calves Stand ... 2 Hamstrings Stand ..." go on and on are cut at the numbers."""
    for part in parts:
        if part.kind != "text" and not (part.kind == "entry" and part.mark.isdigit()) or len(part.text) < 150:
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


def _numbered_titles(parts: Sequence[Part]) -> tuple[Part, ...]:
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


def _gathered(parts: Sequence[Part]) -> Iterator[Block]:
    starters = _starters(parts)
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
        elif index in starters:
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


_POSITION_START = re.compile(
    r"(?:lie|lying|lay|sit|sitting|stand|standing|kneel|kneeling|crawling|on (?:your (?:back|front|side|hands)|all fours)|start)\b",
    re.I,
)


def _begins_another(block: Block, part: Part, cut: bool) -> bool:
    """Whether a paragraph without a title is a new exercise: after a cut, or a new position after a whole dose."""
    if part.kind != "text" or not part.new:
        return False
    if cut:
        return True
    complete = bool(block.texts) and read(block.body).counted
    name, rest = named(part.text)
    if name and name.upper() == name and len(rest) > 30 and _STARTS.match(rest) and not _BARE_LABEL.fullmatch(name):
        return True
    if name and rest and len(rest) > 30 and read(rest).counted and not _BARE_LABEL.fullmatch(name):
        return complete or not block.title or not _is_dose(block.body)
    if not complete:
        return bool(
            not block.title
            and block.texts
            and _POSITION_START.match(part.text)
            and not _POSITION_START.match(block.texts[0].strip())
        )
    return bool(_POSITION_START.match(part.text) and read(part.text).quotes)


def named(text: str) -> tuple[str, str]:
    """(name, rest) of "Chest stretch. Sit upright ..." and the like; no name where the text is only instructions."""
    text = text.strip()
    if title_like(text):
        name, dose = tail(text)
        return (name.strip(" :"), dose)
    for pattern in (
        r"(?P<name>[^.:\u2013\u2014\n]{3,60}?)\s*(?:[\u2013\u2014]| - |: |\. )\s*(?P<rest>\S.*)",
        r"(?P<name>(?=[A-Z]{2})(?:[A-Z][A-Z/'-]*[ ,]+){1,7})(?P<rest>\S.*)",
        rf"(?P<name>[A-Z][\w/'-]*(?: [a-z][\w/'-]*){{0,3}}) (?P<rest>(?:{'|'.join(word.capitalize() for word in STARTS)}) .*)",
    ):
        match = re.match(pattern, text, re.DOTALL)
        if not match:
            continue
        name = match["name"].strip()
        capitals = re.search(r"((?:[A-Z]{3,}[ /-]?){2,})", name)
        if capitals and name.upper() != name:
            return capitals[1].strip(), text[len(name) :] if False else text
        if title_like(name) and not LABEL.fullmatch(name) and not re.search(r"\d", name):
            return name, match["rest"]
    called = re.match(r"[^.]{0,60}?\bcalled (?:an? |the )?((?:[A-Z]{3,}[ /-]?){2,})", text)
    return (called[1].strip(), text) if called else ("", text)


_STEP = re.compile(
    r"(?:hold|repeat|now|then|return|let go|relax|lower|do this|slowly|squeeze|come back|release|rest|keep|stop|finally|next)\b",
    re.I,
)


def _starters(parts: Sequence[Part]) -> set[int]:
    """The entries of lists that each begin an exercise, rather than being its steps."""
    starters: set[int] = set()
    for run in _runs(parts):
        texts = [_with_following(parts, index) for index in run]
        if _are_exercises(parts, run, texts):
            starters |= set(run)
    return starters


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
    if any(_BARE_LABEL.match(head) and LABEL.fullmatch(head.split(":")[0]) for head in heads):
        return False
    if sum(bool(_STEP.match(head)) for head in heads) > (0 if kind != "letter" else len(heads) // 2):
        return False
    doses = sum(read(text).counted or read(text).blank for text in texts)
    names = sum(bool(named(head)[0]) and bool(_STARTS.search(text)) for head, text in zip(heads, texts, strict=True))
    placed = sum(bool(_POSITION_START.search(text[:80])) for text in texts)
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
    actions = sum(bool(_STARTS.match(text)) or placed > 0 for text in texts)
    return (
        doses > half
        or (names > half and names + doses > half and actions > 0)
        or (spans_titles and actions >= half)
        or placed > half
    )
