"""The coach's own environment: made on the first start, from the locked dependencies, and then only looked at.

Standard library only, as nothing else is there yet. Progress goes to standard error, because other programs read what
the coach prints. A stamp written last tells a finished environment from one that was interrupted.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parents[1]
STAMP = "coach-stamp"
BUILDING = "building"
COACH_AS = "COACH_AS"
"""Tells coach.naming how the coach was started."""
WINDOWS = os.name == "nt"

Say = Callable[[str], None]


class SetupError(Exception):
    """The environment can't be made: ``str(error)`` is one plain sentence saying why and what to do."""


def run_coach(arguments: Sequence[str]) -> int:
    """Become the coach with these arguments, or the exit status where that can't be (none: start a session)."""
    occupy_closed()
    try:
        python = ready(ROOT)
    except SetupError as error:
        say(str(error))
        return 2
    except KeyboardInterrupt:
        say("Stopped. Start the same command again whenever you like.")
        return 130
    os.environ[COACH_AS] = started_as(sys.argv[0])
    # -P: a file in the current folder must not be taken for one of the coach's parts.
    return become([str(python), "-P", "-m", "coach", *(arguments or ["start"])])


def run_tests(arguments: Sequence[str]) -> int:
    """Become the test runner, for the slow tests too, with these arguments, in the same environment with its extras."""
    try:
        python = ready(ROOT, tests=True)
    except SetupError as error:
        say(str(error))
        return 2
    except KeyboardInterrupt:
        return 130
    os.chdir(ROOT)
    return become([str(python), "-m", "pytest", "-m", "", *arguments])


def say(line: str) -> None:
    """One line of progress, or of what went wrong, for the person waiting."""
    print(line, file=sys.stderr, flush=True)


def started_as(script: str) -> str:
    """What was typed to start the coach, for what it tells people to type: ``python3 run_coach.py``, usually."""
    usual = "python" if WINDOWS else "python3"
    typed = Path(sys.executable or usual).name.removesuffix(".exe")
    python = typed if typed.startswith("python") and shutil.which(typed) else usual
    return f"{python} {subprocess.list2cmdline([script]) if WINDOWS else shlex.quote(script)}"


def occupy_closed() -> None:
    """Put something in the place of an input or output that is closed: the next file opened would be taken for it.

    What goes in the place of standard output can only be read, so that whoever prints is told that it can't be.
    """
    for number, how in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, how), True)


def become(command: Sequence[str]) -> int:
    """Run ``command`` in this process's place, with its input, output and exit status."""
    if not WINDOWS:
        if sys.stdout is not None:
            sys.stdout.flush()
        os.execv(command[0], list(command))
    import signal

    # Windows has no exec: wait, and leave Ctrl-C to the one who is doing the work.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.call(list(command))


# --- which environment, and is it finished? ----------------------------------------------------


def ready(root: Path, *, tests: bool = False, tell: Say = say) -> Path:
    """The Python of a finished environment for the coach at ``root``, made first where there is none.

    Raises SetupError where it can't be made, KeyboardInterrupt where the person gave up.
    """
    wanted = stamps(root)[: 2 if tests else 1]
    places = (root / ".venv", fallback_folder(root))
    for folder in places:
        if is_finished(folder, wanted):
            return python_of(folder)
    makeable = [place for place in places if can_be_made(place)]
    if not makeable:
        raise SetupError(
            f"The coach can write neither to {places[0].parent} nor to {places[1].parent}, and needs one of them "
            "for its parts: make one writable, then start it again."
        )
    folder = makeable[0]
    from coach import setup_steps

    with only_one(folder.with_name(folder.name + ".lock"), tell):
        if not is_finished(folder, wanted):  # Another start may have finished it while this one waited.
            setup_steps.make(root, folder, wanted, tests=tests, tell=tell)
    return python_of(folder)


def stamps(root: Path) -> list[str]:
    """The stamp lines of a finished environment: what runs the coach, then what tests it. SetupError without locks."""
    lines = []
    for name, lock in (("run", "requirements.lock"), ("test", "requirements-test.lock")):
        try:
            lines.append(f"{name} {hashlib.sha256((root / lock).read_bytes()).hexdigest()}")
        except OSError as error:
            raise SetupError(
                f"{root / lock} can't be read ({error.strerror}): get the coach's folder again."
            ) from error
    return lines


def is_finished(folder: Path, wanted: Sequence[str]) -> bool:
    """Whether the environment in ``folder`` is whole, made from these locks, and its Python is still the same."""
    try:
        lines = (folder / STAMP).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return False
    python = python_of(folder)
    return python.exists() and {*wanted, f"python {python.resolve()}"} <= set(lines)


def python_of(folder: Path) -> Path:
    """Where the Python of an environment lies."""
    return folder / ("Scripts/python.exe" if WINDOWS else "bin/python")


def fallback_folder(root: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Where the environment goes when the coach's own folder is read-only: one for each copy of the coach."""
    name = hashlib.sha256(os.fsencode(root)).hexdigest()[:12]
    return data_folder(environ) / "environments" / name


def data_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The user's data folder: the one that coach.folders finds, found without its parts."""
    if home := environ.get("COACH_HOME"):
        return Path(home).expanduser().absolute() / "data"
    if WINDOWS:
        base = Path(environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "exercise-coach"


def can_be_made(folder: Path) -> bool:
    """Whether an environment can be written there; finding out leaves no more than the lock file behind."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with open(folder.with_name(folder.name + ".lock"), "a"):
            return not folder.exists() or os.access(folder, os.W_OK)
    except OSError:
        return False


# --- one at a time -------------------------------------------------------------------------------


@contextlib.contextmanager
def only_one(path: Path, tell: Say) -> Iterator[None]:
    """Hold the lock file while the environment is made; the system lets go of it however this process ends."""
    with open(path, "a+") as file:
        if not _try_lock(file):
            tell("The coach is being set up by another start; waiting for it…")
            _wait_lock(file)
        if not WINDOWS:
            os.set_inheritable(file.fileno(), True)
        yield


def _try_lock(file: TextIO) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _wait_lock(file: TextIO) -> None:
    import time

    while not _try_lock(file):
        time.sleep(0.2)
