"""How well the coach hears: a folder of recordings through ``coach hear``'s own path.

    python -m bench.hearing --corpus FOLDER [--model DIR]... [--pocketsphinx] [--condition NAME]... [--all-conditions]
                            [--reading coach|free|closed]... [--kept] [--every N] [--seed N] [--wer] [--words] [--json]

FOLDER has a ``manifest.csv`` with ``path``, ``kind`` and ``text``, and where known ``speaker``, ``expect``, ``action``
and ``context`` (see ``bench/recordings.py``). Of a command, the right action must come; of a digit, the score, just
asked for; of a report, one of its actions; of other people's words and of noise, nothing. Shares stand with the range
in which the true one lies 19 times of 20; "worst tenth" is the tenth of the speakers that does worst. Each model
listens in a process of its own, to the very same sound.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import error_rate, pocketsphinx_ear
from bench.conditions import conditions
from bench.disturbance import CONDITIONS, Disturbance, is_kept
from bench.listening import READINGS, Clip, Cost, Ear, Events, listened
from bench.recordings import NOISES, Recording, manifest, recordings
from bench.tallies import counted, table
from coach.errors import CoachError
from coach.models import find_model, none_here

_SOMETIMES_TRAINED = ("command", "digit", "negative_word", *NOISES)
_TOLD = 3
"""Of so many recordings that can't be heard, it is said why."""


def main(arguments: list[str] | None = None) -> int:
    """Measure and print. Returns the exit status."""
    options = _options(arguments)
    try:
        ears = _ears(options)
        rows = manifest(options.corpus)
        chosen = _chosen(rows, options)
        disturbances = []
        for name in _conditions(options):
            try:
                disturbances.append(Disturbance(name, options.corpus, rows, options.kept, options.seed))
            except CoachError as error:
                _complain(error)
        if not disturbances:
            raise CoachError("Nothing was measured.")
        for disturbance in disturbances:
            _measure(disturbance, ears, chosen, options)
    except CoachError as error:
        _complain(error)
        return 2
    return 0


def _measure(
    disturbance: Disturbance, ears: Sequence[Ear], chosen: Sequence[Recording], options: argparse.Namespace
) -> None:
    """All ears in one condition, with the sounds made once."""
    with tempfile.TemporaryDirectory() as folder:
        there: list[tuple[Recording, Clip]] = []
        bad = []
        for number, recording in enumerate(chosen):
            try:
                path = disturbance.written(recording.path, recording.speaker, Path(folder) / f"{number}.wav")
            except CoachError as error:
                bad.append(str(error))
            else:
                there.append((recording, Clip(path, recording.context)))
        for ear in ears:
            found, cost = listened(ear, [clip for _, clip in there])
            heard = [
                (recording, events)
                for (recording, _), events in zip(there, found, strict=True)
                if not isinstance(events, str)
            ]
            _complain_of([*bad, *(events for events in found if isinstance(events, str))])
            _show(ear, disturbance.name, heard, cost, options)


def _show(
    ear: Ear, condition: str, heard: Sequence[tuple[Recording, Events]], cost: Cost, options: argparse.Namespace
) -> None:
    tallies = counted(heard)
    errors = error_rate.by_sort((recording, _words(events)) for recording, events in heard) if options.wer else {}
    if options.json:
        told = {
            "model": ear.name,
            "decoding": ear.decoding,
            "condition": condition,
            "seed": options.seed,
            "sorts": {sort: tally.as_dict() for sort, tally in tallies.items()},
            **({"word_errors": {sort: one.as_dict() for sort, one in errors.items()}} if options.wer else {}),
            "size_bytes": ear.size_bytes,
            **cost.as_dict(),
        }
        print(json.dumps(told), flush=True)
        return
    print(f"== {ear.name}, {condition}, {ear.decoding}")
    if options.words:
        for recording, events in heard:
            said = " / ".join(
                f"{event['heard']}{'' if event['final'] else '…'} ({event['action']})" for event in events
            )
            print(f"{recording.sort} | {recording.text} | {said}")
    print(table(tallies))
    if errors:
        print(error_rate.shown(errors))
    print(f"{len(heard)} recordings, {cost.sound_s:.0f} s of sound with the silence after each")
    print(
        f"{cost.real_time_factor:.4f} of one core while listening; {ear.size_bytes / 1e6:.1f} MB of files, loaded in"
        f" {cost.load_s:.2f} s; memory {_mb(cost.before_bytes)} before, {_mb(cost.loaded_bytes)} loaded,"
        f" {_mb(cost.most_bytes)} at most"
    )
    packages = ("vosk" if ear.model else "pocketsphinx", "soxr")
    print(conditions(f"{ear.name}, {condition}, {ear.decoding}, seed {options.seed}", packages) + "\n", flush=True)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", help="the same as --corpus")
    parser.add_argument("--corpus", type=Path, help="folder with manifest.csv")
    parser.add_argument("--model", type=Path, action="append", help="folder of a Vosk model; more than once to compare")
    parser.add_argument("--pocketsphinx", action="store_true", help="PocketSphinx besides, free and with a closed list")
    parser.add_argument("--condition", action="append", choices=tuple(CONDITIONS), help="clean where none is given")
    parser.add_argument("--all-conditions", action="store_true", help="each of them, as far as the folder allows")
    parser.add_argument(
        "--kept", action="store_true", help="only speakers, rooms and noises that coach-en was not trained with"
    )
    parser.add_argument("--every", type=int, default=1, help="only each N-th recording")
    parser.add_argument("--seed", type=int, default=0, help="another choice of rooms, noises and talkers")
    parser.add_argument(
        "--reading",
        action="append",
        choices=tuple(READINGS),
        help="as the coach listens, where none is given; or Vosk alone, free or with a closed list",
    )
    parser.add_argument(
        "--grammar", action="append_const", dest="reading", const="closed", help="the same as --reading closed"
    )
    parser.add_argument("--wer", action="store_true", help="the share of words that are heard wrong, in sentences")
    parser.add_argument("--words", action="store_true", help="print what was heard of each recording")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each model and condition")
    options = parser.parse_args(arguments)
    if (options.corpus is None) == (options.folder is None):
        parser.error("name one folder of recordings: --corpus FOLDER")
    if options.every < 1:
        parser.error("--every takes a number from 1 on")
    options.corpus = options.corpus or options.folder
    return options


def _ears(options: argparse.Namespace) -> list[Ear]:
    ears = []
    for named in options.model or [None]:
        model = find_model(named)
        if model is None:
            raise CoachError(none_here())
        ears += [Ear(model, reading) for reading in dict.fromkeys(options.reading or ["coach"])]
    if options.pocketsphinx and pocketsphinx_ear.is_there():
        ears += [Ear(None, "free"), Ear(None, "closed")]
    elif options.pocketsphinx:
        _complain("PocketSphinx is left out: it is not installed here; pip install pocketsphinx brings it.")
    return ears


def _conditions(options: argparse.Namespace) -> list[str]:
    if options.all_conditions:
        return list(CONDITIONS)
    return list(dict.fromkeys(options.condition or ["clean"]))


def _chosen(rows: Sequence[dict[str, str]], options: argparse.Namespace) -> list[Recording]:
    """What is to be measured of the manifest. Says what is not, and raises CoachError where that is everything."""
    if options.kept:
        rows = [
            row for row in rows if row["kind"] not in _SOMETIMES_TRAINED or is_kept(row.get("speaker") or row["path"])
        ]
    known, unknown = recordings(rows)
    if unknown:
        what = ", ".join(f"{name} ({count})" for name, count in sorted(unknown.items()))
        _complain(f"Left out, for it is not known what should come of them: {what}.")
    if not known:
        raise CoachError(f"There is nothing in {options.corpus} to be measured.")
    return known[:: options.every]


def _words(events: Events) -> str:
    return " ".join(event["heard"] for event in events if event["final"])


def _mb(count: int | None) -> str:
    return "unknown" if count is None else f"{count / 1e6:.0f} MB"


def _complain_of(sentences: Sequence[str]) -> None:
    for sentence in sentences[:_TOLD]:
        _complain(sentence)
    if len(sentences) > _TOLD:
        _complain(f"{len(sentences) - _TOLD} other recordings are left out likewise.")


def _complain(sentence: object) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
