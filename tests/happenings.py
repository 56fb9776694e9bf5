"""What may happen to a session at any time: the random ones are made of these, and every state is given each."""

from __future__ import annotations

from coach.events import EarsBack, EarsLost, Event, Heard, Outcry, Sounded, VoiceBack, VoiceLost

WORDS = (
    "stop", "severe pain", "it hurts", "a bit painful", "no pain", "seven", "two", "five", "pause", "carry on",
    "say that again", "skip this one", "go back", "slower", "faster", "louder", "quieter", "how long left", "help",
    "yes", "no", "finished", "i don't know", "chest pain", "i can't feel my foot", "i've got a fever",
    "and now the weather", "", "[unk]",
)  # fmt: skip
HAPPENINGS: tuple[Event, ...] = (
    *(Heard(words, final) for words in WORDS for final in (True, False)),
    *(Heard(words, sure=False) for words in WORDS if words),
    *(Heard(words, typed=True) for words in WORDS if words),
    Sounded(),
    Outcry(),
    EarsLost("unplugged"),
    EarsLost("typed words ended", for_good=True),
    EarsBack(),
    VoiceLost("unplugged"),
    VoiceBack(),
)
