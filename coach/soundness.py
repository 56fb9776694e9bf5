"""Whether what a stream brings can be sound of the room at all; a stream may run on with nothing of use in it."""

from __future__ import annotations

from collections import deque

from coach.recogniser import BYTES_PER_S

STUCK_S = 2.0
"""Pieces that have just been there, for so long, are no room but a driver that hangs."""
LOOK_BACK = 50
"""A driver that hangs goes round in a buffer of its own, seldom longer than a second."""
OVERLOADED_S = 2.0
_FULL = 32_000
"""Of 32,768: as loud as it gets."""
_SHARE = 0.1
"""A piece with more of its samples so loud has lost what was said in it."""

TOLERATED = 0.02
"""Clocks differ by some millionths. What is wrong by more than this share is one rate taken for another."""
LEFT_OUT = 0.3
"""A busy computer may leave out so much of the sound: that is bad, but no fault of the device."""
TOO_MUCH_S = 0.8
"""Beyond that, a stream is at fault that is so far ahead of the clock, or so far behind it ..."""
TOO_SHORT_S = 0.5
"""... or that leaves out so much more."""
GAP_S = 0.5
"""A single gap counts for no more: sound that stops for long is noticed as such."""
WHOLE = 1.5
"""Of a stream that leaves nothing out, no piece is so many times its own length after the one before."""
OWING_S = 10.0
"""After a gap so much sound may come at once, without being too much: it has waited for a busy computer."""
STANDS_S = 2.5
"""A fault is over when there was none for so long: longer than it takes to notice one."""

SILENCE_LIMIT_S = 2.0
LONGEST_SILENCE_LIMIT_S = 60.0
NO_ZEROS_S = 60.0
"""A microphone without such silence for so long does not leave out quiet: the next such silence is a fault again."""

UNANSWERED_S = 2.5
"""Of most noises of a household, and of television, less than that goes without an answer."""
AGAIN_S = 60.0
"""What has gone unanswered is forgotten in so long a time: people sneeze."""
ANSWER_S = 1.5
"""How long after a voice its answer may take."""
VOICE_DB, VOICE_DBFS = 15.0, -50.0
"""So far above the room's noise, and so loud at least."""
VOICE_S = (0.2, 3.0)
"""Somebody who speaks makes a pause after so long; what goes on is a machine."""
WITHIN_VOICE_S = 0.3

STUCK = "the microphone brings the same sound over and over; unplug it, and plug it in again"
TOO_FAST = "the microphone runs too fast to make out words; unplug it, and plug it in again"
TOO_SLOW = "the microphone leaves out too much of the sound; unplug it, and plug it in again"
OVERLOADED = "the microphone is much too loud to make out words; turn it down, or move it away"


class Pace:
    """Whether the samples of a stream keep pace with the clock, in whatever bursts they come."""

    def __init__(self, fine: bool = True) -> None:
        """Without ``fine`` a stream that is only a little slow is borne: it may wait for a busy computer."""
        self._fine = fine
        self._at: float | None = None
        self._ahead_s = self._short_s = self._slow_s = 0.0
        self._stands_s = 0.0
        self._why = 0

    def pause(self) -> None:
        """What passes until the next piece does not count."""
        self._at = None

    def restart(self) -> None:
        """The stream begins anew. A fault stands until it is disproved."""
        self.pause()
        self._stands_s = STANDS_S
        self._suspect()

    def _suspect(self) -> None:
        """Half way to what is at fault: if it goes on like this, it is noticed again before it counts as over."""
        self._ahead_s = TOO_MUCH_S / 2 if self._why > 0 else 0.0
        self._short_s = TOO_SHORT_S / 2 if self._why < 0 else 0.0
        self._slow_s = TOO_MUCH_S / 2 if self._why < 0 else 0.0

    def off(self, length_s: float, at_s: float) -> int:
        """After a piece of ``length_s`` at ``at_s`` of a clock: 1 for too fast, -1 for too slow, 0 for neither."""
        if self._at is None:
            self._at = at_s
            return self._why
        passed_s, self._at = max(0.0, at_s - self._at), at_s
        ahead_s = max(-OWING_S, self._ahead_s + length_s - passed_s)
        slack_s = (TOLERATED if ahead_s > 0 else 0.1) * passed_s
        self._ahead_s = max(0.0, ahead_s - slack_s) if ahead_s > 0 else min(0.0, ahead_s + slack_s)
        self._short_s = max(0.0, self._short_s + min(passed_s, GAP_S) - length_s - LEFT_OUT * passed_s)
        if self._fine and passed_s < WHOLE * length_s:
            self._slow_s = max(0.0, self._slow_s + (1 - TOLERATED) * passed_s - length_s)
        slow = self._short_s >= TOO_SHORT_S or self._slow_s >= TOO_MUCH_S
        why = (self._ahead_s >= TOO_MUCH_S) - slow
        if why:
            self._why, self._stands_s = why, STANDS_S
            self._suspect()
        elif self._why:
            self._stands_s -= min(passed_s, GAP_S)
            self._why = self._why if self._stands_s > 0 else 0
        return self._why


class Flow:
    """Looks at a microphone's pieces as the device brings them: are they new, and as many as the time that passes?"""

    def __init__(self) -> None:
        self._pace = Pace()
        self._before: deque[int] = deque(maxlen=LOOK_BACK)
        self._same_s = self._stands_s = 0.0

    def pause(self) -> None:
        """Sound was lost on the way: so much is known, and no fault of the device."""
        self._pace.pause()

    def restart(self) -> None:
        """The microphone was opened anew. A fault stands until it is disproved."""
        self._pace.restart()
        self._before.clear()
        self._same_s = 0.0

    def trouble(self, block: bytes, length_s: float, at_s: float) -> str | None:
        """After a piece that came at ``at_s``: what keeps words from being heard, as the end of a sentence, or None."""
        off = self._pace.off(length_s, at_s)
        mark = hash(block)
        same = mark in self._before and block.count(0) < len(block)
        self._before.append(mark)
        self._same_s = self._same_s + length_s if same else 0.0
        self._stands_s = STANDS_S if self._same_s >= STUCK_S else max(0.0, self._stands_s - length_s)
        if self._stands_s:
            return STUCK
        return (None, TOO_FAST, TOO_SLOW)[off]


class Loudness:
    """Looks at one piece of 16 kHz sound after another: is there room above it?"""

    def __init__(self) -> None:
        self._overloaded_s = 0.0

    def trouble(self, block: bytes) -> str | None:
        """What keeps words from being heard, as the end of a sentence; None where nothing does."""
        length_s = len(block) / BYTES_PER_S
        step = length_s if _is_overloaded(block) else -length_s
        self._overloaded_s = min(OVERLOADED_S, max(0.0, self._overloaded_s + step))
        return OVERLOADED if self._overloaded_s >= OVERLOADED_S else None


class Silence:
    """Looks for exact zeros: even a quiet room has some noise. What brings nothing else is muted, or no microphone."""

    def __init__(self) -> None:
        self.limit_s = SILENCE_LIMIT_S
        self._zeros_s = 0.0
        self._sounding_s = 0.0

    def begin_anew(self) -> None:
        """Another stream."""
        self._zeros_s = 0.0

    @property
    def zeros(self) -> bool:
        """Whether the last piece was nothing else."""
        return self._zeros_s > 0

    def is_dead(self, block: bytes, lost: bool) -> bool:
        """Whether there was nothing else for too long. ``lost`` says whether somebody has been told of that."""
        length_s = len(block) / BYTES_PER_S
        if block.count(0) == len(block):
            self._zeros_s += length_s
            self._sounding_s = 0.0
            return self._zeros_s >= self.limit_s
        if lost and self._zeros_s >= self.limit_s:
            # It came back by itself: silence is this microphone's way with pauses, so give it longer.
            self.limit_s = min(2 * self.limit_s, LONGEST_SILENCE_LIMIT_S)
        self._zeros_s = 0.0
        self._sounding_s += length_s
        if self._sounding_s >= NO_ZEROS_S:
            self.limit_s = SILENCE_LIMIT_S
        return False


class Unanswered:
    """Counts what sounds like voices, and of which a recogniser makes nothing at all, not even an unknown word."""

    def __init__(self) -> None:
        self._floor_db: float | None = None
        self._voice_s = self._quiet_s = self._waiting_s = self._unanswered_s = 0.0
        self._passed_s = AGAIN_S
        self.again = False
        """Whether it was too much twice, one soon after the other."""

    def passed(self, block: bytes, answered: bool) -> bool:
        """Whether it is too much now; then it is counted anew. ``answered``: something was made of this piece."""
        if not block:
            return False
        length_s = len(block) / BYTES_PER_S
        loud = self._is_loud(block, length_s)
        self._passed_s += length_s
        self._unanswered_s = max(0.0, self._unanswered_s - length_s * UNANSWERED_S / AGAIN_S)
        if answered:
            self._voice_s = self._waiting_s = self._unanswered_s = 0.0
            self._passed_s, self.again = AGAIN_S, False
        elif loud:
            self._voice_s, self._quiet_s = self._voice_s + length_s, 0.0
        else:
            self._pause(length_s)
        if self._unanswered_s < UNANSWERED_S:
            return False
        self.again = self._passed_s < AGAIN_S
        self._unanswered_s = self._passed_s = 0.0
        return True

    def _pause(self, length_s: float) -> None:
        self._quiet_s += length_s
        if self._voice_s and self._quiet_s >= WITHIN_VOICE_S:
            self._waiting_s += self._voice_s if VOICE_S[0] <= self._voice_s <= VOICE_S[1] else 0.0
            self._voice_s = 0.0
        if self._quiet_s >= ANSWER_S:
            self._unanswered_s, self._waiting_s = self._unanswered_s + self._waiting_s, 0.0

    def _is_loud(self, block: bytes, length_s: float) -> bool:
        import numpy as np

        samples = np.frombuffer(block, "<i2").astype(np.float64) / 32768.0
        level_db = 10 * float(np.log10(np.mean(np.square(samples)) + 1e-10))
        before_db = level_db if self._floor_db is None else self._floor_db
        self._floor_db = min(level_db, before_db + length_s)  # upwards by a decibel a second
        return level_db > max(self._floor_db + VOICE_DB, VOICE_DBFS)


def _is_overloaded(block: bytes) -> bool:
    import numpy as np

    samples = np.frombuffer(block, "<i2")
    # Not abs(): of -32768 there is none.
    return len(samples) > 0 and float(np.mean((samples >= _FULL) | (samples <= -_FULL))) > _SHARE
