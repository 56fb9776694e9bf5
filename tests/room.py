"""The simulated room for tests: the coach with its real player, microphone and ears, and a person, on virtual time.

    room = Room(echo_db=10, seed=1)
    room.person("stop", at_s=3.0)
    room.run(10.0)
    assert room.silent_from(3.0) < 3.5

The coach's voice is a tone and the recogniser hears nothing, unless real ones are asked for. See
``bench.simulated_room`` for what there is to set: ``acoustics`` takes any of ``Acoustics``, ``faults`` any ``Fault``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from bench.acoustics import RATE_HZ, Loudspeaker, Sound
from bench.simulated_devices import DeviceFacts, Fault
from bench.simulated_room import Acoustics, SimulatedRoom
from bench.simulated_session import CoachInRoom, talk
from coach.clips import Clips
from coach.events import Command, Event, Heard, Record
from coach.intents import Context
from coach.plan import Plan
from coach.policy import Policy
from coach.recogniser import Recogniser, VoskRecogniser
from coach.renderer import Pyttsx3Renderer
from coach.runner import Keeper
from tests.fake_sound import FakeRenderer
from tests.speech import spoken

LINES = (
    "Bring one knee up towards your chest, and hold it with both hands.",
    "Keep your breath slow and easy, and let your shoulders sink down into the mat.",
    "Let go slowly, and bring the foot back to the floor beside the other one.",
)
BARE = np.ones(1, np.float32)
"""The response of no room at all."""
QUIET = 0.003


class DeafRecogniser:
    """Takes sound and hears no words in it; ``fed`` counts the bytes."""

    def __init__(self) -> None:
        self.fed = 0

    def feed(self, pcm16: bytes) -> list[Heard]:
        """See Recogniser."""
        self.fed += len(pcm16)
        return []

    def flush(self) -> list[Heard]:
        """See Recogniser."""
        return []

    def reset(self) -> None:
        """See Recogniser."""

    def expect(self, context: Context | None) -> None:
        """See Recogniser."""

    def start_over(self, pcm16: bytes) -> None:
        """See Recogniser."""


class Room:
    """A room with the coach in it; a context, or to be closed."""

    def __init__(
        self,
        echo_db: float | None = 10.0,
        seed: int = 0,
        *,
        plan: Plan | None = None,
        lines: Iterable[str] = 4 * LINES,
        model: Path | None = None,
        recogniser: Recogniser | None = None,
        real_voice: bool = False,
        faults: Sequence[Fault] = (),
        loudspeaker: DeviceFacts | None = None,
        microphone: DeviceFacts | None = None,
        policy: Policy | None = None,
        journal: Keeper | None = None,
        opens: bool = False,
        keep: bool = True,
        cancels: bool = True,
        **acoustics: Any,
    ) -> None:
        """The coach follows ``plan``, or says ``lines``. With ``model``, Vosk listens; else ``recogniser``.

        Without ``keep`` nothing that sounds is kept: for long sessions. Without ``cancels`` the coach's own voice is
        left in what it hears, which is quicker. With ``opens`` it begins as a real session, with a breath.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="room-")
        self._renderer = Pyttsx3Renderer() if real_voice else FakeRenderer()
        clips = Clips(self._renderer, Path(self._folder.name))
        self.simulated = SimulatedRoom(
            Acoustics(echo_db=echo_db, **acoustics),
            loudspeaker=loudspeaker,
            microphone=microphone,
            faults=faults,
            seed=seed,
            keep=keep,
        )
        self.recogniser = recogniser or DeafRecogniser()

        def load() -> Recogniser:
            return VoskRecogniser(model) if model else self.recogniser

        settings: dict[str, Any] = {"policy": policy, "journal": journal, "cancels": cancels, "opens": opens}
        self.coach = CoachInRoom(self.simulated, plan or talk(lines), clips, load, **settings)

    def __enter__(self) -> Room:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of everything."""
        self.coach.close()
        self._renderer.close()
        self._folder.cleanup()

    # --- what happens -------------------------------------------------------------------------

    def person(
        self, said: str | Sound, at_s: float, above_db: float = 0.0, voice: str = "en-gb"
    ) -> tuple[float, float]:
        """Somebody says words (by espeak-ng; the test is skipped without it), or makes a sound: from when to when."""
        sound = spoken(said, Path(self._folder.name), voice) if isinstance(said, str) else said
        return self.simulated.person(sound, at_s, above_db)

    def at(self, at_s: float, call: Callable[[], None]) -> None:
        """Do something when the time has come."""
        waiting = [call]

        def look() -> None:
            if waiting and self.now >= at_s:
                waiting.pop()()

        self.coach.each_step.append(look)

    def run(self, until_s: float) -> str | None:
        """Let time go on to ``until_s``; the session's outcome, if it has ended by then."""
        return self.coach.run(until_s)

    # --- what came of it ----------------------------------------------------------------------

    @property
    def now(self) -> float:
        """The time in the room, in seconds."""
        return self.simulated.now

    @property
    def log(self) -> list[tuple[float, Event | Command]]:
        """Every event and command, with its time."""
        return self.coach.log

    def times(self, kind: type | tuple[type, ...]) -> list[float]:
        """When events or commands of a kind came."""
        return [at_s for at_s, what in self.log if isinstance(what, kind)]

    @property
    def heard(self) -> list[str]:
        """The words of every final."""
        return [what.words for _, what in self.log if isinstance(what, Heard) and what.final]

    @property
    def said(self) -> list[str]:
        """Every line that the coach has begun."""
        return [text for _, text in self.coach.said()]

    def facts(self, kind: str) -> list[dict[str, Any]]:
        """What was written down, of one kind."""
        return [dict(what.facts) for _, what in self.log if isinstance(what, Record) and what.kind == kind]

    def silent_from(self, since_s: float, for_s: float = 0.5) -> float:
        """From when on, after ``since_s``, the loudspeaker was silent for so long; infinity where it never was."""
        played = np.abs(self.simulated.played) > QUIET
        first = round(since_s * RATE_HZ)
        loud = np.flatnonzero(played[first:]) + first
        edges = [first, *(loud + 1)]
        ends = [*loud, len(played)]
        gaps = (begin for begin, end in zip(edges, ends, strict=True) if end - begin >= for_s * RATE_HZ)
        return next(gaps, float("inf")) / RATE_HZ


def bare(**acoustics: Any) -> dict[str, Any]:
    """No reverberation, no distortion, no noise, no delay but the devices' own: for exact comparisons."""
    plain: dict[str, Any] = {
        "echo_response": BARE,
        "person_response": BARE,
        "box": Loudspeaker(high_pass_hz=1.0, drive=0.0),
        "delay_s": 0.0,
        "noise_db": None,
        "own_noise_dbfs": -90.0,
    }
    return plain | acoustics
