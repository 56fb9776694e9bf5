"""Which voice is meant by what somebody writes in the settings."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from coach import render_worker


def voices() -> list[SimpleNamespace]:
    """Voices as the systems list them."""
    return [
        SimpleNamespace(id="sit/cmn", name="Chinese (latin as English)", languages=["cmn"]),
        SimpleNamespace(id="gmw/en-029", name="English (Caribbean)", languages=["en-029"]),
        SimpleNamespace(id="roa/es-419", name="Spanish (Latin America)", languages=[b"\x05es-419"]),
        SimpleNamespace(id="gmw/en-us-nyc", name="English (America, New York City)", languages=["en-us-nyc"]),
        SimpleNamespace(id="gmw/en-us", name="English (America)", languages=[b"\x02en-us"]),
        SimpleNamespace(id="gmw/en", name="English (Great Britain)", languages=["en-gb"]),
        SimpleNamespace(id="com.apple.daniel", name="Daniel", languages=["en_GB"]),
        SimpleNamespace(id="HKEY/ZIRA", name="Microsoft Zira - English (United States)", languages=[]),
    ]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("english", "gmw/en"),
        ("English", "gmw/en"),
        ("America", "gmw/en-us"),
        ("en-us", "gmw/en-us"),
        ("gmw/EN-US", "gmw/en-us"),
        ("gmw/en", "gmw/en"),
        ("new york", "gmw/en-us-nyc"),
        ("english+f3", "gmw/en+f3"),
        ("spanish", "roa/es-419"),
        ("zira", "HKEY/ZIRA"),
        ("dan", "com.apple.daniel"),
    ],
)
def test_a_part_of_a_voices_name_is_enough(wanted: str, found: str) -> None:
    assert render_worker._found(wanted, voices()) == found


def test_every_system_with_an_english_voice_has_one_called_english() -> None:
    """It is the example in the settings file."""
    for voice in voices()[-3:]:
        assert render_worker._found("english", [voice]) == voice.id


@pytest.mark.parametrize("wanted", ["klingon", "+f3", " "])
def test_an_unknown_voice_is_answered_with_some_that_are_there(wanted: str) -> None:
    with pytest.raises(ValueError, match=r"there is no voice called .*; there are Daniel, English \(America\), "):
        render_worker._found(wanted, voices())
    with pytest.raises(ValueError, match=r"no voice called klingon$"):
        render_worker._found("klingon", [])
