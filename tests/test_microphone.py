"""The microphone with a stand-in for sounddevice: what it opens, what it makes of the sound, and when it is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from coach import portaudio
from coach.errors import CoachError
from coach.microphone import (
    BACKLOG_LIMIT_S,
    BLOCK_S,
    FIRST_FRAMES_S,
    NO_FRAMES_S,
    Converter,
    Microphone,
    MicrophoneLostError,
)


class Clock:
    """A clock that stands until it is put forward."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class FakeStream:
    def __init__(self, sound: FakeSound, **wanted: Any) -> None:
        self.sound, self.wanted, self.open = sound, wanted, True
        self.finish: Callable[[], None] = wanted["finished_callback"]
        if (wanted["samplerate"], wanted["channels"]) not in sound.allowed:
            raise sound.PortAudioError("Invalid sample rate")
        sound.streams.append(self)

    def start(self) -> None:
        if self.sound.broken:
            raise self.sound.PortAudioError("unanticipated host error")

    def close(self, ignore_errors: bool = True) -> None:
        self.open = False
        self.finish()

    def bring(self, samples: np.ndarray, status: str = "") -> None:
        """As PortAudio does: a buffer that is only good until the callback returns."""
        buffer = bytearray(samples.astype("<i2").tobytes())
        self.wanted["callback"](memoryview(buffer), len(samples), None, status)
        buffer[:] = bytes(len(buffer))


class FakeSound:
    """What of the sounddevice module a microphone needs."""

    class PortAudioError(Exception):
        pass

    def __init__(self, rate_hz: float = 16000, channels: int = 1, allowed: set[tuple[int, int]] | None = None) -> None:
        self.device = {"default_samplerate": float(rate_hz), "max_input_channels": channels}
        self.allowed = allowed if allowed is not None else {(16000, 1)}
        self.streams: list[FakeStream] = []
        self.asked: list[Any] = []
        self.broken = False
        self.restarts = 0

    def query_devices(self, device: Any, kind: str) -> dict[str, Any]:
        self.asked.append((device, kind))
        if not self.allowed:
            raise ValueError("No input device matching")
        return self.device

    def RawInputStream(self, **wanted: Any) -> FakeStream:
        return FakeStream(self, **wanted)

    def _terminate(self) -> None:
        self.restarts += 1

    def _initialize(self) -> None:
        pass


@pytest.fixture(autouse=True)
def _nobody_else_has_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portaudio, "_owners", [])


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(sound: FakeSound, clock: Clock, device: str | None = None) -> Microphone:
    microphone = Microphone(device, load=lambda: sound, clock=clock)
    microphone.open()
    return microphone


def test_a_device_that_does_16_khz_is_taken_as_it_is_sample_by_sample(clock: Clock) -> None:
    sound = FakeSound(48000, 2, {(16000, 1), (48000, 2)})
    microphone = opened(sound, clock, "USB")
    assert sound.asked == [("USB", "input")]
    assert sound.streams[0].wanted["samplerate"] == 16000
    assert sound.streams[0].wanted["blocksize"] == 320
    samples = np.arange(-32768, 32768, 205)[:320]
    sound.streams[0].bring(samples)
    assert microphone.read(0) == samples.astype("<i2").tobytes()
    microphone.close()


@pytest.mark.parametrize(
    ("rate_hz", "allowed"), [(44100, {(44100, 1)}), (48000, {(48000, 2)}), (8000, {(8000, 1)}), (96000, {(96000, 2)})]
)
def test_another_device_is_opened_at_its_own_rate_and_resampled(
    clock: Clock, rate_hz: int, allowed: set[tuple[int, int]]
) -> None:
    sound = FakeSound(rate_hz, 2, allowed)
    microphone = opened(sound, clock)
    (stream,) = sound.streams
    channels, step = stream.wanted["channels"], stream.wanted["blocksize"]
    assert step == round(rate_hz * BLOCK_S)
    tone = (10000 * np.sin(2 * np.pi * 440 * np.arange(rate_hz) / rate_hz)).astype("<i2")
    got = b""
    for at in range(0, rate_hz, step):
        stream.bring(np.repeat(tone[at : at + step], channels))
        got += microphone.read(0)
    heard = np.frombuffer(got, "<i2").astype(float)[1000:-1000]
    assert 14500 < len(got) // 2 <= 16000
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert abs(np.argmax(spectrum) * 16000 / len(heard) - 440) < 2
    assert abs(np.max(np.abs(heard)) - 10000) < 200


def test_stereo_becomes_the_mean_of_its_channels(clock: Clock) -> None:
    frames = np.array([[0.5, 0.0], [1.0, -0.5]], dtype=np.float32)
    assert np.frombuffer(Converter(16000, 2).convert(frames), "<i2").tolist() == [8192, 8192]


def test_too_loud_sound_is_clipped_and_does_not_wrap_round() -> None:
    frames = np.array([[1.0], [3.0], [-3.0]], dtype=np.float32)
    assert np.frombuffer(Converter(16000, 1).convert(frames), "<i2").tolist() == [32767, 32767, -32768]


def test_pieces_of_any_size_give_the_same_sound() -> None:
    rng = np.random.default_rng(1)
    frames = rng.uniform(-0.9, 0.9, (44100, 1)).astype(np.float32)
    whole = Converter(44100, 1).convert(frames, last=True)
    converter, pieces, at = Converter(44100, 1), b"", 0
    while at < len(frames):
        step = int(rng.integers(1, 3000))
        pieces += converter.convert(frames[at : at + step], last=at + step >= len(frames))
        at += step
    assert pieces == whole


def test_a_reader_that_is_late_loses_the_oldest_sound_and_it_is_counted(clock: Clock) -> None:
    sound = FakeSound()
    microphone = opened(sound, clock)
    limit = int(BACKLOG_LIMIT_S / BLOCK_S)
    for number in range(limit + 3):
        sound.streams[0].bring(np.full(320, number + 1), "input overflow" if number == 0 else "")
    assert microphone.dropped == 3
    assert microphone.overflows == 1
    assert microphone.backlog_s() == pytest.approx(BACKLOG_LIMIT_S)
    assert microphone.read(0)[:2] == (4).to_bytes(2, "little")


def test_no_frames_for_two_seconds_is_a_loss_though_no_error_comes(clock: Clock) -> None:
    sound = FakeSound()
    microphone = opened(sound, clock)
    clock.now += FIRST_FRAMES_S - 0.1
    assert microphone.read(0) == b""
    sound.streams[0].bring(np.ones(320))
    assert microphone.read(0)
    clock.now += NO_FRAMES_S - 0.1
    assert microphone.read(0) == b""
    clock.now += 0.1
    with pytest.raises(MicrophoneLostError, match="no more sound"):
        microphone.read(0)


def test_a_stream_that_ends_itself_is_a_loss_at_once(clock: Clock) -> None:
    sound = FakeSound()
    microphone = opened(sound, clock)
    sound.streams[0].finish()
    with pytest.raises(MicrophoneLostError):
        microphone.read(0)
    microphone.open()
    sound.streams[1].bring(np.ones(320))
    assert microphone.read(0)


def test_what_keeps_it_from_opening_is_a_sentence_part(clock: Clock) -> None:
    with pytest.raises(MicrophoneLostError, match=r"^no microphone was found$"):
        opened(FakeSound(allowed=set()), clock)
    with pytest.raises(MicrophoneLostError, match=r"^the microphone 'USB' was not found$"):
        opened(FakeSound(allowed=set()), clock, "USB")

    def missing() -> Any:
        raise CoachError("PortAudio is missing.")

    with pytest.raises(MicrophoneLostError, match=r"^the sound library PortAudio is missing$"):
        Microphone(load=missing).open()


def test_a_stream_that_will_not_start_is_closed_again(clock: Clock) -> None:
    sound = FakeSound()
    sound.broken = True
    with pytest.raises(MicrophoneLostError):
        opened(sound, clock)
    assert [stream.open for stream in sound.streams] == [False]
    assert not portaudio.in_use()


def test_portaudio_starts_again_only_after_a_plain_reopening_has_failed(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = FakeSound()
    monkeypatch.setattr(portaudio, "load", lambda: sound)
    microphone = opened(sound, clock)
    sound.streams[0].finish()
    with pytest.raises(MicrophoneLostError):
        microphone.read(0)
    sound.broken = True
    for restarts in (0, 1, 2):
        with pytest.raises(MicrophoneLostError):
            microphone.open()
        assert sound.restarts == restarts
    sound.broken = False
    microphone.open()
    sound.streams[-1].bring(np.ones(320))
    assert microphone.read(0)
    microphone.close()


def test_another_owners_stream_is_ended_only_where_a_fresh_start_would_find_a_microphone(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = FakeSound(allowed=set())
    released: list[str] = []

    class Loudspeaker:
        def release(self) -> None:
            released.append("loudspeaker")

    loudspeaker = Loudspeaker()
    monkeypatch.setattr(portaudio, "load", lambda: sound)
    portaudio.opened(loudspeaker)
    microphone = Microphone(load=lambda: sound, clock=clock)
    would = False
    monkeypatch.setattr(microphone, "_another_process_could", lambda: would)
    for _ in range(4):
        with pytest.raises(MicrophoneLostError):
            microphone.open()
    assert (sound.restarts, released) == (0, [])
    would = True
    sound.allowed = {(16000, 1)}
    microphone.open()
    assert (sound.restarts, released) == (1, ["loudspeaker"])
    microphone.close()
    assert not portaudio.in_use()


def test_a_stream_that_never_closes_is_left_behind_and_portaudio_left_alone(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound, let_go = FakeSound(), threading.Event()
    monkeypatch.setattr(portaudio, "load", lambda: sound)
    monkeypatch.setattr(portaudio, "CLOSE_LIMIT_S", 0.01)
    microphone = opened(sound, clock)
    sound.streams[0].close = lambda ignore_errors: let_go.wait(20)  # type: ignore[method-assign]
    microphone.close()
    portaudio.refresh()
    assert sound.restarts == 0
    let_go.set()
    for thread in portaudio._busy:
        thread.join()
    portaudio.refresh()
    assert sound.restarts == 1


def test_release_by_another_owner_is_a_loss_for_the_reader(clock: Clock) -> None:
    sound = FakeSound()
    microphone = opened(sound, clock)
    with portaudio.lock:
        microphone.release()
    with pytest.raises(MicrophoneLostError):
        microphone.read(0)
    microphone.close()
    microphone.close()
