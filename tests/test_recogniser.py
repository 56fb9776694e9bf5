"""Vosk, with a small real model: what it hears, and that it hears the same however the sound is cut."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coach.errors import CoachError
from coach.events import Heard
from coach.intents import Context
from coach.listed import phrases
from coach.recogniser import BYTES_PER_S, HELD_S, VoskRecogniser, _known

from .speech import need_clips, need_model, spoken


def test_words_without_a_spelling_are_no_words() -> None:
    assert _known("[unk] severe [unk] Pain [unk]") == "severe pain"
    assert _known("[unk] [unk]") == ""


class FakeVosk:
    """One Vosk result after another: text for a partial, (text,) for a final, each for one piece of sound."""

    def __init__(self, *results: str | tuple[str]) -> None:
        self.results = list(results)
        self.grammars: list[list[str]] = []
        self.ended = 0
        self.listed: FakeVosk | None = None

    def KaldiRecognizer(self, _model: object, _rate_hz: int, grammar: str = "[]") -> FakeVosk:
        self.grammars.append(json.loads(grammar))
        if not json.loads(grammar):
            return self
        self.listed = FakeVosk(*([""] * len(self.results)))
        return self.listed

    def SetWords(self, _: bool) -> None: ...

    def SetLogLevel(self, _: int) -> None: ...

    def Model(self, path: str) -> str:
        return path

    def AcceptWaveform(self, _: bytes) -> bool:
        return bool(self.results) and isinstance(self.results[0], tuple)

    def PartialResult(self) -> str:
        return json.dumps({"partial": self.results.pop(0) if self.results else ""})

    def Result(self) -> str:
        return self._final(self.results.pop(0)[0])

    def FinalResult(self) -> str:
        self.ended += 1
        return self._final("")

    @staticmethod
    def _final(text: str) -> str:
        return json.dumps(
            {"text": text, "result": [{"word": word, "conf": 1.0, "start": 0, "end": 0} for word in text.split()]}
        )


PIECE = bytes(round(BYTES_PER_S * HELD_S))


def scripted(monkeypatch: pytest.MonkeyPatch, *results: str | tuple[str]) -> tuple[VoskRecogniser, FakeVosk]:
    fake = FakeVosk(*results)
    monkeypatch.setitem(sys.modules, "vosk", fake)
    return VoskRecogniser(Path("anywhere")), fake


def test_a_partial_counts_once_it_has_held_and_an_utterance_with_one_always_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    results: tuple[str | tuple[str], ...] = (
        "", "[unk]", "severe", "severe", "severe [unk]", "severe pain", "severe pain", "severe pain", ("severe pain",),
        "[unk]", "[unk]", ("[unk]",),
        "stop", "stop", "[unk]", ("[unk]",), ("",),
        "pain", "paint", "painting", ("painting",),
    )  # fmt: skip
    recogniser, _ = scripted(monkeypatch, *results)
    said = [words for _ in results for words in recogniser.feed(PIECE)]
    assert said == [
        Heard("severe", final=False),
        Heard("severe pain", final=False),
        Heard("severe pain"),
        Heard("stop", final=False),
        Heard(""),
        Heard("painting"),
    ]


def test_the_list_is_that_of_the_question_and_changes_between_utterances(monkeypatch: pytest.MonkeyPatch) -> None:
    recogniser, fake = scripted(monkeypatch, "", "no", ("no",), "", "")
    listed = {context: [*phrases(context), "[unk]"] for context in (None, Context.ASKED_SCORE)}
    assert fake.grammars == [[], listed[None]]
    recogniser.feed(PIECE)
    recogniser.feed(PIECE)  # somebody is speaking
    recogniser.expect(Context.ASKED_SCORE)
    recogniser.feed(PIECE)
    assert len(fake.grammars) == 2
    recogniser.feed(PIECE)
    assert fake.grammars[2:] == [listed[Context.ASKED_SCORE]]
    recogniser.expect(Context.ASKED_SCORE)
    recogniser.feed(PIECE)
    assert len(fake.grammars) == 3


def test_a_new_beginning_forgets_the_words_before_it_and_owes_them_no_final(monkeypatch: pytest.MonkeyPatch) -> None:
    script: list[str | tuple[str]] = [
        "to",
        "to the",
        "to the",
        "to the",
        "stop",
        "stop",
        ("stop",),
        "the",
        "the",
        "",
        ("",),
    ]
    recogniser, free = scripted(monkeypatch, *script)
    said = [words for _ in range(3) for words in recogniser.feed(PIECE)]
    assert said == [Heard("to the", final=False)]
    recogniser.start_over(PIECE)  # the fourth of the script: still as before
    assert free.listed is not None
    assert (free.ended, free.listed.ended) == (1, 1)
    said = [words for _ in range(3) for words in recogniser.feed(PIECE)]
    assert said == [Heard("stop", final=False), Heard("stop")]
    assert recogniser.feed(PIECE) + recogniser.feed(PIECE) == [Heard("the", final=False)]
    recogniser.start_over(PIECE)
    assert recogniser.feed(PIECE) == [], "nothing was taken back that still stands"


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
                assert (at - len(speech)) / BYTES_PER_S < 0.5
                return
    pytest.fail("no partial had the pain in it")


@pytest.mark.audio
@pytest.mark.parametrize("line", ["Bring one knee up, and hold it with both hands", "Let the foot sink to the floor"])
@pytest.mark.parametrize("words", ["stop", "severe pain"])
def test_what_came_before_a_person_s_first_word_is_not_joined_with_it(
    recogniser: VoskRecogniser, tmp_path: Path, line: str, words: str
) -> None:
    """What is left of the coach's own voice, and without a pause somebody over its last word."""
    left, person = 0.2 * spoken(line, tmp_path, "en-us"), spoken(words, tmp_path)
    first = len(left) - 4000
    sound = np.concatenate((left, np.zeros(len(person), np.float32)))[: first + len(person)]
    sound[first:] += person
    heard = pcm(sound) + bytes(2 * BYTES_PER_S)
    at = 2 * first + BYTES_PER_S // 4
    recogniser.reset()
    recogniser.feed(heard[:at])
    recogniser.start_over(heard[at - 19_200 : at])
    (said,) = [*recogniser.feed(heard[at:]), *recogniser.flush()]
    assert said.words.endswith(words)
    assert len(said.words.split()) <= len(words.split()) + 1
    (joined,) = finals(recogniser, heard, len(heard))
    assert joined.endswith(words)
    assert len(joined.split()) > 5, "which is why"


@pytest.mark.audio
def test_noise_is_no_word(recogniser: VoskRecogniser) -> None:
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
