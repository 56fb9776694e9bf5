"""A plan: the routine laid out flat, step by step, in the order in which it is done.

A step is a prompt, a timed part, or a prompt followed by a timed part. The plan knows no voice: how long a prompt takes
is the caller's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import takewhile

from coach import prompts
from coach.routine import Exercise, Routine, Sides

Lengths = Callable[[str], float]
"""Seconds that a line takes to say."""


USUAL_WPM = 150


def estimated_length_s(text: str, rate_wpm: int = USUAL_WPM) -> float:
    """How long ``text`` takes to say, in seconds, guessed from its letters and stops; within about a quarter."""
    letters = sum(map(str.isalnum, text))
    digits = sum(map(str.isdigit, text))
    inner = text.rstrip(" .?!")
    stops = sum(inner.count(mark) for mark in ".?!;:") + 0.4 * inner.count(",")
    return (0.2 + 0.075 * letters + 0.45 * digits + 0.45 * stops) * USUAL_WPM / rate_wpm


AFTER = 1000
"""The "set" of what follows the last turn of an exercise."""

SETTLE_S = 20.0
"""Time to get into another position, where the routine does not say."""


class Kind(StrEnum):
    """What the timed part of a step is; SAY has none, and ASK waits for an answer."""

    SAY = "say"
    ASK = "ask"
    READY = "ready"
    HOLD = "hold"
    COUNT = "count"
    MOVE = "move"
    REST = "rest"
    CHANGE = "change"

    @property
    def is_work(self) -> bool:
        """Whether the person is working, not resting or getting ready."""
        return self in (Kind.HOLD, Kind.COUNT, Kind.MOVE)


@dataclass(frozen=True, slots=True)
class Cue:
    """A short prompt inside a timed part."""

    at_s: float
    """Seconds after the timed part began."""
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to say and, where ``seconds`` is not 0, one thing to time afterwards."""

    kind: Kind
    text: str | None
    seconds: float = 0.0
    exercise: int | None = None
    """Index of the exercise; None before the first and after the last."""
    side: str | None = None
    set: int = 0
    """From 1; 0 while an exercise is introduced, and outside exercises."""
    rep: int = 0
    rep_s: float = 0.0
    """Seconds of one repetition, where they are counted."""
    asks: str | None = None
    """Which question of interview.py, where the kind is ASK."""
    about: str | None = None
    """What the question is about: a warning sign, or an exercise."""
    cues: tuple[Cue, ...] = ()
    """Cues that belong to the dose itself: the counting of repetitions."""

    @property
    def introduces(self) -> bool:
        """Whether it comes before the first turn of its exercise, or outside exercises."""
        return self.set == 0

    def paced(self, factor: float) -> Step:
        """The same step with its counted repetitions longer or shorter."""
        cues = tuple(Cue(cue.at_s * factor, cue.text) for cue in self.cues)
        return (
            replace(self, seconds=self.seconds * factor, rep_s=self.rep_s * factor, cues=cues) if self.rep_s else self
        )

    @property
    def turn(self) -> tuple[str | None, int, int]:
        """Side, set and repetition: the same turn in the easier version has the same."""
        return self.side, self.set, self.rep


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that will be said and timed."""

    name: str
    title: str
    exercises: tuple[str, ...]
    """Their names, in order."""
    steps: tuple[Step, ...]
    eased: tuple[tuple[Step, ...], ...]
    """For each exercise, the steps of its easier version."""
    gentle: frozenset[int] = frozenset()
    """The exercises that go on in their easier version."""
    position: str = ""
    """In which the first exercise begins, as the routine says it."""

    def first_step(self, exercise: int) -> int:
        """Index of the first step of an exercise; past the last exercise, of the closing."""
        for index, step in enumerate(self.steps):
            if step.exercise is not None and step.exercise >= exercise:
                return index
        done = (index for index, step in enumerate(self.steps) if step.exercise is not None)
        return max(done, default=-1) + 1

    def first_turn(self, exercise: int) -> int:
        """Index of the step that gets ready for the first turn of an exercise."""
        start = self.first_step(exercise)
        return next(i for i, step in enumerate(self.steps[start:], start) if step.kind is Kind.READY)

    def with_steps(self, index: int, steps: Iterable[Step]) -> Plan:
        """The same plan with more steps before the one at ``index``."""
        return replace(self, steps=(*self.steps[:index], *steps, *self.steps[index:]))

    def without(self, exercise: int) -> Plan:
        """The same plan without an exercise; the others keep their numbers."""
        return replace(self, steps=tuple(step for step in self.steps if step.exercise != exercise))

    def paced(self, exercise: int, factor: float) -> Plan:
        """The same plan with the counted repetitions of one exercise, easier version too, longer or shorter."""
        steps = tuple(step.paced(factor) if step.exercise == exercise else step for step in self.steps)
        eased = list(self.eased)
        eased[exercise] = tuple(step.paced(factor) for step in eased[exercise])
        return replace(self, steps=steps, eased=tuple(eased))

    def easier_from(self, index: int) -> tuple[Plan, int]:
        """The same plan, but from step ``index`` its exercise goes on in the easier version.

        The number is the step to go on with. A turn that was done is not done again, the one broken off is done in the
        easier version, and turns that the easier version does not have are left out. What remains of getting into
        position is still said.
        """
        here = self.steps[index]
        assert here.exercise is not None
        end = self.first_step(here.exercise + 1)
        done = here.kind is Kind.SAY and not here.introduces
        ahead = {step.turn for step in self.steps[index + done : end]}
        eased = self.eased[here.exercise]
        introduction = tuple(step for step in eased if step.introduces)
        begins = (i for i, step in enumerate(eased) if step.kind is Kind.READY and step.turn in ahead)
        start = next(begins, None)
        if start is None:
            tail = eased[-1:]
        else:
            changes = eased[start - 1].kind is Kind.CHANGE and eased[start].side != here.side
            tail = introduction + eased[start - changes :]
        following = index + 1
        if here.introduces:
            following = index
            # The last line of an introduction is the dose, and the easier version has another.
            lines = takewhile(lambda step: step.introduces, self.steps[index:end])
            position = [step for step in lines if step.kind is not Kind.ASK][:-1]
            tail = (*(step for step in position if step not in introduction), *tail)
        plan = replace(self, steps=self.steps[:following] + tail + self.steps[end:])
        return replace(plan, gentle=self.gentle | {here.exercise}), following

    def from_start(self, exercise: int) -> Plan:
        """The same plan, to be begun again with an exercise: what was made easier stays so from its first turn."""
        return self.easier_from(self.first_step(exercise))[0] if exercise in self.gentle else self

    def lines(self) -> Iterator[str]:
        """Every line of the plan, each once, in order of first use, with those of the easier versions last."""
        steps = (*self.steps, *(step for eased in self.eased for step in eased))
        texts = (text for step in steps for text in (step.text, *(cue.text for cue in step.cues)) if text)
        yield from dict.fromkeys(texts)

    def length_s(self, lengths: Lengths, start: int = 0) -> float:
        """Seconds from step ``start`` to the end."""
        return sum(step.seconds + (lengths(step.text) if step.text else 0.0) for step in self.steps[start:])


def compile_plan(routine: Routine) -> Plan:
    """Lay a routine out."""
    total = len(routine.exercises)
    steps = [Step(Kind.SAY, line) for line in (*routine.cautions, *routine.opening)]
    for index, exercise in enumerate(routine.exercises):
        before = routine.exercises[index - 1] if index else None
        steps += [replace(step, exercise=index) for step in _introduction(exercise, before, index, total)]
        steps += [replace(step, exercise=index) for step in _turns(exercise)]
        if index + 1 < total:
            rest = routine.rest_between_exercises_s
            steps.append(Step(Kind.REST, prompts.exercise_done(exercise.name, rest), rest, exercise=index, set=AFTER))
        else:
            steps.append(Step(Kind.SAY, prompts.exercise_done(exercise.name, 0), exercise=index, set=AFTER))
    steps += [Step(Kind.SAY, line) for line in (*routine.closing, prompts.ALL_DONE)]
    eased = []
    for index, exercise in enumerate(routine.exercises):
        lead = [Step(Kind.SAY, line, exercise=index) for line in exercise.eased().steps]
        turns = [replace(step, exercise=index) for step in _turns(exercise.eased())]
        closing = next(s for s in reversed(steps) if s.exercise == index)
        eased.append((*lead, *turns, closing))
    names = tuple(exercise.name for exercise in routine.exercises)
    position = routine.exercises[0].position
    return Plan(routine.name, routine.title, names, tuple(steps), tuple(eased), position=position)


def _introduction(exercise: Exercise, before: Exercise | None, index: int, total: int) -> Iterator[Step]:
    """Its name, what it needs that is not at hand yet, the starting position and time to get there, and what to do."""
    yield Step(Kind.SAY, prompts.exercise_name(exercise.name, index + 1, total))
    at_hand = before.needs if before else []
    needs = [thing for thing in exercise.needs if thing not in at_hand]
    if needs:
        yield Step(Kind.SAY, prompts.needs(needs))
    yield from (Step(Kind.SAY, line) for line in exercise.setup or [prompts.position(exercise.position)])
    moved = before is None or before.position != exercise.position
    seconds = exercise.setup_s if exercise.setup_s is not None else SETTLE_S if moved else 0.0
    if seconds:
        yield Step(Kind.REST, prompts.SETTLE, seconds)
    yield from (Step(Kind.SAY, line) for line in (*exercise.steps, prompts.dose(exercise)))


def _sides(exercise: Exercise) -> tuple[str | None, ...]:
    if exercise.sides is Sides.BOTH:
        return "left", "right"
    if exercise.sides in (Sides.LEFT, Sides.RIGHT):
        return (exercise.sides.value,)
    return (None,)


def _turns(exercise: Exercise) -> Iterator[Step]:
    """Every turn of an exercise: all of one side, a change-over, all of the other."""
    sides = _sides(exercise)
    for position, side in enumerate(sides):
        if position:
            change = prompts.change_over(side)
            yield Step(Kind.CHANGE, change, exercise.dose.change_over_s, side=side, set=1, rep=1)
        yield from _one_side(exercise, side, last_side=position == len(sides) - 1)


def _one_side(exercise: Exercise, side: str | None, last_side: bool) -> Iterator[Step]:
    dose = exercise.dose
    reps = dose.rep_count if dose.hold_s else 1
    for number in range(1, dose.set_count + 1):
        for rep in range(1, reps + 1):
            moving = _alternate(exercise, rep) or side
            yield from _turn(exercise, moving, number, rep)
            last_of_set, last_set = rep == reps, number == dose.set_count
            done = prompts.turn_done(exercise, number, rep, moving)
            if last_of_set and last_set:
                yield Step(Kind.SAY, done, side=side, set=number, rep=rep)
            else:
                rest = dose.rest_between_sets_s if last_of_set else dose.rest_between_reps_s
                following = (number + 1, 1) if last_of_set else (number, rep + 1)
                yield Step(Kind.REST, done, rest, side=side, set=following[0], rep=following[1])


def _alternate(exercise: Exercise, rep: int) -> str | None:
    """The side of one hold where the sides take turns."""
    if exercise.sides is not Sides.ALTERNATE or not exercise.dose.hold_s:
        return None
    return "left" if rep % 2 else "right"


def _turn(exercise: Exercise, side: str | None, number: int, rep: int) -> Iterator[Step]:
    """Getting ready, then one hold, one counted set or one stretch of movement."""
    dose = exercise.dose
    go = exercise.go.replace("{side}", side or "")
    yield Step(Kind.READY, go, dose.get_ready_s, side=side, set=number, rep=rep)
    if dose.hold_s:
        seconds = dose.hold_s.chosen
        yield Step(Kind.HOLD, prompts.HOLD, seconds, side=side, set=number, rep=rep)
    elif dose.duration_s:
        seconds = dose.duration_s.chosen
        yield Step(Kind.MOVE, prompts.KEEP_MOVING, seconds, side=side, set=number, rep=rep)
    else:
        rep_s = dose.tempo.rep_s
        cues = tuple(Cue(n * rep_s, prompts.count(n + 1)) for n in range(dose.rep_count))
        seconds = dose.rep_count * rep_s
        yield Step(Kind.COUNT, prompts.COUNT, seconds, side=side, set=number, rep=rep, rep_s=rep_s, cues=cues)
