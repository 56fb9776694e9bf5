"""How well the coach hears: a folder of recordings through ``coach hear``'s own path.

    python -m bench.hearing FOLDER [--model DIR]... [--condition NAME]... [--kept] [--every N] [--grammar] [--json]

FOLDER has a ``manifest.csv`` with ``path``, ``kind`` and ``text`` (``speaker`` where known). Of a command, the right
action must come; of a digit, the score, just asked for; of a report, one of its ``action`` (a|b); of other people's
words and of noise, no action at all. Several models are measured in one run, one after the other.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.conditions import conditions
from bench.disturbance import CONDITIONS, Disturbance, is_kept
from bench.tallies import COMMANDS, NUMBERS, QUIET, Tally, sort_of, table
from coach.errors import CoachError
from coach.hear import hear_file
from coach.intents import Context
from coach.models import find_model
from coach.recogniser import VoskRecogniser

_NEVER_TRAINED = ("negative_phrase", "negative_sentence", "report", "silence")
GRAMMAR = [*COMMANDS, *NUMBERS, "carry on", "help", "severe pain", "it hurts"]


def main(arguments: list[str] | None = None) -> int:
    """Measure and print. Returns the exit status."""
    options = _options(arguments)
    try:
        models = [find_model(model) for model in options.model or [None]]
        if None in models:
            raise CoachError("There is no speech model on this computer yet; `coach setup` fetches one.")
        everything = _rows(options.folder)
        rows = [row for row in everything if row["kind"] in ("command", "digit", "report", *QUIET)]
        rows = [row for row in rows if not options.kept or _is_kept(row)][:: options.every]
        for name in options.condition or ["clean"]:
            disturbance = Disturbance(name, options.folder, everything, options.kept)
            for model in models:
                assert model is not None
                _measure(model, disturbance, rows, options)
    except CoachError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _measure(
    model: Path, disturbance: Disturbance, rows: Sequence[dict[str, str]], options: argparse.Namespace
) -> None:
    loading_at = time.perf_counter()
    recogniser = VoskRecogniser(model, GRAMMAR if options.grammar else None)
    loaded_s = time.perf_counter() - loading_at
    tallies: dict[str, Tally] = {}
    sound_s, took_s, took_cpu_s = 0.0, 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        for row in rows:
            path = disturbance.written(options.folder / row["path"], Path(folder) / "clip.wav")
            began_at, began_cpu_at = time.perf_counter(), time.process_time()
            recording = hear_file(path, recogniser, _context(row))
            took_s, took_cpu_s = (
                took_s + time.perf_counter() - began_at,
                took_cpu_s + time.process_time() - began_cpu_at,
            )
            sound_s += recording["duration_s"] + 2
            tallies.setdefault(sort_of(row), Tally()).count(row, recording["events"])
            if options.words:
                print(
                    row["text"],
                    "|",
                    " / ".join(f"{event['heard']} ({event['action']})" for event in recording["events"]),
                )
    cost: dict[str, Any] = {
        "load_s": loaded_s,
        "sound_s": sound_s,
        "real_time_factor": took_s / sound_s,
        "cpu": took_cpu_s / sound_s,
    }
    decoding = "closed grammar" if options.grammar else "free decoding"
    if options.json:
        sorts = {sort: tally.as_dict() for sort, tally in tallies.items()}
        print(
            json.dumps(
                {"model": model.name, "condition": disturbance.name, "decoding": decoding, "sorts": sorts, **cost}
            )
        )
        return
    print(f"== {model.name}, {disturbance.name}, {decoding}")
    print(table(tallies))
    print(f"{len(rows)} recordings, {sound_s:.0f} s of sound with the silence after each; loaded in {loaded_s:.2f} s")
    print(
        f"real-time factor {took_s / sound_s:.4f}, {took_cpu_s / sound_s:.4f} of one processor; most memory {_memory()}"
    )
    print(conditions(f"model {model.name}, {disturbance.name}, {decoding}", ("vosk", "soxr")) + "\n")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="where manifest.csv is")
    parser.add_argument("--model", type=Path, action="append", help="folder of a Vosk model; more than once to compare")
    parser.add_argument("--condition", action="append", choices=tuple(CONDITIONS), help="clean where none is given")
    parser.add_argument(
        "--kept", action="store_true", help="only speakers, rooms and noises that coach-en was not trained with"
    )
    parser.add_argument("--every", type=int, default=1, help="only each N-th recording")
    parser.add_argument("--grammar", action="store_true", help="a closed list of phrases instead of free decoding")
    parser.add_argument("--words", action="store_true", help="print what was heard of each recording")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each model and condition")
    return parser.parse_args(arguments)


def _rows(folder: Path) -> list[dict[str, str]]:
    try:
        with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise CoachError(f"{folder} has no manifest.csv with path, kind and text.") from error
    if rows and not {"path", "kind", "text"} <= rows[0].keys():
        raise CoachError(f"{folder} has no manifest.csv with path, kind and text.")
    return rows


def _is_kept(row: dict[str, str]) -> bool:
    """Sentences never train; words of people and noises do, but for those kept."""
    return row["kind"] in _NEVER_TRAINED or is_kept(row.get("speaker") or row["path"])


def _context(row: dict[str, str]) -> Context | None:
    if row.get("context"):
        return Context(row["context"])
    if row["kind"] == "digit":
        return Context.ASKED_SCORE
    return Context.ASKED_YES_NO if row["text"] in ("yes", "no") else None


def _memory() -> str:
    try:
        import resource
    except ImportError:
        return "not known on this system"
    unit = 1 if sys.platform == "darwin" else 1024
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6:.0f} MB"


if __name__ == "__main__":
    sys.exit(main())
