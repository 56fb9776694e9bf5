"""What the network learns from: features and the sound of each frame, of every clip and its changed copies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.alignment import alignments, edged
from training.augmentation import VOICES, Surroundings, noises, rooms
from training.clips import Clips
from training.features import mfcc
from training.phones import GARBAGE, LABEL_ID, LABELS, PLACE_OF
from training.places import CACHE, cached

COPIES = {
    "corpus": 8,
    "speech-commands-leftover": 6,
    "speech-commands-dir": 4,
    "speech-commands-bch": 2,
    "fsdd-2spk": 2,
    "synthesised": 1,
    "common-voice-delta13": 4,
    "common-voice-samples": 4,
    "librispeech": 4,
}
"""How many changed copies each clip of a source has; 2 otherwise. Rare words of many people count for more."""
AS_THEY_ARE = frozenset({"synthesised"})
"""Sources of which the clips themselves are not taken: no microphone brings that."""
NOISE_COPIES = 12
_PLACE = [PLACE_OF[label] for label in LABELS]


@dataclass(frozen=True, slots=True)
class Examples:
    """Frames of many clips, one after another."""

    features: Any
    """float16, shape (frames, 40)"""
    labels: Any
    """int8, shape (frames,)"""
    places: Any
    """int8, shape (frames,): where the mouth was before"""
    starts: Any
    """int64, shape (clips + 1,)"""
    sources: list[str]
    """``source|speaker`` of each clip"""


class _Shard:
    def __init__(self) -> None:
        self.rows: list[tuple[Any, Any, Any, str]] = []

    def add(self, samples: Any, sounds: Any, source: str) -> None:
        """Sounds as in `Aligned`."""
        import numpy as np

        features = mfcc(samples)
        if len(features) < 12:
            return
        labels, places = np.zeros(len(features), np.int8), np.zeros(len(features), np.int8)
        before = 0
        for label, start, end in sounds:
            labels[start:end], places[start:end] = label, _PLACE[before]
            before = int(label)
        self.rows.append((features.astype(np.float16), labels, places, source))

    def save(self, path: Path) -> None:
        import numpy as np

        starts = np.cumsum([0, *(len(row[1]) for row in self.rows)])
        arrays = [np.concatenate([row[part] for row in self.rows]) for part in range(3)]
        sources = np.array([row[3] for row in self.rows])
        np.savez(path, features=arrays[0], labels=arrays[1], places=arrays[2], starts=starts, sources=sources)


def prepare(worker: int, workers: int) -> Path:
    """Make this worker's share of the examples."""
    import numpy as np

    path = cached(f"examples-{worker}.npz")
    if path.exists():
        return path
    chance = np.random.default_rng(worker)
    sounds_around = noises()
    around = Surroundings(chance, [samples for _, samples in sounds_around], rooms())
    files = {name.stem: Clips(name.with_suffix("")) for name in CACHE.glob("*.json")}
    shard, other = _Shard(), None
    for aligned in alignments()[worker::workers]:
        clips = files[aligned.name]
        clip = clips.list[aligned.number]
        samples = edged(clips.samples(clip), np.random.default_rng(aligned.number))
        source = f"{clip.source}|{clip.speaker}"
        if clip.source not in AS_THEY_ARE:
            shard.add(samples, aligned.sounds, source)
        for _ in range(COPIES.get(clip.source, 2)):
            shard.add(*around.changed(samples, aligned.sounds, other, " " not in clip.text), source)
        other = samples
    for kind, samples in sounds_around[worker::workers]:
        for _ in range(NOISE_COPIES):
            changed, _unused = around.changed(samples, np.zeros((1, 3)), None)
            shard.add(changed, _noise_sounds(kind, changed), f"noise|{kind}")
    shard.save(path)
    return path


def load() -> Examples:
    """All examples there are."""
    import numpy as np

    parts = [np.load(path) for path in sorted(CACHE.glob("examples-*.npz"))]
    offsets = np.cumsum([0, *(len(part["labels"]) for part in parts)])
    starts = np.concatenate([part["starts"][:-1] + offset for part, offset in zip(parts, offsets, strict=False)])
    names = [str(source) for part in parts for source in part["sources"]]
    joined = [np.concatenate([part[key] for part in parts]) for key in ("features", "labels", "places")]
    return Examples(*joined, np.append(starts, offsets[-1]), names)


def _noise_sounds(kind: str, samples: Any) -> Any:
    """Silence all along; garbage where a noise that is a voice is loud."""
    import numpy as np

    if kind not in VOICES:
        return np.zeros((0, 3), np.int64)
    frames = len(samples) // 160
    loud = np.log(np.square(samples[: frames * 160]).reshape(frames, 160).mean(axis=1) + 1)
    loud = np.convolve(loud, np.ones(9) / 9, "same")
    voiced = np.flatnonzero(loud > (loud.min() + loud.max()) / 2)
    return np.array([(LABEL_ID[GARBAGE], at, at + 1) for at in voiced], np.int64).reshape(-1, 3)
