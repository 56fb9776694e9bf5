"""The whole program, started as a person would: for the tests and measurements that need it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from coach import safety
from coach.events import Record
from coach.journal import Journal

ROOT = Path(__file__).resolve().parents[1]
ROUTINE = """
name = "quick"
title = "A quick one"
source = "made up for the tests"
for_whom = "Nobody."
[[exercises]]
name = "Knee to chest"
position = "lying on back"
setup_s = 0
steps = ["Bring one knee up towards your chest, slowly, and as far as it likes to go, and then a little more."]
go = "Bring your {side} knee up."
sides = "both"
dose = { reps = 2, hold_s = 20, get_ready_s = 3 }
"""


class Coach:
    """A running ``coach start``, and its captions as they come, with the time of each."""

    def __init__(self, environment: Mapping[str, str], *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "coach", "start", *arguments],
            cwd=ROOT,
            env={**environment, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.captions: list[str] = []

    def type(self, words: str) -> None:
        """Type a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{words}\n")
        self.process.stdin.flush()

    def begin(self) -> None:
        """Answer what is asked before a session with sound."""
        self.until(lambda line: line.strip() == safety.QUESTIONS["ready_lying"])
        self.type("ready")
        self.until(lambda line: line.strip() == safety.QUESTIONS["score_before"])
        self.type("two")

    def until(self, wanted: Callable[[str], bool]) -> str:
        """Read captions until one is wanted; a time limit lies on the whole test."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.captions.append(line.rstrip("\n"))
            if wanted(line):
                return line
        raise AssertionError("it ended:\n" + "\n".join(self.captions))

    def end(self) -> int:
        """Read what is left and wait for the end."""
        assert self.process.stdout is not None
        self.captions += [line.rstrip("\n") for line in self.process.stdout]
        return self.process.wait(timeout=30)


def known(home: Path) -> None:
    """Let the journal below this COACH_HOME hold that the warning-sign questions have just been answered."""
    folder = home / "data"
    folder.mkdir(parents=True, exist_ok=True)
    with Journal.open(folder / "journal.sqlite3") as journal:
        journal.begin("quick")
        journal.write(Record("warning_signs_clear"))
        journal.finish("done")
