"""The steps of the first start: an empty environment, then the locked dependencies, told as they come.

Standard library only; coach.environment decides when these steps are due.
"""

from __future__ import annotations

import importlib.util
import os
import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from coach.environment import BUILDING, STAMP, Say, SetupError, python_of

QUIET_S = 5.0
"""No longer than this passes without a line while something is under way."""

_OFFLINE = (
    "Failed to establish a new connection",
    "NameResolutionError",
    "Temporary failure in name resolution",
    "ConnectTimeoutError",
    "Network is unreachable",
    "ProxyError",
    "Connection refused",
    "ReadTimeoutError",
    "from versions: none",
)
_NO_VARIABLES = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_NO_DEPS")


def make(root: Path, folder: Path, wanted: Sequence[str], *, tests: bool, tell: Say) -> None:
    """Bring the environment in ``folder`` up to the locks at ``root``; its stamp is written last. Raises SetupError."""
    check_python()
    stamp, python = folder / STAMP, python_of(folder)
    fresh = not is_sound(folder)
    try:
        if fresh:
            tell("Setting up the coach; this happens once and takes a minute or two.")
            make_empty(folder)
        else:
            tell("Bringing the coach's parts up to date.")
        stamp.write_text(BUILDING, encoding="utf-8")
        install(python, root / ("requirements-test.lock" if tests else "requirements.lock"), tell)
        point_to(python, root)
        stamp.write_text("\n".join([*wanted, f"python {python.resolve()}", ""]), encoding="utf-8")
    except OSError as error:
        raise SetupError(
            f"The coach's parts could not be written to {folder} ({error.strerror or error}): make room or make it "
            "writable, then start the coach again."
        ) from error
    tell("Everything is in place.")


def is_sound(folder: Path) -> bool:
    """Whether there is an environment worth keeping: with a Python that is new enough, and not left half made."""
    try:
        if (folder / STAMP).read_text(encoding="utf-8").strip() == BUILDING:
            return False
    except (FileNotFoundError, NotADirectoryError):
        pass  # Made by someone else, perhaps: its Python decides.
    except (OSError, UnicodeDecodeError):
        return False
    test = "import sys, pip; sys.exit(sys.version_info < (3, 11) or sys.prefix == sys.base_prefix)"
    try:
        result = subprocess.run([python_of(folder), "-c", test], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return result.returncode == 0


def check_python() -> None:
    """Raise SetupError, with the exact command where one is known, if this Python can't make environments."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    raise SetupError(missing_venv_sentence(os_release(), sys.version_info[:2]))


def missing_venv_sentence(release: str, version: tuple[int, int]) -> str:
    """What to do where Python came without its venv part; ``release`` is the text of os-release."""
    package = f"python{version[0]}.{version[1]}-venv"
    if re.search(r"^ID(_LIKE)?=.*\b(debian|ubuntu)\b", release, re.MULTILINE):
        return f"A part of Python is missing here: run 'sudo apt install {package}', then start the coach again."
    return (
        "A part of Python is missing here (venv and ensurepip): install it with this system's package manager, "
        f"where it is often called {package}, then start the coach again."
    )


def os_release() -> str:
    """The text of the system's own description, or nothing."""
    try:
        return Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return ""


def make_empty(folder: Path) -> None:
    """An environment with nothing but pip, whatever was there before. Raises SetupError."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    command: list[str] = [sys.executable, "-m", "venv", "--clear", str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, close_fds=False, env=clean_environ())
    if result.returncode == 0:
        return
    said = (result.stderr.strip() or result.stdout.strip() or "no reason given").splitlines()[-1]
    raise SetupError(f"Python could not make the coach's environment in {folder}: {said}")


def point_to(python: Path, root: Path) -> None:
    """Let the environment find the coach itself, relative to it where they lie together, so that they can move."""
    ask = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip())
    inside = packages.resolve().is_relative_to(root.resolve())
    target = os.path.relpath(root.resolve(), packages.resolve()) if inside else str(root.resolve())
    (packages / "coach-root.pth").write_text(target + "\n", encoding="utf-8")


def clean_environ() -> dict[str, str]:
    """This process's variables, less those that would lead pip or the new Python elsewhere."""
    kept = {name: value for name, value in os.environ.items() if name not in _NO_VARIABLES}
    return kept | {"PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUTF8": "1"}


# --- the dependencies --------------------------------------------------------------------------------


def install(python: Path, lock: Path, tell: Say) -> None:
    """Install exactly what ``lock`` names, telling of every part and never silent for long. Raises SetupError."""
    command = [str(python), "-m", "pip", "install", "--require-hashes", "--no-deps", "--progress-bar", "off"]
    process = subprocess.Popen(
        [*command, "-r", str(lock)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=clean_environ(),
        close_fds=False,  # It inherits the lock, so that no other start can begin while it still writes.
    )
    progress = Progress(total=len(re.findall(r"^\S+==", lock.read_text(encoding="utf-8"), re.MULTILINE)), tell=tell)
    try:
        said = follow(process, progress)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if process.wait() != 0:
        raise SetupError(why_failed(said))


def follow(process: subprocess.Popen[str], progress: Progress) -> list[str]:
    """Everything pip printed, line by line; between lines that are long in coming, progress says what is under way."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                lines.put(line.rstrip())
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    said: list[str] = []
    while True:
        try:
            line = lines.get(timeout=QUIET_S)
        except queue.Empty:
            progress.waiting()
            continue
        if line is None:
            return said
        said.append(line)
        progress.line(line)


class Progress:
    """Turns what pip prints into a few plain lines."""

    def __init__(self, total: int, tell: Say) -> None:
        self.total, self.tell = total, tell
        self.number = 0
        self.doing = "getting ready"
        self.since = time.monotonic()

    def line(self, line: str) -> None:
        """Take in one line of pip's output."""
        if line.startswith("Ignoring "):
            self.total -= 1
        elif match := re.match(r"(Collecting|Processing|Requirement already satisfied:) (\S+)", line):
            self.number += 1
            name = re.split(r"[=<>~!;(]|-\d", match[2].rpartition("/")[2])[0]
            self._now(f"[{self.number}/{self.total}] {name}", quietly=match[1].startswith("Requirement"))
        elif match := re.match(r"\s+Downloading .*\((\d+(?:\.\d+)?) (MB|GB)\)", line):
            self.doing += f", {match[1]} {match[2]}"
        elif line.startswith("Installing collected packages"):
            self._now("Putting the parts in place")

    def waiting(self) -> None:
        """Nothing was printed for a while."""
        self.tell(f"  still at it: {self.doing} ({time.monotonic() - self.since:.0f} s)")

    def _now(self, doing: str, quietly: bool = False) -> None:
        self.doing, self.since = doing, time.monotonic()
        if not quietly:
            self.tell(doing)


def why_failed(said: Sequence[str]) -> str:
    """One plain sentence for what made pip give up."""
    text = "\n".join(said)
    if "No space left on device" in text:
        return "The disk is full: make about 500 MB of room, then start the coach again."
    if any(sign in text for sign in _OFFLINE):
        return (
            "The coach needs the internet this one time, to fetch its parts, and can't reach it: "
            "connect this computer, then start the coach again."
        )
    if "DO NOT MATCH THE HASHES" in text:
        return "A part that was fetched is not the one the coach was tested with, so it was left out: try again later."
    errors = [line.strip() for line in said if line.strip().lower().startswith("error")] or ["pip gave no reason"]
    return f"The coach's parts could not be installed: {errors[-1]}"
