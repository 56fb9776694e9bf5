"""Words by keyboard: single keys, typed lines, pipes; and a terminal that is left as it was."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from coach import keyboard
from coach.events import EarsLost, Event, Heard
from coach.keyboard import ALIASES, END, KEYS, Keys, Typed, words_for

WAIT_S = 20
ROOT = Path(__file__).resolve().parent.parent


def heard(inbox: SimpleQueue[Event], count: int) -> list[str]:
    words = []
    for _ in range(count):
        event = inbox.get(timeout=WAIT_S)
        assert isinstance(event, Heard)
        assert event.typed
        assert event.final
        words.append(event.words)
    return words


@pytest.fixture
def inbox() -> SimpleQueue[Event]:
    return SimpleQueue()


@pytest.fixture
def pipe() -> Iterator[PipeInput]:
    with create_pipe_input() as made:
        yield made


# --- keys ---


def test_each_key_has_one_meaning_and_any_other_is_stop() -> None:
    assert words_for("p") == words_for("P") == "pause"
    assert [words_for(key) for key in (" ", "q", "s", "x", "escape", "up", "c-m", "é")] == ["stop"] * 8
    assert words_for("7") == "7"
    assert not set(ALIASES) & set(KEYS)
    assert set(ALIASES.values()) <= set(KEYS)
    assert len(set(KEYS.values())) == len(KEYS)


def test_a_one_may_become_a_ten(inbox: SimpleQueue[Event], pipe: PipeInput) -> None:
    keys = Keys(inbox, input=pipe)
    keys.start()
    try:
        pipe.send_text("10")
        assert heard(inbox, 1) == ["10"]
        pipe.send_text("1p")
        assert heard(inbox, 2) == ["1", "pause"]
        pipe.send_text("1")
        assert heard(inbox, 1) == ["1"]
    finally:
        keys.close()


def test_keys_are_heard_without_enter(inbox: SimpleQueue[Event], pipe: PipeInput) -> None:
    keys = Keys(inbox, input=pipe)
    assert keys.start()
    pipe.send_text("pC k?")
    assert heard(inbox, 5) == ["pause", "carry on", "stop", "skip this one", "help"]
    keys.close()
    keys.close()


def test_escape_alone_is_one_stop_and_so_is_an_arrow(inbox: SimpleQueue[Event], pipe: PipeInput) -> None:
    keys = Keys(inbox, input=pipe)
    keys.start()
    pipe.send_text("\x1b")
    assert heard(inbox, 1) == ["stop"]
    pipe.send_text("\x1b[A")
    pipe.send_text("p")
    assert heard(inbox, 2) == ["stop", "pause"]
    pipe.send_text("\x1b[10;20R")  # the terminal itself, saying where its cursor is
    pipe.send_text("y")
    assert heard(inbox, 1) == ["yes"]
    keys.close()


def test_control_c_interrupts_as_it_does_anywhere(
    inbox: SimpleQueue[Event], pipe: PipeInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted = threading.Event()
    monkeypatch.setattr(keyboard, "interrupt", interrupted.set)
    keys = Keys(inbox, input=pipe)
    keys.start()
    pipe.send_text("\x03")
    assert interrupted.wait(WAIT_S)
    keys.close()
    assert inbox.empty()


def test_there_are_no_keys_without_a_terminal(inbox: SimpleQueue[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    keys = Keys(inbox)
    assert not keys.start()
    keys.close()


# --- typed lines ---


def test_lines_typed_at_a_terminal_are_words_and_control_d_is_their_end(
    inbox: SimpleQueue[Event], pipe: PipeInput
) -> None:
    typed = Typed(inbox, input=pipe, output=DummyOutput())
    typed.start()
    pipe.send_text("  Severe   pain \n\nstop\n")
    assert heard(inbox, 2) == ["Severe pain", "stop"]
    pipe.send_text("\x04")
    assert inbox.get(timeout=WAIT_S) == EarsLost(END, for_good=True)
    typed.close()


def test_control_c_while_typing_interrupts(
    inbox: SimpleQueue[Event], pipe: PipeInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted = threading.Event()
    monkeypatch.setattr(keyboard, "interrupt", interrupted.set)
    typed = Typed(inbox, input=pipe, output=DummyOutput())
    typed.start()
    pipe.send_text("half a wo\x03")
    assert interrupted.wait(WAIT_S)
    typed.close()
    assert inbox.empty()


def test_closing_while_nobody_types_says_nothing(inbox: SimpleQueue[Event], pipe: PipeInput) -> None:
    typed = Typed(inbox, input=pipe, output=DummyOutput())
    typed.start()
    typed.close()
    typed.close()
    assert inbox.empty()
    assert not [thread for thread in threading.enumerate() if thread.name == "typed"]


def piped(inbox: SimpleQueue[Event], content: bytes) -> list[Event]:
    """All that a pipe with this content brings, to its end."""
    reading, writing = os.pipe()
    Typed(inbox, fd=reading).start()
    with os.fdopen(writing, "wb") as file:
        file.write(content)
    events: list[Event] = []
    while not events or not isinstance(events[-1], EarsLost):
        events.append(inbox.get(timeout=WAIT_S))
    os.close(reading)
    return events


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", []),
        (b"stop\nyes\n", ["stop", "yes"]),
        (b"stop\r\n\n   \nlast", ["stop", "last"]),
        (b"\xef\xbb\xbfbom\n\xff\xfe \xc3\xa9\n", ["bom", "�� é"]),
        (b"x" * 100_000 + b"\nafter\n", ["x" * 1000, "after"]),
        (b"\x00\x00\n", ["\0\0"]),
    ],
)
def test_a_pipe_brings_its_lines_and_then_its_end(inbox: SimpleQueue[Event], content: bytes, words: list[str]) -> None:
    *said, end = piped(inbox, content)
    assert [event.words for event in said if isinstance(event, Heard)] == words
    assert end == EarsLost(END, for_good=True)


def test_no_standard_input_at_all_is_the_end(inbox: SimpleQueue[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    Typed(inbox).start()
    assert inbox.get(timeout=WAIT_S) == EarsLost(END, for_good=True)


def test_python_can_end_while_a_pipe_is_still_open() -> None:
    code = "import queue; from coach.keyboard import Typed; Typed(queue.SimpleQueue()).start()"
    reading, writing = os.pipe()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, stdin=reading, capture_output=True, timeout=60, check=False
    )
    os.close(writing)
    os.close(reading)
    assert (done.returncode, done.stderr) == (0, b"")


# --- a real terminal ---

KEYS_PROGRAM = """
import fcntl, queue, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from coach.keyboard import Keys
inbox = queue.SimpleQueue()
keys = Keys(inbox)
print("keys", keys.start(), flush=True)
try:
    while (words := inbox.get().words) != "no":
        print("heard", words, flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
sys.exit(0)  # without close, as after a mishap
"""
TYPED_PROGRAM = """
import fcntl, queue, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from coach.keyboard import Typed
inbox = queue.SimpleQueue()
typed = Typed(inbox)
typed.start()
print("keys", True, flush=True)
try:
    while (words := inbox.get().words) != "no":
        print("heard", words, flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
finally:
    typed.close()
print("end", flush=True)
"""


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, program: str) -> None:
        import pty
        import termios

        self._modes = termios.tcgetattr
        self.master, self._slave = pty.openpty()
        self.before = self._modes(self._slave)
        self.seen = b""
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            start_new_session=True,
        )

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def until(self, text: str) -> None:
        while text.encode() not in self.seen:
            assert select.select([self.master], [], [], WAIT_S)[0], f"{text!r} is not in {self.seen!r}"
            self.seen += os.read(self.master, 4096)

    def is_as_before(self) -> bool:
        assert self.process.wait(timeout=WAIT_S) == 0
        now: list[Any] = self._modes(self._slave)
        return now == self.before

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        os.close(self.master)
        os.close(self._slave)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.device
@pytest.mark.parametrize("program", [KEYS_PROGRAM, TYPED_PROGRAM])
@pytest.mark.parametrize("end", ["n", "\x03"])
def test_a_terminal_is_left_as_it_was(program: str, end: str) -> None:
    enter = "" if program == KEYS_PROGRAM else "\r"
    terminal = Terminal(program)
    try:
        terminal.until("keys True")
        terminal.press(f"p{enter}")
        terminal.until("heard p")
        terminal.press(end if end != "n" or not enter else "no\r")
        if end == "\x03":
            terminal.until("interrupted")
        assert terminal.is_as_before()
    finally:
        terminal.close()
