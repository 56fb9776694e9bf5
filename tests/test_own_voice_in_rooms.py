"""The coach alone in simulated rooms, with its real voices and ears: nothing of what it says is taken for a person's.

`python -m bench.room --scene alone` runs through all lines, rates, voices and levels; these are some of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.people import People
from bench.room import ALONE
from bench.room_scenes import Played, Studio
from coach.models import own_model
from coach.recogniser import Recogniser, VoskRecogniser
from tests.shared import SHARED

pytestmark = pytest.mark.audio


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    model = own_model()
    assert model is not None

    def load() -> Recogniser:
        return VoskRecogniser(model)

    cache: Path = tmp_path_factory.mktemp("room")
    made = Studio(People(SHARED / "corpus" if SHARED else None, cache), cache, load, seed=11)
    yield made
    made.close()


def alone(studio: Studio, number: int, echo_db: float, rate_wpm: int, voice: str) -> Played:
    scene = replace(ALONE, seconds=30.0, echo_db=echo_db, rate_wpm=rate_wpm, voice=voice)
    played = studio.play(scene, number)
    assert played.coach.spoken_s > 15.0
    return played


@pytest.mark.parametrize(
    ("number", "echo_db", "rate_wpm", "voice"),
    [
        (1, 10.0, 120, "gmw/en"),
        (2, 10.0, 180, "gmw/en-us"),
        (3, 5.0, 150, "gmw/en"),
        (4, 0.0, 180, "gmw/en"),
        (5, 0.0, 120, "gmw/en-us"),
        (6, -5.0, 150, "gmw/en-us"),
        (7, -10.0, 150, "gmw/en"),
    ],
)
def test_nothing_that_the_coach_says_is_a_report_or_a_command(
    studio: Studio, number: int, echo_db: float, rate_wpm: int, voice: str
) -> None:
    """Lines and chimes, its own voice taken out as it is in a session."""
    assert alone(studio, number, echo_db, rate_wpm, voice).actions == []
