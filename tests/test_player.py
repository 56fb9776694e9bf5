"""The player, in virtual time: the sound card's callback, the clock and the player's thread are worked by hand."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from coach import portaudio
from coach.errors import CoachError
from coach.player import FIRST_FRAMES_S, NO_FRAMES_S, RETRY_S, Player
from tests.fake_sound import FakeSound, tone


class Notes:
    """A listener that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def ended(self, token: object) -> None:
        self.told.append(("ended", token))

    def lost(self, why: str, tokens: list[object]) -> None:
        self.told.append(("lost", tokens))

    def back(self) -> None:
        self.told.append(("back",))


class Desk:
    """A player, its fake device and a clock."""

    def __init__(self, sound: FakeSound | None = None) -> None:
        self.now = 100.0
        self.notes = Notes()
        self.sound = sound or FakeSound()
        self.player = Player(self.notes, load=self.sound.load, clock=lambda: self.now)
        self.player.open(thread=False)

    def run(self, seconds: float, frames: int = 320) -> np.ndarray:
        """Let the device play for a time; returns what came out."""
        heard = []
        for _ in range(round(seconds * 16_000 / frames)):
            heard.append(self.sound.stream.pump(frames))
            self.now += frames / 16_000
            self.player.tend()
        return np.concatenate(heard)

    def idle(self, seconds: float) -> None:
        """Let time pass without a frame."""
        for _ in range(round(seconds / 0.25)):
            self.now += 0.25
            self.player.tend()


@pytest.fixture(autouse=True)
def no_portaudio(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here touches the real one, or sees the streams of other tests."""
    monkeypatch.setattr(portaudio, "load", FakeSound)
    monkeypatch.setattr(portaudio, "_owners", [])


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_silence_comes_out_when_there_is_nothing_to_play(desk: Desk) -> None:
    assert not desk.run(0.1).any()


def test_sounds_follow_each_other_without_overlap_or_loss(desk: Desk) -> None:
    first, second = tone(0.1, 0.5), tone(0.15, 0.25)
    desk.player.play("a", first)
    desk.player.play("b", second)
    heard = desk.run(0.5)
    assert np.array_equal(heard[:4000], np.concatenate([first.samples, second.samples]))
    assert not heard[4000:].any()
    assert desk.notes.told == [("ended", "a"), ("ended", "b")]


def test_an_end_is_told_when_the_sound_has_left_the_device_and_not_before(desk: Desk) -> None:
    desk.player.play("a", tone(0.1))
    desk.run(0.1)
    assert desk.notes.told == []
    desk.run(0.1)
    assert desk.notes.told == [("ended", "a")]


def test_the_gain_is_applied(desk: Desk) -> None:
    desk.player.play("a", tone(0.1, 0.8), gain=0.25)
    assert np.abs(desk.run(0.1)).max() == pytest.approx(0.2)


def test_a_hush_silences_from_the_next_block(desk: Desk) -> None:
    desk.player.play("a", tone(2))
    desk.player.play("b", tone(2))
    assert desk.run(0.1).all()
    desk.player.hush()
    assert not desk.sound.stream.pump().any()
    assert not desk.run(0.5).any()
    assert desk.notes.told == []


def test_what_follows_a_hush_is_played_whole_and_the_stream_goes_on(desk: Desk) -> None:
    """A stream that was begun anew would put the echo at another place than the ears know."""
    desk.player.play("a", tone(2))
    desk.run(0.1)
    desk.player.hush()
    advice = tone(0.1, 0.3)
    desk.player.play("advice", advice)
    assert np.array_equal(desk.run(0.1), advice.samples)
    desk.run(0.1)
    assert desk.notes.told == [("ended", "advice")]
    assert desk.sound.stream.aborts == 0


def test_a_hush_forgets_the_end_that_was_on_its_way(desk: Desk) -> None:
    desk.player.play("a", tone(0.1))
    desk.run(0.1)
    desk.player.hush()
    desk.run(0.5)
    assert desk.notes.told == []


def test_a_hush_is_not_held_up_by_someone_who_is_opening_a_device(desk: Desk) -> None:
    desk.player.play("a", tone(2))
    desk.run(0.1)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with portaudio.lock:
            held.set()
            done.wait(5)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(5)
    desk.player.hush()
    desk.player.play("advice", tone(0.1))
    desk.player.tend()
    assert desk.run(0.1).any()
    done.set()
    thread.join()


def test_clips_are_brought_to_the_rate_of_the_device() -> None:
    desk = Desk(FakeSound(rate_hz=48_000))
    desk.player.play("a", tone(0.5, rate_hz=22_050))
    heard = desk.sound.stream.pump(30_000)
    assert np.flatnonzero(heard)[-1] == pytest.approx(24_000, abs=50)


def test_a_device_without_mono_gets_both_channels() -> None:
    desk = Desk(FakeSound(refuses_mono=True))
    desk.player.play("a", tone(0.1))
    block = np.full((320, 2), np.nan, np.float32)
    desk.sound.stream.callback(block, 320, None, None)
    assert np.array_equal(block[:, 0], block[:, 1])
    assert block.all()


def test_the_stream_is_asked_for_in_fixed_blocks(desk: Desk) -> None:
    assert desk.sound.asked[0]["blocksize"] == 320
    assert desk.sound.asked[0]["latency"] == 0.05


def test_no_loudspeaker_is_said_in_one_sentence() -> None:
    sound = FakeSound()
    sound.broken = True
    with pytest.raises(CoachError, match="There is no sound: no loudspeaker was found; plug one in"):
        Player(Notes(), load=sound.load).open(thread=False)


def test_a_device_that_gives_no_more_frames_is_lost_and_what_was_playing_is_handed_back(desk: Desk) -> None:
    desk.player.play("a", tone(1))
    desk.player.play("b", tone(1))
    desk.run(0.2)
    desk.idle(NO_FRAMES_S)
    assert desk.notes.told == []
    desk.idle(0.5)
    assert desk.notes.told == [("lost", ["a", "b"])]
    assert not desk.player.play("c", tone(1))


def test_a_hush_does_not_put_off_that_a_dead_device_is_noticed(desk: Desk) -> None:
    desk.player.play("a", tone(9))
    desk.run(0.2)
    for _ in range(3):
        desk.idle(0.75)
        desk.player.hush()
        desk.player.play("b", tone(9))
    assert desk.notes.told == [("lost", ["b"])]


def test_a_stream_that_stopped_by_itself_and_can_not_be_opened_again_is_lost_in_two_seconds(desk: Desk) -> None:
    desk.player.play("a", tone(1))
    desk.run(0.1)
    desk.sound.stream.active, desk.sound.broken = False, True
    desk.idle(NO_FRAMES_S)
    assert desk.notes.told == []
    desk.idle(0.25)
    assert desk.notes.told == [("lost", ["a"])]


def test_a_stream_that_stopped_by_itself_goes_on_in_another_one_at_the_rate_of_that(desk: Desk) -> None:
    sound = tone(0.4)
    desk.player.play("a", sound)
    desk.player.play("b", tone(0.1))
    desk.run(0.2)
    desk.sound.stream.active, desk.sound.rate_hz = False, 48_000
    desk.player.tend()
    rest = np.concatenate([desk.sound.stream.pump(960) for _ in range(30)])
    assert len(desk.sound.streams) == 2
    assert np.flatnonzero(np.abs(rest) > 0.1)[-1] == pytest.approx(0.3 * 48_000, abs=100)
    desk.player.tend()
    desk.now += 0.1
    desk.player.tend()
    assert desk.notes.told == [("ended", "a"), ("ended", "b")]


def test_the_other_one_must_give_frames_within_two_seconds_of_the_last(desk: Desk) -> None:
    desk.player.play("a", tone(1))
    desk.run(0.1)
    desk.sound.stream.active = False
    desk.idle(NO_FRAMES_S)
    assert desk.notes.told == []
    desk.idle(0.25)
    assert desk.notes.told == [("lost", ["a"])]


def test_a_stream_that_was_let_go_takes_no_sound_and_counts_no_frames(desk: Desk) -> None:
    desk.run(0.1)
    old = desk.sound.stream
    desk.idle(NO_FRAMES_S + RETRY_S + 0.5)
    assert desk.sound.stream is not old
    assert not old.pump().any()
    desk.idle(0.25)
    assert desk.notes.told == [("lost", [])], "the old one is no sign of life"
    desk.run(0.1)
    desk.player.play("a", tone(0.1))
    assert not old.pump().any()
    assert desk.run(0.1).all()


@pytest.mark.parametrize("speed", [2.0, 0.5])
def test_a_loudspeaker_at_a_wrong_speed_is_lost_within_three_seconds_and_back_when_it_is_right(
    desk: Desk, speed: float
) -> None:
    def run(seconds: float, speed: float) -> None:
        for _ in range(round(seconds / 0.1)):
            desk.sound.stream.pump(round(1600 * speed))
            desk.now += 0.1
            desk.player.tend()
            if desk.player._stream is None:
                desk.idle(RETRY_S)

    run(5.0, 1.0)
    desk.player.play("a", tone(9))
    run(2.8, speed)
    assert desk.notes.told == [("lost", ["a"])]
    run(20.0, speed)
    assert desk.notes.told == [("lost", ["a"])]
    run(4.0, 1.0)
    assert desk.notes.told == [("lost", ["a"]), ("back",)]


def test_a_loudspeaker_that_wakes_up_slowly_is_waited_for(desk: Desk) -> None:
    desk.player.play("a", tone(0.1))
    desk.idle(FIRST_FRAMES_S)
    assert desk.notes.told == []
    desk.run(0.3)
    assert desk.notes.told == [("ended", "a")]


def test_a_lost_loudspeaker_comes_back_once_frames_flow(desk: Desk) -> None:
    desk.run(0.1)
    desk.sound.broken = True
    desk.idle(NO_FRAMES_S + 3 * RETRY_S)
    assert desk.notes.told == [("lost", [])]
    desk.sound.broken = False
    desk.idle(RETRY_S)
    assert desk.notes.told == [("lost", [])]
    assert len(desk.sound.streams) == 2
    desk.run(0.1)
    assert desk.notes.told == [("lost", []), ("back",)]
    assert desk.player.play("a", tone(0.1))
    assert desk.run(0.1).all()


def test_a_stream_that_opens_but_gives_no_frames_is_no_return(desk: Desk) -> None:
    desk.run(0.1)
    desk.idle(60)
    assert desk.notes.told == [("lost", [])]
    assert len(desk.sound.streams) > 3


def test_when_portaudio_starts_again_for_the_microphone_the_sound_goes_on_where_it_was(desk: Desk) -> None:
    sound = tone(0.2)
    desk.player.play("a", sound)
    first = desk.run(0.1)
    with portaudio.lock:
        desk.player.release()
    desk.player.tend()
    rest = desk.run(0.1)
    assert np.array_equal(np.concatenate([first, rest]), sound.samples)
    desk.run(0.1)
    assert desk.notes.told == [("ended", "a")]


def test_closing_lets_go_of_the_device(desk: Desk) -> None:
    desk.player.close()
    assert desk.sound.stream.closed
    assert not desk.player.play("a", tone(1))


@pytest.mark.parametrize(
    ("gain", "level"), [(float("nan"), 0.0), (float("inf"), 0.5), (-3.0, 0.0), (9.0, 0.5), (0.5, 0.25)]
)
def test_no_gain_is_louder_than_the_clip(desk: Desk, gain: float, level: float) -> None:
    """Not a number times a sound is noise at full strength."""
    desk.player.play("a", tone(0.1, 0.5), gain)
    heard = desk.run(0.2)
    assert np.isfinite(heard).all()
    assert float(np.abs(heard).max()) == pytest.approx(level, abs=0.01)


def test_a_loudspeaker_that_is_named_and_not_there_is_named_again() -> None:
    error = ValueError("No output device matching 'zzz'")
    assert portaudio.plain(error) == 'no loudspeaker is called "zzz"'
    assert portaudio.plain(ValueError("Error querying device -1 [PaErrorCode -9996]")) == "no loudspeaker was found"
    assert portaudio.plain(ValueError("Invalid sample rate [PaErrorCode -9997]")) == "Invalid sample rate"
