"""Clocks that differ: the drift is found, and what was played is read between samples."""

from __future__ import annotations

import numpy as np
import pytest

from coach.adaptive import HOP
from coach.alignment import EARLIEST, History
from coach.canceller import Canceller
from tests.test_canceller import RATE_HZ, Sound, hiss, joined, loss_db, room, run, voice


def drifting(sound: Sound, ppm: float) -> Sound:
    """Later and later, by so many millionths."""
    finer = 8
    spectrum = np.concatenate((finer * np.fft.rfft(sound), np.zeros((finer - 1) * len(sound) // 2)))
    fine = np.fft.irfft(spectrum, finer * len(sound))
    times = np.arange(len(sound)) * (1 - ppm * 1e-6) * finer
    return np.interp(times, np.arange(len(fine)), fine).astype(np.float32)


def test_whole_samples_are_read_as_they_were() -> None:
    played = voice(1, seed=1)
    history = History()
    for start in range(0, len(played), HOP):
        history.add(played[start : start + HOP])
        if start >= 3200:
            assert np.array_equal(history.hop(1234.0, 1234.0), played[start - 1234 : start - 1234 + HOP])


def test_between_samples_a_tone_is_read_later_by_just_so_much() -> None:
    """The place wanders through the hop."""
    times = np.arange(RATE_HZ)
    history = History()
    lag = EARLIEST + 0.4
    for start in range(0, RATE_HZ, HOP):
        history.add(np.sin(0.9 * times[start : start + HOP]).astype(np.float32))
        lag += 0.03
    wandering = lag + 0.03 * np.arange(HOP) / HOP
    expected = np.sin(0.9 * (times[-HOP:] - wandering))
    assert np.abs(history.hop(lag, lag + 0.03) - expected).max() < 0.003


@pytest.mark.parametrize("ppm", [100, -160])
def test_clocks_that_differ_are_followed(ppm: int) -> None:
    """A filter that follows by itself takes out 5 dB of this."""
    played = voice(10, seed=1)
    echo = drifting(room(played, seed=2, delay_s=0.09), ppm)
    canceller = Canceller()
    left = joined(run(canceller, echo + hiss(10), played))
    assert canceller.drift_ppm == pytest.approx(ppm, abs=8)
    assert loss_db(echo[6 * RATE_HZ :], left[6 * RATE_HZ :]) > 10


def test_clocks_go_on_differing_while_the_coach_is_silent() -> None:
    """After half a minute without a word the echo is looked for where it is by then."""
    played = np.concatenate((voice(8, seed=1), np.zeros(30 * RATE_HZ, np.float32), voice(2, seed=2)))
    echo = drifting(room(played, seed=2, delay_s=0.12), 150)
    left = joined(run(Canceller(), echo + hiss(40), played))
    assert loss_db(echo[-2 * RATE_HZ :], left[-2 * RATE_HZ :]) > 6


def test_where_clocks_agree_or_nothing_comes_back_no_drift_is_seen() -> None:
    played = voice(6, seed=1)
    for heard in (room(played, seed=2, delay_s=0.09), voice(6, seed=9, pitch_hz=180)):
        canceller = Canceller()
        run(canceller, heard + hiss(6), played)
        assert canceller.drift_ppm == 0


def test_a_drift_that_was_found_is_kept_until_the_devices_change() -> None:
    played = voice(5, seed=1)
    canceller = Canceller()
    run(canceller, drifting(room(played, seed=2, delay_s=0.09), 200) + hiss(5), played)
    assert canceller.drift_ppm == pytest.approx(200, abs=15)
    canceller.reset()
    assert canceller.drift_ppm == 0


def test_however_long_the_clocks_drift_apart_nothing_breaks() -> None:
    """The place that is read comes to either end of what is kept."""
    played = voice(5, seed=1)
    for ppm, delay_s in ((-400, 0.03), (400, 0.59)):
        echo = drifting(room(played, seed=2, delay_s=delay_s), ppm)
        left = joined(run(Canceller(), echo + hiss(5), played))
        assert np.isfinite(left).all()
        assert np.sum(left**2) < 1.3 * np.sum(echo**2)
