"""Silence on a voice, decisions on words: what a sound over the coach's own voice leads to."""

from __future__ import annotations

from coach import safety
from coach.events import Chime, Heard, Hush, Outcry, Sounded
from coach.policy import Policy
from coach.states import State
from tests.rig import Hand, at, said


def speaking() -> Hand:
    """In the middle of a prompt."""
    hand = Hand()
    hand.wait(1.0)
    assert hand.session.state is State.SPEAKING
    assert hand.session.talking
    return hand


def test_a_sound_over_a_prompt_silences_it_and_without_words_it_is_said_again() -> None:
    hand = speaking()
    prompt = hand.said[-1]
    out = hand.event(Sounded())
    assert Hush() in out
    assert hand.session.state is State.CHECKING
    assert prompt in said(hand.wait(Policy().listen_s + 0.1))
    assert hand.session.state is State.SPEAKING


def test_a_report_after_the_sound_is_a_report() -> None:
    hand = speaking()
    hand.event(Sounded())
    hand.hear("severe pain", final=False, after_s=0.5)
    hand.hear("severe pain", after_s=0.5)
    assert hand.session.state is State.ADVISING


def test_a_command_after_the_sound_is_obeyed() -> None:
    hand = speaking()
    hand.event(Sounded())
    hand.hear("pause", after_s=0.5)
    assert hand.session.state is State.PAUSED


def test_a_few_words_without_a_meaning_are_asked_about() -> None:
    hand = speaking()
    hand.event(Sounded())
    assert safety.QUESTIONS["go_on"] in said(hand.hear("the sop", after_s=0.5))
    hand.speech_ended()
    hand.hear("yes", after_s=1.0)
    assert hand.session.state is State.SPEAKING


def test_no_to_going_on_is_a_stop() -> None:
    hand = speaking()
    hand.event(Sounded())
    hand.hear("the sop", after_s=0.5)
    hand.speech_ended()
    assert safety.QUESTIONS["finished"] in said(hand.hear("no", after_s=1.0))


def test_no_answer_to_going_on_is_a_pause() -> None:
    hand = speaking()
    hand.event(Sounded())
    hand.hear("the sop", after_s=0.5)
    hand.until(State.PAUSED)


def test_talk_among_others_is_not_asked_about() -> None:
    hand = speaking()
    hand.event(Sounded())
    hand.hear("and then the minister said that there would be rain", after_s=0.5)
    assert hand.session.state is State.SPEAKING


def test_words_under_way_are_waited_for() -> None:
    hand = speaking()
    hand.event(Sounded())
    for _ in range(3):
        hand.hear("and then the", final=False, after_s=1.2)
    assert hand.session.state is State.CHECKING
    hand.wait(Policy().check_s + 0.1)
    assert hand.session.state is State.SPEAKING


def test_who_speaks_on_and_is_not_understood_is_asked() -> None:
    """The first word silenced the coach, the second one was not made out either."""
    hand, policy = speaking(), Policy()
    hand.event(Sounded())
    hand.event(Sounded(), 1.2)
    assert said(hand.wait(policy.listen_s - 0.1)) == []
    assert safety.QUESTIONS["go_on"] in said(hand.wait(0.2))


def test_words_under_way_are_waited_for_though_they_sound() -> None:
    hand, policy = speaking(), Policy()
    hand.event(Sounded())
    hand.hear("and then the", final=False, after_s=0.5)
    hand.event(Sounded(), 0.4)
    assert said(hand.wait(policy.listen_s + 0.3)) == []
    assert hand.session.state is State.CHECKING


def test_a_television_that_never_ends_is_talked_over_after_a_while() -> None:
    hand, policy = speaking(), Policy()
    prompt = hand.said[-1]
    hand.event(Sounded())
    spoken: list[str] = []
    for _ in range(round((policy.listen_at_most_s + policy.listen_s) / 0.4) + 1):
        spoken += said(hand.event(Sounded(), 0.4))
    assert prompt in spoken
    assert safety.QUESTIONS["go_on"] not in spoken


def test_in_a_hold_only_the_cue_falls_silent() -> None:
    hand = at(State.HOLDING)
    while not hand.session.talking:
        hand.wait(0.5)
    assert Hush() in hand.event(Sounded())
    assert hand.session.state is State.HOLDING


def test_advice_is_not_silenced_by_a_sound() -> None:
    hand = at(State.ADVISING)
    assert hand.session.talking
    assert Hush() not in hand.event(Sounded())


def test_while_the_coach_is_silent_a_sound_is_nothing() -> None:
    hand = at(State.HOLDING)
    while hand.session.talking:
        hand.speech_ended()
    assert [command for command in hand.event(Sounded()) if isinstance(command, Hush | Chime)] == []
    assert hand.session.state is State.HOLDING


def test_a_dog_that_barks_at_every_prompt_does_not_keep_it_from_being_said() -> None:
    hand, policy = speaking(), Policy()
    for _ in range(policy.interruptions):
        assert Hush() in hand.event(Sounded(), 0.5)
        hand.wait(policy.listen_s + 0.1)
    assert Hush() not in hand.event(Sounded(), 0.5)
    hand.event(Heard("severe pain"), 0.5)
    assert hand.session.state is State.ADVISING


def test_a_cry_in_a_hold_is_asked_about_and_no_answer_is_a_stop() -> None:
    hand = at(State.HOLDING)
    assert safety.QUESTIONS["score"] in said(hand.event(Outcry(), 1.0))
    assert hand.until(State.ADVISING)


def test_a_cry_beside_words_that_were_understood_is_left_to_them() -> None:
    hand = at(State.PAUSED)
    hand.hear("carry on", after_s=1.0)
    before = hand.session.state
    hand.event(Outcry(), 1.0)
    assert hand.session.state is before


def test_cries_are_not_asked_about_one_after_another() -> None:
    hand = at(State.HOLDING)
    hand.event(Outcry(), 1.0)
    hand.speech_ended()
    hand.hear("no pain", after_s=1.0)
    while hand.session.state is not State.HOLDING:
        hand.until(State.HOLDING)
    hand.event(Outcry(), 4.0)
    assert hand.session.state is State.HOLDING
    hand.now += Policy().outcries_s
    hand.event(Outcry())
    assert hand.session.state is not State.HOLDING
