from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from coach import folders
from coach.errors import CoachError
from coach.lock import only_coach

HOLD = """
from coach.lock import only_coach
with only_coach():
    print("held", flush=True)
    input()
"""


def test_a_second_coach_is_refused_until_the_first_is_gone_however_it_went() -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline().strip() == b"held"
        with pytest.raises(CoachError, match="Another coach is already running"), only_coach():
            pytest.fail("two coaches at once")
        first.kill()
    with only_coach():
        pass


def test_the_lock_is_let_go_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), only_coach():
        raise ZeroDivisionError
    with only_coach():
        pass


def test_no_folder_is_no_reason_not_to_exercise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "file"))
    with pytest.raises(CoachError):
        folders.data_dir()
    with only_coach():
        pass
