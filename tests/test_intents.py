"""What the coach makes of words: tables of made-up phrases, and rules that hold for any words at all."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.intents import Action, Context, Meaning, explain, strength, understand
from tests.shared import SHARED

TABLES = sorted((Path(__file__).parent / "phrases").glob("*.txt"))
UNSEEN = sorted((Path(__file__).parent / "phrases" / "unseen").glob("*.txt"))
CONTEXTS: tuple[Context | None, ...] = (None, *Context)


def rows(path: Path) -> Iterator[tuple[str, set[str], int | None, Context | None]]:
    """Words, the actions that are right, the score said, and the question asked before."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            label, words = line.split(" | ", 1)
            context = next((Context(part[1:]) for part in label.split() if part.startswith("@")), None)
            score = next((int(part) for part in label.split() if part.isdigit()), None)
            actions = {part for part in label.split() if part != "or" and part in set(Action)}
            yield words, actions, score, context


def wrong(path: Path, must_end: bool = False) -> list[str]:
    """The rows that come out otherwise than they should; with ``must_end`` none of those that should end a session."""
    bad = []
    for words, actions, score, context in rows(path):
        meaning = understand(words, context)
        if meaning.action not in actions or (score is not None and meaning.score != score):
            bad.append(f"{words!r} -> {explain(meaning)}, wanted {sorted(actions)} {score}")
        ends = all(Action(action).ends_session for action in actions)
        assert meaning.action.ends_session or not (must_end and ends), words
    return bad


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_the_tables(table: Path) -> None:
    """At least 99 in a hundred rows, and none that should end a session comes out milder than "stop"."""
    bad, total = wrong(table, must_end=True), len(list(rows(table)))
    assert total > 100
    assert len(bad) <= total / 100, "\n".join(bad)


@pytest.mark.parametrize("table", UNSEEN, ids=lambda path: path.stem)
def test_the_tables_that_nothing_is_mended_with(table: Path) -> None:
    """At least nine in ten rows: what is to be expected of words nobody thought of."""
    assert len(wrong(table)) <= len(list(rows(table))) / 10


def test_every_action_and_context_is_in_the_tables() -> None:
    """A rung or command that no row asks for would be untested."""
    every = [row for table in TABLES for row in rows(table)]
    assert {action for _, actions, _, _ in every for action in actions} == {action.value for action in Action}
    assert {context for *_, context in every} == set(CONTEXTS)


def test_the_development_phrases() -> None:
    """97 in a hundred and no dangerous error, counted by the scorer that comes with them."""
    if SHARED is None or not (SHARED / "phrases" / "score.py").is_file():
        pytest.skip("the development phrases are not at hand")
    code = (
        "import json, sys; from coach.intents import Context, understand;"
        "c = Context(sys.argv[-1]) if '--context' in sys.argv else None\n"
        "for line in sys.stdin:\n"
        "    m = understand(line, c); print(json.dumps({'text': line.strip(), 'action': m.action, 'score': m.score}))"
    )
    phrases = SHARED / "phrases"
    options = ["--with-context", "--floor", "97", "--max-dangerous", "0", "-v", str(phrases / "dev.jsonl")]
    done = subprocess.run(
        [sys.executable, str(phrases / "score.py"), *options, "--", sys.executable, "-c", code],
        capture_output=True, text=True, cwd=Path(__file__).parents[1], check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


# --- rules that hold for any words ------------------------------------------------------------------

REPORTS = ("it hurts", "my back is sore", "there is a pain in my knee", "it's a bit painful", "slight ache", "no pain")
SIGNS = {
    "stop": ("severe pain", "i feel dizzy", "it's killing me", "the pain is shooting down my leg"),
    "gp": ("i have a fever", "i feel unwell", "i had cancer"),
    "urgent": ("my foot is numb", "my leg gave way", "i keep tripping"),
    "emergency": ("i can't feel when i wipe", "i've wet myself", "chest pain", "i can't breathe", "call an ambulance"),
}
SAID = [
    *REPORTS, *(sign for signs in SIGNS.values() for sign in signs), "pause please", "carry on", "how long left", "yes",
    "no", "not really", "it doesn't hurt", "seven out of ten", "the cat is asleep", "my husband has a bad knee",
    "it hurt yesterday", "that's better", "just a stretch", "what did you say", "i'm fine", "never", "without", "if",
    "will it", "she said", "stop", "don't", "no numbness", "less", "[unk]", "ten seconds", "on the telly", "you",
]  # fmt: skip
EVERY_SIGN = [(Action(action), sign) for action, signs in SIGNS.items() for sign in signs]


@given(st.text(max_size=200), st.sampled_from(CONTEXTS))
def test_any_string_is_fine(words: str, context: Context | None) -> None:
    """No text makes it raise; a score is 0 to 10."""
    meaning = understand(words, context)
    assert meaning.score is None or 0 <= meaning.score <= 10
    assert explain(meaning).startswith(meaning.action)


@given(st.lists(st.sampled_from(" ".join(SAID).split()), max_size=14), st.sampled_from(CONTEXTS))
def test_any_row_of_its_own_words_is_fine(words: list[str], context: Context | None) -> None:
    """Growing prefixes, as partials are, make it no more raise than whole sentences."""
    for end in range(len(words) + 1):
        assert isinstance(understand(" ".join(words[:end]), context), Meaning)


@given(st.lists(st.sampled_from(SAID), max_size=3), st.sampled_from(EVERY_SIGN), st.sampled_from(CONTEXTS))
def test_adding_a_sign_never_softens(before: list[str], sign: tuple[Action, str], context: Context | None) -> None:
    """Whatever was said before it in other sentences, a sign of its own counts in full."""
    action, words = sign
    text = ". ".join([*before, words])
    assert strength(understand(text, context).action) >= strength(action), text
    alone = [strength(understand(part).action) for part in before]
    assert strength(understand(text).action) >= max(alone, default=0), text


@pytest.mark.parametrize("strong", ["really", "very", "so", "extremely", "bloody", "awfully", "terribly"])
@pytest.mark.parametrize("pain", ["sore", "painful"])
@pytest.mark.parametrize("head", ["it's", "my back is", "my knee feels", "that is"])
def test_a_stronger_word_never_gives_a_milder_action(head: str, pain: str, strong: str) -> None:
    """No word, a weak word, no size, a strong word: each at least as strong as the one before."""
    said = [f"{head} {size} {pain}" for size in ("not", "slightly", "a bit", "", strong)]
    rungs = [strength(understand(words).action) for words in said]
    assert rungs == sorted(rungs)
    assert understand(said[-1]).action is Action.STOP


def test_a_higher_score_never_gives_a_milder_action() -> None:
    """0 to 3 go on, 4 and 5 ease, from 6 stop."""
    rungs = [understand(str(score), Context.ASKED_SCORE) for score in range(13)]
    assert [meaning.action for meaning in rungs] == [*[Action.CONTINUE] * 4, *[Action.EASE] * 2, *[Action.STOP] * 7]
    assert [meaning.score for meaning in rungs] == [*range(11), None, None]


@pytest.mark.parametrize(("words", "actions"), [(words, actions) for words, actions, _, c in rows(TABLES[0]) if not c])
def test_case_marks_and_spaces_do_not_matter(words: str, actions: set[str]) -> None:
    """As typed, as shouted, as a recogniser writes it."""
    plain = understand(words)
    assert understand(words.upper()) == plain
    assert understand("  " + words.replace(" ", "   ") + " ") == plain
    assert understand(words + "!").action == plain.action
    assert understand(words.replace("'", "\u2019")) == plain


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("my back is flombered", "stop"), ("this is flombering me", "stop"), ("it feels like a flomber", "stop"),
        ("my foot will not flomber", "urgent"), ("my speech is all flombered", "emergency"),
        ("my privates feel flombered", "emergency"), ("my heart is flombering", "emergency"),
        ("there is a flomber in my back", "ask"), ("it hurts flomberingly", "stop"),
        ("the cat is flombered", "none"), ("my brother is flombered", "none"), ("the flomber is on the table", "none"),
    ],
)  # fmt: skip
def test_an_unknown_word_is_guessed_from_where_it_stands(words: str, action: str) -> None:
    """No list has the word."""
    assert understand(words).action == action


@pytest.mark.parametrize(
    ("halting", "fluent"),
    [
        ("um it's it's er really really sore", "it's really really sore"),
        ("my my back my back hurts", "my back hurts"),
        ("a gony", "agony"), ("pins and kneedles in my foot", "pins and needles in my foot"), ("no um no", "no no"),
    ],
)  # fmt: skip
def test_halting_speech_is_read_as_fluent(halting: str, fluent: str) -> None:
    """Hesitations, words said twice, words that fell apart."""
    assert understand(halting).action is understand(fluent).action is not Action.NONE


# --- what other modules count on --------------------------------------------------------------------


@pytest.mark.parametrize("words", ["stop", "that's enough", "i want to finish now", "i can't do this"])
def test_a_stop_word_alone_is_marked(words: str) -> None:
    """The session asks afterwards whether it was for pain."""
    assert understand(words).stop_word
    assert understand(words).action is Action.STOP


@pytest.mark.parametrize(
    "words", ["stop it hurts", "stop my back", "stop my left knee", "that's enough i feel dizzy", "stop ow", "agony"]
)
def test_a_stop_word_with_a_sign_of_pain_is_not(words: str) -> None:
    """Then it is a stop for pain."""
    meaning = understand(words)
    assert meaning.action is Action.STOP
    assert not meaning.stop_word


@pytest.mark.parametrize("context", CONTEXTS)
def test_the_question_itself_is_no_answer(context: Context | None) -> None:
    """It may come back through the microphone."""
    assert understand("How bad is it, from nought to ten?", context).action is Action.NONE
    assert understand("Are you in pain, or finished for today?", context).action is Action.NONE


def test_it_says_why() -> None:
    """The words that led to the action come first."""
    text = explain(understand("pause my back is agony"))
    assert text.splitlines()[0] == "stop"
    assert "agony" in text.splitlines()[1]


def test_the_ladder_is_in_order() -> None:
    """From mildest to strongest; commands stand below it."""
    ladder = ["none", "continue", "ease", "ask", "stop", "gp", "urgent", "emergency"]
    assert [strength(Action(rung)) for rung in ladder] == list(range(8))
    assert strength(Action.PAUSE) == 0
    assert not Action.PAUSE.is_report
    assert not Action.ASK.ends_session


def test_it_is_quick() -> None:
    """Well under the time between two partials, with room for a slow machine: 10 ms a phrase."""
    words = [words for words, *_ in rows(TABLES[0])]
    began = time.perf_counter()
    for phrase in words:
        understand(phrase)
    assert (time.perf_counter() - began) / len(words) < 0.01


def test_no_table_row_is_there_twice() -> None:
    """A row that is there twice would count twice."""
    tables = [*TABLES, *UNSEEN]
    every = [(re.sub(r"\W+", " ", words), context) for table in tables for words, _, _, context in rows(table)]
    assert len(every) - len(set(every)) <= 3


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("stoppp", Action.STOP),
        ("pain ++", Action.STOP),
        ("v. sore", Action.STOP),
        ("it was a three but it's up to eight", Action.STOP),
        ("no erections", Action.EMERGENCY),
        ("it's giving me a flogging", Action.STOP),
        ("it's stopped me dead", Action.STOP),
        ("not excruciating just sore", Action.ASK),
        ("turn off the immersion", Action.NONE),
        ("my shoulder is freckled", Action.NONE),
    ],
)
def test_how_things_are_written_and_put_together(words: str, action: Action) -> None:
    """Drawn-out words, marks, risen scores, a "no" that is the sign itself, and words that are only known to be bad."""
    assert understand(words).action is action
