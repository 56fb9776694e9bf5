"""The coach's own voice, taken out between the microphone and the recogniser."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from coach import own_voice
from coach.canceller import Cancelled, Canceller
from coach.own_voice import EARLY, HOP, LONGEST_WAIT, QUIET_AGAIN_S, SILENT, OwnVoice
from coach.reference import Reference
from tests.test_canceller import hiss, loss_db, room, voice

RATE_HZ = 16_000
START = 10 * RATE_HZ
"""Where the sound begins on the line of time."""
BLOCK = 320


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
        return Cancelled(heard, self.near.pop(0) if self.near else False, 0.0, True, None, -40.0)

    def reset(self) -> None:
        self.resets += 1


def pcm(count: int, value: int = 1000) -> bytes:
    return np.full(count, value, "<i2").tobytes()


def test_pieces_of_any_length_come_out_whole_and_in_order() -> None:
    own = OwnVoice(Reference(), Script())
    sound = np.arange(2000, dtype="<i2")
    out = b"".join(own.without(sound[at : at + 333].tobytes(), START + at).pcm16 for at in range(0, 2000, 333))
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
    quiet = round(QUIET_AGAIN_S * RATE_HZ / BLOCK)
    near = [False, True, True, False, True, *[False] * quiet, True]
    own = OwnVoice(Reference(), Script(*near))
    told = [own.without(pcm(BLOCK), START + at * BLOCK).sounded for at in range(len(near))]
    assert [number for number, sounded in enumerate(told) if sounded] == [1, len(near) - 1]


def test_a_microphone_opened_anew_is_learnt_anew() -> None:
    script = Script()
    own = OwnVoice(Reference(), script)
    own.without(pcm(100), START)
    own.reset()
    assert script.resets == 1
    own.without(pcm(160, 7), START)
    assert (script.heard[-1] * 32768).tolist() == [7] * 160


# --- waiting until it is known what was played ------------------------------------------------------


def told(reference: Reference, sound: Any, first: int, end: int) -> None:
    """The loudspeaker has been given the samples of ``sound`` from ``first`` to ``end``."""
    reference.played(sound[first:end], RATE_HZ, (START + first) / RATE_HZ)


def test_a_piece_waits_until_it_is_known_what_was_played_beside_it() -> None:
    """A loudspeaker with little delay is given its sound after the microphone has brought what it is to lie beside."""
    reference, script = Reference(), Script()
    own = OwnVoice(reference, script)
    played = np.linspace(0.1, 1, RATE_HZ, dtype=np.float32)
    told(reference, played, 0, BLOCK)
    out = [own.without(pcm(BLOCK), START)]
    for at in range(BLOCK, RATE_HZ - BLOCK, BLOCK):
        told(reference, played, at, at + BLOCK)
        out.append(own.without(pcm(BLOCK), START + at))
    came = sum(len(cleaned.pcm16) // 2 for cleaned in out)
    assert not out[0].pcm16
    assert np.concatenate(script.played) == pytest.approx(played[EARLY : EARLY + came])
    assert len(out) * BLOCK - came == EARLY, "and no longer than it has to"


def test_it_never_waits_for_more_than_a_tenth_of_a_second_and_not_for_a_loudspeaker_that_is_closed() -> None:
    reference = Reference()
    own = OwnVoice(reference, Script())
    told(reference, np.ones(BLOCK, np.float32), 0, BLOCK)
    fed = came = 0
    waiting = []
    for at in range(0, 2 * SILENT, BLOCK):
        came += len(own.without(pcm(BLOCK), START + at).pcm16) // 2
        fed += BLOCK
        waiting.append(fed - came)
    assert max(waiting) == LONGEST_WAIT == 0.1 * RATE_HZ
    assert waiting[-1] == 0
    assert np.flatnonzero(waiting)[-1] * BLOCK <= SILENT + LONGEST_WAIT + BLOCK


def test_it_waits_for_no_loudspeaker_that_never_played() -> None:
    own = OwnVoice(Reference(), Script())
    assert len(own.without(pcm(BLOCK), START).pcm16) == 2 * BLOCK


def test_a_loudspeaker_whose_stream_gives_zeros_is_not_waited_for_longer_than_any() -> None:
    """Silence that was given is known, too."""
    reference, script = Reference(), Script()
    own = OwnVoice(reference, script)
    told(reference, np.zeros(RATE_HZ, np.float32), 0, RATE_HZ)
    assert len(own.without(pcm(BLOCK), START).pcm16) == 2 * BLOCK


def echo_loss_db(longest_wait: int, monkeypatch: pytest.MonkeyPatch) -> float:
    """Of a coach whose loudspeaker is given its sound as it leaves, and a microphone that brings its own 40 ms late."""
    monkeypatch.setattr(own_voice, "LONGEST_WAIT", longest_wait)
    played = voice(5, seed=1)
    echo = room(played, seed=2, delay_s=0.005)
    heard = np.rint((echo + hiss(5)) * 32768).astype("<i2")
    reference, left, known = Reference(), b"", 0
    own = OwnVoice(reference)
    for at in range(0, len(played) - BLOCK, BLOCK):
        now = min(len(played), at + BLOCK + 640)
        told(reference, played, known, now)
        known = now
        left += own.without(heard[at : at + BLOCK].tobytes(), START + at).pcm16
    samples = np.frombuffer(left, "<i2").astype(np.float32) / np.float32(32768)
    late = slice(3 * RATE_HZ, len(samples))
    return loss_db(echo[late], samples[late])


def test_a_loudspeaker_with_little_delay_is_cancelled_only_because_it_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert echo_loss_db(LONGEST_WAIT, monkeypatch) > 12
    assert echo_loss_db(0, monkeypatch) < 3


# --- the real canceller -------------------------------------------------------------------------------


def test_over_its_own_voice_a_person_is_left_and_noticed() -> None:
    """A coach of coloured noise through a short room, and somebody over it."""
    chance = np.random.default_rng(3)
    reference = Reference()
    seconds = 8
    coach = np.convolve(chance.normal(0, 0.1, seconds * RATE_HZ), [1, 0.9, 0.5]).astype(np.float32)[: seconds * RATE_HZ]
    coach *= (np.sin(2 * np.pi * 3 * np.arange(len(coach)) / RATE_HZ) > -0.3).astype(np.float32)
    echo_of = np.zeros(2400)
    echo_of[[1700, 1790, 2100]] = [0.5, -0.2, 0.1]
    echo = np.convolve(coach, echo_of)[: len(coach)]
    person = np.zeros(len(coach))
    person[6 * RATE_HZ : 7 * RATE_HZ] = 0.1 * np.sign(np.sin(2 * np.pi * 150 * np.arange(RATE_HZ) / RATE_HZ))
    heard = np.clip((echo + person + chance.normal(0, 0.001, len(coach))) * 32768, -32768, 32767).astype("<i2")
    own = OwnVoice(reference)
    told_at, left = [], []
    for at in range(0, len(heard) - BLOCK, BLOCK):
        reference.played(coach[at : at + BLOCK], RATE_HZ, at / RATE_HZ)
        cleaned = own.without(heard[at : at + BLOCK].tobytes(), at - EARLY)
        left.append(np.frombuffer(cleaned.pcm16, "<i2").astype(float))
        if cleaned.sounded:
            told_at.append(at / RATE_HZ)
    assert [at_s for at_s in told_at if at_s > 2.0] == pytest.approx([6.2], abs=0.3)
    power = [float(np.mean(block**2)) for block in left]
    before, during = np.mean(power[200:295]), np.mean(power[305:345])
    assert during > 10 * before
