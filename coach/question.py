"""A question that is put to a person, and what follows from each answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coach import safety
from coach.intents import Action, Context

Answers = Mapping[Action, Callable[[], None]]


@dataclass(frozen=True, slots=True)
class Question:
    """What is said, how it is said the second time, and what follows."""

    text: str
    again: str
    context: Context
    answers: Answers
    unanswered: Callable[[], None]
    """No answer, or no clear one, after one retry."""
    about_pain: bool = False
    """Asked because something was wrong: then silence, "stop" and lost ears count as the worse answer."""


def question(name: str, context: Context, answers: Answers, unanswered: Callable[[], None]) -> Question:
    """A question of safety.toml that is asked because something was wrong, or was said."""
    text, again = safety.QUESTIONS[name], safety.QUESTIONS[f"{name}_again"]
    return Question(text, again, context, answers, unanswered, about_pain=True)
