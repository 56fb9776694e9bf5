"""Hearing over the coach's own voice, in a simulated living room: ``python -m bench.room``.

    python -m bench.room [--corpus DIR] [--scene NAME]... [--trials N] [--seed N] [--model DIR] [--json]

The real session, player, microphone, ears and recogniser run in a room on virtual time: a small loudspeaker, measured
and made-up rooms, delays, clocks that differ, noise. The time that the processor needs to listen is not simulated.
Scenes: ``over`` (a person says something while the coach talks), ``alone`` (nobody does), ``television`` and
``household`` (while the coach times holds), ``session`` (a shipped routine and nobody).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.conditions import conditions
from bench.people import PHRASES, People, described
from bench.room_scenes import ECHOES_DB, RATES_WPM, VOICES, Played, Scene, Studio, heard
from bench.room_tallies import Alone, Cost, Holding, Over, Row
from bench.spoken import VOICES as PEOPLE
from coach import folders
from coach.errors import CoachError
from coach.models import find_model, own_model
from coach.recogniser import Recogniser, VoskRecogniser

SCENES = ("over", "alone", "television", "household", "session")
OVER = Scene("over", 24.0, phrases=PHRASES)
ALONE = Scene("alone", 60.0)
TELEVISION = Scene("television", 120.0, coach="holds", television_db=-8.0, echo_db=5.0)
HOUSEHOLD = Scene("household", 120.0, coach="holds", household_db=-5.0, echo_db=5.0)
SESSION = Scene("session", 600.0, coach="gentle-start")


class Printer:
    """Prints rows as they come, and keeps what they cost; ``echoes_db`` are the levels to run."""

    def __init__(self, as_json: bool, verbose: bool, echoes_db: Sequence[float] = ECHOES_DB) -> None:
        self._as_json, self._verbose, self.echoes_db = as_json, verbose, echoes_db
        self.cost = Cost()

    def trial(self, played: Played) -> None:
        """One trial is done."""
        self.cost.add(played)
        if self._verbose:
            scene = played.scene
            words = "; ".join(heard(played.coach.log))
            said = [round(at_s, 2) for at_s, _ in played.said]
            facts = f"{scene.name} {scene.echo_db} dB {played.what} at {said}: quiet {played.quiet_at}, "
            print(f"  {facts}cut {[round(at_s, 2) for at_s in played.coach.voice.cuts]}; {words}", file=sys.stderr)

    def rows(self, rows: Iterator[Row]) -> None:
        """What has been measured of a scene."""
        for row in rows:
            print(json.dumps(row.as_dict()) if self._as_json else row.as_text(), flush=True)


def over(studio: Studio, trials: int, printer: Printer) -> None:
    """A person says something over the coach, at each echo level."""
    for echo_db in printer.echoes_db:
        tally = Over(echo_db)
        for number in range(trials):
            played = studio.play(replace(OVER, echo_db=echo_db), number)
            tally.add(played)
            printer.trial(played)
        printer.rows(tally.rows())


def alone(studio: Studio, trials: int, printer: Printer) -> None:
    """Nobody says anything: the coach's own lines, rates, voices and levels in turn."""
    ways = [(echo, rate, voice) for rate in RATES_WPM for voice in VOICES for echo in printer.echoes_db]
    tally = Alone(len(studio.lines) * len(ways))
    for number in range(trials):
        echo_db, rate_wpm, voice = ways[number % len(ways)]
        played = studio.play(replace(ALONE, echo_db=echo_db, rate_wpm=rate_wpm, voice=voice), number)
        tally.add(played)
        printer.trial(played)
    said = {each for each in studio.said_lines if each[0] in studio.lines}
    printer.rows(tally.rows(len(said)))


def holding(scene: Scene) -> Callable[[Studio, int, Printer], None]:
    """Sounds that are nothing to the coach, while it times a hold; or a whole session."""

    def measure(studio: Studio, trials: int, printer: Printer) -> None:
        tally = Holding(scene.name)
        for number in range(trials):
            played = studio.play(scene, number)
            tally.add(played)
            printer.trial(played)
        printer.rows(tally.rows())

    return measure


MEASURES: dict[str, Callable[[Studio, int, Printer], None]] = {
    "over": over,
    "alone": alone,
    "television": holding(TELEVISION),
    "household": holding(HOUSEHOLD),
    "session": holding(SESSION),
}


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print. Returns the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, prog="python -m bench.room"
    )
    parser.add_argument("--corpus", type=Path, help="recordings, with a manifest.csv")
    parser.add_argument("--scene", action="append", choices=SCENES, help="all but session, where none is named")
    parser.add_argument("--trials", type=int, default=20, help="of each scene (and level, in over)")
    parser.add_argument("--echo", action="append", type=float, help="dB against the person; else 10, 5, 0, -5, -10")
    parser.add_argument("--raw", action="store_true", help="leave the coach's own voice in what it hears")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", type=Path, help="a Vosk model's folder; else the coach's own")
    parser.add_argument("--person", action="append", help="a synthesised person, espeak:NAME or flite:NAME")
    parser.add_argument("--cache", type=Path, help="where clips are kept; else in the coach's cache")
    parser.add_argument("--json", action="store_true", help="one object a row")
    parser.add_argument("--verbose", action="store_true", help="tell of each trial")
    options = parser.parse_args(arguments)
    try:
        run(options)
    except CoachError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def run(options: Any) -> None:
    """Raises CoachError where something needed is missing."""
    model = options.model or own_model() or find_model()
    if model is None:
        raise CoachError("There is no speech model to listen with; name one with --model.")

    def load() -> Recogniser:
        return VoskRecogniser(model)

    cache = options.cache or folders.cache_dir() / "room"
    people = People(options.corpus, cache, options.person or PEOPLE)
    studio = Studio(people, cache, load, options.seed, cancels=not options.raw)
    printer = Printer(options.json, options.verbose, options.echo or ECHOES_DB)
    people_said = described(people.saying(PHRASES))
    measured = f"{len(people.rooms())} measured rooms"
    raw = ", own voice left in" if options.raw else ""
    more = f"model {Path(model).name}, seed {options.seed}, {options.trials} trials{raw}; {people_said}; {measured}"
    told = conditions(more, ("vosk", "numpy"))
    print(json.dumps({"conditions": told}) if options.json else told, flush=True)
    try:
        for name in options.scene or [scene for scene in SCENES if scene != "session"]:
            if name == "household" and not options.corpus:
                continue
            MEASURES[name](studio, options.trials, printer)
        printer.rows(printer.cost.rows())
    finally:
        studio.close()


if __name__ == "__main__":
    sys.exit(main())
