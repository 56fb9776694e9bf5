"""A few minutes of the long session: what it counts is so, and nothing grows. The two hours are ``bench.endurance``."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from bench.endurance import Endurance, faults, main
from bench.endurance_times import HOLD_S, Times, first_and_last
from coach.events import Begin, Hush, Record, Say, SpeechEnded
from tests.speech import need_model


def test_the_times_of_a_log_are_those_between_its_events() -> None:
    times = Times()
    begin, done = Begin("hold", HOLD_S), Record("hold_done", {})
    log: list[tuple[float, object]] = [(1.0, Say(1, "hold")), (2.5, SpeechEnded(1)), (3.0, begin), (28.01, done)]
    log += [(40.0, begin), (50.0, Hush()), (70.0, done), (80.0, begin), (105.0, done)]
    times.take(log, {"hold": 1.0})
    assert not log, "the bench itself keeps nothing"
    assert times.hold_errors_s == pytest.approx([0.01, 0.0])
    assert times.cycles_s == [(40.0, 37.0)]
    assert times.late_s == [(2.5, 0.5)]
    assert times.counts["Begin"] == 3


def test_faults_come_one_at_a_time_and_leave_the_end_alone() -> None:
    found = faults(3600.0)
    assert len({fault.kind for fault in found}) >= 4
    assert all(before.until_s < after.at_s for before, after in pairwise(found))
    assert found[-1].until_s < 3550.0
    assert first_and_last([(0.0, 1.0), (1.0, 5.0), (2.0, 6.0), (3.0, 2.0)]) == (1.0, 2.0)


@pytest.mark.audio
def test_some_minutes_of_a_session_leak_neither_memory_nor_time(tmp_path: Path) -> None:
    run = Endurance(420.0, need_model(), seed=2, folder=tmp_path)
    try:
        run.run()
        assert run.outcomes == ["done"]
        assert run.times.counts["EarsLost"] == run.times.counts["EarsBack"] == 1
        assert max(map(abs, run.times.hold_errors_s)) < 0.02
        first, last = first_and_last(run.times.cycles_s)
        assert abs(last - first) < 0.1
        half = run.steady[len(run.steady) // 2 :]
        assert half[-1].traced_mb < half[0].traced_mb + 1.5
        assert half[-1].resident_mb < half[0].resident_mb + 15.0
        assert max(sample.threads for sample in run.steady) <= 4
        assert run.journal_is_sound()
        assert abs(run.room.now - run.planned_s - run.away_s) < 60.0
    finally:
        run.close()


@pytest.mark.audio
def test_the_bench_prints_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    need_model()
    assert main(["--hours", "0.04", "--untraced"]) == 0
    printed = capsys.readouterr().out
    for what in ("resident", "holds:", "from hold to hold", "processor", "streams opened", "journal"):
        assert what in printed
