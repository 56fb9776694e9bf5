"""What is said inside a timed part, and when.

Planned from the known lengths of the clips, so that no cue is late and none overlaps.
"""

from __future__ import annotations

from collections.abc import Iterable

from coach import prompts
from coach.plan import Cue, Kind, Lengths, Step

GAP_S = 0.2
"""Silence kept between one cue and the next."""

CHIME_S = 0.5
"""Long enough for the chime with which a hold begins to be out."""

HAIR_S = 1e-6
"""A product of seconds may lie so far below the number that it stands for."""

LONG_HOLD_S = 20.0
HALF_WAY_FROM_S = 30.0
BREATHE_FROM_S = 40.0


def plan_cues(step: Step, offset_s: float, lengths: Lengths) -> tuple[Cue, ...]:
    """The cues of a timed part that still lie ahead at ``offset_s`` into it, in order, none overlapping."""
    chosen: list[Cue] = []
    begins_s = offset_s + (CHIME_S if step.kind in (Kind.HOLD, Kind.MOVE) else -HAIR_S)
    for cue in _by_importance(step):
        if cue.at_s >= begins_s and _fits(cue, chosen, step.seconds, lengths):
            chosen.append(cue)
    return tuple(sorted(chosen, key=lambda cue: cue.at_s))


def _fits(cue: Cue, others: Iterable[Cue], end_s: float, lengths: Lengths) -> bool:
    """Whether the cue is out before the next one begins and before the end."""
    over = cue.at_s + lengths(cue.text) + GAP_S
    clear = all(over <= other.at_s or other.at_s + lengths(other.text) + GAP_S <= cue.at_s for other in others)
    return clear and over - GAP_S <= end_s


def _by_importance(step: Step) -> Iterable[Cue]:
    """Most important first: where two would overlap, the first keeps its place."""
    yield from step.cues
    if step.kind in (Kind.READY, Kind.HOLD):
        yield from (Cue(step.seconds - 3 + n, text) for n, text in enumerate(prompts.LAST_THREE) if step.seconds >= 3)
    if step.kind not in (Kind.HOLD, Kind.MOVE):
        return
    if step.seconds >= LONG_HOLD_S:
        yield Cue(step.seconds - 10, prompts.TEN_LEFT)
    if step.seconds >= HALF_WAY_FROM_S:
        yield Cue(step.seconds / 2, prompts.HALF_WAY)
    minutes = int((step.seconds - 1) // 60)
    for n in (1, 2, 5, *range(10, minutes + 1, 5)):
        if n <= minutes:
            yield Cue(step.seconds - 60 * n, prompts.minutes_left(n))
    if step.seconds >= BREATHE_FROM_S:
        yield Cue(step.seconds / 4, prompts.ACKNOWLEDGED)


def every_cue() -> tuple[str, ...]:
    """Every fixed cue, to be rendered before the first step."""
    return (*prompts.LAST_THREE, prompts.TEN_LEFT, prompts.HALF_WAY, prompts.ACKNOWLEDGED)


class Countdown:
    """A timed part that is running: an absolute end and the cues ahead."""

    def __init__(self, step: Step, offset_s: float, now: float, lengths: Lengths) -> None:
        self.step = step
        self.began_at = now - offset_s
        self.ends_at = self.began_at + step.seconds
        self._cues = [Cue(self.began_at + cue.at_s, cue.text) for cue in plan_cues(step, offset_s, lengths)]

    def elapsed_s(self, now: float) -> float:
        """Seconds of the timed part that are done."""
        return min(max(0.0, now - self.began_at), self.step.seconds)

    @property
    def next_at(self) -> float:
        """When something is due next: a cue or the end."""
        return min([self.ends_at, *(cue.at_s for cue in self._cues[:1])])

    def due(self, now: float) -> Cue | None:
        """The next cue, taken out, if its time has come."""
        if self._cues and self._cues[0].at_s <= now:
            return self._cues.pop(0)
        return None
