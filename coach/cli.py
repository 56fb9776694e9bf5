"""The command line: each command reads its arguments, calls one function, and prints."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from coach import __version__
from coach.errors import CoachError

CONTEXTS = ("asked_score", "asked_yes_no", "asked_finished")


class Group(click.Group):
    """Mistakes are one plain sentence and exit status 2; no traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CoachError as error:
            click.echo(str(error), err=True)
            ctx.exit(2)
        except BrokenPipeError:
            # Whoever read our output has had enough: nothing to report, and nothing more to flush.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)


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
@click.option("--model", type=click.Path(path_type=Path), help="Folder of the Vosk model to hear with.")
@click.option("--voice", help="Voice to speak with.")
@click.option("--rate", type=click.IntRange(80, 300), help="Words a minute.")
@click.option("--volume", type=click.FloatRange(0, 1), help="From 0 to 1.")
@click.option("--microphone", help="Name of the microphone, or a part of it.")
@click.option("--loudspeaker", help="Name of the loudspeaker, or a part of it.")
@click.option("--country", help="Whose emergency numbers to give, such as uk or us.")
def start(routine: str | None = None, text: bool = False, rate: int | None = None, **options: Any) -> None:
    """Run a session of ROUTINE, a name or a file."""
    from coach import start as starting

    outcome = starting.run(routine, text, {"rate_wpm": rate, **options})
    sys.exit(130 if outcome == "interrupted" else 0)


@main.command()
def routines() -> None:
    """List the routines, with their length."""
    from rich.console import Console
    from rich.table import Table

    from coach import library, prompts
    from coach.plan import compile_plan
    from coach.simulate import estimated_length_s

    table = Table("Name", "Title", "Time", box=None, pad_edge=False)
    problems = []
    for path in sorted(library.files(), key=lambda path: path.stem):
        try:
            routine = library.load_file(path)
        except CoachError as error:
            problems.append(str(error))
            continue
        minutes = max(1, round(compile_plan(routine).length_s(estimated_length_s) / 60))
        table.add_row(path.stem, routine.title, prompts.duration(60 * minutes))
    Console().print(table)
    if problems:
        raise CoachError("\n".join(problems))


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check routine FILES, and say what is wrong with them."""
    from coach import library

    problems = []
    for path in files:
        try:
            routine = library.load_file(path)
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
    from coach.plan import compile_plan
    from coach.session import Session
    from coach.simulate import estimated_length_s, script_line, script_rows

    session = Session(compile_plan(library.load(routine)), estimated_length_s)
    for row in script_rows(session):
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else script_line(row))


@main.command()
@click.argument("routine")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="A .wav, .flac, .ogg or .mp3 file."
)
@click.option("--voice", help="Voice to speak with.")
@click.option("--rate", type=click.IntRange(80, 300), help="Words a minute.")
def render(routine: str, output: Path, voice: str | None, rate: int | None) -> None:
    """Write the whole session of ROUTINE as one sound file, with chapters where the format has them."""
    from coach import rendering

    length_s = rendering.render(routine, output, voice, rate)
    click.echo(f"{output}: {int(length_s // 60)} min {int(length_s % 60)} s.")


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
@click.argument("recordings", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a recording, one a line.")
@click.option("--model", type=click.Path(path_type=Path), help="Folder of the Vosk model to hear with.")
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


@main.command()
def setup() -> None:
    """Fetch the public English speech model, so that the coach can hear."""
    from coach.fetch import fetch_model

    click.echo(fetch_model())


@main.command()
def doctor() -> None:
    """Check loudspeaker, microphone, voice and speech model, and say what to do about what is missing."""
    from coach.doctor import examine

    healthy = True
    for finding in examine():
        healthy = healthy and finding.fine
        click.echo(f"{'fine   ' if finding.fine else 'MISSING'}  {finding.what}: {finding.text}")
    sys.exit(0 if healthy else 1)
