from __future__ import annotations

from pathlib import Path

import pytest

from coach import settings
from coach.errors import CoachError


def test_a_first_look_makes_an_explained_file_and_gives_the_defaults() -> None:
    assert settings.load() == settings.Settings()
    text = settings.settings_file().read_text(encoding="utf-8")
    assert all(f"# {name} = " in text for name in settings.Settings.model_fields)
    assert settings.load() == settings.Settings()


def test_every_commented_example_is_allowed() -> None:
    settings.load()
    file = settings.settings_file()
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(line.removeprefix("# ") if " = " in line else line for line in lines), encoding="utf-8")
    loaded = settings.load()
    assert loaded.model_fields_set == set(settings.Settings.model_fields)
    assert isinstance(loaded.model, Path)


@pytest.mark.parametrize(
    ("text", "line", "parts"),
    [
        ("\nrate_wpm = 900", 2, ["rate_wpm is 900", "80 to 300"]),
        ("rate_wpm = 150.5", 1, ["rate_wpm is 150.5", "whole number"]),
        ("rate_wpm = true", 1, ["rate_wpm is true"]),
        ('volume = "loud"', 1, ['volume is "loud"', "0.0 to 1.0"]),
        ("volume = nan", 1, ["volume is nan"]),
        ("volume = 1.5", 1, ["volume is 1.5"]),
        ('country = "zz"', 1, ['country is "zz"', '"uk"', '"us"']),
        ("country = 44", 1, ["country is 44", '"uk"']),
        ('# note\n\nvoise = "x"', 3, ['no setting "voise"', 'did you mean "voice"']),
        ("[sound]\nvolume = 1.0", 1, ['no setting "sound"']),
        ("[voice]\na = 1", 1, ["voice is a table"]),
        ('voice = ""', 1, ['voice is ""']),
        ("model = 3", 1, ["model is 3", "path"]),
        ('volume = 0.5\nrate_wpm = "fast', 2, ["can't be understood", "look for a missing quotation mark"]),
        ('voice = "x\nvolume = 0.5', 1, ["can't be understood", "look for a missing quotation mark"]),
        ("volume = 0.5\nvolume = 0.6", 2, ["can't be understood", "the field is there twice"]),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int, parts: list[str], tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CoachError) as caught:
        settings.load(path)
    assert f"{path}, line {line}" in str(caught.value)
    assert [part for part in parts if part not in str(caught.value)] == []


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("volume = 7\nrate_wpm = 7\n", encoding="utf-8")
    with pytest.raises(CoachError, match=r"line 1: volume(.|\n)*line 2: rate_wpm"):
        settings.load(path)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\x01", b"\x00"])
def test_a_binary_file_is_refused_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    with pytest.raises(CoachError, match=r"settings\.toml"):
        settings.load(path)


def test_a_folder_in_the_file_s_place_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CoachError, match="can't be read"):
        settings.load(tmp_path)


def test_windows_editors_are_welcome(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"\xef\xbb\xbfvolume = 0.5\r\ncountry = 'UK'\r\n")
    loaded = settings.load(path)
    assert (loaded.volume, loaded.country) == (0.5, "uk")


def test_without_a_usable_folder_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "file"))
    assert settings.load() == settings.Settings()
    with pytest.raises(CoachError, match="COACH_HOME"):
        settings.save("volume", 0.5)


def test_saving_keeps_what_a_person_wrote(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("# mine\nvolume = 0.5  # for the kitchen\n", encoding="utf-8")
    assert settings.save("volume", 0.9, path).volume == 0.9
    assert settings.save("country", "uk", path).country == "uk"
    text = path.read_text(encoding="utf-8")
    assert "# mine" in text
    assert "# for the kitchen" in text
    assert settings.load(path) == settings.Settings(volume=0.9, country="uk")
    assert [each.name for each in tmp_path.iterdir()] == ["settings.toml"]


def test_saving_takes_the_place_of_the_note_and_none_takes_it_back() -> None:
    settings.save("volume", 0.5)
    text = settings.settings_file().read_text(encoding="utf-8")
    assert "\nvolume = 0.5\n" in text
    assert "# volume" not in text
    assert settings.save("volume", None).volume == settings.Settings().volume


@pytest.mark.parametrize(("key", "value"), [("volume", 7), ("volum", 0.5), ("rate_wpm", "fast"), ("country", "zz")])
def test_saving_refuses_what_loading_would(key: str, value: object) -> None:
    settings.save("voice", "x")
    before = settings.settings_file().read_bytes()
    with pytest.raises(CoachError, match="not changed"):
        settings.save(key, value)
    assert settings.settings_file().read_bytes() == before


def test_a_folder_in_place_of_the_settings_is_named_with_what_to_do(tmp_path: Path) -> None:
    for work in (settings.load, lambda path: settings.save("volume", 0.5, path)):
        with pytest.raises(CoachError, match=r"can't be read \(it is not a file\); move that away"):
            work(tmp_path)
