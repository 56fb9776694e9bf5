"""A question that is put to a person, and what follows from each answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

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
    if_unheard: Callable[[], None] | None = None
    """What is done at once where the ears are lost before an answer has come."""
    yes_means: Action = Action.NONE
    """What a yes leads to; a report that ends the session, given instead of a plain yes, leads to no less."""
    here: tuple[str, ...] = ()
    """Words for what a yes would be about: severe pain in another part of the body is no yes."""
    answer_s: float | None = None
    """How long an answer may take, where that is not as usual."""
    about_pain: bool = False
    """Asked because something was wrong: then "stop" is an answer, and the worst one."""
