"""Recordings as they would be elsewhere: in a measured room, with household noise, with somebody else talking."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from coach.errors import CoachError

RATE_HZ = 16_000
CONDITIONS: Mapping[str, tuple[str | None, float | None]] = {
    "clean": (None, None),
    "room": ("room", None),
    "noise20": ("noise", 20.0),
    "noise10": ("noise", 10.0),
    "noise5": ("noise", 5.0),
    "room+noise10": ("both", 10.0),
    "talker10": ("talker", 10.0),
}
"""What is done, and how many dB the speech is above it."""
_NOISES = ("noise", "noise_event", "noise_roomtone")
_TALKERS = ("negative_sentence", "negative_phrase")


class Disturbance:
    """One condition, with the rooms and noises of a corpus's own manifest; the same ones for the same clip."""

    def __init__(self, name: str, folder: Path, rows: Sequence[Mapping[str, str]], kept_only: bool = False) -> None:
        """``kept_only``: only the rooms and noises that the project's own model was not trained with."""
        self.name = name
        self._what, self._above_db = CONDITIONS[name]
        rooms = sorted(row["path"] for row in rows if row["kind"] == "rir")
        noises = [row["path"] for row in rows if row["kind"] in _NOISES]
        if kept_only:
            rooms, noises = rooms[-2:], [path for path in noises if is_kept(path)]
        self._rooms = [folder / path for path in rooms]
        kinds = _TALKERS if self._what == "talker" else ()
        self._others = [folder / row["path"] for row in rows if row["kind"] in kinds] or [
            folder / path for path in noises
        ]
        if self._what is not None and not (self._rooms and self._others):
            raise CoachError(f"{folder} has no rooms or noises (kinds rir and noise) to measure {name} with.")

    def written(self, path: Path, target: Path) -> Path:
        """The recording under this condition: itself, or a wave file written to ``target``."""
        if self._what is None:
            return path
        import numpy as np
        import soundfile

        chance = random.Random(path.name)
        sound = _read(path)
        silence = np.zeros(RATE_HZ // 2, np.float32)
        sound = np.concatenate([silence, sound, silence])
        if self._what in ("room", "both"):
            room = _read(chance.choice(self._rooms))
            room = room[int(np.abs(room).argmax()) :]
            level = sound.std()
            sound = np.convolve(sound, room)[: len(sound)] if len(room) < 64 else _convolved(sound, room)
            sound *= level / (sound.std() + 1e-9)
        if self._above_db is not None:
            other = _read(chance.choice(self._others))
            noise = np.resize(np.roll(other, -chance.randrange(len(other))), len(sound))
            speech = sound[len(silence) : -len(silence)].std()
            sound = sound + noise * (speech / (noise.std() + 1e-9) * 10 ** (-self._above_db / 20))
        soundfile.write(target, np.clip(sound, -1, 1), RATE_HZ, subtype="PCM_16")
        return target


def is_kept(name: str) -> bool:
    """Whether the speaker or noise of this name is kept out of training: one in five."""
    import zlib

    return zlib.crc32(name.rsplit(":", 1)[-1].encode()) % 5 == 0


def _convolved(sound: Any, room: Any) -> Any:
    import numpy as np

    size = 1 << (len(sound) + len(room) - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(room, size), size)[: len(sound)].astype(np.float32)


def _read(path: Path) -> Any:
    import soundfile
    import soxr

    sound, rate_hz = soundfile.read(path, dtype="float32")
    if sound.ndim > 1:
        sound = sound[:, 0]
    return sound if rate_hz == RATE_HZ else soxr.resample(sound, rate_hz, RATE_HZ)
