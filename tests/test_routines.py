"""The shipped routines: whole, kind, safe without sight, never setting the coach off, and true to their sources."""

from __future__ import annotations

import itertools
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from coach import intents
from coach.plan import SETTLE_S, Plan, compile_plan
from coach.routine import Dose, Exercise, Range, Routine, Sides, parse
from coach.schema import schema_text
from tests.shared import SHARED

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "routines").glob("*.toml"))
ROUTINES = {path.stem: parse(path.read_text(encoding="utf-8"), path.name) for path in FILES}
EXERCISES = {f"{name}: {each.name}": each for name, routine in ROUTINES.items() for each in routine.exercises}
SPOKEN = [line for routine in ROUTINES.values() for _, line in routine.spoken()]
LINES = sorted({line.replace("{side}", side) for line in SPOKEN for side in ("left", "right")})
SIGHT = re.compile(r"\b(see|look|watch|shown?|picture|photo|image|figure|diagram|screen|video|below|opposite)\b", re.I)

routines = pytest.mark.parametrize("routine", ROUTINES.values(), ids=ROUTINES)
exercises = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
needs_seeds = pytest.mark.skipif(SHARED is None, reason="the leaflets behind the routines are not at hand")

SOURCES = {
    ("000", "KNEE TO CHEST STRETCH"): "lying-stretches: Knee to chest",
    ("000", "SCIATIC MOBILISATION STRETCH"): "lying-stretches: Sciatic mobilisation",
    ("000", "LYING DEEP GLUTEAL STRETCH"): "lying-stretches: Deep buttock stretch",
    ("003", "Knees to chest"): "back-and-legs: Knees to chest",
    ("003", "Bottom to heels from all fours"): "back-and-legs: Bottom to heels",
    ("003", "Knees to Sides"): "back-and-legs: Knees to sides",
    ("003", "Bridge"): "back-and-legs: Bridge",
    ("003", "Knee Extension in Sitting"): "back-and-legs: Knee straightening in a chair",
    ("003", "Squat"): "back-and-legs: Squat",
    ("003", "March in place"): "back-and-legs: March in place",
    ("003", "Going for a walk"): "back-and-legs: Short walk",
    ("004", "Knee hug with hip wiggle"): "loosening: Knee hug with hip wiggle",
    ("004", "Seated forward lean"): "loosening: Seated forward lean",
    ("004", "Pigeon stretch"): "loosening: Pigeon stretch, lying down",
    ("004", "Sit on a ball with one leg crossed"): "loosening: Crossed leg on a ball",
}
"""Which exercise of which leaflet is which of ours."""


def test_there_is_a_default_and_it_is_short_and_lying_down() -> None:
    routine = ROUTINES["gentle-start"]
    assert {exercise.position for exercise in routine.exercises} == {"lying on back"}
    assert compile_plan(routine).length_s(lambda text: len(text.split()) / 2.5) < 8 * 60


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_called_what_its_routine_is_called(path: Path) -> None:
    assert ROUTINES[path.stem].name == path.stem


def test_the_schema_is_fresh_and_the_routines_keep_to_it() -> None:
    held = (ROOT / "docs" / "routine.schema.json").read_text(encoding="utf-8")
    assert held == schema_text(), "write it anew: python -m coach.schema > docs/routine.schema.json"
    validator = jsonschema.Draft202012Validator(json.loads(held))
    validator.check_schema(json.loads(held))
    for path in FILES:
        validator.validate(tomllib.loads(path.read_text(encoding="utf-8")))


def test_the_example_in_the_guide_is_a_routine() -> None:
    guide = (ROOT / "docs" / "ROUTINES.md").read_text(encoding="utf-8")
    first = re.search(r"```toml\n(name = .*?)```", guide, re.DOTALL)
    assert first
    assert parse(first[1], "docs/ROUTINES.md").exercises


def test_the_guide_names_every_field() -> None:
    guide = (ROOT / "docs" / "ROUTINES.md").read_text(encoding="utf-8")
    definitions = json.loads(schema_text())
    fields = {name for model in [definitions, *definitions["$defs"].values()] for name in model.get("properties", ())}
    assert {field for field in fields if f"`{field}`" not in guide} == set()


# --- said aloud, to somebody who sees nothing ------------------------------------------------------


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_short_and_can_be_followed_without_sight(line: str) -> None:
    assert len(line.split()) <= 20
    assert not SIGHT.search(line)


@pytest.mark.parametrize("line", LINES)
def test_no_piece_of_a_line_is_a_report(line: str) -> None:
    """The beginning of a line, or a few words out of it, is what a recogniser may make of the coach's own voice.

    After "how bad is it?" or "pain, or finished?" a mere "knees" counts, and should: no routine is said meanwhile.
    """
    for piece in _pieces(line):
        for context in (None, intents.Context.ASKED_YES_NO):
            meaning = intents.understand(piece, context)
            assert not meaning.action.is_report, f'"{piece}" is taken for {meaning.action}: {meaning.because}'


def _pieces(line: str) -> Iterator[str]:
    words = line.split()
    yield from (" ".join(words[:n]) for n in range(1, len(words) + 1))
    yield from (" ".join(words[at : at + 3]) for at in range(len(words) - 2))


# --- what makes an exercise whole ------------------------------------------------------------------


@exercises
def test_an_exercise_says_how_to_get_there_and_has_an_easier_version(exercise: Exercise) -> None:
    assert exercise.setup
    assert exercise.easier
    assert exercise.easier.steps
    assert exercise.easier.go
    assert exercise.easier.dose
    assert _work_s(exercise.easier.dose) < _work_s(exercise.dose)
    assert (exercise.dose.hold_s is None) == (exercise.easier.dose.hold_s is None)
    assert (exercise.dose.duration_s is None) == (exercise.easier.dose.duration_s is None)


def _work_s(dose: Dose) -> float:
    once = dose.hold_s or dose.duration_s
    return dose.set_count * dose.rep_count * (once.chosen if once else dose.tempo.rep_s)


@exercises
def test_the_side_is_named_where_it_matters(exercise: Exercise) -> None:
    assert exercise.easier
    assert exercise.easier.go
    for line in (exercise.go, exercise.easier.go):
        assert ("{side}" in line) == (exercise.sides is Sides.BOTH)


@exercises
def test_of_a_range_the_lowest_is_chosen_or_a_note_says_why_not(exercise: Exercise) -> None:
    for value in (exercise.dose.sets, exercise.dose.reps, exercise.dose.hold_s, exercise.dose.duration_s):
        assert value is None or value.chosen == value.lowest or exercise.dose.note


@exercises
def test_an_exercise_that_needs_hands_on_something_gives_time_for_it(exercise: Exercise) -> None:
    if "ball" in exercise.go or "Cross" in exercise.go:
        assert exercise.dose.get_ready_s >= 8


@routines
def test_left_and_right_get_a_full_turn_each(routine: Routine) -> None:
    plan = compile_plan(routine)
    for index, exercise in enumerate(routine.exercises):
        if exercise.sides is Sides.BOTH:
            left, right = (_work_on(plan, index, side) for side in ("left", "right"))
            assert left == right == _work_s(exercise.dose)


def _work_on(plan: Plan, exercise: int, side: str) -> float:
    work = (step for step in plan.steps if step.kind.is_work)
    return sum(step.seconds for step in work if (step.exercise, step.side) == (exercise, side))


@routines
def test_a_person_gets_down_to_the_floor_only_once(routine: Routine) -> None:
    floor = {"lying on back", "lying on front", "side lying", "all fours", "kneeling"}
    levels = [exercise.position in floor for exercise in routine.exercises]
    assert sum(levels[n] != levels[n - 1] for n in range(1, len(levels))) <= 1


@routines
def test_there_is_time_to_get_into_another_position(routine: Routine) -> None:
    plan = compile_plan(routine)
    for index, exercise in enumerate(routine.exercises):
        waits = [step.seconds for step in plan.steps if step.exercise == index and step.introduces and step.seconds]
        moved = index == 0 or routine.exercises[index - 1].position != exercise.position
        expected = exercise.setup_s or (SETTLE_S if moved else 0)
        assert waits == ([expected] if expected else [])


@routines
def test_what_is_at_hand_is_not_asked_for_twice_in_a_row(routine: Routine) -> None:
    asked = [step.text for step in compile_plan(routine).steps if step.text and step.text.startswith("You need ")]
    assert all(first != second for first, second in itertools.pairwise(asked))


@routines
def test_the_source_is_cited_without_a_path(routine: Routine) -> None:
    assert routine.source
    assert not re.search(r"[\\/]|\.txt|\.md", routine.source)


# --- true to the leaflets --------------------------------------------------------------------------


@needs_seeds
def test_every_exercise_of_the_leaflets_is_in_a_routine_with_its_dose() -> None:
    assert SHARED
    found = {}
    for path in sorted((SHARED / "leaflets" / "seeds").glob("*.expected.json")):
        for prescribed in json.loads(path.read_text(encoding="utf-8"))["exercises"]:
            found[path.name[:3], prescribed["name"]] = prescribed
    assert found.keys() == SOURCES.keys()
    for key, prescribed in found.items():
        _compare(prescribed, EXERCISES[SOURCES[key]])


def _compare(prescribed: dict[str, Any], ours: Exercise) -> None:
    """What the leaflet gives, we give; where it gives nothing, a note says that the number is our choice."""
    dose = ours.dose
    given = {"hold_s": dose.hold_s, "reps": dose.reps, "duration_s": dose.duration_s, "sets": dose.sets}
    for field, value in given.items():
        if prescribed[field] is not None:
            assert _ends(value) == prescribed[field], (ours.name, field)
        else:
            assert value is None or _ends(value) == [1, 1] or dose.note, (ours.name, field)
    if prescribed["sides"] is not None:
        assert ours.sides == prescribed["sides"], ours.name
    elif ours.sides is not None and ours.sides not in prescribed.get("accept", {}).get("sides", ()):
        assert dose.note, ours.name
    assert prescribed["start_position"] in (None, ours.position)


def _ends(value: Range | None) -> list[float] | None:
    return [value.lowest, value.highest] if value else None


@needs_seeds
def test_no_wording_is_copied_from_the_leaflets() -> None:
    assert SHARED
    texts = (path.read_text(encoding="utf-8") for path in (SHARED / "leaflets" / "seeds").glob("*.txt"))
    theirs = {run for text in texts for run in _runs(text)}
    for line in LINES:
        assert not theirs & set(_runs(line)), line


def _runs(text: str, length: int = 6) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"[a-z']+", text.lower())
    return (tuple(words[at : at + length]) for at in range(len(words) - length + 1))
