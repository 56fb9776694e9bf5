"""What the sound check found, and what to do about it: figures in, plain words out.

Levels are in decibels, 0 for a full-scale square wave (dBFS); they are shown to nobody who did not ask for them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

INTRODUCTION = (
    "Let us find out how well we hear each other.",
    "Lie down where you do your exercises. The screen shows what to say.",
)
KEEP_STILL = "Keep still for a moment, while I listen to the room."
STORY = (
    "Thank you. Now I talk for a little, and listen to myself.",
    "On a hill by the sea an old house has a garden with a high wall, where pears and apples grow.",
    "In the morning the gardener opens the gate, looks at the sky, and fills a can with water.",
    "In the evening the birds come back from the river, and sit among the leaves.",
)
SPEAK_FIRST = "Speak the short word now, as you would from the floor."
SPEAK_SECOND = "Thank you. Now speak the longer words."
SPEAK_OVER_ME = "Thank you. Now speak the short word again, while I am talking."
ONCE_MORE = "And another time, please."
ONCE_MORE_OVER_ME = "And another time, please, while I am talking."
LONG_STORY = (
    "Along the river there is a path, and beside the path a row of tall trees, with a bench under each of them.",
    "From there you see the boats, the bridge, and the hills on the other side, blue at dawn, and green at noon.",
)
FAREWELLS = {
    "well": "You come through clearly. The screen tells more.",
    "but": "You come through, though not as clearly as you could. The screen tells more.",
    "unreliably": "You do not come through clearly yet. The screen tells more.",
}
FIRST, SECOND = "stop", "severe pain"
"""What the person is asked to say; shown, and never said."""


def every_line() -> Iterator[str]:
    """Every line that the check says aloud."""
    yield from (*INTRODUCTION, KEEP_STILL, *STORY, SPEAK_FIRST, SPEAK_SECOND, SPEAK_OVER_ME)
    yield from (ONCE_MORE, ONCE_MORE_OVER_ME, *LONG_STORY, *FAREWELLS.values())


class Attempt(BaseModel):
    """One time that the person was asked to say something."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    asked: str
    over: bool = False
    """Whether the coach was talking meanwhile."""
    heard: bool
    """Whether it would have ended a session, without a doubt."""
    noticed: bool = False
    """Whether the coach fell silent because somebody sounded over it."""
    heard_as: str | None = None
    """The words that were heard; not kept."""
    level_dbfs: float | None = None
    """How loud the person was; None where nobody was."""
    above_noise_db: float | None = None
    """How far above everything else that was left to hear."""
    latency_s: float | None = None
    """From the end of the words to their being understood."""


class SoundCheck(BaseModel):
    """The figures of one check; None where something could not be measured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    at: AwareDatetime
    microphone: str | None = None
    loudspeaker: str | None = None
    noise_dbfs: float | None = None
    """Of the room, while nobody speaks."""
    voice_dbfs: float | None = None
    """Of the person, at the microphone."""
    echo_dbfs: float | None = None
    """Of the coach's own voice at the microphone; None where it isn't heard there, as with headphones."""
    echo_loss_db: float | None = None
    """How much of that is taken out."""
    delay_s: float | None = None
    """By how much the coach's voice is heard later than the devices tell."""
    echo_clipped: float | None = None
    voice_clipped: float | None = None
    """The share of samples, 0 to 1, that were as loud as can be: from the coach, and from the person."""
    own_sounds: int = 0
    """How often the coach took its own voice for a sound from somebody else."""
    own_reports: int = 0
    """How often the coach's own voice was taken for a report by the person."""
    attempts: tuple[Attempt, ...] = ()

    @property
    def said(self) -> int:
        """How often the person was asked to say something."""
        return len(self.attempts)

    @property
    def heard(self) -> int:
        """How often it was understood."""
        return sum(attempt.heard for attempt in self.attempts)


def check_of(at: datetime, **figures: object) -> SoundCheck:
    """The figures of a check that was made at ``at``."""
    return SoundCheck.model_validate({"at": at, **figures})


class Verdict(StrEnum):
    """How well the person is heard."""

    WELL = "well"
    BUT = "but"
    UNRELIABLY = "unreliably"


@dataclass(frozen=True, slots=True)
class Remark:
    """What one figure comes to."""

    text: str
    """A part of a sentence, such as "the room is quiet"."""
    remedy: str | None = None
    """What to change, a whole sentence; None where it is as it should be."""
    grave: bool = False
    """Whether the person can't be relied on to be heard."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the figures come to."""

    verdict: Verdict
    remarks: tuple[Remark, ...]
    """The gravest first."""

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        if self.verdict is Verdict.WELL:
            return "I can hear you well."
        head = "I can't hear you reliably: " if self.verdict is Verdict.UNRELIABLY else "I can hear you, but "
        return f"{head}{self.remarks[0].text}."

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything that is to be said about it, a line each, the verdict last."""
        told = (f"{_capital(remark.text)}. {remark.remedy or ''}".strip() for remark in reversed(self.remarks))
        return (*told, self.sentence)


def judge(check: SoundCheck) -> Judgement:
    """What any figures come to; what is no number counts as not measured."""
    remarks = [remark for look in _LOOKS for remark in look(check)]
    remarks.sort(key=lambda remark: (not remark.grave, remark.remedy is None))
    worst = remarks[0]
    verdict = Verdict.UNRELIABLY if worst.grave else Verdict.BUT if worst.remedy else Verdict.WELL
    return Judgement(verdict, tuple(remarks))


# --- one figure after another ---

SILENT_DBFS = -110.0
LOUD_ROOM_DBFS = -38.0
FAINT_DBFS = -52.0
LITTLE_DB, ENOUGH_DB = 6.0, 12.0
"""A voice above the noise: below the first it drowns, below the second it is a near thing."""
LOUD_ECHO_DB = 14.0
"""The coach so much louder than the person at the microphone."""
CLIPPED = 0.002
OWN_SOUNDS = 1
"""With more, being noticed is no sign of being heard: the coach falls silent for itself."""
LATE_S = 0.45
SLOW_S = 2.0

_CHOOSE = 'choose another microphone (the line "microphone" in the settings)'
_LOWER = 'lower my volume (the line "volume" in the settings)'


def _words(check: SoundCheck) -> Iterator[Remark]:
    """Was it understood? That is what it is all about."""
    for asked, over in dict.fromkeys((attempt.asked, attempt.over) for attempt in check.attempts):
        tries = [attempt for attempt in check.attempts if (attempt.asked, attempt.over) == (asked, over)]
        said = f'"{asked}" while I was talking' if over else f'"{asked}"'
        if tries[0].heard:
            yield Remark(f"I understood {said}")
        elif any(attempt.heard for attempt in tries):
            yield Remark(f"I understood {said} only the second time", _nearer(over))
        elif not over and all(_number(attempt.level_dbfs) is None for attempt in tries):
            yield Remark(f"I heard nobody say {said}", f"Move the microphone nearer to you, or {_CHOOSE}.", True)
        elif any(attempt.noticed for attempt in tries) and check.own_sounds <= OWN_SOUNDS:
            yield Remark("while I am talking I notice your voice without understanding it", _nearer(over))
        else:
            yield Remark(f"I did not understand {said}", _nearer(over), True)
    if not check.attempts:
        yield Remark("nothing was asked of you", "Make the sound check again, to its end.", True)


def _nearer(over: bool) -> str:
    if over:
        return f"Use headphones, {_LOWER}, or move the microphone nearer to you and away from the loudspeaker."
    return "Move the microphone nearer to you, and speak as clearly as you can."


def _noise(check: SoundCheck) -> Iterator[Remark]:
    noise = _number(check.noise_dbfs)
    if noise is None or noise <= SILENT_DBFS:
        remedy = f"It may be switched off, or not allowed in the system's settings; or {_CHOOSE}."
        yield Remark("the microphone gives no sound at all", remedy, True)
    elif noise > LOUD_ROOM_DBFS:
        yield Remark("your room is loud", "Close the window, or switch off the radio or whatever else sounds.")
    else:
        yield Remark("the room is quiet enough")


def _voice(check: SoundCheck) -> Iterator[Remark]:
    voice, noise = _number(check.voice_dbfs), _number(check.noise_dbfs)
    if voice is None:
        return
    above = voice - noise if noise is not None else ENOUGH_DB
    quieter = "close the window, or switch off the radio or whatever else sounds."
    if above < LITTLE_DB:
        yield Remark("the room all but drowns your voice", f"Move the microphone nearer to you; {quieter}", True)
    elif above < ENOUGH_DB:
        yield Remark("your voice is not far above the room", f"Move the microphone nearer to you; or {quieter}")
    elif voice < FAINT_DBFS:
        yield Remark(
            "your voice is faint", "Turn the microphone up in the system's settings, or move it nearer to you."
        )
    else:
        yield Remark("your voice is loud enough")


def _overload(check: SoundCheck) -> Iterator[Remark]:
    if (_number(check.voice_clipped) or 0.0) > CLIPPED:
        remedy = "Turn the microphone down in the system's settings, or move it a little away."
        yield Remark("your voice is too loud for the microphone", remedy)
    if (_number(check.echo_clipped) or 0.0) > CLIPPED:
        remedy = f"Move it away from the loudspeaker, {_LOWER}, or turn the microphone down in the system's settings."
        yield Remark("my voice is too loud for the microphone", _capital(remedy))


def _echo(check: SoundCheck) -> Iterator[Remark]:
    echo, voice, loss = _number(check.echo_dbfs), _number(check.voice_dbfs), _number(check.echo_loss_db)
    apart = f"Move the microphone away from the loudspeaker and nearer to you, {_LOWER}, or use headphones."
    if echo is None:
        silent = 'turn the loudspeaker up, or choose another (the line "loudspeaker" in the settings)'
        yield Remark(f"the microphone does not hear me, which is right for headphones; if you did not either, {silent}")
    elif voice is not None and voice - (echo - (loss or 0.0)) < LITTLE_DB:
        yield Remark("too much of my own voice is left beside yours", apart)
    elif voice is not None and echo - voice > LOUD_ECHO_DB:
        yield Remark("my own voice is much louder at the microphone than yours", apart)
    elif check.own_reports <= 0 and check.own_sounds <= OWN_SOUNDS:
        yield Remark("my own voice is not in the way")
    if check.own_reports > 0:
        yield Remark("I took my own words for yours", apart, check.own_reports > 1)
    elif check.own_sounds > OWN_SOUNDS:
        yield Remark("I took the sound of my own voice for yours", apart)


def _times(check: SoundCheck) -> Iterator[Remark]:
    delay = _number(check.delay_s)
    if delay is not None and delay > LATE_S:
        yield Remark("my voice comes out late, as with some wireless loudspeakers", "Use one with a wire, if you can.")
    took = [s for attempt in check.attempts if (s := _number(attempt.latency_s)) is not None]
    if took and max(took) > SLOW_S:
        yield Remark("it takes me long to understand you", "End other programs on this computer.")
    elif took:
        yield Remark("I understand you quickly")


_LOOKS: tuple[Callable[[SoundCheck], Iterator[Remark]], ...] = (_words, _noise, _voice, _overload, _echo, _times)


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
