"""The cache of rendered prompts."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from coach.clips import Clip, Clips, decode, encode, polish, read_sound
from coach.errors import CoachError
from coach.plan import estimated_length_s
from tests.fake_sound import FakeRenderer, tone


@pytest.fixture
def renderer() -> FakeRenderer:
    return FakeRenderer()


def stored(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.wav"))


def test_a_prompt_is_rendered_once_and_then_read_also_by_the_next_coach(tmp_path: Path, renderer: FakeRenderer) -> None:
    first = Clips(renderer, tmp_path).get("Lie down.", 150)
    again = Clips(renderer, tmp_path).get("Lie down.", 150)
    assert renderer.asked == [("Lie down.", 150)]
    assert np.abs(first.samples - again.samples).max() < 0.0001


def test_rate_voice_and_text_make_different_clips(tmp_path: Path, renderer: FakeRenderer) -> None:
    clips = Clips(renderer, tmp_path)
    clips.get("Lie down.", 150)
    clips.get("Lie down.", 120)
    clips.get("Sit up.", 150)
    other = FakeRenderer()
    other.voice = "two"
    Clips(other, tmp_path).get("Lie down.", 150)
    assert len(stored(tmp_path)) == 4


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "zeros", "text"])
def test_a_damaged_entry_is_rendered_again(tmp_path: Path, renderer: FakeRenderer, damage: str) -> None:
    whole = Clips(renderer, tmp_path).get("Lie down.", 150)
    (path,) = stored(tmp_path)
    good = path.read_bytes()
    flipped = good[:900] + bytes([good[900] ^ 64]) + good[901:]
    bad = {"cut": good[:-200], "flipped": flipped, "empty": b"", "zeros": bytes(len(good)), "text": b"hello"}
    path.write_bytes(bad[damage])
    clip = Clips(renderer, tmp_path).get("Lie down.", 150)
    assert len(renderer.asked) == 2
    assert np.abs(clip.samples - whole.samples).max() < 0.0001
    assert path.read_bytes() == good


def test_the_length_is_known_without_rendering_and_without_reading_the_sound(
    tmp_path: Path, renderer: FakeRenderer
) -> None:
    length_s = Clips(renderer, tmp_path).get("Lie down on the mat.", 150).length_s
    later = Clips(renderer, tmp_path)
    assert later.known_s("Lie down on the mat.", 150) == pytest.approx(length_s, abs=0.001)
    assert later.known_s("Sit up.", 150) is None
    assert len(renderer.asked) == 1


def test_a_failed_rendering_leaves_nothing_behind(tmp_path: Path, renderer: FakeRenderer) -> None:
    renderer.fails = True
    with pytest.raises(CoachError):
        Clips(renderer, tmp_path).get("Lie down.", 150)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_can_not_be_used_keeps_clips_for_the_session(tmp_path: Path, renderer: FakeRenderer) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    clips = Clips(renderer, blocked)
    clips.get("Lie down.", 150)
    clips.get("Lie down.", 150)
    assert len(renderer.asked) == 1
    assert clips.has("Lie down.", 150)
    clips.close()


def test_a_disk_that_fills_up_silences_nobody(
    tmp_path: Path, renderer: FakeRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    clips = Clips(renderer, tmp_path)
    monkeypatch.setattr(Path, "replace", full)
    assert clips.get("Lie down.", 150).length_s > 0
    assert clips.get("Lie down.", 150).length_s > 0
    assert len(renderer.asked) == 1
    assert list(tmp_path.iterdir()) == []


def test_text_without_a_word_is_a_short_silence(tmp_path: Path, renderer: FakeRenderer) -> None:
    clip = Clips(renderer, tmp_path).get(" ... ", 150)
    assert not clip.samples.any()
    assert clip.length_s < 0.2
    assert renderer.asked == []


def test_tidying_throws_away_what_was_not_used_for_longest(tmp_path: Path, renderer: FakeRenderer) -> None:
    clips = Clips(renderer, tmp_path, limit_bytes=12_000)
    texts = ["One.", "Two.", "Three."]
    for age, text in enumerate(texts):
        clips.get(text, 150)
        newest = max(stored(tmp_path), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (time.time() - 100 + age,) * 2)
    clips.get("One.", 150)  # used again: now the youngest
    clips.tidy()
    later = Clips(renderer, tmp_path)
    assert [later.has(text, 150) for text in texts] == [True, False, False]
    assert not clips.has("Two.", 150)


def test_tidying_removes_what_a_killed_coach_left_but_nothing_fresh(tmp_path: Path, renderer: FakeRenderer) -> None:
    old, fresh = tmp_path / "1-0.part", tmp_path / "2-0.part"
    old.touch()
    fresh.touch()
    os.utime(old, (0, 0))
    Clips(renderer, tmp_path).tidy()
    assert not old.exists()
    assert fresh.exists()


def test_polish_takes_the_silence_from_both_ends_and_evens_the_loudness() -> None:
    silence = np.zeros(8000, np.float32)
    quiet, loud = (
        polish(Clip(np.concatenate([silence, tone(2.0, level).samples, silence]), 16_000)) for level in (0.05, 0.9)
    )
    assert quiet.length_s == pytest.approx(2.26, abs=0.01)
    assert np.abs(quiet.samples).max() == pytest.approx(np.abs(loud.samples).max(), rel=0.01)


def test_polish_leaves_silence_alone() -> None:
    nothing = Clip(np.zeros(100, np.float32), 16_000)
    assert polish(nothing) is nothing


def test_a_stored_clip_is_a_wav_file_that_others_can_read(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(encode(tone(0.5)))
    read = read_sound(path)
    assert read.rate_hz == 16_000
    assert np.abs(read.samples - tone(0.5).samples).max() < 0.0001
    assert decode(path.read_bytes()).length_s == 0.5


def test_an_aiff_file_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    import soundfile

    path = tmp_path / "x.part"
    with path.open("wb") as file:
        soundfile.write(file, tone(0.5).samples, 16_000, format="AIFF")
    assert read_sound(path).length_s == 0.5


def test_a_file_that_is_no_sound_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_text("no sound")
    with pytest.raises(CoachError, match=r"x\.wav is not a sound file"):
        read_sound(path)


def test_the_estimate_grows_with_the_text_and_shrinks_with_the_rate() -> None:
    assert estimated_length_s("Two.", 150) < estimated_length_s("Two more, and then rest.", 150)
    assert estimated_length_s("Two.", 300) == pytest.approx(estimated_length_s("Two.", 150) / 2)
