"""Sound that can be no voice: stuck, or overloaded."""

from __future__ import annotations

import numpy as np

from coach.recogniser import BYTES_PER_S
from coach.soundness import OVERLOADED, OVERLOADED_S, STUCK, STUCK_S, Soundness

BLOCK_S = 0.02
CHANCE = np.random.default_rng(5)


def room(level: float = 0.01) -> bytes:
    samples = CHANCE.normal(0, level * 32768, round(BLOCK_S * BYTES_PER_S / 2))
    return bytes(np.clip(samples, -32768, 32767).astype("<i2").tobytes())


def last(soundness: Soundness, blocks: list[bytes]) -> str | None:
    return [soundness.trouble(block) for block in blocks][-1]


def count(seconds: float) -> int:
    return round(seconds / BLOCK_S)


def test_a_room_and_a_voice_are_no_trouble() -> None:
    soundness = Soundness()
    assert not any(soundness.trouble(room(level)) for level in (0.0001, 0.01, 0.3) for _ in range(count(5)))


def test_the_same_piece_over_and_over_is_stuck_until_another_comes() -> None:
    soundness, piece = Soundness(), room()
    assert last(soundness, [piece] * count(STUCK_S)) is None
    assert soundness.trouble(piece) == STUCK
    assert soundness.trouble(room()) is None


def test_zeros_are_not_called_stuck() -> None:
    assert last(Soundness(), [bytes(640)] * count(4 * STUCK_S)) is None


def test_a_shout_is_no_overload_but_a_microphone_turned_up_too_far_is() -> None:
    soundness = Soundness()
    assert last(soundness, [room(3.0) for _ in range(count(OVERLOADED_S / 2))]) is None
    assert last(soundness, [room() for _ in range(count(OVERLOADED_S))]) is None
    assert last(soundness, [room(3.0) for _ in range(count(OVERLOADED_S) + 1)]) == OVERLOADED
    assert soundness.trouble(room()) is None
