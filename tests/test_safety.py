"""What is said about safety: short, sourced, the right number for the country, and nothing the coach would react to."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from coach import safety
from coach.intents import Action, Context, understand

DATA = tomllib.loads((Path(safety.__file__).parent / "safety.toml").read_text(encoding="utf-8"))
CODES = (None, *safety.COUNTRIES)
ENDING = [action for action in Action if action.ends_session]
LINES = safety.all_lines()
QUESTIONS = {*safety.QUESTIONS.values(), *(sign.question for sign in safety.WARNING_SIGNS)}
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "nought", "triple"]
EMERGENCY = {
    "uk": "nine nine nine", "ie": "one one two", "eu": "one one two", "us": "nine one one", "ca": "nine one one",
    "au": "triple zero", "nz": "one one one", "in": "one one two",
}  # fmt: skip
LEFT_TO_THE_PERSON = {
    "get chest pain", "leg become weaker", "any new numbness", "pins and needles", "ever had cancer", "had a fever",
    "lost weight without",
    "finished for today",
}  # fmt: skip
"""Three words of a question that are also what a person may say: the person's words count."""


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def syllables(word: str) -> int:
    """Near enough for a reading age: groups of vowels, less a silent e."""
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1
    return max(1, groups - silent)


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"[.?!]", text) if part.strip()]


# --- how it is worded ---------------------------------------------------------------------------------


@pytest.mark.parametrize("line", LINES)
def test_no_sentence_is_long(line: str) -> None:
    """At most 20 words."""
    assert all(len(words(sentence)) <= 20 for sentence in sentences(line))


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("action", ENDING)
def test_the_reading_age_is_eleven_or_less(action: Action, code: str | None) -> None:
    """Flesch-Kincaid grade 6 or less, which is read at eleven, for what is said in one go."""
    text = " ".join(safety.advice(action, code))
    said = words(text)
    grade = 0.39 * len(said) / len(sentences(text)) + 11.8 * sum(map(syllables, said)) / len(said) - 15.59
    assert grade <= 6, f"grade {grade:.1f}: {text}"


def test_the_reading_age_by_a_library() -> None:
    """The same by textstat. Later versions than 0.7.4 fetch a dictionary from the network, which tests may not."""
    textstat = pytest.importorskip("textstat", reason="textstat is not installed")
    if version("textstat") != "0.7.4":
        pytest.skip("textstat 0.7.4 is wanted: later ones need the network")
    for action in ENDING:
        for code in CODES:
            assert textstat.flesch_kincaid_grade(" ".join(safety.advice(action, code))) <= 6


@pytest.mark.parametrize("action", ENDING)
def test_the_first_words_are_short(action: Action) -> None:
    """About two seconds at 150 words a minute before a first pause: what matters comes first."""
    first = re.split(r"[.,?!]", safety.advice(action, None)[0])[0]
    assert len(words(first)) <= 5


@pytest.mark.parametrize("line", LINES)
def test_no_line_frightens_or_judges(line: str) -> None:
    """Pain need not mean harm; and the coach gives no diagnosis."""
    frightening = {"danger", "dangerous", "serious", "damage", "damaged", "cripple", "die", "death", "worst", "tumour"}
    assert not frightening & set(words(line))
    assert "you have a" not in line.lower()


# --- what is said for which action --------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_every_end_has_advice_and_commands_have_none(code: str | None) -> None:
    """An end without a word would leave somebody alone on the floor."""
    assert all(safety.advice(action, code) for action in ENDING)
    assert not any(safety.advice(action, code) for action in Action if not action.is_report)


def test_gp_urgent_and_emergency_name_help() -> None:
    """Each names its own kind of help."""
    assert any("G P" in line for line in safety.advice(Action.GP, "uk"))
    assert any("medical advice today" in line for line in safety.advice(Action.URGENT, None))
    assert any("local emergency number" in line for line in safety.advice(Action.EMERGENCY, None))


# --- countries -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", safety.COUNTRIES)
def test_each_country_has_its_own_emergency_number(code: str) -> None:
    """The number is said as words, so that a voice reads it digit by digit."""
    said = " ".join(safety.advice(Action.EMERGENCY, code))
    assert EMERGENCY[code] in said
    assert not any(number in said for number in set(EMERGENCY.values()) - {EMERGENCY[code]})
    assert not re.search(r"\d", said)


def test_every_country_is_checked_here() -> None:
    """A new pack wants its number in this file, from its own source."""
    assert set(EMERGENCY) == set(safety.COUNTRIES)


def test_one_one_one_is_an_emergency_number_in_new_zealand_only() -> None:
    """In the UK it is for advice; it must never be given for an emergency there."""
    for code in CODES:
        said = " ".join(safety.advice(Action.EMERGENCY, code))
        assert ("one one one" in said) == (code == "nz")
    assert "one one one" in " ".join(safety.advice(Action.URGENT, "uk"))
    assert "one one one" not in " ".join(safety.advice(Action.URGENT, "nz"))


@pytest.mark.parametrize("code", [None, "", "fr", "xx"])
def test_there_is_no_default_country(code: str | None) -> None:
    """Where no country is set, or one we don't know, no number is named at all."""
    for action in Action:
        assert not any(digit in words(line) for line in safety.advice(action, code) for digit in DIGITS)


def test_country_codes_may_be_capitals() -> None:
    """UK is uk."""
    assert safety.advice(Action.EMERGENCY, "UK") == safety.advice(Action.EMERGENCY, "uk")


# --- the questions ----------------------------------------------------------------------------------------


def test_every_warning_sign_leads_to_help() -> None:
    """A yes, or a "not sure", ends in advice that names help; the gravest come first."""
    actions = [sign.action for sign in safety.WARNING_SIGNS]
    assert set(actions) == {Action.GP, Action.URGENT, Action.EMERGENCY}
    assert actions == sorted(actions, key=ENDING.index, reverse=True)
    assert all(sign.question.endswith("?") for sign in safety.WARNING_SIGNS)


def test_everything_has_a_source() -> None:
    """Each line, question and country says where it comes from."""
    parts = [*DATA["advice"], *DATA["warning_sign"], *DATA["country"].values(), DATA["repeat_stops"]]
    assert all(part["source"].strip() for part in parts)


def test_the_thresholds_are_those_of_the_policy() -> None:
    """Changing one is a decision, not an accident."""
    limits = safety.THRESHOLDS
    assert (limits.ease_from, limits.stop_from) == (4, 6)
    assert (limits.warning_questions_days, limits.severe_stops, limits.severe_stops_days) == (7, 2, 7)


# --- the coach hears itself ---------------------------------------------------------------------------------


@pytest.mark.parametrize("context", [None, *Context])
@pytest.mark.parametrize("line", LINES)
def test_no_line_is_a_report_or_a_command_as_it_is_said(line: str, context: Context | None) -> None:
    """Neither the whole line nor any beginning of it, whatever was asked."""
    said = line.split()
    for end in range(1, len(said) + 1):
        part = " ".join(said[:end])
        assert understand(part, context).action is Action.NONE, part


@pytest.mark.parametrize("line", LINES)
def test_no_three_words_of_a_line_are_a_report(line: str) -> None:
    """What the ears may catch of an echo. Spelt-out numbers are left out: "nine nine nine" from a person is a call."""
    said = line.split()
    for at in range(len(said) - 2):
        part = " ".join(said[at : at + 3])
        if " ".join(words(part)) not in LEFT_TO_THE_PERSON and not set(words(part)) & set(DIGITS):
            assert not understand(part).action.is_report, part


def test_the_docs_name_tests_that_exist() -> None:
    """docs/SAFETY.md shows each hazard by a test."""
    root = Path(__file__).parents[1]
    named = set(re.findall(r"`(test_\w+)`", (root / "docs" / "SAFETY.md").read_text(encoding="utf-8")))
    there = {
        name
        for path in (root / "tests").glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named
    assert not named - there
