"""The sound check in a simulated room, on virtual time: what it measures is what the room is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from bench.acoustics import RATE_HZ, speech_like
from bench.simulated_devices import Fault
from bench.simulated_room import Acoustics, SimulatedRoom, outside
from coach import sound_check, sound_check_run
from coach.clips import Clip
from coach.duplex import Duplex
from coach.errors import CoachError
from coach.events import Heard
from coach.intents import Context
from coach.microphone import Microphone
from coach.sound_check import SoundCheck, judge

pytestmark = pytest.mark.audio
"""No device is used, but minutes of sound are worked through."""

AT = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
ANSWERS = {
    sound_check.SPEAK_FIRST: "stop",
    sound_check.SPEAK_SECOND: "severe pain",
    sound_check.LONG_STORY[0]: "stop",
}
WORDS_S, LINE_S, LATER_S, RECOGNISING_S = 0.8, 1.5, 0.7, 0.3


class SteppingMicrophone(Microphone):
    """To wait for sound is to let the room go on."""

    room: SimulatedRoom

    def read(self, timeout_s: float) -> bytes:
        self.room.step()
        return super().read(0.0)


class Ear:
    """A recogniser that knows what will be said, and when it is over."""

    def __init__(self, room: SimulatedRoom) -> None:
        self._room = room
        self.due: list[tuple[float, Heard]] = []

    def feed(self, pcm16: bytes) -> list[Heard]:
        now = [heard for at_s, heard in self.due if at_s <= self._room.now]
        self.due = [(at_s, heard) for at_s, heard in self.due if at_s > self._room.now]
        return now

    def flush(self) -> list[Heard]:
        return []

    def reset(self) -> None:
        pass

    def expect(self, context: Context | None) -> None:
        pass

    def start_over(self, pcm16: bytes) -> None:
        """See Recogniser."""


class Scene:
    """A room, a coach that makes its sound check, and a person who answers its lines."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        answers: Mapping[str, str | Heard] = ANSWERS,
        faults: tuple[Fault, ...] = (),
        above_db: float = 0.0,
        **acoustics: Any,
    ) -> None:
        for name, seconds in {"LYING_DOWN_S": 0.2, "NOISE_S": 1.0, "ANSWER_S": 2.5, "OVER_S": 1.0}.items():
            monkeypatch.setattr(sound_check_run, name, seconds)
        self._answers, self._above_db = answers, above_db
        self._chance = np.random.default_rng(4)
        self.room = SimulatedRoom(Acoustics(**{"echo_db": 3.0} | acoustics), faults=faults, seed=2, keep=False)
        self.ear = Ear(self.room)
        self.screen: list[str] = []
        self.silenced: list[float] = []

    def check(self) -> SoundCheck:
        room = self.room
        with outside(room):
            source = SteppingMicrophone(load=room.sound.load, clock=room.clock)
            source.room = room
            duplex = Duplex(lambda: self.ear, source=source, load=room.sound.load, clock=room.clock)
            hush = duplex.hush

            def noted() -> None:
                self.silenced += [room.now] if duplex.talking else []
                hush()

            duplex.hush = noted  # type: ignore[method-assign]
            try:
                duplex.open()
                return sound_check_run.SoundCheckRun(duplex, self.clip, 0.8, self.show).run(AT, "a microphone", None)
            finally:
                duplex.close()

    def clip(self, line: str) -> Clip:
        sound = speech_like(self._chance, round(LINE_S * RATE_HZ)) * np.float32(0.16)
        return Clip(np.clip(sound, -1, 1), RATE_HZ)

    def show(self, line: str) -> None:
        self.screen.append(line)
        line = line.removeprefix("COACH   ")
        if line in self._answers:
            heard = self._answers[line]
            heard = Heard(heard) if isinstance(heard, str) else heard
            # Over the coach in the middle of its line, else a moment after its end.
            after_s = LATER_S if line in sound_check.LONG_STORY else LINE_S + LATER_S
            said = speech_like(self._chance, round(WORDS_S * RATE_HZ))
            _, end_s = self.room.person(said, self.room.now + after_s, self._above_db)
            self.ear.due.append((end_s + RECOGNISING_S, heard))


Make = Callable[..., Scene]


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Make:
    return lambda *given, **named: Scene(monkeypatch, *given, **named)


def test_what_it_measures_is_what_the_room_is(scene: Make) -> None:
    made = scene()
    check = made.check()
    assert [(one.asked, one.over, one.heard_as) for one in check.attempts] == [
        ("stop", False, "stop"),
        ("severe pain", False, "severe pain"),
        ("stop", True, "stop"),
    ]
    assert (check.said, check.heard, check.microphone) == (3, 3, "a microphone")
    assert check.noise_dbfs == pytest.approx(-48, abs=2), "20 dB below a person of -28"
    assert check.voice_dbfs == pytest.approx(-28, abs=4)
    assert check.echo_dbfs == pytest.approx(-25, abs=5)
    assert check.echo_loss_db is not None
    assert check.echo_loss_db > 10
    assert check.delay_s == pytest.approx(0.03, abs=0.04)
    assert (check.own_reports, check.voice_clipped, check.echo_clipped) == (0, 0, 0)
    for one in check.attempts[:2]:
        # The room sounds on for a little, and the microphone gives its sound late.
        assert one.latency_s is not None
        assert 0.0 < one.latency_s < RECOGNISING_S + 0.1
    assert made.silenced, "it goes on talking over a person"
    assert judge(check).sentence == "I can hear you well."


def test_with_headphones_no_echo_is_measured(scene: Make) -> None:
    check = scene(echo_db=None).check()
    assert (check.echo_dbfs, check.echo_loss_db, check.delay_s) == (None, None, None)
    assert check.heard == 3


def test_nobody_answers(scene: Make) -> None:
    made = scene({})
    check = made.check()
    assert (check.said, check.heard, check.voice_dbfs) == (6, 0, None)
    assert all(one.level_dbfs is None for one in check.attempts)
    assert made.screen.count("        Nothing was heard.") == 6
    assert "I heard nobody say" in judge(check).sentence


def test_what_is_not_understood_or_not_for_sure_is_asked_for_once_more(scene: Make) -> None:
    answers = {
        sound_check.SPEAK_FIRST: Heard("stop", sure=False),
        sound_check.ONCE_MORE: "stop",
        sound_check.SPEAK_SECOND: "the weather",
        sound_check.LONG_STORY[0]: "stop",
    }
    check = scene(answers, echo_db=None).check()
    assert [(one.heard_as, one.heard) for one in check.attempts[:4]] == [
        ("stop", False),
        ("stop", True),
        ("the weather", False),
        ("stop", True),
    ]


def test_its_own_words_are_no_answer(scene: Make) -> None:
    answers = {sound_check.SPEAK_FIRST: "from the floor stop", sound_check.ONCE_MORE: "stop"}
    made = scene(answers | {sound_check.SPEAK_SECOND: "now speak the longer words"}, echo_db=None)
    made.ear.due += [(at_s, Heard("severe pain")) for at_s in (10.0, 10.5)]
    check = made.check()
    assert [one.heard_as for one in check.attempts[:3]] == ["stop", None, "stop"]
    assert check.own_reports == 0, "nobody sounded, so these are not even passed on"


def test_a_person_too_loud_for_the_microphone(scene: Make) -> None:
    check = scene(above_db=24.0, echo_db=None).check()
    assert check.voice_clipped is not None
    assert check.voice_clipped > sound_check.CLIPPED


@pytest.mark.parametrize("device", ["microphone", "loudspeaker"])
@pytest.mark.parametrize("kind", ["removed", "no frames"])
def test_a_device_that_vanishes_is_one_sentence(scene: Make, device: str, kind: str) -> None:
    with pytest.raises(CoachError, match=r"^The sound check broke off: [^.]*\. Look at its plug, then try again\.$"):
        scene(faults=(Fault(3.0, device, kind),)).check()


def test_a_device_that_is_not_there_is_one_sentence(scene: Make) -> None:
    with pytest.raises(CoachError, match="microphone"):
        scene(faults=(Fault(0.0, "microphone", "removed"),)).check()
    with pytest.raises(CoachError, match="sound"):
        scene(faults=(Fault(0.0, "loudspeaker", "removed"),)).check()


def test_a_microphone_without_sound(scene: Make) -> None:
    check = scene({}, faults=(Fault(0.0, "microphone", "zeros"),)).check()
    assert check.noise_dbfs is not None
    assert check.noise_dbfs <= sound_check.SILENT_DBFS
    assert "gives no sound at all" in " ".join(judge(check).lines)
    assert check.echo_dbfs is None
