"""What earlier sessions mean for the next one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coach.past import Happened, HeldBack, Past, remember

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def fact(days_ago: float, kind: str, **facts: Any) -> Happened:
    """Something that happened some days ago."""
    return Happened(NOW - timedelta(days=days_ago), kind, facts)


def stop(days_ago: float, exercise: str | None = "Bridge", action: str = "stop") -> Happened:
    """A stop for pain."""
    return fact(days_ago, "advised", action=action, exercise=exercise)


def test_somebody_new_is_asked_for_warning_signs_and_nothing_else() -> None:
    assert remember([], NOW) == Past(warning_signs_due=True)


@pytest.mark.parametrize(("days_ago", "due"), [(0, False), (6.9, False), (7.1, True)])
def test_the_answers_to_the_warning_signs_hold_for_seven_days(days_ago: float, due: bool) -> None:
    assert remember([fact(days_ago, "warning_signs_clear")], NOW).warning_signs_due is due


@pytest.mark.parametrize("action", ["gp", "urgent", "emergency"])
def test_after_a_warning_sign_the_questions_are_asked_anew(action: str) -> None:
    assert remember([fact(3, "warning_signs_clear"), stop(1, action=action)], NOW).warning_signs_due


def test_an_exercise_is_held_back_until_it_has_settled() -> None:
    happened = [stop(2)]
    assert remember(happened, NOW).held_back == (HeldBack("Bridge", 48.0),)
    happened.append(fact(1, "settled", exercise="Bridge", answer="no"))
    assert remember(happened, NOW).held_back == (HeldBack("Bridge", 48.0),)
    happened.append(fact(0.5, "settled", exercise="Bridge", answer="yes"))
    assert remember(happened, NOW).held_back == ()


def test_a_new_stop_holds_it_back_again() -> None:
    happened = [stop(9), fact(8, "settled", exercise="Bridge", answer="yes"), stop(0.5)]
    assert remember(happened, NOW).held_back == (HeldBack("Bridge", 12.0),)


def test_a_stop_outside_an_exercise_is_asked_about_too() -> None:
    assert remember([stop(1, exercise=None)], NOW).held_back == (HeldBack(None, 24.0),)


@pytest.mark.parametrize(("ago", "too_many"), [((1,), False), ((1, 6.9), True), ((1, 7.1), False), ((8, 9, 10), False)])
def test_two_stops_in_seven_days_are_too_many(ago: tuple[float, ...], too_many: bool) -> None:
    assert remember([stop(days) for days in sorted(ago, reverse=True)], NOW).too_many_stops is too_many


def test_once_a_professional_was_asked_only_new_stops_count() -> None:
    happened = [stop(3), stop(2), fact(1, "professional_asked")]
    assert not remember(happened, NOW).too_many_stops
    assert not remember([*happened, stop(0.5)], NOW).too_many_stops
    assert remember([*happened, stop(0.5), stop(0.2)], NOW).too_many_stops


def test_an_easing_is_remembered_until_it_is_done_as_before() -> None:
    happened = [fact(2, "eased", exercise="March")]
    assert remember(happened, NOW).eased == {"March"}
    assert remember([*happened, fact(1, "as_before", exercise="March")], NOW).eased == frozenset()


def test_a_clock_that_was_set_back_does_not_hide_a_stop() -> None:
    """What the journal dates into the future happened now."""
    assert remember([stop(-3), stop(-2)], NOW) == Past(
        held_back=(HeldBack("Bridge", 0.0),), too_many_stops=True, warning_signs_due=True
    )
