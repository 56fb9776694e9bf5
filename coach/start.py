"""Starting a session: settings, routine, journal, voice, ears and keyboard put together, and what is lacking said."""

from __future__ import annotations

import contextlib
import queue
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from coach import cues, folders, library, prompts, safety, system
from coach import settings as settings_file
from coach.chimes import OPENING
from coach.errors import CoachError
from coach.events import EarsLost, Event, Heard
from coach.journal import Journal
from coach.keyboard import Keys, Typed, is_terminal
from coach.lock import only_coach
from coach.models import find_model
from coach.naming import command
from coach.past import KINDS, Past, remember
from coach.past_sound import PastSound, heed
from coach.plan import Plan, compile_plan
from coach.policy import Policy
from coach.reference import Reference
from coach.runner import Observer, Runner
from coach.session import Session
from coach.settings import Settings
from coach.voice import CaptionVoice, Voice, open_voice

Inbox = queue.SimpleQueue[Event]

OFFER_S = 15
READY_S = 3.0
"""How long the first word waits for the ears."""

TYPING = "Type what you would say, and press Enter."
KEYS_HELP = (
    "Keys: space ends · p waits · c carries on · r repeats · k leaves out · b goes back · < slower · > faster · "
    "+ louder · - quieter · t time left · ? help · y yes · n no · 0 to 10 a number"
)


@dataclass(slots=True)
class Rig:
    """The devices of one session."""

    voice: Voice
    deaf: str | None = None
    """Why nothing can be heard from the start, if nothing can."""
    lacking: list[str] = field(default_factory=list)
    """What is missing, one sentence each."""
    notes: list[str] = field(default_factory=list)
    """What is good to know, shown once."""
    sources: list[Any] = field(default_factory=list)
    """What words come from: each has ``start`` and ``close``."""
    readies: list[threading.Event] = field(default_factory=list)
    """What to wait for before the first word."""
    observers: list[Observer] = field(default_factory=list)
    """What follows the session, besides the captions."""
    sound: PastSound = field(default_factory=PastSound)
    """What the last sound check means for it."""


def run(routine: str | None, text: bool, options: Mapping[str, Any]) -> str:
    """Run a session and return its outcome. Raises CoachError where it can't begin."""
    settings = _overridden(settings_file.load(), options)
    model = find_model(options.get("model"), settings.model)
    plan = compile_plan(library.load(routine or settings.routine))
    with only_coach(), _ending_politely():
        if model is None and not text:
            model = _offered_model()
        inbox: Inbox = queue.SimpleQueue()
        rig = _silent(inbox, settings) if text else _sounding(inbox, settings, model, plan)
        try:
            return _run(rig, inbox, plan, settings, text)
        finally:
            for part in [*rig.sources, rig.voice]:
                part.close()


def _overridden(settings: Settings, options: Mapping[str, Any]) -> Settings:
    """The settings with what the command line says instead."""
    given = {key: value for key, value in options.items() if value is not None and key != "model"}
    country = given.get("country")
    if country is not None and country.lower() not in safety.COUNTRIES:
        known = ", ".join(safety.COUNTRIES)
        raise CoachError(f'The country "{country}" is not one the coach knows; there are {known}.')
    return settings.model_copy(update=given | ({"country": country.lower()} if country else {}))


def _run(rig: Rig, inbox: Inbox, plan: Plan, settings: Settings, text: bool) -> str:
    from coach.captions import Captions

    captions = Captions()
    journal, opening, past = _journal(plan, rig.lacking)
    for sentence in (*rig.lacking, *rig.notes):
        captions.note(sentence)
    session = made(rig, plan, settings, opening, past, text)
    runner = Runner(session, inbox, rig.voice, journal, [captions, *rig.observers])
    with contextlib.ExitStack() as stack:
        if journal:
            stack.callback(journal.close)
        for source in rig.sources:
            source.start()
        if not text:
            # The breath is for the ears; a stream that has just been opened takes a moment to run evenly.
            for ready in rig.readies:
                ready.wait(READY_S)
            rig.voice.chime(OPENING)
        outcome = runner.run()
        if journal:
            with contextlib.suppress(CoachError):
                journal.finish(outcome)
    if runner.journal_error:
        captions.note(str(runner.journal_error))
    if outcome == "unheard" and not (text or rig.deaf):
        captions.note(f"To find out how you are heard, and what to change: {command('doctor')}")
    _remember(runner, text)
    return outcome


def made(rig: Rig, plan: Plan, settings: Settings, opening: list[str], past: Past, text: bool) -> Session:
    """The session on these devices. Typed words are always heard; whether spoken ones are is to be found out."""
    policy = Policy(rate_wpm=settings.rate_wpm, volume=settings.volume, country=settings.country)
    if rig.sound.interruptions is not None:
        policy = replace(policy, interruptions=rig.sound.interruptions)
    opening = opening if rig.deaf else [prompts.LISTENING, *rig.sound.opening, *opening]
    return Session(plan, rig.voice.length_s, policy, opening, rig.deaf, past, checks_ears=not text)


def _journal(plan: Plan, lacking: list[str]) -> tuple[Journal | None, list[str], Past]:
    """The journal with this session begun, if one can be kept; what is to be said of the last session; and the past."""
    past, opening = Past(), []
    try:
        journal = Journal.open()
        if journal.moved:
            lacking.append(f"The journal was damaged; it was put aside as {journal.moved}, and a new one was begun.")
        past = remember(journal.happened(KINDS), datetime.now().astimezone())
        unfinished = journal.unfinished()
        opening = [prompts.unfinished(unfinished.last_exercise)] if unfinished else []
        journal.begin(plan.name)
    except CoachError as error:
        lacking.append(str(error))
        return None, opening, past
    return journal, opening, past


def _remember(runner: Runner, text: bool) -> None:
    """Keep a voice that was asked for during the session."""
    if runner.adjusted and not text:
        with contextlib.suppress(CoachError):
            settings_file.save("rate_wpm", runner.adjusted.rate_wpm)
            settings_file.save("volume", runner.adjusted.volume)


def _silent(inbox: Inbox, settings: Settings) -> Rig:
    return Rig(CaptionVoice(inbox, settings.rate_wpm), sources=[Typed(inbox)], notes=[TYPING])


def _sounding(inbox: Inbox, settings: Settings, model: Path | None, plan: Plan) -> Rig:
    """Sound out and sound in, as far as they work, and the keyboard."""
    reference = Reference()
    voice, no_voice = open_voice(
        inbox,
        rate_wpm=settings.rate_wpm,
        volume=settings.volume,
        voice=settings.voice,
        loudspeaker=settings.loudspeaker,
        reference=reference,
    )
    rig = Rig(voice)
    lacks = system.advice(system.lacks())
    rig.lacking += [sentence for sentence in (lacks, None if lacks else no_voice) if sentence]
    rig.deaf = _why_deaf(model)
    if rig.deaf:
        rig.lacking.append(f"I can't hear you: {rig.deaf}.")
    if model:
        from coach.ears import open_ears

        ears = open_ears(inbox, model, settings.microphone, reference)
        rig.sources.append(ears)
        rig.observers.append(ears.observe)
        rig.readies.append(ears.ready)
    if not rig.deaf:
        rig.sound = past_sound(settings)
    keyboard = _keyboard(inbox, deaf=rig.deaf is not None)
    rig.sources.append(keyboard)
    rig.notes += [KEYS_HELP if isinstance(keyboard, Keys) else TYPING, *filter(None, [rig.sound.note])]
    try:
        voice.prepare(everything_said(plan), _progress)
    except CoachError as error:
        rig.lacking.append(str(error))
    return rig


def past_sound(settings: Settings) -> PastSound:
    """What the last sound check means with the devices of this session."""
    from coach.sound_check_file import device_name, last_check

    microphone = device_name(settings.microphone, "input")
    loudspeaker = device_name(settings.loudspeaker, "output")
    return heed(last_check(), datetime.now().astimezone(), microphone, loudspeaker, command("doctor"))


def everything_said(plan: Plan) -> Iterator[str]:
    """Every line of a session that is known beforehand: safety advice first, for it must never wait."""
    yield from safety.all_lines()
    yield from prompts.every_line()
    yield from cues.every_cue()
    yield from plan.lines()


def _why_deaf(model: Path | None) -> str | None:
    from coach import portaudio

    if model is None:
        return f"there is no speech model here; `{command('setup --public-model')}` fetches one"
    try:
        sounddevice = portaudio.load()
        if not any(device["max_input_channels"] for device in sounddevice.query_devices()):
            return "no microphone was found; plug one in"
    except CoachError:
        return "the sound library is missing"
    except Exception:  # noqa: BLE001 - PortAudio raises what it likes; the ears find out what is wrong
        return "the microphone can't be used"
    return None


def _offered_model() -> Path | None:
    """On the first start without a speech model, the offer to fetch one; nobody who leaves it is held up."""
    from coach.fetch import SMALL_ENGLISH, fetch_model

    answers: Inbox = queue.SimpleQueue()
    keys = Keys(answers)
    with contextlib.suppress(CoachError, OSError, queue.Empty):
        offered = folders.data_dir() / "speech-model-offered"
        if offered.exists() or not keys.start():
            return None
        offered.touch()
        size = SMALL_ENGLISH.size // 1_000_000
        print(f"To hear you, the coach needs a speech model: {size} MB, fetched once.")
        print(f"Press y to fetch it now. Any other key, or {OFFER_S} seconds, starts without it.")
        try:
            wanted = answers.get(timeout=OFFER_S) == Heard("yes", typed=True)
        finally:
            keys.close()
        if wanted:
            try:
                return fetch_model()
            except CoachError as error:
                print(error)
    return None


def _keyboard(inbox: Inbox, deaf: bool) -> Any:
    """Single keys at a terminal; elsewhere lines, whose end only matters where nothing else can be heard."""
    return Keys(inbox) if is_terminal() else Typed(inbox if deaf else _Endless(inbox))


@dataclass(frozen=True, slots=True)
class _Endless:
    """An inbox that doesn't mind when the typed words end, because there are ears."""

    inbox: Inbox

    def put(self, event: Event, /) -> None:
        if not isinstance(event, EarsLost):
            self.inbox.put(event)


def _progress(done: int, total: int) -> None:
    """One line on the terminal while prompts are rendered for the first time."""
    if sys.stderr.isatty() and (done == total or done % 5 == 0):
        end = "\r\x1b[K" if done == total else ""
        print(f"\rGetting the voice ready: {done} of {total}{end}", end="", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _ending_politely() -> Iterator[None]:
    """Asked by the system to end, close the devices and the journal first."""

    def end(number: int, _: object) -> None:
        sys.exit(128 + number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = [(number, signal.signal(number, end)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
