"""Finding routine files, and what is said of those that are not as they should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach import folders, library
from coach.errors import CoachError
from coach.mistakes import not_toml
from tests.program import ROUTINE
from tests.test_cli import coach


def own(name: str) -> Path:
    """A file in the folder of the person's own routines, whose routine is called "quick"."""
    folder = folders.data_dir() / "routines"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(ROUTINE, encoding="utf-8")
    return folder / name


def test_a_routine_of_ones_own_is_found_by_its_name() -> None:
    own("quick.toml")
    assert library.load("quick").title == "A quick one"


def test_a_file_that_is_not_called_what_its_name_says_is_refused() -> None:
    """It would be found by one name and call itself by the other."""
    path = own("other.toml")
    said = f'{path}: name: found "quick", but the file is called other.toml; the two must be the same'
    for work in (lambda: library.load("other"), lambda: library.load_file(path)):
        with pytest.raises(CoachError) as caught:
            work()
        assert str(caught.value).startswith(said)


def test_elsewhere_only_check_minds(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text(ROUTINE, encoding="utf-8")
    assert library.load(str(path)).name == "quick"
    assert coach("preview", str(path)).exit_code == 0
    done = coach("check", str(path))
    assert done.exit_code == 2
    assert "call the file quick.toml" in done.output
    assert coach("check", str(path.rename(tmp_path / "quick.toml"))).exit_code == 0


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('title = "Mine\nname = "x"', "look for a missing quotation mark (line 1, "),
        ('title = "Mine', "look for a missing quotation mark"),
        ('title = Mine"', "a text stands there without quotation marks (line 1, "),
        ('title = "a"\ntitle = "b"', "the field is there twice; keep one ("),
        ("[a]\nb = 1\n[a]\nb = 1", "the table is there twice; keep one (line 3, "),
        ('opening = ["a" "b"]', "look for a missing ] or comma (line 1, "),
        ("Knees, mornings", "a = is missing; a line that is only a note begins with # (line 1, "),
        ("dose = { reps = 5, hold_s = 3", "look for a missing } or comma"),
    ],
)
def test_a_slip_of_the_pen_gets_a_hint(text: str, hint: str, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CoachError) as caught:
        library.load_file(path)
    assert str(caught.value).startswith(f"{path} can't be understood: ")
    assert hint in str(caught.value)
    assert str(caught.value).count("\n") == 0


def test_what_has_no_hint_is_said_as_it_comes() -> None:
    assert not_toml(ValueError("Found invalid character 'x' (at line 3, column 4)")) == (
        "found invalid character 'x' (line 3, column 4)"
    )
