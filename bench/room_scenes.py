"""What happens in the simulated room, and what came of it: each scene is one session of some seconds.

A scene says nothing of chance; ``Studio.play`` draws the room, the levels and the lines from the trial's own seed.
"""

from __future__ import annotations

import gc
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.acoustics import RATE_HZ, Loudspeaker, Shoebox, Sound, nearer, ratio, through
from bench.people import EDGE_S, People, Utterance
from bench.simulated_devices import DeviceFacts, Fault
from bench.simulated_room import Acoustics, SimulatedRoom
from bench.simulated_session import CoachInRoom, talk
from coach import cues, folders, library, prompts
from coach.clips import Clips
from coach.events import Command, Event, Record, Understood
from coach.intents import Action
from coach.plan import Plan, compile_plan
from coach.policy import Policy
from coach.recogniser import Recogniser
from coach.renderer import Pyttsx3Renderer
from coach.routine import parse

VOICES = ("gmw/en", "gmw/en-us")
RATES_WPM = (120, 150, 180)
ECHOES_DB = (10.0, 5.0, 0.0, -5.0, -10.0)
MEASURED_M = 1.5
"""From how far away measured rooms are heard, where nothing tells; the coach is at ``COACH_M``."""
COACH_M = 0.35
DRIVES = (1.0, 3.5)
"""How far loudspeakers bend, from a decent one to a poor one turned up."""
QUIET = 0.003
AFTERWARDS_S = 7.0
"""What comes later after a person's last words is not looked at."""
_HOLD = """
name = "room"
title = "A simulated room"
source = "made up"
for_whom = "Nobody."
[[exercises]]
name = "Hold"
position = "lying on back"
steps = ["Lie still."]
go = "Lie still."
dose = { reps = 20, hold_s = 60, rest_between_reps_s = 2 }
"""


@dataclass(frozen=True)
class Turn:
    """Somebody says something."""

    utterance: Utterance
    at_s: float
    over_coach: bool = False
    """Not before the coach is in the middle of a line of which a second and a half is left."""
    again_after_s: float | None = None
    """Said once more so long after its end, unless the coach has stopped."""
    above_db: float = 0.0


@dataclass(frozen=True)
class Scene:
    """One session in the room."""

    name: str
    seconds: float
    coach: str = "lines"
    """What the coach does: says shipped "lines" without a pause, "holds", or goes through the routine of that name."""
    echo_db: float | None = 10.0
    rate_wpm: int = 150
    voice: str = VOICES[0]
    phrases: tuple[str, ...] = ()
    """One of them is said over the coach, and once more."""
    first_at_s: tuple[float, float] = (5.5, 10.5)
    again_after_s: float = 1.0
    television_db: float | None = None
    """Others who talk, against the person's level."""
    household_db: float | None = None
    noise_db: float = -20.0
    drift_ppm: float = 40.0
    """By how much the two devices' clocks may differ."""
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Played:
    """What came of a scene."""

    scene: Scene
    room: SimulatedRoom
    coach: CoachInRoom
    said: list[tuple[float, float]] = field(default_factory=list)
    """When the person said something, from and to."""
    what: str = ""
    """What the person said, and who it was."""

    @property
    def quiet_at(self) -> float | None:
        """When the loudspeaker fell silent by a hush after the person had begun; None where it did not."""
        first = self.said[0][0] if self.said else 0.0
        cut = next((at_s for at_s in self.coach.voice.cuts if at_s >= first), None)
        if cut is None:
            return None
        played = self.room.played
        for at in range(round(cut * RATE_HZ), len(played), 80):
            if np.abs(played[at : at + round(0.2 * RATE_HZ)]).max() < QUIET:
                return at / RATE_HZ
        return None

    def stopped_at(self, since_s: float = 0.0) -> float | None:
        """When a report that ends a session was taken."""
        return next((at_s for at_s, _ in self.coach.reports(ending=True) if at_s >= since_s), None)

    @property
    def actions(self) -> list[tuple[float, str]]:
        """Whatever was taken for a report or a command."""
        every = [(at_s, what) for at_s, what in self.coach.log if isinstance(what, Understood)]
        return [(at_s, what.action) for at_s, what in every if what.action != Action.NONE]

    def records(self, kind: str) -> list[float]:
        """When facts of a kind were written down."""
        return [at_s for at_s, what in self.coach.log if isinstance(what, Record) and what.kind == kind]


class Studio:
    """All that scenes need: people, clips of each of the coach's voices, measured rooms, a recogniser."""

    def __init__(
        self, people: People, cache: Path, load: Callable[[], Recogniser], seed: int = 0, cancels: bool = True
    ) -> None:
        """Without ``cancels`` the coach's own voice is not taken out of what it hears."""
        self._cancels = cancels
        self.people, self.seed, self._load = people, seed, load
        self._cache = cache / "clips"
        self._clips: dict[str, Clips] = {}
        self._renderers: list[Pyttsx3Renderer] = []
        self.lines = own_lines()
        self._rooms = people.rooms()
        self.said_lines: set[tuple[str, str, int, float | None]] = set()
        """Line, voice, rate and echo level of all that the coach has said."""

    def clips(self, voice: str) -> Clips:
        """The clips of one of the coach's voices."""
        if voice not in self._clips:
            self._renderers.append(Pyttsx3Renderer(voice))
            self._clips[voice] = Clips(self._renderers[-1], self._cache)
        return self._clips[voice]

    def close(self) -> None:
        """End the renderers."""
        for renderer in self._renderers:
            renderer.close()

    def chance(self, *what: object) -> np.random.Generator:
        """Luck that follows from the seed and ``what`` alone."""
        return np.random.default_rng(zlib.crc32(" ".join(map(str, (self.seed, *what))).encode()))

    def play(self, scene: Scene, number: int) -> Played:
        """Trial ``number`` of a scene."""
        gc.collect()  # a room and all in it know each other, and models are large
        chance = self.chance(scene.name, number)
        clips = self.clips(scene.voice)
        policy = Policy(rate_wpm=scene.rate_wpm)
        room = SimulatedRoom(
            self._acoustics(scene, chance, clips, policy),
            loudspeaker=DeviceFacts(latency_s=chance.uniform(0.03, 0.1), drift_ppm=_around(chance, scene.drift_ppm)),
            microphone=DeviceFacts(RATE_HZ, latency_s=chance.uniform(0.02, 0.08)),
            faults=scene.faults,
            seed=int(chance.integers(1 << 31)),
        )
        self._others(scene, room, chance)
        coach = CoachInRoom(
            room, self._plan(scene, number), clips, self._load, policy=policy, cancels=self._cancels, opens=True
        )
        played = Played(scene, room, coach)
        if scene.phrases:
            turn = self._turn(scene, chance)
            played.what = f"{turn.utterance.text} ({turn.utterance.speaker})"
            coach.each_step.append(_Person(played, turn))
        coach.run(scene.seconds)
        coach.close()
        self.said_lines |= {(line, scene.voice, scene.rate_wpm, scene.echo_db) for _, line in coach.said()}
        return played

    # --- what chance decides --------------------------------------------------------------------

    def _acoustics(self, scene: Scene, chance: np.random.Generator, clips: Clips, policy: Policy) -> Acoustics:
        echo, person = self._responses(chance)
        line = clips.get(self.lines[0], scene.rate_wpm)
        like = _at_16k(line.samples, line.rate_hz) * np.float32(policy.volume**2)
        loudest = -20.0 if scene.echo_db is None else min(-20.0, -16.0 - scene.echo_db)
        return Acoustics(
            echo_db=scene.echo_db,
            person_dbfs=chance.uniform(-35.0, loudest),
            box=Loudspeaker(chance.uniform(120.0, 250.0), chance.uniform(*DRIVES)),
            echo_response=echo,
            person_response=person,
            delay_s=chance.uniform(0.005, 0.08),
            noise_db=scene.noise_db,
            coach_like=like,
        )

    def _responses(self, chance: np.random.Generator) -> tuple[Sound, Sound]:
        """From the coach and from the person: half of the trials in measured rooms, where there are any."""
        if len(self._rooms) > 1 and chance.random() < 0.5:
            first, second = chance.choice(len(self._rooms), 2, replace=False)
            return nearer(self._rooms[first], MEASURED_M / COACH_M), self._rooms[second]
        box = Shoebox((5.2, 4.1, 2.5), chance.uniform(0.2, 0.5))
        x, y = chance.uniform(1.5, 3.5), chance.uniform(1.0, 1.6)
        angle = chance.uniform(0, 2 * np.pi)
        coach = (x + COACH_M * np.cos(angle), y + COACH_M * np.sin(angle), 0.75)
        return box.response(coach, (x, y, 0.7)), box.response((x - 0.8, y + 1.8, 0.3), (x, y, 0.7))

    def _plan(self, scene: Scene, number: int) -> Plan:
        if scene.coach == "holds":
            return compile_plan(parse(_HOLD, "room.toml"))
        if scene.coach != "lines":
            return compile_plan(library.load(scene.coach))
        # Each trial goes on where the one before has ended, so that in the end every line has been said.
        many = round(scene.seconds / 2) + 4
        start = number * many % len(self.lines)
        return talk(np.roll(self.lines, -start)[:many].tolist(), chimes_every=0 if scene.phrases else 8)

    def _turn(self, scene: Scene, chance: np.random.Generator) -> Turn:
        everyone = self.people.saying(scene.phrases)
        text = scene.phrases[chance.integers(len(scene.phrases))]
        able = [one for one in everyone if one.text == text] or everyone
        who = able[chance.integers(len(able))]
        return Turn(who, chance.uniform(*scene.first_at_s), over_coach=True, again_after_s=scene.again_after_s)

    def _others(self, scene: Scene, room: SimulatedRoom, chance: np.random.Generator) -> None:
        """Those who are no concern of the coach."""
        for level_db, make in (
            (scene.television_db, self.people.television),
            (scene.household_db, lambda *what: self.people.household(*what)[1]),
        ):
            if level_db is not None:
                sound = through(make(chance, scene.seconds), room.acoustics.person_response)
                room.add(sound * np.float32(ratio(room.acoustics.person_dbfs + level_db)), 1.0)


class _Person:
    """Waits for the moment, speaks, and speaks again."""

    def __init__(self, played: Played, turn: Turn) -> None:
        self._played, self._turn = played, turn

    def __call__(self) -> None:
        turn, played = self._turn, self._played
        voice, now = played.coach.voice, played.room.now
        if not played.said:
            talking = not turn.over_coach or (voice.left_s > 1.5 and now - voice.said_at > 0.4)
            due = now >= turn.at_s and talking and played.stopped_at() is None
        else:
            first = played.said[0]
            again = turn.again_after_s is not None and len(played.said) == 1
            due = again and now >= first[1] + (turn.again_after_s or 0.0) and played.stopped_at(first[0]) is None
        if due:
            begin, end = played.room.person(turn.utterance.sound, now, turn.above_db)
            played.said.append((begin + EDGE_S, end - EDGE_S))
            played.coach.until_s = min(played.scene.seconds, now + AFTERWARDS_S)


def own_lines() -> list[str]:
    """Every line that is always the same, of prompts, cues and shipped routines, in a fixed mixed order."""
    lines = {*prompts.every_line(), *cues.every_cue()} - {prompts.CANNOT_HEAR}
    for path in sorted(folders.shipped_dir("routines").glob("*.toml")):
        lines |= {*compile_plan(library.load_file(path)).lines()}
    mixed = sorted(lines)
    np.random.default_rng(5).shuffle(mixed)
    return mixed


def heard(log: Sequence[tuple[float, Event | Command]]) -> list[str]:
    """What was understood, for a look at single trials."""
    return [f"{at_s:.2f} {what.words!r}: {what.action}" for at_s, what in log if isinstance(what, Understood)]


def _around(chance: np.random.Generator, most: float) -> float:
    return float(chance.uniform(-most, most)) if most else 0.0


def _at_16k(sound: Sound, rate_hz: int) -> Sound:
    import soxr

    return sound if rate_hz == RATE_HZ else np.asarray(soxr.resample(sound, rate_hz, RATE_HZ), np.float32)
