"""How much of an exercise: sets, repetitions, holds, times and rests, each within limits, and ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from coach.mistakes import PLAIN, shown

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=240, pattern=PLAIN)]
"""One sentence or two, spoken in one breath."""


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
        if self.lowest > self.highest:
            raise ValueError(f"goes from {self.lowest:g} to {self.highest:g}; the lowest has to come first")
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
        allowed = "a number, [lowest, highest] or { from = , to = , chosen = }"
        raise ValueError(f"found {shown(value)}; allowed is {allowed}")
    odd = [number for number in table.values() if not abs(number) <= 1e9]
    if odd:
        raise ValueError(f"found {shown(odd[0])}; allowed is an ordinary number")
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


Seconds = Annotated[float, Field(ge=0, le=600)]


LONGEST_WORK_S = 3600.0
"""Work in one dose, on one side."""


class Tempo(Strict):
    """How one repetition of a moving exercise is timed, in seconds."""

    out_s: Annotated[float, Field(ge=0.5, le=20)] = 2.0
    pause_s: Annotated[float, Field(ge=0, le=20)] = 0.0
    back_s: Annotated[float, Field(ge=0.5, le=20)] = 2.0

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
    get_ready_s: Annotated[float, Field(ge=3, le=60)] = 5.0
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
            either = "leave out reps and hold_s, or leave out duration_s"
            raise ValueError(f"duration_s is for movement that goes on for a time: {either}")
        if self.work_s > LONGEST_WORK_S:
            minutes = f"{self.work_s / 60:.0f} minutes of work; allowed is {LONGEST_WORK_S / 60:.0f} on each side"
            raise ValueError(f"found sets, reps and seconds that add up to {minutes}")
        return self

    @property
    def work_s(self) -> float:
        """Seconds of holding or moving on one side, rests left out."""
        once = self.hold_s or self.duration_s
        return self.set_count * self.rep_count * (once.chosen if once else self.tempo.rep_s)

    @property
    def rep_count(self) -> int:
        """Repetitions in a set."""
        return int(self.reps.chosen) if self.reps else 1

    @property
    def set_count(self) -> int:
        """Sets for each side."""
        return int(self.sets.chosen)
