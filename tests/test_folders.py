from __future__ import annotations

from pathlib import Path

import pytest

from coach import environment, folders
from coach.errors import CoachError


def test_coach_home_holds_everything(coach_home: Path) -> None:
    found = [folders.config_dir(), folders.data_dir(), folders.cache_dir()]
    assert found == [coach_home / "config", coach_home / "data", coach_home / "cache"]
    assert all(folder.is_dir() for folder in found)


def test_a_folder_that_cannot_be_made_is_named(coach_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (coach_home / "file").touch()
    monkeypatch.setenv("COACH_HOME", str(coach_home / "file"))
    with pytest.raises(CoachError, match=r"data folder .*file.*COACH_HOME"):
        folders.data_dir()


@pytest.mark.parametrize("name", ["XDG_DATA_HOME", "HOME"])
def test_the_first_start_finds_the_same_data_folder(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in ("COACH_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(name, str(tmp_path))
    assert environment.data_folder() == folders.data_dir()


def test_what_is_shipped_lies_beside_the_code() -> None:
    assert folders.shipped_dir("routines") == Path(folders.__file__).parents[1] / "routines"
