"""Counting what was heard, with how sure the counts are.

An event is one of ``coach hear``. A partial only silences the coach; what it does is decided by the finals. So a report
counts as right, asked or missed by its finals, while of other people's words a partial is already something.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.recordings import ALL_NAMED, Recording, Wanted
from bench.understanding import dangerous
from coach.intents import Action, strength

Event = Mapping[str, Any]


@dataclass(slots=True)
class Tally:
    """Of recordings of one sort, what came of them."""

    wanted: Wanted
    clips: int = 0
    right: int = 0
    asked: int = 0
    """Not right, but the coach was unsure and asked."""
    missed: int = 0
    """Nothing at all came of it, though something should have."""
    dangerous: int = 0
    """The session should have ended, or help should have been named, and was not. Of named actions only."""
    acted: int = 0
    """Anything came of it, be it that the coach fell silent for a moment."""
    hushed: int = 0
    """Nothing more than that came of it."""
    ended: int = 0
    """`stop` or stronger by a final."""
    ended_by_partial: int = 0
    """`stop` or stronger by no more than a partial, which the final took back."""
    actions: Counter[str] = field(default_factory=Counter)
    speakers: dict[str, list[bool]] = field(default_factory=dict)

    def count(self, recording: Recording, events: Sequence[Event]) -> None:
        """One recording and the events of `coach hear`."""
        every, final = _actions(events), _actions(event for event in events if event["final"])
        said = max(final, key=strength, default=Action.NONE)
        right = _is_right(recording, events, final)
        self.clips += 1
        self.right += right
        if recording.wanted not in (Wanted.NOTHING, Wanted.ANYTHING):
            self.asked += not right and said is Action.ASK
            self.missed += not right and not final
        if recording.is_named and not right:
            self.dangerous += dangerous(Action(recording.actions[0]), said)
        self.acted += bool(every)
        self.hushed += bool(every) and not final
        self.ended += said.ends_session
        self.ended_by_partial += not said.ends_session and any(action.ends_session for action in every)
        self.actions.update(action.value for action in final)
        if recording.speaker:
            self.speakers.setdefault(recording.speaker, []).append(right)

    def worst_tenth(self) -> float | None:
        """The mean share right of the tenth of the speakers (one at least) that does worst; None below two speakers."""
        if len(self.speakers) < 2:
            return None
        shares = sorted(sum(heard) / len(heard) for heard in self.speakers.values())
        tenth = max(1, len(shares) // 10)
        return sum(shares[:tenth]) / tenth

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        counts = ("right", "asked", "missed", "dangerous", "acted", "hushed", "ended", "ended_by_partial")
        described: dict[str, Any] = {"wanted": self.wanted.name.lower(), "clips": self.clips}
        for name in counts:
            described[name] = getattr(self, name)
        for name in ("right", "acted", "ended", "missed"):
            low, high = interval(getattr(self, name), self.clips)
            described |= {f"{name}_from": round(low, 4), f"{name}_to": round(high, 4)}
        return described | {
            "speakers": len(self.speakers),
            "worst_tenth": self.worst_tenth(),
            "actions": dict(self.actions),
        }


def counted(heard: Iterable[tuple[Recording, Sequence[Event]]]) -> dict[str, Tally]:
    """Tallies by sort, and by the totals that the recordings belong to."""
    tallies: dict[str, Tally] = {}
    for recording, events in heard:
        for sort in recording.sorts:
            wanted = recording.wanted if sort != ALL_NAMED else Wanted.REPORT
            tallies.setdefault(sort, Tally(wanted)).count(recording, events)
    return tallies


def interval(hits: int, count: int, sigmas: float = 1.96) -> tuple[float, float]:
    """Between which shares the true one lies, 19 times of 20 (Wilson)."""
    if count == 0:
        return 0.0, 1.0
    share, extra = hits / count, sigmas**2 / count
    centre, reach = share + extra / 2, sigmas * math.sqrt(share * (1 - share) / count + extra / count / 4)
    return max(0.0, (centre - reach) / (1 + extra)), min(1.0, (centre + reach) / (1 + extra))


def table(tallies: Mapping[str, Tally]) -> str:
    """Tallies by sort as lines of text: what should be heard, then what should be let be."""
    quiet = {sort: tally for sort, tally in tallies.items() if tally.wanted in (Wanted.NOTHING, Wanted.ANYTHING)}
    lines = []
    if len(quiet) < len(tallies):
        lines.append(f"{'to be heard':<20} clips   right 19/20   asked   missed 19/20  danger   worst tenth  actions")
        lines += [_heard(sort, tally) for sort, tally in sorted(tallies.items()) if sort not in quiet]
    if quiet:
        lines.append(f"{'to be let be':<20} clips   anything 19/20   hushed   stop or more 19/20  worst tenth  actions")
        lines += [_let_be(sort, tally) for sort, tally in sorted(quiet.items())]
    return "\n".join(lines)


def _heard(sort: str, tally: Tally) -> str:
    worst = _of_speakers(tally.worst_tenth(), tally)
    return (
        f"{sort:<20} {tally.clips:>5} {_share(tally.right, tally.clips)} {_percent(tally.asked / tally.clips)} "
        f"{_share(tally.missed, tally.clips)} {tally.dangerous or '':>7} {worst}  {_common(tally)}"
    )


def _let_be(sort: str, tally: Tally) -> str:
    worst = tally.worst_tenth()
    acted = None if worst is None else 1 - worst
    return (
        f"{sort:<20} {tally.clips:>5} {_share(tally.acted, tally.clips, 1)} {_percent(tally.hushed / tally.clips)} "
        f"{_share(tally.ended, tally.clips, 1)} {_of_speakers(acted, tally)}  {_common(tally)}"
    )


def _is_right(recording: Recording, events: Sequence[Event], final: set[Action]) -> bool:
    if recording.wanted in (Wanted.NOTHING, Wanted.ANYTHING):
        return _actions(events) <= {Action(action) for action in recording.actions}
    if recording.wanted is Wanted.SCORE:
        return {event["score"] for event in events if event["final"]} - {None} == {recording.score}
    reports = [action for action in final if strength(action) > strength(Action.CONTINUE)]
    said = {max(reports, key=strength).value} if reports else {action.value for action in final}
    if recording.wanted is Wanted.REPORT and not recording.is_named and said == {"ask"}:
        return False  # which is counted apart
    return bool(said & set(recording.actions)) or (not said and "none" in recording.actions)


def _actions(events: Iterable[Event]) -> set[Action]:
    return {Action(event["action"]) for event in events} - {Action.NONE}


def _percent(share: float, digits: int = 0) -> str:
    return f"{f'{100 * share:.{digits}f} %':>7}"


def _share(hits: int, count: int, digits: int = 0) -> str:
    low, high = interval(hits, count)
    between = f"{100 * low:.{digits}f}-{100 * high:.{digits}f}"
    return f"{_percent(hits / count, digits)} {between:>{7 + 3 * digits}}"


def _of_speakers(share: float | None, tally: Tally) -> str:
    return f"{'' if share is None else f'{100 * share:.0f} % of {len(tally.speakers)}':>13}"


def _common(tally: Tally) -> str:
    return ", ".join(f"{action} {count}" for action, count in tally.actions.most_common(5))
