"""The session: the rules of the whole conversation, sans-IO.

1. Nothing here reads a clock, starts a thread, opens a file or a device, logs, or raises on odd timing.
2. React on a partial, decide on the final: a partial report silences and freezes; a false alarm leads to a get-ready
   cue and the remaining time.
3. Every command works in every live state, by voice and by keyboard; stop works in all of them.
4. The last words are one-way: no command, no lost device and no second report brings coaching back.

The layers below, each knowing nothing of the next: Walk (the plan and its times), Commands, Conversation (pain),
Interview (the questions of the plan), Hearing (what is heard, and whether it is the coach's own voice).
"""

from __future__ import annotations

from collections.abc import Sequence

from coach import prompts
from coach.events import (
    Command,
    EarsBack,
    EarsLost,
    Event,
    Heard,
    Listen,
    Outcry,
    Sounded,
    SpeechEnded,
    Tick,
    VoiceBack,
    VoiceLost,
)
from coach.hearing import Hearing
from coach.intents import Context
from coach.interview import with_questions
from coach.past import Past
from coach.plan import Kind, Lengths, Plan, Step
from coach.policy import Policy
from coach.states import LIVE, State


class Session(Hearing):
    """One session of one plan.

    ``start`` and ``handle`` return the commands to carry out; ``deadline`` is the only timer.

    ``lengths`` gives the seconds that a line takes to say at the current rate. ``opening`` is said after the greeting;
    ``deaf`` is why the coach can't hear from the start, if it can't: then it says so. ``past`` is what earlier sessions
    mean for this one; without it, as for a preview, nothing is asked. ``checks_ears`` is whether to find out at the
    start, before any other question, that the person is heard: where words come by microphone.
    """

    def __init__(
        self,
        plan: Plan,
        lengths: Lengths,
        policy: Policy | None = None,
        opening: Sequence[str] = (prompts.LISTENING,),
        deaf: str | None = None,
        past: Past | None = None,
        checks_ears: bool = False,
    ) -> None:
        greeting = prompts.greeting(plan.title, plan.length_s(lengths))
        hearing = (prompts.CANNOT_HEAR, prompts.CANNOT_HEAR_GOING_ON) if deaf else ()
        lines = [Step(Kind.SAY, line) for line in (greeting, *hearing, *opening)]
        plan = plan.with_steps(0, lines)
        if past:
            plan = with_questions(plan, past, len(lines), checks_ears and not deaf)
        super().__init__(plan, lengths, policy or Policy())
        self._deaf = deaf
        self._waiting_for_ears = False
        self._mute = False
        self._expected: Context | None = None
        """What the ears were last told to expect."""

    # --- the two ways in ----------------------------------------------------------------------

    def start(self, now: float) -> list[Command]:
        """Begin at ``now`` (seconds of a monotonic clock)."""
        self._now = now
        self._record("started", routine=self._plan.name, deaf=self._deaf)
        self._do_step(0)
        return self._flush()

    def handle(self, event: Event, now: float) -> list[Command]:
        """Take in one event, after whatever fell due before it."""
        self._now = max(now, self._now)
        self._tick()
        if self.state is not State.CLOSED:
            self._take(event)
            self._tick()
        return self._flush()

    def _flush(self) -> list[Command]:
        if self._context is not self._expected:
            self._expected = self._context
            self._out.append(Listen(self._expected))
        out = list(self._out)
        self._out.clear()
        return out

    def _take(self, event: Event) -> None:
        match event:
            case SpeechEnded(utterance):
                self._talk.ended(utterance, self._now)
            case Heard():
                self._words, self._by_keyboard = event.words, event.typed
                self._heard(event)
            case Sounded():
                self._sounded()
            case Outcry():
                self._outcry()
            case EarsLost(why, for_good):
                self._ears_lost(why, for_good)
            case EarsBack():
                self._ears_back()
            case VoiceLost(why):
                self._voice_lost(why)
            case VoiceBack():
                self._mute = False
                self._record("voice_back")
            case Tick():
                pass

    # --- devices ------------------------------------------------------------------------------

    def _ears_lost(self, why: str, for_good: bool) -> None:
        """Never carry on deaf: say so and how to finish, and wait. With a report under way, that counts as a stop."""
        news, self._deaf = self._deaf is None, why
        if not (news or for_good):
            return
        self._record("ears_lost", why=why)
        if self.state not in LIVE:
            return
        asked = self._question if self.state is State.ASKING else None
        if asked and asked.if_unheard:
            asked.if_unheard()
        if self.state is State.CHECKING:
            self._stop_for_pain()
        elif self.state is State.ADVISING:
            return
        elif for_good or self._mute:
            self._end_unheard()
        else:
            self._waiting_for_ears = not self._paused
            self._freeze()
            self._go(State.PAUSED)
            self._talk.say([prompts.CANNOT_HEAR, prompts.CANNOT_HEAR_PAUSED], self._now, self._wait_for_ears)

    def _wait_for_ears(self) -> None:
        self._set_alarm(self.policy.unheard_s, self._end_unheard)

    def _end_unheard(self) -> None:
        """Nobody can be heard any more: with a report under way, that counts as a stop."""
        asked = self._question if self.state is State.ASKING else None
        if self.state is State.CHECKING or (asked and asked.about_pain):
            self._stop_for_pain()
        else:
            self._last_words(prompts.CANNOT_HEAR_END, "unheard")

    @property
    def _help_lines(self) -> Sequence[str]:
        return prompts.HELP_BY_KEYBOARD if self._deaf else prompts.HELP

    def _pause(self) -> None:
        self._waiting_for_ears = False
        super()._pause()

    def _wait_paused(self) -> None:
        if self._waiting_for_ears:
            self._wait_for_ears()
        else:
            super()._wait_paused()

    def _ears_back(self) -> None:
        was_deaf, self._deaf = self._deaf is not None, None
        if was_deaf:
            self._record("ears_back")
        if was_deaf and self.state is State.PAUSED:
            self._freeze()
            if self._waiting_for_ears:
                self._take_up([prompts.HEAR_AGAIN])
            else:
                self._talk.say([prompts.HEAR_AGAIN], self._now, self._wait_paused)

    def _voice_lost(self, why: str) -> None:
        """Captions go on. Neither heard nor hearing, the session ends."""
        self._mute = True
        self._record("voice_lost", why=why)
        if self._deaf and self.state in LIVE:
            self._end_unheard()
