"""Rendering in a child process that may hang, die or fail silently."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import wave
from pathlib import Path

import numpy as np
import pytest

from coach import renderer as module
from coach.clips import Clips, read_sound
from coach.errors import CoachError
from coach.plan import estimated_length_s
from coach.renderer import Pyttsx3Renderer, words_in
from coach.settings import TEMPLATE

# A worker that behaves as its first argument says; "log" counts its starts and requests.
WORKER = """
import json, pathlib, sys, time
how, log = sys.argv[1], pathlib.Path(sys.argv[2])
say = lambda **answer: print(json.dumps(answer), flush=True)
note = lambda what: log.write_text(log.read_text() + what if log.exists() else what)
note("s")
if how == "mute": time.sleep(60)
if how == "missing": say(error="eSpeak is not installed"); sys.exit()
say(ready=True, voice="x")
for line in sys.stdin:
    request = json.loads(line)
    note("r")
    count = log.read_text().count("r")
    if how == "hangs" or how == "hangs once" and count == 1: time.sleep(60)
    if how == "dies" or how == "dies once" and count == 1: sys.exit(1)
    if how == "babbles" and count == 1: print("Audio saved", flush=True); continue
    if how == "fails": say(error="bad voice"); continue
    empty = how == "empty" or how == "empty once" and count == 1
    pathlib.Path(request["path"]).write_bytes(b"x" * (44 if empty else 40000))
    say(ok=True)
"""


class Bench:
    """A renderer with a worker of the kind asked for."""

    def __init__(self, how: str, folder: Path) -> None:
        self.log, self.path = folder / "log", folder / "out.wav"
        command = [sys.executable, "-c", WORKER, how, str(self.log)]
        self.renderer = Pyttsx3Renderer(command=command, start_limit_s=5.0, limit_s=0.3)

    def render(self) -> None:
        try:
            self.renderer.render("Lie down.", 150, self.path)
        finally:
            self.renderer.close()


def test_a_prompt_is_rendered_and_the_child_serves_the_next_one(tmp_path: Path) -> None:
    bench = Bench("well", tmp_path)
    bench.renderer.render("Lie down.", 150, bench.path)
    bench.render()
    assert bench.log.read_text() == "srr"
    assert bench.path.stat().st_size == 40000


@pytest.mark.parametrize(
    ("how", "log"),
    [("hangs once", "srsr"), ("dies once", "srsr"), ("empty once", "srr"), ("babbles", "srsr")],
)
def test_what_goes_wrong_once_is_tried_again(tmp_path: Path, how: str, log: str) -> None:
    bench = Bench(how, tmp_path)
    bench.render()
    assert bench.log.read_text() == log
    assert bench.path.stat().st_size == 40000


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("hangs", "did not answer"),
        ("dies", "process has ended"),
        ("empty", "an empty sound file"),
        ("fails", "bad voice"),
    ],
)
def test_what_goes_wrong_for_good_is_said_in_one_sentence(tmp_path: Path, how: str, why: str) -> None:
    bench = Bench(how, tmp_path)
    with pytest.raises(CoachError, match=f"could not say something: .*{why}"):
        bench.render()
    assert bench.log.read_text().count("r") == module.ATTEMPTS


def test_an_engine_that_is_not_there_is_named_and_not_tried_again(tmp_path: Path) -> None:
    bench = Bench("missing", tmp_path)
    with pytest.raises(CoachError, match="can't be used: eSpeak is not installed"):
        bench.render()
    assert bench.log.read_text() == "s"


def test_an_engine_that_never_starts_is_given_up(tmp_path: Path) -> None:
    bench = Bench("mute", tmp_path)
    bench.renderer._start_limit_s = 0.3
    with pytest.raises(CoachError, match="can't be started: the speech engine did not answer"):
        bench.render()


def test_a_path_that_can_not_be_written_never_reaches_the_child(tmp_path: Path) -> None:
    bench = Bench("well", tmp_path)
    with pytest.raises(CoachError, match="can't be written: No such file"):
        bench.renderer.render("Lie down.", 150, tmp_path / "nowhere" / "x.wav")
    assert not bench.log.exists()


def test_a_full_disk_is_said_before_half_a_prompt_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _: module.shutil._ntuple_diskusage(10, 9, 1))
    bench = Bench("well", tmp_path)
    with pytest.raises(CoachError, match="is full"):
        bench.render()
    assert not bench.path.exists()
    assert not bench.log.exists()


def test_words_are_counted_as_they_are_spoken() -> None:
    assert words_in("That's two of three, on the left.") == 7
    assert words_in("... & \u2013 !") == 0


# --- the real engine ---------------------------------------------------------------------------


@pytest.fixture
def real() -> object:
    engine = Pyttsx3Renderer()
    yield engine
    engine.close()


def child(*arguments: str, ends_with: int = 0) -> subprocess.CompletedProcess[str]:
    """Another Python beside the coach, with nothing to read, that has come to its end."""
    command, root = [sys.executable, *arguments], Path(module.__file__).resolve().parent.parent
    done = subprocess.run(command, cwd=root, input="", capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == ends_with, done.stderr
    return done


@pytest.mark.audio
def test_every_prompt_is_spoken_in_the_voice_and_at_the_rate_asked_for(real: Pyttsx3Renderer, tmp_path: Path) -> None:
    """pyttsx3 by itself loses every other change of rate, and now and then a prompt."""
    text = "Lie on your back with your knees bent and your feet flat on the floor."
    lengths: dict[int, list[float]] = {110: [], 150: [], 200: []}
    for number in range(24):
        rate_wpm = (110, 150, 200, 150, 110, 200)[number % 6]
        path = tmp_path / f"{number}.wav"
        real.render(text, rate_wpm, path)
        with wave.open(str(path)) as sound:
            lengths[rate_wpm].append(sound.getnframes() / sound.getframerate())
    for found in lengths.values():
        assert max(found) - min(found) < 0.1
    assert lengths[110][0] > lengths[150][0] + 0.5 > lengths[200][0] + 1.0


@pytest.mark.audio
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only espeak-ng tells the rate it has")
def test_a_setting_is_taken_at_once_also_before_the_first_prompt() -> None:
    """pyttsx3 by itself would hold it back until the first prompt, and then now and then lose it."""
    code = "from coach import render_worker as w; e = w.Engine('gmw/en', None); "
    code += "print(e._rate()); e._set(97); print(e._rate())"
    done = child("-c", code)
    assert done.stdout.split() == ["150", "97"]


@pytest.mark.audio
def test_a_rendered_prompt_is_sound(real: Pyttsx3Renderer, tmp_path: Path) -> None:
    real.render("Now change sides.", 150, tmp_path / "x.wav")
    clip = read_sound(tmp_path / "x.wav")
    assert clip.length_s > 1
    assert 0.1 < np.abs(clip.samples).max() <= 1


@pytest.mark.audio
@pytest.mark.parametrize("text", ["<b>", "5 & 6", "a\0b", "\u2018caf\u00e9\u2019", "\U0001f600 one", "x" * 3000])
def test_odd_text_does_no_harm(real: Pyttsx3Renderer, tmp_path: Path, text: str) -> None:
    assert Clips(real, tmp_path).get(text, 200).length_s > 0


@pytest.mark.audio
def test_an_unknown_voice_is_named(tmp_path: Path) -> None:
    unknown = Pyttsx3Renderer("nobody")
    with pytest.raises(CoachError, match="there is no voice called nobody"):
        unknown.render("Hello.", 150, tmp_path / "x.wav")
    unknown.close()


@pytest.mark.audio
def test_the_voices_can_be_listed_and_one_of_them_chosen(real: Pyttsx3Renderer, tmp_path: Path) -> None:
    voices = real.voices()
    assert "gmw/en-us" in voices
    other = Pyttsx3Renderer("gmw/en-us+f3", pitch=60)
    other.render("Hello.", 150, tmp_path / "x.wav")
    other.close()


@pytest.mark.audio
def test_the_worker_ends_when_its_parent_does() -> None:
    """A killed session closes the pipe, and no more than that."""
    done = child("-m", "coach.render_worker", "--voice", "gmw/en")
    assert json.loads(done.stdout) == {"ready": True, "voice": "gmw/en"}


@pytest.mark.audio
def test_a_worker_that_hangs_ends_itself() -> None:
    """So that it does not stay behind when the session that should have ended it was killed."""
    code = "import time; from coach import render_worker as w\nwith w._Guard(0.2): time.sleep(60)"
    child("-c", code, ends_with=3)


@pytest.mark.audio
def test_a_system_without_a_speech_engine_is_told_so() -> None:
    code = "import sys; sys.modules['espeakng_loader'] = sys.modules['pyttsx3'] = None\n"
    code += "sys.argv = ['worker']; from coach import render_worker as w; w.main()"
    done = child("-c", code)
    assert "error" in json.loads(done.stdout)


@pytest.mark.audio
def test_no_speech_library_of_the_system_is_needed() -> None:
    """The library that pyttsx3 gets is the one of our own environment."""
    code = (
        "import sys; from coach import render_worker as w; w.Engine('gmw/en', None); "
        "print([l.split()[-1] for l in open('/proc/self/maps') if 'libespeak-ng' in l][0], file=sys.stderr)"
    )
    done = child("-c", code)
    assert "espeakng_loader" in done.stderr


@pytest.mark.audio
@pytest.mark.parametrize("rate_wpm", [110, 150, 200])
def test_the_estimate_is_near_the_truth(real: Pyttsx3Renderer, tmp_path: Path, rate_wpm: int) -> None:
    lines = [
        "Ten seconds left.",
        "Bring your right knee towards your chest, and hold it with both hands.",
        "That's two of three on the left.",
        "Lie on your back with your knees bent and your feet flat on the floor. Breathe easily.",
        "If you feel chest pain, or can't breathe, call 999 now.",
        "Rest for 20 seconds.",
    ]
    clips = Clips(real, tmp_path)
    for line in lines:
        assert estimated_length_s(line, rate_wpm) == pytest.approx(clips.get(line, rate_wpm).length_s, rel=0.35)


@pytest.mark.audio
def test_the_voice_in_the_settings_file_is_one(tmp_path: Path) -> None:
    example = next(line for line in TEMPLATE.splitlines() if line.startswith("# voice = "))
    chosen = Pyttsx3Renderer(tomllib.loads(example.removeprefix("# "))["voice"])
    chosen.render("Hello.", 150, tmp_path / "x.wav")
    assert "English (America)" in chosen.english_voices()
    chosen.close()
