"""Every shipped routine, line by line with its times, as somebody who read it all found it right."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.plan import compile_plan, estimated_length_s
from coach.routine import parse
from coach.session import Session
from coach.simulate import script_rows
from tests.golden import FOLDER, check

ROUTINES = sorted((Path(__file__).parents[1] / "routines").glob("*.toml"))


@pytest.mark.parametrize("path", ROUTINES, ids=lambda path: path.stem)
def test_the_preview_is_the_golden_one(path: Path, request: pytest.FixtureRequest) -> None:
    routine = parse(path.read_text(encoding="utf-8"), path.name)
    rows = script_rows(Session(compile_plan(routine), estimated_length_s))
    check(f"preview-{path.stem}", "\n".join(map(_line, rows)), request)


def test_no_golden_preview_is_left_over() -> None:
    assert {path.name for path in FOLDER.glob("preview-*.txt")} == {f"preview-{path.stem}.txt" for path in ROUTINES}


def test_a_difference_is_shown(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        pytest.skip("nothing is compared while the golden files are written anew")
    (tmp_path / "a.txt").write_text("one\n", encoding="utf-8")
    check("a", "one", request, tmp_path)
    with pytest.raises(AssertionError, match=r"-one\n\+two"):
        check("a", "two", request, tmp_path)
    with pytest.raises(AssertionError, match=r"\+new"):
        check("b", "new", request, tmp_path)


def _line(row: dict[str, object]) -> str:
    """Time, kind, and the words said or the seconds timed."""
    text = row["text"] if row["text"] is not None else f"{row['seconds']:g} s"
    return f"{row['at_s']:8.2f}  {row['kind']:<6} {text}"
