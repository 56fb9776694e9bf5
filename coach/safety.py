"""What the coach says and asks about safety: fixed, sourced lines from ``safety.toml``. Nothing is generated.

Pure: the data is read once, at import.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from coach.intents import Action


@dataclass(frozen=True, slots=True)
class Country:
    """How help is reached in one country."""

    code: str
    name: str
    doctor: str
    """As in "speak to your G P"."""
    emergency: str
    """The line that says how to get emergency help."""
    urgent: str
    """The line that says how to get medical advice today."""
    source: str


@dataclass(frozen=True, slots=True)
class Line:
    """One spoken line of advice; ``{doctor}``, ``{urgent}`` and ``{emergency}`` come from the country."""

    action: Action
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class WarningSign:
    """One yes-or-no question before a session, and the action that a yes, or "not sure", leads to."""

    name: str
    question: str
    action: Action
    source: str
    here: tuple[str, ...] = ()
    """Words with which a complaint is a yes as well; pain anywhere else is another matter."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers of the policy."""

    ease_from: int
    """Score out of ten from which an exercise is made easier."""
    stop_from: int
    """Score out of ten from which the session ends."""
    warning_questions_days: int
    severe_stops: int
    severe_stops_days: int
    settle_hours: int


_DATA = tomllib.loads(files("coach").joinpath("safety.toml").read_text(encoding="utf-8"))
_COUNTRIES = {code: Country(code=code, **pack) for code, pack in _DATA["country"].items()}
NO_COUNTRY = _COUNTRIES.pop("none")
"""What is said where no country is set."""
COUNTRIES: Mapping[str, Country] = MappingProxyType(_COUNTRIES)
"""Country packs by code: uk, ie, eu, us, ca, au, nz, in. There is no default."""
LINES: tuple[Line, ...] = tuple(Line(Action(line["action"]), line["text"], line["source"]) for line in _DATA["advice"])
WARNING_SIGNS: tuple[WarningSign, ...] = tuple(
    WarningSign(
        sign["name"], sign["question"], Action(sign["action"]), sign["source"], here=tuple(sign.get("here", ()))
    )
    for sign in _DATA["warning_sign"]
)
"""The warning-sign questions, in the order in which they are asked."""
QUESTIONS: Mapping[str, str] = MappingProxyType(dict(_DATA["questions"]))
"""The coach's other questions, by name: score, finished, settled, ready_lying and so on."""
THRESHOLDS = Thresholds(**_DATA["thresholds"])
_SIGN_REQUESTS: tuple[str, ...] = tuple(_DATA["requests"]["warning_signs"])
LONGEST_REQUEST = 8
REPEAT_STOPS: str = _DATA["repeat_stops"]["text"]
"""Said where there were `severe_stops` stops for strong complaints in `severe_stops_days` days."""


def asks_for_signs(words: str) -> bool:
    """Whether somebody asks for the warning-sign questions, as in "check my warning signs"."""
    said = f" {' '.join(words.lower().split())} "
    return len(said.split()) <= LONGEST_REQUEST and any(f" {asked} " in said for asked in _SIGN_REQUESTS)


def advice(action: Action, country: str | None) -> tuple[str, ...]:
    """The lines to say for an action, most important first; empty for `none` and for commands.

    ``country`` is a key of `COUNTRIES`; with None, or one that is not known, no number is named.
    """
    pack = COUNTRIES.get(country.lower(), NO_COUNTRY) if country else NO_COUNTRY
    return tuple(
        line.text.format(doctor=pack.doctor, urgent=pack.urgent, emergency=pack.emergency)
        for line in LINES
        if line.action is action
    )


def all_lines() -> tuple[str, ...]:
    """Every line and question this module can have spoken, for every country: to render, and to test."""
    lines = {line: None for code in (None, *COUNTRIES) for action in Action for line in advice(action, code)}
    questions = {sign.question: None for sign in WARNING_SIGNS}
    return (*lines, *questions, *QUESTIONS.values(), REPEAT_STOPS)
