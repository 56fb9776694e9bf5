"""Which model the coach is set up to hear with: said, chosen, chosen back, and nothing fetched unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach import fetch, models, settings

from .test_cli import coach
from .test_models import make_model


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model in the place of the coach's own."""
    monkeypatch.setattr(models, "_HERE", tmp_path / "here" / "coach")
    return make_model(tmp_path / "here" / "models" / models.OWN_MODEL)


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders of the models that were fetched: none is, really."""
    folders: list[Path] = []

    def fetch_model() -> Path:
        folders.append(make_model(models.user_models() / fetch.SMALL_ENGLISH.name))
        return folders[-1]

    monkeypatch.setattr(fetch, "fetch_model", fetch_model)
    return folders


def test_alone_it_fetches_and_changes_nothing_and_says_how_to_add_one(own: Path, fetched: list[Path]) -> None:
    before = settings.load()
    done = coach("setup")
    assert done.exit_code == 0
    assert f"{models.OWN_MODEL} (1 MB, in {own.parent}): the coach's own." in done.output
    assert "without the internet" in done.output
    assert "(41 MB, fetched once): coach setup --public-model" in done.output
    assert fetched == []
    assert settings.load() == before


def test_the_public_model_is_fetched_chosen_and_left_again(own: Path, fetched: list[Path]) -> None:
    done = coach("setup", "--public-model")
    assert done.exit_code == 0
    (public,) = fetched
    assert settings.load().model == public
    assert models.find_model(None, settings.load().model) == public
    assert "To hear with its own again: coach setup --own-model" in done.output

    told = coach("setup").output
    assert public.name in told
    assert "the one that the settings name" in told
    assert "coach setup --own-model" in told

    assert coach("setup", "--own-model").exit_code == 0
    assert models.find_model(None, settings.load().model) == own
    assert public.is_dir()
    assert len(fetched) == 1


def test_it_can_be_chosen_again(own: Path, fetched: list[Path]) -> None:
    for option in ("--public-model", "--own-model", "--own-model", "--public-model"):
        assert coach("setup", option).exit_code == 0
    assert settings.load().model == fetched[-1]


def test_a_setting_that_leads_nowhere_is_said(own: Path, tmp_path: Path) -> None:
    settings.save("model", tmp_path / "gone")
    told = coach("setup")
    assert told.exit_code == 0
    assert "gone, which is not there; the coach's own is used instead" in told.output
    assert coach("setup", "--own-model").exit_code == 0
    assert "gone" not in coach("setup").output


def test_where_there_is_none_at_all_it_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fetched: list[Path]
) -> None:
    monkeypatch.setattr(models, "_HERE", tmp_path / "nowhere" / "coach")
    done = coach("setup")
    assert done.exit_code == 2
    assert "no speech model here" in done.output
    assert "coach setup --public-model" in done.output
    assert fetched == []
    settings.save("model", make_model(tmp_path / "mine"))
    refused = coach("setup", "--own-model")
    assert refused.exit_code == 2
    assert "nothing was changed" in refused.output
    assert settings.load().model == tmp_path / "mine"


def test_a_mistake_in_the_settings_is_said_before_anything_is_fetched(own: Path, fetched: list[Path]) -> None:
    settings.settings_file().write_text("volume = 9", encoding="utf-8")
    assert coach("setup", "--public-model").exit_code == 2
    assert fetched == []


def test_both_at_once_is_a_mistake(own: Path, fetched: list[Path]) -> None:
    done = coach("setup", "--public-model", "--own-model")
    assert done.exit_code == 2
    assert "can't both be chosen" in done.output
    assert fetched == []
