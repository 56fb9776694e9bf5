"""Mistakes on the command line, and inputs and outputs that can't be used: one sentence, status 2, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from coach import cli, hear, naming
from coach.environment import ROOT, started_as
from coach.errors import CoachError
from tests.test_cli import coach

posix = pytest.mark.skipif(os.name == "nt", reason="uses files that only POSIX has")


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "-0.1", "1.01", "1e999", "loud", ""])
def test_a_volume_that_is_none_is_refused(number: str) -> None:
    """ "nan" above all: it would be played as noise at full strength."""
    done = coach("start", "--text", f"--volume={number}")
    assert done.exit_code == 2
    assert done.output.startswith(f'--volume must be a number from 0 to 1, not "{number}".')


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("start --rate x", '--rate must be a whole number from 80 to 300, not "x".'),
        ("start --rate 20", '--rate must be a whole number from 80 to 300, not "20".'),
        ("start --rate", 'The option "--rate" needs a value.'),
        ("start --rat 100", 'There is no option "--rat"; did you mean "--rate"?'),
        ("start --zzz", 'There is no option "--zzz".'),
        ("start --text=yes", 'The option "--text" can not have a value.'),
        ("--zzz", 'There is no option "--zzz".'),
        ("zzz", 'There is no command "zzz".'),
        ("check", "FILES must be given."),
        ("render", "ROUTINE must be given."),
        ("preview a b", '"b" is more than this command takes.'),
        ("understand --context x", "--context must be one of asked_score, asked_yes_no, asked_finished, asked_ready."),
    ],
)
def test_a_mistake_is_one_plain_sentence_and_how_to_see_more(arguments: str, said: str) -> None:
    done = coach(*arguments.split())
    assert done.exit_code == 2
    assert done.output.startswith(f"{said} To see what there is: coach")
    assert done.output.endswith(" --help\n")
    assert done.output.count("\n") == 1


def test_control_c_ends_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("coach.start.run", interrupted)
    done = coach("start", "--text")
    assert (done.exit_code, done.output) == (130, "")


def test_what_is_told_to_type_is_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert naming.command("setup") == "coach setup"
    assert naming.VARIABLE == "COACH_AS"
    monkeypatch.setenv(naming.VARIABLE, "python3 run_coach.py")
    assert naming.command("setup") == "python3 run_coach.py setup"
    done = CliRunner().invoke(cli.main, ["check", "none.toml"])
    assert "To list the routines: python3 run_coach.py routines" in done.output


@posix
def test_it_is_named_as_it_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/bin/python3.99")
    assert started_as("run_coach.py") == "python3 run_coach.py"
    assert started_as("../my coach/run_coach.py") == "python3 '../my coach/run_coach.py'"


@posix
def test_no_message_names_a_command_that_is_not_there() -> None:
    """Whatever tells somebody to type something asks coach.naming for it."""
    for path in (ROOT / "coach").glob("*.py"):
        text = path.read_text(encoding="utf-8").replace("``", "")
        assert "`coach " not in text, path.name
        assert "try coach " not in text, path.name


def program(*arguments: str, **named: object) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, as run_coach.py ends up with it."""
    command = [sys.executable, "-m", "coach", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COACH_AS": "python3 run_coach.py"}
    done: subprocess.CompletedProcess[str] = subprocess.run(  # type: ignore[call-overload]
        command, env=environment, stderr=subprocess.PIPE, text=True, timeout=60, check=False, **named
    )
    return done


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("arguments", ["preview walk", "routines", "understand stop", "--help", "check --help"])
def test_a_full_disk_for_what_is_printed(arguments: str) -> None:
    with open("/dev/full", "w") as full:
        done = program(*arguments.split(), stdout=full)
    assert done.returncode == 2
    assert done.stderr.startswith("What the coach prints can't be written (")
    assert done.stderr.count("\n") == 1


@posix
@pytest.mark.parametrize(("closed", "status"), [(">&-", 2), ("2>&-", 0), ("<&-", 0)])
def test_closed_inputs_and_outputs(closed: str, status: int) -> None:
    """What is closed is not taken for the next file opened, and no traceback tells of it."""
    code = (
        "import sys; sys.argv = ['run_coach.py']; from coach import environment as e; from pathlib import Path; "
        "e.ready = lambda _: Path(sys.executable); sys.exit(e.run_coach(['understand', 'stop']))"
    )
    command = ["sh", "-c", f'exec "$0" "$@" {closed}', sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert done.stdout == ("" if status else "stop\n")
    assert done.stderr.startswith("What the coach prints can't be written (it is closed)") is bool(status)


def test_python_may_be_told_to_leave_its_paths_alone(tmp_path: Path) -> None:
    """``python3 -I run_coach.py``: it gets as far as its own sentence about locks that are not there."""
    package = tmp_path / "coach"
    package.mkdir()
    for name in ("run_coach.py", "coach/__init__.py", "coach/environment.py"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-I", str(tmp_path / "run_coach.py"), "routines"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "requirements.lock can't be read" in done.stderr


@posix
@pytest.mark.parametrize("kind", ["loop", "fifo"])
def test_what_is_no_ordinary_file_is_said_to_be_none(kind: str, tmp_path: Path, coach_home: Path) -> None:
    """A link to itself, and a pipe that nobody writes to: neither a traceback nor a wait for ever."""
    routine, recording, settings = tmp_path / "x.toml", tmp_path / "x.wav", coach_home / "config" / "settings.toml"
    settings.parent.mkdir()
    for path in (routine, recording, settings):
        path.symlink_to(path.name) if kind == "loop" else os.mkfifo(path)
    for arguments in (["check", routine], ["preview", routine], ["start", "--text"]):
        done = coach(*map(str, arguments))
        assert done.exit_code == 2, done.output
        assert done.output.count("\n") == 1
    with pytest.raises(CoachError, match=r"is not a file of sound|can't be read"):
        hear._check_readable(recording)


def test_a_file_that_may_not_be_read_is_the_coachs_own_affair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sentence says what to do; click's is four lines about arguments."""
    path = tmp_path / "x.toml"
    path.touch()
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    assert coach("check", str(path)).output.startswith(f"{path}: name: is missing")
    assert cli.A_PATH.readable is False
