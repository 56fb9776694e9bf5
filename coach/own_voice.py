"""Between the microphone and the recogniser: the coach's own voice taken out, and a note of who sounds over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.reference import Reference

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from coach.canceller import Canceller

HOP = 160
"""The canceller takes whole hops of 10 ms."""
EARLY = 960
"""Samples by which the reference is taken too early. The clocks of two streams may be some 50 ms apart, and the
canceller finds an echo that comes later than it says, not one that comes before."""
QUIET_AGAIN_S = 0.7
"""What sounds over the coach is over after so long without it; what comes later is something new."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A piece of what was heard, as the recogniser is to have it."""

    pcm16: bytes
    sounded: bool
    """Whether somebody or something began in it to sound over the coach's voice."""


class OwnVoice:
    """Knows what the loudspeaker plays. Called from one thread only, but for the reference."""

    def __init__(self, reference: Reference, canceller: Canceller | None = None) -> None:
        self._reference = reference
        self._canceller = canceller
        self._left: NDArray[np.float32] | None = None
        self._quiet_for = 10**9
        """Samples since somebody last sounded over the coach."""

    def without(self, pcm16: bytes, place: int) -> Cleaned:
        """The piece at ``place`` on the line of time (see `reference`), cleaned.

        Up to 10 ms of it come with the next piece.
        """
        import numpy as np

        from coach.canceller import Canceller

        canceller = self._canceller = self._canceller or Canceller()
        heard = np.frombuffer(pcm16, "<i2").astype(np.float32) / 32768.0
        left = self._left if self._left is not None else np.zeros(0, np.float32)
        heard, place = np.concatenate([left, heard]), place - len(left)
        count = len(heard) // HOP * HOP
        self._left = heard[count:]
        if count == 0:
            return Cleaned(b"", False)
        found = canceller.process(heard[:count], self._reference.beside(place + EARLY, count))
        samples = np.clip(np.rint(found.samples * 32768.0), -32768, 32767).astype("<i2")
        return Cleaned(samples.tobytes(), self._began(found.near, count))

    def reset(self) -> None:
        """The microphone was opened anew."""
        self._left = None
        self._quiet_for = 10**9
        if self._canceller is not None:
            self._canceller.reset()

    def _began(self, near: bool, count: int) -> bool:
        began = near and self._quiet_for >= QUIET_AGAIN_S * 16_000
        self._quiet_for = 0 if near else self._quiet_for + count
        return began
