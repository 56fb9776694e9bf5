"""A real session in the simulated room: the real runner, player, microphone, ears and recogniser on its clock.

Only threads are left out: whatever they would do is done between two steps of the room.
"""

from __future__ import annotations

import contextlib
import queue
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from bench.simulated_room import STEP_S, SimulatedRoom, outside
from coach import chimes, prompts
from coach.clips import Clips
from coach.ears import READ_S, Ears
from coach.events import Command, Event, Hush, Record, Say, SpeechEnded, VoiceBack, VoiceLost
from coach.intents import Action
from coach.microphone import Microphone
from coach.own_voice import OwnVoice
from coach.past import Past
from coach.plan import Kind, Plan, Step, estimated_length_s
from coach.player import Player
from coach.policy import Policy
from coach.recogniser import Recogniser
from coach.reference import Reference
from coach.runner import Keeper, Runner
from coach.session import Session
from coach.start import READY_S

Load = Callable[[], Recogniser]


class PromptMicrophone(Microphone):
    """The microphone of the coach, whose reader never waits: on virtual time all that can be there is there."""

    def read(self, timeout_s: float) -> Any:
        """See Source."""
        return super().read(0.0)


class PromptVoice:
    """A Voice without threads on the real player; captions take over where the loudspeaker is lost."""

    def __init__(self, put: Callable[[Event], None], clips: Clips, room: SimulatedRoom, policy: Policy) -> None:
        self._put, self._clips, self._clock = put, clips, room.clock
        self._rate_wpm, self._volume = policy.rate_wpm, policy.volume
        self._pending: dict[int, float] = {}
        """Utterances, and how long each takes."""
        self._captions: deque[tuple[int, float]] = deque()
        self.reference = Reference()
        self.player = Player(self, reference=self.reference, load=room.sound.load, clock=room.clock)
        self.player.open(thread=False)
        self.said_at = 0.0
        """When the last utterance was begun."""
        self.cuts: list[float] = []
        """When the coach was silenced in the middle of something."""

    def length_s(self, text: str) -> float:
        """See Voice."""
        known_s = self._clips.known_s(text, self._rate_wpm)
        return estimated_length_s(text, self._rate_wpm) if known_s is None else known_s

    def say(self, command: Say) -> None:
        """See Voice."""
        clip = self._clips.get(command.text, self._rate_wpm)
        self._pending[command.utterance] = clip.length_s
        self.said_at = self._clock()
        if not self.player.play(command.utterance, clip, self._volume**2):
            self._caption(command.utterance)

    def chime(self, name: str) -> None:
        """See Voice."""
        self.player.play(None, chimes.chime(name), self._volume**2)

    def hush(self) -> None:
        """See Voice."""
        self.player.hush()
        self.player.tend()
        self._captions.clear()
        cut, self._pending = list(self._pending), {}
        self.cuts += [self._clock()] if cut else []
        for utterance in cut:
            self._put(SpeechEnded(utterance))

    def adjust(self, rate_wpm: int, volume: float) -> None:
        """See Voice."""
        self._rate_wpm, self._volume = rate_wpm, volume

    def tend(self) -> None:
        """What the threads of a voice and a player would do now."""
        self.player.tend()
        while self._captions and self._captions[0][1] <= self._clock():
            self.ended(self._captions.popleft()[0])

    @property
    def busy(self) -> bool:
        """Whether something is being said, or read instead."""
        return bool(self._pending)

    @property
    def left_s(self) -> float:
        """How long what is being said still takes, if one utterance at a time is said."""
        return self.said_at + sum(self._pending.values()) - self._clock()

    # --- told by the player ---

    def ended(self, token: object) -> None:
        """See Listener."""
        if isinstance(token, int) and self._pending.pop(token, None) is not None:
            self._put(SpeechEnded(token))

    def lost(self, why: str, tokens: list[object]) -> None:
        """See Listener."""
        self._put(VoiceLost(why))
        for token in tokens:
            if isinstance(token, int):
                self._caption(token)

    def back(self) -> None:
        """See Listener."""
        self._put(VoiceBack())

    def _caption(self, utterance: int) -> None:
        begins_at = max(self._clock(), self._captions[-1][1] if self._captions else 0.0)
        self._captions.append((utterance, begins_at + self._pending[utterance]))


class _OverError(Exception):
    """The time to look at is over."""


class CoachInRoom:
    """One session. ``log`` has every event and command with its time, once it has been carried out."""

    def __init__(
        self,
        room: SimulatedRoom,
        plan: Plan,
        clips: Clips,
        load: Load,
        *,
        policy: Policy | None = None,
        opening: Sequence[str] = (),
        past: Past | None = None,
        journal: Keeper | None = None,
        cancels: bool = True,
        opens: bool = False,
    ) -> None:
        """Without ``cancels`` the ears hear the coach's own voice as they hear anybody's.

        With ``opens`` the session begins with the breath that a real one begins with.
        """
        self._opens = opens
        self.room = room
        self.log: list[tuple[float, Event | Command]] = []
        self.outcome: str | None = None
        self.spoken_s = 0.0
        """How long the coach has been talking."""
        self.ears_cpu_s = 0.0
        self._events: deque[Event] = deque()
        self.until_s = 0.0
        """How far ``run`` goes."""
        self._begun = False
        self._ears_at = 0.0
        self.each_step: list[Callable[[], None]] = []
        """Called before each 20 ms."""
        self._policy = policy or Policy()
        with outside(room):
            self._microphone = PromptMicrophone(load=room.sound.load, clock=room.clock)
            self.voice = PromptVoice(self.put, clips, room, self._policy)
            own_voice = OwnVoice(self.voice.reference) if cancels else None
            self.ears = Ears(self, load, self._microphone, own_voice, clock=room.clock)
        self.session = Session(plan, self.voice.length_s, self._policy, opening, past=past)
        inbox = cast("queue.SimpleQueue[Event]", self)
        observers = [self.ears.observe, self._note]
        self._runner = Runner(self.session, inbox, self.voice, journal, observers, clock=room.clock)

    # --- the runner's inbox: waiting is letting the room go on ---

    def put(self, event: Event, /) -> None:
        """As a queue's."""
        self._events.append(event)

    def get(self, block: bool = True, timeout: float | None = None) -> Event:
        """As a queue's; raises queue.Empty."""
        room = self.room
        until_s = float("inf") if timeout is None else room.now + timeout
        while not self._events:
            if room.now >= self.until_s:
                raise _OverError
            if until_s < (room.steps + 1) * STEP_S:
                room.now = max(room.now, until_s)
                raise queue.Empty
            self._step()
        return self._events.popleft()

    def run(self, until_s: float) -> str | None:
        """Begin, or go on, until the session closes, or the room's clock has come so far. The outcome, if any."""
        self.until_s = until_s
        begun, self._begun = self._begun, True
        with outside(self.room), contextlib.suppress(_OverError):
            if not begun and self._opens:
                while not self.ears.ready.is_set() and self.room.now < READY_S:
                    self._step()
                self.voice.chime(chimes.OPENING)
            self.outcome = self._runner.run() if not begun else self.outcome
            while self.outcome is None:
                # Nothing is lost where the time was over: that is only found out while waiting.
                self.outcome = self._runner._take(self._runner._next())
        return self.outcome

    def go_on(self, until_s: float) -> None:
        """More of the room, after the session has closed."""
        with outside(self.room):
            while self.room.now < until_s:
                self._step()

    def close(self) -> None:
        """Let go of the devices."""
        with outside(self.room):
            self.voice.player.close()
            self.ears.close()
            self._microphone.close()

    def _step(self) -> None:
        for call in self.each_step:
            call()
        began = time.process_time()
        self.voice.tend()
        self.ears_cpu_s += time.process_time() - began
        self.spoken_s += STEP_S * self.voice.busy
        self.room.step()
        began = time.process_time()
        self._listen()
        self.voice.tend()
        self.ears_cpu_s += time.process_time() - began

    def _listen(self) -> None:
        """What the threads of the ears would do by now."""
        now = self.room.now
        while self._microphone.backlog_s() > 0 or now >= self._ears_at:
            idle = self._microphone.backlog_s() <= 0
            pause_s = self.ears.step()
            self._ears_at = now + (pause_s or READ_S)
            if idle or pause_s:
                break
        self.ears.look()

    def _note(self, what: Event | Command) -> None:
        self.log.append((self.room.now, what))

    # --- what came of it ---

    @property
    def cpu_share(self) -> float:
        """Processor time of ears, player and callbacks as a share of the time that went by in the room."""
        used_s = self.ears_cpu_s + self.room.loudspeaker.cpu_s + self.room.microphone.cpu_s
        return used_s / max(self.room.now, STEP_S)

    def said(self) -> list[tuple[float, str]]:
        """What the coach has said, and when it was told to."""
        return [(at_s, what.text) for at_s, what in self.log if isinstance(what, Say)]

    def hushed_at(self) -> list[float]:
        """When the coach was told to be silent."""
        return [at_s for at_s, what in self.log if isinstance(what, Hush)]

    def reports(self, ending: bool = False) -> list[tuple[float, str]]:
        """The reports it took, as actions; ``ending`` for those alone that end a session."""
        found = [
            (at_s, str(what.facts["action"]))
            for at_s, what in self.log
            if isinstance(what, Record) and what.kind == "report"
        ]
        return [(at_s, action) for at_s, action in found if not ending or Action(action).ends_session]


def talk(lines: Iterable[str], title: str = "A simulated room", chimes_every: int = 0) -> Plan:
    """A plan that says one line after another; after so many a short hold, for its two chimes."""
    steps: list[Step] = []
    for number, line in enumerate(lines, start=1):
        steps.append(Step(Kind.SAY, line))
        if chimes_every and number % chimes_every == 0:
            steps.append(Step(Kind.HOLD, prompts.HOLD, 1.5, exercise=0, set=1, rep=1))
    return Plan("room", title, ("Hold",), tuple(steps), ((),))
