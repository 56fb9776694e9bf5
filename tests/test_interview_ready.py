""" "Say ready when you are lying down": nothing begins before the person has been heard, or has pressed a key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings

from coach import prompts, safety
from coach.events import Begin, EarsBack, EarsLost, Event, Heard, Listen, Record, Say, Sounded
from coach.intents import Context
from coach.past import Past
from coach.plan import Plan, estimated_length_s
from coach.policy import Policy
from coach.session import Session
from coach.simulate import simulate
from coach.states import State
from tests.golden import check
from tests.made import typed, until_said
from tests.rig import Answer, Hand, facts, plan, said, transcript
from tests.test_session_random import plans, timelines

CLEAR = Past(warning_signs_due=False)
QUESTION = safety.QUESTIONS["ready_lying"]
AGAIN = safety.QUESTIONS["ready_again"]
UNHEARD = safety.QUESTIONS["ready_unheard"]
LATER = safety.QUESTIONS["ready_later"]
EVERY_QUESTION = [text for name, text in safety.QUESTIONS.items() if name.startswith("ready_")]
PAIN = safety.QUESTIONS["score_before"]


def sounding(past: Past = CLEAR, deaf: str | None = None, position: str = "lying on back") -> Session:
    """A session with a microphone."""
    return Session(replace(plan(), position=position), estimated_length_s, deaf=deaf, past=past, checks_ears=True)


def asked() -> Hand:
    """Somebody who has just been asked."""
    hand = until_said(Hand(sounding()), QUESTION)
    hand.speech_ended()
    assert hand.session.state is State.ASKING
    return hand


def says(after: str, words: str, after_s: float = 2.0) -> Answer:
    """An answer, a moment after the question is out."""
    return after, estimated_length_s(after) + after_s, Heard(words)


SESSIONS: dict[str, tuple[Past, list[Answer]]] = {
    "first-time": (
        Past(),
        [
            says(QUESTION, "i'm ready"),
            *(says(sign.question, "no") for sign in safety.WARNING_SIGNS),
            says(PAIN, "about a two"),
            says(safety.QUESTIONS["score_after"], "three"),
        ],
    ),
    "nobody": (CLEAR, []),
    "not-yet": (CLEAR, [says(QUESTION, "not yet"), says(LATER, "ready", 40.0), says(PAIN, "stop")]),
    "in-pain": (
        CLEAR,
        [says(QUESTION, "my left knee hurts"), says(safety.QUESTIONS["score"], "five"), says(QUESTION, "ready")],
    ),
}


@pytest.mark.parametrize("name", SESSIONS)
def test_a_beginning_reads_as_it_should(name: str, request: pytest.FixtureRequest) -> None:
    past, answers = SESSIONS[name]
    check(f"ready-{name}", transcript(sounding(past), answers), request)


# --- when it is asked -----------------------------------------------------------------------------


def test_it_comes_once_the_way_down_has_been_said_and_before_any_other_question() -> None:
    hand = until_said(Hand(sounding(Past())), QUESTION)
    assert hand.said[1:-1] == [prompts.LISTENING, "Lie on your back."]
    hand.speech_ended()
    hand.hear("ready", after_s=2)
    hand.speech_ended()
    assert hand.said[-2:] == [prompts.CAN_HEAR, prompts.WARNING_SIGNS]


@pytest.mark.parametrize(
    ("position", "name"),
    [
        ("lying on back", "lying"), ("lying on front", "lying"), ("side lying", "lying"), ("sitting", "sitting"),
        ("standing", "standing"), ("all fours", "floor"), ("kneeling", "floor"),
    ],
)  # fmt: skip
def test_it_is_worded_for_the_first_position(position: str, name: str) -> None:
    until_said(Hand(sounding(position=position)), safety.QUESTIONS[f"ready_{name}"])


def test_the_plan_knows_its_first_position() -> None:
    assert plan().position == "lying on back"


def test_nobody_is_asked_who_can_t_be_heard_or_types() -> None:
    for driven in (sounding(deaf="no microphone"), Session(plan(), estimated_length_s, past=CLEAR)):
        assert QUESTION not in until_said(Hand(driven), PAIN).said


def test_the_ears_are_told_what_to_expect() -> None:
    hand = asked()
    assert [command.context for command in hand.out if isinstance(command, Listen)] == [Context.ASKED_READY]


def test_skipping_leaves_no_question_out() -> None:
    """Said during the greeting, "skip" leads to the questions, one after another, and not past them."""
    hand = Hand(sounding(Past()))
    typed(hand, "skip this one", 1)
    hand.speech_ended()
    assert hand.said[-1] == QUESTION
    hand.hear("ready", after_s=4)
    typed(hand, "skip this one", 1)
    hand.speech_ended()
    typed(hand, "skip this one", 1)
    hand.until(State.ASKING)
    assert hand.said[-1] == safety.WARNING_SIGNS[0].question


# --- answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["ready", "i'm ready", "yes", "okay", "i am", "go", "go on", "yes i'm lying down", "i'm fine", "i'm there"]
)
def test_ready_is_acknowledged_and_written_down(words: str) -> None:
    hand = asked()
    assert said(hand.hear(words, after_s=3)) == [prompts.CAN_HEAR]
    assert facts(hand.out, "ears_checked") == [{"heard": "voice"}]
    until_said(hand, PAIN)


@pytest.mark.parametrize("words", ["yes", "okay", "go on", "i'm there"])
def test_it_may_be_said_over_the_question(words: str) -> None:
    hand = until_said(Hand(sounding()), QUESTION)
    assert said(hand.hear(words, after_s=1.5)) == [prompts.CAN_HEAR]


def test_ready_may_be_said_over_the_question_once_the_voice_has_silenced_it() -> None:
    """ "Ready" alone may be the question itself; but the coach falls silent for a voice, and hears it then."""
    hand = until_said(Hand(sounding()), QUESTION)
    hand.event(Sounded(), 1.0)
    assert not hand.session.talking
    hand.hear("ready", final=False, after_s=0.6)
    assert said(hand.hear("ready", after_s=0.5)) == [prompts.CAN_HEAR]


def test_a_key_is_an_answer_and_no_sign_of_being_heard() -> None:
    hand = asked()
    typed(hand, "yes", 3)
    assert hand.said[-1] == prompts.BY_KEYBOARD
    assert facts(hand.out, "ears_checked") == [{"heard": "keyboard"}]


@pytest.mark.parametrize("words", ["not yet", "wait", "no", "just a minute", "i'm not ready", "nearly there"])
def test_whoever_is_not_ready_yet_is_waited_for(words: str) -> None:
    """Patiently, and for as long as it takes: somebody who says so has been heard."""
    hand = asked()
    assert said(hand.hear(words, after_s=3)) == [LATER]
    hand.speech_ended()
    assert not said(hand.wait(Policy().still_paused_s[0] - 1))
    hand.wait(3600)
    assert hand.session.state is State.PAUSED
    assert not [command for command in hand.out if isinstance(command, Begin)]
    hand.hear("i'm ready", after_s=5)
    assert hand.said[-1] == QUESTION


def test_ready_after_not_yet_goes_on() -> None:
    hand = asked()
    hand.hear("not yet", after_s=3)
    hand.speech_ended()
    assert said(hand.hear("ready", after_s=60)) == [prompts.CAN_HEAR]


def test_pain_is_asked_about_and_then_it_is_asked_again() -> None:
    hand = asked()
    assert said(hand.hear("it hurts", after_s=3)) == [safety.QUESTIONS["score"]]
    hand.speech_ended()
    hand.hear("two", after_s=3)
    hand.speech_ended()
    assert hand.said[-1] == QUESTION


@pytest.mark.parametrize(("words", "state"), [("severe pain", State.ADVISING), ("stop", State.ASKING)])
def test_a_stop_is_a_stop(words: str, state: State) -> None:
    hand = asked()
    hand.hear(words, after_s=3)
    assert hand.session.state is state
    assert QUESTION not in hand.said[-1]


def test_lost_ears_pause_it_and_it_is_asked_again() -> None:
    hand = asked()
    hand.event(EarsLost("unplugged"), 1)
    assert hand.session.state is State.PAUSED
    hand.event(EarsBack(), 5)
    hand.speech_ended()
    assert hand.said[-1] == QUESTION


# --- nobody is heard ------------------------------------------------------------------------------


def test_unheard_nothing_begins_and_it_ends_after_some_minutes() -> None:
    """Asked again, ever more seldom, with what may help; then it ends, with nothing begun."""
    moments = list(simulate(sounding(Past())))
    lines = [moment.what.text for moment in moments if isinstance(moment.what, Say)]
    assert lines[3:] == [QUESTION, AGAIN, *[UNHEARD] * len(Policy().unready_s), prompts.NEVER_HEARD]
    assert not [moment for moment in moments if isinstance(moment.what, Begin)]
    assert 5 * 60 < moments[-1].at_s < 12 * 60
    assert facts([moment.what for moment in moments], "ears_checked") == [{"heard": "nothing"}]  # type: ignore[misc]


@pytest.mark.parametrize("minutes", [1, 3, 6])
@pytest.mark.parametrize("by_keyboard", [False, True])
def test_until_then_ready_is_still_an_answer(minutes: int, by_keyboard: bool) -> None:
    hand = asked()
    hand.wait(60 * minutes)
    while hand.session.talking:
        hand.speech_ended()
    typed(hand, "yes", 3) if by_keyboard else hand.hear("ready", after_s=3)
    until_said(hand, PAIN)


def test_other_talk_is_no_answer() -> None:
    hand = asked()
    for _ in range(5):
        hand.hear("and now the weather for scotland", after_s=4)
    assert hand.session.state is State.ASKING
    assert not facts(hand.out, "ears_checked")


def test_a_doubtful_ready_is_no_answer() -> None:
    hand = asked()
    hand.event(Heard("ready", sure=False), 3)
    assert hand.said[-1] == AGAIN


# --- the question come back -----------------------------------------------------------------------


def rows(line: str) -> Iterator[str]:
    """Every row of words of a line, single ones too: what a recogniser may make of an echo."""
    words = "".join(c for c in line.lower() if c.isalnum() or c in " '").split()
    yield from (" ".join(words[at:end]) for at in range(len(words)) for end in range(at + 1, len(words) + 1))


def come_to(line: str) -> Hand:
    """The coach has just begun to say it."""
    if line not in (AGAIN, UNHEARD, LATER):
        name = next(name for name, text in safety.QUESTIONS.items() if text == line)
        position = {"ready_sitting": "sitting", "ready_standing": "standing", "ready_floor": "kneeling"}
        return until_said(Hand(sounding(position=position.get(name, ""))), line)
    hand = asked()
    if line == LATER:
        hand.hear("not yet", after_s=3)
    while hand.said[-1] != line:
        hand.speech_ended() if hand.session.talking else hand.wait((hand.session.deadline or 0) - hand.now)
    return hand


@pytest.mark.parametrize("line", EVERY_QUESTION)
@pytest.mark.parametrize("final_s", [0.3, 0.8, 1.4])
def test_its_own_echo_after_its_end_is_no_answer(line: str, final_s: float) -> None:
    """Partial while it is still being said, the final up to a second and a half after."""
    for row in rows(line):
        hand = come_to(line)
        hand.hear(row, final=False, after_s=estimated_length_s(line) - 0.2)
        hand.speech_ended()
        hand.now -= estimated_length_s(line) - 0.2
        hand.hear(row, after_s=final_s)
        assert not facts(hand.out, "ears_checked"), row
        assert hand.session.state is State.ASKING, row


@pytest.mark.parametrize("line", EVERY_QUESTION)
@pytest.mark.parametrize("at_s", [1.0, 2.5])
@pytest.mark.parametrize("final", [True, False])
def test_its_own_echo_while_it_is_said_is_no_answer(line: str, at_s: float, final: bool) -> None:
    """And does not silence it."""
    for row in rows(line):
        hand = come_to(line)
        hand.hear(row, final, after_s=at_s)
        assert hand.session.talking, row
        assert hand.said[-1] == line, row
        assert not facts(hand.out, "ears_checked"), row


@pytest.mark.parametrize("line", EVERY_QUESTION)
def test_its_echo_without_a_partial_is_no_answer(line: str) -> None:
    for row in rows(line):
        hand = come_to(line)
        hand.speech_ended()
        hand.hear(row, after_s=0.6)
        assert not facts(hand.out, "ears_checked"), row


def test_ready_said_right_after_the_question_is_an_answer() -> None:
    """Its first partial comes later than an echo's."""
    hand = asked()
    hand.hear("ready", final=False, after_s=0.6)
    assert said(hand.hear("ready", after_s=0.5)) == [prompts.CAN_HEAR]


# --- whatever happens -----------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(plans, timelines)
def test_whatever_happens_nothing_is_timed_before_an_answer(driven: Plan, timeline: list[tuple[float, Event]]) -> None:
    """No command, no lost device and no report leads round the question."""
    session = Session(driven, estimated_length_s, past=CLEAR, checks_ears=True)
    checked = False
    for moment in simulate(session, sorted(timeline, key=lambda item: item[0]), until_s=3 * 3600.0):
        what = moment.what
        checked = checked or (isinstance(what, Record) and what.kind == "ears_checked")
        assert checked or not isinstance(what, Begin), moment
