"""What doctor says: plain words, and MISSING only for what is not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coach import doctor, folders, models, portaudio, recogniser, renderer, settings, system
from coach.errors import CoachError
from tests.fake_sound import FakeRenderer, FakeSound
from tests.test_cli import coach
from tests.test_models import make_model

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


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The models that were loaded: none is, really."""
    folders: list[Path] = []
    monkeypatch.setattr(recogniser, "VoskRecogniser", folders.append)
    return folders


def test_it_says_which_model_hears_why_and_how_large_it_is(
    look: Callable[..., Findings], loaded: list[Path], tmp_path: Path
) -> None:
    own = Path(models.__file__).parents[1] / "models" / models.OWN_MODEL
    found = look(SPEAKERS)["speech model"]
    assert found.fine
    assert "the coach's own: coach-en (" in found.text
    assert f" MB, in {own.parent})" in found.text

    chosen, named = make_model(tmp_path / "chosen"), make_model(tmp_path / "named")
    settings.save("model", chosen)
    assert look()["speech model"].text.startswith("the one that the settings name: chosen (")
    assert "fine     speech model: the one named with --model: named (" in coach("doctor", "--model", str(named)).output
    assert loaded == [own, chosen, named]


def test_a_model_in_the_settings_that_has_gone_is_a_problem_though_it_hears(
    look: Callable[..., Findings], loaded: list[Path], tmp_path: Path
) -> None:
    settings.save("model", tmp_path / "gone")
    found = look()["speech model"]
    assert found.state == "PROBLEM"
    assert "the coach's own is used instead" in found.text
    assert [folder.name for folder in loaded] == [models.OWN_MODEL]


def test_a_model_that_will_not_load_is_a_problem_and_none_is_missing(
    look: Callable[..., Findings], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def damaged(folder: Path) -> None:
        raise CoachError("It is damaged.")

    monkeypatch.setattr(recogniser, "VoskRecogniser", damaged)
    found = look()["speech model"]
    assert (found.state, found.text) == ("PROBLEM", "It is damaged.")
    monkeypatch.setattr(models, "_HERE", tmp_path / "nowhere" / "coach")
    found = look()["speech model"]
    assert found.state == "MISSING"
    assert "coach setup --public-model" in found.text
