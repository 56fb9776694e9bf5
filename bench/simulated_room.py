"""A living room on virtual time: what the loudspeaker plays, people and noises reach the microphone.

Sample by sample repeatable by its seed, and as quick as the machine allows: ``step`` is 20 ms of the room.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import numpy as np

from bench.acoustics import (
    RATE_HZ,
    STEP,
    AutomaticGain,
    Filter,
    Loudspeaker,
    Shoebox,
    Sound,
    ratio,
    speech_like,
    spoken_rms,
    through,
)
from bench.simulated_devices import DeviceFacts, Fault, SimulatedLoudspeaker, SimulatedMicrophone
from bench.simulated_sound import SimulatedSound
from coach import loudspeaker, portaudio
from coach.microphone import Microphone

STEP_S = STEP / RATE_HZ
COACH_RMS = 0.16 * 0.64
"""How loud the coach's clips leave the player at its usual volume."""

_MICROPHONE_M = (2.6, 1.2, 0.7)


@dataclass(frozen=True)
class Acoustics:
    """The room, apart from who is in it."""

    echo_db: float | None = 10.0
    """How much louder the coach is at the microphone than a person; None for headphones."""
    person_dbfs: float = -28.0
    """A person's level at the microphone."""
    box: Loudspeaker = field(default_factory=Loudspeaker)
    echo_response: Sound = field(default_factory=lambda: Shoebox().response((2.9, 1.35, 0.75), _MICROPHONE_M))
    """From the loudspeaker to the microphone: 35 cm apart, where nothing else is given."""
    person_response: Sound = field(default_factory=lambda: Shoebox().response((1.2, 2.6, 0.4), _MICROPHONE_M))
    """From the person to the microphone: 2 m apart, on the floor."""
    delay_s: float = 0.03
    """What no time stamp tells: the way through the air, and buffers behind the sound card."""
    noise_db: float | None = -20.0
    """Steady noise of the room, against the person."""
    own_noise_dbfs: float = -75.0
    """The microphone's own noise."""
    gain_db: float = 0.0
    """The microphone turned up: what is too loud is clipped."""
    automatic_gain: bool = False
    coach_like: Sound | None = None
    """What the coach's level is judged by: a clip of it, as it leaves the player; else noise like speech."""


@dataclass(slots=True)
class _Playing:
    start: int
    sound: Sound
    loops: bool


class SimulatedRoom:
    """Devices, air, people; ``now`` is the only clock."""

    def __init__(
        self,
        acoustics: Acoustics | None = None,
        *,
        loudspeaker: DeviceFacts | None = None,
        microphone: DeviceFacts | None = None,
        faults: Sequence[Fault] = (),
        seed: int = 0,
        keep: bool = True,
        epoch_s: float = 0.0,
    ) -> None:
        """``keep`` what sounds, for ``played`` and ``picked_up``. PortAudio's clock is ``epoch_s`` ahead of ``now``."""
        self.acoustics = acoustics or Acoustics()
        self._chance = np.random.default_rng(seed)
        self.now = 0.0
        self.steps = 0
        every = tuple(faults)
        self._faults = every
        self.loudspeaker = SimulatedLoudspeaker("loudspeaker", loudspeaker or DeviceFacts(), every, self.clock, epoch_s)
        self.microphone = SimulatedMicrophone(
            "microphone", microphone or DeviceFacts(RATE_HZ, latency_s=0.04), every, self.clock, epoch_s
        )
        self.sound = SimulatedSound(self.loudspeaker, self.microphone)
        speaker = self.acoustics.box
        self._box, self._air = speaker.filter(), Filter(self.acoustics.echo_response)
        self._echo_gain = self._calibrated()
        self._delay = np.zeros(round(self.acoustics.delay_s * RATE_HZ), np.float32)
        self._jumped: dict[str, float] = {}
        self._late = np.zeros(0, np.float32)
        self._agc = AutomaticGain() if self.acoustics.automatic_gain else None
        self._playing: list[_Playing] = []
        self._keep = keep
        self._played: list[Sound] = []
        self._picked_up: list[Sound] = []
        if self.acoustics.noise_db is not None:
            noise = speech_like(self._chance, 8 * RATE_HZ)
            level = ratio(self.acoustics.person_dbfs + self.acoustics.noise_db)
            self.add(noise * np.float32(level), 0.0, loops=True)

    def clock(self) -> float:
        """The time, in seconds since the room began."""
        return self.now

    # --- who is in it -------------------------------------------------------------------------

    def person(self, sound: Sound, at_s: float, above_db: float = 0.0) -> tuple[float, float]:
        """Somebody speaks: from when to when, the sound being spoken from end to end.

        ``sound`` is a dry recording at any level; at the microphone it has the person's, plus ``above_db``.
        """
        there = through(sound, self.acoustics.person_response)
        level = ratio(self.acoustics.person_dbfs + above_db) / max(spoken_rms(there[: len(sound)]), 1e-9)
        self.add(there * np.float32(level), at_s)
        return at_s, at_s + len(sound) / RATE_HZ

    def add(self, sound: Sound, at_s: float, loops: bool = False) -> None:
        """Anything else, as it is at the microphone before its gain."""
        self._playing.append(_Playing(round(at_s * RATE_HZ), sound.astype(np.float32), loops))

    # --- time ---------------------------------------------------------------------------------

    def step(self) -> None:
        """The next 20 ms."""
        start = self.steps * STEP
        self.now = max(self.now, start / RATE_HZ)
        out = self._delayed(self.loudspeaker.emit())
        heard = self._others(start)
        if self._echo_gain:
            box = self.acoustics.box
            heard = self._air.take(self._box.take(box.bent(out))) * np.float32(self._echo_gain) + heard
        heard = self._jump("microphone", heard)
        heard = heard * np.float32(ratio(self.acoustics.gain_db + self.microphone.value("gain", 0.0)))
        if self._agc is not None:
            heard = self._agc.take(heard)
        own = self._chance.standard_normal(STEP).astype(np.float32) * np.float32(ratio(self.acoustics.own_noise_dbfs))
        heard = np.clip(heard + own, -1.0, 32767 / 32768).astype(np.float32)
        if self._keep:
            self._played.append(out)
            self._picked_up.append(heard)
        self.steps += 1
        self.now = self.steps * STEP / RATE_HZ
        self.microphone.capture(heard)

    # --- what came of it ----------------------------------------------------------------------

    @property
    def played(self) -> Sound:
        """What has come out of the loudspeaker, shape (n,), from the beginning on."""
        return np.concatenate([np.zeros(0, np.float32), *self._played])

    @property
    def picked_up(self) -> Sound:
        """What the microphone has taken in."""
        return np.concatenate([np.zeros(0, np.float32), *self._picked_up])

    # --- inside -------------------------------------------------------------------------------

    def _calibrated(self) -> float:
        """What the echo is multiplied with, so that it is ``echo_db`` above a person."""
        facts = self.acoustics
        if facts.echo_db is None:
            return 0.0
        like = facts.coach_like
        if like is None:
            like = speech_like(np.random.default_rng(1), 2 * RATE_HZ) * np.float32(COACH_RMS)
        heard = Filter(facts.echo_response), facts.box.filter()
        pieces = [
            heard[0].take(heard[1].take(facts.box.bent(like[at : at + STEP].astype(np.float32))))
            for at in range(0, len(like), STEP)
        ]
        return ratio(facts.person_dbfs + facts.echo_db) / max(spoken_rms(np.concatenate(pieces)), 1e-9)

    def _delayed(self, out: Sound) -> Sound:
        """After the buffers that nobody tells of; one that grows lets nothing out for a while."""
        jump = self.loudspeaker.value("jump", 0.0)
        if jump > self._jumped.get("loudspeaker", 0.0):
            more = round((jump - self._jumped.get("loudspeaker", 0.0)) * RATE_HZ)
            self._delay = np.concatenate([np.zeros(more, np.float32), self._delay])
            self._jumped["loudspeaker"] = jump
        self._delay = np.concatenate([self._delay, out])
        out, self._delay = self._delay[:STEP], self._delay[STEP:]
        return out

    def _jump(self, name: str, sound: Sound) -> Sound:
        """The same before the microphone."""
        jump = self.microphone.value("jump", 0.0)
        if jump > self._jumped.get(name, 0.0):
            more = round((jump - self._jumped.get(name, 0.0)) * RATE_HZ)
            self._late = np.concatenate([np.zeros(more, np.float32), self._late])
            self._jumped[name] = jump
        self._late = np.concatenate([self._late, sound])
        sound, self._late = self._late[:STEP], self._late[STEP:]
        return sound

    def _others(self, start: int) -> Sound:
        """Everybody and everything besides the coach, in the 20 ms from a sample on."""
        mixed = np.zeros(STEP, np.float32)
        for one in self._playing:
            at = start - one.start
            if one.loops and at >= 0:
                first = at % len(one.sound)
                whole = first + STEP <= len(one.sound)
                mixed += one.sound[first : first + STEP] if whole else np.resize(np.roll(one.sound, -first), STEP)
            elif -STEP < at < len(one.sound):
                begin, end = max(at, 0), min(at + STEP, len(one.sound))
                mixed[begin - at : end - at] += one.sound[begin:end]
        self._playing = [one for one in self._playing if one.loops or one.start + len(one.sound) > start]
        return mixed


def outside(room: SimulatedRoom) -> contextlib.ExitStack:
    """While this lasts, PortAudio itself and other processes see the room's devices too: for what opens them anew."""

    def could(kind: str) -> Callable[[Any], bool]:
        return lambda _: room.sound.is_there(kind)

    stack = contextlib.ExitStack()
    stack.enter_context(mock.patch.object(portaudio, "load", room.sound.load))
    stack.enter_context(mock.patch.object(loudspeaker, "_another_process_could", could("output")))
    stack.enter_context(mock.patch.object(Microphone, "_another_process_could", could("input")))
    return stack
