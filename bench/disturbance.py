"""Recordings as they would be elsewhere: in a measured room, with household noise, with somebody else talking.

Levels compare the power of the whole recording with that of the section that is added. What is added to which one
follows from the seed and the recording's place in the folder alone: the same for every model, run and machine; and a
recording stands in the same room, with the same noise, in each condition that has one.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.recordings import NOISES, RATE_HZ, read
from coach.errors import CoachError

_TALKERS = ("negative_sentence", "negative_phrase", "negative_word")
"""Who talks in the background, the longest first: what they say is nothing for the coach either."""

_TRIES = 4


@dataclass(frozen=True, slots=True)
class Condition:
    """What is done to a recording, and how many dB it is above what is added."""

    room: bool = False
    noise_db: float | None = None
    talker_db: float | None = None


CONDITIONS: Mapping[str, Condition] = {
    "clean": Condition(),
    "room": Condition(room=True),
    "noise20": Condition(noise_db=20.0),
    "noise10": Condition(noise_db=10.0),
    "noise5": Condition(noise_db=5.0),
    "room+noise20": Condition(room=True, noise_db=20.0),
    "room+noise10": Condition(room=True, noise_db=10.0),
    "room+noise5": Condition(room=True, noise_db=5.0),
    "talker": Condition(talker_db=10.0),
}


class Disturbance:
    """One condition, with the rooms, noises and talkers of a corpus's own manifest."""

    def __init__(
        self, name: str, folder: Path, rows: Sequence[Mapping[str, str]], kept_only: bool = False, seed: int = 0
    ) -> None:
        """``kept_only``: only the rooms and noises that the project's own model was not trained with.

        Raises CoachError where the manifest has none of what the condition needs.
        """
        self.name = name
        self._condition = CONDITIONS[name]
        self._folder, self._seed = folder, seed
        self._rooms = sorted(row["path"] for row in rows if row["kind"] == "rir")
        self._noises = sorted(row["path"] for row in rows if row["kind"] in NOISES)
        if kept_only:
            self._rooms, self._noises = self._rooms[-2:], [path for path in self._noises if is_kept(path)]
        self._talkers = [
            sorted((row["path"], row.get("speaker", "")) for row in rows if row["kind"] == kind) for kind in _TALKERS
        ]
        for needed, found, what in (
            (self._condition.room, self._rooms, "rooms (kind rir)"),
            (self._condition.noise_db is not None, self._noises, f"noises (kinds {', '.join(NOISES)})"),
            (self._condition.talker_db is not None, any(self._talkers), f"talkers (kinds {', '.join(_TALKERS)})"),
        ):
            if needed and not found:
                raise CoachError(f"The condition {name} is left out: {folder} has no {what}.")

    def chosen(self, path: str, speaker: str = "") -> dict[str, str]:
        """What is added to the recording at ``path``: paths by ``room``, ``noise`` and ``talker``, as far as needed.

        Raises CoachError where nobody else's recording is there to talk.
        """
        added = {}
        if self._condition.room:
            added["room"] = self._chance("room", path).choice(self._rooms)
        if self._condition.noise_db is not None:
            others = [noise for noise in self._noises if noise != path] or self._noises
            added["noise"] = self._chance("noise", path).choice(others)
        if self._condition.talker_db is not None:
            added["talker"] = self._chance("talker", path).choice(self._others(path, speaker))
        return added

    def written(self, path: str, speaker: str, target: Path) -> Path:
        """The recording under this condition: itself, or a wave file written to ``target``.

        Raises CoachError where it, or what is to be added, can't be read.
        """
        added = self.chosen(path, speaker)
        if not added:
            return self._folder / path
        import numpy as np
        import soundfile

        speech = read(self._folder / path)
        level = float(speech.std())
        silence = np.zeros(RATE_HZ // 2, np.float32)
        sound = np.concatenate([silence, speech, silence])
        if "room" in added:
            sound = _in_room(sound, read(self._folder / added["room"]))
            level = float(sound[len(silence) : -len(silence)].std())
        for name, above_db in (("noise", self._condition.noise_db), ("talker", self._condition.talker_db)):
            if name in added and above_db is not None:
                other = read(self._folder / added[name])
                more = _section(other, len(sound), self._chance(f"{name} start", path))
                sound = sound + more * (level / (more.std() + 1e-9) * 10 ** (-above_db / 20))
        # Turned down where it would clip: that is no part of the condition.
        soundfile.write(target, sound / max(1.0, float(np.abs(sound).max())), RATE_HZ, subtype="PCM_16")
        return target

    def _others(self, path: str, speaker: str) -> list[str]:
        """Recordings by somebody else: of another name; where names are missing, of another source, if there is one."""
        everyone = [(other, name) for talkers in self._talkers for other, name in talkers if other != path]
        others = {other for other, name in everyone if not (name and name == speaker)}
        surely = {other for other, name in everyone if (name and speaker) or other.split("/")[0] != path.split("/")[0]}
        for wanted in (others & surely, others):
            for talkers in self._talkers:
                if found := [other for other, _ in talkers if other in wanted]:
                    return found
        raise CoachError(f"{path} is left out of the condition {self.name}: nobody else's recording is there.")

    def _chance(self, what: str, path: str) -> random.Random:
        return random.Random(f"{self._seed} {what} {path}")


def is_kept(name: str) -> bool:
    """Whether the speaker or noise of this name is kept out of training: one in five."""
    return zlib.crc32(name.rsplit(":", 1)[-1].encode()) % 5 == 0


def _in_room(sound: Any, room: Any) -> Any:
    """As loud as before, beginning with the direct sound; shape (n,) as ``sound``."""
    import numpy as np

    room = room[int(np.abs(room).argmax()) :]
    size = 1 << (len(sound) + len(room) - 1).bit_length()
    there = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(room, size), size)[: len(sound)].astype(np.float32)
    return there * (sound.std() / (there.std() + 1e-9))


def _section(sound: Any, length: int, chance: random.Random) -> Any:
    """So much of a sound, from anywhere and round again: the loudest of a few, for in a pause nobody talks."""
    import numpy as np

    starts = [chance.randrange(len(sound)) for _ in range(_TRIES)]
    return max((np.resize(np.roll(sound, -start), length) for start in starts), key=lambda part: float(part.std()))
