"""The coach's own voice, taken out between the microphone and the recogniser."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from coach.canceller import Cancelled, Canceller
from coach.own_voice import EARLY, HOP, QUIET_AGAIN_S, OwnVoice
from coach.reference import Reference

RATE_HZ = 16_000


class Script(Canceller):
    """Passes sound through, keeps what it was given, and says what it is told to."""

    def __init__(self, *near: bool) -> None:
        self.near = list(near)
        self.heard: list[Any] = []
        self.played: list[Any] = []
        self.resets = 0

    def process(self, heard: Any, played: Any) -> Cancelled:
        self.heard.append(heard)
        self.played.append(played)
        return Cancelled(heard, self.near.pop(0) if self.near else False, None, -40.0)

    def reset(self) -> None:
        self.resets += 1


def pcm(count: int, value: int = 1000) -> bytes:
    return np.full(count, value, "<i2").tobytes()


def test_pieces_of_any_length_come_out_whole_and_in_order() -> None:
    own = OwnVoice(Reference(), Script())
    sound = np.arange(2000, dtype="<i2")
    out = b"".join(own.without(sound[at : at + 333].tobytes(), at).pcm16 for at in range(0, 2000, 333))
    assert np.frombuffer(out, "<i2").tolist() == sound[: 2000 // HOP * HOP].tolist()


def test_each_piece_is_laid_beside_what_was_played_then() -> None:
    reference, script = Reference(), Script()
    played = np.linspace(0, 1, RATE_HZ, dtype=np.float32)
    reference.played(played, RATE_HZ, 5.0)
    own = OwnVoice(reference, script)
    own.without(pcm(100), 5 * RATE_HZ + 3000)
    own.without(pcm(320), 5 * RATE_HZ + 3100)
    assert np.concatenate(script.played) == pytest.approx(played[3000 + EARLY : 3320 + EARLY])


def test_a_sound_over_the_coach_is_told_once_until_it_has_been_quiet() -> None:
    quiet = round(QUIET_AGAIN_S * RATE_HZ / 320)
    near = [False, True, True, False, True, *[False] * quiet, True]
    own = OwnVoice(Reference(), Script(*near))
    told = [own.without(pcm(320), at * 320).sounded for at in range(len(near))]
    assert [number for number, sounded in enumerate(told) if sounded] == [1, len(near) - 1]


def test_a_microphone_opened_anew_is_learnt_anew() -> None:
    script = Script()
    own = OwnVoice(Reference(), script)
    own.without(pcm(100), 0)
    own.reset()
    assert script.resets == 1
    own.without(pcm(160, 7), 0)
    assert (script.heard[-1] * 32768).tolist() == [7] * 160


def test_over_its_own_voice_a_person_is_left_and_noticed() -> None:
    """The real canceller: a coach of coloured noise through a short room, and somebody over it."""
    chance = np.random.default_rng(3)
    reference = Reference()
    seconds = 8
    coach = np.convolve(chance.normal(0, 0.1, seconds * RATE_HZ), [1, 0.9, 0.5]).astype(np.float32)[: seconds * RATE_HZ]
    coach *= (np.sin(2 * np.pi * 3 * np.arange(len(coach)) / RATE_HZ) > -0.3).astype(np.float32)
    room = np.zeros(2400)
    room[[1700, 1790, 2100]] = [0.5, -0.2, 0.1]
    echo = np.convolve(coach, room)[: len(coach)]
    person = np.zeros(len(coach))
    person[6 * RATE_HZ : 7 * RATE_HZ] = 0.1 * np.sign(np.sin(2 * np.pi * 150 * np.arange(RATE_HZ) / RATE_HZ))
    heard = np.clip((echo + person + chance.normal(0, 0.001, len(coach))) * 32768, -32768, 32767).astype("<i2")
    own = OwnVoice(reference)
    told_at, left = [], []
    for at in range(0, len(heard) - 320, 320):
        reference.played(coach[at : at + 320], RATE_HZ, at / RATE_HZ)
        cleaned = own.without(heard[at : at + 320].tobytes(), at - EARLY)
        left.append(np.frombuffer(cleaned.pcm16, "<i2").astype(float))
        if cleaned.sounded:
            told_at.append(at / RATE_HZ)
    assert [at_s for at_s in told_at if at_s > 2.0] == pytest.approx([6.2], abs=0.3)
    power = [float(np.mean(block**2)) for block in left]
    before, during = np.mean(power[200:295]), np.mean(power[305:345])
    assert during > 10 * before
