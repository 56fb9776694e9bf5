"""How well leaflets are understood: exercises that are exactly right, wrong values, and the time for one.

python -m bench.leaflets                 the score of all leaflets in ../shared/leaflets, seeds among them
python -m bench.leaflets --print FILE    what is understood of one, as ``coach import --json`` prints it
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from coach.leaflet import understand_leaflet
from coach.leaflet_lines import split_lines


def understood(path: Path) -> dict[str, object]:
    """One leaflet in plain text, understood."""
    return understand_leaflet(split_lines(path.read_bytes().decode("utf-8", "replace"))).as_dict()


def main(arguments: list[str]) -> int:
    """Print one answer, or the score."""
    if arguments[:1] == ["--print"] and len(arguments) == 2:
        print(json.dumps(understood(Path(arguments[1])), indent=1))
        return 0
    from tests.shared import SHARED

    folder = Path(arguments[0]) if arguments else SHARED / "leaflets" if SHARED else None
    if folder is None or not folder.is_dir():
        print("No leaflets here: name their folder (with score.py in it), or put them in ../shared/leaflets.")
        return 2
    times = []
    for path in sorted(folder.rglob("*.txt")):
        began = time.perf_counter()
        understood(path)
        times.append((time.perf_counter() - began, path.name))
    command = [sys.executable, str(folder / "score.py"), "-r", str(folder), "--"]
    done = subprocess.run([*command, sys.executable, "-m", "bench.leaflets", "--print"], check=False)
    if times:
        worst_s, name = max(times)
        mean_s = sum(one for one, _ in times) / len(times)
        print(f"time       {1000 * mean_s:.0f} ms a leaflet, {1000 * worst_s:.0f} ms at most ({name})")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
