"""Recordings through the microphone's path: any rate, any kind, any damage."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from coach import models
from coach.errors import CoachError
from coach.events import Heard
from coach.hear import TRAILING_SILENCE_S, hear_file, hear_files, load_recogniser
from coach.intents import Context
from coach.recogniser import BYTES_PER_S, Recogniser
from tests.test_cli import coach

from .speech import need_model, spoken

TONE = 0.3 * np.sin(2 * np.pi * 300 * np.arange(16000) / 16000)


class Script:
    """A recogniser that says given things once so many seconds of sound have come."""

    def __init__(self, *script: tuple[float, Heard], last: str = "") -> None:
        self.script, self.last = script, last
        self.sound = b""
        self.pieces: list[int] = []
        self.resets = 0

    def feed(self, pcm16: bytes) -> list[Heard]:
        before = len(self.sound) / BYTES_PER_S
        self.sound += pcm16
        self.pieces.append(len(pcm16))
        return [words for at_s, words in self.script if before < at_s <= len(self.sound) / BYTES_PER_S]

    def flush(self) -> list[Heard]:
        return [Heard(self.last)] if self.last else []

    def reset(self) -> None:
        self.resets += 1
        self.sound = b""

    def expect(self, context: Context | None) -> None:
        self.expected = context

    def start_over(self, pcm16: bytes) -> None:
        """See Recogniser."""


def partial(words: str) -> Heard:
    return Heard(words, final=False)


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """One second of something."""
    path = tmp_path / "tone.wav"
    soundfile.write(path, TONE, 16000, subtype="PCM_16")
    return path


def told(recording: dict[str, Any]) -> list[tuple[float, str, bool, str]]:
    return [(event["at_s"], event["heard"], event["final"], event["action"]) for event in recording["events"]]


def test_an_event_is_what_the_coach_would_act_on(tone: Path) -> None:
    recogniser = Script(
        (0.1, partial("the")),
        (0.2, partial("the pain")),
        (0.3, partial("the severe pain")),
        (0.4, Heard("severe pain")),
        (0.5, partial("the")),
        (0.6, Heard("the mat")),
        (0.7, partial("pause")),
        (0.8, Heard("")),
        last="skip this one",
    )
    recording = hear_file(tone, recogniser)
    assert told(recording)[1:] == [
        (0.3, "the severe pain", False, "stop"),
        (0.4, "severe pain", True, "stop"),
        (0.6, "the mat", True, "none"),
        (1 + TRAILING_SILENCE_S, "skip this one", True, "skip"),
    ]
    assert told(recording)[0][:3] == (0.2, "the pain", False)
    assert recording["file"] == str(tone)
    assert recording["duration_s"] == 1.0
    assert recogniser.resets == 1


def test_a_number_is_a_score_where_one_was_asked_for(tone: Path) -> None:
    (asked,) = hear_file(tone, Script((0.5, Heard("seven"))), Context.ASKED_SCORE)["events"]
    (not_asked,) = hear_file(tone, Script((0.5, Heard("seven"))))["events"]
    assert (asked["action"], asked["score"]) == ("stop", 7)
    assert (not_asked["action"], not_asked["score"]) == ("none", None)


def test_the_recogniser_gets_the_recording_in_small_pieces_and_then_silence(tone: Path) -> None:
    recogniser = Script()
    hear_file(tone, recogniser)
    assert max(recogniser.pieces) == 640
    assert len(recogniser.sound) == BYTES_PER_S * (1 + TRAILING_SILENCE_S)
    sound = np.frombuffer(recogniser.sound, "<i2")
    assert np.array_equal(sound[:16000], soundfile.read(tone, dtype="int16")[0])
    assert not sound[16000:].any()


@pytest.mark.parametrize(
    ("rate_hz", "channels", "ending", "subtype"),
    [
        (44100, 2, "wav", "PCM_16"),
        (48000, 1, "wav", "FLOAT"),
        (8000, 1, "wav", "ULAW"),
        (96000, 6, "wav", "PCM_24"),
        (22050, 1, "flac", "PCM_16"),
        (48000, 2, "ogg", "VORBIS"),
        (44100, 1, "mp3", None),
        (11025, 1, "wav", "PCM_U8"),
    ],
)
def test_any_rate_kind_and_number_of_channels_is_heard_as_16_khz(
    tmp_path: Path, rate_hz: int, channels: int, ending: str, subtype: str | None
) -> None:
    tone = 0.3 * np.sin(2 * np.pi * 300 * np.arange(2 * rate_hz) / rate_hz)
    path = tmp_path / f"tone.{ending}"
    soundfile.write(path, np.repeat(tone[:, None], channels, axis=1), rate_hz, subtype=subtype)
    path = path.rename(tmp_path / "any.wav")
    recogniser = Script()
    recording = hear_file(path, recogniser)
    sound = np.frombuffer(recogniser.sound, "<i2")[: 2 * 16000] / 32768
    assert abs(recording["duration_s"] - 2) < 0.1
    middle = sound[8000:24000] * np.hanning(16000)
    assert abs(int(np.argmax(np.abs(np.fft.rfft(middle)))) - 300) <= 1
    assert abs(np.max(np.abs(sound[8000:24000])) - 0.3) < 0.03


def test_a_recording_cut_short_is_heard_as_far_as_it_goes_and_that_is_said(tone: Path) -> None:
    os.truncate(tone, tone.stat().st_size // 2)
    complaints: list[str] = []
    recording = hear_file(tone, Script(), complain=complaints.append)
    assert 0.45 < recording["duration_s"] < 0.55
    assert complaints == [f"{tone} is cut short: only the part that is there was heard."]


def test_a_length_left_open_is_no_cut(tone: Path) -> None:
    content = bytearray(tone.read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = b"\xff" * 4
    tone.write_bytes(content)
    complaints: list[str] = []
    assert hear_file(tone, Script(), complain=complaints.append)["duration_s"] == 1.0
    assert complaints == []


def bad_files(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    (tmp_path / "folder").mkdir()
    yield tmp_path / "folder", "is a folder"
    yield tmp_path / "nowhere.wav", "is not there"
    for name, content, says in (
        ("empty.wav", b"", "is empty"),
        ("binary.wav", bytes(range(256)) * 40, "is not a sound file"),
        ("text.wav", b"not a sound\n", "is not a sound file"),
        ("header.wav", b"RIFF\x24\x00\x00\x00WAVE", "is not a sound file"),
    ):
        (tmp_path / name).write_bytes(content)
        yield tmp_path / name, says
    soundfile.write(tmp_path / "nothing.wav", np.zeros(0), 16000)
    yield tmp_path / "nothing.wav", "has no sound in it"
    if os.geteuid():
        (tmp_path / "locked.wav").write_bytes(b"RIFF")
        (tmp_path / "locked.wav").chmod(0)
        yield tmp_path / "locked.wav", "can't be read"


def test_each_bad_file_is_one_plain_sentence_and_the_good_ones_are_heard(tone: Path, tmp_path: Path) -> None:
    bad = list(bad_files(tmp_path))
    complaints: list[str] = []
    paths = [tone, *(path for path, _ in bad), tone]
    heard = []
    with pytest.raises(CoachError, match=f"^{len(bad)} of {len(paths)} recordings could not be heard"):
        heard.extend(hear_files(paths, Script((0.5, Heard("stop"))), None, complaints.append))
    for (path, says), complaint in zip(bad, complaints, strict=True):
        assert complaint.startswith(f"{path} {says}")
        assert "\n" not in complaint


def test_one_that_can_not_be_read_does_not_keep_the_others_from_being_heard(tone: Path, tmp_path: Path) -> None:
    recordings = hear_files([tmp_path / "nowhere", tone, tone], Script((0.5, Heard("stop"))), None, lambda _: None)
    assert [next(recordings)["file"] for _ in range(2)] == [str(tone)] * 2


def test_sound_that_is_no_number_is_silence(tmp_path: Path) -> None:
    path = tmp_path / "nan.wav"
    soundfile.write(path, np.array([np.nan, np.inf, -np.inf, 0.5] * 1000), 16000, subtype="FLOAT")
    hear_file(path, Script())


def test_without_a_model_it_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "_HERE", tmp_path / "a" / "b")
    with pytest.raises(CoachError, match=r"no speech model here, .*; to fetch one: coach setup --public-model"):
        load_recogniser(None)


@pytest.fixture(scope="module")
def vosk() -> Recogniser:
    return load_recogniser(need_model())


@pytest.mark.audio
@pytest.mark.parametrize(("rate_hz", "channels"), [(16000, 1), (44100, 1), (48000, 2), (22050, 1)])
def test_severe_pain_is_heard_and_ends_it_whatever_the_recorder(
    vosk: Recogniser, tmp_path: Path, rate_hz: int, channels: int
) -> None:
    import soxr

    speech = soxr.resample(spoken("severe pain", tmp_path), 16000, rate_hz)
    path = tmp_path / "speech.wav"
    soundfile.write(path, np.repeat(speech[:, None], channels, axis=1), rate_hz)
    recording = hear_file(path, vosk)
    acted = [event for event in recording["events"] if event["action"] == "stop"]
    assert acted
    assert acted[0]["at_s"] < recording["duration_s"] + 0.5
    assert recording["events"][-1]["final"]
    assert recording["events"][-1]["action"] == "stop"


@pytest.mark.audio
def test_one_recording_leaves_nothing_behind_for_the_next(vosk: Recogniser, tmp_path: Path) -> None:
    stop, silence = tmp_path / "stop.wav", tmp_path / "silence.wav"
    soundfile.write(stop, spoken("stop", tmp_path), 16000)
    soundfile.write(silence, np.zeros(16000), 16000)
    first, quiet, again = (hear_file(path, vosk) for path in (stop, silence, stop))
    assert quiet["events"] == []
    assert first["events"] == again["events"] != []


def test_a_single_bad_recording_is_one_sentence_and_no_count(tmp_path: Path) -> None:
    complaints: list[str] = []
    with pytest.raises(CoachError, match=r"none\.wav is not there"):
        list(hear_files([tmp_path / "none.wav"], Script(), None, complaints.append))
    assert complaints == []


def test_a_recording_in_which_nothing_is_heard_says_so(tone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.hear.load_recogniser", lambda *_: Script())
    assert coach("hear", str(tone)).output.splitlines()[1:] == ["  nothing was heard"]
    assert "nothing" not in coach("hear", "--json", str(tone)).output
