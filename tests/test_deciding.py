"""Two readings of one utterance: which counts, and what comes of doubt."""

from __future__ import annotations

import pytest

from coach.deciding import Reading, Word, decide, weighed
from coach.events import Heard
from coach.intents import Action, Context, understand
from coach.listed import phrases

SCORE, YES_NO, FINISHED = Context.ASKED_SCORE, Context.ASKED_YES_NO, Context.ASKED_FINISHED
NOTHING = Reading()


def reading(text: str, doubtful: str = "") -> Reading:
    """All words surely, but for the doubtful ones; each as long as a short word."""
    return Reading(tuple(Word(word, 0.4 if word in doubtful.split() else 1.0, 0.3) for word in text.split()))


def test_words_that_are_sure_count_as_they_are() -> None:
    assert decide(reading("my left knee hurts"), NOTHING, None) == Heard("my left knee hurts")


def test_nothing_with_a_spelling_is_nothing_heard() -> None:
    assert decide(reading("[unk]"), reading("[unk]"), None) is None


@pytest.mark.parametrize(("free", "doubtful"), [("jarred", "jarred"), ("where was knives", "knives")])
def test_a_report_in_doubtful_words_is_passed_on_as_doubtful(free: str, doubtful: str) -> None:
    assert decide(reading(free, doubtful), NOTHING, None) == Heard(free, sure=False)


def test_doubt_about_words_that_lead_to_nothing_is_no_doubt() -> None:
    assert decide(reading("the back hurts here", "here"), NOTHING, None) == Heard("the back hurts here")
    assert decide(reading("what a lovely day", "lovely"), NOTHING, None) == Heard("what a lovely day")


@pytest.mark.parametrize(
    "said", ["take the gives at shooting", "we was down and jarred", "sharply [unk] [unk]", "where was all the knives"]
)
def test_one_strong_word_in_a_row_of_others_is_doubtful(said: str) -> None:
    assert decide(reading(said), NOTHING, None) == Heard(said.replace(" [unk]", ""), sure=False)


@pytest.mark.parametrize(
    "said", ["shooting", "it is shooting down the side", "a shooting pain", "stop now will you", "my leg is on fire"]
)
def test_a_strong_word_with_the_speaker_the_body_or_nothing_beside_it_counts(said: str) -> None:
    assert decide(reading(said), NOTHING, None) == Heard(said)


def test_a_command_amid_much_that_was_not_understood_is_no_command() -> None:
    assert decide(reading("[unk] [unk] what"), NOTHING, None) == Heard("what", sure=False)
    assert decide(reading("[unk] [unk] yes"), NOTHING, YES_NO) == Heard("yes")
    assert decide(reading("[unk] pause"), NOTHING, None) == Heard("pause")


def test_a_second_reading_that_means_the_same_takes_the_doubt_away() -> None:
    assert decide(reading("stop", "stop"), reading("stop"), None) == Heard("stop")
    assert decide(reading("stop", "stop"), NOTHING, None) == Heard("stop", sure=False)


def test_the_list_answers_a_question_where_the_free_reading_has_no_answer() -> None:
    assert decide(reading("by"), reading("five"), SCORE) == Heard("five")
    assert decide(reading("by"), reading("five", "five"), SCORE) == Heard("by")
    assert decide(reading("by"), reading("five"), None) == Heard("by")
    assert decide(reading("seven"), reading("five"), SCORE) == Heard("seven")


def test_without_a_question_the_list_may_only_stop() -> None:
    assert decide(NOTHING, reading("stop"), None) == Heard("stop")
    assert decide(NOTHING, reading("it hurts"), None) is None
    assert decide(NOTHING, reading("louder"), None) is None


def test_a_part_of_a_listed_phrase_is_no_phrase() -> None:
    assert decide(reading("cat"), reading("can't"), YES_NO) == Heard("cat")
    assert decide(NOTHING, reading("i can't"), SCORE) is None


def test_a_doubtful_report_is_asked_about_never_dropped() -> None:
    for words in ("severe pain", "i can't feel my leg", "chest pain", "stop"):
        assert weighed(understand(words), False, None).action is Action.ASK
    assert weighed(understand("it hurts a little"), False, None) == understand("it hurts a little")


def test_a_doubtful_command_is_not_obeyed() -> None:
    assert weighed(understand("louder"), False, None).action is Action.NONE
    assert weighed(understand("yes", YES_NO), False, YES_NO).action is Action.NONE


@pytest.mark.parametrize("context", [SCORE, FINISHED])
def test_where_pain_was_asked_about_a_doubtful_answer_counts(context: Context) -> None:
    meaning = understand("eight", context)
    assert weighed(meaning, False, context) == meaning


def test_sure_words_keep_their_meaning() -> None:
    for words in ("severe pain", "louder", "no", ""):
        assert weighed(understand(words), True, None) == understand(words)


@pytest.mark.parametrize("context", [None, *Context])
def test_every_listed_phrase_means_something_where_it_is_listed(context: Context | None) -> None:
    for phrase in phrases(context):
        meaning = understand(phrase, context)
        assert meaning.action is not Action.NONE or meaning.score is not None, phrase


@pytest.mark.parametrize(
    ("free", "sure"),
    [
        ("stop", True),
        ("oh please stop", True),
        ("i want to stop", True),
        ("stop steadily", True),
        ("i like stop", False),
    ],
)
def test_stop_in_the_middle_of_other_words_is_doubtful(free: str, sure: bool) -> None:
    for listed in (NOTHING, reading("stop")):
        assert decide(reading(free), listed, None) == Heard(free, sure=sure)
