"""Counting what was heard, with how sure the counts are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coach.intents import Action, strength

COMMANDS = {
    "stop": "stop",
    "yes": "yes",
    "no": "no",
    "go": "resume",
    "pause": "pause",
    "repeat": "repeat",
    "skip": "skip",
}
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
QUIET = ("negative_word", "negative_phrase", "negative_sentence", "noise", "noise_event", "noise_roomtone", "silence")
"""Of these nothing may come."""


@dataclass(slots=True)
class Tally:
    """Of recordings of one sort, what came of them."""

    clips: int = 0
    right: int = 0
    asked: int = 0
    """Reports of which the coach was not sure, and asked."""
    acted: int = 0
    """Anything but nothing."""
    ended: int = 0
    """`stop` or stronger."""
    actions: Counter[str] = field(default_factory=Counter)
    speakers: dict[str, list[bool]] = field(default_factory=dict)

    def count(self, row: Mapping[str, str], events: Sequence[Mapping[str, Any]]) -> None:
        """One recording and the events of `coach hear`."""
        actions = {event["action"] for event in events} - {"none"}
        right = self._is_right(row, events, actions)
        self.clips += 1
        self.right += right
        self.asked += not right and "ask" in actions
        self.acted += bool(actions)
        self.ended += any(Action(action).ends_session for action in actions)
        self.actions.update(actions)
        if row.get("speaker"):
            self.speakers.setdefault(row["speaker"], []).append(right)

    @staticmethod
    def _is_right(row: Mapping[str, str], events: Sequence[Mapping[str, Any]], actions: set[str]) -> bool:
        if row["kind"] == "digit":
            return NUMBERS.index(row["text"]) in [event["score"] for event in events if event["final"]]
        if row["kind"] == "report":
            reports = [Action(action) for action in actions if Action(action).is_report]
            said = max(reports, key=strength).value if reports else min(actions, default="none")
            return said in row["action"].split("|")
        wanted = COMMANDS.get(row["text"]) if row["kind"] == "command" else None
        return wanted in actions if wanted else not actions

    def worst_tenth(self) -> float | None:
        """The mean share right of the tenth of the speakers that is understood worst; None for fewer than ten."""
        shares = sorted(sum(heard) / len(heard) for heard in self.speakers.values())
        tenth = len(shares) // 10
        return sum(shares[:tenth]) / tenth if tenth else None

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        low, high = interval(self.right, self.clips)
        return {
            "clips": self.clips,
            "right": self.right,
            "right_from": round(low, 4),
            "right_to": round(high, 4),
            "asked": self.asked,
            "acted": self.acted,
            "ended": self.ended,
            "worst_tenth": self.worst_tenth(),
            "actions": dict(self.actions),
        }


def sort_of(row: Mapping[str, str]) -> str:
    """Under which name a recording is counted. Digits from an 8 kHz source are apart."""
    if row["kind"] == "command":
        return f"command {row['text']}"
    if row["kind"] == "digit":
        return "digit, 8 kHz source" if row["path"].startswith("fsdd") else "digit"
    return row["kind"]


def interval(hits: int, count: int, sigmas: float = 1.96) -> tuple[float, float]:
    """Between which shares the true one lies, 19 times of 20 (Wilson)."""
    if count == 0:
        return 0.0, 1.0
    share, extra = hits / count, sigmas**2 / count
    centre, reach = share + extra / 2, sigmas * math.sqrt(share * (1 - share) / count + extra / count / 4)
    return max(0.0, (centre - reach) / (1 + extra)), min(1.0, (centre + reach) / (1 + extra))


def table(tallies: Mapping[str, Tally]) -> str:
    """Tallies by sort as lines of text."""
    lines = [
        f"{'sort':<22} {'clips':>5} {'right':>6} {'(19 of 20)':>11}"
        f" {'asked':>6} {'acted':>6} {'ended':>6} {'worst':>6}  actions"
    ]
    for sort, tally in sorted(tallies.items()):
        low, high = interval(tally.right, tally.clips)
        shares = (f"{100 * n / tally.clips:.0f} %" for n in (tally.asked, tally.acted, tally.ended))
        worst = tally.worst_tenth()
        cells = [f"{100 * tally.right / tally.clips:.0f} %", *shares, "" if worst is None else f"{100 * worst:.0f} %"]
        seen = ", ".join(f"{action} {count}" for action, count in tally.actions.most_common(5))
        between = f"{100 * low:.0f}-{100 * high:.0f} %"
        rest = " ".join(f"{cell:>6}" for cell in cells[1:])
        lines.append(f"{sort:<22} {tally.clips:>5} {cells[0]:>6} {between:>11} {rest}  {seen}")
    return "\n".join(lines)
