"""The real voice through real streams, in a sound system of its own: what comes out of the loudspeaker is recorded."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.pulse import PulseBox, box_or_skip, loud_spans

pytestmark = [pytest.mark.audio, pytest.mark.device]

SILENCE_LIMIT_S = 0.08
"""Generous: it is a few milliseconds where nothing else runs; without throwing away the device's buffer some 100."""

# A voice that does what the lines of its script say, and prints each event with its time.
SPEAKER = """
import dataclasses, json, queue, sys, threading, time
from pathlib import Path
from coach.events import Say
from coach.voice import SpokenVoice
class Inbox:
    def __init__(self): self.seen = queue.SimpleQueue()
    def put(self, event):
        note(type(event).__name__, **dataclasses.asdict(event))
        self.seen.put(event)
def note(kind, **facts): print(json.dumps({"at": time.monotonic(), "kind": kind, **facts}), flush=True)
inbox = Inbox()
voice = SpokenVoice(inbox, folder=Path(sys.argv[1]), volume=1.0, bell=None)
def until(kind):
    while type(inbox.seen.get(timeout=40)).__name__ != kind: pass
exec(sys.argv[2])
voice.close()
note("closed")
"""
WARM = 'voice.say(Say(0, "One.")); until("SpeechEnded"); time.sleep(0.5)\n'
"""The first sound of a virtual loudspeaker can be seconds late."""


class Talk:
    """A child that speaks, and what it printed."""

    def __init__(self, box: PulseBox, folder: Path, script: str) -> None:
        self._child = box.child(SPEAKER, str(folder), script, stderr=subprocess.DEVNULL)

    def next(self) -> dict[str, object]:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        assert line, "the speaking process ended too soon"
        found: dict[str, object] = json.loads(line)
        return found

    def until(self, kind: str) -> list[dict[str, object]]:
        """Everything printed up to the next of a kind."""
        notes = [self.next()]
        while notes[-1]["kind"] != kind:
            notes.append(self.next())
        return notes

    def end(self) -> None:
        if self._child.poll() is None:
            self._child.kill()
        self._child.communicate()


@pytest.fixture
def pulse() -> Iterator[PulseBox]:
    with box_or_skip() as box:
        yield box


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "clips"


def test_a_prompt_is_heard_for_as_long_as_it_should_be(pulse: PulseBox, folder: Path) -> None:
    script = WARM + 'text = "Now lie down on your back."; voice.prepare([text])\n'
    script += 'note("length", s=voice.length_s(text))\n'
    script += 'voice.say(Say(1, text)); until("SpeechEnded"); time.sleep(0.3)'
    with pulse.recording() as recording:
        talk = Talk(pulse, folder, script)
        notes = talk.until("closed")
        talk.end()
    length_s = next(note["s"] for note in notes if note["kind"] == "length")
    start_s, end_s = loud_spans(recording.samples(), gap_s=0.4)[-1]
    assert end_s - start_s == pytest.approx(float(str(length_s)) - 0.26, abs=0.1)  # but for the quarter second of rest


def test_what_is_said_is_heard_by_the_microphone_in_the_room(pulse: PulseBox, folder: Path) -> None:
    with pulse.recording("mic") as recording:
        talk = Talk(pulse, folder, WARM + "time.sleep(0.3)")
        talk.until("closed")
        talk.end()
    assert loud_spans(recording.samples())


def test_utterances_and_chimes_do_not_overlap(pulse: PulseBox, folder: Path) -> None:
    script = WARM + 'voice.prepare(["Three.", "Two."]); voice.say(Say(1, "Three.")); voice.chime("begin")\n'
    script += 'voice.say(Say(2, "Two.")); note("length", s=voice.length_s("Three.") + voice.length_s("Two."))\n'
    script += 'until("SpeechEnded"); until("SpeechEnded"); time.sleep(0.3)'
    with pulse.recording() as recording:
        talk = Talk(pulse, folder, script)
        notes = talk.until("closed")
        talk.end()
    assert [note["utterance"] for note in notes if note["kind"] == "SpeechEnded"] == [0, 1, 2]
    words_s = float(str(next(note["s"] for note in notes if note["kind"] == "length")))
    span = loud_spans(recording.samples(), gap_s=0.45, threshold=0.005)[-1]
    assert span[1] - span[0] == pytest.approx(words_s + 0.44 - 0.1, abs=0.2)


def test_a_hush_is_silence_at_the_loudspeaker(
    pulse: PulseBox, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The figure itself is printed; see also ``python -m bench.latency``."""
    script = WARM + 'voice.say(Say(1, "Keep your breath slow and easy, and let your shoulders sink down. " * 3))\n'
    script += 'time.sleep(2); note("hush"); voice.hush(); until("SpeechEnded"); time.sleep(1)'
    with pulse.recording() as recording:
        talk = Talk(pulse, folder, script)
        hushed_at = float(str(talk.until("hush")[-1]["at"]))
        before_s = recording.seconds()
        while (now_s := recording.seconds()) == before_s:
            time.sleep(0.001)
        hushed_s = now_s - (time.monotonic() - hushed_at)
        ended = talk.until("SpeechEnded")[-1]
        talk.until("closed")
        talk.end()
    samples = recording.samples()
    assert np.abs(samples[round((hushed_s - 0.5) * 16_000) : round(hushed_s * 16_000)]).max() > 0.05
    last_s = float(np.flatnonzero(np.abs(samples) > 0.003)[-1]) / 16_000
    with capsys.disabled():
        print(f" [hush to silence {1e3 * (last_s - hushed_s):.0f} ms]", end="")
    assert last_s - hushed_s < SILENCE_LIMIT_S
    assert float(str(ended["at"])) - hushed_at < 0.05


def test_advice_right_after_a_hush_is_heard_whole(pulse: PulseBox, folder: Path) -> None:
    script = WARM + 'text = "Stop now, and rest."; voice.prepare([text]); note("length", s=voice.length_s(text))\n'
    script += 'voice.say(Say(1, "Keep your breath slow and easy, and let your shoulders sink. " * 3))\n'
    script += "time.sleep(1.5); voice.hush(); time.sleep(0.6); voice.hush()\n"
    script += 'voice.say(Say(2, "And on we go with the next. " * 3))\n'
    script += 'time.sleep(1); voice.hush(); note("advice"); voice.say(Say(3, text, True))\n'
    script += 'for _ in range(3): until("SpeechEnded")\ntime.sleep(0.3)'
    with pulse.recording() as recording:
        talk = Talk(pulse, folder, script)
        notes = talk.until("closed")
        talk.end()
    length_s = float(str(next(note["s"] for note in notes if note["kind"] == "length")))
    began, ended = (
        next(float(str(note["at"])) for note in notes if wanted(note))
        for wanted in (lambda note: note["kind"] == "advice", lambda note: note.get("utterance") == 3)
    )
    assert length_s - 0.05 < ended - began < length_s + 0.6
    samples = recording.samples()
    last_s = loud_spans(samples, gap_s=0.5)[-1][1]
    heard = samples[round((last_s - length_s + 0.3) * 16_000) : round(last_s * 16_000)]
    assert np.sqrt(np.mean(np.square(heard))) > 0.02


@pytest.mark.parametrize("how", ["gone", "frozen"])
def test_a_device_that_vanishes_is_reported_ends_still_come_and_it_comes_back(
    pulse: PulseBox, folder: Path, how: str
) -> None:
    script = WARM + 'voice.say(Say(1, "Keep your breath slow and easy, and let your shoulders sink."))\n'
    script += 'note("speaking"); until("VoiceBack"); time.sleep(0.5)\n'
    script += 'voice.say(Say(2, "I am back.")); until("SpeechEnded"); time.sleep(0.3)'
    talk = Talk(pulse, folder, script)
    try:
        talk.until("speaking")
        if how == "gone":
            pulse.stop()
        else:
            pulse.freeze()
        notes = talk.until("SpeechEnded")
        assert [note["kind"] for note in notes] == ["VoiceLost", "SpeechEnded"]
        if how == "gone":
            pulse.start()
        else:
            pulse.thaw()
        assert [note["kind"] for note in talk.until("VoiceBack")] == ["VoiceBack"]
        with pulse.recording() as recording:
            talk.until("closed")
        assert loud_spans(recording.samples())
    finally:
        talk.end()


LATE = """
import time
from coach import portaudio
def late(out, *_):
    out[:] = 0
    time.sleep(0.12)
stream = portaudio.load().OutputStream(samplerate=48000, blocksize=960, channels=1, latency=0.05, callback=late)
stream.start()
time.sleep(2)
stream.close()
print("played")
"""


def test_sound_that_comes_late_writes_nothing_among_the_captions(pulse: PulseBox) -> None:
    """ALSA would tell of each underrun, on standard error."""
    child = pulse.child(LATE, stderr=subprocess.PIPE)
    assert child.communicate(timeout=60) == ("played\n", "")
