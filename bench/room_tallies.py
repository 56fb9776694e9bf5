"""Counting what came of scenes in the simulated room, with how sure the counts are (19 times of 20)."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.room_scenes import Played
from bench.tallies import interval
from coach import safety
from coach.intents import Action

QUIET_WITHIN_S = 0.5
STOPPED_WITHIN_S = 3.0
ASKED = frozenset(safety.QUESTIONS[name] for name in ("go_on", "score", "finished"))
"""What the coach asks where it is not sure what was said."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    figure: str
    facts: dict[str, Any]
    """The same for ``--json``."""

    def as_text(self) -> str:
        """For people."""
        return f"{self.what:<66} {self.figure}"

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {"what": self.what, **self.facts}


def share(what: str, hits: int, count: int, more: str = "") -> Row:
    """How many of how many."""
    low, high = interval(hits, count)
    percent = f"{100 * hits / count:5.1f} % ({100 * low:.0f}-{100 * high:.0f})" if count else "not run"
    facts = {"hits": hits, "trials": count, "from": round(low, 4), "to": round(high, 4)}
    return Row(what, f"{percent}  {hits} of {count} trials{more}", facts)


def rate(what: str, count: int, seconds: float, per_s: float, more: str = "") -> Row:
    """How often in how long: by Byar's approximation of Poisson's limits."""
    low = count * (1 - 1 / (9 * count) - 1.96 / (3 * count**0.5)) ** 3 if count else 0.0
    upper = count + 1
    high = upper * (1 - 1 / (9 * upper) + 1.96 / (3 * upper**0.5)) ** 3
    units = seconds / per_s
    told = f"{count / units:5.1f} ({low / units:.1f}-{high / units:.1f})" if units else "not run"
    unit = {60.0: "minutes", 3600.0: "hours"}[per_s]
    facts = {"count": count, unit: round(units, 4)}
    facts |= {"rate": count / units, "from": low / units, "to": high / units} if units else {}
    return Row(what, f"{told}  {count} in {units:.3g} {unit}{more}", facts)


@dataclass(slots=True)
class Over:
    """Somebody says something while the coach talks."""

    echo_db: float | None
    trials: int = 0
    spoilt: int = 0
    """The session was over before the person had a chance to speak."""
    quiet: int = 0
    stopped: int = 0
    asked: int = 0
    """Not stopped by then, but silent, and asked what they said or how bad it is."""
    later: int = 0
    after_s: list[float] = field(default_factory=list)
    by_phrase: dict[str, list[bool]] = field(default_factory=dict)

    def add(self, played: Played) -> None:
        """One trial."""
        if not played.said:
            self.spoilt += 1
            return
        self.trials += 1
        first, quiet_at = played.said[0][0], played.quiet_at
        self.quiet += quiet_at is not None and quiet_at <= first + QUIET_WITHIN_S
        stopped_at = played.stopped_at(first)
        stopped = stopped_at is not None and stopped_at <= first + STOPPED_WITHIN_S
        self.later += stopped_at is not None and not stopped
        self.stopped += stopped
        self.by_phrase.setdefault(played.what.split(" (")[0], []).append(stopped)
        self.asked += stopped_at is None and any(first <= at_s and line in ASKED for at_s, line in played.coach.said())
        if quiet_at is not None:
            ends = [end for begin, end in played.said if begin <= quiet_at]
            self.after_s.append(quiet_at - ends[-1])

    def rows(self) -> Iterator[Row]:
        """What came of it."""
        level = "no echo" if self.echo_db is None else f"{self.echo_db:+.0f} dB echo"
        spoilt = f"; {self.spoilt} more were over before" if self.spoilt else ""
        yield share(f"{level}: quiet within {QUIET_WITHIN_S} s of the person's onset", self.quiet, self.trials, spoilt)
        phrases = ", ".join(f"{text} {sum(got)}/{len(got)}" for text, got in sorted(self.by_phrase.items()))
        yield share(
            f"{level}: stopped within {STOPPED_WITHIN_S:.0f} s of the first",
            self.stopped,
            self.trials,
            f" ({phrases}); {self.later} later, {self.asked} more asked what they said",
        )
        if self.after_s:
            late = sorted(self.after_s)
            median, most = statistics.median(late), late[round(0.95 * (len(late) - 1))]
            yield Row(
                f"{level}: end of the phrase to silence at the loudspeaker",
                f"median {median:+.2f} s, 95th percentile {most:+.2f} s  {len(late)} of {self.trials} trials",
                {"median_s": median, "p95_s": most, "trials": len(late)},
            )


@dataclass(slots=True)
class Alone:
    """The coach's own voice, and nobody else's."""

    all_ways: int
    """Lines times rates, voices and levels."""
    spoken_s: Counter[float | None] = field(default_factory=Counter)
    quietings: Counter[float | None] = field(default_factory=Counter)
    stops: int = 0
    actions: Counter[str] = field(default_factory=Counter)

    def add(self, played: Played) -> None:
        """One trial."""
        stopped_at = played.stopped_at()
        echo_db = played.scene.echo_db
        self.spoken_s[echo_db] += played.coach.spoken_s
        self.quietings[echo_db] += len(played.coach.voice.cuts)
        self.stops += stopped_at is not None
        self.actions.update(action for _, action in played.actions)

    def rows(self, said: int) -> Iterator[Row]:
        """What came of it, ``said`` being how many ways of saying a line there were."""
        for echo_db, seconds in self.spoken_s.items():
            level = "no echo" if echo_db is None else f"{echo_db:+.0f} dB echo"
            yield rate(f"{level}: false quietings per minute of coach speech", self.quietings[echo_db], seconds, 60.0)
        run = f"; {100 * min(1.0, said / self.all_ways):.2g} % of {self.all_ways} lines, rates, voices, levels run"
        whole_s = sum(self.spoken_s.values())
        yield rate("own-voice false stops per hour of coach speech", self.stops, whole_s, 3600.0, run)
        kinds = f" ({', '.join(f'{name} {count}' for name, count in self.actions.most_common())})"
        yield rate(
            "own-voice reports and commands per hour of coach speech",
            self.actions.total(),
            whole_s,
            3600.0,
            kinds if self.actions else "",
        )


@dataclass(slots=True)
class Holding:
    """Other sounds while the coach times a hold."""

    name: str
    seconds: float = 0.0
    stops: int = 0
    others: Counter[str] = field(default_factory=Counter)

    def add(self, played: Played) -> None:
        """One trial; it counts until its first false stop."""
        stopped_at = played.stopped_at()
        until_s = played.room.now if stopped_at is None else stopped_at
        self.seconds += until_s
        self.stops += stopped_at is not None
        for at_s, action in played.actions:
            if at_s <= until_s and not Action(action).ends_session:
                self.others[action] += 1
        self.others["false alarm"] += len([at_s for at_s in played.records("false_alarm") if at_s <= until_s])
        self.others["cut short"] += len([at_s for at_s in played.coach.voice.cuts if at_s < until_s - 0.5])

    def rows(self) -> Iterator[Row]:
        """What came of it."""
        yield rate(f"{self.name}: false stops per hour", self.stops, self.seconds, 3600.0)
        found = {name: count for name, count in self.others.items() if count}
        kinds = f" ({', '.join(f'{name} {count}' for name, count in found.items())})" if found else ""
        yield rate(f"{self.name}: other reactions per hour", sum(found.values()), self.seconds, 3600.0, kinds)


@dataclass(slots=True)
class Cost:
    """What listening costs."""

    used_s: float = 0.0
    seconds: float = 0.0

    def add(self, played: Played) -> None:
        """One trial."""
        self.seconds += played.room.now
        self.used_s += played.coach.cpu_share * played.room.now

    def rows(self) -> Iterator[Row]:
        """Of everything so far."""
        if self.seconds:
            cpu = self.used_s / self.seconds
            yield Row(
                "CPU of one core for ears, recogniser, player and callbacks",
                f"{100 * cpu:5.1f} %  of {self.seconds / 60:.0f} minutes",
                {"share": cpu, "seconds": self.seconds},
            )
