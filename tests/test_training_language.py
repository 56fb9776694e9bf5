"""The words and sentences that the recipe makes: whether all that the coach knows is there, and how it is weighed."""

from __future__ import annotations

import itertools
import math
import random
import tomllib
from collections import Counter

import pytest

from training.language import BEGIN, END, SHARES, UNKNOWN, trigram
from training.lexicon import own_ways
from training.ngrams import Part, mixed
from training.patterns import FOLDER, Patterns
from training.phones import SOUNDS
from training.places import ROOT
from training.texts import joined, made, plain

NEWS = [["the", "stop", "is", "closed"], ["the", "bus", "is", "late"], ["the", "bus", "stop"]] * 4
OURS = [["stop"], ["it", "hurts"], ["stop", "it"]] * 4


@pytest.mark.parametrize("least", [0.0, 1e-3, 1e-2])
def test_the_chances_after_each_history_add_up_however_much_is_left_out(least: float) -> None:
    model = mixed([Part("news", 0.6, NEWS), Part("ours", 0.4, OURS)], least)
    words = {word for row in [*NEWS, *OURS] for word in row} | {END}
    for past in [(), (BEGIN,), ("the",), ("hurts",), (BEGIN, "the"), ("bus", "stop"), ("it", "late")]:
        assert sum(model.chance(past, word) for word in words) == pytest.approx(1.0, abs=1e-4)


def test_leaving_out_more_makes_it_smaller_but_never_forgets_a_word() -> None:
    sizes = []
    for least in (0.0, 3e-3, 1.0):
        model = mixed([Part("news", 1.0, NEWS)], least)
        sizes.append(sum(len(after) for after in model.chances.values()))
        assert all(model.chance((BEGIN,), word) > 0 for row in NEWS for word in row)
    assert sizes[0] >= sizes[1] > sizes[2]


def test_each_kind_of_sentence_counts_where_it_is_said() -> None:
    model = mixed([Part("news", 0.5, NEWS), Part("ours", 0.5, OURS)], 0.0)
    assert model.chance((BEGIN,), "stop") > 3 * model.chance(("the",), "hurts")
    assert model.chance(("the",), "hurts") < 0.05, "what is said to the coach has little to say after this word"
    more = mixed([Part("news", 2.0, NEWS), Part("ours", 0.5, OURS)], 0.0)
    assert more.chance((BEGIN,), "the") > model.chance((BEGIN,), "the")


def test_a_word_that_follows_only_one_other_is_unlikely_after_new_ones() -> None:
    rows = [["pins", "and", "needles"]] * 9 + [[word, "pain"] for word in ("bad", "sharp", "dull", "such", "no")]
    model = mixed([Part("all", 1.0, rows)], 0.0)
    assert model.chance(("dull",), "pain") > model.chance(("dull",), "needles") * 3


def test_sentences_of_one_kind_can_be_counted_alone() -> None:
    assert trigram([["it", "hurts"], ["it", "stops"]]).chance(("it",), "hurts") > 0.25


@pytest.mark.parametrize("name", ["symptoms", "talk"])
def test_patterns_make_plain_sentences_the_same_ones_each_time(name: str) -> None:
    first, second = Patterns(name, 5), Patterns(name, 5)
    sentences = [first.sentence() for _ in range(400)]
    assert sentences == [second.sentence() for _ in range(400)]
    assert all(sentence == plain(sentence) and sentence for sentence in sentences)
    assert len(set(sentences)) > 300


@pytest.mark.parametrize("name", ["symptoms", "talk"])
def test_every_list_of_the_patterns_is_used(name: str) -> None:
    data = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    text = data["patterns"] + " ".join(data["lists"].values())
    assert [unused for unused in data["lists"] if f"{{{unused}}}" not in text] == []
    assert max(Counter(text.count(mark) for mark in "{}").values()) == 2, "each hole is open and shut"


def test_all_that_the_coach_knows_is_listed() -> None:
    listed = {word for row in made(1).listed() for word in row.split()}
    words = tomllib.loads((ROOT / "coach" / "words.toml").read_text(encoding="utf-8"))
    known = {word for text in words["class"].values() for word in plain(text.replace("{", " {")).split()}
    names = {word for name in words["class"] for word in name.replace("_", " ").split()} | {"unknown"}
    assert sorted(known - listed - names) == []
    assert {"numbness", "bladder", "agonising", "paralysed", "louder", "knackered", "wiping"} <= listed


def test_ordinary_words_are_chosen_more_often_than_rare_ones() -> None:
    texts = made(2)
    said = Counter(word for _ in range(3000) for word in texts.report().split())
    assert said["sharp"] > 5 * said["jarred"]
    assert said["terrible"] > said["diabolical"]


def test_words_are_joined_as_people_say_them() -> None:
    rows = {joined("i am sore", random.Random(seed)) for seed in range(20)}
    assert rows == {"i am sore", "i'm sore"}


def test_own_sounds_are_sounds_and_none_is_there_twice() -> None:
    ways = own_ways()
    assert {sound for _, sounds in ways for sound in sounds} <= set(SOUNDS)
    assert len(set(ways)) == len(ways)
    assert {"paracetamol", "sciatica", "nought", "can't"} <= {word for word, _ in ways}


def test_other_english_is_not_outvoted() -> None:
    ours = math.fsum(share for name, (_, share) in SHARES.items() if name not in ("talk", "household"))
    assert 0.3 < ours < 0.7
    assert UNKNOWN not in set(itertools.chain.from_iterable(row.split() for row in made(3).listed()))
