"""The coach must not trip over itself: nothing it says is understood as a report or a command when it comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from coach import cues, folders, library, prompts
from coach.intents import Action, understand
from coach.plan import compile_plan


def pieces(line: str) -> Iterator[str]:
    """A line, its beginnings (a recogniser's partials), and any three words of it (what it may catch of an echo)."""
    words = line.split()
    yield line
    yield from (" ".join(words[:n]) for n in range(1, len(words)))
    yield from (" ".join(words[n : n + 3]) for n in range(len(words) - 2))


def generated() -> Iterator[str]:
    """Lines with numbers and names in them."""
    yield from (prompts.count(n) for n in range(1, 101))
    yield from (prompts.seconds_left(n) for n in range(2, 301))
    yield from (prompts.minutes_left(n) for n in range(1, 61))
    yield from (prompts.time_left(here, left) for here in (None, 5, 45, 90, 200) for left in (30, 300, 1200, 4000))
    yield from (prompts.change_over(side) for side in ("left", "right"))
    yield from (prompts.unfinished(name) for name in (None, "Knee rolls"))
    yield from (prompts.greeting("A gentle start", 60 * n) for n in range(1, 90))


def shipped() -> Iterator[str]:
    """Every line of every shipped routine as it is said, easier versions and prompts about doses included."""
    for path in sorted(folders.shipped_dir("routines").glob("*.toml")):
        yield from compile_plan(library.load_file(path)).lines()


EVERY_LINE = sorted({*prompts.every_line()} - {prompts.CANNOT_HEAR} | {*cues.every_cue(), *generated(), *shipped()})


def test_there_are_lines_to_test() -> None:
    """An empty list would prove nothing."""
    assert len(EVERY_LINE) > 300


@pytest.mark.parametrize("line", EVERY_LINE)
def test_a_line_is_no_report_and_no_command(line: str) -> None:
    """No piece of it is a report; and the line, as it is said or as it begins, is no command."""
    for piece in pieces(line):
        assert not understand(piece).action.is_report, piece
    assert understand(line).action is Action.NONE
