"""The command line: help that is written down, JSON as pinned, and mistakes in one sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from coach import library
from coach.cli import main

COMMANDS = Path(__file__).parents[1] / "docs" / "COMMANDS.md"


def coach(*arguments: str, text: str | bytes | None = None) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, arguments, input=text, prog_name="coach")


def documented() -> str:
    """Every command's own help, as docs/COMMANDS.md has it."""
    parts = ["# Commands\n\nWhat `--help` says of each; `python3 run_coach.py ARGS` is `coach ARGS`.\n"]
    for name in ("", *sorted(main.commands)):
        shown = coach(*name.split(), "--help").output
        parts.append(f"## coach {name}".rstrip() + f"\n\n```\n{shown.strip()}\n```\n")
    return "\n".join(parts)


def test_the_documented_commands_are_those_there_are(request: pytest.FixtureRequest) -> None:
    """docs/COMMANDS.md is what the program prints; --update-golden writes it anew."""
    text = documented()
    if request.config.getoption("--update-golden"):
        COMMANDS.write_text(text, encoding="utf-8", newline="\n")
    assert COMMANDS.read_text(encoding="utf-8") == text


def test_understand_prints_one_object_a_line() -> None:
    lines = "severe pain\nseven out of ten\n\nand now the weather\n"
    found = [json.loads(line) for line in coach("understand", "--json", text=lines).output.splitlines()]
    assert [one["action"] for one in found] == ["stop", "stop", "none", "none"]
    assert [one["score"] for one in found] == [None, 7, None, None]
    assert [one["text"] for one in found] == ["severe pain", "seven out of ten", "", "and now the weather"]


def test_understand_takes_words_and_a_context() -> None:
    assert json.loads(coach("understand", "--json", "--context", "asked_score", "seven").output)["score"] == 7
    assert json.loads(coach("understand", "--json", "seven").output)["score"] is None
    assert "numb" in coach("understand", "-v", "my foot is numb").output


def test_understand_survives_any_bytes() -> None:
    done = coach("understand", "--json", text=b"\xff\xfe\x00pain\nstop\n")
    assert done.exit_code == 0
    assert json.loads(done.output.splitlines()[-1])["action"] == "stop"


@pytest.mark.parametrize("path", list(library.files()), ids=lambda path: path.stem)
def test_a_preview_is_the_whole_session(path: Path) -> None:
    """Rows in order, the pinned keys in each, the last words last."""
    rows = [json.loads(line) for line in coach("preview", path.stem, "--json").output.splitlines()]
    for row in rows:
        assert {"at_s", "kind", "text", "exercise", "side", "rep", "seconds"} <= set(row)
    assert [row["at_s"] for row in rows] == sorted(row["at_s"] for row in rows)
    assert rows[-1]["text"] == "That is everything for today. Well done."


def test_a_broken_routine_is_one_sentence_and_status_two(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('name = "x', encoding="utf-8")
    for arguments in (
        ["check", str(bad)],
        ["preview", str(bad)],
        ["start", str(bad), "--text"],
        ["check", str(tmp_path)],
    ):
        done = coach(*arguments)
        assert done.exit_code == 2, arguments
        assert done.output.strip().count("\n") == 0
        assert "Traceback" not in done.output


def test_check_goes_on_after_a_bad_file(tmp_path: Path) -> None:
    good = next(iter(library.files()))
    done = coach("check", str(tmp_path / "none.toml"), str(good))
    assert done.exit_code == 2
    assert "fine" in done.output
    assert "none.toml is not there" in done.output


def test_an_unknown_routine_names_the_nearest() -> None:
    done = coach("preview", "gentle-strat")
    assert done.exit_code == 2
    assert 'did you mean "gentle-start"?' in done.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["start", "--text", "--country", "atlantis"],
        ["start", "--text", "--model", "/nowhere"],
        ["understand", "--context", "x"],
    ],
)
def test_a_wrong_option_is_status_two(arguments: list[str]) -> None:
    done = coach(*arguments)
    assert done.exit_code == 2
    assert isinstance(done.exception, SystemExit)


def test_lengths_stand_in_one_style() -> None:
    rows = [line for line in coach("routines").output.splitlines()[1:] if line]
    assert len(rows) >= 5
    assert all(re.search(r"\s\d+ minutes?$", row) for row in rows)
    assert len({len(row) for row in rows}) == 1


def test_every_command_has_help() -> None:
    for command in main.commands.values():
        assert isinstance(command, click.Command)
        assert command.help
