"""Talking and listening at once, in one thread: each step takes one piece of sound from the microphone.

For jobs that measure. A session has ears and a voice with threads of their own.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coach import portaudio
from coach.clips import Clip
from coach.errors import CoachError
from coach.events import Heard
from coach.microphone import Microphone, MicrophoneLostError
from coach.own_voice import EARLY, OwnVoice
from coach.player import Player
from coach.recogniser import RATE_HZ, Recogniser
from coach.reference import Reference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from coach.canceller import Canceller

READ_S = 0.25
_FULL = 32_000
"""Of 32,768: as loud as it gets."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A short piece of what was heard; powers are those of samples from -1 to 1."""

    begin_s: float
    end_s: float
    """From when to when, on the clock."""
    heard_power: float
    left_power: float
    """Without the coach's own voice."""
    played_power: float
    clipped: float
    """The share of samples that were as loud as can be."""
    sounded: bool
    """Whether somebody besides the coach seems to have begun to sound over it."""
    words: tuple[Heard, ...]

    @property
    def length_s(self) -> float:
        """How long it is."""
        return self.end_s - self.begin_s


class Duplex:
    """A loudspeaker and a microphone, from ``open`` to ``close``. All in one thread."""

    def __init__(
        self,
        load_recogniser: Callable[[], Recogniser],
        microphone: str | int | None = None,
        loudspeaker: str | int | None = None,
        *,
        source: Microphone | None = None,
        load: Callable[[], Any] = portaudio.load,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``load`` gives another sounddevice module; ``source`` another microphone, on the same clock."""
        self._load_recogniser = load_recogniser
        self._reference = Reference()
        self._player = Player(self, loudspeaker, reference=self._reference, load=load, clock=clock)
        self._source = source or Microphone(microphone, load=load, clock=clock)
        self._clock = clock
        self._recogniser: Recogniser | None = None
        self._canceller: Canceller | None = None
        self._own_voice: OwnVoice | None = None
        self._lost: str | None = None

    def open(self) -> None:
        """Begin. Raises CoachError where a device or the speech model can't be used."""
        from coach.canceller import Canceller

        self._canceller = Canceller()
        self._own_voice = OwnVoice(self._reference, self._canceller)
        self._recogniser = self._load_recogniser()
        self._player.open(thread=False)
        try:
            self._source.open()
        except MicrophoneLostError as error:
            raise CoachError(f"The microphone can't be used: {error}.") from error

    def close(self) -> None:
        """Let go of both devices; may be called at any time."""
        with contextlib.suppress(Exception):
            self._source.close()
        self._player.close()

    def play(self, clip: Clip, volume: float) -> None:
        """Play a clip after what is being played; ``volume`` is 0 to 1."""
        # Loudness is felt by ratios: squared, each step of the volume feels about the same.
        self._player.play(None, clip, volume**2)

    def hush(self) -> None:
        """Silence at once."""
        self._player.hush()
        self._player.tend()

    @property
    def talking(self) -> bool:
        """Whether anything still comes out of the loudspeaker."""
        return self._player.busy

    @property
    def delay_s(self) -> float:
        """By how much the coach's voice is heard later than the devices tell; below 0 where it is earlier."""
        return self._canceller.delay_s - EARLY / RATE_HZ if self._canceller else 0.0

    def now(self) -> float:
        """The time by the clock that pieces are timed with."""
        return self._clock()

    def pieces(self) -> Iterator[Piece]:
        """What is heard from now on, piece after piece, for ever. Raises CoachError where a device is lost."""
        while True:
            try:
                block = self._source.read(READ_S)
            except MicrophoneLostError as error:
                raise CoachError(f"The sound check broke off: {error}. Look at its plug, then try again.") from error
            self._player.tend()
            if self._lost is not None:
                raise CoachError(f"The sound check broke off: {self._lost}. Look at its plug, then try again.")
            if block:
                yield self._piece(block, self._source.place)

    def _piece(self, block: bytes, place: int) -> Piece:
        import numpy as np

        assert self._own_voice is not None
        assert self._recogniser is not None
        heard = np.frombuffer(block, "<i2")
        cleaned, words = self._own_voice.listen(self._recogniser, block, place)
        return Piece(
            place / RATE_HZ,
            (place + len(heard)) / RATE_HZ,
            _power(heard),
            _power(np.frombuffer(cleaned.pcm16, "<i2")),
            _power(32768.0 * self._reference.beside(place, len(heard))),
            # Not abs(): of -32768 there is none.
            float(np.mean((heard >= _FULL) | (heard <= -_FULL))),
            cleaned.sounded,
            tuple(words),
        )

    # --- told by the player ---

    def ended(self, token: object) -> None:
        """See player.Listener."""

    def lost(self, why: str, tokens: list[object]) -> None:
        """See player.Listener."""
        self._lost = why

    def back(self) -> None:
        """See player.Listener."""


def _power(samples: NDArray[Any]) -> float:
    """Of samples up to 32,768."""
    import numpy as np

    return float(np.mean(np.square(samples / 32768.0, dtype=np.float64))) if len(samples) else 0.0
