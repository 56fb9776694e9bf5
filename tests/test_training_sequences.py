"""The sum over all rows of sounds against counting them one by one. Needs the extra ``training``."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed; it is only needed to train")

from training.kaldi import Layer  # noqa: E402
from training.sequences import EARLY_LATE, Rivals, allowed  # noqa: E402


def _rivals() -> Rivals:
    steps = torch.tensor([[0.6, 0.4, 0.0], [0.1, 0.7, 0.2], [0.5, 0.0, 0.5]])
    return Rivals(torch.tensor([0, 1, 1]), steps, torch.tensor([0.5, 0.3, 0.2]))


def _counted(rivals: Rivals, scores: torch.Tensor) -> float:
    total = 0.0
    for row in itertools.product(range(3), repeat=len(scores)):
        chance = float(rivals.begin[row[0]])
        for before, after in itertools.pairwise(row):
            chance *= float(rivals.steps[before, after])
        total += chance * math.exp(sum(float(scores[at, rivals.pdfs[state]]) for at, state in enumerate(row)))
    return math.log(total)


def test_all_rows_are_summed() -> None:
    scores = torch.randn(2, 4, 2, generator=torch.Generator().manual_seed(1))
    summed = _rivals().total(scores)
    assert summed.tolist() == pytest.approx([_counted(_rivals(), row) for row in scores], abs=1e-4)


def test_rows_go_only_where_they_are_allowed() -> None:
    scores = torch.zeros(1, 3, 2)
    masks = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]])
    barred = torch.where(masks > 0, scores, torch.tensor(-60.0))
    assert _rivals().total(scores, masks).item() == pytest.approx(_counted(_rivals(), barred[0]), abs=1e-4)


def test_a_sound_shorter_than_the_way_between_two_scored_frames_is_allowed() -> None:
    sounds = torch.zeros(1, 60, dtype=torch.int64)
    sounds[0, 31] = 1
    masks = allowed(sounds, 2, torch.zeros(1, 20, dtype=torch.bool))
    assert masks.shape == (1, 20, 2)
    there = masks[0, :, 1].nonzero().flatten() * 3
    assert there.tolist() == [frame for frame in range(0, 60, 3) if abs(frame - 31) <= EARLY_LATE]


def test_frames_of_nothing_are_free() -> None:
    free = torch.tensor([[False, True]])
    masks = allowed(torch.zeros(1, 6, dtype=torch.int64), 2, free)
    assert masks[0, 0].tolist() == [1.0, 0.0]
    assert masks[0, 1].tolist() == [1.0, 1.0]


def test_weights_made_alike_in_size_are_the_same_network() -> None:
    from training.export import evened

    chance = np.random.default_rng(2)
    layers = [Layer((-1, 0, 1), chance.normal(size=(6, 12)), chance.normal(size=6))]
    layers += [Layer((0, 3), chance.normal(size=(5, 12)), chance.normal(size=5))]
    layers[0].weights[2] *= 50.0
    output = Layer((0,), chance.normal(size=(3, 5)), chance.normal(size=3))

    def run(layers: list[Layer], output: Layer) -> np.ndarray:
        hidden = np.maximum(sound @ layers[0].weights.T + layers[0].bias, 0)
        spliced = np.concatenate([hidden[:-3], hidden[3:]], axis=1)
        return np.maximum(spliced @ layers[1].weights.T + layers[1].bias, 0) @ output.weights.T + output.bias

    sound = chance.normal(size=(20, 12))
    alike, last = evened(layers, output)
    assert run(alike, last) == pytest.approx(run(layers, output))
    assert np.abs(alike[0].weights).max() < 0.2 * np.abs(layers[0].weights).max()
