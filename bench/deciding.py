"""What would come of other thresholds of doubt: reports right, asked about and missed, against talk for nobody.

    python -m bench.deciding FOLDER... [--model DIR] [--kept] [--every N] [--least X]... [--least-listed X]...

Each recording is read once; the decisions are then taken anew for every threshold (`coach/deciding.py`). "alone" is the
free reading without a second one and without doubt. Partials are left out: they only silence the coach.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.conditions import conditions
from bench.disturbance import is_kept
from bench.recordings import NEGATIVES, NOISES, QUIET, Recording, Wanted, manifest, recordings
from bench.tallies import Tally
from coach.deciding import LISTED_SURE, SURE, Reading, decide, weighed
from coach.errors import CoachError
from coach.hear import hear_file
from coach.intents import Context, understand
from coach.models import find_model, none_here
from coach.recogniser import VoskRecogniser

LEAST = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
LEAST_LISTED = (0.8, 0.9, 0.98)
_SOMETIMES_TRAINED = ("digit", *NEGATIVES[:1], *NOISES)
Utterance = tuple[Reading, Reading]


class _Noting(VoskRecogniser):
    """Keeps both readings of each utterance."""

    def __init__(self, model: Path) -> None:
        super().__init__(model)
        self.utterances: list[Utterance] = []

    def _decided(self, free: Reading, listed: Reading) -> Any:
        self.utterances.append((free, listed))
        return super()._decided(free, listed)


@dataclass(frozen=True, slots=True)
class Rule:
    """Thresholds; ``least`` None for the free reading alone."""

    least: float | None
    least_listed: float = LISTED_SURE

    def events(self, utterances: Iterable[Utterance], context: Context | None) -> list[Mapping[str, Any]]:
        """As ``coach hear`` gives them."""
        found: list[Mapping[str, Any]] = []
        for free, listed in utterances:
            if self.least is None:
                words, sure = free.text, True
            else:
                heard = decide(free, listed, context, self.least, self.least_listed)
                words, sure = (heard.words, heard.sure) if heard else ("", True)
            meaning = weighed(understand(words, context), sure, context)
            found.append({"final": True, "action": meaning.action.value, "score": meaning.score})
        return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Returns the exit status."""
    options = _options(arguments)
    try:
        model = find_model(options.model)
        if model is None:
            raise CoachError(none_here())
        read = [pair for folder in options.folder for pair in _read(folder, model, options)]
    except CoachError as error:
        print(error, file=sys.stderr)
        return 2
    rules = [Rule(None), *(Rule(least) for least in options.least or LEAST)]
    rules += [Rule(SURE, listed) for listed in options.least_listed or LEAST_LISTED]
    print(f"{'least':>6} {'listed':>6}  " + "  ".join(f"{name:>{len(_HEAD[name])}}" for name in _HEAD))
    for rule in rules:
        print(_line(rule, read))
    print(f"{len(read)} recordings; shares of each sort. In use: least {SURE}, listed {LISTED_SURE}")
    print(conditions(f"model {model.name}", ("vosk",)))
    return 0


_HEAD = {
    name: name
    for name in ("reports right", "asked", "missed", "commands right", "scores right", "for nobody: any", "ended")
}


def _line(rule: Rule, read: Sequence[tuple[Recording, list[Utterance]]]) -> str:
    tallies = {group: Tally(wanted) for group, wanted in _GROUPS.items()}
    for recording, utterances in read:
        group = _group(recording)
        if group:
            tallies[group].count(recording, rule.events(utterances, recording.context))
    report, quiet = tallies["report"], tallies["nobody"]
    shares = [
        (report.right, report), (report.asked, report), (report.missed, report),
        (tallies["command"].right, tallies["command"]), (tallies["score"].right, tallies["score"]),
        (quiet.acted, quiet), (quiet.ended, quiet),
    ]  # fmt: skip
    cells = [
        f"{f'{100 * count / tally.clips:.1f} %' if tally.clips else '-':>{len(name)}}"
        for name, (count, tally) in zip(_HEAD, shares, strict=True)
    ]
    least = "alone" if rule.least is None else f"{rule.least:.2f}"
    return f"{least:>6} {'' if rule.least is None else f'{rule.least_listed:.2f}':>6}  " + "  ".join(cells)


_GROUPS = {"report": Wanted.REPORT, "command": Wanted.ACTION, "score": Wanted.SCORE, "nobody": Wanted.NOTHING}


def _group(recording: Recording) -> str | None:
    if recording.sort in QUIET:
        return "nobody"
    return next((group for group, wanted in _GROUPS.items() if wanted is recording.wanted), None)


def _read(folder: Path, model: Path, options: argparse.Namespace) -> list[tuple[Recording, list[Utterance]]]:
    ear, found = _Noting(model), []
    known, _ = recordings(manifest(folder))
    chosen = [recording for recording in known if not options.kept or _is_kept(recording)]
    for recording in chosen[:: options.every]:
        ear.utterances.clear()
        hear_file(folder / recording.path, ear, recording.context)
        found.append((recording, list(ear.utterances)))
    return found


def _is_kept(recording: Recording) -> bool:
    trains = recording.sort.startswith(("command", *_SOMETIMES_TRAINED))
    return not trains or is_kept(recording.speaker or recording.path)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, nargs="+", help="where a manifest.csv is")
    parser.add_argument("--model", type=Path, help="folder of a Vosk model")
    parser.add_argument("--kept", action="store_true", help="only what coach-en was not trained with")
    parser.add_argument("--every", type=int, default=1, help="only each N-th recording")
    parser.add_argument("--least", type=float, action="append", help="a threshold for the free reading")
    parser.add_argument("--least-listed", type=float, action="append", help="a threshold for the listed one")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
