"""What the last sound check means for a session: pure, from its figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from coach import prompts
from coach.sound_check import OWN_SOUNDS, SoundCheck, Verdict, judge

HOLDS = timedelta(days=30)
"""Things are moved about in a room; what was measured longer ago is only told."""
FEWER_INTERRUPTIONS = 1


@dataclass(frozen=True, slots=True)
class PastSound:
    """What a session does otherwise. Without a check: nothing."""

    opening: tuple[str, ...] = ()
    """Said at the start."""
    note: str | None = None
    """Shown at the start."""
    interruptions: int | None = None
    """See `Policy`; None for as many as usual."""


def heed(
    check: SoundCheck | None, now: datetime, microphone: str | None, loudspeaker: str | None, again: str
) -> PastSound:
    """What follows from the last check, if there was one. ``again`` is what to type for another.

    ``microphone`` and ``loudspeaker`` are what the system calls those in use, None where that is not known. The figures
    count for the devices that they were measured with.
    """
    if check is None:
        return PastSound(note=f"How well I hear you here has not been checked yet; a minute is enough: {again}")
    for what, then, today in (
        ("microphone", check.microphone, microphone),
        ("loudspeaker", check.loudspeaker, loudspeaker),
    ):
        if then and today and then != today:
            return PastSound(note=f"The {what} is another than when the sound was last checked; to check it: {again}")
    age = now - check.at
    if age > HOLDS:
        return PastSound(note=f"The sound was last checked {age.days} days ago; to check it again: {again}")
    judged = judge(check)
    interruptions = FEWER_INTERRUPTIONS if check.own_sounds > OWN_SOUNDS else None
    if judged.verdict is not Verdict.UNRELIABLY:
        return PastSound(interruptions=interruptions)
    note = f"When the sound was last checked: {judged.sentence} To check it again: {again}"
    return PastSound((prompts.HEARD_POORLY,), note, interruptions)
