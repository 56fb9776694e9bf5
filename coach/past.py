"""What earlier sessions mean for this one: pure, from the facts of the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from coach import safety
from coach.intents import Action


@dataclass(frozen=True, slots=True)
class Happened:
    """One fact of an earlier session."""

    at: datetime
    """Aware."""
    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)


KINDS = ("warning_signs_clear", "advised", "settled", "professional_asked", "eased", "as_before")
"""The kinds of fact that matter to a later session."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A stop for pain that nobody has said has settled."""

    exercise: str | None
    """None where it was outside an exercise."""
    hours_ago: float


@dataclass(frozen=True, slots=True)
class Past:
    """What a session has to know of those before it. Without any, as for somebody new."""

    warning_signs_due: bool = True
    """The warning-sign questions were never answered, or too long ago."""
    held_back: tuple[HeldBack, ...] = ()
    too_many_stops: bool = False
    """So many stops for pain in so few days that a professional should be asked first."""
    eased: frozenset[str] = frozenset()
    """Exercises that were last done in their gentler version."""


def remember(happened: Iterable[Happened], now: datetime) -> Past:
    """What follows from all that happened, oldest first. What a clock set back puts after ``now`` counts as now."""
    signs_at: datetime | None = None
    stops: list[datetime] = []
    held: dict[str | None, datetime] = {}
    eased: set[str] = set()
    for fact in happened:
        at, exercise = min(fact.at, now), fact.facts.get("exercise")
        if fact.kind == "warning_signs_clear":
            signs_at = at
        elif fact.kind == "advised":
            stops.append(at)
            held[exercise] = at
            if fact.facts.get("action") != Action.STOP:
                signs_at = None
        elif fact.kind == "settled" and fact.facts.get("answer") == "yes":
            held.pop(exercise, None)
        elif fact.kind == "professional_asked":
            stops.clear()
        elif fact.kind == "eased" and exercise:
            eased.add(exercise)
        elif fact.kind == "as_before" and exercise:
            eased.discard(exercise)
    limits = safety.THRESHOLDS
    recent = [at for at in stops if now - at <= timedelta(days=limits.severe_stops_days)]
    due = signs_at is None or now - signs_at > timedelta(days=limits.warning_questions_days)
    held_back = tuple(HeldBack(exercise, (now - at) / timedelta(hours=1)) for exercise, at in held.items())
    return Past(due, held_back, len(recent) >= limits.severe_stops, frozenset(eased))
