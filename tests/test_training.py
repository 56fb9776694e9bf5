"""The parts of the training recipe that need no training: sounds, features, the file of the network, the graph."""

# ruff: noqa: RUF001
from __future__ import annotations

import numpy as np
import pytest

from training import alignment, graph, language
from training.features import SIZE, mfcc, unlifted
from training.kaldi import AcousticModel, Layer, Transitions, read, written
from training.lexicon import arpabet
from training.phones import LABEL_ID, PHONE_ID, PHONES, PLACES, SOUNDS, label_of, positioned
from training.texts import made, plain

KALDI = {0: [94.586, -46.226, -14.432, -25.188, 114.76, 9.084], 2: [95.546, -44.736, -15.402, -23.893, 117.999, 10.549]}
"""Of the sound below, cepstra 0, 1, 2, 3, 12 and 39 of two frames, as kaldi-native-fbank 1.20 computes them."""


def a_sound(length: int = 720) -> np.ndarray:
    at = np.arange(length)
    tones = 1000 * np.sin(2 * np.pi * 440 * at / 16000) + 300 * np.sin(2 * np.pi * 1800 * at / 16000)
    return (tones + at * 7919 % 997 - 498).astype(np.float32)


def test_features_are_those_that_the_recogniser_computes() -> None:
    features = mfcc(a_sound())
    assert features.shape == (3, SIZE)
    for frame, expected in KALDI.items():
        assert features[frame, [0, 1, 2, 3, 12, 39]] == pytest.approx(expected, abs=2e-3)


def test_a_sound_shorter_than_a_frame_has_no_features() -> None:
    assert mfcc(a_sound(399)).shape == (0, SIZE)


def test_cepstra_lead_back_to_mel_energies() -> None:
    back, forth = unlifted()
    features = mfcc(a_sound())
    assert features @ back @ forth == pytest.approx(features, abs=1e-2)


@pytest.mark.parametrize(
    ("ipa", "sounds"),
    [("bændʒˈækst", "B AE N JH AE K S T"), ("nˈɪɡəl", "N IH G AH L"), ("sˈɔː", "S AO"), ("tʃˈeɪndʒ", "CH EY N JH")],
)
def test_pronunciations_come_from_ipa(ipa: str, sounds: str) -> None:
    assert arpabet(ipa) == tuple(sounds.split())


def test_phones_know_where_in_the_word_they_are() -> None:
    assert [PHONES[phone] for phone in positioned(("P", "EY", "N"))] == ["P_B", "EY_I", "N_E"]
    assert [PHONES[phone] for phone in positioned(("OW",))] == ["OW_S"]
    assert label_of(PHONE_ID["EY_I"]) == LABEL_ID["EY"]


def test_sentences_are_made_of_the_words_that_intents_reads_and_the_same_each_time() -> None:
    first, second = made(3), made(3)
    reports = [first.report() for _ in range(200)]
    assert reports == [second.report() for _ in range(200)]
    assert all(report == plain(report) for report in reports)
    said = " ".join(reports)
    assert all(word in said for word in ("pain", "hurts", "numb"))


def a_model(generator: np.random.Generator) -> AcousticModel:
    layers = [
        Layer((-1, 0, 1), generator.normal(size=(4, 120)), generator.normal(size=4)),
        Layer((-3, 0, 3), generator.normal(size=(4, 12)), generator.normal(size=4)),
    ]
    output = Layer((0,), generator.normal(size=(3, 4)), generator.normal(size=3))
    return AcousticModel(Transitions([(1, 0), (2, 1), (2, 2)], [0.9, 0.5]), layers, output, np.array([0.5, 0.3, 0.2]))


@pytest.mark.parametrize(("bits", "error"), [(32, 1e-6), (16, 1e-4), (8, 2e-2)])
def test_the_network_file_is_read_as_it_was_written(bits: int, error: float) -> None:
    model = a_model(np.random.default_rng(1))
    back = read(written(model, bits))
    assert back.transitions.states == model.transitions.states
    assert back.transitions.stay == pytest.approx(model.transitions.stay)
    assert [layer.offsets for layer in back.layers] == [(-1, 0, 1), (-3, 0, 3)]
    for ours, theirs in zip([*back.layers, back.output], [*model.layers, model.output], strict=True):
        assert ours.weights == pytest.approx(theirs.weights, abs=error)
        assert ours.bias == pytest.approx(theirs.bias, abs=1e-6)
    assert back.priors == pytest.approx(model.priors)


def test_another_kind_of_file_is_refused() -> None:
    with pytest.raises(ValueError, match="expected"):
        read(b"\0B<Nnet3> ")


def test_words_are_laid_where_their_sounds_are() -> None:
    path = alignment.word_path(["no"], {"no": [("N", "OW")]})
    assert path is not None
    truth = [LABEL_ID["SIL"]] * 5 + [LABEL_ID["N"]] * 4 + [LABEL_ID["OW"]] * 6 + [LABEL_ID["SIL"]] * 3
    scores = np.full((len(truth), 41), -5.0, np.float32)
    scores[np.arange(len(truth)), truth] = 0.0
    sounds = alignment.best_path(scores, path)
    assert sounds.tolist() == [
        [LABEL_ID["SIL"], 0, 5],
        [LABEL_ID["N"], 5, 9],
        [LABEL_ID["OW"], 9, 15],
        [LABEL_ID["SIL"], 15, 18],
    ]
    assert alignment.gap(scores, sounds) == 0.0


def test_of_two_ways_to_say_a_word_the_heard_one_is_taken() -> None:
    path = alignment.word_path(["the"], {"the": [("DH", "AH"), ("DH", "IY")]})
    assert path is not None
    truth = [LABEL_ID["DH"]] * 3 + [LABEL_ID["IY"]] * 3
    scores = np.full((len(truth), 41), -5.0, np.float32)
    scores[np.arange(len(truth)), truth] = 0.0
    assert [row[0] for row in alignment.best_path(scores, path)] == [LABEL_ID["DH"], LABEL_ID["IY"]]


def test_words_do_not_fit_into_too_few_frames() -> None:
    path = alignment.word_path(["stop"], {"stop": [("S", "T", "AA", "P")]})
    assert path is not None
    assert alignment.best_path(np.zeros((2, 41), np.float32), path) is None


def test_the_chances_of_what_follows_add_up() -> None:
    model = language.trigram([["it", "hurts"], ["it", "hurts", "now"], ["stop"], ["stop", "now"]] * 3)
    words = ("it", "hurts", "now", "stop", language.END)
    for history in ((), ("it",), (language.BEGIN, "it"), ("it", "hurts")):
        assert sum(model.chance(history, word) for word in words) == pytest.approx(1.0)
    assert model.chance(("it",), "hurts") > model.chance((), "hurts")


def test_the_graph_spells_each_word_once_from_each_place() -> None:
    words = {"no": [("N", "OW")], "know": [("N", "OW")], "oh": [("OW",)]}
    pdfs = np.array([[label * 2 + (place > 5) for place in range(len(PLACES))] for label in range(41)])
    states = sorted({(phone, int(pdf)) for phone in range(1, len(PHONES)) for pdf in pdfs[label_of(phone)]})
    transitions = Transitions(states, [0.5] * (len(PHONES) - 1))
    ids = {"know": 1, "no": 2, "oh": 3, language.UNKNOWN: 4}
    sounds = graph.Sounds(transitions, pdfs, ids, 1.0)
    sounds.add(graph.tree(words))
    assert _spelt(sounds, transitions, ("N_B", "OW_E")) == {1, 2}
    assert _spelt(sounds, transitions, ("OW_S",)) == {3}
    looping = [(start, sound) for start, end, sound, _, _ in sounds.arcs if start == end]
    assert len(looping) == len({start for start, _ in looping}), "a state loops with one sound only"
    assert set(SOUNDS) >= {"N", "OW"}


def _spelt(sounds: graph.Sounds, transitions: Transitions, phones: tuple[str, ...]) -> set[int]:
    """The words that come out where these phones go in, from after silence."""
    states = {(sounds.loops[0], 0)}
    for wanted in phones:
        states = _through(sounds, states)
        leaving = {2 * transitions.ids[state] for state in transitions.states if PHONES[state[0]] == wanted}
        states = {
            (end, word or said)
            for start, end, sound, word, _ in sounds.arcs
            for at, said in states
            if start == at and start != end and sound in leaving
        }
    return {said for _, said in _through(sounds, states)} - {0}


def _through(sounds: graph.Sounds, states: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those states and all that are reached from them without a sound."""
    reached, new = set(states), set(states)
    while new:
        new = {
            (end, word or said)
            for start, end, sound, word, _ in sounds.arcs
            for at, said in new
            if start == at and sound == 0
        } - reached
        reached |= new
    return reached
