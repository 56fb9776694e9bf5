"""How well the coach hears: a folder of recordings through ``coach hear``'s own path.

    python -m bench.hearing FOLDER [--model DIR] [--every N] [--grammar]

FOLDER has a ``manifest.csv`` with ``path``, ``kind`` and ``text``. Of a command, the right action must come; of a
digit, the score, just asked for; of other people's words and of noise, no action at all.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.conditions import conditions
from coach.errors import CoachError
from coach.hear import hear_file
from coach.intents import Context
from coach.models import find_model
from coach.recogniser import VoskRecogniser

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
DIGITS = {word: number for number, word in enumerate(NUMBERS)}
COMMANDS = {
    "stop": "stop",
    "yes": "yes",
    "no": "no",
    "go": "resume",
    "pause": "pause",
    "repeat": "repeat",
    "skip": "skip",
}
QUIET = ("negative_word", "negative_phrase", "negative_sentence", "noise", "noise_event", "noise_roomtone", "silence")
GRAMMAR = [*COMMANDS, *DIGITS, "carry on", "help", "severe pain", "it hurts"]


@dataclass(slots=True)
class Tally:
    """Of recordings of one sort: how many there are, had any event, any action, and the right one."""

    clips: int = 0
    events: int = 0
    acted: int = 0
    right: int = 0
    actions: Counter[str] = field(default_factory=Counter)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print. Returns the exit status."""
    options = _options(arguments)
    try:
        folder = find_model(options.model)
        if folder is None:
            raise CoachError("There is no speech model on this computer yet; `coach setup` fetches one.")
        rows = _rows(options.folder, options.every)
        recogniser = VoskRecogniser(folder, GRAMMAR if options.grammar else None)
    except CoachError as error:
        print(error, file=sys.stderr)
        return 2
    tallies: dict[str, Tally] = {}
    sound_s, began_at, began_cpu_at = 0.0, time.perf_counter(), time.process_time()
    for row in rows:
        context = Context.ASKED_SCORE if row["kind"] == "digit" else _context(row["text"])
        recording = hear_file(options.folder / row["path"], recogniser, context)
        sound_s += recording["duration_s"] + 2
        _count(tallies.setdefault(_sort(row), Tally()), row, recording["events"])
    took_s, took_cpu_s = time.perf_counter() - began_at, time.process_time() - began_cpu_at
    _print(tallies)
    print(f"\n{len(rows)} recordings, {sound_s:.0f} s of sound with the silence after each")
    print(f"real-time factor {took_s / sound_s:.4f} by the clock, {took_cpu_s / sound_s:.4f} of one processor")
    print(f"most memory used: {_memory()}")
    decoding = "closed grammar" if options.grammar else "free decoding"
    print(conditions(f"model {folder.name}, {decoding}", ("vosk", "soxr")))
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="where manifest.csv is")
    parser.add_argument("--model", type=Path, help="folder of the Vosk model")
    parser.add_argument("--every", type=int, default=1, help="only each N-th recording")
    parser.add_argument("--grammar", action="store_true", help="a closed list of phrases instead of free decoding")
    return parser.parse_args(arguments)


def _rows(folder: Path, every: int) -> list[dict[str, str]]:
    try:
        with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["kind"] in ("command", "digit", *QUIET)]
    except (OSError, KeyError) as error:
        raise CoachError(f"{folder} has no manifest.csv with path, kind and text.") from error
    return rows[::every]


def _context(text: str) -> Context | None:
    return Context.ASKED_YES_NO if text in ("yes", "no") else None


def _sort(row: dict[str, str]) -> str:
    return f"command {row['text']}" if row["kind"] == "command" else row["kind"]


def _count(tally: Tally, row: dict[str, str], events: list[dict[str, Any]]) -> None:
    actions = [event["action"] for event in events if event["action"] != "none"]
    tally.clips += 1
    tally.events += bool(events)
    tally.acted += bool(actions)
    tally.actions.update(set(actions))
    if row["kind"] == "digit":
        tally.right += DIGITS.get(row["text"]) in [event["score"] for event in events if event["final"]]
    else:
        wanted = COMMANDS.get(row["text"]) if row["kind"] == "command" else None
        tally.right += wanted in actions if wanted else not actions


def _print(tallies: dict[str, Tally]) -> None:
    print(f"{'sort':<20} {'clips':>5} {'any event':>10} {'any action':>10} {'right':>10}  actions")
    for sort, tally in sorted(tallies.items()):
        shares = [f"{100 * n / tally.clips:.0f} %" for n in (tally.events, tally.acted, tally.right)]
        seen = ", ".join(f"{action} {n}" for action, n in tally.actions.most_common(6))
        print(f"{sort:<20} {tally.clips:>5} {shares[0]:>10} {shares[1]:>10} {shares[2]:>10}  {seen}")


def _memory() -> str:
    try:
        import resource
    except ImportError:
        return "not known on this system"
    unit = 1 if sys.platform == "darwin" else 1024
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6:.0f} MB"


if __name__ == "__main__":
    sys.exit(main())
