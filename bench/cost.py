"""What does listening cost? ``python -m bench.cost [--seconds 60] [--model DIR]`` (Linux).

The whole program in a virtual sound system whose microphone hears its loudspeaker, measured from outside while it
speaks, times, listens and takes its own voice out: processor time of all its processes as a share of one core, and the
memory of the coach itself.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from bench.conditions import conditions
from coach.models import find_model
from tests.program import ROUTINE, Coach, known
from tests.pulse import PulseBox, missing
from tests.speech import MODEL


def used_s(pid: int) -> float:
    """Processor seconds of a process and the children that it has waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def main() -> None:
    """Measure, and print with the conditions."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=60.0)
    arguments.add_argument("--model", type=Path)
    options = arguments.parse_args()
    model = find_model(options.model) or MODEL
    if missing() or model is None:
        raise SystemExit(missing() or "There is no speech model to measure with; name one with --model.")
    with tempfile.TemporaryDirectory() as name, PulseBox() as box, box.noise():
        folder = Path(name)
        (folder / "quick.toml").write_text(ROUTINE, encoding="utf-8")
        known(folder / "home")
        environment = {**os.environ, **box.environment, "COACH_HOME": str(folder / "home")}
        coach = Coach(environment, str(folder / "quick.toml"), "--model", str(model))
        coach.begin()
        coach.until(lambda line: "Bring one knee up" in line)
        pid = coach.process.pid
        before_s, began = used_s(pid), time.monotonic()
        time.sleep(options.seconds)
        took_s = time.monotonic() - began
        share = (used_s(pid) - before_s) / took_s
        memory = memory_mb(pid)
        coach.process.kill()
        coach.end()
    print(
        conditions(f"{took_s:.0f} s of a session, PulseAudio with an echo, model {model.name}", ("vosk", "sounddevice"))
    )
    print(f"processor: {100 * share:.1f} % of one core; memory: {memory:.0f} MB")


if __name__ == "__main__":
    main()
