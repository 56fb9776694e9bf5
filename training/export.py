"""From the trained network to a folder that Vosk loads."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.alignment import alignments
from training.features import CONF
from training.graph import build
from training.kaldi import AcousticModel, Layer, Transitions, written
from training.language import trigram, vocabulary
from training.lexicon import dictionary
from training.network import SPLICES
from training.phones import GARBAGE, LABEL_ID, LABELS, PHONES, label_of
from training.places import MODEL, cached

_DEAD = 1e-3
"""Channels that vary less than this are constants. Scaled up, they would take all the steps of an 8-bit weight."""
_FRAME_OF_GARBAGE = 6.0


@dataclass(frozen=True, slots=True)
class Tuning:
    """What is chosen by trying on the development recordings."""

    acoustic_scale: float = 0.6
    garbage_prior: float = 0.09
    """Times its own: the smaller, the sooner something is [unk]."""
    garbage_cost: float = 1.0
    unknown_cost: float | None = 1.0
    others_count: int = 6
    """How many times the sentences of other English are counted: the more, the less is bent into a report."""
    beam: float = 11.0
    lattice_beam: float = 4.0
    bits: int = 8


def export(folder: Path = MODEL, tuning: Tuning | None = None) -> None:
    """Write the model's folder, all but its README."""
    tuned = tuning or Tuning()
    checkpoint = torch.load(cached("network.pt"), weights_only=False)
    pdfs = checkpoint["pdfs"]
    stay = staying()
    states = sorted({(phone, int(pdf)) for phone in range(1, len(PHONES)) for pdf in pdfs[label_of(phone)]})
    transitions = Transitions(states, stay)
    priors = checkpoint["priors"].copy()
    priors[pdfs[LABEL_ID[GARBAGE], 0]] *= tuned.garbage_prior
    layers, output = evened(*folded({name: value.double().numpy() for name, value in checkpoint["network"].items()}))
    for part in ("am", "conf", "graph"):
        shutil.rmtree(folder / part, ignore_errors=True)
        (folder / part).mkdir(parents=True)
    (folder / "am" / "final.mdl").write_bytes(written(AcousticModel(transitions, layers, output, priors), tuned.bits))
    (folder / "conf" / "mfcc.conf").write_text(CONF)
    (folder / "conf" / "model.conf").write_text(_conf(tuned))
    words, sentences = vocabulary(dictionary(), tuned.others_count)
    build(
        folder / "graph",
        transitions,
        pdfs,
        words,
        trigram(sentences),
        garbage_cost=tuned.garbage_cost,
        unknown_cost=tuned.unknown_cost,
    )


def folded(weights: dict[str, Any]) -> tuple[list[Layer], Layer]:
    """The network with each normalisation taken into the weights that follow it."""
    scale = 1 / weights["deviation"]
    shift = -weights["mean"] * scale
    layers = []
    for number, splice in enumerate(SPLICES):
        blocks = weights[f"affine.{number}.weight"].reshape(-1, len(splice), len(scale))
        bias = weights[f"affine.{number}.bias"] + np.einsum("osi,i->o", blocks, shift)
        layers.append(Layer(splice, (blocks * scale).reshape(len(blocks), -1), bias))
        variance = weights[f"norm.{number}.running_var"]
        scale = np.where(variance < _DEAD, 0.0, weights[f"norm.{number}.weight"] / np.sqrt(variance + 1e-5))
        shift = weights[f"norm.{number}.bias"] - weights[f"norm.{number}.running_mean"] * scale
    output = weights["output.weight"]
    return layers, Layer((0,), output * scale, weights["output.bias"] + output @ shift)


def evened(layers: list[Layer], output: Layer, rounds: int = 20) -> tuple[list[Layer], Layer]:
    """The same network with weights of like size, so that 8 bits are enough for all of them.

    A rectifier passes on any positive factor: what a channel's weights are divided by where it is made, those are
    multiplied by where it is used. (Nagel and others, "Data-free quantization through weight equalization", 2019.)
    """
    row = [*layers, output]
    weights = [layer.weights.copy() for layer in row]
    biases = [layer.bias.copy() for layer in row]
    for _ in range(rounds):
        for at in range(len(row) - 1):
            width = len(biases[at])
            used = weights[at + 1].reshape(len(weights[at + 1]), -1, width)
            made, using = np.abs(weights[at]).max(1), np.abs(used).max((0, 1))
            factor = np.sqrt(np.maximum(made, 1e-6) / np.maximum(using, 1e-6))
            # A channel that is never used, or never anything, stays as it is.
            factor = np.where((made > 1e-6) & (using > 1e-6), factor, 1.0)
            weights[at] /= factor[:, None]
            biases[at] /= factor
            weights[at + 1] = (used * factor).reshape(len(weights[at + 1]), -1)
    *hidden, last = (Layer(layer.offsets, w, b) for layer, w, b in zip(row, weights, biases, strict=True))
    return hidden, last


def staying() -> list[float]:
    """For each phone, from the mean length of its sound in frames of 30 ms, how likely a frame has another after it."""
    total, count = np.zeros(len(LABELS)), np.zeros(len(LABELS))
    for aligned in alignments():
        np.add.at(total, aligned.sounds[:, 0], (aligned.sounds[:, 2] - aligned.sounds[:, 1]) / 3)
        np.add.at(count, aligned.sounds[:, 0], 1)
    mean = total / np.maximum(count, 1)
    mean[LABEL_ID[GARBAGE]] = _FRAME_OF_GARBAGE
    stay = np.clip(1 - 1 / np.maximum(mean, 1.2), 0.2, 0.95)
    return [float(stay[label_of(phone)]) for phone in range(1, len(PHONES))]


def _conf(tuned: Tuning) -> str:
    return f"""--min-active=100
--max-active=1500
--beam={tuned.beam}
--lattice-beam={tuned.lattice_beam}
--acoustic-scale={tuned.acoustic_scale}
--frame-subsampling-factor=3
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=0.75
--endpoint.rule4.min-trailing-silence=1.0
"""
