"""Makes sound files of prompts. pyttsx3 does it, in a guarded child process of its own."""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from coach import naming
from coach.errors import CoachError

ATTEMPTS = 3
START_LIMIT_S = 20.0
LIMIT_S = 5.0
"""A prompt takes some 15 ms; this long means that the child is stuck."""
FREE_BYTES = 4_000_000
"""No rendering with less than this free on the disk: a file cut short would be spoken as it is."""
LEAST_BYTES_A_WORD = 1_500
"""No word is shorter than this, in 16-bit samples at any usual rate; shorter files are empty renderings."""


class Renderer(Protocol):
    """Turns text into a sound file. A second one needs these four and nothing else."""

    @property
    def name(self) -> str:
        """Which engine; with ``voice`` it tells clips of different renderers apart."""

    @property
    def voice(self) -> str:
        """Which of the engine's voices, known without starting the engine."""

    def render(self, text: str, rate_wpm: int, path: Path) -> None:
        """Write ``text``, spoken at ``rate_wpm`` words a minute, to ``path`` (wav, aiff or flac).

        Called from several threads, one at a time or not. Raises CoachError where it can't be done.
        """

    def close(self) -> None:
        """Let go of whatever it runs; a later ``render`` may start it again."""


def words_in(text: str) -> int:
    """How many words there are to be spoken; 0 for text that makes no sound."""
    return len(re.findall(r"\w+(?:['\u2019]\w+)*", text))


class Pyttsx3Renderer:
    """Renders in a child process, started at the first prompt, watched, and started again when it hangs or dies.

    ``voice`` is an id such as "gmw/en" (see ``voices``), or a part of an id or a name; None is the usual one.
    ``pitch``, 0 to 99, is for espeak-ng.
    Written for Linux, macOS and Windows; tried on Linux only.
    """

    def __init__(
        self,
        voice: str | None = None,
        pitch: int | None = None,
        *,
        command: Sequence[str] | None = None,
        start_limit_s: float = START_LIMIT_S,
        limit_s: float = LIMIT_S,
    ) -> None:
        linux = sys.platform.startswith("linux")
        self.name = "pyttsx3" if pitch is None else f"pyttsx3-pitch{pitch}"
        self.voice = voice or ("gmw/en" if linux else "default")
        self._command = list(command or (sys.executable, "-m", "coach.render_worker"))
        if voice or linux:
            self._command += ["--voice", self.voice]
        if pitch is not None:
            self._command += ["--pitch", str(pitch)]
        self._start_limit_s, self._limit_s = start_limit_s, limit_s
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def render(self, text: str, rate_wpm: int, path: Path) -> None:
        """See Renderer. Takes some 15 ms, and 0.2 s more for the first."""
        _check_writable(path)
        request = {"text": text.replace("\0", " "), "rate_wpm": rate_wpm, "path": str(path)}
        least = LEAST_BYTES_A_WORD * words_in(text)
        why = ""
        with self._lock:
            for _ in range(ATTEMPTS):
                try:
                    self._ask(request, self._limit_s + 0.1 * words_in(text))
                except _StuckError as error:
                    why = str(error)
                    continue
                if path.exists() and path.stat().st_size > least:
                    return
                why = "it made an empty sound file"
        raise CoachError(f"The voice could not say something: {why}; {_find_out()}")

    def warm(self) -> None:
        """Start the child, if it isn't running, so that the next prompt is quick. Raises CoachError like ``render``."""
        with self._lock:
            self._running()

    def voices(self) -> list[str]:
        """The ids of this system's voices. Raises CoachError where there is no speech engine."""
        return self._listed("voices")

    def english_voices(self) -> list[str]:
        """The names of those that speak English. Raises CoachError likewise."""
        return self._listed("english")

    def _listed(self, which: str) -> list[str]:
        with self._lock:
            try:
                return [str(voice) for voice in self._ask({"voices": True}, self._start_limit_s).get(which, [])]
            except _StuckError as error:
                raise CoachError(f"The speech engine can't list its voices: {error}.") from error

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._drop()

    def _ask(self, request: dict[str, Any], limit_s: float) -> dict[str, Any]:
        """One answer. Raises _StuckError, with the child gone, where another attempt makes sense."""
        child = self._running()
        try:
            answer = child.ask(request, limit_s)
        except _StuckError:
            self._drop()
            raise
        if "error" in answer:
            self._drop()
            raise _StuckError(answer["error"])
        return answer

    def _running(self) -> _Child:
        if self._child is None:
            child = _Child(self._command)
            try:
                answer = child.answer(self._start_limit_s)
            except _StuckError as error:
                child.kill()
                raise CoachError(f"The speech engine can't be started: {error}; {_find_out()}") from error
            if "error" in answer:
                child.kill()
                raise CoachError(f"The speech engine can't be used: {answer['error']}; {_find_out()}")
            self._child = child
        return self._child

    def _drop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None


def _find_out() -> str:
    return f"to find out more: {naming.command('doctor')}"


def _check_writable(path: Path) -> None:
    """Raise CoachError unless a sound file can be written there."""
    try:
        path.write_bytes(b"")
        free = shutil.disk_usage(path.parent).free
    except OSError as error:
        raise CoachError(f"The sound file {path} can't be written: {error.strerror or error}.") from error
    if free < FREE_BYTES:
        path.unlink(missing_ok=True)
        raise CoachError(f"The disk of {path.parent} is full, so no prompt can be rendered; make some room on it.")


class _StuckError(Exception):
    """The child did not answer, or answered that it failed."""


class _Child:
    """A running render worker and its two pipes."""

    def __init__(self, command: Sequence[str]) -> None:
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        # The child must find this very package, wherever the coach was started from.
        package_root = str(Path(__file__).resolve().parent.parent)
        paths = [package_root, *filter(None, [os.environ.get("PYTHONPATH")])]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                # So that Ctrl+C in the terminal ends the session, and not this in its midst; each for its systems.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise CoachError(f"The speech engine's process can't be started: {error.strerror or error}.") from error
        threading.Thread(target=self._read, name="renderer", daemon=True).start()

    def ask(self, request: dict[str, Any], limit_s: float) -> dict[str, Any]:
        """Send one request and wait for its answer. Raises _StuckError."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise _StuckError("the speech engine's process has ended") from error
        return self.answer(limit_s)

    def answer(self, limit_s: float) -> dict[str, Any]:
        """The next answer. Raises _StuckError after ``limit_s`` seconds, or when the child is gone."""
        try:
            line = self._lines.get(timeout=limit_s)
        except queue.Empty:
            raise _StuckError("the speech engine did not answer") from None
        if line is None:
            raise _StuckError("the speech engine's process has ended")
        try:
            answer = json.loads(line)
        except ValueError:
            raise _StuckError("the speech engine gave an answer that makes no sense") from None
        return answer if isinstance(answer, dict) else {}

    def kill(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            try:
                self._process.stdin.close()
            except OSError:
                return  # it went while a request was on its way

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as answers:
            for line in answers:
                self._lines.put(line)
        self._lines.put(None)
