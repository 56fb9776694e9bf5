"""What a session does otherwise because of the last sound check."""

from __future__ import annotations

import queue
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from coach import folders, portaudio, prompts, safety, start
from coach.caption_voice import CaptionVoice
from coach.events import Event, Hush, Sounded
from coach.past import Past
from coach.past_sound import HOLDS, PastSound, heed
from coach.policy import Policy
from coach.settings import Settings
from coach.sound_check import Attempt, SoundCheck, check_of
from coach.sound_check_file import NAME, device_name, keep
from coach.states import State
from tests.made import until_said
from tests.rig import Hand, plan

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
HOW = "coach doctor"
WELL = tuple(Attempt(asked=asked, over=over, heard=True) for asked, over in (("stop", False), ("stop", True)))
ILL = tuple(Attempt(asked="stop", heard=False, level_dbfs=-40.0) for _ in range(2))
READY = safety.QUESTIONS["ready_lying"]


def checked(attempts: tuple[Attempt, ...] = WELL, days_ago: float = 1.0, **figures: Any) -> SoundCheck:
    """A check, of a quiet room unless it is said otherwise."""
    usual = {"microphone": "Mic", "loudspeaker": "Box", "noise_dbfs": -65.0, "voice_dbfs": -35.0}
    return check_of(NOW - timedelta(days=days_ago), attempts=attempts, **(usual | figures))


def heeded(check: SoundCheck | None, microphone: str | None = "Mic", loudspeaker: str | None = "Box") -> PastSound:
    """What follows from it today."""
    return heed(check, NOW, microphone, loudspeaker, HOW)


def test_good_figures_change_nothing() -> None:
    assert heeded(checked()) == PastSound()


def test_without_a_check_one_is_recommended_and_nothing_is_said_aloud() -> None:
    found = heeded(None)
    assert found == PastSound(note=found.note)
    assert HOW in (found.note or "")


def test_one_who_was_heard_badly_is_told_aloud_and_on_the_screen() -> None:
    found = heeded(checked(ILL))
    assert found.opening == (prompts.HEARD_POORLY,)
    assert "I can't hear you reliably" in (found.note or "")
    assert HOW in (found.note or "")


@pytest.mark.parametrize(("own_sounds", "interruptions"), [(0, None), (1, None), (2, 1), (9, 1)])
def test_one_who_falls_silent_for_itself_does_so_less_often(own_sounds: int, interruptions: int | None) -> None:
    assert heeded(checked(own_sounds=own_sounds)).interruptions == interruptions


@pytest.mark.parametrize(
    ("microphone", "loudspeaker", "named"), [("Other", "Box", "microphone"), ("Mic", "Other", "loudspeaker")]
)
def test_other_devices_are_said_on_the_screen_and_have_no_figures(
    microphone: str, loudspeaker: str, named: str
) -> None:
    found = heeded(checked(ILL, own_sounds=5), microphone, loudspeaker)
    assert found == PastSound(note=found.note)
    assert f"The {named} is another" in (found.note or "")


def test_a_device_without_a_name_may_be_the_same() -> None:
    assert heeded(checked(), None, None) == PastSound()
    assert heeded(checked(microphone=None, loudspeaker=None)) == PastSound()


def test_what_was_measured_long_ago_is_only_told() -> None:
    found = heeded(checked(ILL, days_ago=HOLDS.days + 1, own_sounds=5))
    assert found == PastSound(note=found.note)
    assert "31 days ago" in (found.note or "")


def test_a_clock_that_was_set_back_makes_no_difference() -> None:
    assert heeded(checked(days_ago=-400.0)) == PastSound()


# --- in a session ---------------------------------------------------------------------------------


def begun(sound: PastSound, text: bool = False, deaf: str | None = None) -> Hand:
    """The session that `start` makes, for somebody who has answered the warning signs."""
    inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
    voice = CaptionVoice(inbox, 150)
    voice.close()
    rig = start.Rig(voice, deaf=deaf, sound=sound)
    return Hand(start.made(rig, plan(), Settings(), [], Past(warning_signs_due=False), text))


def interrupted(hand: Hand) -> int:
    """How often sounds silence it within half a minute."""
    hushes = 0
    for _ in range(6):
        hushes += sum(isinstance(command, Hush) for command in hand.event(Sounded(), 1.0))
        hand.wait(Policy().listen_s + 0.1)
    return hushes


def test_the_session_says_it_and_falls_silent_less_often() -> None:
    hand = begun(PastSound((prompts.HEARD_POORLY,), "note", 1))
    assert interrupted(hand) == 1
    assert interrupted(begun(PastSound())) == Policy().interruptions
    assert prompts.HEARD_POORLY in until_said(hand, READY).said


def test_the_ears_are_tried_where_there_are_any() -> None:
    question = safety.QUESTIONS["score_before"]
    assert READY in until_said(begun(PastSound()), READY).said
    assert READY not in until_said(begun(PastSound(), text=True), question).said
    assert READY not in until_said(begun(PastSound(), deaf="no microphone"), question).said
    assert begun(PastSound()).session.state is State.SPEAKING


# --- what was kept --------------------------------------------------------------------------------


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sound system with one microphone and one loudspeaker."""
    names = {"input": "Mic", "output": "Box"}
    sounddevice = SimpleNamespace(query_devices=lambda _, kind: {"name": names[kind]})
    monkeypatch.setattr(portaudio, "load", lambda: sounddevice)


@pytest.mark.usefixtures("devices")
def test_the_kept_figures_are_used() -> None:
    keep(checked(own_sounds=3).model_copy(update={"at": datetime.now().astimezone()}))
    assert start.past_sound(Settings()) == PastSound(interruptions=1)


@pytest.mark.usefixtures("devices")
@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b'{"version": 9}', b"[]"])
def test_a_damaged_file_is_no_check(damage: bytes) -> None:
    (folders.data_dir() / NAME).write_bytes(damage)
    assert start.past_sound(Settings()) == heed(None, NOW, None, None, HOW)


def test_a_sound_system_that_fails_gives_the_name_that_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise OSError

    monkeypatch.setattr(portaudio, "load", fails)
    assert device_name("Mic", "input") == "Mic"
    assert device_name(None, "output") is None
