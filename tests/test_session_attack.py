"""Attacks on the session: interruptions at awkward moments, easing, going back, counting."""

from __future__ import annotations

import pytest

from coach import prompts, safety
from coach.events import Begin, EarsBack, EarsLost
from coach.states import State
from tests.made import COUNTED, hand_of, holds, made, next_hold, typed, until_said
from tests.rig import Hand, facts, plan, said

# --- a line on the way to somewhere else is interrupted -------------------------------------------


INTERRUPTIONS = ("louder", "help", "pause", "false alarm", "ears", "say that again", "how long left")


def interrupt(hand: Hand, how: str) -> None:
    """Interrupt the coach, and let it go on."""
    if how == "pause":
        typed(hand, "pause")
        typed(hand, "carry on", 30)
    elif how == "false alarm":
        hand.hear("severe pain", final=False)
        hand.hear("and now the weather", after_s=1)
    elif how == "ears":
        hand.event(EarsLost("unplugged"), 0.1)
        hand.event(EarsBack(), 20)
    else:
        typed(hand, how)


@pytest.mark.parametrize("how", INTERRUPTIONS)
def test_a_skipped_exercise_stays_skipped(how: str) -> None:
    """Whatever comes between "then we leave that out" and the next exercise."""
    hand = hand_of(plan()).until(State.HOLDING)
    hand.hear("skip this one", after_s=5)
    interrupt(hand, how)
    since = len(hand.out)
    hand.until(State.MOVING)
    assert "Bring your left knee in." not in said(hand.out[since:])
    assert not holds(hand, since)


@pytest.mark.parametrize("how", INTERRUPTIONS)
def test_what_was_eased_stays_eased(how: str) -> None:
    """The hold that was too much is not done again in full because somebody spoke over "the gentler version"."""
    hand = hand_of(plan()).until(State.HOLDING)
    hand.hear("it's a bit painful", after_s=5)
    hand.speech_ended()
    typed(hand, "yes", 1)
    assert hand.said[-1] == prompts.GENTLER
    interrupt(hand, how)
    assert next_hold(hand).seconds == 10


@pytest.mark.parametrize("how", ["pause", "ears"])
def test_a_pause_instead_of_an_answer_is_no_way_back_to_the_full_hold(how: str) -> None:
    """No answer to "a gentler version?" counts as yes, also where somebody pauses, or can't be heard."""
    hand = hand_of(plan()).until(State.HOLDING)
    hand.hear("it's a bit painful", after_s=5)
    interrupt(hand, how)
    assert next_hold(hand).seconds == 10


@pytest.mark.parametrize("answers", [("it hurts", "two"), ("no",)])
def test_as_before_is_the_next_turn_and_not_the_hold_that_was_cut(answers: tuple[str, ...]) -> None:
    """However the questions go: what hurt is not held again from its start without getting ready."""
    hand = hand_of(plan()).until(State.HOLDING)
    hand.hear("it's a bit painful", after_s=5)
    for words in answers:
        typed(hand, words, 2)
    begun = next_hold(hand)
    assert begun.rep == 2
    ready = [c for c in hand.out if isinstance(c, Begin)][-2]
    assert ready.kind == "ready"


def test_eased_twice_and_then_no_leads_to_the_next_turn() -> None:
    """A bit painful, it hurts, five, no."""
    hand = hand_of(plan()).until(State.HOLDING)
    hand.hear("it's a bit painful", after_s=5)
    for words in ("it hurts", "five", "no"):
        typed(hand, words, 2)
    assert next_hold(hand).rep == 2


def test_an_interrupted_get_ready_is_followed_by_getting_ready() -> None:
    """Paused between getting ready and the hold, a person is not told to hold at once."""
    hand = until_said(hand_of(plan()), prompts.HOLD)
    typed(hand, "pause")
    typed(hand, "carry on", 300)
    since = len(hand.out)
    next_hold(hand)
    kinds = [command.kind for command in hand.out[since:] if isinstance(command, Begin)]
    assert kinds == ["ready", "hold"]


# --- a pause stays a pause ------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["help", "louder", "how long left", "say that again", "yes", "faster", "no pain"])
def test_only_carrying_on_ends_a_pause(words: str) -> None:
    """A question in a pause is answered in the pause."""
    hand = hand_of(plan()).until(State.HOLDING)
    hand.hear("pause", after_s=5)
    typed(hand, words, 5)
    hand.wait(80)
    assert hand.session.state is State.PAUSED


@pytest.mark.parametrize("words", ["it's a bit painful", "it hurts"])
@pytest.mark.parametrize("answer", ["no", "two", "five", "yes", None])
def test_a_report_in_a_pause_does_not_end_it(words: str, answer: str | None) -> None:
    """Paused, asked, and not told to carry on: the coach goes on waiting, or stops for good."""
    hand = hand_of(plan()).until(State.HOLDING)
    hand.hear("pause", after_s=5)
    typed(hand, words, 5)
    since = len(hand.out)
    if answer:
        typed(hand, answer, 3)
    hand.wait(80)
    assert hand.session.state in (State.PAUSED, State.ADVISING, State.CLOSED)
    assert not [command for command in hand.out[since:] if isinstance(command, Begin)]


def test_moderate_pain_in_a_pause_of_the_opening_does_not_end_it() -> None:
    """Before the first exercise there is nothing to make easier, and still nobody has said "carry on"."""
    hand = Hand()
    typed(hand, "pause", 1)
    typed(hand, "it's a bit painful", 3)
    hand.wait(60)
    assert hand.session.state is State.PAUSED


def test_ears_back_do_not_end_a_pause_that_was_asked_for() -> None:
    """Deaf, carried on by keyboard, paused by keyboard: then the microphone comes back."""
    hand = hand_of(plan()).until(State.HOLDING)
    hand.event(EarsLost("unplugged"), 3)
    typed(hand, "carry on", 5)
    hand.until(State.HOLDING)
    typed(hand, "pause", 2)
    hand.event(EarsBack(), 5)
    hand.wait(60)
    assert hand.session.state is State.PAUSED


def test_a_question_while_waiting_for_ears_does_not_end_the_waiting() -> None:
    """After ten minutes without ears the session still ends."""
    hand = hand_of(plan()).until(State.HOLDING)
    hand.event(EarsLost("unplugged"), 3)
    hand.wait(30)
    typed(hand, "how long left")
    hand.wait(700)
    assert hand.session.state is State.CLOSED


# --- going back, easing, pace ---------------------------------------------------------------------


def test_going_back_in_an_eased_exercise_keeps_it_eased() -> None:
    """From its start, and gentle from its start: not the full holds first."""
    hand = hand_of(plan()).until(State.HOLDING)
    next_hold(hand)
    hand.hear("it's a bit painful", after_s=5)
    typed(hand, "yes", 2)
    next_hold(hand)
    hand.hear("go back", after_s=2)
    since = len(hand.out)
    hand.until(State.MOVING)
    begun = [(command.seconds, command.side) for command in holds(hand, since)]
    assert begun == [(10, "left"), (10, "right")]


def test_eased_while_it_is_introduced_an_exercise_still_says_how_to_get_there() -> None:
    """The position, what is needed and the time to get there are not left out."""
    hand = until_said(hand_of(plan()), "Exercise one")
    typed(hand, "it's quite sore today")
    typed(hand, "yes", 2)
    since = len(hand.out)
    begun = next_hold(hand)
    lines = said(hand.out[since:])
    assert begun.seconds == 10
    assert "Bend both knees." in lines
    assert "You need a mat." in lines
    assert prompts.SETTLE in lines
    assert not [line for line in lines if "24 seconds" in line]


def test_eased_on_the_last_turn_of_a_side_the_change_over_is_still_said() -> None:
    """The gentle version goes on with the other side, after a change-over."""
    hand = hand_of(plan()).until(State.HOLDING)
    next_hold(hand)
    hand.hear("it's a bit painful", after_s=5)
    typed(hand, "yes", 2)
    since = len(hand.out)
    assert next_hold(hand).side == "right"
    assert prompts.change_over("right") in said(hand.out[since:])


def test_sore_after_an_exercise_the_next_one_is_not_called_gentle() -> None:
    """In the rest after an exercise there is no version of it left to do."""
    hand = until_said(hand_of(plan()), "That was Knee to chest")
    hand.until(State.RESTING)
    hand.hear("that was quite sore", after_s=2)
    hand.until(State.RESTING)
    assert prompts.GENTLER not in hand.said
    assert safety.QUESTIONS["easier"] not in hand.said


@pytest.mark.parametrize("words", ["carry on", "skip this one"])
def test_an_exercise_whose_last_rest_is_cut_short_is_done(words: str) -> None:
    """Not left out, and not forgotten."""
    hand = until_said(hand_of(plan()), "That was Knee to chest").until(State.RESTING)
    since = len(hand.out)
    hand.hear(words, after_s=2)
    assert [fact["exercise"] for fact in facts(hand.out[since:], "exercise_done")] == ["Knee to chest"]
    assert not facts(hand.out[since:], "skipped")
    hand.until(State.MOVING)
    assert hand.session.exercise_name == "Bridge"


def test_the_side_of_an_alternate_hold_is_written_down() -> None:
    """Left, right, left: the journal and the captions say which."""
    alternate = """
[[exercises]]
name = "Leg stretch"
position = "lying on back"
steps = ["Straighten one leg."]
go = "Now the {side} leg."
sides = "alternate"
dose = { reps = 4, hold_s = 5 }
"""
    hand = hand_of(made(alternate)).until(State.CLOSED)
    assert [begin.side for begin in holds(hand)] == ["left", "right", "left", "right"]
    assert [fact["side"] for fact in facts(hand.out, "hold_done")] == ["left", "right", "left", "right"]


def test_each_exercise_has_its_own_pace() -> None:
    """Slowed down as far as it goes in one exercise, the next can be slowed down too."""
    hand = hand_of(made(COUNTED, COUNTED.replace("Bridge", "Bridge again"))).until(State.MOVING)
    for _ in range(4):
        typed(hand, "slower", 1)
        hand.until(State.MOVING)
    until_said(hand, "That was Bridge.")
    hand.until(State.MOVING)
    before = hand.session.step
    typed(hand, "slower", 1)
    after = hand.session.step
    assert before is not None
    assert after is not None
    assert after.rep_s == pytest.approx(before.rep_s * 1.2)


def test_what_is_eased_keeps_its_pace() -> None:
    """A gentler version does not count faster than what was too much."""
    hand = hand_of(made(COUNTED)).until(State.MOVING)
    typed(hand, "slower", 1)
    hand.until(State.MOVING)
    slow = hand.session.step
    hand.hear("it's a bit painful", after_s=2)
    typed(hand, "yes", 2)
    hand.until(State.MOVING)
    eased = hand.session.step
    assert slow is not None
    assert eased is not None
    assert (eased.rep_s, len(eased.cues)) == (pytest.approx(slow.rep_s), 6)


@pytest.mark.parametrize("changes", [("slower",), ("faster",), ("faster", "faster"), ("slower", "slower")])
@pytest.mark.parametrize("done", range(10))
def test_no_repetition_is_counted_twice_or_lost(changes: tuple[str, ...], done: int) -> None:
    """Broken off within a repetition, the count takes up with that repetition."""
    hand = hand_of(made(COUNTED)).until(State.MOVING)
    for words in changes:
        typed(hand, words, 0.5)
        hand.until(State.MOVING)
    step = hand.session.step
    assert step is not None
    hand.wait(done * step.rep_s)
    hand.event(EarsLost("unplugged"), 0.5 * step.rep_s)
    since = len(hand.said)
    hand.event(EarsBack(), 2)
    hand.until(State.MOVING)
    hand.until(State.SPEAKING)
    counted = [line for line in hand.said[since:] if line in [prompts.count(n) for n in range(1, 11)]]
    assert counted == [prompts.count(n) for n in range(done + 1, 11)]
