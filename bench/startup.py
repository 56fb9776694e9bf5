"""How long until the first word? ``python -m bench.startup [--trials 5]``

Starts the real program, as a person would, and waits for its first caption: once on a machine that has run it before
(environment made, clips rendered). Run beside nothing else.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.conditions import conditions
from tests.pulse import PulseBox, missing
from tests.speech import MODEL

ROOT = Path(__file__).resolve().parents[1]
FIRST_WORDS = b"Hello"


def first_caption_s(arguments: list[str], environment: dict[str, str]) -> float:
    """Seconds from starting the process to its first caption, which comes as its first word is sent to be played."""
    began = time.monotonic()
    command = [sys.executable, str(ROOT / "run_coach.py"), "start", *arguments]
    environment = {**environment, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if FIRST_WORDS in line:
                took = time.monotonic() - began
                break
        else:
            raise SystemExit("the coach ended before its first words")
        process.terminate()
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=5)
    options = parser.parse_args()
    print(conditions(f"{options.trials} trials each, after one that is not counted"))
    with tempfile.TemporaryDirectory() as home, contextlib.ExitStack() as stack:
        here = {**os.environ, "COACH_HOME": home}
        runs = [("text", ["--text"], here)]
        if missing() is None:
            box = stack.enter_context(PulseBox(echo=False))
            stack.enter_context(box.noise())
            runs.append(("sound", ["--model", str(MODEL)] if MODEL else [], {**here, **box.environment}))
        for name, arguments, environment in runs:
            first = first_caption_s(arguments, environment)
            later = sorted(first_caption_s(arguments, environment) for _ in range(options.trials))
            print(
                f"{name:<6} first {first:.2f} s; then median {statistics.median(later):.2f} s, worst {later[-1]:.2f} s"
            )


if __name__ == "__main__":
    main()
