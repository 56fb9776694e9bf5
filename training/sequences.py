"""Teaching whole rows of sounds: the right row must win against every other one, not each frame for itself.

This is maximum mutual information without lattices (Povey and others, "Purely sequence-trained neural networks for ASR
based on lattice-free MMI", 2016) on a graph small enough to be one matrix: each sound from each place, and how often
sounds follow one another. The right rows are those of the alignment, a frame or two earlier or later.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from training.alignment import alignments
from training.examples import Examples, load
from training.export import staying
from training.features import unlifted
from training.network import (
    GARBAGE_LABEL,
    REACH,
    STRIDE,
    WINDOW,
    Batches,
    Network,
    disturbed,
    is_dev,
    loss_of,
    measured,
)
from training.phones import LABEL_ID, LABELS, PHONES, PLACE_OF, PLACES, SILENCE, label_of
from training.places import cached

SCALE = 0.6
"""Of the scores against the graph's chances, as in decoding."""
EARLY_LATE = 7
"""Frames (10 ms) that a sound may begin earlier or end later than in the alignment."""
FRAMES_SHARE = 0.4
"""How much of the lesson stays with single frames; it keeps what garbage means."""
PEAK_RATE = 2e-4
_SIL = LABEL_ID[SILENCE]


@dataclass(frozen=True, slots=True)
class Rivals:
    """All rows of sounds."""

    pdfs: Tensor
    """int64, shape (states,): what each state emits"""
    steps: Tensor
    """float32, shape (states, states): the chance of the next frame's state"""
    begin: Tensor
    """float32, shape (states,): how often each is met"""

    def total(self, scores: Tensor, allowed: Tensor | None = None) -> Tensor:
        """Log of the summed chances of all rows, shape (batch,).

        ``scores`` (batch, frames, pdfs) are log likelihoods, scaled; where ``allowed`` of the same shape is zero, a row
        may not go.
        """
        best = scores.max(2, keepdim=True).values.detach()
        likely = (scores - best).exp()
        if allowed is not None:
            likely = likely * allowed
        likely = likely[:, :, self.pdfs]
        forward = self.begin * likely[:, 0]
        logs = best.squeeze(2).sum(1)
        for frame in range(likely.shape[1]):
            if frame:
                forward = (forward @ self.steps) * likely[:, frame]
            size = forward.sum(1, keepdim=True).clamp(min=1e-30)
            forward, logs = forward / size, logs + size.log().squeeze(1)
        return logs


def rivals(pdfs: Any) -> Rivals:
    """Made of the alignments: which sounds follow which, and how long they last."""
    sounds = len(LABELS) - 1  # garbage has no rows
    pairs = np.full((sounds, sounds), 0.5)
    for aligned in alignments():
        row = aligned.sounds[:, 0]
        np.add.at(pairs, (row[:-1], row[1:]), 1)
    pairs /= pairs.sum(1, keepdims=True)
    stays = {label_of(phone): stay for phone, stay in zip(range(1, len(PHONES)), staying(), strict=True)}
    states = [(label, place) for label in range(sounds) for place in range(len(PLACES))]
    number = {state: at for at, state in enumerate(states)}
    steps = np.zeros((len(states), len(states)), np.float32)
    for at, (label, _) in enumerate(states):
        steps[at, at] = stays[label]
        for following in range(sounds):
            steps[at, number[following, PLACE_OF[LABELS[label]]]] += (1 - stays[label]) * pairs[label, following]
    often = np.full(len(states), 1 / len(states))
    for _ in range(50):
        often = often @ steps
    emitted = torch.tensor([int(pdfs[state]) for state in states])
    return Rivals(emitted, torch.from_numpy(steps), torch.from_numpy((often / often.sum()).astype(np.float32)))


def allowed(sounds: Tensor, pdfs: int, free: Tensor) -> Tensor:
    """Where the right rows may go: float32 of shape (batch, scored frames, pdfs).

    ``sounds`` are the pdfs of all frames, not only of the scored ones, for many a sound is shorter than the way between
    two of those. ``free`` (batch, scored frames) may be anything.
    """
    one = nn.functional.one_hot(sounds, pdfs).float().transpose(1, 2)
    near = nn.functional.max_pool1d(one, 2 * EARLY_LATE + 1, stride=1, padding=EARLY_LATE).transpose(1, 2)
    return torch.where(free.unsqueeze(2), 1.0, near[:, ::STRIDE])


def sharpen(budget_s: float, seed: int = 1) -> Path:
    """Train the network on for so long, and return the checkpoint, which takes the place of the one before."""
    torch.manual_seed(seed)
    torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)
    chance = np.random.default_rng(seed)
    path = cached("network.pt")
    checkpoint = torch.load(path, weights_only=False)
    pdfs, priors = checkpoint["pdfs"], checkpoint["priors"]
    examples = load()
    frames = pdfs[examples.labels, examples.places].astype(np.int64)
    silence, garbage = int(pdfs[_SIL, 0]), int(pdfs[GARBAGE_LABEL, 0])
    network = Network(checkpoint["network"]["mean"], checkpoint["network"]["deviation"], int(pdfs.max()) + 1)
    network.load_state_dict(checkpoint["network"])
    lesson = _Lesson(rivals(pdfs), torch.from_numpy(np.log(priors).astype(np.float32)), silence, garbage)
    mel = tuple(torch.from_numpy(matrix) for matrix in unlifted())
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-6, weight_decay=1e-3)
    dev = np.array([is_dev(source) for source in examples.sources])
    began_at, epoch, passed = time.monotonic(), 0, 0.0
    while passed < 1:
        network.train()
        sums, steps = np.zeros(2), 0
        for seen, wanted in Batches(examples, np.flatnonzero(~dev))(chance):
            passed = (time.monotonic() - began_at) / budget_s
            if passed >= 1:
                break
            for group in optimiser.param_groups:
                group["lr"] = PEAK_RATE * min(1.0, passed / 0.05) * min(1.0, 1.02 - passed)
            x = disturbed(torch.from_numpy(examples.features[seen].astype(np.float32)), chance, network.deviation, mel)  # type: ignore[arg-type]
            targets = torch.from_numpy(np.where(wanted >= 0, frames[wanted], -1))
            with torch.autocast("cpu", torch.bfloat16):
                outputs = network(x)
            rows, single = lesson(outputs.float(), targets, torch.from_numpy(frames[seen[:, REACH : REACH + WINDOW]]))
            optimiser.zero_grad()
            ((1 - FRAMES_SHARE) * rows + FRAMES_SHARE * single).backward()
            nn.utils.clip_grad_norm_(network.parameters(), 2.0)
            optimiser.step()
            sums, steps = sums + np.array([rows.item(), single.item()]), steps + 1
            if steps % 100 == 0:
                print(
                    f"  step {steps} rows {sums[0] / steps:.4f} frames {sums[1] / steps:.4f} {passed:.0%}", flush=True
                )
        epoch += 1
        kept = _kept(network, lesson, examples, frames, np.flatnonzero(dev))
        there = measured(network, examples, frames, np.flatnonzero(dev), garbage)
        print(
            f"round {epoch}: rows {sums[0] / max(1, steps):.4f} kept {kept:.4f}, frames right {there:.3f}", flush=True
        )
        torch.save({**checkpoint, "network": network.state_dict()}, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)
    return path


@dataclass(frozen=True, slots=True)
class _Lesson:
    rivals: Rivals
    priors: Tensor
    silence: int
    garbage: int

    def __call__(self, outputs: Tensor, targets: Tensor, sounds: Tensor) -> tuple[Tensor, Tensor]:
        """What is lost, for each frame: by the rows, and by single frames."""
        logs = nn.functional.log_softmax(outputs, 2)
        # Frames of no clip, or of garbage, say nothing about rows.
        free = (targets < 0) | (targets == self.garbage)
        scores = SCALE * torch.where(free.unsqueeze(2), torch.zeros_like(logs), logs - self.priors)
        right = self.rivals.total(scores, allowed(sounds, logs.shape[2], free))
        lost = (self.rivals.total(scores) - right).clamp(max=400.0)
        single = loss_of(outputs, targets, self.silence, self.garbage)
        return lost.sum() / (~free).sum().clamp(min=1), single


def _kept(network: Network, lesson: _Lesson, examples: Examples, frames: Any, clips: Any) -> float:
    """What is lost by rows on the kept speakers."""
    network.eval()
    lost = []
    with torch.no_grad():
        for number, (seen, wanted) in enumerate(Batches(examples, clips)(np.random.default_rng(0))):
            if number == 10:
                break
            outputs = network(torch.from_numpy(examples.features[seen].astype(np.float32)))
            targets = torch.from_numpy(np.where(wanted >= 0, frames[wanted], -1))
            sounds = torch.from_numpy(frames[seen[:, REACH : REACH + WINDOW]])
            lost.append(lesson(outputs, targets, sounds)[0].item())
    return float(np.mean(lost))
