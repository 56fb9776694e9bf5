"""What is said of a dose without a number that can be used: blanks, spoilt numbers, "a few", "until tired"."""

from __future__ import annotations

import re

from coach.dose_patterns import BARE_HOLD, BARE_REPEAT, VAGUE_COUNT, VAGUE_HOLD
from coach.dose_words import BLANK, SPOILT


def is_vague(untimed: bool, uncounted: bool, whole: str) -> bool:
    """Whether there is a blank, a spoilt number or a vague dose for which nothing else gives the number."""
    if BLANK in whole and re.search(
        rf"{BLANK} ?(?:times|sec|reps|repetitions|sets|x\b|a day|per day|daily|on|each|or\b)|"
        rf"(?:repeat|hold|for|reps|repetitions|sets|x|do|times|count of|hold for|frequency|hold time|daily|"
        rf"day) ?[:=]? ?{BLANK}",
        whole,
    ):
        return True
    if re.search(rf"{SPOILT} (?:sec|times|reps|sets|x)|{SPOILT} \(as|(?:repeat|hold|for|x) {SPOILT}", whole):
        return True
    return bool((untimed and VAGUE_HOLD.search(whole)) or (uncounted and VAGUE_COUNT.search(whole)))


def is_bare(untimed: bool, uncounted: bool, whole: str) -> bool:
    """A hold or a repeat without a number."""
    held = untimed and BARE_HOLD.search(whole) and not _is_grip(whole)
    return bool(held or (uncounted and BARE_REPEAT.search(whole)))


def _is_grip(whole: str) -> bool:
    """Only "hold the chair" and the like."""
    return not re.search(
        r"\bhold(?: (?:this|it|that|there|still|position|here))*(?:[,.;:]| and| then|$| the (?:pos|str|squ))", whole
    )
