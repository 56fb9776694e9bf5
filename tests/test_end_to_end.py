"""The whole program with a real sound system: real speech out, a real microphone stream in, a real recogniser."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coach import safety
from coach.intents import Action
from coach.models import find_model
from tests import pulse
from tests.program import ROUTINE, Coach, known
from tests.speech import need_model, spoken


@pytest.fixture
def box() -> Iterator[pulse.PulseBox]:
    """A sound system of our own."""
    why = pulse.missing()
    if why:
        pytest.skip(why)
    # No echo: how well the coach hears a person over its own loudspeaker is another matter, and measured elsewhere.
    with pulse.PulseBox(echo=False) as running:
        yield running


def facts(home: Path) -> list[dict[str, Any]]:
    """Everything in the journal, but for the answers to the warning signs."""
    with sqlite3.connect(home / "data" / "journal.sqlite3") as db:
        rows = db.execute("select kind, facts from facts where kind != 'warning_signs_clear' order by session, n")
        return [{"kind": kind, **json.loads(told)} for kind, told in rows]


@pytest.mark.device
@pytest.mark.audio
@pytest.mark.timeout(240)
def test_severe_pain_said_while_the_coach_speaks(box: pulse.PulseBox, tmp_path: Path, coach_home: Path) -> None:
    """Somebody says "severe pain" into the microphone during a prompt: silence, advice, and the journal holds it."""
    import soundfile

    model = find_model() or need_model()
    said = tmp_path / "said.wav"
    soundfile.write(said, spoken("severe pain", tmp_path), 16000)
    routine = tmp_path / "quick.toml"
    routine.write_text(ROUTINE, encoding="utf-8")
    environment = {**os.environ, **box.environment, "COACH_HOME": str(coach_home)}
    known(coach_home)
    coach = Coach(environment, str(routine), "--model", str(model))
    with box.noise(), box.recording() as loudspeaker:
        coach.begin()
        coach.until(lambda line: "Bring one knee up" in line)
        time.sleep(1.0)
        speaking_at_s = loudspeaker.seconds()
        box.play_in_room(said)
        said_at_s = loudspeaker.seconds()
        coach.until(lambda line: "Understood: stop" in line)
        understood_at_s = loudspeaker.seconds()
        coach.until(lambda line: "Shall I go over" in line)
    spans = pulse.loud_spans(loudspeaker.samples())
    (prompt,) = [span for span in spans if span[0] < speaking_at_s < span[1]]
    assert prompt[1] < said_at_s + 1.0, "the prompt was not cut off"
    advice = next(span for span in spans if span[0] > prompt[1])
    assert advice[0] - prompt[1] > 0.3, "there was no silence"
    assert advice[0] < understood_at_s + 2.0, "the advice came late"
    coach.process.send_signal(signal.SIGTERM)
    coach.end()
    assert not any("Left side" in line or "And hold" in line for line in coach.captions)
    kinds = [fact["kind"] for fact in facts(coach_home)]
    assert kinds[-1] == "advised"
    report = [fact for fact in facts(coach_home) if fact["kind"] == "report"][-1]
    assert (report["action"], report["exercise"]) == ("stop", "Knee to chest")


@pytest.mark.timeout(60)
def test_text_mode_needs_no_sound_and_stops_for_typed_pain(coach_home: Path, tmp_path: Path) -> None:
    """Captions out, typed words in; the advice comes, and the session is written down."""
    routine = tmp_path / "quick.toml"
    routine.write_text(ROUTINE, encoding="utf-8")
    coach = Coach({**os.environ, "COACH_HOME": str(coach_home)}, str(routine), "--text")
    coach.until(lambda line: "Hello" in line)
    coach.type("severe pain")
    coach.until(lambda line: line.strip() in safety.advice(Action.STOP, None))
    coach.process.send_signal(signal.SIGTERM)
    coach.end()
    assert [fact["kind"] for fact in facts(coach_home)] == ["started", "report", "advised"]


@pytest.mark.device
@pytest.mark.timeout(60)
def test_a_killed_coach_leaves_its_facts_and_the_next_start_says_so(coach_home: Path) -> None:
    """Pull the plug in mid-session; nothing written is lost, and the next session begins by saying it broke off."""
    environment = {**os.environ, "COACH_HOME": str(coach_home)}
    coach = Coach(environment, "--text")
    coach.until(lambda line: "Hello" in line)
    coach.process.kill()
    coach.end()
    assert [fact["kind"] for fact in facts(coach_home)] == ["started"]
    again = Coach(environment, "--text", "--rate", "300")
    again.until(lambda line: "Last time we broke off" in line)
    again.process.kill()
    again.end()


@pytest.mark.timeout(60)
def test_where_nothing_can_be_kept_the_session_goes_on_and_says_so(tmp_path: Path) -> None:
    """A data folder that can't be made is said once, and keeps nobody from exercising."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    coach = Coach({**os.environ, "COACH_HOME": str(tmp_path / "file")}, "--text")
    coach.until(lambda line: "Hello" in line)
    assert any("data folder" in line for line in coach.captions)
    coach.process.kill()
    coach.end()


@pytest.mark.timeout(60)
def test_two_coaches_at_once(coach_home: Path) -> None:
    """The second says so in one sentence, and the first goes on."""
    environment = {**os.environ, "COACH_HOME": str(coach_home)}
    first = Coach(environment, "--text")
    first.until(lambda line: "Hello" in line)
    second = Coach(environment, "--text")
    assert second.end() == 2
    assert len(second.captions) == 1
    assert "already running" in second.captions[0]
    assert first.process.poll() is None
    first.process.kill()
    first.end()
