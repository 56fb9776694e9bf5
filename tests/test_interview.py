"""The questions around a session, as a person hears them, and what follows from each answer."""

from __future__ import annotations

import pytest

from coach import prompts, safety
from coach.events import Begin, EarsLost, Heard, Say
from coach.intents import Action
from coach.past import HeldBack, Past
from coach.plan import estimated_length_s
from coach.session import Session
from coach.simulate import simulate
from coach.states import State
from tests.golden import check
from tests.rig import Answer, Hand, answering, facts, plan, transcript

CLEAR = Past(warning_signs_due=False)
PAIN = safety.QUESTIONS["score_before"]
PAIN_AFTER = safety.QUESTIONS["score_after"]


def interviewed(past: Past) -> Session:
    """A session of the small routine for somebody with this past."""
    return Session(plan(), estimated_length_s, past=past)


def says(after: str, words: str) -> Answer:
    """An answer, a moment after the question is out."""
    return after, estimated_length_s(after) + 2.0, Heard(words)


ALL_CLEAR = [says(sign.question, "no") for sign in safety.WARNING_SIGNS]

INTERVIEWS: dict[str, tuple[Past, list[Answer]]] = {
    "first-session": (Past(), [*ALL_CLEAR, says(PAIN, "about a two"), says(PAIN_AFTER, "three")]),
    "warning-sign-not-sure": (Past(), [*ALL_CLEAR[:2], says(safety.WARNING_SIGNS[2].question, "i'm not sure")]),
    "warning-sign-yes": (Past(), [*ALL_CLEAR[:7], says(safety.WARNING_SIGNS[7].question, "yes")]),
    "warning-sign-no-answer": (Past(), []),
    "the-day-after-settled": (
        Past(False, (HeldBack("Bridge", 26.0),)),
        [("Bridge. After", 9.0, Heard("yes it had")), says(PAIN, "one")],
    ),
    "the-same-day-not-settled": (
        Past(False, (HeldBack("Bridge", 5.0),)),
        [("Bridge. Last", 9.0, Heard("no not really")), says(PAIN, "four")],
    ),
    "two-stops-not-asked": (Past(False, (), True), [says(safety.QUESTIONS["professional"], "no")]),
    "two-stops-asked": (
        Past(False, (), True),
        [says(safety.QUESTIONS["professional"], "yes i did"), says(PAIN, "two")],
    ),
    "gentler-again": (
        Past(False, eased=frozenset({"Bridge"})),
        [says(PAIN, "two"), says(safety.QUESTIONS["gentler_today"], "yes")],
    ),
    "as-before": (
        Past(False, eased=frozenset({"Bridge"})),
        [says(PAIN, "two"), says(safety.QUESTIONS["gentler_today"], "no")],
    ),
    "too-much-pain-to-begin": (CLEAR, [says(PAIN, "seven")]),
    "pain-left-unanswered": (CLEAR, [says(PAIN, "what a lovely day")]),
    "worse-afterwards": (CLEAR, [says(PAIN, "two"), says(PAIN_AFTER, "eight")]),
}


@pytest.mark.parametrize("name", INTERVIEWS)
def test_an_interview_reads_as_it_should(name: str, request: pytest.FixtureRequest) -> None:
    """Time, who, what: from the first word to the last."""
    past, answers = INTERVIEWS[name]
    check(f"interview-{name}", transcript(interviewed(past), answers), request)


@pytest.mark.parametrize("sign", safety.WARNING_SIGNS, ids=lambda sign: sign.name)
@pytest.mark.parametrize("words", ["yes", "i think so", "i don't know", "maybe"])
def test_a_yes_or_not_sure_to_any_sign_ends_in_its_advice(sign: safety.WarningSign, words: str) -> None:
    """Never argued with, whichever it is; nothing is coached after it."""
    number = safety.WARNING_SIGNS.index(sign)
    answers = [*ALL_CLEAR[:number], says(sign.question, words)]
    moments = list(simulate(interviewed(Past()), react=answering(answers)))
    lines = [moment.what.text for moment in moments if isinstance(moment.what, Say)]
    assert set(safety.advice(sign.action, None)) <= set(lines)
    assert not any(isinstance(moment.what, Begin) for moment in moments)


def test_a_severe_report_outweighs_the_answer() -> None:
    """Somebody who answers a milder question with a worse sign gets the advice for the worse."""
    hand = Hand(interviewed(Past()))
    while hand.said[-1] != safety.WARNING_SIGNS[-1].question:
        waiting = hand.session.state is State.ASKING and not hand.session.talking
        hand.hear("no", after_s=2) if waiting else hand.speech_ended()
    hand.speech_ended()
    hand.hear("i can't breathe", after_s=3)
    assert facts(hand.out, "advised")[-1]["action"] == Action.EMERGENCY


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("yes it hurts a lot", Action.EMERGENCY),
        ("it's agony down there", Action.EMERGENCY),
        ("no but my foot is numb", Action.URGENT),
    ],
)
def test_a_yes_with_a_milder_report_is_still_a_yes(words: str, action: Action) -> None:
    """The first question is about the gravest sign: severe pain instead of a plain yes must not make less of it."""
    hand = Hand(interviewed(Past()))
    while hand.said[-1] != safety.WARNING_SIGNS[0].question:
        hand.speech_ended()
    hand.speech_ended()
    hand.hear(words, after_s=3)
    assert facts(hand.out, "advised")[-1]["action"] == action


def at_sign(name: str) -> Hand:
    """Somebody who has just been asked about a warning sign."""
    hand = Hand(interviewed(Past()))
    while hand.said[-1] != next(sign.question for sign in safety.WARNING_SIGNS if sign.name == name):
        waiting = hand.session.state is State.ASKING and not hand.session.talking
        hand.hear("no", after_s=2) if waiting else hand.speech_ended()
    hand.speech_ended()
    return hand


ELSEWHERE = ["my left knee hurts", "there is a pain in my hip", "no my back is sore", "i have a pain in my shoulder"]


@pytest.mark.parametrize("name", ["saddle", "bladder_bowel", "chest", "weakness", "weight_loss"])
@pytest.mark.parametrize("words", ELSEWHERE)
def test_pain_elsewhere_is_asked_about_and_then_the_sign_again(name: str, words: str) -> None:
    """A sore knee is no numbness between the legs, nor is it passed over."""
    hand = at_sign(name)
    asked = hand.said[-1]
    hand.hear(words, after_s=3)
    assert hand.said[-1] == safety.QUESTIONS["score"]
    assert not facts(hand.out, "advised")
    hand.speech_ended()
    hand.hear("three", after_s=3)
    hand.speech_ended()
    assert hand.said[-1] == asked
    hand.speech_ended()
    hand.hear("yes", after_s=3)
    action = next(sign.action for sign in safety.WARNING_SIGNS if sign.name == name)
    assert facts(hand.out, "advised")[-1]["action"] == action


def test_a_little_pain_elsewhere_is_noted_and_the_sign_is_asked_again() -> None:
    hand = at_sign("saddle")
    asked = hand.said[-1]
    hand.hear("my knee's a bit sore", after_s=3)
    assert hand.said[-1] == prompts.GO_GENTLY
    hand.speech_ended()
    assert hand.said[-1] == asked


@pytest.mark.parametrize("words", ["my knee is agony", "severe pain in my left knee"])
def test_severe_pain_elsewhere_ends_in_its_own_advice(words: str) -> None:
    """... and not in that of the sign that was asked about."""
    hand = at_sign("saddle")
    hand.hear(words, after_s=3)
    assert facts(hand.out, "advised")[-1]["action"] == Action.STOP


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("saddle", "it hurts down there"), ("saddle", "my bottom hurts"), ("both_legs", "my legs hurt"),
        ("bladder_bowel", "it hurts when i pee"), ("saddle", "not sure but it hurts"), ("saddle", "maybe it hurts"),
        ("numb_leg", "my foot feels strange"), ("saddle", "yes and my knee is agony"),
    ],
)  # fmt: skip
def test_what_may_be_the_sign_is_taken_for_it(name: str, words: str) -> None:
    """Where it hurts where was asked, and where somebody isn't sure."""
    hand = at_sign(name)
    hand.hear(words, after_s=3)
    action = next(sign.action for sign in safety.WARNING_SIGNS if sign.name == name)
    assert facts(hand.out, "advised")[-1]["action"] == action


@pytest.mark.parametrize(("score", "action"), [("eight", Action.EMERGENCY), ("six", Action.EMERGENCY)])
def test_pain_without_a_place_may_be_the_sign_where_it_is_strong(score: str, action: Action) -> None:
    """ "It hurts", and nobody has said where: a strong one counts for what was asked about, a slight one does not."""
    hand = at_sign("saddle")
    hand.hear("it hurts", after_s=3)
    assert hand.said[-1] == safety.QUESTIONS["score"]
    hand.speech_ended()
    hand.hear(score, after_s=3)
    assert facts(hand.out, "advised")[-1]["action"] == action


def test_no_answer_about_pain_among_the_signs_counts_as_a_stop() -> None:
    hand = at_sign("saddle")
    hand.hear("my left knee hurts", after_s=3)
    hand.until(State.ADVISING)
    assert facts(hand.out, "advised")[-1]["action"] == Action.STOP


def test_questions_can_be_paused_repeated_and_explained() -> None:
    """They are steps like any other."""
    hand = Hand(interviewed(CLEAR))
    while hand.said[-1] != PAIN:
        hand.speech_ended()
    hand.speech_ended()
    hand.hear("say that again", after_s=2)
    assert hand.said[-1] == PAIN
    hand.speech_ended()
    hand.hear("pause", after_s=2)
    assert hand.session.state is State.PAUSED
    hand.speech_ended()
    hand.hear("carry on", after_s=60)
    hand.speech_ended()
    assert hand.said[-1] == PAIN
    hand.speech_ended()
    hand.hear("help", after_s=2)
    assert hand.said[-1] == prompts.HELP[0]


def test_a_bare_stop_during_the_questions_is_obeyed() -> None:
    """... and asked about, as anywhere."""
    hand = Hand(interviewed(CLEAR))
    while hand.said[-1] != PAIN:
        hand.speech_ended()
    hand.speech_ended()
    hand.hear("stop", after_s=3)
    assert hand.said[-1] == safety.QUESTIONS["finished"]


def test_ears_lost_during_the_questions_pause_them() -> None:
    """Nobody was in pain: there is nothing to stop for."""
    hand = Hand(interviewed(CLEAR))
    while hand.said[-1] != PAIN:
        hand.speech_ended()
    hand.event(EarsLost("unplugged"), after_s=1)
    assert hand.session.state is State.PAUSED


def test_the_warning_signs_can_be_asked_for_in_a_hold() -> None:
    """The hold is frozen, the questions are put, and the turn is begun again."""
    hand = Hand(Session(plan(), estimated_length_s)).until(State.HOLDING)
    hand.hear("check my warning signs", after_s=5)
    assert hand.said[-1] == prompts.WARNING_SIGNS
    assert facts(hand.out, "hold_cut")[-1]["why"] == "warning signs"
    for _ in safety.WARNING_SIGNS:
        hand.until(State.ASKING)
        while hand.session.talking:
            hand.speech_ended()
        hand.hear("no", after_s=3)
    assert facts(hand.out, "warning_signs_clear")
    hand.until(State.HOLDING)


def test_nothing_left_to_do_is_said_and_not_done() -> None:
    """Every exercise of the routine is held back, and has not settled."""
    held = tuple(HeldBack(name, 30.0) for name in plan().exercises)
    hand = Hand(interviewed(Past(False, held)))
    for _ in held:
        hand.until(State.ASKING)
        while hand.session.talking:
            hand.speech_ended()
        hand.hear("no", after_s=3)
    assert hand.said[-1] == prompts.ALL_HELD_BACK
    hand.until(State.CLOSED)
