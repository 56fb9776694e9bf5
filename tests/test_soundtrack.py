"""A whole session as one sound file."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mutagen
import numpy as np
import pytest
import soundfile

from coach.errors import CoachError
from coach.soundtrack import FORMATS, write
from tests.fake_sound import tone

RATE_HZ = 22_050
CHAPTERS = [(0.0, "Gentle start"), (1.25, "Knee to chest \u2013 left"), (2.0, "Rest")]
SOUNDS = [
    (0.5, tone(0.5, rate_hz=RATE_HZ)),
    (1.5, tone(0.5, rate_hz=48_000)),
    (2.5, tone(0.25, rate_hz=RATE_HZ).samples),
]


@pytest.mark.parametrize("ending", FORMATS)
def test_every_sound_is_at_its_time_in_every_format(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"session{ending}"
    write(path, SOUNDS, RATE_HZ, CHAPTERS, "Gentle start")
    samples, rate_hz = soundfile.read(path)
    assert rate_hz == RATE_HZ
    assert samples.ndim == 1
    assert len(samples) / rate_hz == pytest.approx(2.75, abs=0.1)
    for start_s, end_s, loud in [(0.0, 0.45, False), (0.55, 0.95, True), (1.1, 1.4, False), (1.55, 1.95, True)]:
        level = np.sqrt(np.mean(np.square(samples[round(start_s * rate_hz) : round(end_s * rate_hz)])))
        assert bool(level > 0.3) is loud
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", [".flac", ".ogg"])
def test_chapters_are_in_the_comments(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"session{ending}"
    write(path, SOUNDS, RATE_HZ, CHAPTERS, "Gentle start")
    tags: Any = mutagen.File(path)
    assert tags["title"] == ["Gentle start"]
    assert tags["CHAPTER001"] == ["00:00:01.250"]
    assert tags["CHAPTER001NAME"] == ["Knee to chest \u2013 left"]
    assert tags["CHAPTER002NAME"] == ["Rest"]


def test_chapters_are_in_the_frames_of_an_mp3(tmp_path: Path) -> None:
    path = tmp_path / "session.mp3"
    write(path, SOUNDS, RATE_HZ, CHAPTERS, "Gentle start")
    tags: Any = mutagen.File(path).tags
    assert tags["TIT2"].text == ["Gentle start"]
    assert tags["CTOC:toc"].child_element_ids == ["chp0", "chp1", "chp2"]
    times = [(tags[f"CHAP:chp{n}"].start_time, tags[f"CHAP:chp{n}"].end_time) for n in range(3)]
    assert times[:2] == [(0, 1250), (1250, 2000)]
    assert times[2] == (2000, pytest.approx(2750, abs=100))
    assert tags["CHAP:chp1"].sub_frames["TIT2"].text == ["Knee to chest \u2013 left"]


def test_the_frames_of_an_mp3_are_in_the_order_of_their_times(tmp_path: Path) -> None:
    """Many players, and ffprobe, list them as they lie in the file."""
    path = tmp_path / "session.mp3"
    titles = ["A rather long title", "B", "A middling one", "Z", "Another one", "C", "D", "E", "F", "G", "H", "I"]
    write(path, SOUNDS, RATE_HZ, [(0.2 * n, title) for n, title in enumerate(titles)], "x")
    found = re.findall(rb"CHAP.{6}chp(\d+)\0", path.read_bytes(), re.DOTALL)
    assert [int(number) for number in found] == list(range(len(titles)))
    tags: Any = mutagen.File(path).tags
    assert [tags[f"CHAP:chp{n}"].sub_frames["TIT2"].text[0] for n in range(len(titles))] == titles
    assert soundfile.info(path).frames > 2 * RATE_HZ


def test_the_length_told_is_that_of_the_file(tmp_path: Path) -> None:
    """Also where sounds had to wait for each other."""
    path = tmp_path / "x.wav"
    length_s = write(path, [(0.0, tone(1.0)), (0.9, tone(1.0))], 16_000, [], "x")
    assert length_s == pytest.approx(soundfile.info(path).duration) == pytest.approx(2.0)


def test_a_chapter_after_more_than_an_hour_keeps_its_time(tmp_path: Path) -> None:
    write(tmp_path / "x.flac", SOUNDS, RATE_HZ, [(3_725.5, "Late")], "x")
    tags: Any = mutagen.File(tmp_path / "x.flac")
    assert tags["CHAPTER000"] == ["01:02:05.500"]


def test_a_sound_that_would_overlap_follows_the_one_before(tmp_path: Path) -> None:
    write(tmp_path / "x.wav", [(0.0, tone(1.0)), (0.9, tone(1.0, 0.25))], 16_000, [], "x")
    samples, _ = soundfile.read(tmp_path / "x.wav")
    assert len(samples) == 32_000
    assert np.abs(samples[:16_000]).min() > 0.4
    assert np.abs(samples[16_000:]).max() < 0.3


@pytest.mark.parametrize("name", ["session.aac", "session", "session.txt"])
def test_another_ending_is_refused_with_those_that_work(tmp_path: Path, name: str) -> None:
    with pytest.raises(CoachError, match=r"does not end in \.wav, \.flac, \.ogg or \.mp3"):
        write(tmp_path / name, SOUNDS, RATE_HZ, [], "x")


def test_capital_endings_work(tmp_path: Path) -> None:
    write(tmp_path / "X.MP3", SOUNDS, RATE_HZ, CHAPTERS, "x")
    assert mutagen.File(tmp_path / "X.MP3").tags["CHAP:chp0"] is not None


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CoachError, match=r"There is no folder .*nowhere"):
        write(tmp_path / "nowhere" / "x.wav", SOUNDS, RATE_HZ, [], "x")


def test_a_folder_in_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.wav").mkdir()
    with pytest.raises(CoachError, match="is a folder"):
        write(tmp_path / "x.wav", SOUNDS, RATE_HZ, [], "x")


def test_what_was_there_stays_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_text("before")

    def broken() -> Iterator[tuple[float, Any]]:
        yield SOUNDS[0]
        raise CoachError("The voice could not say something.")

    with pytest.raises(CoachError, match="voice"):
        write(path, broken(), RATE_HZ, [], "x")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


LIMITED = """
import resource, sys
from pathlib import Path
import numpy as np
from coach.errors import CoachError
from coach.soundtrack import write
hour = ((float(n), np.random.default_rng(n).random(22050, dtype=np.float32) - 0.5) for n in range(int(sys.argv[2])))
if sys.argv[3] == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    write(Path(sys.argv[1]), hour, 22050, [(0.0, "All")], "x")
except CoachError as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def limited(path: Path, seconds: int, how: str) -> list[str]:
    pytest.importorskip("resource", reason="this system sets no limits on files and memory")
    command = [sys.executable, "-c", LIMITED, str(path), str(seconds), how]
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize("ending", FORMATS)
def test_a_disk_that_takes_no_more_is_said_and_nothing_is_left(tmp_path: Path, ending: str) -> None:
    sentence = limited(tmp_path / f"x{ending}", 60, "full")[0]
    assert f"x{ending} can't be written" in sentence
    assert list(tmp_path.iterdir()) == []


def test_an_hour_does_not_lie_in_memory(tmp_path: Path) -> None:
    assert int(limited(tmp_path / "x.wav", 3600, "roomy")[-1]) < 60
    assert soundfile.info(tmp_path / "x.wav").duration == pytest.approx(3600)
