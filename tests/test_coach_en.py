"""The model that comes with the coach, on speech made here: it is there, it loads, and it hears what matters most."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.hear import hear_file
from coach.intents import Context
from coach.models import what_is_wrong
from coach.recogniser import VoskRecogniser

from .speech import spoken

MODEL = Path(__file__).parents[1] / "models" / "coach-en"
MOST_BYTES = 25_000_000


@pytest.fixture(scope="module")
def ear() -> VoskRecogniser:
    return VoskRecogniser(MODEL)


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


@pytest.mark.parametrize(
    ("words", "context", "action"),
    [
        ("stop", None, "stop"),
        ("severe pain", None, "stop"),
        ("my left knee hurts a lot", None, "stop"),
        ("my foot has gone numb", None, "urgent"),
        ("yes", Context.ASKED_YES_NO, "yes"),
        ("no", Context.ASKED_YES_NO, "no"),
        ("the kettle is on the table", None, "none"),
    ],
)
def test_it_hears(words: str, context: Context | None, action: str, ear: VoskRecogniser, tmp_path: Path) -> None:
    import soundfile

    soundfile.write(tmp_path / "said.wav", spoken(words, tmp_path), 16_000)
    events = hear_file(tmp_path / "said.wav", ear, context)["events"]
    assert action in {event["action"] for event in events} or (action == "none" and not events)
