"""What a leaflet prescribes: its exercises with their doses, its warnings, and the signs that belong to a doctor.

Nothing is made up: what the leaflet leaves out stays None, and what it says vaguely has to be looked at by a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from coach.leaflet_blocks import Block, blocks
from coach.leaflet_defaults import Default, defaults_of, effective, intro_position, own_text, whole_side
from coach.leaflet_general import general_sentences, later_phase, of_several
from coach.leaflet_lines import Line
from coach.leaflet_parts import advice, described, describes, exercise_name, in_sequence, loose_mentions, orders
from coach.leaflet_positions import bare_position, position
from coach.leaflet_steps import steps
from coach.leaflet_warnings import red_flags, warnings
from coach.prescribed import Prescribed, Span, read


@dataclass(frozen=True, slots=True)
class Prescription:
    """One exercise of a leaflet."""

    name: str
    position: str | None
    dose: Prescribed
    """The effective dose: what was said once for all is in it."""
    needs_review: bool
    steps: tuple[str, ...]
    """What to do, in short spoken steps."""
    inherited: tuple[str, ...] = ()
    """The sentences a part of the dose came from that stand elsewhere in the leaflet."""

    def as_dict(self) -> dict[str, Any]:
        """The exercise as printed by ``coach import --json``."""
        return {
            "name": self.name,
            "start_position": self.position,
            "hold_s": _pair(self.dose.hold_s),
            "reps": _pair(self.dose.reps),
            "sets": _pair(self.dose.sets),
            "duration_s": _pair(self.dose.duration_s),
            "sides": self.dose.sides,
            "times_per_day": _pair(self.dose.times_per_day),
            "needs_review": self.needs_review,
        }


@dataclass(frozen=True, slots=True)
class Leaflet:
    """All that was understood of a leaflet."""

    title: str
    exercises: tuple[Prescription, ...]
    warnings: tuple[str, ...]
    red_flags: tuple[str, ...]
    times_per_day: Span | None = None
    """Only where it was said of the whole leaflet."""

    def as_dict(self) -> dict[str, Any]:
        """The leaflet as printed by ``coach import --json``."""
        return {
            "exercises": [exercise.as_dict() for exercise in self.exercises],
            "warnings": list(self.warnings),
            "red_flags": list(self.red_flags),
            "times_per_day": _pair(self.times_per_day),
        }


def _pair(span: Span | None) -> list[float] | None:
    return [int(end) if end == int(end) else end for end in span] if span else None


def understand_leaflet(lines: Sequence[Line]) -> Leaflet:
    """The leaflet in its lines; an advice-only one has no exercises. Never raises."""
    several = tuple(_with_mentions(blocks(lines)))
    kinds = [_is_exercise(block) for block in several]
    kinds = _covered(several, kinds)
    kinds = [kind and not _only_section(several, kinds, index) for index, kind in enumerate(kinds)]
    defaults = tuple(defaults_of(several, kinds))
    paragraphs = [line.text for line in lines if line.text]
    text = "\n".join(" ".join(paragraph for paragraph in (block.title, block.body) if paragraph) for block in several)
    pieces = [piece for block in several for piece in (block.title, *block.texts) if piece.strip()]
    exercises = tuple(_exercises(several, kinds, defaults, whole_side(several, kinds)))
    whole = [default.dose for default in defaults if default.start == 0 and default.dose.times_per_day]
    return Leaflet(
        title=next((line.text.strip("#* ") for line in lines if line.text.strip("#*-_ ")), ""),
        exercises=exercises,
        warnings=warnings(text),
        red_flags=red_flags(pieces or paragraphs),
        times_per_day=whole[0].times_per_day if len({dose.times_per_day for dose in whole}) == 1 else None,
    )


_SHEET_SIDE = re.compile(
    r"\W*(?:left|right) (?:leg|arm|side|knee|hip|shoulder|foot|ankle|hand|wrist|elbow)s?(?: only)?\b.{0,40}",
    re.IGNORECASE,
)
"""A heading that only tells the side."""


def _with_mentions(several: Sequence[Block]) -> Iterator[Block]:
    """The blocks, and after an article's paragraph the exercises it mentions in passing."""
    for block in several:
        before, told, after = in_sequence(block.body)
        if told:
            yield replace(block, texts=(before,))
            yield from (Block("", (one,), listed=True) for one in told)
            yield Block("", (after,))
            continue
        yield block
        for text in block.texts:
            yield from (Block("", (mention,), listed=True) for mention in loose_mentions(text))


def _is_exercise(block: Block) -> bool:
    if not block.title and not block.texts:
        return False
    if block.part or (block.listed and orders(f"{block.title}. {block.body}") and not advice(block.title)):
        return True
    if _SHEET_SIDE.fullmatch(block.title) or (advice(block.title) and not _strong_dose(block)):
        return False
    return described(block) if not block.texts or not block.title else describes(block)


def _covered(several: Sequence[Block], kinds: Sequence[bool]) -> list[bool]:
    """Titled movements without a dose of their own are exercises too where a dose is said for all of them."""
    found = list(kinds)
    covered = False
    for index, block in enumerate(several):
        if not kinds[index] and any(
            of_several(one) and read(one).counted for text in block.texts for one in general_sentences(text)
        ):
            covered = True
        elif covered and block.listed and not advice(f"{block.title} {block.body}"):
            found[index] = True
        elif (
            covered and not found[index] and block.title and not advice(block.title) and not bare_position(block.title)
        ):
            sentences = max(1, len(re.findall(r"[.!?;](?:\s|$)|\n", block.body)))
            found[index] = 0 < len(block.body) < 500 and orders(block.body) >= sentences / 2
    return found


def _strong_dose(block: Block) -> bool:
    dose = read(block.body)
    return dose.counted and bool(position(block.body)) and not advice(block.title, strictly=True)


def _only_section(several: Sequence[Block], kinds: Sequence[bool], index: int) -> bool:
    """Whether a block is only the heading of those after it (the lettered parts of one exercise, say)."""
    block = several[index]
    following = several[index + 1] if index + 1 < len(several) else None
    return bool(following and following.part and not block.part and not read(block.body).counted)


def _exercises(
    several: Sequence[Block], kinds: Sequence[bool], defaults: Sequence[Default], side: str | None
) -> Iterator[Prescription]:
    section_position: str | None = intro_position(several, kinds)
    section_side: str | None = side
    before: str | None = None
    for index, block in enumerate(several):
        if not kinds[index]:
            if block.title:
                section_position = bare_position(block.title) or (
                    None if later_phase(block.title) else section_position
                )
                heading = re.fullmatch(
                    r"\W*(left|right) (?:leg|arm|side|knee|hip|shoulder|foot|hand)s?\W*", block.title, re.I
                )
                section_side = heading[1].lower() if heading else section_side
            continue
        own = read(own_text(block))
        dose, inherited = effective(
            own, block, [default for default in defaults if default.start <= index < default.end]
        )
        if dose.sides is None and section_side:
            dose = replace(dose, sides=section_side)
        where = position(f"{block.title}. {block.body}", before) or section_position
        before = where or before
        yield Prescription(
            name=exercise_name(block),
            position=where,
            dose=dose,
            needs_review=own.blank or dose.vague or not dose.counted,
            steps=steps(block.body),
            inherited=inherited,
        )
