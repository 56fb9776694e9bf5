"""What doctor says: plain words, and MISSING only for what is not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from coach import (
    doctor,
    folders,
    models,
    portaudio,
    recogniser,
    renderer,
    settings,
    sound_check_file,
    sound_check_run,
    system,
)
from coach.errors import CoachError
from coach.sound_check import Attempt, SoundCheck, check_of, judge
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


# --- the sound check ---


class Terminal:
    """What somebody looks at, or nobody."""

    def __init__(self, there: bool = True) -> None:
        self.there = there

    def isatty(self) -> bool:
        return self.there


def found(**states: bool) -> list[doctor.Finding]:
    return [doctor.Finding(what, states.get(what.replace(" ", "_"), True), "") for what in doctor.NEEDED]


def test_the_sound_check_says_why_it_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Terminal())
    assert doctor.why_no_sound_check(found(), Terminal()) is None
    assert "terminal" in str(doctor.why_no_sound_check(found(), Terminal(False)))
    why = str(doctor.why_no_sound_check(found(microphone=False, loudspeaker=False), Terminal()))
    assert "loudspeaker, microphone" in why
    assert doctor.why_no_sound_check(found(speech_model=False), Terminal()) is None, "the coach's own one hears"
    none = [*found()[:-1], doctor.Finding("speech model", False, "", missing=True)]
    assert "speech model" in str(doctor.why_no_sound_check(none, Terminal()))
    monkeypatch.setattr("sys.stdin", Terminal(False))
    assert "terminal" in str(doctor.why_no_sound_check(found(), Terminal()))


def test_without_a_terminal_it_is_left_out_and_quick_does_not_even_say_so(look: Callable[..., Findings]) -> None:
    look(SPEAKERS)
    assert "The sound check was left out: it needs what is missing above (microphone)." in coach("doctor").output
    assert "sound check" not in coach("doctor", "--quick").output


def test_json_is_one_object_with_everything(look: Callable[..., Findings]) -> None:
    look(SPEAKERS)
    done = coach("doctor", "--json")
    told = json.loads(done.output)
    assert done.exit_code == 1
    assert told["fine"] is False
    assert {one["what"]: one["state"] for one in told["findings"]}["microphone"] == "missing"
    assert (told["sound_check"], told["verdict"]) == (None, None)
    assert "microphone" in told["left_out"]
    assert json.loads(coach("doctor", "--json", "--quick").output)["left_out"] is None


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch, look: Callable[..., Findings], loaded: list[Path]) -> None:
    """Everything is there."""
    look(SPEAKERS, {"name": "A microphone", "max_output_channels": 0, "max_input_channels": 1})
    monkeypatch.setattr(doctor, "why_no_sound_check", lambda *_: None)


def checked(monkeypatch: pytest.MonkeyPatch, result: SoundCheck | BaseException) -> None:
    def check(*_: Any) -> SoundCheck:
        if isinstance(result, BaseException):
            raise result
        return result

    monkeypatch.setattr(sound_check_run, "check_sound", check)


@pytest.mark.usefixtures("at_a_terminal")
@pytest.mark.parametrize(("heard", "status"), [(True, 0), (False, 1)])
def test_the_verdict_is_the_last_line_and_the_status(monkeypatch: pytest.MonkeyPatch, heard: bool, status: int) -> None:
    attempts = (Attempt(asked="stop", heard=heard, heard_as="stop", level_dbfs=-30.0, latency_s=0.4),)
    check = check_of(datetime.now(UTC), noise_dbfs=-60.0, voice_dbfs=-30.0, attempts=attempts)
    checked(monkeypatch, check)
    done = coach("doctor")
    assert done.exit_code == status
    assert done.output.splitlines()[-1] == judge(check).sentence
    assert "dB" not in done.output
    assert "noise of the room: -60.0 dB" in coach("doctor", "-v").output
    kept = sound_check_file.last_check()
    assert kept is not None
    assert kept.heard == heard
    told = json.loads(coach("doctor", "--json").stdout)
    assert told["verdict"] == judge(check).verdict
    assert told["sound_check"]["attempts"][0]["heard_as"] == "stop"


@pytest.mark.usefixtures("at_a_terminal")
def test_a_check_that_breaks_off_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    checked(monkeypatch, CoachError("The sound check broke off."))
    done = coach("doctor")
    assert done.exit_code == 1
    assert done.output.splitlines()[-1] == "PROBLEM  sound check: The sound check broke off."
    assert sound_check_file.last_check() is None
    checked(monkeypatch, KeyboardInterrupt())
    assert coach("doctor").exit_code == 130


@pytest.mark.usefixtures("at_a_terminal")
def test_figures_that_can_not_be_kept_are_shown_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    (folders.data_dir() / sound_check_file.NAME).mkdir()
    checked(monkeypatch, check_of(datetime.now(UTC), noise_dbfs=-60.0))
    done = coach("doctor")
    assert "can't be kept" in done.output
    assert done.output.splitlines()[-1].startswith("I can't hear you reliably")
