"""What the figures of a sound check come to: any figures lead to words, and the words to the right thing to do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach import folders, sound_check_file
from coach.errors import CoachError
from coach.intents import Action, Context, understand
from coach.sound_check import Attempt, SoundCheck, Verdict, check_of, every_line, judge

AT = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
HEARD = (
    Attempt(asked="stop", heard=True, heard_as="stop", level_dbfs=-30.0, above_noise_db=30.0, latency_s=0.4),
    Attempt(asked="severe pain", heard=True, heard_as="severe pain", level_dbfs=-30.0, latency_s=0.5),
    Attempt(asked="stop", over=True, heard=True, heard_as="stop", level_dbfs=-30.0, latency_s=0.6),
)
GOOD: dict[str, Any] = {
    "noise_dbfs": -60.0,
    "voice_dbfs": -30.0,
    "echo_dbfs": -24.0,
    "echo_loss_db": 22.0,
    "delay_s": 0.06,
    "attempts": HEARD,
}


def attempts(*heard: bool, level: float | None = -30.0, **facts: Any) -> dict[str, Any]:
    """The word "stop", once for each answer, and everything else heard."""
    over = facts.get("over", False)
    others = tuple(one for one in HEARD if (one.asked, one.over) != ("stop", over))
    tries = tuple(Attempt(asked="stop", heard=one, level_dbfs=level, **facts) for one in heard)
    return {"attempts": tries + others}


def test_good_figures_need_no_change() -> None:
    judged = judge(check_of(AT, **GOOD))
    assert judged.verdict is Verdict.WELL
    assert judged.lines[-1] == "I can hear you well."
    assert not any(remark.remedy for remark in judged.remarks)


@pytest.mark.parametrize(
    ("figures", "verdict", "text", "remedy"),
    [
        ({"noise_dbfs": None}, "unreliably", "gives no sound at all", "choose another microphone"),
        ({"noise_dbfs": -120.0}, "unreliably", "gives no sound at all", "switched off"),
        ({"noise_dbfs": float("nan")}, "unreliably", "gives no sound at all", "switched off"),
        ({"noise_dbfs": -33.0, "voice_dbfs": -15.0}, "but", "your room is loud", "Close the window"),
        ({"noise_dbfs": -40.0}, "but", "not far above the room", "Move the microphone nearer"),
        ({"noise_dbfs": -39.0, "voice_dbfs": -35.0}, "unreliably", "all but drowns", "switch off the radio"),
        ({"voice_dbfs": -55.0, "noise_dbfs": -75.0, "echo_dbfs": -45.0}, "but", "is faint", "Turn the microphone up"),
        ({"voice_clipped": 0.05}, "but", "your voice is too loud", "Turn the microphone down"),
        ({"echo_clipped": 0.05}, "but", "my voice is too loud", "away from the loudspeaker"),
        ({"echo_dbfs": -10.0, "echo_loss_db": 40.0}, "but", "much louder at the microphone", "use headphones"),
        ({"echo_loss_db": 3.0}, "but", "too much of my own voice", "use headphones"),
        ({"echo_dbfs": None, "echo_loss_db": None}, "well", "right for headphones", None),
        ({"delay_s": 0.6}, "but", "comes out late", "with a wire"),
        ({"own_reports": 1}, "but", "my own words for yours", "use headphones"),
        ({"own_reports": 2}, "unreliably", "my own words for yours", "use headphones"),
        ({"own_sounds": 3}, "but", "sound of my own voice", "use headphones"),
        (attempts(True, latency_s=3.0), "but", "takes me long", "End other programs"),
        (attempts(False, True), "but", "only the second time", "nearer"),
        (attempts(False, False), "unreliably", 'I did not understand "stop"', "nearer"),
        (attempts(False, False, level=None), "unreliably", "I heard nobody say", "nearer"),
        (attempts(False, False, over=True, level=None), "unreliably", "while I was talking", "headphones"),
        (attempts(False, False, over=True), "unreliably", '"stop" while I was talking', "headphones"),
        (attempts(False, False, over=True, noticed=True), "but", "I notice your voice", "headphones"),
        ({"attempts": ()}, "unreliably", "nothing was asked", "again"),
    ],
)
def test_each_figure_leads_to_what_to_change(
    figures: dict[str, Any], verdict: str, text: str, remedy: str | None
) -> None:
    judged = judge(check_of(AT, **(GOOD | figures)))
    assert judged.verdict == verdict
    (remark,) = [remark for remark in judged.remarks if text in remark.text]
    assert (remedy in remark.remedy) if remedy and remark.remedy else remark.remedy is remedy
    if verdict != "well":
        assert remark.text in judged.sentence
        assert not any(other.remedy for other in judged.remarks if other is not remark), "one figure, one change"


def test_one_who_falls_silent_for_itself_notices_nobody() -> None:
    figures = GOOD | attempts(False, False, over=True, noticed=True) | {"own_sounds": 2}
    assert judge(check_of(AT, **figures)).verdict is Verdict.UNRELIABLY


level = st.none() | st.floats()
answers = st.builds(
    Attempt,
    asked=st.sampled_from(["stop", "severe pain"]),
    over=st.booleans(),
    heard=st.booleans(),
    noticed=st.booleans(),
    heard_as=st.none() | st.text(max_size=5),
    level_dbfs=level,
    above_noise_db=level,
    latency_s=level,
)
checks = st.builds(
    SoundCheck,
    at=st.just(AT),
    noise_dbfs=level,
    voice_dbfs=level,
    echo_dbfs=level,
    echo_loss_db=level,
    delay_s=level,
    echo_clipped=st.floats(),
    voice_clipped=st.floats(),
    own_sounds=st.integers(),
    own_reports=st.integers(),
    attempts=st.lists(answers, max_size=6).map(tuple),
)


@settings(deadline=None)
@given(checks)
def test_any_figures_lead_to_words(check: SoundCheck) -> None:
    """Whole sentences, no figures in them, and the verdict last."""
    judged = judge(check)
    assert len(judged.lines) >= 2
    assert judged.lines[-1] == judged.sentence
    for line in judged.lines:
        assert line[0].isupper() or line[0] == '"'
        assert line.endswith((".", "settings)"))
        assert "dB" not in line
        assert "nan" not in line.lower().split()
    assert (judged.verdict is Verdict.WELL) == (not any(remark.remedy for remark in judged.remarks))


@settings(deadline=None)
@given(checks)
def test_any_figures_can_be_kept_and_read(check: SoundCheck) -> None:
    kept = sound_check_file.keep(check)
    found = sound_check_file.last_check()
    assert found is not None
    assert (found.said, found.heard) == (check.said, check.heard)
    assert judge(found).verdict == judge(check).verdict
    assert '"heard_as"' not in kept.read_text(encoding="utf-8")


def test_a_damaged_file_is_the_same_as_none() -> None:
    path = folders.data_dir() / sound_check_file.NAME
    assert sound_check_file.last_check() is None
    sound_check_file.keep(check_of(AT, **GOOD))
    assert sound_check_file.last_check() is not None
    for damage in (b"", b"{", b"\xff", b'{"version": 2, "at": "2026-05-01T09:30:00Z"}', b'{"version": 1}'):
        path.write_bytes(damage)
        assert sound_check_file.last_check() is None
    path.unlink()
    path.mkdir()
    assert sound_check_file.last_check() is None
    with pytest.raises(CoachError, match="can't be kept"):
        sound_check_file.keep(check_of(AT, **GOOD))
    assert [each.name for each in path.parent.iterdir()] == [path.name], "nothing is left lying about"


@pytest.mark.parametrize("context", [None, *Context])
@pytest.mark.parametrize("line", list(every_line()))
def test_no_line_is_a_report_or_a_command(line: str, context: Context | None) -> None:
    """Neither the whole line nor any beginning of it, nor any three words as a report."""
    said = line.split()
    for end in range(1, len(said) + 1):
        assert understand(" ".join(said[:end]), context).action is Action.NONE, said[:end]
    for at in range(len(said) - 2):
        assert not understand(" ".join(said[at : at + 3])).action.is_report
