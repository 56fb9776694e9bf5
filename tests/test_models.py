"""Which model is found, and what is said where a path is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach import models
from coach.errors import CoachError

FILES = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/words.txt", "graph/HCLr.fst", "graph/Gr.fst")


def make_model(folder: Path) -> Path:
    """Something of a model's shape."""
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x", encoding="utf-8")
    return folder


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of the coach's own ``models``."""
    monkeypatch.setattr(models, "_HERE", tmp_path / "somewhere" / "coach")
    return tmp_path / "somewhere" / "models"


def test_the_order_is_named_then_settings_then_shipped_then_data_folder(shipped: Path, tmp_path: Path) -> None:
    assert models.find_model() is None
    in_data = make_model(models.user_models() / "a")
    assert models.find_model() == in_data
    in_shipped = make_model(shipped / "z")
    assert models.find_model() == in_shipped
    in_settings = make_model(tmp_path / "settings")
    assert models.find_model(None, in_settings) == in_settings
    named = make_model(tmp_path / "named")
    assert models.find_model(named, in_settings) == named


def test_the_coachs_own_model_comes_first_and_unfinished_work_never(shipped: Path) -> None:
    make_model(shipped / "a-model")
    make_model(shipped / ".half-unpacked")
    (shipped / "README.md").write_text("no model")
    assert models.find_model() == shipped / "a-model"
    assert models.find_model() != make_model(shipped / models.OWN_MODEL) != shipped / "a-model"
    assert models.find_model() == shipped / models.OWN_MODEL


@pytest.mark.parametrize("missing", FILES)
def test_half_a_model_is_passed_over_and_named_where_it_was_asked_for(shipped: Path, missing: str) -> None:
    folder = make_model(shipped / "half")
    (folder / missing).write_text("", encoding="utf-8")
    assert models.find_model() is None
    with pytest.raises(CoachError, match=r"half has no .*; a Vosk model is a folder holding am/final\.mdl"):
        models.find_model(folder)


def test_one_graph_file_or_the_two_halves_will_do(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "m")
    (folder / "graph/HCLr.fst").rename(folder / "graph/HCLG.fst")
    (folder / "graph/Gr.fst").unlink()
    assert models.what_is_wrong(folder) is None


def test_a_model_just_inside_the_named_folder_is_meant(tmp_path: Path) -> None:
    inner = make_model(tmp_path / "unpacked" / "vosk-model")
    assert models.find_model(tmp_path / "unpacked") == inner
    make_model(tmp_path / "unpacked" / "another")
    with pytest.raises(CoachError):
        models.find_model(tmp_path / "unpacked")


def test_wrong_paths_are_one_sentence_each(tmp_path: Path) -> None:
    file = tmp_path / "model.zip"
    file.write_bytes(b"PK")
    with pytest.raises(CoachError, match="is a file, not a folder"):
        models.find_model(file)
    with pytest.raises(CoachError, match="is not there"):
        models.find_model(tmp_path / "nowhere")


def test_it_says_why_it_is_that_one(shipped: Path, tmp_path: Path) -> None:
    with pytest.raises(models.NoModelError, match="to fetch one: coach setup --public-model"):
        models.choose()
    make_model(models.user_models() / "fetched")
    assert models.choose().why is models.Why.FOUND
    own = make_model(shipped / models.OWN_MODEL)
    assert models.choose() == models.Ear(own, models.Why.OWN)
    assert models.choose(None, make_model(tmp_path / "s")).why is models.Why.SETTINGS
    assert models.choose(make_model(tmp_path / "n"), tmp_path / "s").why is models.Why.NAMED


def test_a_model_that_has_gone_from_where_the_settings_say_does_not_make_it_deaf(
    shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = make_model(shipped / models.OWN_MODEL)
    said: list[str] = []
    assert models.find_model(None, tmp_path / "gone", said.append) == own
    assert said == [
        f"The settings name the speech model {tmp_path / 'gone'}, which is not there; the coach's own is used instead. "
        "To leave it at that: coach setup --own-model"
    ]
    assert models.find_model(None, tmp_path / "gone") == own
    assert capsys.readouterr().err.strip() == said[0]


def test_where_there_is_no_other_either_it_says_so(shipped: Path, tmp_path: Path) -> None:
    said: list[str] = []
    assert models.find_model(None, tmp_path / "gone", said.append) is None
    assert len(said) == 1
    assert "gone, which is not there. There is no speech model here" in said[0]


def test_the_size_is_that_of_the_files(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "m")
    (folder / "am/final.mdl").write_bytes(bytes(3_000_000))
    ear = models.Ear(folder, models.Why.NAMED)
    assert ear.size_bytes == 3_000_000 + len(FILES) - 1
    assert str(ear) == f"m (3 MB, in {tmp_path})"
