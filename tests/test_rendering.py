"""A session as a sound file, with a voice that takes no time."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from coach import rendering
from tests.fake_sound import FakeRenderer
from tests.program import ROUTINE
from tests.test_cli import coach


@pytest.fixture
def routine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A short routine called "quick", and an empty current folder."""
    monkeypatch.setattr(rendering, "Pyttsx3Renderer", lambda voice: FakeRenderer())
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "quick.toml").write_text(ROUTINE, encoding="utf-8")
    return str(tmp_path / "quick.toml")


def test_without_a_name_it_is_an_mp3_of_the_routines_name_here(routine: str) -> None:
    done = coach("render", routine)
    assert done.exit_code == 0
    assert [path.name for path in Path().iterdir()] == ["quick.mp3"]
    assert done.output == f"quick.mp3: {rendering.length(soundfile.info('quick.mp3').duration)}.\n"


def test_a_file_that_is_replaced_is_told(routine: str) -> None:
    Path("x.wav").touch()
    assert coach("render", routine, "-o", "x.wav").output.endswith(", in place of the file that was there.\n")


def test_the_length_told_is_the_length_of_the_file(routine: str) -> None:
    made = rendering.render(routine, Path("x.flac"))
    assert made.length_s == pytest.approx(soundfile.info("x.flac").duration)


def test_lengths_are_rounded_and_long_ones_have_hours() -> None:
    assert rendering.length(365.4) == "6 min 5 s"
    assert rendering.length(364.6) == "6 min 5 s"
    assert rendering.length(59.6) == "1 min 0 s"
    assert rendering.length(8255) == "2 h 17 min 35 s"
