"""A television, and steady noise: whoever speaks over the coach must be louder than what is around anyway."""

from __future__ import annotations

import numpy as np
import pytest

from coach.canceller import Canceller
from coach.surroundings import Usual
from tests.test_canceller import RATE_HZ, Sound, hiss, room, run, voice

SILENT_S = 12


def begins(person: Sound | None, around: Sound) -> list[float]:
    """When somebody is noticed in eight seconds of the coach after some silence; the first three are left to settle."""
    played = np.concatenate((np.zeros(SILENT_S * RATE_HZ, np.float32), voice(8, seed=1)))
    heard = room(played, seed=2, delay_s=0.03) + hiss(SILENT_S + 8) + around
    if person is not None:
        at = (SILENT_S + 5) * RATE_HZ
        heard[at : at + len(person)] += person
    near = [number * 0.02 - SILENT_S for number, piece in enumerate(run(Canceller(), heard, played)) if piece.near]
    return [at_s for at_s, before in zip(near, [-1.0, *near], strict=False) if at_s - before > 0.1 and at_s > 3]


def television() -> Sound:
    """Somebody who talks all the time."""
    return room(voice(SILENT_S + 8, seed=4, pitch_hz=150), seed=8, loudness=0.12)


@pytest.mark.parametrize("around", [television(), hiss(SILENT_S + 8, level=0.01)], ids=["television", "steady"])
def test_what_was_there_before_the_coach_spoke_does_not_interrupt_it(around: Sound) -> None:
    assert begins(None, around) == []


def test_a_person_is_noticed_over_a_television_that_is_softer() -> None:
    person = room(voice(1, seed=5, pitch_hz=190), seed=6, loudness=0.5)
    assert begins(person, television())[:1] == pytest.approx([5.25], abs=0.25)


def test_usual_is_what_most_is_below_and_it_fades() -> None:
    usual = Usual(2, 0.0, 1.0, 0.9)
    usual.hear(np.array([30.0, 30.0]))
    assert usual.most.tolist() == [0, 0]
    chance = np.random.default_rng(1)
    for _ in range(1000):
        usual.hear(np.array([chance.uniform(0, 20), 0.0]))
    assert usual.most == pytest.approx([18, 0], abs=1)
    for _ in range(6000):
        usual.hear(np.array([5.5, 40.5]))
    assert usual.most == pytest.approx([6, 41])


def test_who_says_a_word_now_and_then_in_the_silence_is_noticed_over_the_coach() -> None:
    """Only what goes on all the time raises the bar."""
    person = room(voice(1, seed=5, pitch_hz=190), seed=6, loudness=0.5)
    around = np.zeros((SILENT_S + 8) * RATE_HZ, np.float32)
    for at in (4 * RATE_HZ, 10 * RATE_HZ):
        around[at : at + RATE_HZ] = person
    assert begins(person, around)[:1] == pytest.approx([5.25], abs=0.25)
