"""A whole session as one sound file: for a phone beside the mat, or to hear what was built."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from coach import chimes, library, prompts
from coach import settings as settings_file
from coach.clips import Clip, Clips
from coach.events import Chime, Say
from coach.plan import Lengths, Plan, compile_plan
from coach.renderer import Pyttsx3Renderer
from coach.session import Session
from coach.simulate import simulate
from coach.soundtrack import write

RATE_HZ = 22050

Sounds = list[tuple[float, Say | Chime]]
Chapters = list[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A session that was written to a file."""

    path: Path
    length_s: float
    replaced: bool
    """Whether a file was there before."""


def render(routine: str, path: Path | None, voice: str | None = None, rate_wpm: int | None = None) -> Rendered:
    """Write the session of a routine to ``path``, or to an MP3 of its name in this folder. Raises CoachError."""
    settings = settings_file.load()
    rate = rate_wpm or settings.rate_wpm
    plan = compile_plan(library.load(routine))
    path = path if path is not None else Path(f"{plan.name}.mp3")
    replaced = path.exists()
    with closing(Pyttsx3Renderer(voice or settings.voice)) as renderer, closing(Clips(renderer)) as clips:

        def clip(sound: Say | Chime) -> Clip:
            return clips.get(sound.text, rate) if isinstance(sound, Say) else chimes.chime(sound.name)

        def length_s(text: str) -> float:
            return clips.get(text, rate).length_s

        sounds, chapters = _laid_out(plan, length_s)
        pieces = ((at_s, clip(sound)) for at_s, sound in sounds)
        return Rendered(path, write(path, pieces, RATE_HZ, chapters, plan.title), replaced)


def length(length_s: float) -> str:
    """For example "6 min 5 s"; hours where there are any."""
    minutes, seconds = divmod(round(length_s), 60)
    hours, minutes = divmod(minutes, 60)
    return (f"{hours} h " if hours else "") + f"{minutes} min {seconds} s"


def _laid_out(plan: Plan, length_s: Lengths) -> tuple[Sounds, Chapters]:
    """Every sound with its time, and a chapter for each exercise. Nothing overlaps: a chime is waited for."""
    session = Session(plan, length_s, opening=(prompts.RECORDED,))
    sounds: Sounds = []
    chapters: Chapters = [(0.0, plan.title)]
    for moment in simulate(session, lengths=length_s):
        if isinstance(moment.what, Say | Chime):
            sounds.append((moment.at_s, moment.what))
        name = session.exercise_name
        if name and name != chapters[-1][1]:
            chapters.append((moment.at_s, name))
    return sounds, chapters
