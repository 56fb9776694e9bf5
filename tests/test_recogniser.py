"""Vosk, with a small real model: what it hears, and that it hears the same however the sound is cut."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coach.errors import CoachError
from coach.events import Heard
from coach.recogniser import BYTES_PER_S, VoskRecogniser, _known

from .speech import need_clips, need_model, spoken


def test_words_without_a_spelling_are_no_words() -> None:
    assert _known("[unk] severe [unk] Pain [unk]") == "severe pain"
    assert _known("[unk] [unk]") == ""


class FakeVosk:
    """One Vosk result after another: text for a partial, (text,) for a final."""

    def __init__(self, *results: str | tuple[str]) -> None:
        self.results = list(results)

    def AcceptWaveform(self, _: bytes) -> bool:
        return isinstance(self.results[0], tuple)

    def PartialResult(self) -> str:
        return f'{{"partial": "{self.results.pop(0)}"}}'

    def Result(self) -> str:
        return f'{{"text": "{self.results.pop(0)[0]}"}}'


def test_partials_come_when_they_change_and_an_utterance_with_one_always_ends() -> None:
    recogniser = object.__new__(VoskRecogniser)
    recogniser._partial, recogniser._had_partial = "", False
    results: tuple[str | tuple[str], ...] = (
        "", "[unk]", "severe", "severe", "severe [unk]", "severe pain", ("severe pain",),
        "[unk]", ("[unk]",),
        "stop", "[unk]", ("[unk]",), ("",),
    )  # fmt: skip
    recogniser._vosk = FakeVosk(*results)
    said = [words for _ in results for words in recogniser.feed(b"")]
    assert said == [
        Heard("severe", final=False),
        Heard("severe pain", final=False),
        Heard("severe pain"),
        Heard("stop", final=False),
        Heard(""),
    ]


def pcm(samples: Any) -> bytes:
    return bytes(np.clip(samples * 32768, -32768, 32767).astype("<i2").tobytes())


def finals(recogniser: VoskRecogniser, sound: bytes, step: int) -> list[str]:
    recogniser.reset()
    said = [words for at in range(0, len(sound), step) for words in recogniser.feed(sound[at : at + step])]
    said += recogniser.flush()
    return [words.words for words in said if words.final and words.words]


@pytest.fixture(scope="module")
def recogniser() -> VoskRecogniser:
    return VoskRecogniser(need_model())


@pytest.mark.audio
def test_a_synthesised_voice_is_understood_however_its_sound_is_cut(recogniser: VoskRecogniser, tmp_path: Path) -> None:
    sound = pcm(spoken("severe pain", tmp_path)) + bytes(BYTES_PER_S)
    sound += pcm(spoken("stop", tmp_path)) + bytes(BYTES_PER_S)
    steps = [320, 640, 3200, 1234]
    heard = [finals(recogniser, sound, step) for step in steps]
    assert heard == [["severe pain", "stop"]] * len(steps)
    # In one piece Vosk ends no utterance but the last; its words must be there all the same.
    assert " ".join(finals(recogniser, sound, len(sound))).endswith("stop")


@pytest.mark.audio
def test_words_come_as_partials_before_the_speaker_has_been_quiet_for_long(
    recogniser: VoskRecogniser, tmp_path: Path
) -> None:
    recogniser.reset()
    speech = pcm(spoken("severe pain", tmp_path))
    sound = speech + bytes(BYTES_PER_S)
    for at in range(0, len(sound), 640):
        for words in recogniser.feed(sound[at : at + 640]):
            if "pain" in words.words:
                assert not words.final
                assert (at - len(speech)) / BYTES_PER_S < 0.3
                return
    pytest.fail("no partial had the pain in it")


@pytest.mark.audio
def test_a_grammar_closes_the_list_and_noise_stays_outside_it(tmp_path: Path) -> None:
    recogniser = VoskRecogniser(need_model(), grammar=["stop", "yes", "no"])
    assert finals(recogniser, pcm(spoken("stop", tmp_path)) + bytes(BYTES_PER_S), 640) == ["stop"]
    noise = np.random.default_rng(3).normal(0, 0.02, 3 * 16000)
    assert finals(recogniser, pcm(noise), 640) == []


@pytest.mark.audio
def test_people_saying_stop_are_heard(recogniser: VoskRecogniser) -> None:
    import soundfile

    clips = need_clips("stop")
    heard = 0
    for clip in clips:
        samples, rate_hz = soundfile.read(clip, dtype="float32")
        assert rate_hz == 16000
        heard += "stop" in " ".join(finals(recogniser, pcm(samples) + bytes(2 * BYTES_PER_S), 640)).split()
    assert len(clips) >= 81
    assert heard >= 75 * len(clips) / 81, f"only {heard} of {len(clips)}"


@pytest.mark.audio
@pytest.mark.parametrize("damaged", ["am/final.mdl", "graph/HCLr.fst", "graph/words.txt", "conf/mfcc.conf"])
def test_a_damaged_model_is_an_error_a_person_can_read(tmp_path: Path, damaged: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(need_model(), folder)
    (folder / damaged).write_bytes(b"damaged")
    with pytest.raises(CoachError, match="can't be loaded, perhaps because it is damaged"):
        VoskRecogniser(folder)
