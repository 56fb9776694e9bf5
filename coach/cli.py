"""The command line: each command reads its arguments, calls one function, and prints."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from coach import __version__
from coach.errors import CoachError
from coach.usage import INTERRUPTED, Group, Number

CONTEXTS = ("asked_score", "asked_yes_no", "asked_finished", "asked_ready")
RATE = Number(int, 80, 300)
# Whether a file is there and can be read, its own command says better than click.
A_PATH = click.Path(path_type=Path, readable=False)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.version_option(__version__, prog_name="coach")
@click.pass_context
def main(ctx: click.Context) -> None:
    """A spoken exercise coach: it talks you through a routine, listens all the time, and stops when you say so.

    Without a command it starts a session.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(start)


@main.command()
@click.argument("routine", required=False)
@click.option("--text", is_flag=True, help="Captions out, typed words in; no sound at all.")
@click.option("--model", type=A_PATH, help="Folder of the Vosk model to hear with.")
@click.option("--voice", help="Voice to speak with, or a part of its name.")
@click.option("--rate", type=RATE, help="Words a minute, 80 to 300.")
@click.option("--volume", type=Number(float, 0, 1), help="How loud, from 0 to 1.")
@click.option("--microphone", help="Name of the microphone, or a part of it.")
@click.option("--loudspeaker", help="Name of the loudspeaker, or a part of it.")
@click.option("--country", help="Whose emergency numbers to give, such as uk or us.")
def start(routine: str | None = None, text: bool = False, rate: int | None = None, **options: Any) -> None:
    """Run a session of ROUTINE, a name or a file."""
    from coach import start as starting

    outcome = starting.run(routine, text, {"rate_wpm": rate, **options})
    sys.exit(INTERRUPTED if outcome == "interrupted" else 0)


@main.command()
def routines() -> None:
    """List the routines, with their length."""
    from rich.console import Console
    from rich.table import Column, Table

    from coach import library
    from coach.plan import compile_plan, estimated_length_s

    table = Table("Name", "Title", Column("Time", justify="right"), box=None, pad_edge=False)
    problems = []
    for path in sorted(library.files(), key=lambda path: path.stem):
        try:
            routine = library.load_file(path)
        except CoachError as error:
            problems.append(str(error))
            continue
        minutes = max(1, round(compile_plan(routine).length_s(estimated_length_s) / 60))
        table.add_row(path.stem, routine.title, f"{minutes} minute{'s' * (minutes != 1)}")
    Console().print(table)
    if problems:
        raise CoachError("\n".join(problems))


@main.command()
@click.argument("files", nargs=-1, required=True, type=A_PATH)
def check(files: tuple[Path, ...]) -> None:
    """Check routine FILES, and say what is wrong with them."""
    from coach import library

    problems = []
    for path in files:
        try:
            routine = library.load_file(path)
            library.check_name(routine, path)
            count = len(routine.exercises)
            click.echo(f"{path}: fine: {routine.title}, {count} exercise{'s' * (count != 1)}.")
        except CoachError as error:
            problems.append(str(error))
    if problems:
        raise CoachError("\n".join(problems))


@main.command()
@click.argument("routine")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def preview(routine: str, as_json: bool) -> None:
    """Print the whole session of ROUTINE as a script with times, at once."""
    from coach import library
    from coach.plan import compile_plan, estimated_length_s
    from coach.session import Session
    from coach.simulate import script_line, script_rows

    session = Session(compile_plan(library.load(routine)), estimated_length_s)
    for row in script_rows(session):
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else script_line(row))


@main.command()
@click.argument("routine")
@click.option(
    "-o", "--output", type=A_PATH, help="A .wav, .flac, .ogg or .mp3 file; NAME.mp3 in this folder if not given."
)
@click.option("--voice", help="Voice to speak with, or a part of its name.")
@click.option("--rate", type=RATE, help="Words a minute, 80 to 300.")
def render(routine: str, output: Path | None, voice: str | None, rate: int | None) -> None:
    """Write the whole session of ROUTINE as one sound file, with chapters where the format has them."""
    from coach import rendering

    made = rendering.render(routine, output, voice, rate)
    replaced = ", in place of the file that was there" if made.replaced else ""
    click.echo(f"{made.path}: {rendering.length(made.length_s)}{replaced}.")


@main.command()
@click.argument("words", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--context", type=click.Choice(CONTEXTS), help="The question that was just asked, if any.")
@click.option("-v", "--verbose", is_flag=True, help="Say which words led to it.")
def understand(words: tuple[str, ...], as_json: bool, context: str | None, verbose: bool) -> None:
    """Say what the coach makes of WORDS; without them, of each line of standard input."""
    from coach.intents import Context, explain
    from coach.intents import understand as made_of

    asked = Context(context) if context else None
    for text in [" ".join(words)] if words else _lines():
        meaning = made_of(text, asked)
        if as_json:
            found: dict[str, Any] = {"text": text, "action": str(meaning.action), "score": meaning.score}
            if verbose:
                found["because"] = list(meaning.because)
            click.echo(json.dumps(found, ensure_ascii=False))
        else:
            score = "" if meaning.score is None else f" ({meaning.score} out of 10)"
            click.echo(f"{meaning.action}{score}" + (f": {explain(meaning)}" if verbose else ""))


def _lines() -> Iterable[str]:
    """Lines of standard input as they come; bytes that are no text become question marks."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", errors="replace").rstrip("\r\n")


@main.command()
@click.argument("recordings", nargs=-1, required=True, type=A_PATH)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a recording, one a line.")
@click.option("--model", type=A_PATH, help="Folder of the Vosk model to hear with.")
@click.option("--context", type=click.Choice(CONTEXTS), help="The question that was just asked, if any.")
def hear(recordings: tuple[Path, ...], as_json: bool, model: Path | None, context: str | None) -> None:
    """Hear RECORDINGS as if they came from the microphone, at full speed."""
    from coach import settings
    from coach.hear import hear_files, load_recogniser
    from coach.intents import Context

    recogniser = load_recogniser(model, settings.load().model)
    asked = Context(context) if context else None
    for found in hear_files(recordings, recogniser, asked, lambda problem: click.echo(problem, err=True)):
        if as_json:
            click.echo(json.dumps(found, ensure_ascii=False))
            continue
        click.echo(f"{found['file']} ({found['duration_s']:.1f} s)")
        for event in found["events"]:
            ending = "" if event["final"] else " ..."
            click.echo(f"  {event['at_s']:6.2f}  {event['action']:<10} {event['heard']}{ending}")
        if not found["events"]:
            click.echo("  nothing was heard")


@main.command()
@click.option("--public-model", is_flag=True, help="Fetch the public English model, and hear with that one.")
@click.option("--own-model", is_flag=True, help="Hear with the coach's own model again.")
def setup(public_model: bool, own_model: bool) -> None:
    """Say which speech model the coach hears with, or choose another.

    The coach brings a model of its own and needs nothing else. Only --public-model uses the internet. What is chosen
    stands in the settings (the line "model"); without that line the coach hears with its own.
    """
    from coach import setup as setting_up

    if public_model and own_model:
        raise click.UsageError("--public-model and --own-model can't both be chosen.")
    lines = setting_up.use_public() if public_model else setting_up.use_own() if own_model else setting_up.tell()
    for line in lines:
        click.echo(line)


@main.command()
@click.option("--model", type=A_PATH, help="Folder of another Vosk model, to check that one.")
@click.option("--quick", is_flag=True, help="Leave the sound check out.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, with the figures.")
@click.option("-v", "--verbose", is_flag=True, help="Show the figures of the sound check.")
def doctor(model: Path | None, quick: bool, as_json: bool, verbose: bool) -> None:
    """Check loudspeaker, microphone, voice and speech model, and say what to do about what is missing.

    Then, at a terminal, listen and talk for about a minute to find out how well you are heard where you lie, and say
    what would make it better.
    """
    from coach.doctor_report import Report

    report = Report(model, as_json, verbose)
    report.examine()
    if not quick:
        report.listen_and_talk()
    sys.exit(report.end())
