"""Devices that fail in the simulated room, one case at a time; the table is in ``test_room_faults``."""

from __future__ import annotations

import numpy as np
import pytest

from bench.acoustics import RATE_HZ
from bench.simulated_devices import Fault
from coach import chimes, prompts
from coach.events import Begin, EarsLost, Heard, SpeechEnded, VoiceBack, VoiceLost
from coach.plan import Kind, Plan, Step
from coach.states import State
from tests.room import DeafRecogniser, Room
from tests.speech import need_model
from tests.test_room_faults import BOTH, HOLD_S, LONG, LOUDSPEAKER, MICROPHONE, NOTICED_S, PASSED_OVER, plan


def room(*faults: Fault, plan_: Plan | None = None, opens: bool = False) -> Room:
    plan_ = plan_ or plan(Step(Kind.SAY, LONG))
    return Room(None, plan=plan_, faults=faults, keep=False, cancels=False, opens=opens)


@pytest.mark.parametrize(("at_s", "by_s"), [(0.0, 5.5), pytest.param(0.3, 3.3, marks=pytest.mark.audio), (0.9, 3.9)])
@pytest.mark.parametrize("kind", ["removed", "no frames", "zeros"])
def test_a_microphone_that_fails_at_the_very_beginning(kind: str, at_s: float, by_s: float) -> None:
    """While the opening sounds, and before there was any sound; one that was never heard may be a headset waking up."""
    with room(Fault(at_s, MICROPHONE, kind, until_s=9.0), opens=True) as there:
        there.run(by_s)
        assert there.coach.session.state is State.PAUSED
        assert (
            there.said[-2:] == [prompts.CANNOT_HEAR, prompts.CANNOT_HEAR_PAUSED]
            or there.said[-1] == prompts.CANNOT_HEAR
        )
        there.run(35.0)
        assert prompts.HEAR_AGAIN in there.said
        assert LONG in there.said


@pytest.mark.parametrize("kind", ["removed", "no frames"])
def test_a_loudspeaker_that_fails_while_the_opening_sounds(kind: str) -> None:
    with room(Fault(0.4, LOUDSPEAKER, kind, until_s=9.0), opens=True) as there:
        there.run(3.4)
        assert there.times(VoiceLost)
        assert there.run(70.0) == "done"


@pytest.mark.parametrize("kind", ["removed", "no frames", "frozen"])
@pytest.mark.parametrize("device", [MICROPHONE, LOUDSPEAKER, BOTH])
def test_what_fails_in_the_last_words_changes_nothing_of_them(kind: str, device: str) -> None:
    at_s = 7.2
    faults = [Fault(at_s, each, kind) for each in (MICROPHONE, LOUDSPEAKER) if device in (each, BOTH)]
    with room(*faults, plan_=plan()) as there:
        there.at(6.0, lambda: there.coach.put(Heard("stop", typed=True)))
        there.at(6.4, lambda: there.coach.put(Heard("no", typed=True)))
        assert there.run(40.0) == "stopped"
        said_at, text = there.coach.said()[-1]
        assert text == prompts.FAREWELL
        assert said_at < at_s < there.times(SpeechEnded)[-1]


@pytest.mark.parametrize("first", [MICROPHONE, LOUDSPEAKER])
@pytest.mark.parametrize("back_s", [{}, {MICROPHONE: 9.0}, {LOUDSPEAKER: 9.0}])
def test_with_both_lost_in_whatever_order_it_ends_and_nothing_brings_it_back(
    first: str, back_s: dict[str, float]
) -> None:
    second = LOUDSPEAKER if first == MICROPHONE else MICROPHONE
    at_s = {first: 3.0, second: 6.5}
    faults = [Fault(at_s[each], each, "no frames", until_s=back_s.get(each, 1e9)) for each in (first, second)]
    with room(*faults) as there:
        assert there.run(6.5) is None
        assert there.run(60.0) == "unheard"
        assert there.said[-1] == prompts.CANNOT_HEAR_END
        assert there.coach.said()[-1][0] <= 6.5 + NOTICED_S


def test_a_microphone_that_comes_and_goes_does_not_make_the_coach_nag() -> None:
    """Three seconds without a frame, two with: for two minutes."""
    faults = [Fault(at_s, MICROPHONE, "no frames", until_s=at_s + 3.0) for at_s in range(5, 125, 5)]
    with room(*faults) as there:
        there.run(125.0)
        assert 1 <= there.said.count(prompts.CANNOT_HEAR) <= 3
        assert there.coach.session.state is State.PAUSED
        there.run(200.0)
        assert there.said.count(prompts.HEAR_AGAIN) == there.said.count(prompts.CANNOT_HEAR)
        assert there.coach.session.state is not State.PAUSED


@pytest.mark.parametrize("kind", ["no frames", "removed", "speed"])
def test_a_hold_ends_in_time_though_the_loudspeaker_hangs(kind: str) -> None:
    """From two seconds before its end: the end is no later, and what is to be said then is said in captions."""
    with room(plan_=plan()) as there:
        there.run(10.0)
        begun = next(at_s for at_s, what in there.log if isinstance(what, Begin) and what.kind == "hold")
    with room(Fault(begun + HOLD_S - 1.0, LOUDSPEAKER, kind, value=0.5), plan_=plan()) as there:
        assert there.run(60.0) == "done"
        (ended,) = (at_s for at_s, what in there.log if getattr(what, "kind", "") == "hold_done")
        assert ended - begun == pytest.approx(HOLD_S, abs=1e-6)
        said_at = next(at_s for at_s, text in there.coach.said() if text == LONG)
        assert said_at == pytest.approx(ended, abs=0.01)
        closed = there.times(SpeechEnded)[-1]
        assert closed - said_at >= 9.9, "read to its end"


def test_of_a_lost_loudspeaker_nothing_is_told_to_the_ears() -> None:
    """Nor of the stream before, once there is another."""
    fault = Fault(4.0, LOUDSPEAKER, "no frames", until_s=9.0)
    with Room(None, plan=plan(Step(Kind.SAY, 3 * LONG)), faults=[fault], cancels=False) as there:
        reference = there.coach.voice.reference
        there.run(8.0)
        assert not reference.beside(round(4.5 * RATE_HZ), round(3.4 * RATE_HZ)).any()
        there.run(14.0)
        (back,) = there.times(VoiceBack)
        assert back < 12.0
        there.at(14.1, lambda: there.coach.voice.chime(chimes.OPENING))
        there.run(17.0)
        told = reference.beside(14 * RATE_HZ, 2 * RATE_HZ)
        played = there.simulated.played[14 * RATE_HZ : 16 * RATE_HZ]
        alike = np.fft.irfft(np.fft.rfft(played, 4 * RATE_HZ) * np.conj(np.fft.rfft(told, 4 * RATE_HZ)))
        alike /= np.linalg.norm(told) * np.linalg.norm(played)
        best = int(np.argmax(alike))
        assert alike[best] > 0.95
        assert -0.05 <= (best if best < 2 * RATE_HZ else best - 4 * RATE_HZ) / RATE_HZ <= 0.1


@pytest.mark.parametrize(
    ("device", "event", "speed"),
    [
        (MICROPHONE, EarsLost, 48_000 / 44_100),
        (MICROPHONE, EarsLost, 44_100 / 48_000),
        (LOUDSPEAKER, VoiceLost, 48_000 / 44_100),
    ],
)
def test_one_rate_taken_for_the_other_is_told_of_too_but_not_as_soon(device: str, event: type, speed: float) -> None:
    """Words can still be made out at this speed, other than over the coach's voice, which is not taken out any more."""
    with room(Fault(5.0, device, "speed", value=speed), plan_=plan(Step(Kind.SAY, 3 * LONG))) as there:
        there.run(22.0)
        assert there.times(event)


def test_the_recogniser_that_fails_again_and_again_is_told_of_once() -> None:
    class Broken(DeafRecogniser):
        def feed(self, pcm16: bytes) -> list[Heard]:
            super().feed(pcm16)
            if 3 * 32_000 < self.fed < 3 * 32_000 + 6 * 640:
                raise RuntimeError("it has failed")
            return []

    with Room(None, plan=plan(), recogniser=Broken(), cancels=False, keep=False) as there:
        assert there.run(120.0) == "done"
        assert there.said.count(prompts.CANNOT_HEAR) == there.said.count(prompts.HEAR_AGAIN) == 1


# --- what a person says ------------------------------------------------------------------------------


@pytest.mark.audio
@pytest.mark.parametrize("doing", ["speaking", "holding"])
@pytest.mark.parametrize(
    ("fault", "device"),
    [
        (name, device)
        for name, (_, where) in PASSED_OVER.items()
        if name != "frozen"  # it hums, as loud as the coach was: no ear hears much in that
        for device in ((MICROPHONE, LOUDSPEAKER, BOTH) if where == BOTH else (where,))
    ],
)
def test_a_person_is_heard_three_seconds_after_a_fault_that_nothing_is_said_of(
    fault: str, device: str, doing: str
) -> None:
    """By the real ears, over the coach's real voice or in a hold, as loud as the coach: said once, and once again.

    Understood, or silenced for and asked about.
    """
    at_s = 8.0
    (kind, value), _ = PASSED_OVER[fault]
    until_s = at_s + 1.5 if kind == "held" else 1e9
    faults = [Fault(at_s, each, kind, until_s, value) for each in (MICROPHONE, LOUDSPEAKER) if device in (each, BOTH)]
    what = None if doing == "speaking" else plan()
    with Room(0.0, seed=1, plan=what, model=need_model(), real_voice=True, faults=faults, keep=False) as there:
        begun, _ = there.person("severe pain", at_s=at_s + NOTICED_S)
        there.person("severe pain", at_s=at_s + NOTICED_S + 2.5)
        there.run(at_s + 12.0)
        told = [said_at for said_at, _ in there.coach.reports() if said_at > at_s]
        assert told, there.heard
        assert told[0] <= begun + 5.0
        assert there.coach.session.state in (State.ADVISING, State.ASKING)


@pytest.mark.audio
def test_after_a_loss_a_person_is_heard_again_and_while_it_lasts_the_keyboard_ends_it() -> None:
    fault = Fault(8.0, MICROPHONE, "removed", until_s=10.0)
    with Room(0.0, seed=1, plan=plan(), model=need_model(), real_voice=True, faults=[fault], keep=False) as there:
        there.at(16.0, lambda: there.person("stop", at_s=16.1) and None)
        there.run(15.9)
        assert there.coach.session.state is not State.PAUSED
        assert prompts.HEAR_AGAIN in there.said
        there.run(22.0)
        assert "stop" in there.heard
        assert there.facts("report")
    with room(Fault(8.0, MICROPHONE, "removed"), plan_=plan()) as there:
        there.at(14.0, lambda: there.coach.put(Heard("stop", typed=True)))
        there.at(16.0, lambda: there.coach.put(Heard("no", typed=True)))
        assert there.run(40.0) == "stopped"


class Mute(DeafRecogniser):
    """Has stopped to answer, without an error and without delay."""

    noticed = 0


@pytest.mark.audio
@pytest.mark.parametrize("mute", [1, 10])
def test_a_recogniser_that_makes_nothing_of_what_is_said_is_replaced_or_told_of(mute: int) -> None:
    """The first ones are mute; a person says the same again and again."""
    from coach.recogniser import VoskRecogniser

    made: list[object] = []
    with Room(None, seed=1, plan=plan(), keep=False) as there:

        def load() -> object:
            made.append(Mute() if len(made) < mute else VoskRecogniser(need_model()))
            return made[-1]

        there.coach.ears._load = load  # type: ignore[assignment]
        for number in range(12):
            there.person("severe pain", at_s=8.0 + 3.0 * number)
        there.run(50.0)
        if mute == 1:
            assert "stop" in [fact["action"] for fact in there.facts("report")]
            assert prompts.CANNOT_HEAR not in there.said
        else:
            assert prompts.CANNOT_HEAR in there.said
            assert there.coach.session.state is State.PAUSED
