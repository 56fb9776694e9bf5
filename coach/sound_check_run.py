"""The sound check: the coach talks and listens for about a minute, and measures how well it hears."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from coach.clips import Clip, Clips
from coach.duplex import Duplex, Piece
from coach.echo import pieces as without_own_words
from coach.intents import understand
from coach.lock import only_coach
from coach.settings import Settings
from coach.sound_check import (
    FAREWELLS,
    FIRST,
    INTRODUCTION,
    KEEP_STILL,
    LONG_STORY,
    ONCE_MORE,
    ONCE_MORE_OVER_ME,
    SECOND,
    SPEAK_FIRST,
    SPEAK_OVER_ME,
    SPEAK_SECOND,
    STORY,
    Attempt,
    SoundCheck,
    check_of,
    every_line,
    judge,
)
from coach.sound_check_file import device_name

LYING_DOWN_S = 8.0
NOISE_S = 2.5
LEARNING_S = 3.0
"""What is taken out of the coach's voice counts after so long: the canceller learns first."""
FADING_S = 0.4
"""A room, and the way through the devices, sound on for so long."""
ANSWER_S = 6.0
OVER_S = 3.0
"""... and after the coach has talked, for one who was to speak meanwhile."""
TRIES = 2
ENDING_S = 0.8
"""What was heard before an utterance has come to its end may still change."""
SHORTEST_S = 0.15
"""A voice is loud for longer than this; a click is not."""
_LEAST = 1e-12


def decibels(power: float) -> float:
    """A power in dB; -120 for none."""
    return 10 * math.log10(max(power, _LEAST))


@dataclass(slots=True)
class _Answer:
    """What came when something was to be said."""

    quiet_since_s: float
    """Since when the coach has been silent; times are by the clock of the pieces."""
    loud: list[Piece] = field(default_factory=list)
    noticed: bool = False
    heard_as: str | None = None
    understood_s: float | None = None
    latency_s: float | None = None

    def over_at_s(self, waiting_s: float) -> float:
        """When there is no use in waiting any longer."""
        if self.understood_s is not None:
            return self.understood_s + ENDING_S
        return self.quiet_since_s + waiting_s


class SoundCheckRun:
    """One check on open devices."""

    def __init__(
        self,
        duplex: Duplex,
        clip: Callable[[str], Clip],
        volume: float,
        show: Callable[[str], None],
    ) -> None:
        """``clip`` makes the sound of a line; ``show`` puts what is said, and what to say, on the screen."""
        self._duplex, self._clip, self._volume, self._show = duplex, clip, volume, show
        self._sound = iter(duplex.pieces())
        self._noise = _LEAST
        self._left_over = self._left_at_most = _LEAST
        self._said: list[str] = []
        self._voice: list[Piece] = []

    def run(self, at: datetime, microphone: str | None = None, loudspeaker: str | None = None) -> SoundCheck:
        """The figures. Raises CoachError where a device is lost meanwhile."""
        self._say(*INTRODUCTION)
        self._listen_for(LYING_DOWN_S)
        noise = self._measured_noise()
        echo = self._measured_echo()
        attempts = self._attempts(FIRST, SPEAK_FIRST, ONCE_MORE)
        attempts += self._attempts(SECOND, SPEAK_SECOND, ONCE_MORE)
        attempts += self._attempts(FIRST, SPEAK_OVER_ME, ONCE_MORE_OVER_ME, over=LONG_STORY)
        check = check_of(
            at,
            microphone=microphone,
            loudspeaker=loudspeaker,
            noise_dbfs=noise,
            voice_dbfs=decibels(_mean(piece.heard_power for piece in self._voice)) if self._voice else None,
            voice_clipped=_mean(piece.clipped for piece in self._voice),
            attempts=tuple(attempts),
            **echo,
        )
        self._say(FAREWELLS[judge(check).verdict])
        return check

    def _measured_noise(self) -> float:
        self._say(KEEP_STILL)
        self._listen_for(FADING_S)
        powers = sorted(piece.heard_power for piece in self._listen_for(NOISE_S))
        # The loudest tenth is left out: a cough is no noise.
        self._noise = max(_LEAST, _mean(powers[: max(1, len(powers) * 9 // 10)]))
        return decibels(self._noise)

    def _measured_echo(self) -> dict[str, float | int | None]:
        """The figures of the coach's own voice."""
        pieces = self._say(*STORY) + self._listen_for(FADING_S)
        played = [piece for piece in pieces if piece.played_power > 1e-6]
        late = [piece for piece in played if piece.begin_s > pieces[0].begin_s + LEARNING_S] or played
        heard, left = _mean(piece.heard_power for piece in late), _mean(piece.left_power for piece in late)
        self._left_over = max(self._noise, left)
        self._left_at_most = max([4 * self._noise, *(piece.left_power for piece in late)])
        echo = heard - self._noise
        audible = echo > self._noise / 2 and echo > 10 * _LEAST
        loss = decibels(echo) - decibels(max(left - self._noise, self._noise / 10)) if audible else None
        return {
            "echo_dbfs": decibels(echo) if audible else None,
            "echo_loss_db": max(0.0, loss) if loss is not None else None,
            "delay_s": self._duplex.delay_s if audible else None,
            "echo_clipped": _mean(piece.clipped for piece in played),
            "own_sounds": sum(piece.sounded for piece in late),
            "own_reports": sum(self._report(heard.words) for piece in pieces for heard in piece.words if heard.final),
        }

    def _attempts(self, asked: str, ask: str, once_more: str, over: Sequence[str] = ()) -> list[Attempt]:
        attempts: list[Attempt] = []
        for line in (ask, once_more)[:TRIES]:
            self._show(f'        Say: "{asked}"' + (" while the coach is talking." if over else ""))
            self._say(line)
            attempt = self._attempt(asked, over)
            self._show("        " + (f'Heard: "{attempt.heard_as}"' if attempt.heard_as else "Nothing was heard."))
            attempts.append(attempt)
            if attempt.heard:
                break
        return attempts

    def _attempt(self, asked: str, over: Sequence[str]) -> Attempt:
        """Listen for an answer, over the coach's voice where there is something to say meanwhile."""
        answer = _Answer(quiet_since_s=self._duplex.now())
        first_s = answer.quiet_since_s + FADING_S
        self._play(over)
        others, floor = (self._left_over, self._left_at_most) if over else (self._noise, 4 * self._noise)
        for piece in self._sound:
            now = self._duplex.now()
            if piece.left_power > floor and piece.begin_s > first_s and answer.understood_s is None:
                answer.loud.append(piece)
            self._take(piece, answer, now)
            if self._duplex.talking:
                answer.quiet_since_s = now
            # By the sound, not by the clock: on a busy computer what was said in time may still be waiting.
            if piece.end_s > answer.over_at_s(OVER_S if over else ANSWER_S):
                break
        is_voice = sum(piece.length_s for piece in answer.loud) > SHORTEST_S
        level = _mean(piece.left_power for piece in answer.loud)
        if is_voice and not over:
            self._voice += answer.loud
        return Attempt(
            asked=asked,
            over=bool(over),
            heard=answer.understood_s is not None,
            noticed=answer.noticed,
            heard_as=answer.heard_as,
            level_dbfs=decibels(level) if is_voice else None,
            above_noise_db=decibels(level / others) if is_voice else None,
            latency_s=answer.latency_s,
        )

    def _take(self, piece: Piece, answer: _Answer, now: float) -> None:
        """Be silent for a voice as in a session, and take its words."""
        if piece.sounded and self._duplex.talking:
            answer.noticed = True
            self._duplex.hush()
        for heard in piece.words:
            if answer.understood_s is not None:
                break
            answer.heard_as = " ".join(self._parts(heard.words)) or answer.heard_as
            if heard.sure and self._report(heard.words):
                answer.understood_s = now
                answer.latency_s = max(0.0, now - answer.loud[-1].end_s) if answer.loud else None
                self._duplex.hush()

    def _report(self, words: str) -> bool:
        """Whether a session would end for these words, apart from the coach's own."""
        return any(understand(part).action.ends_session for part in self._parts(words))

    def _parts(self, words: str) -> list[str]:
        """The words without the coach's own."""
        return without_own_words(words, self._said[-len(LONG_STORY) - 1 :], lately=True)

    def _say(self, *lines: str) -> list[Piece]:
        """Say them, and listen meanwhile."""
        self._play(lines)
        return list(takewhile(lambda _: self._duplex.talking, self._sound))

    def _play(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._show(f"COACH   {line}")
            self._said.append(line)
            self._duplex.play(self._clip(line), self._volume)

    def _listen_for(self, length_s: float) -> list[Piece]:
        until_s = self._duplex.now() + length_s
        return list(takewhile(lambda piece: piece.end_s < until_s, self._sound))


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0


def check_sound(model: Path, settings: Settings, show: Callable[[str], None]) -> SoundCheck:
    """Make the check with the coach's own voice, and with the devices that the settings name.

    Raises CoachError where another coach is running, and where a device can't be used or is lost.
    """
    from coach.recogniser import VoskRecogniser
    from coach.renderer import Pyttsx3Renderer

    with only_coach(), contextlib.ExitStack() as stack:
        renderer = Pyttsx3Renderer(settings.voice)
        stack.callback(renderer.close)
        clips = Clips(renderer)
        stack.callback(clips.close)
        sounds = {line: clips.get(line, settings.rate_wpm) for line in every_line()}
        duplex = Duplex(lambda: VoskRecogniser(model), settings.microphone, settings.loudspeaker)
        stack.callback(duplex.close)
        duplex.open()
        names = [device_name(settings.microphone, "input"), device_name(settings.loudspeaker, "output")]
        run = SoundCheckRun(duplex, sounds.__getitem__, settings.volume, show)
        return run.run(datetime.now().astimezone(), *names)
