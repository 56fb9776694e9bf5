"""The judge of who sounds over the coach, on made powers: what is left, and of which echo."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from coach import near_end
from coach.near_end import (
    _EARLY_DB,
    _EARLY_HOPS,
    _NOTHING_DB,
    _SETTLING_HOPS,
    BAND_EDGES,
    SPEAKING_HOPS,
    NearEnd,
    Powers,
    decibels,
)

BANDS = len(BAND_EDGES) - 1
ECHO_DB, NOISE_DB = 10.0, -40.0


def powers(level_db: float) -> Powers:
    return np.full(BANDS, 10 ** (level_db / 10), np.float32)


def hops(judge: NearEnd, count: int, left_db: float, echo_db: float = ECHO_DB, fits: bool = True) -> list[float]:
    """So many hops of the same; how much was unexplained at the end of each. No echo below -100 dB: silence."""
    found = []
    for _ in range(count):
        sounding = echo_db > -100
        judge.judge(powers(left_db), powers(echo_db), np.zeros(BANDS, np.float32), sounding, fits)
        found.append(judge.unexplained_db)
    return found


def tells(judge: NearEnd) -> bool:
    """Would somebody be noticed now?"""
    return judge.can_tell


def near(judge: NearEnd) -> bool:
    """Is somebody reported?"""
    return judge.is_near


@pytest.fixture
def judge() -> NearEnd:
    """It knows a quiet room."""
    made = NearEnd()
    hops(made, 1000, NOISE_DB, echo_db=-200)
    return made


def test_more_is_asked_for_just_after_a_beginning_and_less_and_less_until_nothing_is(
    judge: NearEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the same voice; and again after the next beginning."""
    asks, does_not = copy.deepcopy(judge), copy.deepcopy(judge)
    for _ in range(2):
        asks.unsettle()
        does_not.unsettle()
        found = np.array(hops(asks, _SETTLING_HOPS + 2 * _EARLY_HOPS, ECHO_DB + 3))
        with monkeypatch.context() as patch:
            patch.setattr(near_end, "_EARLY_DB", 0.0)
            more = np.array(hops(does_not, len(found), ECHO_DB + 3)) - found
        settled = _SETTLING_HOPS - 1
        assert more[settled] == pytest.approx(_EARLY_DB, abs=0.01)
        assert more[settled + _EARLY_HOPS // 2] == pytest.approx(_EARLY_DB / 2, abs=0.01)
        assert not more[settled + _EARLY_HOPS :].any()


def test_nothing_more_is_asked_for_while_the_coach_is_silent(judge: NearEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    judge.unsettle()
    other = copy.deepcopy(judge)
    found = hops(judge, 20, NOISE_DB + 15, echo_db=-200)
    monkeypatch.setattr(near_end, "_EARLY_DB", 0.0)
    assert hops(other, 20, NOISE_DB + 15, echo_db=-200) == found
    assert found[-1] > 3
    assert not near(judge), "nobody speaks over the coach"


def test_just_after_a_beginning_nobody_can_tell(judge: NearEnd) -> None:
    assert tells(judge), "in silence"
    hops(judge, _SETTLING_HOPS, ECHO_DB)
    assert not tells(judge)
    assert not near(judge), "though all of the echo is left"
    hops(judge, 1, ECHO_DB)
    assert tells(judge)
    judge.unsettle()
    hops(judge, 1, ECHO_DB)
    assert not tells(judge)
    hops(judge, SPEAKING_HOPS, NOISE_DB, echo_db=-200)
    assert tells(judge), "in silence again"


def test_nobody_can_tell_while_the_echo_is_not_where_it_is_taken_out(judge: NearEnd) -> None:
    hops(judge, _SETTLING_HOPS + _EARLY_HOPS, ECHO_DB - 20)
    hops(judge, 20, ECHO_DB)
    assert near(judge)
    hops(judge, 1, ECHO_DB, fits=False)
    assert not tells(judge)
    assert not near(judge)
    hops(judge, 20, ECHO_DB)
    assert tells(judge)


def test_somebody_is_near_from_when_they_clearly_sound_until_they_have_not_for_a_while(judge: NearEnd) -> None:
    hops(judge, _SETTLING_HOPS + _EARLY_HOPS, ECHO_DB - 20)
    assert not near(judge)
    assert hops(judge, 20, ECHO_DB)[-1] > 3
    assert near(judge)
    hops(judge, 10, ECHO_DB - 20)
    assert near(judge)
    hops(judge, 60, ECHO_DB - 20)
    assert not near(judge)


def test_a_microphone_that_brings_nothing_says_nothing_of_the_room() -> None:
    judge = NearEnd()
    hops(judge, 1000, NOISE_DB, echo_db=-200)
    known = judge._noise_db.copy()
    judge.judge(np.zeros(BANDS, np.float32), powers(-200), np.zeros(BANDS, np.float32), False, True)
    assert np.array_equal(judge._noise_db, known)
    assert decibels(np.zeros(BANDS, np.float32)).max() <= _NOTHING_DB
