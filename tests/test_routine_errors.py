"""What a person is told whose routine file is wrong: one plain sentence for each mistake, and never a traceback."""

from __future__ import annotations

import re

import pytest

from coach.errors import CoachError
from coach.routine import parse

TOP = 'name = "mine"\ntitle = "Mine"\nsource = "made up"\nfor_whom = "Nobody."\n'
EXERCISE = """
[[exercises]]
name = "Bridge"
position = "lying on back"
steps = ["Lift your hips."]
go = "Feet flat."
"""
WHERE = "mine.toml: exercise 1 (Bridge), "
RANGE = "allowed is a number, [lowest, highest] or { from = , to = , chosen = }."
POSITIONS = (
    "allowed is 'lying on back', 'lying on front', 'side lying', 'all fours', 'sitting', 'standing' or 'kneeling'."
)
TABLE = "allowed is a table of fields."
UNKNOWN = "is not a field of the format; see docs/ROUTINES.md for those that are."

DOSES = {
    "{ hold_s = 3600 }": "dose, hold_s: found 3600; allowed is 1 to 300.",
    "{ reps = 10_000 }": "dose, reps: found 10000; allowed is 1 to 100.",
    "{ reps = -5 }": "dose, reps: found -5; allowed is 1 to 100.",
    "{ reps = 0 }": "dose, reps: found 0; allowed is 1 to 100.",
    "{ reps = 2.5 }": "dose, reps: found 2.5; allowed is a whole number.",
    "{ reps = [] }": f"dose, reps: found []; {RANGE}",
    "{ reps = [5] }": f"dose, reps: found [5]; {RANGE}",
    "{ reps = [5, 10, 15] }": f"dose, reps: found [5, 10, 15]; {RANGE}",
    "{ reps = { from = 5 } }": "dose, reps, to: is missing and has to be given.",
    "{ reps = { from = 5, to = 10, best = 7 } }": f"dose, reps, best: {UNKNOWN}",
    "{ reps = { from = 5, to = 10, chosen = 20 } }": "dose, reps: chosen is 20, which is not between 5 and 10.",
    "{ hold_s = 0 }": "dose, hold_s: found 0; allowed is 1 to 300.",
    "{ hold_s = -20 }": "dose, hold_s: found -20; allowed is 1 to 300.",
    "{ duration_s = 86400 }": "dose, duration_s: found 86400; allowed is 5 to 3600.",
    "{ reps = 5, sets = 0 }": "dose, sets: found 0; allowed is 1 to 20.",
    "{ reps = 5, repeats = 3 }": f"dose, repeats: {UNKNOWN}",
    "{ reps = 5, get_ready_s = 0 }": "dose, get_ready_s: found 0; allowed is at least 3.0.",
    "{ reps = 5, rest_between_reps_s = -1 }": "dose, rest_between_reps_s: found -1; allowed is at least 0.0.",
    "{ reps = 5, rest_between_sets_s = nan }": "dose, rest_between_sets_s: found nan; allowed is an ordinary number.",
    "{ reps = 5, tempo = 3 }": f"dose, tempo: found 3; {TABLE}",
    "{ reps = 5, tempo = { out_s = -1 } }": "dose, tempo, out_s: found -1; allowed is at least 0.5.",
    "{ reps = 5, tempo = { out_s = 60 } }": "dose, tempo, out_s: found 60; allowed is at most 20.0.",
    "{}": "dose: says nothing to do: give reps, hold_s or duration_s.",
    "{ reps = 5, duration_s = 30 }": (
        "dose: duration_s is for movement that goes on for a time: leave out reps and hold_s, or leave out duration_s."
    ),
    "5": f"dose: found 5; {TABLE}",
    "[1, 2]": f"dose: found [1, 2]; {TABLE}",
    "{ reps = true }": f"dose, reps: found true; {RANGE}",
    '{ reps = "5" }': f'dose, reps: found "5"; {RANGE}',
    "{ hold_s = 2020-01-01 }": f"dose, hold_s: found 2020-01-01; {RANGE}",
    "{ reps = [10, 5] }": "dose, reps: goes from 10 to 5; the lowest has to come first.",
    "{ hold_s = nan }": "dose, hold_s: found nan; allowed is an ordinary number.",
    "{ hold_s = [nan, 20] }": "dose, hold_s: found nan; allowed is an ordinary number.",
    "{ hold_s = inf }": "dose, hold_s: found inf; allowed is an ordinary number.",
    "{ hold_s = -inf }": "dose, hold_s: found -inf; allowed is an ordinary number.",
    "{ reps = 1e400 }": "dose, reps: found inf; allowed is an ordinary number.",
    f"{{ reps = 1{'0' * 400} }}": f"dose, reps: found 1{'0' * 76}...; allowed is an ordinary number.",
    "{ reps = 5, get_ready_s = true }": "dose, get_ready_s: found true; allowed is a number.",
    '{ reps = 5, change_over_s = "10" }': 'dose, change_over_s: found "10"; allowed is a number.',
    "{ reps = 100, sets = 20, hold_s = 300 }": (
        "dose: found sets, reps and seconds that add up to 10000 minutes of work; allowed is 60 on each side."
    ),
}

FIELDS = {
    ('["Lift your hips."]', '"Lift."'): 'steps: found "Lift."; allowed is a list in square brackets.',
    ('["Lift your hips."]', '["Lift.", 3]'): "steps, line 2: found 3; allowed is text in quotation marks.",
    ('"lying on back"', "3"): f"position: found 3; {POSITIONS}",
    ('"lying on back"', '"hanging"'): f'position: found "hanging"; {POSITIONS}',
    ('go = "Feet flat."', 'go = "Feet flat."\nsides = "up"'): (
        "sides: found \"up\"; allowed is 'both', 'left', 'right' or 'alternate'."
    ),
    ('go = "Feet flat."\n', ""): "go: is missing and has to be given.",
    ('go = "Feet flat."', 'go = "Feet flat."\nvideo = "x"'): f"video: {UNKNOWN}",
    ('go = "Feet flat."', 'go = "Feet flat."\neasier = { dose = { reps = 0 } }'): (
        "easier, dose, reps: found 0; allowed is 1 to 100."
    ),
    ('["Lift your hips."]', "[]"): "steps: is empty; allowed is at least 1.",
    ('["Lift your hips."]', '["  "]'): 'steps, line 1: found "  "; allowed is text that is not empty.',
    ('["Lift your hips."]', '["Lift.\\nLower."]'): (
        'steps, line 1: found "Lift. Lower."; allowed is text on one line, without { and }.'
    ),
    ('["Lift your hips."]', '["Lift your {side} hip."]'): (
        'steps, line 1: found "Lift your {side} hip."; allowed is text on one line, without { and }.'
    ),
    ('"Feet flat."', '"Feet {how}."'): (
        'go: found "Feet {how}."; allowed is text on one line, where {side} alone may stand in braces.'
    ),
}


def message(text: str) -> str:
    """What is said about a routine file with this text."""
    with pytest.raises(CoachError) as error:
        parse(text, "mine.toml")
    return str(error.value)


def test_the_good_file_that_the_bad_ones_are_made_from_is_good() -> None:
    assert parse(f"{TOP}{EXERCISE}dose = {{ reps = 5 }}\n", "mine.toml").name == "mine"


@pytest.mark.parametrize(("dose", "said"), DOSES.items(), ids=[dose[:50] for dose in DOSES])
def test_a_wrong_dose_is_named(dose: str, said: str) -> None:
    assert message(f"{TOP}{EXERCISE}dose = {dose}\n") == WHERE + said


@pytest.mark.parametrize(("change", "said"), FIELDS.items(), ids=[new[:50] for _, new in FIELDS])
def test_a_wrong_field_is_named(change: tuple[str, str], said: str) -> None:
    old, new = change
    assert old in EXERCISE
    assert message(f"{TOP}{EXERCISE.replace(old, new)}dose = {{ reps = 5 }}\n") == WHERE + said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "is not valid TOML: Invalid value"),
        ("name = 'a'\nname = 'b'", "is not valid TOML: Cannot overwrite a value"),
        ("\x00\x01\x02", "is not valid TOML: "),
        ("Bend your knees.", "is not valid TOML: "),
    ],
)
def test_broken_toml_is_called_that(text: str, said: str) -> None:
    assert message(text).startswith(f"mine.toml {said}")


def test_an_empty_file_is_told_all_that_it_must_have() -> None:
    missing = re.compile(r"mine\.toml: (\w+): is missing and has to be given\.")
    fields = [missing.fullmatch(line) for line in message("").split("\n")]
    assert [field and field[1] for field in fields] == ["name", "title", "source", "for_whom", "exercises"]


@pytest.mark.parametrize(
    ("exercises", "said"),
    [
        ("", "mine.toml: exercises: is missing and has to be given."),
        ('exercises = "none"', 'mine.toml: exercises: found "none"; allowed is a list in square brackets.'),
        ("exercises = [7]", f"mine.toml: exercise 1: found 7; {TABLE}"),
        ("exercises = []", "mine.toml: exercises: is empty; allowed is at least 1."),
    ],
)
def test_a_routine_without_exercises_is_none(exercises: str, said: str) -> None:
    assert message(TOP + exercises) == said


def test_a_name_that_can_not_be_typed_is_refused() -> None:
    assert message(TOP.replace('"mine"', '"My knees"') + EXERCISE + "dose = { reps = 5 }").startswith(
        'mine.toml: name: found "My knees"; allowed are lower-case letters, digits and hyphens'
    )


def test_many_mistakes_are_named_each_on_a_line_and_ten_at_most() -> None:
    exercise = EXERCISE + "dose = { reps = 0 }\n"
    assert message(TOP + exercise * 3).split("\n") == [
        f"mine.toml: exercise {n} (Bridge), dose, reps: found 0; allowed is 1 to 100." for n in (1, 2, 3)
    ]
    assert len(message(TOP + exercise * 30).split("\n")) == 10


def test_a_line_that_would_set_the_coach_off_is_refused() -> None:
    said = message(f"{TOP}{EXERCISE.replace('Feet flat.', 'Stop')}dose = {{ reps = 5 }}\n")
    assert said.startswith('mine.toml: exercise 1 (Bridge), go: found "Stop"; the coach would take that for "')
    assert said.endswith("please say it in other words.")


@pytest.mark.parametrize("sides", ["", 'sides = "alternate"\n'], ids=["no side", "counted in turn"])
def test_a_side_that_is_never_named_is_refused(sides: str) -> None:
    text = f"{TOP}{EXERCISE.replace('Feet flat.', 'Your {side} foot.')}{sides}dose = {{ reps = 5 }}\n"
    said = "go has {side}, but it names no side: give sides, or leave out {side}."
    assert message(text) == f"mine.toml: exercise 1 (Bridge): {said}"


def test_what_breaks_the_reader_itself_is_a_sentence_too() -> None:
    assert message("a = " + "[" * 5000) == "mine.toml is not a routine: its brackets are nested far too deep."
    assert message("a = 1" + "0" * 5000) == "mine.toml is not a routine: a number in it has thousands of digits."
    assert "mine.toml: a: is not a field" in message("a" + ".a" * 3000 + " = 1")
