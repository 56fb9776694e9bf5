"""Cries and thuds among the sounds of a home."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from coach.outcries import Outcries
from tests.shared import SHARED

RATE_HZ = 16_000
CHANCE = np.random.default_rng(4)


def seconds(length_s: float) -> np.ndarray:
    return np.arange(round(length_s * RATE_HZ)) / RATE_HZ


def voice(pitch_hz: float, length_s: float, level: float) -> np.ndarray:
    """Many harmonics, as of an open mouth, that glide down a little."""
    at_s = seconds(length_s)
    phase = 2 * np.pi * np.cumsum(pitch_hz * (1 - 0.1 * at_s)) / RATE_HZ
    return level * sum(np.sin(number * phase) / number for number in range(1, 12)) / 1.5


def thud(level: float = 0.6) -> np.ndarray:
    at_s = seconds(0.4)
    return level * np.sin(2 * np.pi * 60 * at_s) * np.exp(-at_s / 0.06)


def noticed(sound: np.ndarray, words: Sequence[tuple[float, str]] = (), noise: float = 0.001) -> int:
    """How many outcries are noticed where the sound comes after three seconds of a quiet room."""
    row = np.concatenate([np.zeros(3 * RATE_HZ), sound, np.zeros(2 * RATE_HZ)])
    row = np.clip((row + CHANCE.normal(0, noise, len(row))) * 32768, -32768, 32767).astype("<i2")
    outcries, count = Outcries(), 0
    for at in range(0, len(row), 333):
        finals = [said for at_s, said in words if at <= (3 + at_s) * RATE_HZ < at + 333]
        count += outcries.passed(row[at : at + 333].tobytes(), finals)
    return count


def test_a_loud_high_voice_without_words_is_a_cry() -> None:
    assert noticed(voice(400, 0.8, 0.4)) == 1


def test_with_words_it_is_left_to_the_words() -> None:
    assert noticed(voice(400, 0.8, 0.4), [(1.2, "come here now")]) == 0
    assert noticed(voice(400, 0.8, 0.4), [(1.2, "oh")]) == 1


def test_a_heavy_fall_is_noticed() -> None:
    assert noticed(thud()) == 1


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(voice(400, 0.8, 0.008), id="soft"),
        pytest.param(voice(400, 0.15, 0.4), id="short"),
        pytest.param(voice(400, 6.0, 0.4), id="a long note"),
        pytest.param(voice(110, 0.8, 0.4), id="a low voice"),
        pytest.param(CHANCE.normal(0, 0.3, RATE_HZ), id="a rush"),
        pytest.param(np.repeat([0.5, 0.0], [40, 8000]), id="a click"),
    ],
)
def test_other_loud_sounds_are_no_cries(sound: np.ndarray) -> None:
    assert noticed(sound) == 0


def test_in_a_noisy_room_a_cry_must_be_louder() -> None:
    assert noticed(voice(400, 0.8, 0.05), noise=0.02) == 0


def test_silence_and_full_scale_are_survived() -> None:
    outcries = Outcries()
    assert not outcries.passed(bytes(64_000))
    assert not outcries.passed(b"\x00\x80" * 32_000)
    assert not outcries.passed(b"")


@pytest.mark.skipif(SHARED is None, reason="the recordings of households are not here")
def test_of_recorded_households_few_sounds_are_cries_but_babies() -> None:
    import csv

    import soundfile

    assert SHARED is not None
    with (SHARED / "corpus" / "manifest.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"].startswith("noise")]
    found: dict[str, list[int]] = {}
    for row in rows:
        samples, rate_hz = soundfile.read(SHARED / "corpus" / row["path"], dtype="float32")
        if rate_hz == RATE_HZ:
            found.setdefault(row["text"] or "noise", []).append(noticed(samples[: 30 * RATE_HZ]))
    print(found)
    others = sum(sum(counts) for name, counts in found.items() if name != "baby_cry")
    assert others <= 4
