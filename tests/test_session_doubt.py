"""What the ears doubt, and what they are told to expect."""

from __future__ import annotations

from coach import safety
from coach.events import Heard, Listen, Sounded
from coach.intents import Context
from coach.states import TIMED, State
from tests.rig import Hand, at, facts, said


def test_a_doubtful_report_silences_and_is_asked_about() -> None:
    hand = at(State.HOLDING)
    out = hand.event(Heard("jarred", sure=False), 0.5)
    assert [fact["action"] for fact in facts(out, "report")] == ["ask"]
    assert hand.session.state is State.ASKING
    assert safety.QUESTIONS["score"] in said(out)


def test_no_answer_about_a_doubtful_report_counts_as_a_stop() -> None:
    hand = at(State.HOLDING)
    hand.event(Heard("jarred", sure=False), 0.5)
    hand.until(State.ADVISING)
    assert hand.session.state is State.ADVISING


def test_a_doubtful_stop_is_asked_about_and_no_answer_is_a_pause() -> None:
    hand = at(State.HOLDING)
    assert safety.QUESTIONS["go_on"] in said(hand.event(Heard("i like stop", sure=False), 0.5))
    hand.until(State.PAUSED)
    assert hand.session.state is State.PAUSED


def test_a_doubtful_stop_by_somebody_who_interrupts_the_coach_is_a_stop() -> None:
    hand = Hand()
    hand.event(Sounded(), 1.0)
    assert safety.QUESTIONS["finished"] in said(hand.event(Heard("drop stop", sure=False), 0.8))


def test_a_doubtful_command_is_not_obeyed() -> None:
    hand = at(State.HOLDING)
    hand.event(Heard("skip", sure=False), 0.5)
    assert hand.session.state in TIMED
    hand.event(Heard("pause", sure=True), 0.5)
    assert hand.session.state is State.PAUSED


def test_a_doubtful_score_that_was_asked_for_counts() -> None:
    hand = at(State.ASKING)
    hand.event(Heard("eight", sure=False), 3.0)
    assert hand.session.state is State.ADVISING


def _told(hand: Hand, words: str) -> list[str | None]:
    return [command.context for command in hand.hear(words) if isinstance(command, Listen)]


def test_the_ears_are_told_what_was_asked_and_when_it_is_answered() -> None:
    hand = at(State.HOLDING)
    assert _told(hand, "stop") == [Context.ASKED_FINISHED]
    assert _told(hand, "no just finished") == [None]
