"""Whole sessions as a person would read them. `pytest --update-golden` writes them anew; read the difference."""

from __future__ import annotations

import pytest

from coach import safety
from coach.events import EarsBack, EarsLost, Heard
from coach.intents import Action
from coach.session import Session
from tests.golden import check
from tests.rig import Answer, session, transcript


def says(words: str, final: bool = True) -> Heard:
    """Somebody says something."""
    return Heard(words, final)


LEFT_HOLD = "[hold]"

SESSIONS: dict[str, list[Answer]] = {
    "nothing-said": [],
    "severe-pain": [
        (LEFT_HOLD, 7.0, says("severe", False)),
        (LEFT_HOLD, 7.3, says("severe pain", False)),
        (LEFT_HOLD, 8.1, says("severe pain")),
    ],
    "severe-pain-while-the-coach-speaks": [("Bring one knee", 1.0, says("severe pain"))],
    "advice-asked-for-again": [
        (LEFT_HOLD, 7.0, says("severe pain")),
        ("Shall I go over", 5.0, says("say that again")),
        ("Shall I go over", 5.0, says("no")),
    ],
    "it-hurts-two": [(LEFT_HOLD, 7.0, says("it hurts")), ("How bad", 6.0, says("about a two"))],
    "it-hurts-five-gentler": [
        (LEFT_HOLD, 7.0, says("it hurts")),
        ("How bad", 6.0, says("five")),
        ("Would you like", 7.0, says("yes please")),
    ],
    "it-hurts-eight": [(LEFT_HOLD, 7.0, says("it hurts")), ("How bad", 6.0, says("eight"))],
    "it-hurts-no-answer": [(LEFT_HOLD, 7.0, says("it hurts"))],
    "a-bit-painful-as-before": [(LEFT_HOLD, 7.0, says("it's a bit painful")), ("Would you like", 7.0, says("no"))],
    "a-bit-painful-no-answer": [(LEFT_HOLD, 7.0, says("it's a bit painful"))],
    "no-pain": [(LEFT_HOLD, 5.0, says("no pain"))],
    "stop-finished": [(LEFT_HOLD, 7.0, says("stop")), ("Are you in pain", 6.0, says("finished"))],
    "stop-in-pain": [(LEFT_HOLD, 7.0, says("stop")), ("Are you in pain", 6.0, says("i'm in pain"))],
    "stop-no-answer": [(LEFT_HOLD, 7.0, says("stop"))],
    "gp": [(LEFT_HOLD, 7.0, says("i've had a fever since sunday"))],
    "urgent": [(LEFT_HOLD, 7.0, says("i can't feel my foot"))],
    "emergency": [(LEFT_HOLD, 7.0, says("i've gone numb between my legs"))],
    "a-stronger-report-during-advice": [
        (LEFT_HOLD, 7.0, says("severe pain")),
        (safety.advice(Action.STOP, None)[0], 2.0, says("i have chest pain")),
    ],
    "a-false-alarm": [(LEFT_HOLD, 7.0, says("it hurts", False)), (LEFT_HOLD, 8.0, says(""))],
    "a-report-without-its-final": [(LEFT_HOLD, 7.0, says("it hurts", False)), ("How bad", 6.0, says("about a two"))],
    "the-television": [(LEFT_HOLD, 7.0, says("and now the weather for scotland"))],
    "every-command": [
        ("Exercise one", 1.0, says("louder")),
        ("Bend both", 0.5, says("say that again")),
        (LEFT_HOLD, 5.0, says("how long left")),
        (LEFT_HOLD, 9.0, says("slower")),
        ("[rest]", 1.0, says("pause")),
        ("Paused", 30.0, says("carry on")),
        (LEFT_HOLD, 6.0, says("help")),
        ("[change]", 1.0, says("carry on")),
        ("[count]", 6.0, says("slower")),
        ("[count]", 6.0, says("faster")),
        ("That was Bridge", 0.5, says("go back")),
        ("[count]", 3.0, says("skip this one")),
        ("[move]", 10.0, says("quieter")),
    ],
    "ears-lost-and-back": [(LEFT_HOLD, 6.0, EarsLost("the microphone is gone")), ("We will wait", 30.0, EarsBack())],
    "ears-lost-for-good": [(LEFT_HOLD, 6.0, EarsLost("no more words can be typed", for_good=True))],
}


@pytest.mark.parametrize("name", SESSIONS)
def test_a_session_reads_as_it_should(name: str, request: pytest.FixtureRequest) -> None:
    """Time, who, what: from the first word to the last."""
    check(f"session-{name}", transcript(session(), SESSIONS[name]), request)


def test_deaf_from_the_start(request: pytest.FixtureRequest) -> None:
    """It says so first."""
    driven: Session = session(deaf="no microphone was found")
    check("session-deaf-from-the-start", transcript(driven), request)
