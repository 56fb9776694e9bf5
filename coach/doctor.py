"""Is everything there that a session needs? What is not, and what to do about it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from coach import settings as settings_file
from coach import system
from coach.errors import CoachError

if TYPE_CHECKING:
    from coach.sound_check import SoundCheck


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


# --- the sound check ---

NEEDED = ("voice", "loudspeaker", "microphone", "speech model")

WHAT_COMES = """\
The sound check takes a little over a minute. Lie down where you do your exercises: from there you will be asked to say
"stop", then "severe pain", and then "stop" once more while the coach is talking. Control-C ends it.
"""


def why_no_sound_check(findings: Sequence[Finding], screen: TextIO) -> str | None:
    """What keeps the coach from listening and talking, the end of a sentence; None where nothing does.

    ``screen`` is where the person reads what to say.
    """
    lacking = [finding.what for finding in findings if finding.what in NEEDED and not _usable(finding)]
    if lacking:
        return f"it needs what is missing above ({', '.join(lacking)})"
    if not (sys.stdin.isatty() and screen.isatty()):
        return "it needs somebody at a terminal"
    return None


def _usable(finding: Finding) -> bool:
    """A model that the settings name and is gone is a problem, but the coach's own hears in its place."""
    return finding.fine or (finding.what == "speech model" and not finding.missing)


def check_sound(model: Path | None, show: Callable[[str], None]) -> SoundCheck:
    """Listen and talk, and keep the figures for the sessions to come. Raises CoachError where it breaks off."""
    from coach.models import choose
    from coach.sound_check_file import keep
    from coach.sound_check_run import check_sound as check

    settings = _settings()
    found = check(choose(model, settings.model).folder, settings, show)
    try:
        keep(found)
    except CoachError as error:
        show(str(error))
    return found


def _settings() -> settings_file.Settings:
    try:
        return settings_file.load()
    except CoachError:
        return settings_file.Settings()


def shown(check: SoundCheck) -> Iterator[str]:
    """The figures, a line each, for whoever asks."""
    for what, value, unit in (
        ("noise of the room", check.noise_dbfs, "dB"),
        ("your voice", check.voice_dbfs, "dB"),
        ("my voice at the microphone", check.echo_dbfs, "dB"),
        ("of that taken out", check.echo_loss_db, "dB"),
        ("late by", check.delay_s, "s"),
    ):
        yield f"{what}: " + ("not measured" if value is None else f"{value:.{1 if unit == 'dB' else 2}f} {unit}")
    for attempt in check.attempts:
        over = " over my voice" if attempt.over else ""
        heard = f'heard as "{attempt.heard_as}"' if attempt.heard_as else "nothing heard"
        level = f", {attempt.above_noise_db:.1f} dB above the rest" if attempt.above_noise_db is not None else ""
        after = f", after {attempt.latency_s:.2f} s" if attempt.latency_s is not None else ""
        yield f'"{attempt.asked}"{over}: {heard}{level}{after}'
