"""Captions: what is shown of a session, on a terminal and off it."""

from __future__ import annotations

import io
import sys

import pytest
from rich.console import Console

from coach.captions import Captions
from coach.events import (
    Adjust,
    Begin,
    Chime,
    Close,
    Command,
    EarsBack,
    EarsLost,
    Event,
    Heard,
    Hush,
    Record,
    Say,
    SpeechEnded,
    Tick,
    Understood,
    VoiceBack,
    VoiceLost,
)


def shown(what: Event | Command) -> list[str]:
    lines: list[str] = []
    Captions(print=lines.append)(what)
    return lines


@pytest.mark.parametrize(
    ("what", "line"),
    [
        (Say(1, "Lie down on your back."), "Lie down on your back."),
        (Begin("hold", 25.0, "Knee to chest", "left", 1, 2), "Hold: 25 seconds, left side"),
        (Begin("hold", 0.6), "Hold: 1 second"),
        (Begin("rest", 20.4), "Rest: 20 seconds"),
        (Begin("move", 150.0, "Walk"), "Keep moving: 2 minutes 30 seconds"),
        (Begin("move", 600.0, "Walk"), "Keep moving: 10 minutes"),
        (Begin("wait", 3.0), "Wait: 3 seconds"),
        (Understood("severe [unk] pain", "stop"), 'You: "severe pain"'),
        (Understood("stop", "stop", typed=True), 'You: "stop"'),
        (Record("report", {"action": "stop", "score": None, "words": "it hurts"}), "Understood: stop"),
        (Record("report", {"action": "ease", "score": 4, "words": "four"}), "Understood: moderate, 4 out of 10"),
        (Record("skipped", {}), "Understood: skip"),
        (EarsLost("no microphone was found"), "I can't hear you: no microphone was found."),
        (EarsLost("no more words can be typed", for_good=True), "No more words can be typed."),
        (EarsBack(), "I can hear you again."),
        (VoiceLost("The disk is full."), "No sound: The disk is full. The words go on here."),
        (VoiceBack(), "The sound is back."),
    ],
)
def test_each_is_one_plain_line(what: Event | Command, line: str) -> None:
    assert shown(what) == [line]


@pytest.mark.parametrize(
    "what",
    [
        Tick(),
        SpeechEnded(1),
        Heard("sev", final=False),
        Heard("severe pain"),
        Understood("[unk]", "none"),
        Hush(),
        Chime("begin"),
        Adjust(150, 0.8),
        Record("started", {"routine": "x"}),
        Close("done"),
    ],
)
def test_what_needs_no_line_gets_none(what: Event | Command) -> None:
    assert shown(what) == []


def test_typed_words_that_mean_nothing_are_answered() -> None:
    assert shown(Understood("flibber", "none", typed=True)) == [
        'You: "flibber"',
        "That was not understood.",
    ]


def terminal(width: int = 40) -> tuple[Captions, io.StringIO]:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=width, highlight=False, color_system="standard")
    return Captions(console=console), out


def test_on_a_terminal_what_is_said_is_bold_with_space_around_and_wrapped_between_words() -> None:
    captions, out = terminal()
    captions(Say(1, "Bring your right knee towards your chest, and hold it."))
    text = out.getvalue()
    assert "\x1b[1m" in text
    plain = text.replace("\x1b[1m", "").replace("\x1b[0m", "")
    lines = [line.strip() for line in plain.splitlines()]
    assert lines == ["", "Bring your right knee towards your", "chest, and hold it."]
    assert all(len(line) <= 40 for line in plain.splitlines())


def test_square_brackets_are_words_and_no_markup() -> None:
    captions, out = terminal()
    captions(Say(1, "Rest [/bold] now [red]."))
    assert "Rest [/bold] now [red]." in out.getvalue()


def test_typed_words_stand_on_the_terminal_already() -> None:
    captions, out = terminal()
    captions(Understood("stop", "stop", typed=True))
    assert out.getvalue() == ""
    captions(Understood("stop", "stop"))
    assert 'You: "stop"' in out.getvalue()


def test_off_a_terminal_lines_are_plain_and_come_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    captions = Captions()
    captions(Say(1, "Rest."))
    captions.note("There is no loudspeaker.")
    assert capsys.readouterr().out == "Rest.\nThere is no loudspeaker.\n"


def test_output_goes_to_standard_output_as_it_is_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line being typed stays below the captions because its owner takes standard output's place."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    first, second = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", first)
    captions = Captions()
    monkeypatch.setattr(sys, "stdout", second)
    captions(Say(1, "Rest."))
    assert first.getvalue() == ""
    assert "Rest." in second.getvalue()


@pytest.mark.parametrize("how", ["gone", "closed", "none", "narrow"])
def test_a_broken_output_does_not_end_the_session(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    closed = io.StringIO()
    closed.close()
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    outputs = {"gone": Gone(), "closed": closed, "none": None, "narrow": narrow}
    captions = Captions()
    monkeypatch.setattr(sys, "stdout", outputs[how])
    captions(Say(1, "Caf\u00e9."))
    if how == "narrow":
        assert narrow.buffer.getvalue() == b"Caf?.\n"  # type: ignore[attr-defined]
