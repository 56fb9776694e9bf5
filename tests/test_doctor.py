"""What doctor says: plain words, and MISSING only for what is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from coach import doctor, folders, portaudio, renderer, settings, system
from tests.fake_sound import FakeRenderer, FakeSound
from tests.test_cli import coach

Findings = dict[str, doctor.Finding]


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Findings]:
    """Examine a machine with a voice and with these devices."""

    class Voices(FakeRenderer):
        def english_voices(self) -> list[str]:
            return ["English (America)", "English (Great Britain)"]

    monkeypatch.setattr(renderer, "Pyttsx3Renderer", lambda voice: Voices())
    monkeypatch.setattr(system, "lacks", tuple)

    def look(*devices: dict[str, Any]) -> Findings:
        sound = FakeSound()
        sound.query_devices = lambda *_: list(devices)  # type: ignore[method-assign]
        monkeypatch.setattr(portaudio, "load", lambda: sound)
        return {finding.what: finding for finding in doctor.examine()}

    return look


SPEAKERS = {"name": "Speakers", "max_output_channels": 2, "max_input_channels": 0}


def test_it_tells_the_voices_to_choose_from(look: Callable[..., Findings]) -> None:
    assert look(SPEAKERS)["voice"].text == (
        "the usual one speaks; English voices to choose from: English (America), English (Great Britain)"
    )
    settings.save("voice", "America")
    assert look()["voice"].text.startswith('the one called "America" speaks; ')


def test_missing_is_what_is_not_there(look: Callable[..., Findings]) -> None:
    found = look(SPEAKERS)
    assert found["loudspeaker"].state == "fine"
    assert found["microphone"].state == "MISSING"


def test_what_is_there_and_can_not_be_used_is_a_problem(look: Callable[..., Findings]) -> None:
    (folders.data_dir() / "journal.sqlite3").mkdir()
    settings.save("loudspeaker", "zzz")
    assert look(SPEAKERS)["loudspeaker"].state == "PROBLEM"
    settings.settings_file().write_text("volume = 9", encoding="utf-8")
    found = look(SPEAKERS)
    assert (found["settings"].state, found["journal"].state) == ("PROBLEM", "PROBLEM")
    assert "this session" not in found["journal"].text


def test_each_finding_is_a_line(look: Callable[..., Findings]) -> None:
    look(SPEAKERS)
    done = coach("doctor")
    assert "MISSING  microphone: none was found" in done.output
    assert "fine     loudspeaker: Speakers" in done.output
    assert done.exit_code == 1
