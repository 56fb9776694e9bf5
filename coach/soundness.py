"""Whether what a microphone brings can be somebody's voice at all; a stream may run on with nothing in it."""

from __future__ import annotations

from coach.recogniser import BYTES_PER_S

STUCK_S = 2.0
"""The same piece of sound over and over for so long is no room but a driver that hangs."""
OVERLOADED_S = 2.0
_FULL = 32_000
"""Of 32,768: as loud as it gets."""
_SHARE = 0.1
"""A piece with more of its samples so loud has lost what was said in it."""

STUCK = "the microphone brings the same sound over and over; unplug it, and plug it in again"
OVERLOADED = "the microphone is much too loud to make out words; turn it down, or move it away"


class Soundness:
    """Looks at one piece after another."""

    def __init__(self) -> None:
        self._before = b""
        self._same_s = 0.0
        self._overloaded_s = 0.0

    def trouble(self, block: bytes) -> str | None:
        """What keeps words from being heard, one plain sentence part; None where nothing does."""
        length_s = len(block) / BYTES_PER_S
        same = block == self._before and block.count(0) < len(block)
        self._same_s = self._same_s + length_s if same else 0.0
        self._before = block
        step = length_s if _is_overloaded(block) else -length_s
        self._overloaded_s = min(OVERLOADED_S, max(0.0, self._overloaded_s + step))
        if self._same_s >= STUCK_S:
            return STUCK
        return OVERLOADED if self._overloaded_s >= OVERLOADED_S else None


def _is_overloaded(block: bytes) -> bool:
    import numpy as np

    samples = np.frombuffer(block, "<i2")
    # Not abs(): of -32768 there is none.
    return len(samples) > 0 and float(np.mean((samples >= _FULL) | (samples <= -_FULL))) > _SHARE
