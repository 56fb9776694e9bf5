"""A routine: what was prescribed, as written in a TOML file.

The models below are the whole format; ``docs/routine.schema.json`` is printed from them. Durations are whole or broken
seconds and end in ``_s``. A number that the source gives as a range is written ``[5, 10]`` (start with the lowest) or
``{ from = 5, to = 10, chosen = 8 }``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from coach.dose import Dose, Line, Range, Seconds, Strict
from coach.errors import CoachError
from coach.intents import Action, understand
from coach.mistakes import PLAIN, PLAIN_OR_SIDE, sentence

GoLine = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=240, pattern=PLAIN_OR_SIDE)]
"""A line in which {side} stands for left or right."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=PLAIN)]


class Sides(StrEnum):
    """Which side works; left and right each get the full dose where it is both."""

    BOTH = "both"
    LEFT = "left"
    RIGHT = "right"
    ALTERNATE = "alternate"


class Easier(Strict):
    """The gentler way to do an exercise: what differs from the exercise itself."""

    steps: list[Line] = Field(default=[], max_length=20)
    go: GoLine | None = None
    dose: Dose | None = None


class Exercise(Strict):
    """One exercise, in the words the coach will say."""

    name: Name
    position: Literal["lying on back", "lying on front", "side lying", "all fours", "sitting", "standing", "kneeling"]
    needs: list[Name] = Field(default=[], max_length=10)
    setup: list[Line] = Field(default=[], max_length=20)
    """How to get into the starting position."""
    setup_s: Seconds | None = None
    """Time to get there; left out: 20 s where the exercise before has another position, none where it has the same."""
    steps: list[Line] = Field(min_length=1, max_length=20)
    """What to do, one short spoken step a line."""
    go: GoLine
    """Said before each repetition (or set, where they are counted); {side} becomes left or right."""
    release: Line = "And relax."
    """Said when a hold or a set is over."""
    sides: Sides | None = Field(default=None, strict=False)
    """Left out where both limbs work together."""
    dose: Dose
    easier: Easier | None = None

    @model_validator(mode="after")
    def knows_which_side(self) -> Self:
        eased = self.easier or Easier()
        for field, line, dose in (("go", self.go, self.dose), ("easier.go", eased.go, eased.dose or self.dose)):
            turns = self.sides is not None and (self.sides is not Sides.ALTERNATE or dose.hold_s is not None)
            if line and "{side}" in line and not turns:
                raise ValueError(f"{field} has {{side}}, but it names no side: give sides, or leave out {{side}}")
        return self

    def eased(self) -> Exercise:
        """The gentler version: as written, or else a shorter, smaller dose of the same."""
        own = self.easier or Easier()
        return self.model_copy(
            update={"steps": own.steps or self.steps, "go": own.go or self.go, "dose": own.dose or _smaller(self.dose)}
        )


def _smaller(dose: Dose) -> Dose:
    """About three fifths of each hold, count and time, never less than one."""

    def less(value: Range | None, whole: bool) -> Range | None:
        if value is None:
            return None
        chosen = max(1.0, float(round(value.chosen * 0.6)) if whole else round(value.chosen * 0.6))
        return Range.model_validate({"from": min(chosen, value.lowest), "to": value.highest, "chosen": chosen})

    smaller_reps = dose.reps if dose.hold_s else less(dose.reps, whole=True)
    return dose.model_copy(
        update={"hold_s": less(dose.hold_s, False), "reps": smaller_reps, "duration_s": less(dose.duration_s, False)}
    )


class Routine(Strict):
    """A whole routine file."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    """Lower-case letters, digits, hyphens: typed after ``coach start``."""
    title: Name
    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
    for_whom: Line
    cautions: list[Line] = Field(default=[], max_length=20)
    opening: list[Line] = Field(default=[], max_length=20)
    """Said before the first exercise: what to fetch, how to settle."""
    closing: list[Line] = Field(default=[], max_length=20)
    """Said after the last exercise: cooling down."""
    rest_between_exercises_s: Seconds = 20.0
    exercises: list[Exercise] = Field(min_length=1, max_length=60)

    def spoken(self) -> Iterator[tuple[str, str]]:
        """(field, line) for everything in the file that is said aloud."""
        yield "title", self.title
        for field in ("cautions", "opening", "closing"):
            yield from ((f"{field} line {n}", line) for n, line in enumerate(getattr(self, field), 1))
        for number, exercise in enumerate(self.exercises, 1):
            where = f"exercise {number} ({exercise.name})"
            yield f"{where}, name", exercise.name
            eased = exercise.easier or Easier()
            for field, lines in (("setup", exercise.setup), ("steps", exercise.steps), ("easier.steps", eased.steps)):
                yield from ((f"{where}, {field} line {n}", line) for n, line in enumerate(lines, 1))
            singles = {"go": exercise.go, "release": exercise.release, "easier.go": eased.go}
            yield from ((f"{where}, {field}", line) for field, line in singles.items() if line)
            yield from ((f"{where}, needs", thing) for thing in exercise.needs)


def parse(text: str, where: str) -> Routine:
    """Read a routine from TOML; ``where`` names the file in what is said when it is wrong.

    Raises CoachError with one line for every field that is wrong: file, exercise, field, found, allowed.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CoachError(f"{where} is not valid TOML: {error}.") from None
    except RecursionError:
        raise CoachError(f"{where} is not a routine: its brackets are nested far too deep.") from None
    except ValueError:
        raise CoachError(f"{where} is not a routine: a number in it has thousands of digits.") from None
    try:
        routine = Routine.model_validate(data)
    except ValidationError as error:
        raise CoachError("\n".join(sentence(where, data, problem) for problem in error.errors()[:10])) from None
    problems = [_reacts(where, field, line) for field, line in routine.spoken() if reaction(line)]
    if problems:
        raise CoachError("\n".join(problems[:10]))
    return routine


def reaction(line: str) -> str | None:
    """What the coach would do, other than to go on, if it heard somebody say this line; or None."""
    action = understand(line.replace("{side}", "left")).action
    return None if action in (Action.NONE, Action.CONTINUE) else str(action)


def _reacts(where: str, field: str, line: str) -> str:
    return (
        f'{where}: {field}: found "{line}"; the coach would take that for "{reaction(line)}" when it hears itself, '
        "so please say it in other words."
    )
