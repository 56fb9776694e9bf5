"""Leaflets understood: exercises with the doses that are printed, and nothing that is not."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.leaflet import understand_leaflet
from coach.leaflet_lines import Line, split_lines
from tests.shared import SHARED

OWN = Path(__file__).parent / "leaflets"
FIELDS = ("start_position", "hold_s", "reps", "sets", "duration_s", "sides", "times_per_day", "needs_review")


@pytest.mark.parametrize("path", sorted(OWN.glob("*.txt")), ids=lambda path: path.stem)
def test_leaflets_of_many_forms(path: Path) -> None:
    """Every field of every exercise, the warnings and the signs."""
    wanted = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    found = understand_leaflet(split_lines(path.read_text(encoding="utf-8"))).as_dict()
    assert len(found["exercises"]) == len(wanted["exercises"])
    for exercise, right in zip(found["exercises"], wanted["exercises"], strict=True):
        for field in FIELDS:
            allowed = [right[field], *right.get("accept", {}).get(field, [])]
            assert exercise[field] in allowed, f"{field} of {right['name']}"
    for field in ("warnings", "red_flags"):
        assert set(found[field]) == set(wanted[field])
    assert found["times_per_day"] == wanted["times_per_day"]


@pytest.mark.device
@pytest.mark.skipif(SHARED is None, reason="the development leaflets are not beside this repository")
def test_the_development_leaflets() -> None:
    """By the scorer that comes with them: nearly all exact and no wrong value; the seeds all exact."""
    assert SHARED is not None
    for folder, exact in (("leaflets", 0.95), ("leaflets/seeds", 1.0)):
        score = [sys.executable, str(SHARED / "leaflets" / "score.py"), "--min-exact", str(exact), "--max-wrong", "0"]
        done = subprocess.run(
            [*score, str(SHARED / folder), "--", sys.executable, "-m", "bench.leaflets", "--print"],
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            check=False,
        )
        wrong = re.search(r"WRONG VALUES\s+(\d+)", done.stdout)
        right = re.search(r"exact\s+(\d+) of (\d+)", done.stdout)
        assert wrong, done.stdout + done.stderr
        assert right
        assert int(wrong[1]) == 0, done.stdout
        assert int(right[1]) >= exact * int(right[2]), done.stdout


def test_steps_are_short_and_say_nothing_but_words() -> None:
    """No links, markup, labels, doses or control characters; none longer than a breath."""
    text = """Bridge

Start position: Lie on your back <b>with</b> your knees bent, see https://example.org/x now.
Lift your hips \x1b[31mslowly\x1b[0m, squeeze your buttocks, keep your shoulders on the floor, breathe out as you go up
and in as you come down, and then lower your hips again until your whole back is lying on the floor.
Repeat 10 times.
"""
    (bridge,) = understand_leaflet(split_lines(text)).exercises
    assert bridge.steps[0].startswith("Lie on your back")
    assert all(len(step) <= 240 for step in bridge.steps)
    assert not re.search(r"[\x00-\x1f<>\[\]]|http|Repeat|position:", " ".join(bridge.steps))


def test_a_dose_said_once_keeps_its_words() -> None:
    """The exercise that inherits a dose tells where it came from."""
    said = "Hold each stretch for 20 seconds and repeat it 3 times."
    text = f"{said}\n\nCalf stretch\nStand facing a wall and lean in to stretch your calf.\n"
    (calf,) = understand_leaflet(split_lines(text)).exercises
    assert calf.dose.hold_s == (20.0, 20.0)
    assert calf.inherited == (said,)


def test_advice_alone_is_no_exercise() -> None:
    """Nor are walks, ice, tests and tablets."""
    text = """After your operation

Walking
Walk for 10 minutes 3 times a day. Go a little further each week.

Ice
Use an ice pack for 15 minutes every 2 hours.

Tablets
Take 2 tablets 4 times a day.
"""
    assert understand_leaflet(split_lines(text)).exercises == ()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=1500))
def test_no_text_raises(text: str) -> None:
    """Whatever is in the file."""
    json.dumps(understand_leaflet(split_lines(text)).as_dict())


_TEXTS = ["", "Bridge", "1. Sit", "Repeat 3 times", "|", "---", "HOLD", "a)", "Lie on your back. Hold 5 s.", "[Video]"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            Line,
            st.sampled_from(_TEXTS),
            st.integers(0, 6),
            st.sampled_from([None, "1.", "a)", "•", "-", "(2)", "99."]),
            st.sampled_from([None, 0, 1, 2]),
            st.sampled_from([None, 0, 1]),
        ),
        max_size=25,
    )
)  # fmt: skip
def test_no_lines_raise(lines: list[Line]) -> None:
    """Whatever structure a file gave them."""
    understand_leaflet(lines)
