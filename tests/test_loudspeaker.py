"""Opening and closing output streams, and what keeps them from disturbing others."""

from __future__ import annotations

import os
import threading

import pytest

from coach import loudspeaker, portaudio
from coach.loudspeaker import close_stream, open_stream, refresh_if_useful
from coach.noise import muffled
from tests.fake_sound import FakeSound


class Owner:
    """A microphone, for example."""

    def release(self) -> None:
        pass


@pytest.fixture
def refreshed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    done: list[str] = []
    monkeypatch.setattr(portaudio, "refresh", lambda: done.append("refresh"))
    monkeypatch.setattr(portaudio, "_owners", [])
    return done


def test_the_devices_are_looked_for_anew_when_nobody_uses_any(refreshed: list[str]) -> None:
    refresh_if_useful(None)
    assert refreshed == ["refresh"]


@pytest.mark.parametrize("found", [True, False])
def test_a_microphone_is_only_disturbed_where_a_loudspeaker_is_to_be_had(
    refreshed: list[str], monkeypatch: pytest.MonkeyPatch, found: bool
) -> None:
    monkeypatch.setattr(loudspeaker, "_another_process_could", lambda device: found)
    owner = Owner()
    portaudio.opened(owner)
    refresh_if_useful(None)
    assert refreshed == (["refresh"] if found else [])


def test_a_loudspeaker_that_is_nowhere_is_not_found_by_another_process() -> None:
    assert not loudspeaker._another_process_could("no such loudspeaker")


def test_no_stream_stays_open_when_it_does_not_start() -> None:
    sound = FakeSound()

    def broken(self: object) -> None:
        raise sound.PortAudioError("busy")

    class Stream(type(sound.OutputStream(callback=print, samplerate=1, channels=1))):  # type: ignore[misc]
        start = broken

    streams: list[Stream] = []
    sound.OutputStream = lambda **facts: streams.append(Stream(**facts)) or streams[-1]  # type: ignore[method-assign]
    with pytest.raises(sound.PortAudioError):
        open_stream(sound.load, None, print)
    assert streams
    assert all(stream.closed for stream in streams)


def test_closing_a_stream_that_hangs_takes_no_longer_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    class Hanging:
        def abort(self, ignore_errors: bool) -> None:
            go_on.wait(30)

    monkeypatch.setattr(loudspeaker, "CLOSE_LIMIT_S", 0.01)
    close_stream(Hanging())
    go_on.set()


def test_what_libraries_print_is_kept_off_the_terminal_and_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    os.write(2, b"before\n")
    with muffled():
        os.write(2, b"ALSA lib: unable to open slave\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "before\nafter\n"


def test_standard_error_is_back_after_an_exception(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="oh"), muffled():
        raise ValueError("oh")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"
