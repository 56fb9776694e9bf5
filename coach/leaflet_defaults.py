"""What a leaflet says once for several exercises: doses, sides and positions, and what they cover."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from coach.leaflet_blocks import Block
from coach.leaflet_general import general_sentences, later_phase, of_several
from coach.leaflet_parts import advice, still
from coach.leaflet_positions import position
from coach.prescribed import Prescribed, read


@dataclass(frozen=True, slots=True)
class Default:
    """A dose said once for several exercises."""

    dose: Prescribed
    start: int
    end: int
    """The blocks it covers, ``end`` left out."""
    stretches_only: bool


def defaults_of(several: Sequence[Block], kinds: Sequence[bool]) -> Iterator[Default]:
    first = kinds.index(True) if True in kinds else len(several)
    last = len(kinds) - 1 - list(reversed(kinds)).index(True) if True in kinds else -1
    for index, block in enumerate(several):
        paragraphs = [text for number, text in enumerate(block.texts) if not kinds[index] or number]
        if not kinds[index] and block.title and advice(block.title, strictly=True):
            continue
        titled = [block.title] if block.title and not kinds[index] else []
        said = [
            sentence for text in (*titled, *paragraphs) for sentence in general_sentences(text, inside=kinds[index])
        ]
        if not said:
            continue
        often = read("\n".join(said))
        counts = read("\n".join(sentence for sentence in said if of_several(sentence)))
        dose = replace(counts, times_per_day=often.times_per_day, other_frequency=often.other_frequency)
        if not (dose.counted or dose.times_per_day or dose.other_frequency or dose.blank or dose.vague):
            continue
        start, end = (0, len(several)) if index < first or index >= last else (index + 1, len(several))
        if index < first:
            end = next((at for at in range(first, len(several)) if not kinds[at] and new_section(several[at])), end)
        elif index < last:
            end = next((at for at in range(index + 1, len(several)) if not kinds[at] and several[at].title), end)
            start = index + 1
            if end == start:
                continue
        only = bool(re.search(r"\b(?:each|all|every|these|the) (?:of the )?stretch(?:es)?\b", " ".join(said), re.I))
        opening = " ".join(f"{one.title} {one.body}" for one in several[:first] if not said or one is not block)
        only = only and not re.search(r"\bstretches\b", f"{opening} {block.title}", re.I)
        yield Default(dose, start, end, only)


def new_section(block: Block) -> bool:
    """Whether another time or place begins, or doses are said anew for what follows."""
    return later_phase(block.title) or any(
        of_several(one) and read(one).counted for text in block.texts for one in general_sentences(text)
    )


def whole_side(several: Sequence[Block], kinds: Sequence[bool]) -> str | None:
    """The side that a line for the whole sheet names."""
    for block, is_exercise in zip(several, kinds, strict=True):
        if is_exercise:
            break
        only = re.search(
            r"\b(left|right)\b (?:leg|arm|side|knee|hip|shoulder|foot|ankle|hand|wrist|elbow) only\b|"
            r"\b(?:side|affected (?:side|leg|arm)|operated (?:side|leg)) ?: ?(left|right)\b",
            f"{block.title}\n{block.body}",
            re.I,
        )
        if only:
            return (only[1] or only[2]).lower()
    return None


def own_text(block: Block) -> str:
    """The words of the exercise itself, without sentences on all exercises."""
    texts = []
    for number, text in enumerate(block.texts):
        if number:
            for sentence in general_sentences(text, inside=True):
                text = text.replace(sentence, "")
        texts.append(text)
    return "\n".join([block.title, *texts])


def intro_position(several: Sequence[Block], kinds: Sequence[bool]) -> str | None:
    for block, is_exercise in zip(several, kinds, strict=True):
        if is_exercise:
            return None
        for sentence in re.split(r"(?<=[.!?])\s+", block.body):
            if re.search(
                r"\b(?:in this position|(?:starting|start) position for|(?:all|these|each|"
                r"the following)\b[^.]{0,30}\bexercises?\b[^.]{0,40}"
                r"\b(?:lying|sitting|standing|on your))",
                sentence,
                re.I,
            ):
                return position(sentence)
    return None


def effective(own: Prescribed, block: Block, defaults: Sequence[Default]) -> tuple[Prescribed, tuple[str, ...]]:
    """The dose with what is said once for all, where the exercise does not state its own."""
    dose = own
    inherited: tuple[str, ...] = ()
    whole = own_text(block)
    kept_still = still(whole)
    for default in reversed(defaults):
        given = default.dose
        before = dose
        if default.stretches_only and not re.search(r"stretch", whole, re.I):
            given = Prescribed(times_per_day=given.times_per_day, other_frequency=given.other_frequency)
        time = given.hold_s or given.duration_s
        timed = dose.hold_s is not None or dose.duration_s is not None
        moving_count = dose.reps is not None and not kept_still
        if time and not timed and not moving_count and (kept_still or given.hold_s is None or not own.counted):
            held = kept_still or (given.hold_s is not None and given.duration_s is None)
            dose = replace(dose, hold_s=time) if held else replace(dose, duration_s=time)
        if given.reps and own.reps is None and own.sets is None and own.duration_s is None and dose.reps is None:
            dose = replace(dose, reps=given.reps)
        if given.sets and dose.sets is None:
            dose = replace(dose, sets=given.sets)
        if given.times_per_day and dose.times_per_day is None and not own.other_frequency:
            dose = replace(dose, times_per_day=given.times_per_day)
        if given.sides and dose.sides is None:
            dose = replace(dose, sides=given.sides)
        if dose != before:
            inherited += given.quotes
    if own.bare and not own.blank and (dose.duration_s or (dose.hold_s and dose.reps) or dose.sets):
        dose = replace(dose, vague=False)
    return dose, inherited
