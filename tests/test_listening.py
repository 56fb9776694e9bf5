"""The ears on a real stream: a voice in a virtual room, and a sound system that hangs, dies and comes back."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

from .pulse import PulseBox, box_or_skip
from .speech import need_model, spoken

WAIT_S = 40
LISTEN = """
import json, queue, sys, threading
from coach.ears import open_ears
inbox = queue.SimpleQueue()
ears = open_ears(inbox, __import__("pathlib").Path(sys.argv[1]))
ears.start()
threading.Thread(target=lambda: ears.ready.wait() and print(json.dumps({"kind": "Ready"}), flush=True)).start()
while True:
    event = inbox.get()
    facts = {name: getattr(event, name) for name in event.__slots__}
    print(json.dumps({"kind": type(event).__name__, **facts}), flush=True)
"""


class Listening:
    """A process that listens in the box, and what it says."""

    def __init__(self, box: PulseBox) -> None:
        self._process = box.child(LISTEN, str(need_model()), stderr=subprocess.PIPE)
        self._said: Queue[dict[str, Any]] = Queue()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(json.loads(line))

    def until(self, kind: str, words: str = "") -> dict[str, Any]:
        """The next event of that kind with those words in it; what comes before it is passed over."""
        passed = []
        while True:
            try:
                event = self._said.get(timeout=WAIT_S)
            except Empty:
                pytest.fail(f"no {kind} with {words!r}; there were {passed}")
            if event["kind"] == kind and words in event.get("words", ""):
                return event
            passed.append(event["kind"])

    def close(self) -> str:
        self._process.kill()
        assert self._process.stderr is not None
        complaints = self._process.stderr.read()
        self._process.wait()
        self._thread.join()
        self._process.stderr.close()
        assert self._process.stdout is not None
        self._process.stdout.close()
        return complaints


@pytest.fixture
def pulse() -> Iterator[PulseBox]:
    with box_or_skip() as box:
        yield box


def say_in_room(box: PulseBox, words: str, folder: Path) -> None:
    import soundfile

    soundfile.write(folder / "voice.wav", spoken(words, folder), 16000)
    box.play_in_room(folder / "voice.wav")


@pytest.mark.device
def test_a_voice_in_the_room_is_heard_through_a_real_stream(pulse: PulseBox, tmp_path: Path) -> None:
    listening = Listening(pulse)
    try:
        with pulse.noise():
            listening.until("Ready")
            say_in_room(pulse, "severe pain", tmp_path)
            assert listening.until("Heard", "pain")["final"] is False
            assert "severe pain" in listening.until("Heard", "severe pain")["words"]
    finally:
        complaints = listening.close()
    assert complaints == ""


@pytest.mark.device
def test_a_sound_system_that_hangs_is_noticed_and_so_is_its_return(pulse: PulseBox, tmp_path: Path) -> None:
    listening = Listening(pulse)
    try:
        with pulse.noise():
            listening.until("Ready")
            pulse.freeze()
            assert "no more sound comes" in listening.until("EarsLost")["why"]
            pulse.thaw()
            listening.until("EarsBack")
            say_in_room(pulse, "stop", tmp_path)
            listening.until("Heard", "stop")
    finally:
        listening.close()


@pytest.mark.device
def test_a_sound_system_that_dies_is_noticed_and_so_is_the_next_one(pulse: PulseBox, tmp_path: Path) -> None:
    listening = Listening(pulse)
    try:
        with pulse.noise():
            listening.until("Ready")
            pulse.stop()
            listening.until("EarsLost")
        pulse.start()
        with pulse.noise():
            listening.until("EarsBack")
            say_in_room(pulse, "stop", tmp_path)
            listening.until("Heard", "stop")
    finally:
        listening.close()


@pytest.mark.device
def test_a_muted_microphone_is_no_microphone(pulse: PulseBox, tmp_path: Path) -> None:
    listening = Listening(pulse)
    try:
        with pulse.noise():
            listening.until("Ready")
            mute = ["pactl", "set-source-mute", "mic"]
            subprocess.run([*mute, "1"], env=pulse.environment, check=True)
            assert "no sound at all" in listening.until("EarsLost")["why"]
            subprocess.run([*mute, "0"], env=pulse.environment, check=True)
            listening.until("EarsBack")
    finally:
        listening.close()


@pytest.mark.device
def test_another_process_tells_whether_a_fresh_start_would_find_the_microphone(pulse: PulseBox) -> None:
    look = "from coach.microphone import Microphone; print(Microphone()._another_process_could())"
    assert pulse.child(look).communicate(timeout=WAIT_S)[0] == "True\n"
    pulse.stop()
    assert pulse.child(look).communicate(timeout=WAIT_S)[0] == "False\n"
