"""A whole session as one sound file: for a phone beside the mat, or to hear what was built."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from coach import chimes, library, prompts
from coach import settings as settings_file
from coach.clips import Clips
from coach.events import Chime, Say
from coach.plan import compile_plan
from coach.renderer import Pyttsx3Renderer
from coach.session import Session
from coach.simulate import Moment, simulate
from coach.soundtrack import write

RATE_HZ = 22050


def render(routine: str, path: Path, voice: str | None = None, rate_wpm: int | None = None) -> float:
    """Write the session of a routine to ``path`` and return its length in seconds. Raises CoachError."""
    settings = settings_file.load()
    rate = rate_wpm or settings.rate_wpm
    plan = compile_plan(library.load(routine))
    renderer = Pyttsx3Renderer(voice or settings.voice)
    clips = Clips(renderer)
    try:
        def length_s(text: str) -> float:
            return clips.get(text, rate).length_s

        session = Session(plan, length_s, opening=(prompts.RECORDED,))
        moments: list[Moment] = []
        chapters: list[tuple[float, str]] = [(0.0, plan.title)]
        for moment in simulate(session, lengths=length_s):
            if isinstance(moment.what, Say | Chime):
                moments.append(moment)
            name = session.exercise_name
            if name and name != chapters[-1][1]:
                chapters.append((moment.at_s, name))
            end_s = moment.at_s

        def sounds() -> Iterator[tuple[float, object]]:
            for moment in moments:
                clip = clips.get(moment.what.text, rate) if isinstance(moment.what, Say) else chimes.chime(moment.what.name)  # type: ignore[union-attr]
                yield moment.at_s, clip

        write(path, sounds(), RATE_HZ, chapters, plan.title)
    finally:
        clips.close()
        renderer.close()
    return end_s
