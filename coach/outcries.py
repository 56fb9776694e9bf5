"""Loud sounds that are no words: a cry, or a thud as of a fall.

By loudness above the room, by pitch and by length; nothing is learned. Set to let most loud noises of a household
pass: a question about pain that nobody had is a nuisance, and a cry of pain is seldom soft.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coach.recogniser import RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PIECE = 320
"""Samples that are judged at once, 20 ms."""
PIECE_S = PIECE / RATE_HZ
LOUD_DB = 30.0
"""Above the room's noise."""
LEAST_DBFS = -30.0
"""What is softer is not near, however quiet the room."""
CRY_S = (0.35, 3.0)
"""A cry lasts so long; what lasts longer is music, a machine or somebody singing."""
VOICED = 0.6
"""The share of its pieces that must have a pitch."""
PITCH_HZ = (170.0, 1100.0)
"""A cry is higher than talk, mostly."""
PERIODIC = 0.55
_DIP = 0.3
"""Between a sound and its repetition it is unlike itself."""
THUD_S = (0.1, 0.4)
THUD_DB = 42.0
"""Above the room's noise, at its loudest."""
DEEP_HZ = 300.0
DEEP = 0.7
"""The share of a thud's power that is deep."""
QUIET_S = 0.2
WORDS_WITHIN_S = 1.2
"""Of a loud voice the words come so late at the latest; what comes with a few words is left to them."""
FEW_WORDS = 1
_FLOOR_RISE_DB = 0.02
"""The room's noise is followed upwards so slowly for each piece, and downwards at once."""
_SETTLED_S = 2.0


@dataclass(slots=True)
class _Sound:
    """Something loud that is going on."""

    pieces: int = 0
    pitched: int = 0
    deep: float = 0.0
    power: float = 0.0
    loudest_db: float = -100.0
    """Above the room's noise."""
    quiet_s: float = 0.0


@dataclass(slots=True)
class Outcries:
    """Takes the microphone's sound, without the coach's own voice, piece by piece."""

    _floor_db: float | None = None
    _sound: _Sound | None = None
    _heard_s: float = 0.0
    _waiting_s: float | None = None
    """How long an outcry has been waiting for words to explain it."""
    _left: list[NDArray[np.float32]] = field(default_factory=list)

    def passed(self, pcm16: bytes, finals: Iterable[str] = ()) -> bool:
        """Whether an outcry has passed without words. ``finals`` is what the recogniser made of the sound just now."""
        import numpy as np

        if self._waiting_s is not None and any(len(words.split()) > FEW_WORDS for words in finals):
            self._waiting_s = None
        row = np.concatenate([*self._left, np.frombuffer(pcm16, "<i2").astype(np.float32) / 32768.0])
        count = len(row) // PIECE * PIECE
        self._left = [row[count:]]
        if any([self._judge(row[at : at + PIECE]) for at in range(0, count, PIECE)]):
            self._waiting_s = 0.0
        elif self._waiting_s is not None:
            self._waiting_s += count / RATE_HZ
            if self._waiting_s >= WORDS_WITHIN_S:
                self._waiting_s = None
                return True
        return False

    def _judge(self, piece: NDArray[np.float32]) -> bool:
        import numpy as np

        power = float(np.mean(np.square(piece, dtype=np.float64)))
        level_db = 10 * float(np.log10(power + 1e-10))
        floor_db = level_db if self._floor_db is None else min(level_db, self._floor_db + _FLOOR_RISE_DB)
        self._floor_db = floor_db
        self._heard_s += PIECE_S
        loud = level_db > max(floor_db + LOUD_DB, LEAST_DBFS) and self._heard_s > _SETTLED_S
        if self._sound is None:
            self._sound = _Sound() if loud else None
        if self._sound is None:
            return False
        if not loud:
            self._sound.quiet_s += PIECE_S
            return self._ended() if self._sound.quiet_s >= QUIET_S else False
        self._take(self._sound, piece, power)
        self._sound.loudest_db = max(self._sound.loudest_db, level_db - floor_db)
        return False

    @staticmethod
    def _take(sound: _Sound, piece: NDArray[np.float32], power: float) -> None:
        import numpy as np

        sound.quiet_s = 0.0
        sound.pieces += 1
        sound.pitched += _has_high_pitch(piece)
        spectrum = np.square(np.abs(np.fft.rfft(piece)))
        deep = spectrum[1 : round(DEEP_HZ * PIECE / RATE_HZ) + 1].sum() / max(float(spectrum.sum()), 1e-12)
        sound.deep += float(deep) * power
        sound.power += power

    def _ended(self) -> bool:
        sound, self._sound = self._sound, None
        assert sound is not None
        length_s = sound.pieces * PIECE_S
        cry = CRY_S[0] <= length_s <= CRY_S[1] and sound.pitched >= VOICED * sound.pieces
        thud = THUD_S[0] <= length_s <= THUD_S[1] and sound.loudest_db >= THUD_DB and sound.deep >= DEEP * sound.power
        return cry or thud


def _has_high_pitch(piece: NDArray[np.float32]) -> bool:
    """Whether the piece repeats itself at a rate that a cry has, and not already at half of it, as talk does."""
    import numpy as np

    spectrum = np.fft.rfft(piece - piece.mean(), 2 * PIECE)
    repeats = np.fft.irfft(np.square(np.abs(spectrum)))[:PIECE]
    if repeats[0] <= 0:
        return False
    # The window's end cuts off what would repeat: the longer the lag, the less there is to compare.
    repeats = repeats / repeats[0] / (1 - np.arange(PIECE) / PIECE)
    shortest, longest = (round(RATE_HZ / hz) for hz in reversed(PITCH_HZ))
    dips = np.flatnonzero(repeats[:longest] < _DIP)
    first = max(shortest, int(dips[0])) if len(dips) else longest
    again = repeats[first : round(RATE_HZ / 80)]
    if len(again) == 0 or again.max() < PERIODIC:
        return False
    best = first + int(np.flatnonzero(again >= 0.9 * again.max())[0])
    return best <= longest
