"""The acoustic model and its training: frames of sound in, for every third frame the chances of each sound out."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.examples import Examples, load
from training.features import SIZE, unlifted
from training.phones import GARBAGE, LABEL_ID, LABELS, PLACES, SILENCE
from training.places import cached

WIDTH = 448
SPLICES = ((-2, -1, 0, 1, 2), (-1, 0, 1), (-3, 0, 3), (-3, 0, 3), (-6, 0, 6), (-6, 0, 6))
"""For each layer, the frames of the one below that it sees."""
STRIDE = 3
"""Only each third frame is scored, here as in the recogniser."""
REACH = sum(splice[-1] for splice in SPLICES)
DROPPED = 0.1
"""How much of each layer is left out at the beginning of training; less and less of it towards the end."""
WINDOW, BATCH = 240, 48
TALKED_OVER = 0.2
"""The share of windows that somebody else is heard behind."""
DB = 10 / np.log(10)
GARBAGE_SHARE = 0.25
"""Every frame of speech is taught to be garbage to this share, so that garbage means: speech, whichever."""
PEAK_RATE = 2.5e-3
PEAK_RATE_AGAIN = 1.5e-3
"""For a network that goes on learning, from better alignments."""
RARE = 6_000
"""Frames below which a sound from one place is modelled together with the other rare ones of that sound."""
GARBAGE_LABEL = LABEL_ID[GARBAGE]


class Network(nn.Module):
    """A time-delay network. Input (batch, frames, 40) not normalised; output (batch, every third frame, pdfs)."""

    def __init__(self, mean: Tensor, deviation: Tensor, pdfs: int, width: int = WIDTH) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)
        sizes = [SIZE, *([width] * len(SPLICES))]
        self.affine = nn.ModuleList(
            nn.Linear(size * len(splice), width) for size, splice in zip(sizes, SPLICES, strict=False)
        )
        self.norm = nn.ModuleList(nn.BatchNorm1d(width) for _ in SPLICES)
        self.output = nn.Linear(width, pdfs)
        self.dropped = 0.0

    def forward(self, x: Tensor) -> Tensor:
        x = (x - self.mean) / self.deviation
        for number, (affine, norm, splice) in enumerate(zip(self.affine, self.norm, SPLICES, strict=True)):
            # The second layer steps by three; above it the offsets, all multiples of three, count such steps.
            step = STRIDE if number == 1 else 1
            offsets = [(offset - splice[0]) // (STRIDE if number > 1 else 1) for offset in splice]
            count = (x.shape[1] - offsets[-1] - 1) // step + 1
            x = torch.cat([x[:, at : at + (count - 1) * step + 1 : step] for at in offsets], 2)
            x = functional.relu(affine(x))
            x = norm(x.flatten(0, 1)).view(x.shape)
            if self.training and self.dropped > 0:
                x = functional.dropout(x, self.dropped)
        return self.output(x)


@dataclass(frozen=True, slots=True)
class Batches:
    """Windows of examples in random order, as indices of frames."""

    examples: Examples
    chosen: Any
    """int, the clips to take"""

    def __call__(self, chance: np.random.Generator) -> Iterator[tuple[Any, Any]]:
        """Frames (batch, window and reach) to look at, and those (batch, outputs) to predict, -1 for none."""
        starts = self.examples.starts
        windows = [
            (at, starts[clip], starts[clip + 1])
            for clip in self.chosen
            for at in range(starts[clip] + int(chance.integers(0, STRIDE)), starts[clip + 1] - 20, WINDOW)
        ]
        table = np.array(windows)
        chance.shuffle(table)
        seen, scored = np.arange(-REACH, WINDOW - STRIDE + 1 + REACH), np.arange(0, WINDOW, STRIDE)
        for start in range(0, len(table) - BATCH + 1, BATCH):
            at, first, end = (table[start : start + BATCH, column : column + 1] for column in range(3))
            targets = at + scored
            yield np.clip(at + seen, first, end - 1), np.where(targets < end, targets, -1)


def pdf_map(examples: Examples) -> Any:
    """int16 of shape (labels, places): the pdf of each sound from each place, numbered in the labels' order."""
    counts = np.zeros((len(LABELS), len(PLACES)), np.int64)
    np.add.at(counts, (examples.labels, examples.places), 1)
    pdfs = np.zeros_like(counts, np.int16)
    number = 0
    for label, row in enumerate(counts):
        frequent = (
            [] if LABELS[label] in (SILENCE, GARBAGE) else [place for place, count in enumerate(row) if count >= RARE]
        )
        together = len(frequent) < len(PLACES)
        for extra, place in enumerate(frequent):
            pdfs[label, place] = number + together + extra
        for place in range(len(PLACES)):
            if place not in frequent:
                pdfs[label, place] = number
        number += together + len(frequent)
    return pdfs


def priors(pdfs_of_frames: Any, pdfs: int, silence: int, garbage: int) -> Any:
    """How often each pdf is the target, garbage's share included; float64, sum 1."""
    found = np.bincount(pdfs_of_frames, minlength=pdfs).astype(np.float64) + 1
    speech = found.sum() - found[silence] - found[garbage]
    shares = np.full(pdfs, 1 - GARBAGE_SHARE)
    shares[[silence, garbage]] = 1
    found *= shares
    found[garbage] += GARBAGE_SHARE * speech
    return found / found.sum()


def disturbed(x: Tensor, chance: np.random.Generator, deviation: Tensor, mel: tuple[Tensor, Tensor]) -> Tensor:
    """Another microphone, somebody else's talk behind, and gaps in time and in pitch, for each window its own."""
    back, forth = mel
    x = _talked_over(x, chance, back, forth)
    x = x + torch.randn(len(x), 1, SIZE) * deviation * 0.12
    average = x.mean(1, keepdim=True)
    keep = torch.ones(x.shape[0], x.shape[1], 1)
    bands = torch.zeros(x.shape[0], 1, SIZE)
    for row in range(len(x)):
        for _ in range(int(chance.integers(0, 3))):
            at = int(chance.integers(0, x.shape[1] - 20))
            keep[row, at : at + int(chance.integers(2, 16))] = 0
        if chance.random() < 0.4:
            low = int(chance.integers(0, SIZE - 6))
            bands[row, 0, low : low + int(chance.integers(2, 7))] = 1
    x = x + ((average - x) @ back * bands) @ forth
    return x * keep + average * (1 - keep)


def _talked_over(x: Tensor, chance: np.random.Generator, back: Tensor, forth: Tensor) -> Tensor:
    """Some of the windows with another one of the batch behind them, 2 to 22 dB below, added in the mel bands."""
    energies = x @ back
    loudness = torch.quantile(energies.mean(2), 0.9, dim=1)
    other = torch.from_numpy(chance.permutation(len(x)))
    below = torch.from_numpy(chance.uniform(2, 22, len(x)).astype(np.float32)) / DB
    gain = loudness - below - loudness[other]
    mixed = torch.logaddexp(energies, energies[other] + gain[:, None, None]) @ forth
    chosen = torch.from_numpy(chance.random(len(x)) < TALKED_OVER)
    return torch.where(chosen[:, None, None], mixed, x)


def loss_of(outputs: Tensor, targets: Tensor, silence: int, garbage: int) -> Tensor:
    """Cross entropy, a share of it with garbage where there is speech. Targets of -1 don't count."""
    logs = functional.log_softmax(outputs, 2)
    there = (targets >= 0).float()
    share = ((targets != silence) & (targets != garbage)).float() * GARBAGE_SHARE
    right = logs.gather(2, targets.clamp(min=0).unsqueeze(2)).squeeze(2)
    return -(there * ((1 - share) * right + share * logs[:, :, garbage])).sum() / there.sum()


def is_dev(source: str) -> bool:
    """Whether a speaker of sentences is kept, to see how the training does."""
    import zlib

    return (
        source.startswith(("speechocean762|", "common-voice", "librispeech")) and zlib.crc32(source.encode()) % 40 == 7
    )


def train(budget_s: float, seed: int = 0, *, more: bool = False) -> Path:
    """Train for so long and return the checkpoint, which is written after each epoch too.

    With ``more`` the network that is there learns on, else a new one.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)
    chance = np.random.default_rng(seed)
    path = cached("network.pt")
    before = torch.load(path, weights_only=False) if more else None
    examples = load()
    pdfs = before["pdfs"] if before else pdf_map(examples)
    frames = pdfs[examples.labels, examples.places].astype(np.int64)
    count, silence, garbage = int(pdfs.max()) + 1, int(pdfs[0, 0]), int(pdfs[GARBAGE_LABEL, 0])
    dev = np.array([is_dev(source) for source in examples.sources])
    network = _network(examples, count, before)
    mel = tuple(torch.from_numpy(matrix) for matrix in unlifted())
    extra = {"pdfs": pdfs, "priors": priors(frames, count, silence, garbage)}
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-4, weight_decay=1e-2)
    print(
        f"{len(examples.labels) / 360_000:.1f} h, {count} pdfs, {sum(p.numel() for p in network.parameters())} weights",
        flush=True,
    )
    began_at, epoch, done = time.monotonic(), 0, False
    while not done:
        network.train()
        total = right = scored = steps = 0.0
        for seen, wanted in Batches(examples, np.flatnonzero(~dev))(chance):
            passed = (time.monotonic() - began_at) / budget_s
            if done := passed >= 1:
                break
            for group in optimiser.param_groups:
                group["lr"] = _rate(passed, PEAK_RATE_AGAIN if more else PEAK_RATE)
            network.dropped = DROPPED * (1 - passed)
            x = disturbed(torch.from_numpy(examples.features[seen].astype(np.float32)), chance, network.deviation, mel)  # type: ignore[arg-type]
            targets = torch.from_numpy(np.where(wanted >= 0, frames[wanted], -1))
            with torch.autocast("cpu", torch.bfloat16):
                outputs = network(x)
            loss = loss_of(outputs.float(), targets, silence, garbage)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimiser.step()
            if steps % 5 == 0:
                right += _hits(outputs, targets, garbage)
                scored += int((targets >= 0).sum())
            total, steps = total + loss.item(), steps + 1
            if steps % 200 == 0:
                print(
                    f"  step {steps:.0f} loss {total / steps:.3f} right {right / scored:.3f} {passed:.1%}", flush=True
                )
        epoch += 1
        there = measured(network, examples, frames, np.flatnonzero(dev), garbage)
        print(
            f"epoch {epoch}: loss {total / max(1, steps):.3f} right {right / max(1, scored):.3f} kept {there:.3f}",
            flush=True,
        )
        torch.save({"network": network.state_dict(), **extra}, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)
    return path


def _network(examples: Examples, pdfs: int, before: dict[str, Any] | None) -> Network:
    """A new network, or the one of the checkpoint ``before``."""
    if before:
        network = Network(before["network"]["mean"], before["network"]["deviation"], pdfs)
        network.load_state_dict(before["network"])
        return network
    sample = examples.features[:: max(1, len(examples.features) // 400_000)].astype(np.float32)
    return Network(torch.from_numpy(sample.mean(0)), torch.from_numpy(sample.std(0)), pdfs)


def _rate(passed: float, peak: float) -> float:
    rising = 0.04
    return (
        peak * (passed / rising if passed < rising else 0.5 * (1 + np.cos(np.pi * (passed - rising) / (1 - rising))))
        + 1e-5
    )


def _hits(outputs: Tensor, targets: Tensor, garbage: int) -> int:
    outputs = outputs.detach().clone()
    outputs[:, :, garbage] = -1e4
    return int((outputs.argmax(2) == targets).sum())


def measured(network: Network, examples: Examples, frames: Any, clips: Any, garbage: int) -> float:
    """The share of frames of the kept speakers that is right."""
    network.eval()
    right = scored = 0
    with torch.no_grad():
        for number, (seen, wanted) in enumerate(Batches(examples, clips)(np.random.default_rng(0))):
            if number == 20:
                break
            targets = torch.from_numpy(np.where(wanted >= 0, frames[wanted], -1))
            with torch.autocast("cpu", torch.bfloat16):
                outputs = network(torch.from_numpy(examples.features[seen].astype(np.float32)))
            right, scored = right + _hits(outputs, targets, garbage), scored + int((targets >= 0).sum())
    return right / max(1, scored)
