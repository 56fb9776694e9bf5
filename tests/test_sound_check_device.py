"""The whole sound check through real streams: the coach talks, a synthesised person answers in the room."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from coach import sound_check
from tests.pulse import ROOT, PulseBox, box_or_skip, missing
from tests.speech import spoken

pytestmark = [pytest.mark.audio, pytest.mark.device, pytest.mark.timeout(240)]

ANSWERS = {
    sound_check.SPEAK_FIRST: ("stop", 4.0),
    sound_check.SPEAK_SECOND: ("severe pain", 3.5),
    sound_check.LONG_STORY[0]: ("stop", 2.5),
    sound_check.ONCE_MORE: ("stop", 2.5),
}
"""What is answered to which line, and how long after it has begun, in seconds."""


@pytest.fixture
def box() -> Iterator[PulseBox]:
    with box_or_skip() as running:
        yield running


class Doctor:
    """``coach doctor`` at a terminal of its own, and somebody in the room who does as asked."""

    def __init__(self, box: PulseBox, home: Path, folder: Path, *arguments: str, answers: bool = True) -> None:
        import soundfile

        self._box, self._folder, self._answers = box, folder, answers
        for words, _ in ANSWERS.values():
            soundfile.write(folder / f"{words}.wav", spoken(words, folder), 16000)
        self._master, terminal = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "coach", "doctor", *arguments],
            cwd=ROOT,
            env={**box.environment, "COACH_HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            stdin=terminal,
            stdout=subprocess.PIPE if "--json" in arguments else terminal,
            stderr=terminal,
            text=True,
            start_new_session=True,
        )
        os.close(terminal)
        self.lines: list[str] = []

    def until(self, wanted: str | None) -> None:
        """Read the screen, and answer, until a line has this in it; None for its end."""
        left = b""
        while True:
            try:
                left += os.read(self._master, 4096)
            except OSError:  # the end, on Linux
                break
            *whole, left = left.split(b"\n")
            for line in whole:
                self._seen(line.decode().rstrip("\r"))
                if wanted is not None and wanted in self.lines[-1]:
                    return
        assert wanted is None, "\n".join(self.lines)

    def end(self) -> int:
        """Its status, once it has ended by itself."""
        self.until(None)
        os.close(self._master)
        return self.process.wait(timeout=20)

    def _seen(self, line: str) -> None:
        self.lines.append(line)
        answer = ANSWERS.get(line.removeprefix("COACH   "))
        if answer and self._answers:
            threading.Thread(target=self._answer, args=answer, daemon=True).start()

    def _answer(self, words: str, after_s: float) -> None:
        time.sleep(after_s)
        self._box.play_in_room(self._folder / f"{words}.wav")


def kept(home: Path) -> sound_check.SoundCheck:
    return sound_check.SoundCheck.model_validate_json((home / "data" / "sound-check.json").read_bytes())


def test_a_person_who_answers_is_heard_and_the_figures_are_kept(coach_home: Path, tmp_path: Path) -> None:
    why = missing()
    if why:
        pytest.skip(why)
    with PulseBox(echo=False) as box, box.noise():
        doctor = Doctor(box, coach_home, tmp_path)
        status = doctor.end()
    screen = "\n".join(doctor.lines)
    print(screen)
    check = kept(coach_home)
    assert status == 0, screen
    assert doctor.lines[-1].startswith("I can hear you")
    assert "dB" not in screen
    assert [attempt.asked for attempt in check.attempts if attempt.heard] == ["stop", "severe pain", "stop"]
    assert all(attempt.heard_as is None for attempt in check.attempts), "words are not kept"
    assert check.noise_dbfs is not None
    assert -75 < check.noise_dbfs < -60  # the room's noise has 0.0005, which is -66
    assert (check.echo_dbfs, check.echo_loss_db) == (None, None)
    assert all(attempt.latency_s is None or attempt.latency_s < 2.5 for attempt in check.attempts)


def test_over_a_loudspeaker_its_own_voice_is_measured(box: PulseBox, coach_home: Path, tmp_path: Path) -> None:
    """How well it hears over that is measured elsewhere: the virtual devices' clocks run apart."""
    with box.noise():
        doctor = Doctor(box, coach_home, tmp_path, "-v")
        doctor.end()
    print("\n".join(doctor.lines))
    check = kept(coach_home)
    assert {attempt.asked for attempt in check.attempts if attempt.heard} == {"stop", "severe pain"}
    assert check.echo_dbfs is not None
    assert -35 < check.echo_dbfs < -10
    assert check.echo_loss_db is not None
    assert check.delay_s is not None
    assert -0.06 <= check.delay_s < 0.3
    assert any(line.startswith("my voice at the microphone: -") for line in doctor.lines)


def test_a_sound_system_that_vanishes_is_one_sentence(box: PulseBox, coach_home: Path, tmp_path: Path) -> None:
    doctor = Doctor(box, coach_home, tmp_path)
    doctor.until(sound_check.KEEP_STILL)
    box.stop()
    assert doctor.end() == 1
    assert any(line.startswith("PROBLEM  sound check: The sound check broke off: ") for line in doctor.lines)
    assert "Traceback" not in "\n".join(doctor.lines)


def test_control_c_ends_it_politely(box: PulseBox, coach_home: Path, tmp_path: Path) -> None:
    doctor = Doctor(box, coach_home, tmp_path)
    doctor.until(sound_check.INTRODUCTION[1])
    time.sleep(1.0)
    doctor.process.send_signal(signal.SIGINT)
    assert doctor.end() == 130
    assert "Traceback" not in "\n".join(doctor.lines)
    assert not (coach_home / "data" / "sound-check.json").exists()
