"""Between the microphone and the recogniser: the coach's own voice taken out, and a note of who sounds over it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from coach.events import Heard
from coach.recogniser import BYTES_PER_S, RATE_HZ, Recogniser
from coach.reference import Reference

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from coach.canceller import Cancelled, Canceller

HOP = 160
"""The canceller takes whole hops of 10 ms."""
EARLY = 960
"""Samples by which the reference is taken too early. The clocks of two streams may be some 50 ms apart, and the
canceller finds an echo that comes later than it says, not one that comes before."""
LONGEST_WAIT = 1600
"""Samples that wait, at the most, until it is known what was played beside them: a loudspeaker with little delay is
given its sound later than that."""
SILENT = 4800
"""A loudspeaker that has been given nothing for so many samples is not waited for."""
NOTICED_WITHIN_BYTES = 2 * 9600
"""Of sound: who speaks over the coach is noticed within 0.6 s, as a rule."""
PERHAPS_DB, CLEAR_DB = 1.1, 2.2
"""What is unexplained of the sound while the coach talks: more than the one may be somebody's voice, more than the
other hardly ever is anything else. In simulated rooms the coach alone came to 2 dB at most, and 19 persons in 20 to
more than 2.5 dB, though the coach was 10 dB louder."""
IN_SILENCE_DB = 0.8
"""The same while the coach is silent, when nothing else stands beside a voice."""
SILENT_AFTER_S = 0.25
"""So long after its last sound the coach's echo has gone."""
ENDS_AFTER_S = 1.3
"""A final that comes so long after the coach's last sound is about words that came after it."""
LATELY_S = 1.2
"""Words are brought so long after they began, at the most."""
STILL_DB = 1.5
"""What is unexplained where somebody still speaks after the coach has fallen silent ..."""
STILL_S = 5.0
"""... which is told for so long ..."""
TELL_EVERY_S = 0.4
QUIET_AGAIN_S = 0.7
"""What sounds over the coach is over after so long without it; what comes later is something new."""


class Whose(IntEnum):
    """Whose words can they be?"""

    COACH = 0
    DOUBTFUL = 1
    PERSON = 2


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A piece of what was heard, as the recogniser is to have it."""

    pcm16: bytes
    sounded: bool = False
    """Whether somebody or something began in it to sound over the coach's voice, or still sounds after it."""
    spoke: bytes | None = None
    """Where that has become clear in this piece: the sound before it in which their first word may have begun."""


class OwnVoice:
    """Knows what the loudspeaker plays. Called from one thread only, but for the reference."""

    def __init__(self, reference: Reference, canceller: Canceller | None = None) -> None:
        self._reference = reference
        self._canceller = canceller
        self._begin()

    def _begin(self) -> None:
        self._left: NDArray[np.float32] | None = None
        self._lately = b""
        self._quiet_s = float("inf")
        """Since somebody last sounded over the coach."""
        self._told_s = 0.0
        self._is_clear = False
        """Whether it has become clear that somebody does."""
        self._coach_silent_s = float("inf")
        self._signs_s = dict.fromkeys(Whose, float("inf"))
        """How long ago each was the most that could be said of the sound; since the last final."""
        self._brought = False
        """Whether any of the words since then have been passed on."""

    def reset(self) -> None:
        """The microphone was opened anew."""
        self._begin()
        if self._canceller is not None:
            self._canceller.reset()

    def without(self, pcm16: bytes, place: int) -> Cleaned:
        """The piece at ``place`` on the line of time (see `reference`), cleaned.

        Some of it, up to a tenth of a second, may come with the next pieces.
        """
        import numpy as np

        from coach.canceller import Canceller

        canceller = self._canceller = self._canceller or Canceller()
        heard = np.frombuffer(pcm16, "<i2").astype(np.float32) / 32768.0
        left = self._left if self._left is not None else np.zeros(0, np.float32)
        heard, place = np.concatenate([left, heard]), place - len(left)
        count = self._ready(place, len(heard)) // HOP * HOP
        self._left = heard[count:]
        if count == 0:
            return Cleaned(b"")
        played = self._reference.beside(place + EARLY, count)
        found = canceller.process(heard[:count], played)
        self._coach_silent_s = 0.0 if played.any() else self._coach_silent_s + count / RATE_HZ
        pcm16 = np.clip(np.rint(found.samples * 32768.0), -32768, 32767).astype("<i2").tobytes()
        return self._noted(pcm16, found)

    def listen(self, recogniser: Recogniser, pcm16: bytes, place: int) -> tuple[Cleaned, list[Heard]]:
        """The next piece, cleaned, and the words in it that were, or may have been, somebody else's.

        Somebody's first words are easier to make out without what was left of the coach's own before them.
        """
        cleaned = self.without(pcm16, place)
        if cleaned.spoke is not None and not self._brought:
            recogniser.start_over(cleaned.spoke)
        return cleaned, self._persons(recogniser.feed(cleaned.pcm16)) if cleaned.pcm16 else []

    def rest(self, recogniser: Recogniser) -> list[Heard]:
        """The sound has a gap here: what is still to be said about it by somebody else."""
        return self._persons(recogniser.flush())

    def _persons(self, heard: Iterable[Heard]) -> list[Heard]:
        """Without words that can only be the coach's own; those that may well be are doubtful."""
        kept: list[Heard] = []
        for words in heard:
            # What was passed on as a partial always ends.
            whose = max(self._whose(), Whose.DOUBTFUL if self._brought and words.final else Whose.COACH)
            if whose is not Whose.COACH:
                kept.append(words if whose is Whose.PERSON else replace(words, sure=False))
                self._brought = True
            if words.final:
                self._signs_s = dict.fromkeys(Whose, float("inf"))
                self._brought = False
        return kept

    def _whose(self) -> Whose:
        if self._coach_silent_s >= ENDS_AFTER_S:
            return Whose.PERSON
        return max((whose for whose, ago_s in self._signs_s.items() if ago_s <= LATELY_S), default=Whose.COACH)

    def _noted(self, pcm16: bytes, found: Cancelled) -> Cleaned:
        length_s = len(pcm16) / BYTES_PER_S
        began = found.near and self._quiet_s >= QUIET_AGAIN_S
        self._quiet_s = 0.0 if found.near else self._quiet_s + length_s
        still = SILENT_AFTER_S < self._coach_silent_s < STILL_S and found.unexplained_db > STILL_DB
        sounded = began or (still and self._told_s >= TELL_EVERY_S)
        self._told_s = 0.0 if sounded else self._told_s + length_s
        before, self._lately = self._lately, (self._lately + pcm16)[-NOTICED_WITHIN_BYTES:]
        whose = self._sign_of(found)
        self._signs_s = {each: ago_s + length_s for each, ago_s in self._signs_s.items()} | {whose: 0.0}
        self._is_clear = self._is_clear and not began
        if not found.near or self._is_clear or whose is not Whose.PERSON:
            return Cleaned(pcm16, sounded)
        self._is_clear = True
        return Cleaned(pcm16, sounded, before)

    def _sign_of(self, found: Cancelled) -> Whose:
        """Whose voice can be in this piece?"""
        if self._coach_silent_s > SILENT_AFTER_S:
            return Whose.PERSON if found.unexplained_db > IN_SILENCE_DB else Whose.COACH
        if found.can_tell and found.unexplained_db > CLEAR_DB:
            return Whose.PERSON
        return Whose.DOUBTFUL if found.unexplained_db > PERHAPS_DB or not found.can_tell else Whose.COACH

    def _ready(self, place: int, count: int) -> int:
        """How many of ``count`` samples are to be taken now."""
        known = self._reference.known_until - place
        if known < -SILENT:
            return count
        return max(0, count - LONGEST_WAIT, min(count, known - EARLY))
