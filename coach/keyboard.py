"""Words by keyboard: whole lines where there is no sound, single keys beside the ears where there is."""

from __future__ import annotations

import asyncio
import atexit
import codecs
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from coach.ears import Inbox
from coach.events import EarsLost, Heard

if TYPE_CHECKING:
    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output

STOP = "stop"
KEYS: Mapping[str, str] = {
    "p": "pause",
    "c": "carry on",
    "r": "say that again",
    "k": "skip this one",
    "b": "go back",
    "<": "slower",
    ">": "faster",
    "+": "louder",
    "-": "quieter",
    "t": "how long left",
    "?": "help",
    "y": "yes",
    "n": "no",
    **{digit: digit for digit in "0123456789"},
}
"""What each key says. Every other key, space, Enter, Escape, s and q among them, says "stop"."""
ALIASES: Mapping[str, str] = {",": "<", ".": ">", "=": "+", "_": "-", "h": "?", "/": "?"}
"""The same keys without Shift, and other first guesses."""

TEN_WAIT_S = 0.8
"""How long a 1 may yet become a 10: as an answer to "how bad is it?" they are worlds apart."""
ESCAPE_WAIT_S = 0.05
"""Escape by itself is one key; followed at once by more it is part of an arrow or function key."""
LONGEST_LINE = 1000
END = "no more words can be typed"


def words_for(key: str) -> str:
    """What a key press says; ``key`` is a character, or a name such as "up"."""
    key = key.lower()
    return KEYS.get(ALIASES.get(key, key), STOP)


class _ControlC(Exception):
    """A key; a KeyboardInterrupt in its place would tear the thread down."""


class Typed:
    """Lines from a terminal or a pipe; their end is the end of hearing, for good."""

    def __init__(
        self, inbox: Inbox, *, fd: int | None = None, input: Input | None = None, output: Output | None = None
    ) -> None:
        """By default lines come from standard input; ``fd`` is another pipe, ``input`` another terminal."""
        self._inbox = inbox
        self._fd = fd
        self._input = input
        self._output = output
        self._closing = False
        self._app: _InThread | None = None

    def start(self) -> None:
        """Begin to read; returns at once."""
        if self._input is not None or (self._fd is None and is_terminal()):
            self._app = _InThread("typed", self._prompt)
        else:
            threading.Thread(target=self._pipe, name="typed", daemon=True).start()

    def close(self) -> None:
        """Stop reading and leave the terminal as it was. May be called twice."""
        self._closing = True
        if self._app is not None:
            self._app.close()

    async def _prompt(self, closing: asyncio.Event) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.output import create_output
        from prompt_toolkit.patch_stdout import patch_stdout

        output = self._output if self._output is not None else create_output()
        if hasattr(output, "enable_cpr"):
            # Asking where the cursor is holds captions up for seconds on a terminal that never answers.
            output.enable_cpr = False
        session: PromptSession[str] = PromptSession(input=self._input, output=output, interrupt_exception=_ControlC)
        with patch_stdout(raw=True):
            while True:
                line = asyncio.ensure_future(session.prompt_async("> ", handle_sigint=False))
                end = asyncio.ensure_future(closing.wait())
                await asyncio.wait({line, end}, return_when=asyncio.FIRST_COMPLETED)
                if not line.done():
                    line.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await line
                    return
                end.cancel()
                try:
                    self._say(line.result())
                except EOFError:
                    self._inbox.put(EarsLost(END, for_good=True))
                    return
                except _ControlC:
                    interrupt()
                    return

    def _pipe(self) -> None:
        with contextlib.suppress(OSError, ValueError, AttributeError):
            # Not through sys.stdin: a thread that waits inside it keeps Python from ending in peace.
            for line in _lines(sys.stdin.fileno() if self._fd is None else self._fd):
                if self._closing:
                    return
                self._say(line)
        if not self._closing:
            self._inbox.put(EarsLost(END, for_good=True))

    def _say(self, line: str) -> None:
        words = " ".join(line[:LONGEST_LINE].split())
        if words:
            self._inbox.put(Heard(words, typed=True))


class Keys:
    """Single keys of a terminal, without Enter; see ``KEYS``."""

    def __init__(self, inbox: Inbox, *, input: Input | None = None) -> None:
        self._inbox = inbox
        self._input = input
        self._app: _InThread | None = None
        self._one: asyncio.TimerHandle | None = None

    def start(self) -> bool:
        """Begin to read keys; returns at once: False where there is no terminal to read them from."""
        if self._input is None and not is_terminal():
            return False
        self._app = _InThread("keys", self._read)
        return True

    def close(self) -> None:
        """Stop reading and leave the terminal as it was. May be called twice."""
        if self._app is not None:
            self._app.close()

    async def _read(self, closing: asyncio.Event) -> None:
        from prompt_toolkit.input import create_input

        terminal = self._input if self._input is not None else create_input()
        loop = asyncio.get_running_loop()
        flushing: asyncio.TimerHandle | None = None

        def flush() -> None:
            self._press(terminal.flush_keys())

        def ready() -> None:
            nonlocal flushing
            self._press(terminal.read_keys())
            if flushing is not None:
                flushing.cancel()
            flushing = loop.call_later(ESCAPE_WAIT_S, flush)
            if terminal.closed:
                closing.set()

        with terminal.raw_mode(), terminal.attach(ready):
            await closing.wait()

    def _press(self, presses: list[Any]) -> None:
        from prompt_toolkit.keys import Keys as Names

        for press in presses:
            if press.key in (Names.CPRResponse, Names.Ignore):
                continue  # from the terminal itself, not from a person
            if press.key == Names.ControlC:
                interrupt()
                continue
            key = press.key.value if isinstance(press.key, Names) else str(press.key)
            self._say(words_for(key))

    def _say(self, words: str) -> None:
        """Pass words on; a 1 waits a moment for a 0."""
        one, self._one = self._one, None
        if one is not None:
            one.cancel()
            if words == "0":
                words = "10"
            else:
                self._inbox.put(Heard("1", typed=True))
        if words == "1":
            later = asyncio.get_running_loop().call_later
            self._one = later(TEN_WAIT_S, self._say_one)
        else:
            self._inbox.put(Heard(words, typed=True))

    def _say_one(self) -> None:
        self._one = None
        self._inbox.put(Heard("1", typed=True))


class _InThread:
    """An asyncio task in a thread of its own, ended by ``close`` or, at the latest, when Python ends."""

    def __init__(self, name: str, work: Any) -> None:
        self._work = work
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: asyncio.Event | None = None
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def close(self) -> None:
        """End the task and wait until it has left the terminal as it was."""
        atexit.unregister(self.close)
        self._begun.wait(timeout=1.0)
        loop, closing = self._loop, self._closing
        if loop is not None and closing is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                loop.call_soon_threadsafe(closing.set)
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=2.0)

    def _run(self) -> None:
        with contextlib.suppress(OSError, EOFError):  # the terminal is gone; the rest of the coach goes on
            asyncio.run(self._main())
        self._begun.set()

    async def _main(self) -> None:
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        self._begun.set()
        await self._work(self._closing)


def is_terminal() -> bool:
    """Is standard input a terminal that a person sits at?"""
    try:
        return sys.stdin is not None and sys.stdin.isatty()
    except ValueError:  # it is closed
        return False


def interrupt() -> None:
    """Control-C, which a terminal that hands over single keys does not turn into an interrupt by itself."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)


def _lines(fd: int) -> Iterator[str]:
    """The lines of a pipe as they come; bytes that are no UTF-8 become question marks, an over-long line is cut."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
    rest = ""
    while piece := os.read(fd, 4096):
        *whole, rest = (rest + decoder.decode(piece)).split("\n")
        yield from whole
        rest = rest[:LONGEST_LINE]
    if rest:
        yield rest
