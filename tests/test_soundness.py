"""Sound that can be no voice: stuck, at a wrong speed, or overloaded."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
import pytest

from coach.recogniser import BYTES_PER_S
from coach.soundness import (
    OVERLOADED,
    OVERLOADED_S,
    STANDS_S,
    STUCK,
    STUCK_S,
    TOO_FAST,
    TOO_SLOW,
    UNANSWERED_S,
    Flow,
    Loudness,
    Unanswered,
)

BLOCK_S = 0.02
CHANCE = np.random.default_rng(5)
Arrivals = list[tuple[float, float]]
"""When pieces come, and how long each says that it is."""


def room(level: float = 0.01) -> bytes:
    samples = CHANCE.normal(0, level * 32768, round(BLOCK_S * BYTES_PER_S / 2))
    return bytes(np.clip(samples, -32768, 32767).astype("<i2").tobytes())


def last(loudness: Loudness, blocks: list[bytes]) -> str | None:
    return [loudness.trouble(block) for block in blocks][-1]


def count(seconds: float) -> int:
    return round(seconds / BLOCK_S)


def stuck(flow: Flow, blocks: Iterable[bytes], from_s: float = 0.0) -> list[str | None]:
    return [flow.trouble(block, BLOCK_S, from_s + n * BLOCK_S) for n, block in enumerate(blocks)]


def troubles(arrivals: Arrivals, flow: Flow | None = None) -> list[tuple[float, str | None]]:
    flow = flow or Flow()
    return [(at_s, flow.trouble(room(), length_s, at_s)) for at_s, length_s in arrivals]


def first(arrivals: Arrivals, why: str) -> float:
    return next((at_s for at_s, trouble in troubles(arrivals) if trouble == why), float("inf"))


def coming(seconds: float, speed: float = 1.0, from_s: float = 0.0) -> Arrivals:
    return [(from_s + n * BLOCK_S / speed, BLOCK_S) for n in range(round(seconds * speed / BLOCK_S))]


def bunched(arrivals: Arrivals, every_s: float) -> Arrivals:
    """They are told of only now and then, all at once."""
    return [(math.ceil(at_s / every_s) * every_s, length_s) for at_s, length_s in arrivals]


def test_a_room_and_a_voice_are_no_trouble() -> None:
    loudness, flow = Loudness(), Flow()
    blocks = [room(level) for level in (0.0001, 0.01, 0.3) for _ in range(count(5))]
    assert not any(loudness.trouble(block) for block in blocks)
    assert not any(stuck(flow, blocks))


@pytest.mark.parametrize("different", [1, 7, 50])
def test_pieces_that_go_round_are_stuck_until_others_have_come_for_a_while(different: int) -> None:
    flow, pieces = Flow(), [room() for _ in range(different)]
    going_round = [pieces[n % different] for n in range(different + count(STUCK_S))]
    assert stuck(flow, going_round)[-2:] == [None, STUCK]
    others = stuck(flow, [room() for _ in range(count(STANDS_S) + 2)], from_s=len(going_round) * BLOCK_S)
    assert others[count(STANDS_S) - 2] == STUCK
    assert others[-1] is None


def test_zeros_are_not_called_stuck() -> None:
    assert not any(stuck(Flow(), [bytes(640)] * count(4 * STUCK_S)))


@pytest.mark.parametrize("every_s", [BLOCK_S, 0.1, 0.4])
@pytest.mark.parametrize(("speed", "why"), [(2.0, TOO_FAST), (1.5, TOO_FAST), (0.5, TOO_SLOW), (3.0, TOO_FAST)])
def test_a_wrong_speed_is_noticed_in_time(speed: float, why: str, every_s: float) -> None:
    arrivals = bunched(coming(10.0) + coming(5.0, speed, from_s=10.0), every_s)
    assert 10.0 < first(arrivals, why) <= 12.8


@pytest.mark.parametrize(("rates", "why"), [(48_000 / 44_100, TOO_FAST), (44_100 / 48_000, TOO_SLOW)])
def test_one_rate_for_the_other_is_noticed_too_but_not_as_soon(rates: float, why: str) -> None:
    arrivals = coming(10.0) + coming(30.0, rates, from_s=10.0)
    assert 10.0 < first(arrivals, why) < 26.0


@pytest.mark.parametrize("ppm", [-300, -40, 40, 300, 10_000])
@pytest.mark.parametrize("every_s", [BLOCK_S, 0.1, 0.5])
def test_clocks_that_differ_and_pieces_that_come_in_bunches_are_no_trouble(ppm: float, every_s: float) -> None:
    assert not any(why for _, why in troubles(bunched(coming(120.0, 1 + ppm * 1e-6), every_s)))


@pytest.mark.parametrize("gap_s", [0.5, 1.9, 6.0])
def test_what_has_waited_for_a_busy_computer_may_come_at_once(gap_s: float) -> None:
    late = [(max(at_s, 5.0 + gap_s) if at_s > 5.0 else at_s, length_s) for at_s, length_s in coming(30.0)]
    assert not any(why for _, why in troubles(late))


@pytest.mark.parametrize(("gap_s", "every_s"), [(0.3, 6.0), (0.25, 1.0), (0.05, 0.25)])
def test_a_busy_computer_that_leaves_out_up_to_a_quarter_is_borne(gap_s: float, every_s: float) -> None:
    assert not any(why for _, why in troubles([each for each in coming(120.0) if each[0] % every_s > gap_s]))


def test_what_the_system_says_it_has_lost_is_no_wrong_speed() -> None:
    flow = Flow()
    for at_s, length_s in coming(60.0, 0.4):
        flow.pause()
        assert flow.trouble(room(), length_s, at_s) is None


def test_one_gap_without_what_was_in_it_is_no_wrong_speed() -> None:
    assert not any(why for _, why in troubles(coming(5.0) + coming(20.0, from_s=6.9)))


def test_a_wrong_speed_stands_until_it_has_been_right_for_a_while_also_in_a_new_stream() -> None:
    def why(flow: Flow, arrivals: Arrivals) -> Iterator[str | None]:
        flow.restart()
        return (each for _, each in troubles(arrivals, flow))

    flow = Flow()
    assert list(why(flow, coming(5.0, 0.5)))[-1] == TOO_SLOW
    assert set(why(flow, coming(30.0, 0.5, from_s=50.0))) == {TOO_SLOW}
    right = list(why(flow, coming(STANDS_S + 0.1, from_s=100.0)))
    assert right[count(STANDS_S) - 2] == TOO_SLOW
    assert right[-1] is None


def test_a_shout_is_no_overload_but_a_microphone_turned_up_too_far_is() -> None:
    loudness = Loudness()
    assert last(loudness, [room(3.0) for _ in range(count(OVERLOADED_S / 2))]) is None
    assert last(loudness, [room() for _ in range(count(OVERLOADED_S))]) is None
    assert last(loudness, [room(3.0) for _ in range(count(OVERLOADED_S) + 1)]) == OVERLOADED
    assert loudness.trouble(room()) is None


def unanswered(voice_s: float, seconds: float, level: float = 0.1, answered_every_s: float = 1e9) -> bool:
    """Voices of so long, with pauses of two seconds, for so long."""
    counted = Unanswered()
    since_s, found = 0.0, False
    for n in range(count(seconds)):
        speaks = n * BLOCK_S % (voice_s + 2.0) >= 2.0
        since_s += BLOCK_S
        answered = since_s >= answered_every_s
        since_s = 0.0 if answered else since_s
        found |= counted.passed(room(level if speaks else 0.001), answered)
    return found


def test_voices_without_an_answer_are_too_much_after_some_seconds_of_them() -> None:
    assert UNANSWERED_S < 3.0
    assert not unanswered(1.0, seconds=2 * 3.0 + 2.0)
    assert unanswered(1.0, seconds=3 * 3.0 + 2.0)


def test_what_is_answered_or_soft_or_as_short_as_a_knock_or_goes_on_like_a_machine_is_not() -> None:
    assert not unanswered(0.5, 60.0, answered_every_s=4.0)
    assert not unanswered(0.5, 60.0, level=0.005)
    assert not unanswered(0.1, 60.0)
    assert not unanswered(20.0, 60.0)
