"""The simulated room is honest: what it claims of delays, levels, clocks and faults is so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.acoustics import RATE_HZ, AutomaticGain, Shoebox, Sound, db, rt60_s, spoken_rms
from bench.room import main
from bench.room_tallies import rate, share
from bench.simulated_devices import DeviceFacts, Fault
from bench.simulated_room import COACH_RMS, Acoustics, SimulatedRoom
from coach.events import Begin, EarsBack, EarsLost, Hush, SpeechEnded, VoiceBack, VoiceLost
from coach.models import own_model
from coach.plan import Kind, Plan, Step
from tests.room import DeafRecogniser, Room, bare

SIXTEEN = DeviceFacts(RATE_HZ, latency_s=0.06)


class Listener:
    """Streams without a coach: plays clicks, and notes what comes and when it is said to have been."""

    def __init__(self, room: SimulatedRoom) -> None:
        self.room = room
        self.told_at: list[float] = []
        self.click_in = 3
        self.heard: list[tuple[float, Sound]] = []
        sound = room.sound.load()
        self.out = sound.OutputStream(samplerate=RATE_HZ, blocksize=320, channels=1, callback=self.play)
        self.mic = sound.RawInputStream(
            samplerate=RATE_HZ, blocksize=320, channels=1, dtype="int16", callback=self.hear
        )
        self.out.start()
        self.mic.start()

    def play(self, out: Any, frames: int, times: Any, status: Any) -> None:
        """A click in every tenth block, at its tenth sample."""
        out[:] = 0
        self.click_in -= 1
        if self.click_in == 0:
            self.click_in = 10
            out[10] = 0.5
            self.told_at.append(times.outputBufferDacTime + 10 / RATE_HZ)

    def hear(self, block: Any, frames: int, times: Any, status: Any) -> None:
        self.heard.append((times.inputBufferAdcTime, np.frombuffer(block, np.int16).astype(np.float32) / 32768))

    def clicks_at(self) -> list[float]:
        """When clicks were picked up, by the time stamps."""
        found = []
        for at_s, block in self.heard:
            peak = int(np.abs(block).argmax())
            if abs(block[peak]) > 0.05:
                found.append(at_s + peak / RATE_HZ)
        return found

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds * 50)):
            self.room.step()


def listener(*faults: Fault, delay_s: float = 0.05, microphone: DeviceFacts | None = None) -> Listener:
    acoustics = Acoustics(echo_db=20.0, person_dbfs=-30.0, **bare(delay_s=delay_s))
    return Listener(SimulatedRoom(acoustics, loudspeaker=SIXTEEN, microphone=microphone, faults=faults))


# --- time and level -----------------------------------------------------------------------------


def test_an_echo_comes_when_the_time_stamps_and_the_delay_say() -> None:
    both = listener()
    both.run(3.0)
    heard = both.clicks_at()
    assert len(heard) > 10
    for told_at, heard_at in zip(both.told_at, heard, strict=False):
        assert heard_at == pytest.approx(told_at + 0.05, abs=1.5 / RATE_HZ)


def test_a_jump_delays_the_echo_and_the_time_stamps_do_not_tell() -> None:
    both = listener(Fault(1.5, "loudspeaker", "jump", value=0.2))
    both.run(4.0)
    late = {round(h - max(t for t in both.told_at if t <= h), 3) for h in both.clicks_at() if h > 2.2}
    assert late == {0.05}, "the clicks of 0.2 s before: they come every 0.2 s"
    silent = np.diff(both.clicks_at()).max()
    assert silent == pytest.approx(0.4, abs=0.001)


@pytest.mark.parametrize("echo_db", [10.0, -5.0])
def test_levels_at_the_microphone_are_as_asked(echo_db: float) -> None:
    voice = np.random.default_rng(3).standard_normal(RATE_HZ).astype(np.float32)
    with Room(echo_db, seed=2, person_dbfs=-30.0, **bare()) as alone:
        begin, end = alone.person(voice * 0.02, at_s=0.04)
        alone.simulated.loudspeaker.stream = None
        for _ in range(70):
            alone.simulated.step()
        heard = alone.simulated.picked_up[round(begin * RATE_HZ) : round(end * RATE_HZ)]
    assert db(spoken_rms(heard)) == pytest.approx(-30.0, abs=0.3)
    like = np.sign(np.sin(np.arange(RATE_HZ) * 0.157)).astype(np.float32) * np.float32(COACH_RMS)
    with Room(echo_db, seed=2, person_dbfs=-30.0, coach_like=like, cancels=False, **bare()) as room:
        room.run(4.0)
        assert db(spoken_rms(room.simulated.picked_up[RATE_HZ:])) == pytest.approx(-30.0 + echo_db, abs=1.0)


def test_a_clock_that_is_fast_gives_more_samples() -> None:
    counts = []
    for drift_ppm in (0.0, 5000.0):
        both = listener(microphone=DeviceFacts(RATE_HZ, latency_s=0.04, drift_ppm=drift_ppm))
        both.run(10.0)
        counts.append(sum(len(block) for _, block in both.heard))
    assert counts[1] / counts[0] == pytest.approx(1.005, abs=0.002)


def test_the_same_seed_is_the_same_sound_and_another_is_another() -> None:
    sounds, logs = [], []
    for seed in (1, 1, 2):
        with Room(seed=seed) as room:
            room.person(np.sin(np.arange(8000) * 0.2).astype(np.float32), at_s=0.5)
            room.run(2.0)
            sounds.append(room.simulated.picked_up)
            logs.append(room.log)
    assert np.array_equal(sounds[0], sounds[1])
    assert logs[0] == logs[1]
    assert not np.array_equal(sounds[0], sounds[2])


def test_a_made_up_room_rings_as_long_as_asked_and_less_when_near() -> None:
    box = Shoebox(rt60_s=0.3)
    near, far = (box.response((2.6 + away, 1.5, 0.7), (2.6, 1.5, 0.7)) for away in (0.35, 2.0))
    assert rt60_s(far) == pytest.approx(0.3, abs=0.08)

    def direct(response: Sound) -> float:
        return float(np.square(response[:40]).sum() / np.square(response[40:]).sum())

    assert direct(near) > 5 * direct(far)


def test_automatic_gain_turns_down_what_is_loud() -> None:
    gain = AutomaticGain(level_dbfs=-20.0)
    loud = np.full(320, 0.8, np.float32)
    for _ in range(50):
        out = gain.take(loud)
    assert db(float(out.std() + out.mean())) == pytest.approx(-20.0, abs=1.0)


# --- the coach in it ------------------------------------------------------------------------------


def test_a_hush_is_silence_as_soon_as_what_is_on_its_way_is_out() -> None:
    """Twenty milliseconds of the block that is being given, and the delays of the device and the room."""
    with Room(delay_s=0.05, cancels=False) as room:
        room.at(2.0, room.coach.voice.player.hush)
        room.run(2.5)
        assert room.simulated.played[RATE_HZ : 2 * RATE_HZ].any()
        latest_s = 2.0 + 0.04 + room.simulated.loudspeaker.facts.latency_s + 0.05
        assert 2.0 <= room.silent_from(1.7, for_s=0.05) <= latest_s


def test_the_ears_are_given_all_that_the_microphone_takes_in() -> None:
    recogniser = DeafRecogniser()
    with Room(recogniser=recogniser, cancels=False) as room:
        room.run(10.0)
    assert recogniser.fed / 32_000 == pytest.approx(10.0, abs=0.3)


def test_a_hold_lasts_as_long_as_planned() -> None:
    hold = Step(Kind.HOLD, "And hold.", 12.34, exercise=0, set=1, rep=1)
    plan = Plan("room", "Room", ("Hold",), (Step(Kind.READY, "Lie still.", 3.0, 0, set=1, rep=1), hold), ((hold,),))
    with Room(plan=plan, cancels=False) as room:
        assert room.run(60.0) == "done"
        began = [at_s for at_s, what in room.log if isinstance(what, Begin) and what.kind == "hold"]
        ended = [at_s for at_s, what in room.log if getattr(what, "name", "") == "end"]
    assert ended[0] - began[0] == pytest.approx(12.34, abs=1e-6)


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["no frames", "removed", "zeros"])
def test_a_microphone_that_fails_is_noticed_and_so_is_its_return(kind: str) -> None:
    with Room(faults=[Fault(3.0, "microphone", kind, until_s=9.0)], cancels=False) as room:
        room.run(20.0)
        lost, back = room.times(EarsLost), room.times(EarsBack)
    assert 3.0 <= min(lost) < 9.0
    assert min(back) >= 9.0


@pytest.mark.parametrize("kind", ["no frames", "removed"])
def test_a_loudspeaker_that_fails_is_noticed_and_the_words_go_on(kind: str) -> None:
    with Room(faults=[Fault(3.0, "loudspeaker", kind, until_s=10.0)], cancels=False) as room:
        room.run(20.0)
        lost, back, ended = (room.times(kind) for kind in (VoiceLost, VoiceBack, SpeechEnded))
        assert room.silent_from(3.3, for_s=5.0) < 3.4
    assert 3.0 <= min(lost) < 10.0
    assert min(back) >= 10.0
    assert any(lost[0] < at_s < back[0] for at_s in ended)


def test_a_frozen_microphone_gives_the_same_again_and_again() -> None:
    both = listener(Fault(1.0, "microphone", "frozen"))
    both.run(2.0)
    last = [block for _, block in both.heard][-20:]
    assert all(np.array_equal(block, last[0]) for block in last)


def test_a_microphone_at_twice_the_speed_gives_twice_as_much() -> None:
    both = listener(Fault(2.0, "microphone", "speed", value=2.0))
    both.run(4.0)
    before = sum(1 for at_s, _ in both.heard if at_s < 1.5)
    after = sum(1 for at_s, _ in both.heard if 2.2 <= at_s < 3.7)
    assert after == pytest.approx(2 * before, abs=3)


def test_another_sample_rate_ends_the_stream_and_no_other_rate_is_taken() -> None:
    recogniser = DeafRecogniser()
    fault = Fault(3.0, "microphone", "rate", value=44_100)
    with Room(faults=[fault], recogniser=recogniser, cancels=False) as room:
        room.run(12.0)
        assert room.simulated.microphone.opened == 2
        assert room.simulated.microphone.stream is not None
        assert room.simulated.microphone.stream.samplerate == 44_100
    assert recogniser.fed / 32_000 > 7.0


def test_too_much_gain_clips() -> None:
    fault = Fault(2.0, "microphone", "gain", value=40.0)
    with Room(10.0, faults=[fault], cancels=False) as room:
        room.run(4.0)
        heard = np.abs(room.simulated.picked_up)
    assert heard[: 2 * RATE_HZ].max() < 0.95
    assert np.mean(heard[2 * RATE_HZ :] > 0.99) > 0.1


# --- what the bench counts -------------------------------------------------------------------------


def test_a_rate_is_given_with_what_it_may_be_by_chance() -> None:
    """Nothing in an hour may be up to 3.7 an hour; ten in two hours are between 2.4 and 9.2."""
    nothing, some = rate("x", 0, 3600.0, 3600.0).facts, rate("x", 10, 7200.0, 3600.0).facts
    assert (nothing["from"], nothing["to"]) == (0.0, pytest.approx(3.69, abs=0.05))
    assert (some["rate"], some["from"], some["to"]) == pytest.approx((5.0, 2.4, 9.2), abs=0.05)


def test_the_processor_time_of_the_coach_is_counted() -> None:
    with Room() as room:
        room.run(1.0)
        assert room.coach.cpu_share > 0


def test_a_rate_of_no_time_at_all_is_not_run() -> None:
    assert "not run" in rate("x", 0, 0.0, 60.0).as_text()
    assert "not run" in share("x", 0, 0).as_text()


# --- real ears ------------------------------------------------------------------------------------


@pytest.mark.audio
@pytest.mark.parametrize("words", ["severe pain", "stop"])
def test_a_person_is_heard_by_the_real_recogniser_where_there_is_no_echo(words: str) -> None:
    """Headphones: the coach talks, and what it says is nowhere in the room."""
    model = own_model()
    assert model is not None
    with Room(None, seed=1, model=model) as room:
        _, end = room.person(words, at_s=4.0)
        room.run(9.0)
        assert any(words in heard for heard in room.heard), room.heard
        assert room.times(Hush)[0] < end + 0.5
        assert [fact["action"] for fact in room.facts("report")][:1] == ["stop"]


@pytest.mark.audio
def test_the_bench_prints_every_row_that_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The coach's own voice, a person over it, and the same once more: the same figures."""
    printed = []
    for _ in range(2):
        arguments = ["--scene", "over", "--scene", "alone", "--trials", "1", "--echo", "0", "--json"]
        assert main([*arguments, "--cache", str(tmp_path)]) == 0
        printed.append([json.loads(line) for line in capsys.readouterr().out.splitlines()])
    names = [row["what"] for row in printed[0][1:]]
    assert any("quiet within 0.5 s" in name for name in names)
    assert any("stopped within 3 s" in name for name in names)
    assert any("false stops per hour of coach speech" in name for name in names)
    assert any("CPU" in name for name in names)
    assert printed[0][1:-1] == printed[1][1:-1]
