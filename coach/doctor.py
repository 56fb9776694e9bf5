"""Is everything there that a session needs? What is not, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coach import settings as settings_file
from coach import system
from coach.errors import CoachError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    fine: bool
    text: str
    """What was found, and what to do where it is not fine."""
    missing: bool = False
    """Whether what is not fine is not there at all."""

    @property
    def state(self) -> str:
        """One word for it."""
        return "fine" if self.fine else "MISSING" if self.missing else "PROBLEM"


def examine(model: Path | None = None) -> Iterator[Finding]:
    """Look at settings, voice, loudspeaker, microphone, speech model and journal, one after another.

    ``model`` is a folder named in the place of the model that the coach would hear with.
    """
    try:
        settings = settings_file.load()
        yield Finding("settings", True, str(settings_file.settings_file()))
    except CoachError as error:
        settings = settings_file.Settings()
        yield Finding("settings", False, str(error))
    yield _voice(settings)
    yield from _devices(settings)
    yield _model(model, settings)
    yield _journal()


def _voice(settings: settings_file.Settings) -> Finding:
    """Render one sentence, for real."""
    from coach.clips import Clips
    from coach.renderer import Pyttsx3Renderer

    try:
        renderer = Pyttsx3Renderer(settings.voice)
        clips = Clips(renderer)
        try:
            clips.get("This is how I sound.", settings.rate_wpm)
            names = ", ".join(renderer.english_voices())
        finally:
            clips.close()
            renderer.close()
    except CoachError as error:
        lack = system.advice(system.lacks())
        return Finding("voice", False, lack or str(error), missing=lack is not None)
    which = f'the one called "{settings.voice}"' if settings.voice else "the usual one"
    return Finding("voice", True, f"{which} speaks; English voices to choose from: {names or 'none'}")


def _devices(settings: settings_file.Settings) -> Iterator[Finding]:
    from coach import portaudio

    try:
        sounddevice = portaudio.load()
        devices = list(sounddevice.query_devices())
    except CoachError as error:
        advice = system.advice(system.lacks()) or str(error)
        yield Finding("loudspeaker", False, advice, missing=True)
        yield Finding("microphone", False, advice, missing=True)
        return
    for what, key, wanted in (
        ("loudspeaker", "max_output_channels", settings.loudspeaker),
        ("microphone", "max_input_channels", settings.microphone),
    ):
        names = [device["name"] for device in devices if device[key]]
        if wanted and not any(wanted.lower() in name.lower() for name in names):
            there = ", ".join(names) or "none"
            text = f'none is called "{wanted}"; there are: {there}. Change it in the settings.'
            yield Finding(what, False, text, missing=not names)
        elif not names:
            yield Finding(what, False, "none was found; plug one in, then try again.", missing=True)
        else:
            yield Finding(what, True, wanted or names[0])


def _model(named: Path | None, settings: settings_file.Settings) -> Finding:
    """Load the model, for real."""
    from coach.models import NoModelError, choose
    from coach.recogniser import VoskRecogniser

    try:
        ear = choose(named, settings.model)
        VoskRecogniser(ear.folder)
    except NoModelError as error:
        return Finding("speech model", False, str(error), missing=True)
    except CoachError as error:
        return Finding("speech model", False, str(error))
    if ear.complaint:
        return Finding("speech model", False, ear.complaint)
    return Finding("speech model", True, f"{ear.why.value}: {ear}; it needs no internet")


def _journal() -> Finding:
    from coach.journal import Journal

    try:
        with Journal.open() as journal:
            return Finding("journal", True, str(journal.path))
    except CoachError as error:
        return Finding("journal", False, str(error))
