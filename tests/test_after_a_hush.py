"""In a simulated room, with real ears: what the coach's own voice does to it after a hush."""

from __future__ import annotations

import numpy as np
import pytest

from bench.acoustics import RATE_HZ, db, spoken_rms
from coach.events import Heard, Sounded
from tests.room import DeafRecogniser, Room

HUSHES_S = (7.0, 12.0)


class Keeps(DeafRecogniser):
    """Keeps what it is fed."""

    def __init__(self) -> None:
        super().__init__()
        self.sound = b""

    def feed(self, pcm16: bytes) -> list[Heard]:
        self.sound += pcm16
        return []


def test_after_a_hush_the_next_prompt_is_taken_for_nobody_and_is_still_taken_out() -> None:
    """Its stream goes on: begun anew, it would put the echo where the canceller does not look for it."""
    ear = Keeps()
    with Room(10.0, seed=1, opens=True, recogniser=ear) as room:
        for at_s in HUSHES_S:
            room.at(at_s, room.coach.voice.hush)
        room.run(HUSHES_S[-1] + 2.5)
        assert room.simulated.loudspeaker.opened == 1
        for hushed_s in HUSHES_S:
            assert any(at_s == pytest.approx(hushed_s, abs=0.03) for at_s in room.coach.voice.cuts)
            assert not any(hushed_s < at_s < hushed_s + 2 for at_s in room.times(Sounded))
        heard = room.simulated.picked_up
    left = np.frombuffer(ear.sound, "<i2").astype(np.float32) / np.float32(32768)
    for at_s in HUSHES_S:
        prompt = slice(round((at_s + 0.3) * RATE_HZ), round((at_s + 1.3) * RATE_HZ))
        assert db(spoken_rms(heard[prompt])) - db(spoken_rms(left[prompt])) > 12
