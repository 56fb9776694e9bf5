"""The grammar of doses: what a leaflet or a person prescribes, in numbers, or that it has to be asked about.

Null means "not said": nothing is filled in that the words do not say, and two readings that differ give none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from coach.dose_patterns import (
    DAILY,
    HELD,
    MOVING,
    OTHER_FREQUENCY,
    PATTERN,
    STILL_WHOLE,
    THRICE,
    TWICE,
)
from coach.dose_sides import sides
from coach.dose_vague import is_bare, is_vague
from coach.dose_words import BLANK, masked, one_form, starting, works_up

Span = tuple[float, float]
"""(lowest, highest)."""


@dataclass(frozen=True, slots=True)
class Prescribed:
    """One dose; None where nothing was said."""

    hold_s: Span | None = None
    reps: Span | None = None
    sets: Span | None = None
    duration_s: Span | None = None
    sides: str | None = None
    """both, left, right or alternate."""
    times_per_day: Span | None = None
    vague: bool = False
    """A blank, a vague dose, a spoilt number or readings that differ: somebody has to look."""
    bare: bool = False
    """It is only vague for a hold or a repeat without a number, which a dose said for all makes good."""
    blank: bool = False
    """There is a blank, which no dose given elsewhere makes good."""
    other_frequency: bool = False
    """How often is said, but not as times in a day ("every hour")."""
    quotes: tuple[str, ...] = ()
    """The sentences it came from, as printed."""

    @property
    def counted(self) -> bool:
        """Whether there is a number for hold, repetitions, sets or duration."""
        return any((self.hold_s, self.reps, self.sets, self.duration_s))


@dataclass(frozen=True, slots=True)
class _Found:
    kind: str
    """seconds, count, repeat, sets, by, by_seconds, day, rest."""
    value: str
    other: str = ""
    noun: str = ""
    hold: bool | None = None
    """Of seconds: held or moving, as far as the sentence tells."""


def read(text: str) -> Prescribed:
    """The dose in the words of one exercise, its name among them; never raises, whatever the text."""
    sentences = tuple(_sentences(text))
    dose = _read(sentences, text, starting)
    if not dose.counted and any(works_up(one_form(sentence)) for sentence in sentences):
        dose = _read(sentences, text, str)
    return dose


def _sentences(text: str) -> Iterator[str]:
    """Sentences as printed; "approx." and "secs." end none before a small letter or a digit."""
    for line in re.split(r"[\n\r\f]+", text):
        for sentence in re.split(r"(?<=[.!?;])\s+(?=[\"'(\u2018\u201c]*[A-Z0-9…_\u2022])", line):
            if sentence.strip():
                yield sentence.strip()


def _read(sentences: Sequence[str], text: str, kept: Callable[[str], str]) -> Prescribed:
    found: list[_Found] = []
    quotes: list[str] = []
    days: set[Span] = set()
    other = False
    forms = []
    for sentence in sentences:
        form = masked(kept(one_form(sentence)))
        forms.append(form)
        here = list(_scan(form))
        daily, elsewhen = _frequency(form, here)
        days |= daily
        other = other or elsewhen
        here = [finding for finding in here if finding.kind != "day"]
        found += here
        if daily or elsewhen or any(finding.kind != "rest" for finding in here):
            quotes.append(sentence)
    whole = " . ".join(forms)
    dose = _combined(found, whole)
    vague = dose.vague or is_vague(*_lacks(dose), whole) or len(days) > 1
    bare = not vague and is_bare(*_lacks(dose), whole)
    return replace(
        dose,
        sides=sides(whole),
        times_per_day=days.pop() if len(days) == 1 and not other else None,
        vague=vague or bare,
        bare=bare,
        blank=BLANK in _relevant(found),
        other_frequency=other,
        quotes=tuple(quotes),
    )


def _relevant(found: Sequence[_Found]) -> str:
    return "".join(finding.value + finding.other for finding in found)


def _scan(form: str) -> Iterator[_Found]:
    for match in PATTERN.finditer(form):
        groups = {name: value for name, value in match.groupdict().items() if value is not None}
        yield from _finding(groups, form, match.start())


_SIMPLE = {
    "day_n": "day", "day_d": "day", "rounds": "sets", "circuit": "sets", "sets_key": "sets", "sets_n": "sets",
    "count_e": "count", "count_lr": "count", "x_n": "count", "n_x": "count", "do": "count", "lone": "count",
    "rest": "rest",
}  # fmt: skip


def _finding(groups: dict[str, str], form: str, at: int) -> Iterator[_Found]:
    name = next(iter(groups))
    if name in _SIMPLE:
        yield _Found(_SIMPLE[name], groups[name])
    elif name == "sets_of":
        yield _Found("sets", groups["sets_of"])
        yield _Found("seconds", groups["of_s"], hold=_held(form, at))
    elif name == "sets_r":
        yield _Found("sets", groups["sets_r"])
        yield _Found("count", groups["of_r"], noun="reps")
    elif name == "by_s_n":
        yield _Found("seconds", groups["by_s"], hold=_held(form, at))
        yield _Found("count", groups["by_s_n"], noun="by")
    elif name == "sec_x":
        yield _Found("seconds", groups["sec_x"], hold=_held(form, at) or ("hold" in form or None))
        yield _Found("sets" if "set" in groups.get("sec_x_noun", "") else "count", groups["sec_x_n"], noun="by")
    elif name in ("by_sets_r", "by_m2"):
        yield _Found("count", groups[name], noun="reps")
        yield _Found("sets", groups["by_sets" if name == "by_sets_r" else "by_n2"])
    elif name == "by_n":
        yield _Found("sets", groups["by_n"])
        yield _Found("count", groups["by_m"], noun="reps")
    elif name == "seconds":
        yield _Found("seconds", groups["seconds"], hold=_held(form, at))
    elif name == "bare_s":
        yield _Found("seconds", groups["bare_s"], hold=True)
    elif name == "key":
        yield _Found("repeat" if form[at:].startswith("repeat ") else "count", groups["key"], noun="reps")
    elif name == "repeat":
        noun = groups.get("repeat_noun", "")
        yield _Found("sets" if noun in ("sets", "rounds") else "repeat", groups["repeat"], noun=noun)
    elif name == "count":
        yield _Found("count", groups["count"], noun=groups["count_noun"])


def _held(form: str, at: int) -> bool | None:
    """Whether the seconds at ``at`` are of a position kept: the nearest word before them that tells, or else after."""
    before, after = form[:at], form[at : at + 40]
    held = max((match.start() for match in HELD.finditer(before)), default=-1)
    moving = max((match.start() for match in MOVING.finditer(before)), default=-1)
    if re.search(r"\b(?:hold\w*|stay|pause|keep (?:it|this) there)\b", before) and held >= 0:
        return held > moving or not re.search(r"\bkeep going|continu", before)
    if held < 0 and moving < 0:
        if re.match(r"\S+ sec (?:holds?|stretch|squeeze)\b", after) or re.search(r"\bhold", after):
            return True
        return False if MOVING.search(after) else None
    if (
        moving >= 0
        and held >= 0
        and re.search(r"up and down|back and forth|without (?:pausing|stopping)|march|walk", before)
    ):
        return False
    return held > moving


def _frequency(form: str, found: Sequence[_Found]) -> tuple[set[Span], bool]:
    """The times in a day that the sentence tells, and whether it tells another frequency."""
    other = bool(OTHER_FREQUENCY.search(form))
    if re.search(r"\bevery other day\b", form):
        return set(), True
    days = {span for finding in found if finding.kind == "day" and (span := _span(finding.value))}
    if not days:
        for pattern, times in ((THRICE, 3.0), (TWICE, 2.0), (DAILY, 1.0)):
            if pattern.search(form):
                days = {(times, times)}
                break
    return days, other and not days


def _span(value: str, most: float = 300) -> Span | None:
    """The range as numbers; None where it is blank, spoilt or beyond what is ever meant."""
    ends = [float(end) for end in value.split("-")] if re.fullmatch(r"\d{1,6}(?:-\d{1,6})?", value) else []
    return (ends[0], ends[-1]) if ends and ends[0] > 0 and ends[-1] <= most else None


MOST_REPS, MOST_SETS, MOST_HOLD_S, MOST_DURATION_S = 100.0, 12.0, 300.0, 3600.0


_MOST_ROUNDS = 6.0


def _combined(found: Sequence[_Found], whole: str) -> Prescribed:
    """All that was found in one exercise, put into fields; what contradicts itself is left out and is vague."""
    seconds = [finding for finding in found if finding.kind == "seconds"]
    still = bool(STILL_WHOLE.search(whole)) and not (
        not any(finding.hold for finding in seconds) and re.search(r"without (?:pausing|stopping)|\bmarch", whole)
    )
    holds = [f.value for f in seconds if f.hold or (f.hold is None and still)]
    lasting = [f.value for f in seconds if f.value not in holds]
    sets = [finding.value for finding in found if finding.kind == "sets"]
    reps, more_sets, clash = _counts(found, bool(sets), bool(lasting) and not holds)
    hold, bad_hold = _one(holds, MOST_HOLD_S)
    duration, bad_duration = _one(lasting, MOST_DURATION_S)
    set_count, bad_sets = _one(sets or more_sets, MOST_SETS)
    rep_count, bad_reps = _one(reps, MOST_REPS)
    return Prescribed(
        hold_s=hold,
        reps=rep_count,
        sets=set_count,
        duration_s=duration,
        vague=clash or bad_hold or bad_duration or bad_sets or bad_reps,
    )


def _one(values: Sequence[str], most: float) -> tuple[Span | None, bool]:
    """The one value that all agree on, and whether there is something wrong with them."""
    spans = {_span(value, most) for value in values}
    return (spans.pop(), False) if len(spans) == 1 and None not in spans else (None, bool(spans))


def _counts(found: Sequence[_Found], has_sets: bool, moving: bool) -> tuple[list[str], list[str], bool]:
    """(repetitions, sets, whether the readings differ): inner counts are repetitions, a repeat of them is sets."""
    inner = [f.value for f in found if f.kind == "count"]
    repeats = [f.value for f in found if f.kind == "repeat"]
    order = [f for f in found if f.kind in ("count", "repeat", "rest")]
    if has_sets:
        return inner + repeats, [], False
    worded = [f.value for f in found if f.kind == "count" and f.noun in ("reps", "rep", "repetitions", "repetition")]
    if moving and not worded:
        return [], inner + repeats, False
    if moving:
        return worded, repeats, False
    kinds = "".join({"count": "c", "repeat": "r", "rest": "-"}[f.kind] for f in order)
    if len(set(inner + repeats)) == 1 and re.fullmatch(r"[cr](?:-+[cr])+-*", kinds.lstrip("-")):
        return (inner + repeats)[:1], [str(len(inner + repeats))], False
    if inner and repeats and len(set(inner)) == 1 and len(set(repeats)) == 1 and inner[0] != repeats[0]:
        first = next(index for index, f in enumerate(order) if f.kind == "count")
        outer = _span(repeats[0])
        if outer and outer[1] <= _MOST_ROUNDS and any(f.kind == "repeat" for f in order[first:]):
            return inner[:1], repeats[:1], False
    if not inner and len(repeats) == 2 and repeats[0] != repeats[1] and "-" in kinds:
        return repeats[:1], repeats[1:], False
    return inner + repeats, [], False


def _lacks(dose: Prescribed) -> tuple[bool, bool]:
    """(no seconds, no count)."""
    return (
        dose.hold_s is None and dose.duration_s is None,
        dose.reps is None and dose.sets is None and dose.duration_s is None,
    )


def read_typed(line: str) -> tuple[str, Prescribed]:
    """A line such as "bridge 3x10 hold 5s": the name typed first, and the dose."""
    form = re.search(
        r"[,:;(\u2013-]?\s*\b(?:\d|x ?\d|hold|reps?\b|sets?\b|repeat|each|both|left only|right only|daily|once|twice|"
        r"(?:two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty)\b|for \d|a minute|half a)",
        line,
        re.IGNORECASE,
    )
    name = (line[: form.start()] if form and form.start() else line if not form else "").strip(" ,:;-\u2013(")
    return name, read(line)
