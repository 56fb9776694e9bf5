"""What goes into a session (events, past participles) and what comes out of it (commands, imperatives).

Everything here is plain data: frozen, slotted, without behaviour. Durations end in ``_s`` (seconds).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# --- events: what happened -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tick:
    """The session's deadline has come."""


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """The utterance with this id is out of the loudspeaker, or was cut off."""

    utterance: int


@dataclass(frozen=True, slots=True)
class Heard:
    """Words came in, by voice or by keyboard."""

    words: str
    """Lower-case words as the recogniser wrote them, or as they were typed."""
    final: bool = True
    """False for a partial, which the recogniser may still revise."""
    typed: bool = False
    """True for words from the keyboard, which can be no echo of the coach's own voice."""
    sure: bool = True
    """False where the recogniser doubts words that would lead to something: a report is then asked about."""


@dataclass(frozen=True, slots=True)
class Sounded:
    """Somebody, or something, began to sound over the coach's own voice, or still does after it has fallen silent."""


@dataclass(frozen=True, slots=True)
class Outcry:
    """A loud cry, or a thud as of a fall, and no words with it."""


@dataclass(frozen=True, slots=True)
class EarsLost:
    """The coach can't hear any more (or could not from the start)."""

    why: str
    """One plain sentence part, such as "no microphone was found"."""
    for_good: bool = False
    """True where waiting is no use: typed words have come to their end."""


@dataclass(frozen=True, slots=True)
class EarsBack:
    """The coach can hear again."""


@dataclass(frozen=True, slots=True)
class VoiceLost:
    """The loudspeaker is gone; captions go on and still end in SpeechEnded."""

    why: str


@dataclass(frozen=True, slots=True)
class VoiceBack:
    """The loudspeaker works again."""


Event = Tick | SpeechEnded | Heard | Sounded | Outcry | EarsLost | EarsBack | VoiceLost | VoiceBack

# --- commands: what to do --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """Speak one utterance; answered by SpeechEnded with the same id, also when it was cut off by Hush."""

    utterance: int
    text: str
    protected: bool = False
    """Safety advice: nothing may replace it."""


@dataclass(frozen=True, slots=True)
class Hush:
    """Silence at once: whatever is being said or waits to be said."""


@dataclass(frozen=True, slots=True)
class Chime:
    """A short tone: "begin" and "end" of a hold or a set."""

    name: str


@dataclass(frozen=True, slots=True)
class Begin:
    """A timed part begins, or goes on: for whoever shows it."""

    kind: str
    """"ready", "hold", "count", "move", "rest" or "change"."""
    seconds: float
    """What is left of it."""
    exercise: str | None = None
    side: str | None = None
    set: int | None = None
    rep: int | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """What was made of what somebody said, without the coach's own words: for whoever shows it."""

    words: str
    action: str
    score: int | None = None
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Listen:
    """What to expect from now on: answers to a kind of question, or anything."""

    context: str | None
    """As in `intents.Context`; None where no question is open."""


@dataclass(frozen=True, slots=True)
class Adjust:
    """Change the voice from the next utterance on."""

    rate_wpm: int
    """Words a minute."""
    volume: float
    """0.0 to 1.0."""


@dataclass(frozen=True, slots=True)
class Record:
    """Write one fact to the journal, now."""

    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Close:
    """The session is over."""

    outcome: str


Command = Say | Hush | Chime | Begin | Understood | Listen | Adjust | Record | Close
