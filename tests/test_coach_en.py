"""The model that comes with the coach: it is there, it loads, and it hears people and synthesised speech."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from coach.hear import hear_file, load_recogniser
from coach.intents import Action, Context, strength
from coach.models import what_is_wrong
from coach.recogniser import Recogniser
from training.recordings import is_dev

from .speech import spoken

MODEL = Path(__file__).parents[1] / "models" / "coach-en"
MOST_BYTES = 25_000_000
RECORDINGS = Path(__file__).parent / "recordings"
MOST_RECORDED_BYTES = 500_000


def manifest() -> list[dict[str, str]]:
    with (RECORDINGS / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def all_recordings(kind: str) -> list[tuple[Path, str]]:
    """The recordings of one kind, each with what is said in it."""
    return [(RECORDINGS / row["path"], row["text"]) for row in manifest() if row["kind"] == kind]


def recordings(kind: str, text: str) -> list[Path]:
    return [path for path, said in all_recordings(kind) if said == text]


@pytest.fixture(scope="module")
def ear() -> Recogniser:
    return load_recogniser(MODEL)


def test_the_model_is_whole_and_small() -> None:
    assert what_is_wrong(MODEL) is None
    assert sum(path.stat().st_size for path in MODEL.rglob("*") if path.is_file()) <= MOST_BYTES


def test_it_tells_what_it_is_made_of() -> None:
    told = (MODEL / "README.md").read_text(encoding="utf-8")
    assert all(name in told for name in ("speechocean762", "Warden", "Panayotov", "Mozilla", "CC BY", "bench.hearing"))


def test_it_knows_the_words_of_the_warning_signs() -> None:
    known = {line.split()[0] for line in (MODEL / "graph" / "words.txt").read_text(encoding="utf-8").splitlines()}
    assert known >= {
        "stop",
        "pain",
        "severe",
        "numb",
        "numbness",
        "bladder",
        "tingling",
        "dizzy",
        "breathe",
        "ambulance",
        "nought",
    }


def test_the_recordings_are_those_that_are_listed_and_attributed() -> None:
    import soundfile

    told = (RECORDINGS / "README.md").read_text(encoding="utf-8")
    rows = manifest()
    assert {row["path"] for row in rows} == {path.name for path in RECORDINGS.glob("*.flac")}
    for row in rows:
        path = RECORDINGS / row["path"]
        assert f"`{path.name}`" in told
        assert row["licence"] in ("CC BY 4.0", "CC BY 3.0", "CC0")
        assert row["licence"] in told
        content = path.read_bytes()
        assert (str(len(content)), hashlib.sha1(content).hexdigest()) == (row["bytes"], row["sha1"])
        sound = soundfile.info(path)
        assert (sound.samplerate, sound.channels, round(sound.duration, 3)) == (16_000, 1, float(row["dur"]))
    assert sum(int(row["bytes"]) for row in rows) < MOST_RECORDED_BYTES


def test_nobody_recorded_was_trained_on() -> None:
    speakers = {row["speaker"] for row in manifest() if row["speaker"]}
    assert len(speakers) >= 5
    assert all(is_dev(speaker) for speaker in speakers)


# Another model may miss another one of these, so each test counts over several.

VOICES = ("en-gb", "en-us", "en-gb-scotland", "en-gb-x-rp")
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the coach made of one recording."""

    actions: frozenset[Action]
    score: int | None
    """The last number it took for one of pain."""

    @property
    def hushed(self) -> bool:
        """Whether it fell silent for a report of pain, or ended."""
        return any(strength(action) >= strength(Action.ASK) for action in self.actions)

    @property
    def ended(self) -> bool:
        return any(action.ends_session for action in self.actions)


Hearing = Callable[..., Outcome]


@pytest.fixture(scope="module")
def hear(ear: Recogniser) -> Hearing:
    """Hear a recording, with the question that was asked before it, if any."""

    def hear(path: Path, context: Context | None = None) -> Outcome:
        events = hear_file(path, ear, context)["events"]
        scores = [event["score"] for event in events if event["score"] is not None]
        actions = {Action(event["action"]) for event in events} - {Action.NONE}
        return Outcome(frozenset(actions), scores[-1] if scores else None)

    return hear


@pytest.fixture
def say(hear: Hearing, tmp_path: Path) -> Callable[..., list[Outcome]]:
    """What the coach makes of these words in each of four voices."""
    import soundfile

    def say(words: str, context: Context | None = None) -> list[Outcome]:
        outcomes = []
        for voice in VOICES:
            soundfile.write(tmp_path / "said.wav", spoken(words, tmp_path, voice), 16_000)
            outcomes.append(hear(tmp_path / "said.wav", context))
        return outcomes

    return say


@pytest.mark.audio
@pytest.mark.parametrize(
    ("text", "context", "action"),
    [
        ("stop", None, Action.STOP),
        ("yes", Context.ASKED_YES_NO, Action.YES),
        ("no", Context.ASKED_YES_NO, Action.NO),
    ],
)
def test_there_are_people_whose_words_are_understood(
    text: str, context: Context | None, action: Action, hear: Hearing
) -> None:
    assert any(action in hear(path, context).actions for path in recordings("command", text))


@pytest.mark.audio
def test_people_are_understood_most_of_the_time(hear: Hearing) -> None:
    """Single words by people whom it never heard: 6 of 8 commands and 3 of 5 numbers, or more."""
    asked = {"yes": Context.ASKED_YES_NO, "no": Context.ASKED_YES_NO}
    meant = {"stop": Action.STOP, "yes": Action.YES, "no": Action.NO, "go": Action.RESUME}
    commands = [meant[text] in hear(path, asked.get(text)).actions for path, text in all_recordings("command")]
    numbers = [hear(path, Context.ASKED_SCORE).score == NUMBERS.index(text) for path, text in all_recordings("digit")]
    assert (len(commands), len(numbers)) == (8, 5)
    assert sum(commands) >= 6
    assert sum(numbers) >= 3


@pytest.mark.audio
def test_stop_said_by_people_silences_it(hear: Hearing) -> None:
    """Whatever else it may take it for: 2 of 3, or more."""
    assert sum(hear(path).hushed for path in recordings("command", "stop")) >= 2


@pytest.mark.audio
@pytest.mark.parametrize("context", [None, Context.ASKED_SCORE, Context.ASKED_YES_NO])
def test_other_words_and_the_noises_of_a_house_do_nothing(context: Context | None, hear: Hearing) -> None:
    """At most one of 7 does anything; and none ends anything where no answer is being listened for."""
    clips = [*all_recordings("negative_word"), *all_recordings("noise_event")]
    outcomes = [hear(path, context) for path, _ in clips]
    assert len(outcomes) == 7
    assert sum(bool(outcome.actions) for outcome in outcomes) <= 1
    assert context or not any(outcome.ended for outcome in outcomes)


@pytest.mark.audio
@pytest.mark.parametrize("words", ["severe pain", "it hurts", "stop", "my left knee hurts", "my foot has gone numb"])
def test_pain_silences_it(words: str, say: Callable[..., list[Outcome]]) -> None:
    """In 3 of 4 voices, or more."""
    assert sum(outcome.hushed for outcome in say(words)) >= 3


@pytest.mark.audio
@pytest.mark.parametrize("words", ["severe pain", "stop"])
def test_what_must_end_it_ends_it(words: str, say: Callable[..., list[Outcome]]) -> None:
    """In 3 of 4 voices, or more."""
    assert sum(outcome.ended for outcome in say(words)) >= 3


@pytest.mark.audio
def test_numbers_are_scores_when_one_was_asked_for(say: Callable[..., list[Outcome]]) -> None:
    """Nought to ten in four voices: 33 of 44, or more; and without the question none is one."""
    right = [
        outcome.score == number for number, words in enumerate(NUMBERS) for outcome in say(words, Context.ASKED_SCORE)
    ]
    assert sum(right) >= 33
    assert not any(outcome.score for outcome in say("seven"))


@pytest.mark.audio
def test_answers_are_heard(say: Callable[..., list[Outcome]]) -> None:
    """Yes and no in four voices: 6 of 8, or more, and neither is ever taken for the other."""
    yes, no = (say(words, Context.ASKED_YES_NO) for words in ("yes", "no"))
    assert (
        sum(Action.YES in outcome.actions for outcome in yes) + sum(Action.NO in outcome.actions for outcome in no) >= 6
    )
    assert not any(Action.NO in outcome.actions for outcome in yes)
    assert not any(Action.YES in outcome.actions for outcome in no)


@pytest.mark.audio
def test_talk_that_is_not_for_it_does_nothing(say: Callable[..., list[Outcome]]) -> None:
    """Eight sentences in four voices: at most 3 of 32 are asked about, and none ends anything."""
    sentences = (
        "the kettle is on the table",
        "what time is the bus tomorrow",
        "she bought some bread and milk",
        "the weather is nice today",
        "he read the book on the train",
        "they live in the house on the corner",
        "my sister has a new dog",
        "it was on the radio this morning",
    )
    outcomes = [outcome for sentence in sentences for outcome in say(sentence)]
    assert not any(outcome.ended for outcome in outcomes)
    assert sum(bool(outcome.actions) for outcome in outcomes) <= 3
