"""What a folder of recordings holds, and what the coach should make of each of them.

The folder has a ``manifest.csv`` with ``path``, ``kind`` and ``text``, and where known ``speaker``, ``context`` (the
question just asked), ``expect`` and ``action``. What is wanted follows from ``expect`` first (``report``, ``other``,
or actions: ``stop|urgent``), then from ``kind``, with ``action`` naming what passes for a report.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

from coach.errors import CoachError
from coach.intents import Action, Context, understand

Row = Mapping[str, str]
RATE_HZ = 16_000
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NOISES = ("noise", "noise_event", "noise_roomtone")
NEGATIVES = ("negative_word", "negative_phrase", "negative_sentence")
QUIET = (*NEGATIVES, *NOISES, "silence")
"""Of these nothing may come."""
ALL_NAMED = "all with an action"
"""The total of those whose right action the manifest names, whatever it is."""
_NOT_MEASURED = ("rir", "asr_smoke")
_SYMPTOMS = ("report", "medical", "symptom")
"""How the kinds of sentences about symptoms begin."""
_ANY_REPORT = ("ease", "ask", "stop", "gp", "urgent", "emergency")


class Wanted(Enum):
    """What should come of a recording."""

    ACTION = auto()
    SCORE = auto()
    REPORT = auto()
    NOTHING = auto()
    ANYTHING = auto()
    """About how somebody is, but not to this coach: nothing need come, and nothing would be wrong."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One row of the manifest that can be measured."""

    path: str
    sort: str
    """Under which name it is counted."""
    wanted: Wanted
    text: str = ""
    """What is said; empty where nobody speaks, or it isn't known."""
    speaker: str = ""
    actions: tuple[str, ...] = ()
    """Any of which is right, the best first."""
    is_named: bool = False
    """Whether the manifest names those actions, rather than "any report"."""
    score: int | None = None
    context: Context | None = None

    @property
    def sorts(self) -> tuple[str, ...]:
        """Its own sort and the totals that it belongs to."""
        totals = []
        if self.sort in ("command yes", "command no"):
            totals.append("yes and no")
        elif self.sort in NEGATIVES:
            totals.append("all negatives")
        elif self.sort in QUIET:
            totals.append("all noise, silence")
        return (self.sort, *totals, *([ALL_NAMED] if self.is_named else []))


def manifest(folder: Path) -> list[dict[str, str]]:
    """The rows of the folder's manifest. Raises CoachError where there is none, or none of that form."""
    try:
        with (folder / "manifest.csv").open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, restval="")
            if not {"path", "kind", "text"} <= set(reader.fieldnames or ()):
                raise CoachError(f"{folder}/manifest.csv has no columns path, kind and text.")
            return [{name: (row[name] or "").strip() for name in reader.fieldnames or ()} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CoachError(f"{folder} has no manifest.csv that can be read, with path, kind and text.") from error


def read(path: Path) -> Any:
    """A recording's first channel: float32, shape (n,), 16 kHz. CoachError where it can't be read, or is empty."""
    import soundfile
    import soxr

    try:
        sound, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise CoachError(f"{path} can't be read as sound.") from error
    if not len(sound):
        raise CoachError(f"{path} has no sound in it.")
    return sound[:, 0] if rate_hz == RATE_HZ else soxr.resample(sound[:, 0], rate_hz, RATE_HZ)


def recordings(rows: Iterable[Row]) -> tuple[list[Recording], Counter[str]]:
    """The rows that can be measured, and how many others there are by kind (or what else is unknown of them)."""
    known, unknown = [], Counter[str]()
    for row in rows:
        if row["kind"] in _NOT_MEASURED:
            continue
        recording = recording_of(row)
        if recording is not None:
            known.append(recording)
        else:
            unknown[_told(row)] += 1
    return known, unknown


def recording_of(row: Row) -> Recording | None:
    """What the row asks for; None where that can't be told."""
    kind, text, speaker = row["kind"], row["text"], row.get("speaker", "")
    expect = (row.get("expect") or row.get("expected") or "").lower()
    context = row.get("context", "")
    if context and context not in set(Context):
        return None
    asked = Context(context) if context else None
    if expect == "other":
        return Recording(row["path"], "other", Wanted.ANYTHING, text, speaker, context=asked)
    named = _actions(expect) or _actions(row.get("action", ""))
    if expect == "report" or kind.startswith(_SYMPTOMS) or _actions(expect):
        return _of_actions(row, named or _ANY_REPORT, bool(named), asked)
    if kind == "command":
        return _command(row, asked)
    if kind == "digit":
        return _digit(row, asked)
    if kind in QUIET:
        said = text if kind in NEGATIVES else ""
        return Recording(row["path"], kind, Wanted.NOTHING, said, speaker, context=asked)
    return None


def _of_actions(row: Row, actions: tuple[str, ...], named: bool, context: Context | None) -> Recording:
    if any(Action(action).is_report for action in actions):
        sort, wanted = "report", Wanted.REPORT
    elif "none" in actions[:1]:
        sort, wanted = "phrase for nobody", Wanted.NOTHING
    else:
        sort, wanted = "phrase, command", Wanted.ACTION
    return Recording(row["path"], sort, wanted, row["text"], row.get("speaker", ""), actions, named, None, context)


def _command(row: Row, context: Context | None) -> Recording | None:
    text = row["text"].lower()
    if context is None and text in ("yes", "no"):
        context = Context.ASKED_YES_NO
    action = understand(text, context).action.value
    if action == "none":
        return None
    sort, speaker = f"command {text}", row.get("speaker", "")
    return Recording(row["path"], sort, Wanted.ACTION, row["text"], speaker, (action,), False, None, context)


def _digit(row: Row, context: Context | None) -> Recording | None:
    score = _number(row["text"])
    if score is None:
        return None
    sort, speaker = "digit, 8 kHz source" if "fsdd" in row["path"].lower() else "digit", row.get("speaker", "")
    return Recording(
        row["path"], sort, Wanted.SCORE, row["text"], speaker, score=score, context=context or Context.ASKED_SCORE
    )


def _number(text: str) -> int | None:
    word = text.lower()
    if word in NUMBERS:
        return NUMBERS.index(word)
    return int(word) if word in {str(number) for number in range(11)} else None


def _actions(text: str) -> tuple[str, ...]:
    """The actions in ``a|b``; none where any part is no action."""
    parts = tuple(part.strip() for part in text.lower().split("|") if part.strip())
    return parts if all(part in set(Action) for part in parts) else ()


def _told(row: Row) -> str:
    known = row["kind"] in ("command", "digit", *QUIET)
    context = row.get("context", "")
    if context and context not in set(Context):
        return f"{row['kind']} with the context {context}"
    return f"{row['kind']} {row['text']}".strip() if known else row["kind"] or "no kind"
