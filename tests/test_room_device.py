"""The whole program in a sound system of its own, where the microphone hears the loudspeaker and whoever is there.

As a user would start it: ``coach start``, with every setting as it comes. The coach's voice is heard 6 dB louder than
the person's; what the simulated room has besides (walls, small loudspeakers, noise) is not here, but real streams are.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.acoustics import spoken_rms
from coach import folders, library, prompts, safety
from coach.intents import Action
from coach.plan import compile_plan
from tests.program import Coach, known
from tests.pulse import PulseBox, Recording, loud_spans, missing
from tests.speech import need_model, spoken

pytestmark = [pytest.mark.audio, pytest.mark.device, pytest.mark.timeout(200)]

RECORDINGS = Path(__file__).parent / "recordings"
ECHO_RMS = 10 ** (-21.4 / 20)
"""Of the coach's voice where it is heard as loud as it plays, while it speaks; the quiet scene measures it."""
ECHO_OVER_PERSON_DB = 6.0
WORDS_A_S = 2.2
ROUTINE = """
name = "quick"
title = "A quick one"
source = "made up for the tests"
for_whom = "Nobody."
[[exercises]]
name = "Knee to chest"
position = "lying on back"
setup_s = 0
steps = [{steps}]
go = "Bring your {{side}} knee up."
sides = "both"
dose = {{ reps = 2, hold_s = 14, get_ready_s = 3, rest_between_reps_s = 3 }}
"""
STEP = "Bring one knee up towards your chest, slowly, and as far as it likes to go, and then a little more."
HOLD = "Hold: 14 seconds"
REACTIONS = ("You:", "Understood:", "I can't hear", "No sound:")


class Scene:
    """A coach in a box with an echo, past the questions before a session."""

    def __init__(self, box: PulseBox, folder: Path, clips: Path, steps: tuple[str, ...] = (STEP,)) -> None:
        """``clips`` keeps what was rendered for the scenes before."""
        home = folder / "home"
        known(home)
        (home / "cache").symlink_to(clips)
        routine = folder / "quick.toml"
        lines = ", ".join(f'"{step}"' for step in steps)
        routine.write_text(ROUTINE.format(steps=lines), encoding="utf-8")
        self.box, self._folder = box, folder
        self.coach = Coach({**box.environment, "COACH_HOME": str(home)}, str(routine))

    def until(self, words: str) -> float:
        """Read captions to the next with these words; the seconds that took."""
        began_at = time.monotonic()
        self.coach.until(lambda line: words in line)
        return time.monotonic() - began_at

    def person(self, sound: Any, over_echo_db: float = -ECHO_OVER_PERSON_DB) -> Path:
        """A sound file of somebody so much louder than the coach is heard."""
        import numpy as np
        import soundfile

        loud = sound * (ECHO_RMS * 10 ** (over_echo_db / 20) / spoken_rms(sound))
        soundfile.write(self._folder / "person.wav", np.clip(loud, -1, 1), 16_000)
        return self._folder / "person.wav"

    @contextlib.contextmanager
    def said_twice(self, said: Path, loudspeaker: Recording) -> Iterator[tuple[float, float]]:
        """Over what the coach says now, and again a second later, meanwhile; when it begins and ends at first."""
        began_s = loudspeaker.seconds()
        self.box.play_in_room(said)
        ended_s = loudspeaker.seconds()
        time.sleep(1.0)
        again = threading.Thread(target=self.box.play_in_room, args=[said])
        again.start()
        yield began_s, ended_s
        again.join()

    def reactions(self, first: int = 0) -> list[str]:
        """Captions that are no lines of the coach's own: what it heard or lacked."""
        return [line for line in self.coach.captions[first:] if line.startswith(REACTIONS)]

    def end(self) -> None:
        """End it in any case, and print what happened."""
        if self.coach.process.poll() is None:
            self.coach.process.send_signal(signal.SIGTERM)
        self.coach.end()
        print("\n".join(self.coach.captions))


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@contextlib.contextmanager
def scene(folder: Path, clips: Path, steps: tuple[str, ...] = (STEP,)) -> Iterator[Scene]:
    """The test is skipped, saying why, where there can be none."""
    why = missing()
    if why:
        pytest.skip(why)
    need_model()
    with PulseBox() as box, box.noise():
        played = Scene(box, folder, clips, steps)
        try:
            played.coach.begin()
            yield played
        finally:
            played.end()


def voice(who: str, folder: Path) -> Any:
    """A recording of ``tests/recordings``, or as "VOICE: WORDS" what espeak-ng says."""
    import soundfile

    if ":" in who:
        name, words = who.split(": ")
        return spoken(words, folder, name)
    return soundfile.read(RECORDINGS / f"{who}.flac", dtype="float32")[0]


def silence(loudspeaker: Recording, after_s: float) -> tuple[float, float]:
    """When the coach fell silent after that time of the recording, and when it spoke again."""
    spans = loud_spans(loudspeaker.samples(), gap_s=0.45)
    silent_s = next(end for _, end in spans if end > after_s)
    return silent_s, next((start for start, _ in spans if start > silent_s), float("inf"))


def shipped_lines(least_s: float) -> tuple[str, ...]:
    """Lines of the shipped routines that together take so long."""
    paths = sorted(folders.shipped_dir("routines").glob("*.toml"))
    lines = dict.fromkeys(line for path in paths for line in compile_plan(library.load_file(path)).lines())
    long = [line for line in lines if len(line.split()) >= 8]
    words = 0
    return tuple(line for line in long if (words := words + len(line.split())) < least_s * WORDS_A_S)


@pytest.mark.parametrize("who", ["stop-d0faf7e4", "en-gb-scotland: stop"])
def test_stop_said_over_the_coach_and_once_again(who: str, tmp_path: Path, clips: Path) -> None:
    """It falls silent, and nothing more of the routine is said."""
    with scene(tmp_path, clips) as played, played.box.recording() as loudspeaker:
        said = played.person(voice(who, tmp_path))
        played.until(STEP)
        time.sleep(1.5)
        with played.said_twice(said, loudspeaker) as (began_s, ended_s):
            assert played.until("Understood: stop") < 3.0
            played.coach.type("finished")
            assert played.coach.end() == 0
    assert silence(loudspeaker, began_s)[0] < ended_s + 1.0, "it went on talking"
    assert not any("knee up." in line for line in played.coach.captions), "the routine went on"


def test_severe_pain_said_over_the_coach(tmp_path: Path, clips: Path) -> None:
    """Silence, and then the advice."""
    with scene(tmp_path, clips) as played, played.box.recording() as loudspeaker:
        said = played.person(voice("en-us: severe pain", tmp_path))
        played.until(STEP)
        time.sleep(1.5)
        with played.said_twice(said, loudspeaker) as (began_s, ended_s):
            played.until(safety.advice(Action.STOP, None)[0])
            time.sleep(2.0)
    silent_s, again_s = silence(loudspeaker, began_s)
    assert silent_s < ended_s + 1.0, "it went on talking"
    assert again_s < ended_s + 6.0, "no advice was heard"
    assert not any("knee up." in line for line in played.coach.captions), "the routine went on"


def test_devices_that_go_and_come(tmp_path: Path, clips: Path) -> None:
    """In one session, each in a hold of its own."""
    with scene(tmp_path, clips) as played:
        box = played.box
        played.until(HOLD)
        box.unplug_microphone()
        assert played.until(prompts.CANNOT_HEAR) < 4.0
        box.plug_microphone()
        played.until(prompts.HEAR_AGAIN)
        played.until("Hold:")

        box.mute_microphone(True)
        assert played.until(prompts.CANNOT_HEAR) < 4.0
        box.mute_microphone(False)
        played.until(prompts.HEAR_AGAIN)
        played.until("Hold:")

        box.unplug_speaker()
        assert played.until("No sound:") < 4.0
        played.until("And relax.")
        box.plug_speaker()
        played.until("The sound is back.")


def test_a_minute_of_its_own_voice_is_no_report_and_no_command(tmp_path: Path, clips: Path) -> None:
    """Falling silent for a moment, and saying the line again, is a nuisance; once or twice is let pass."""
    steps = shipped_lines(least_s=65)
    with scene(tmp_path, clips, steps) as played, played.box.recording("mic") as microphone:
        played.until("Knee to chest.")  # the questions before are answered by keyboard
        first = len(played.coach.captions)
        took_s = played.until("Bring your left knee up.")
        sound = microphone.samples()
        said = played.coach.captions[first:]
        assert took_s > 30
        assert spoken_rms(sound) == pytest.approx(ECHO_RMS, rel=0.2)
        assert played.reactions(first) == []
        assert sum(said.count(line) - 1 for line in steps if line in said) <= 2
