"""Which sound is when: the words of each clip laid along its frames by an acoustic model that is there already."""

from __future__ import annotations

import pickle
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.clips import Clips
from training.features import FRAME, SHIFT, mfcc
from training.kaldi import AcousticModel, read
from training.lexicon import Pronunciations, dictionary, lexicon
from training.phones import GARBAGE, LABEL_ID, LABELS, SILENCE, label_of
from training.places import CACHE, cached

EDGE = 20 * SHIFT
"""Samples of near silence put before and after each clip, for what speech begins and ends with."""
WORST_GAP = -2.0
"""Clips are left out whose sounds fit worse than this, in mean log chance below the best sound of each frame."""
_NEVER = -1e30


@dataclass(frozen=True, slots=True)
class Aligned:
    """A clip's sounds in order."""

    name: str
    """The file of clips that it is in."""
    number: int
    """Its place there."""
    sounds: Any
    """int16, shape (sounds, 3): label, first frame, one past the last frame, of the clip with its edges"""


@dataclass(frozen=True, slots=True)
class WordPath:
    """The sounds that a row of words may be: states, and from which states each can be entered."""

    labels: Any
    before: Any
    """int, shape (states, most predecessors); len(labels) stands for none"""
    first: tuple[int, ...]
    last: tuple[int, ...]


def edged(samples: Any, chance: Any) -> Any:
    """The clip with its edges; a little noise over all, for no microphone is quite silent."""
    import numpy as np

    padded = np.concatenate([np.zeros(EDGE, np.float32), samples, np.zeros(EDGE, np.float32)])
    floor = max(0.7, float(np.percentile(np.abs(samples), 5)) * 0.5)
    return padded + chance.normal(size=len(padded)).astype(np.float32) * floor


def align(path: Path, worker: int, workers: int, start: Path | None) -> Path:
    """Lay every ``workers``-th clip of a file along its frames. Returns the file of what `Aligned` holds, pickled.

    ``start`` is a Vosk model that this recipe made; its own errors are why to align again with the one it leads to.
    Without one the sounds are spread evenly over the loud part of the clip: enough for a first model.
    """
    import numpy as np
    import torch

    torch.set_num_threads(1)
    out = cached(f"aligned-{path.name}-{worker}.pickle")
    if out.exists():
        return out
    scorer = Scorer(read((start / "am" / "final.mdl").read_bytes())) if start else None
    clips = Clips(path)
    words = lexicon({word for clip in clips for word in clip.text.split()}, dictionary())
    done: list[tuple[str, int, Any]] = []
    for number in range(worker, len(clips), workers):
        clip = clips.list[number]
        samples = edged(clips.samples(clip), np.random.default_rng(number))
        sounds = _by_model(scorer, samples, clip.text, words) if scorer else evenly(samples, clip.text.split(), words)
        if sounds is not None:
            done.append((path.name, number, sounds))
    out.write_bytes(pickle.dumps(done))
    return out


def _by_model(scorer: Scorer, samples: Any, text: str, words: Pronunciations) -> Any:
    states = word_path(text.split(), words)
    if states is None:
        return None
    scores = scorer.scores(mfcc(samples))
    sounds = best_path(scores, states)
    return sounds if sounds is not None and gap(scores, sounds) > WORST_GAP else None


def evenly(samples: Any, words: Sequence[str], known: Pronunciations) -> Any:
    """The sounds as in `Aligned`, all of one length, from first to last loud frame; None where they don't fit."""
    import numpy as np

    frames = 1 + (len(samples) - FRAME) // SHIFT
    row = (
        [LABEL_ID[sound] for word in words for sound in known[word][0]] if all(word in known for word in words) else []
    )
    power = np.log(np.square(samples[: frames * SHIFT]).reshape(frames, SHIFT).mean(axis=1) + 1)
    loud = np.flatnonzero(power > power.min() + 0.35 * (power.max() - power.min()))
    if not row or len(loud) < 2 * len(row):
        return None
    first, last = int(loud[0]), int(loud[-1]) + 1
    bounds = [0, *np.linspace(first, last, len(row) + 1).round().astype(int), frames]
    labels = [LABEL_ID[SILENCE], *row, LABEL_ID[SILENCE]]
    return np.array([(label, *bounds[at : at + 2]) for at, label in enumerate(labels)], np.int16)


class Scorer:
    """An acoustic model applied to each frame."""

    def __init__(self, model: AcousticModel) -> None:
        import numpy as np
        import torch

        self._layers = [
            (layer.offsets, torch.tensor(layer.weights), torch.tensor(layer.bias)) for layer in model.layers
        ]
        self._output = torch.tensor(model.output.weights), torch.tensor(model.output.bias)
        self._sums = np.zeros((len(model.priors), len(LABELS)), np.float32)
        for phone, pdf in model.transitions.states:
            self._sums[pdf, label_of(phone)] = 1
        self._priors = np.log(np.maximum(model.priors @ self._sums, 1e-8))

    def scores(self, features: Any) -> Any:
        """Frames of shape (n, 40) to log likelihoods of the labels, shape (n, labels). Garbage never fits."""
        import numpy as np
        import torch

        reach = sum(offsets[-1] for offsets, _, _ in self._layers)
        x = torch.from_numpy(np.pad(features, ((reach, reach), (0, 0)), mode="edge"))
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            for offsets, weights, bias in self._layers:
                count = len(x) - offsets[-1] + offsets[0]
                spliced = torch.cat([x[offset - offsets[0] :][:count] for offset in offsets], 1)
                x = torch.relu(torch.nn.functional.linear(spliced, weights, bias))
            outputs = torch.nn.functional.linear(x, *self._output).float()
        chances = torch.softmax(outputs, 1).numpy() @ self._sums
        scores = np.log(np.maximum(chances, 1e-8)) - self._priors
        scores[:, LABEL_ID[GARBAGE]] = _NEVER
        return scores


def word_path(words: Sequence[str], known: Pronunciations) -> WordPath | None:
    """All ways to say the words, with or without silence between them; None where a word has no pronunciation."""
    import numpy as np

    labels: list[int] = []
    before: list[list[int]] = []

    def state(label: str, entered_from: list[int]) -> int:
        labels.append(LABEL_ID[label])
        before.append(entered_from)
        return len(labels) - 1

    ends = [state(SILENCE, [])]
    first = [0]
    for number, word in enumerate(words):
        said: list[int] = []
        for way in known.get(word, ()):
            at = list(ends)
            for sound in way:
                at = [state(sound, at)]
                if number == 0 and len(before[at[0]]) == 1 and before[at[0]][0] == 0:
                    first.append(at[0])
            said += at
        if not said:
            return None
        ends = [*said, state(SILENCE, said)]
    width = max(map(len, before)) or 1
    table = np.full((len(labels), width), len(labels))
    for number, row in enumerate(before):
        table[number, : len(row)] = row
    return WordPath(np.array(labels), table, tuple(first), tuple(ends))


def best_path(scores: Any, path: WordPath) -> Any:
    """The sounds along the likeliest path, as in `Aligned`; None where the words don't fit into the frames."""
    import numpy as np

    states, frames = len(path.labels), len(scores)
    emitted = scores[:, path.labels]
    came = np.zeros((frames, states), np.int16)
    sofar = np.full(states + 1, _NEVER, np.float32)
    sofar[list(path.first)] = emitted[0, list(path.first)] if frames else 0
    entered = np.concatenate([np.arange(states)[:, None], path.before], axis=1)
    rows = np.arange(states)
    for frame in range(1, frames):
        options = sofar[entered]
        best = options.argmax(axis=1)
        came[frame] = entered[rows, best]
        sofar[:states] = options[rows, best] + emitted[frame]
    at = max(path.last, key=lambda state: float(sofar[state]))
    if frames == 0 or sofar[at] < _NEVER / 10:
        return None
    segments: list[tuple[int, int, int]] = []
    end = frames
    for frame in range(frames - 1, 0, -1):
        if came[frame, at] != at:
            segments.append((int(path.labels[at]), frame, end))
            at, end = int(came[frame, at]), frame
    segments.append((int(path.labels[at]), 0, end))
    return np.array(segments[::-1], np.int16)


def gap(scores: Any, sounds: Any) -> float:
    """How far the sounds are below the best ones, in the mean over the frames of speech."""
    import numpy as np

    labels = np.repeat(sounds[:, 0], sounds[:, 2] - sounds[:, 1])
    spoken = labels != LABEL_ID[SILENCE]
    if not spoken.any():
        return _NEVER
    return float((scores[np.arange(len(labels)), labels] - scores.max(axis=1))[spoken].mean())


def alignments() -> list[Aligned]:
    """All that has been laid out, in a fixed random order."""
    rows = [row for path in sorted(CACHE.glob("aligned-*.pickle")) for row in pickle.loads(path.read_bytes())]
    found = [Aligned(*row) for row in rows]
    found.sort(key=lambda aligned: (aligned.name, aligned.number))
    random.Random(0).shuffle(found)
    return found
