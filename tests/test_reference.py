"""What was played, laid beside what was heard."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from coach.recogniser import RATE_HZ
from coach.reference import FAR_S, KEPT_S, SETTLED_S, Reference, Track, block_time_s

BLOCK = 320


def ramp(start: int, count: int = BLOCK) -> np.ndarray:
    return (np.arange(start, start + count, dtype=np.float32) % 1000) / 1000


def test_what_was_played_is_found_where_it_was_heard() -> None:
    reference = Reference()
    for number in range(50):
        reference.played(ramp(number * BLOCK), RATE_HZ, 7.0 + number * BLOCK / RATE_HZ)
    start = 7 * RATE_HZ
    assert reference.beside(start + 1000, 500) == pytest.approx(ramp(1000, 500))


def test_before_and_after_it_nothing_was_played() -> None:
    reference = Reference()
    assert not reference.beside(0, 100).any()
    reference.played(ramp(1), RATE_HZ, 7.0)
    around = reference.beside(7 * RATE_HZ - 10, BLOCK + 20)
    assert not around[:10].any()
    assert not around[-10:].any()
    assert around[10:-10] == pytest.approx(ramp(1))


def test_blocks_that_are_reported_unevenly_stand_in_an_unbroken_row() -> None:
    chance = np.random.default_rng(1)
    reference = Reference()
    for number in range(50):
        jitter_s = chance.uniform(0, 0.04)
        reference.played(ramp(number * BLOCK), RATE_HZ, 7.0 + number * BLOCK / RATE_HZ + jitter_s)
    row = reference.beside(7 * RATE_HZ, 50 * BLOCK)
    first = int(np.flatnonzero(row)[0]) - 1
    assert 0 <= first <= 0.04 * RATE_HZ
    assert row[first : first + 40 * BLOCK] == pytest.approx(ramp(0, 40 * BLOCK))


def test_a_gap_in_playing_is_a_gap_in_the_reference() -> None:
    reference = Reference()
    reference.played(ramp(1), RATE_HZ, 7.0)
    reference.played(ramp(1), RATE_HZ, 7.0 + 2 * FAR_S)
    start = 7 * RATE_HZ
    assert not reference.beside(start + BLOCK, 1000).any()
    assert reference.beside(start + round(2 * FAR_S * RATE_HZ), BLOCK) == pytest.approx(ramp(1))


def test_a_small_but_lasting_shift_is_followed_after_some_blocks() -> None:
    track = Track()
    places = [track.place(1.0 + n * 0.02 + (0.1 if n >= 10 else 0), BLOCK) for n in range(30)]
    steps = np.diff(places)
    assert sorted(set(steps)) == [BLOCK, BLOCK + round(0.1 * RATE_HZ)]
    assert places[-1] == round((1.0 + 29 * 0.02 + 0.1) * RATE_HZ)


def test_a_stream_that_came_in_bursts_at_first_is_put_right_once_and_stays() -> None:
    """Its first blocks were late by 50 ms, less than is followed later."""
    track = Track()
    late = [0.05 if n < 20 else 0.0 for n in range(200)]
    uneven = [0.004 * (-1) ** n for n in range(200)]
    places = [track.place(1.0 + n * 0.02 + late[n] + uneven[n], BLOCK) for n in range(200)]
    true = [round((1.0 + n * 0.02) * RATE_HZ) for n in range(200)]
    assert places[0] - true[0] > 0.04 * RATE_HZ
    assert abs(places[-1] - true[-1]) < 0.008 * RATE_HZ
    assert sum(step != BLOCK for step in np.diff(places)) == 1


def test_after_a_gap_that_the_system_tells_of_the_next_block_is_where_it_says() -> None:
    track = Track()
    for n in range(100):
        track.place(1.0 + n * 0.02, BLOCK)
    assert track.place(3.04, BLOCK) == 3 * RATE_HZ, "a block that is only reported late stays where it was"
    assert track.place(3.06, BLOCK, after_gap=True) == round(3.06 * RATE_HZ)


def test_only_the_last_seconds_are_kept_and_memory_stands_still() -> None:
    reference = Reference()
    for number in range(1000):
        reference.played(ramp(1), RATE_HZ, number * 0.02)
        reference.beside(0, 1)
    assert not reference.beside(0, 5 * RATE_HZ)[: round((20 - KEPT_S) * RATE_HZ)].any()
    assert reference.beside(round(19.9 * RATE_HZ), 100).any()


def test_a_faster_stream_is_brought_to_the_same_rate() -> None:
    reference = Reference()
    at_s = np.arange(48_000) / 48_000
    tone = np.sin(2 * np.pi * 440 * at_s).astype(np.float32)
    for start in range(0, 48_000, 960):
        reference.played(tone[start : start + 960], 48_000, 3.0 + start / 48_000)
    heard = reference.beside(3 * RATE_HZ, RATE_HZ)
    expected = np.sin(2 * np.pi * 440 * np.arange(RATE_HZ) / RATE_HZ)
    best = max(np.corrcoef(heard[4000 + lag : 12_000 + lag], expected[4000:12_000])[0, 1] for lag in range(-700, 700))
    assert best > 0.99


def test_times_come_from_the_stream_or_else_from_its_latency() -> None:
    times = SimpleNamespace(currentTime=100.0, outputBufferDacTime=100.04, inputBufferAdcTime=99.97)
    clock = lambda: 5.0  # noqa: E731
    assert block_time_s(times, "outputBufferDacTime", 0.5, clock) == pytest.approx(5.04)
    assert block_time_s(times, "inputBufferAdcTime", -0.5, clock) == pytest.approx(4.97)
    nothing = SimpleNamespace(currentTime=0.0, outputBufferDacTime=0.0)
    assert block_time_s(nothing, "outputBufferDacTime", 0.05, clock) == pytest.approx(5.05)
    assert block_time_s(None, "outputBufferDacTime", 0.05, clock) == pytest.approx(5.05)


def test_it_is_known_until_the_end_of_what_the_loudspeaker_was_given() -> None:
    """Silence that was given is known as well; time that goes by without a stream is not."""
    reference = Reference()
    assert reference.known_until == 0
    reference.played(ramp(1), RATE_HZ, 7.0)
    assert reference.known_until == 7 * RATE_HZ + BLOCK
    reference.played(np.zeros(BLOCK, np.float32), RATE_HZ, 7.0 + BLOCK / RATE_HZ)
    assert reference.known_until == 7 * RATE_HZ + 2 * BLOCK
    reference.beside(9 * RATE_HZ, BLOCK)
    assert reference.known_until == 7 * RATE_HZ + 2 * BLOCK
    reference.played(ramp(1), RATE_HZ, 9.0)
    assert reference.known_until == 9 * RATE_HZ + BLOCK


def test_of_a_faster_stream_no_more_is_known_than_was_given() -> None:
    """The resampler keeps the last of it back."""
    reference = Reference()
    for number in range(50):
        reference.played(np.ones(960, np.float32), 48_000, 3.0 + number * 0.02)
        assert reference.known_until <= (3.0 + (number + 1) * 0.02) * RATE_HZ
    assert reference.known_until > (4.0 - 0.05) * RATE_HZ


def test_less_than_a_hop_or_so_is_left_as_it_is() -> None:
    track = Track()
    places = [track.place(1.0 + n * 0.02 + (SETTLED_S - 0.001 if n else 0), BLOCK) for n in range(300)]
    assert set(np.diff(places)) == {BLOCK}


def test_the_reference_heeds_a_gap_that_the_system_tells_of() -> None:
    reference = Reference()
    reference.played(ramp(1), RATE_HZ, 7.0)
    reference.played(ramp(1), RATE_HZ, 7.05, after_gap=True)
    assert reference.known_until == round(7.05 * RATE_HZ) + BLOCK
    reference.played(ramp(1), RATE_HZ, 7.1)
    assert reference.known_until == round(7.05 * RATE_HZ) + 2 * BLOCK, "without one it stands in its row"
