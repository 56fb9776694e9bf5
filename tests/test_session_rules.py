"""What must hold whatever happens, in whatever order: random sessions, and every state with every event."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach import prompts, safety
from coach.events import Begin, Close, EarsBack, EarsLost, Event, Heard, Hush, Record, Say, SpeechEnded, Tick, VoiceLost
from coach.intents import Action, understand
from coach.past import HeldBack, Past
from coach.plan import estimated_length_s
from coach.simulate import Moment, simulate
from coach.states import LIVE, TIMED, TRANSITIONS, State, diagram
from tests.happenings import HAPPENINGS
from tests.rig import Hand, at, facts, said, session

LAST_WORDS = {
    *(line for action in Action if action.ends_session for line in safety.advice(action, None)),
    safety.QUESTIONS["again"],
    prompts.STAY_SAFE,
}

# The simulation reports the end of every utterance itself; another report of a true id would be a lie.
timelines = st.lists(
    st.tuples(st.floats(0, 400), st.sampled_from([*HAPPENINGS, Tick(), SpeechEnded(10_000)])), max_size=25
)


pasts = st.sampled_from(
    [
        None,
        Past(),
        Past(False),
        Past(False, (HeldBack("Bridge", 30.0), HeldBack(None, 3.0)), eased=frozenset({"March", "Knee to chest"})),
        Past(True, (HeldBack("Knee to chest", 3.0),), True),
    ]
)


def run(timeline: list[tuple[float, Event]], past: Past | None = None) -> list[Moment]:
    """A whole session with these events, ended after an hour if it waits for ever."""
    return list(simulate(session(past=past), sorted(timeline, key=lambda item: item[0]), until_s=3600))


@given(timelines, pasts)
def test_no_order_of_events_breaks_a_session(timeline: list[tuple[float, Event]], past: Past | None) -> None:
    """Nothing raises, no state is left by a way that is not in the table, and speech never overlaps."""
    free_at = 0.0
    for moment in run(timeline, past):
        if isinstance(moment.what, Hush):
            free_at = moment.at_s
        if isinstance(moment.what, Say):
            assert moment.at_s >= free_at - 1e-6, moment
            free_at = moment.at_s + estimated_length_s(moment.what.text)


@given(
    timelines,
    st.floats(0, 300),
    st.sampled_from(["severe pain", "chest pain", "it's excruciating", "i feel faint"]),
    pasts,
)
def test_after_a_severe_report_nothing_but_advice_is_said(
    timeline: list[tuple[float, Event]], at_s: float, words: str, past: Past | None
) -> None:
    """Silence and advice come in the same breath as the report, and no coaching ever after."""
    moments = run([*timeline, (at_s, Heard(words))], past)
    at = next((n for n, moment in enumerate(moments) if moment.what == Heard(words)), len(moments))
    before, after = moments[:at], moments[at + 1 :]
    ending = any(isinstance(moment.what, Say) and moment.what.protected for moment in before)
    breath = [moment.what for moment in after if moment.at_s == moments[at].at_s] if after else []
    if at < len(moments) and not ending:
        assert any(isinstance(what, Hush) for what in breath), breath
        said_now = next(what for what in breath if isinstance(what, Say))
        assert said_now.text in LAST_WORDS, said_now
        assert next(what for what in breath if isinstance(what, Hush | Say)) == Hush()
    for moment in after:
        assert not isinstance(moment.what, Begin), moment
        if isinstance(moment.what, Say):
            assert moment.what.text in LAST_WORDS | {prompts.FAREWELL, prompts.CANNOT_HEAR_END}, moment
            assert moment.what.protected


@given(timelines)
def test_a_hold_lasts_its_seconds_or_is_recorded_as_cut(timeline: list[tuple[float, Event]]) -> None:
    """The time between begin and end of a hold, less every freeze, is its dose, or its cutting is written down."""
    begun: Begin | None = None
    running_since, done_s = 0.0, 0.0
    for moment in run(timeline):
        if isinstance(moment.what, Begin) and moment.what.kind == "hold":
            planned = 24.0 if not begun else begun.seconds
            fresh = begun is None
            begun = begun or moment.what
            done_s = 0.0 if fresh else planned - moment.what.seconds
            running_since = moment.at_s
        elif begun and isinstance(moment.what, Record) and moment.what.kind in ("hold_done", "hold_cut"):
            total = moment.what.facts["done_s"]
            if moment.what.kind == "hold_done":
                assert done_s + moment.at_s - running_since == pytest.approx(begun.seconds, abs=0.01)
                assert total == pytest.approx(begun.seconds, abs=0.01)
            else:
                assert 0 <= total <= begun.seconds
            begun = None
        elif isinstance(moment.what, Begin) and begun:
            pytest.fail(f"a hold was left without a word: {moment}")


@pytest.mark.parametrize("state", State)
def test_every_state_takes_every_event(state: State) -> None:
    """... and a severe report or "stop" silences every one of them but the last words."""
    for event in (*HAPPENINGS, Tick(), SpeechEnded(1), SpeechEnded(10_000)):
        hand = at(state)
        out = hand.event(event, after_s=0.1)
        after = hand.session.state
        assert state is after or (state, after) in TRANSITIONS or state is State.SPEAKING, event
        sure = isinstance(event, Heard) and event.final and event.sure
        if isinstance(event, Heard) and sure and understand(event.words).action.ends_session and state in LIVE:
            assert any(isinstance(command, Hush) for command in out), event
            assert after in (State.ADVISING, State.ASKING), event


@pytest.mark.parametrize("state", sorted(TIMED | {State.SPEAKING}))
def test_a_partial_report_silences_and_freezes(state: State) -> None:
    """No waiting for the final: the voice is off and the hold stands still."""
    hand = at(state)
    out = hand.hear("severe pain", final=False)
    assert isinstance(out[0], Hush)
    assert hand.session.state is State.CHECKING
    assert not said(out)


def test_a_false_alarm_leads_to_a_get_ready_cue_and_the_remaining_time() -> None:
    """Eight seconds into the hold somebody seems to say something; the final takes it back; sixteen remain."""
    hand = Hand().until(State.HOLDING)
    hand.hear("severe pain", final=False, after_s=8)
    hand.hear("", after_s=1)
    assert hand.session.state is State.SPEAKING
    assert hand.said[-1] == prompts.GET_READY_AGAIN
    hand.until(State.HOLDING)
    begun = [command for command in hand.out if isinstance(command, Begin) and command.kind == "hold"]
    assert begun[-1].seconds == pytest.approx(16, abs=0.01)


def test_a_partial_report_that_nobody_decides_on_is_asked_about() -> None:
    """The recogniser never says what it was: unclear, so the coach asks."""
    hand = Hand().until(State.HOLDING)
    hand.hear("severe pain", final=False, after_s=8)
    hand.wait(3.5)
    assert hand.said[-1] == safety.QUESTIONS["score"]


def test_a_quick_answer_counts_and_the_tail_of_the_question_does_not() -> None:
    """What begins after the question is somebody's own, even in its words; what began before is the question's echo."""
    hand = at(State.ASKING)
    hand.speech_ended()
    hand.hear("ten", final=False, after_s=0.1)
    hand.hear("nought to ten", after_s=0.5)
    assert hand.session.state is State.ASKING
    hand.hear("nought", final=False, after_s=0.4)
    hand.hear("nought", after_s=0.3)
    assert hand.session.state is State.SPEAKING


def test_skip_and_back_say_what_they_do() -> None:
    """Before the exercises nothing is left out, and before the first there is none to go back to."""
    hand = Hand()
    hand.hear("skip this one", after_s=1)
    assert hand.said[-1] == prompts.TO_THE_EXERCISES
    hand.speech_ended()
    hand.speech_ended()
    hand.hear("go back", after_s=1)
    assert hand.said[-1] == prompts.GOING_BACK
    hand.hear("skip this one", after_s=3)
    assert hand.said[-1] == prompts.SKIPPING


def test_help_without_ears_is_about_the_keyboard() -> None:
    """Nobody is told to speak to somebody who can't hear."""
    hand = Hand(session(deaf="no microphone"))
    hand.event(Heard("help", typed=True), after_s=1)
    assert hand.said[-1] == prompts.HELP_BY_KEYBOARD[0]


def test_a_stale_speech_ended_changes_nothing() -> None:
    """The end of an utterance that was cut off before is no news."""
    hand = Hand().until(State.HOLDING)
    stale = SpeechEnded(1)
    hand.event(stale)
    assert hand.session.state is State.HOLDING


def test_an_utterance_that_never_ends_does_not_hold_up_the_session() -> None:
    """Where the end of a prompt is never reported, the session goes on after a while."""
    hand = Hand()
    hand.wait(600)
    assert len(hand.said) > 5


def test_deaf_from_the_start_it_says_so_and_how_to_finish() -> None:
    """Where nothing can be heard, the coach says so aloud and goes on with the keyboard."""
    hand = Hand(session(deaf="no microphone")).until(State.RESTING)
    assert hand.said[1:3] == [prompts.CANNOT_HEAR, prompts.CANNOT_HEAR_GOING_ON]


def test_ears_lost_in_a_hold_pause_it_and_ears_back_go_on_with_the_rest() -> None:
    """Never deaf and coaching: paused within the same moment, and taken up by itself."""
    hand = Hand().until(State.HOLDING)
    hand.event(EarsLost("unplugged"), after_s=4)
    assert hand.session.state is State.PAUSED
    assert hand.said[-1] == prompts.CANNOT_HEAR
    hand.event(EarsBack(), after_s=20)
    assert hand.said[-1] == prompts.HEAR_AGAIN
    hand.until(State.HOLDING)
    assert [command for command in hand.out if isinstance(command, Begin)][-1].seconds == pytest.approx(20, abs=0.01)


def test_ears_lost_while_a_report_was_under_way_count_as_the_stronger_reading() -> None:
    """A partial report, and then no ears: stop."""
    hand = at(State.CHECKING)
    hand.event(EarsLost("unplugged"))
    assert hand.session.state is State.ADVISING


def test_neither_heard_nor_hearing_the_session_ends() -> None:
    """Ears and loudspeaker gone: stop."""
    hand = Hand().until(State.HOLDING)
    hand.event(VoiceLost("unplugged"))
    hand.event(EarsLost("unplugged"))
    hand.until(State.CLOSED)
    assert [command for command in hand.out if isinstance(command, Close)][-1].outcome == "unheard"


def test_no_answer_to_how_bad_counts_as_stop_after_one_retry() -> None:
    """Asked, asked again, and then advised."""
    hand = Hand().until(State.HOLDING)
    hand.hear("it hurts", after_s=3)
    hand.until(State.ADVISING)
    assert hand.said.count(safety.QUESTIONS["score"]) == 1
    assert hand.said.count(safety.QUESTIONS["score_again"]) == 1


def test_the_report_says_where_it_was_made() -> None:
    """Exercise, side, repetition and how far into the hold are written down before the advice begins."""
    hand = Hand().until(State.HOLDING)
    out = hand.hear("severe pain", after_s=7)
    (report,) = facts(out, "report")
    assert report["exercise"] == "Knee to chest"
    assert (report["side"], report["set"], report["rep"], report["into_s"]) == ("left", 1, 1, 7.0)
    kinds = [command.kind if isinstance(command, Record) else type(command).__name__ for command in out]
    assert kinds.index("advised") < kinds.index("Say")


def test_the_coachs_own_words_are_no_command_and_no_part_of_a_report() -> None:
    """What comes back of its own sentence is taken out; what somebody says beside it counts."""
    hand = Hand()
    while hand.said[-1] != "Bring one knee towards your chest.":
        hand.speech_ended()
    hand.hear("bring one knee towards your chest")
    assert hand.session.state is State.SPEAKING
    out = hand.hear("lie on your back bend both knees bring one knee towards your chest severe pain")
    (report,) = facts(out, "report")
    assert (report["action"], report["words"]) == ("stop", "severe pain")


def test_a_misheard_question_does_not_answer_itself() -> None:
    """Words that come back with the question are no answer, unless they are worse than any answer; typed ones are."""
    hand = at(State.ASKING)
    hand.hear("how are is a nought", after_s=2)
    assert hand.session.state is State.ASKING
    hand.event(Heard("two", typed=True), after_s=0.1)
    assert hand.session.state is State.SPEAKING
    hand = at(State.ASKING)
    hand.hear("severe pain", after_s=2)
    assert hand.session.state is State.ADVISING


def test_an_answer_in_the_words_of_the_question_counts() -> None:
    """Somebody who answers "finished for today" a moment later is not taken for an echo."""
    hand = Hand().until(State.HOLDING)
    hand.hear("stop", after_s=2)
    hand.speech_ended()
    hand.hear("finished for today", after_s=2)
    assert hand.said[-1] == prompts.FAREWELL


def test_the_diagram_in_the_docs_is_drawn_from_the_table() -> None:
    """docs/ARCHITECTURE.md shows the transitions that the session allows."""
    from pathlib import Path

    text = (Path(__file__).parents[1] / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert diagram() in text
