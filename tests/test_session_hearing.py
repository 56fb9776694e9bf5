"""Attacks on the session: reports in the coach's own words, lost devices, chimes, size."""

from __future__ import annotations

import pytest

from coach import chimes, prompts, safety
from coach.cues import CHIME_S, plan_cues
from coach.events import Close, Heard, Record, Say, VoiceLost
from coach.intents import Action
from coach.past import Past
from coach.plan import AFTER, Kind, Step, estimated_length_s
from coach.policy import Policy
from coach.session import Session
from coach.simulate import simulate
from coach.states import TIMED, State
from tests.made import COUNTED, hand_of, made, next_hold, typed, until_said
from tests.rig import Hand, facts, plan, said

# --- the coach's own words ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "words", "action"),
    [
        ("Rest your left foot.", "i can't feel my left foot", Action.URGENT),
        ("Straighten both legs.", "i have sciatica in both legs", Action.EMERGENCY),
        ("Bring your left leg in.", "weak in my left leg", Action.URGENT),
    ],
)
def test_a_report_with_a_word_or_two_of_the_coachs_own_is_heard_whole(own: str, words: str, action: Action) -> None:
    """Somebody names the limb that the coach has just named."""
    exercise = COUNTED.replace("Lift your hips.", own)
    hand = until_said(hand_of(made(exercise)), own)
    out = hand.hear(words, after_s=0.5)
    assert [fact["action"] for fact in facts(out, "report")] == [str(action)]


def test_a_stop_word_beside_a_sign_of_pain_is_a_report_of_pain() -> None:
    """With the coach's words between them, too: advice, and no question first."""
    exercise = COUNTED.replace("Lift your hips.", "Lift your hips and lower them slowly.")
    hand = until_said(hand_of(made(exercise)), "Lift your hips")
    hand.hear("stop lift your hips and lower them sharp pain", after_s=0.5)
    assert hand.session.state is State.ADVISING


# --- the plan -------------------------------------------------------------------------------------


def test_eased_anywhere_the_plan_stays_in_order() -> None:
    """From every step of every exercise: the turns that remain, in order, each once, and then the next exercise."""
    whole = plan()
    for index, step in enumerate(whole.steps):
        if step.exercise is None or step.set == AFTER:
            continue
        eased, following = whole.easier_from(index)
        rest = eased.steps[following:]
        turns = [(s.side, s.set, s.rep) for s in rest if s.kind is Kind.READY and s.exercise == step.exercise]
        assert len(set(turns)) == len(turns)
        order = [s.exercise for s in rest if s.exercise is not None]
        assert order == sorted(order)
        closing = [s for s in rest if s.exercise == step.exercise]
        assert closing
        assert closing[-1].set == AFTER


def test_a_long_pause_is_the_only_wait_without_an_end() -> None:
    """After its reminders a pause waits for a person, and nothing else ever does."""
    hand = hand_of(plan()).until(State.HOLDING)
    hand.hear("pause", after_s=5)
    hand.wait(3600)
    assert hand.session.deadline is None
    assert hand.said.count(prompts.STILL_PAUSED) == len(Policy().still_paused_s)


def test_timed_parts_have_a_deadline() -> None:
    """A hold that runs always has its end ahead."""
    hand = Hand()
    while hand.session.state is not State.CLOSED:
        if hand.session.state in TIMED:
            assert hand.session.deadline is not None
        if hand.session.talking:
            hand.speech_ended()
        else:
            assert hand.session.deadline is not None
            hand.wait(hand.session.deadline - hand.now)
    assert hand.session.deadline is None
    assert not hand.event(Heard("stop"), 5)
    assert not [c for c in hand.out if isinstance(c, Record) and c.kind == "hold_cut"]
    assert isinstance([c for c in hand.out if isinstance(c, Say)][-1], Say)


# --- devices, chimes, size ------------------------------------------------------------------------


def test_voice_lost_while_deaf_and_asked_about_pain_counts_as_a_stop() -> None:
    """As lost ears do: no answer to "how bad is it" can come, so the advice does."""
    hand = Hand(Session(plan(), estimated_length_s, deaf="no microphone"))
    typed(hand, "it hurts", 2)
    hand.event(VoiceLost("unplugged"), 1)
    hand.until(State.CLOSED)
    assert [command.outcome for command in hand.out if isinstance(command, Close)] == ["stop"]


def test_no_cue_is_said_over_the_chime_that_begins_a_hold() -> None:
    """In a hold of three seconds, "three" would be."""
    step = Step(Kind.HOLD, prompts.HOLD, 3.0)
    assert [cue.text for cue in plan_cues(step, 0.0, lambda _: 0.4)] == ["Two.", "One."]
    assert chimes.length_s("begin") < CHIME_S


def test_a_huge_routine_is_gone_through() -> None:
    """Two thousand turns are gone through to the end, in virtual time."""
    driven = made(COUNTED[: COUNTED.index("dose")] + "dose = { reps = 100, sets = 20, hold_s = 1 }\n")
    moments = list(simulate(Session(driven, estimated_length_s), until_s=1e6))
    assert isinstance(moments[-1].what, Close)


def test_the_echo_of_a_question_does_not_cut_it_off() -> None:
    """A misheard partial while the coach asks is no answer yet; a severe one silences it."""
    hand = hand_of(plan()).until(State.HOLDING)
    hand.hear("it hurts", after_s=5)
    assert hand.session.talking
    hand.hear("how are is a nought", final=False, after_s=1.5)
    assert hand.session.talking
    hand.hear("severe pain", final=False)
    assert not hand.session.talking


def test_a_question_about_a_sign_can_be_answered_in_its_own_words() -> None:
    """ "Have you any numbness or tingling between your legs?" "Numbness or tingling between my legs." """
    for after_s in (0.5, 3.0):
        driven = Session(plan(), estimated_length_s, past=Past())
        hand = until_said(Hand(driven), safety.WARNING_SIGNS[0].question)
        hand.speech_ended()
        out = hand.hear("numbness or tingling between my legs", after_s=after_s)
        assert [fact["action"] for fact in facts(out, "advised")] == [str(Action.EMERGENCY)]


def test_checking_warning_signs_is_no_way_back_to_the_full_hold() -> None:
    """Eased, and then asked to check: what follows is still the gentler version."""
    hand = hand_of(plan()).until(State.HOLDING)
    hand.hear("it's a bit painful", after_s=5)
    typed(hand, "yes", 2)
    typed(hand, "check my warning signs")
    for sign in safety.WARNING_SIGNS:
        while hand.said[-1] != sign.question:
            hand.speech_ended()
        typed(hand, "no", 1)
    assert next_hold(hand).seconds == 10


def test_somebody_who_goes_on_reporting_is_not_talked_over() -> None:
    """Partials that say "severe pain" for a quarter of a minute: silence, and then the advice without a final."""
    hand = hand_of(plan()).until(State.HOLDING)
    hand.hear("severe pain", final=False, after_s=5)
    since = len(hand.out)
    for _ in range(60):
        hand.hear("severe pain and it is", final=False, after_s=0.25)
    assert prompts.GET_READY_AGAIN not in said(hand.out[since:])
    assert hand.session.state is State.ADVISING
