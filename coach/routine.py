"""A routine: what was prescribed, as written in a TOML file.

The models below are the whole format; ``docs/routine.schema.json`` is printed from them. Durations are whole or broken
seconds and end in ``_s``. A number that the source gives as a range is written ``[5, 10]`` (start with the lowest) or
``{ from = 5, to = 10, chosen = 8 }``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from coach.errors import CoachError
from coach.intents import understand

Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=240, pattern=r"^[^\x00-\x1f]*$")
]
"""One sentence or two, spoken in one breath."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]*$")]


class Sides(StrEnum):
    """Which side works; left and right each get the full dose where it is both."""

    BOTH = "both"
    LEFT = "left"
    RIGHT = "right"
    ALTERNATE = "alternate"


class Strict(BaseModel):
    """No unknown fields, no silent conversions, no changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Range(Strict):
    """A range as the source prints it, and the value chosen inside it."""

    lowest: float = Field(alias="from")
    highest: float = Field(alias="to")
    chosen: float

    @model_validator(mode="after")
    def chosen_lies_inside(self) -> Self:
        if not self.lowest <= self.chosen <= self.highest:
            raise ValueError(f"chosen is {self.chosen:g}, which is not between {self.lowest:g} and {self.highest:g}")
        return self


def _as_range(value: Any) -> Any:
    """5, [5, 10] and {from, to, chosen} all become the table of a Range."""
    if isinstance(value, Range):
        return value
    table = value if isinstance(value, dict) else None
    if _number(value):
        table = {"from": value, "to": value}
    elif isinstance(value, list) and len(value) == 2:
        table = {"from": value[0], "to": value[1]}
    if table is None or not all(_number(number) for number in table.values()):
        raise ValueError(f"found {value!r}; allowed is a number, [lowest, highest] or {{ from = , to = , chosen = }}")
    return {"chosen": float(table.get("from", 0.0)), **{key: float(number) for key, number in table.items()}}


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True, slots=True)
class Between:
    """The limits of a number or range; ``whole`` for things that are counted."""

    lowest: float
    highest: float
    whole: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        checked = core_schema.no_info_after_validator_function(self._check, handler(source))
        return core_schema.no_info_before_validator_function(_as_range, checked)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        number = {"type": "integer" if self.whole else "number", "minimum": self.lowest, "maximum": self.highest}
        pair = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
        keys = dict.fromkeys(("from", "to", "chosen"), number)
        table = {"type": "object", "properties": keys, "required": ["from", "to"], "additionalProperties": False}
        return {"anyOf": [number, pair, table]}

    def _check(self, value: Range) -> Range:
        for number in (value.lowest, value.highest, value.chosen):
            if not self.lowest <= number <= self.highest:
                raise ValueError(f"found {number:g}; allowed is {self.lowest:g} to {self.highest:g}")
            if self.whole and number != int(number):
                raise ValueError(f"found {number:g}; allowed is a whole number")
        return value


Seconds = Annotated[float, Field(ge=0, le=600, strict=False)]


class Tempo(Strict):
    """How one repetition of a moving exercise is timed, in seconds."""

    out_s: Annotated[float, Field(ge=0.5, le=20, strict=False)] = 2.0
    pause_s: Annotated[float, Field(ge=0, le=20, strict=False)] = 0.0
    back_s: Annotated[float, Field(ge=0.5, le=20, strict=False)] = 2.0

    @property
    def rep_s(self) -> float:
        """Seconds for one repetition."""
        return self.out_s + self.pause_s + self.back_s


class Dose(Strict):
    """How much: repetitions of a hold, counted repetitions at a tempo, or movement for a time."""

    sets: Annotated[Range, Between(1, 20, whole=True)] = Range(**{"from": 1.0, "to": 1.0, "chosen": 1.0})
    reps: Annotated[Range, Between(1, 100, whole=True)] | None = None
    hold_s: Annotated[Range, Between(1, 300)] | None = None
    duration_s: Annotated[Range, Between(5, 3600)] | None = None
    tempo: Tempo = Tempo()
    get_ready_s: Annotated[float, Field(ge=3, le=60, strict=False)] = 5.0
    rest_between_reps_s: Seconds = 5.0
    rest_between_sets_s: Seconds = 20.0
    change_over_s: Seconds = 10.0
    note: Line | None = None
    """Where the source gives no number, or a vague one: what was chosen and why."""

    @model_validator(mode="after")
    def says_how_much(self) -> Self:
        if self.reps is None and self.hold_s is None and self.duration_s is None:
            raise ValueError("says nothing to do: give reps, hold_s or duration_s")
        if self.duration_s is not None and (self.hold_s is not None or self.reps is not None):
            raise ValueError(
                "duration_s is for movement that goes on for a time: leave out reps and hold_s, or leave out duration_s"
            )
        return self

    @property
    def rep_count(self) -> int:
        """Repetitions in a set."""
        return int(self.reps.chosen) if self.reps else 1

    @property
    def set_count(self) -> int:
        """Sets for each side."""
        return int(self.sets.chosen)


class Easier(Strict):
    """The gentler way to do an exercise: what differs from the exercise itself."""

    steps: list[Line] = Field(default=[], max_length=20)
    go: Line | None = None
    dose: Dose | None = None


class Exercise(Strict):
    """One exercise, in the words the coach will say."""

    name: Name
    position: Literal["lying on back", "lying on front", "side lying", "all fours", "sitting", "standing", "kneeling"]
    needs: list[Name] = Field(default=[], max_length=10)
    setup: list[Line] = Field(default=[], max_length=20)
    """How to get into the starting position."""
    steps: list[Line] = Field(min_length=1, max_length=20)
    """What to do, one short spoken step a line."""
    go: Line
    """Said before each repetition (or set, where they are counted); {side} becomes left or right."""
    release: Line = "And relax."
    """Said when a hold or a set is over."""
    sides: Sides | None = Field(default=None, strict=False)
    """Left out where both limbs work together."""
    dose: Dose
    easier: Easier | None = None

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

    Raises CoachError with one line for every field that is wrong: file, exercise, field, what was found, what is allowed.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CoachError(f"{where} is not valid TOML: {error}.") from None
    try:
        routine = Routine.model_validate(data)
    except ValidationError as error:
        raise CoachError("\n".join(_sentence(where, data, problem) for problem in error.errors()[:10])) from None
    problems = [_reacts(where, field, line) for field, line in routine.spoken() if reaction(line)]
    if problems:
        raise CoachError("\n".join(problems[:10]))
    return routine


def reaction(line: str) -> str | None:
    """The action the coach would take if it heard itself say this line or its beginning, or None."""
    words = line.replace("{side}", "left").split()
    for n in range(1, len(words) + 1):
        action = understand(" ".join(words[:n])).action
        if action != "none" and (n == len(words) or action.is_report):
            return str(action)
    return None


def _reacts(where: str, field: str, line: str) -> str:
    return (
        f'{where}: {field}: found "{line}"; the coach would take that for "{reaction(line)}" when it hears itself, '
        "so please say it in other words."
    )


def _sentence(where: str, data: dict[str, Any], problem: Any) -> str:
    """One validation problem in plain words."""
    place, parts, node = [], list(problem["loc"]), data
    while parts:
        part = parts.pop(0)
        if part == "exercises" and parts and isinstance(parts[0], int):
            number = parts.pop(0)
            node = node["exercises"][number]
            name = node.get("name") if isinstance(node, dict) else None
            place.append(f"exercise {number + 1}" + (f" ({name})" if isinstance(name, str) else ""))
        elif isinstance(part, int):
            place.append(f"line {part + 1}")
        elif not part.startswith("function-") and part not in ("Range",):
            place.append({"lowest": "from", "highest": "to"}.get(part, part))
    return f"{where}: {', '.join(place) or 'the file'}: {_what(problem)}."


def _what(problem: Any) -> str:
    """What was found and what is allowed."""
    kind, found, limits = problem["type"], problem["input"], problem.get("ctx", {})
    shown = f'"{found}"' if isinstance(found, str) else f"{found}"
    shown = shown if len(shown) <= 80 else shown[:77] + "..."
    if kind == "missing":
        return "is missing and has to be given"
    if kind == "extra_forbidden":
        return "is not a field of the format; see docs/ROUTINES.md for those that are"
    if kind == "value_error":
        return str(limits["error"])
    if kind in ("greater_than_equal", "less_than_equal"):
        word = "at least" if "ge" in limits else "at most"
        return f"found {shown}; allowed is {word} {limits.get('ge', limits.get('le'))}"
    if kind in ("enum", "literal_error"):
        return f"found {shown}; allowed is {limits['expected']}"
    if kind == "string_pattern_mismatch":
        return (
            f"found {shown}; allowed are lower-case letters, digits and hyphens on one line without control characters"
        )
    words = _TYPES.get(kind, problem["msg"][:1].lower() + problem["msg"][1:])
    return f"found {shown}; {words}"


_TYPES = {
    "list_type": "allowed is a list in square brackets",
    "model_type": "allowed is a table of fields",
    "dict_type": "allowed is a table of fields",
    "string_type": "allowed is text in quotation marks",
    "float_type": "allowed is a number",
    "float_parsing": "allowed is a number",
    "finite_number": "allowed is an ordinary number",
}
