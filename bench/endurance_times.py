"""What the log of a long session tells of its times, taken out of it as it comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from coach.events import Begin, EarsBack, EarsLost, Heard, Hush, Record, Say, SpeechEnded, VoiceBack, VoiceLost

HOLD_S = 25.0
"""How long each hold is planned to last."""


@dataclass(slots=True)
class Times:
    """Keeps some numbers for each utterance and each hold, and nothing else."""

    hold_errors_s: list[float] = field(default_factory=list)
    cycles_s: list[tuple[float, float]] = field(default_factory=list)
    """When a cycle without disturbance ended, and how long it took."""
    late_s: list[tuple[float, float]] = field(default_factory=list)
    """When an utterance ended, and how much later than its clip would by itself."""
    counts: dict[str, int] = field(default_factory=dict)
    reports: list[str] = field(default_factory=list)
    """What was taken for one, all of it wrongly: nobody here says any."""
    _hold_at: float | None = None
    _cycle_at: float | None = None
    _saying: dict[int, tuple[float, float]] = field(default_factory=dict)

    def take(self, log: list[tuple[float, object]], voice_length_s: dict[str, float]) -> None:
        """All that is in the log; it is empty afterwards."""
        for at_s, what in log:
            name = what.kind if isinstance(what, Record) else type(what).__name__
            self.counts[name] = self.counts.get(name, 0) + 1
            if isinstance(what, Record) and what.kind == "report":
                self.reports.append(f"{what.facts['action']} at {at_s:.0f} s ({what.facts['words']})")
            if isinstance(what, Hush | EarsLost | EarsBack | VoiceLost | VoiceBack):
                self._hold_at = self._cycle_at = None
                self._saying.clear()
            elif isinstance(what, Heard):
                self._cycle_at = None
            elif isinstance(what, Begin) and what.kind == "hold":
                if self._cycle_at is not None:
                    self.cycles_s.append((at_s, at_s - self._cycle_at))
                self._cycle_at = at_s
                self._hold_at = at_s if what.seconds == HOLD_S else None
            elif isinstance(what, Record) and what.kind == "hold_done" and self._hold_at is not None:
                self.hold_errors_s.append(at_s - self._hold_at - HOLD_S)
            elif isinstance(what, Say):
                self._saying = (
                    {what.utterance: (at_s, voice_length_s[what.text])} if what.text in voice_length_s else {}
                )
            elif isinstance(what, SpeechEnded) and what.utterance in self._saying:
                began_s, length_s = self._saying.pop(what.utterance)
                self.late_s.append((at_s, at_s - began_s - length_s))
        log.clear()


def first_and_last(rows: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The medians of the first and of the last quarter."""
    values = [value for _, value in rows]
    quarter = max(1, len(values) // 4)
    return float(np.median(values[:quarter])), float(np.median(values[-quarter:]))
