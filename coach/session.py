"""The session: the rules of the whole conversation, sans-IO.

1. Nothing here reads a clock, starts a thread, opens a file or a device, logs, or raises on odd timing.
2. React on a partial, decide on the final: a partial report silences and freezes; a false alarm leads to a get-ready
   cue and the remaining time.
3. Every command works in every live state, by voice and by keyboard; stop works in all of them.
4. The last words are one-way: no command, no lost device and no second report brings coaching back.

The layers below, each knowing nothing of the next: Walk (the plan and its times), Commands, Conversation (pain),
Interview (the questions of the plan).
"""

from __future__ import annotations

from collections.abc import Sequence

from coach import prompts, safety
from coach.deciding import weighed
from coach.echo import pieces, resembles
from coach.events import (
    Command,
    EarsBack,
    EarsLost,
    Event,
    Heard,
    Listen,
    SpeechEnded,
    Tick,
    Understood,
    VoiceBack,
    VoiceLost,
)
from coach.intents import Action, Context, Meaning, strength, understand
from coach.interview import Interview, with_questions
from coach.past import Past
from coach.plan import Kind, Lengths, Plan, Step
from coach.policy import Policy
from coach.states import LIVE, TIMED, State

FIRST_PERSON = frozenset({"my", "mine", "i've", "i'm"})


class Session(Interview):
    """One session of one plan.

    ``start`` and ``handle`` return the commands to carry out; ``deadline`` is the only timer.

    ``lengths`` gives the seconds that a line takes to say at the current rate. ``opening`` is said after the greeting;
    ``deaf`` is why the coach can't hear from the start, if it can't: then it says so. ``past`` is what earlier sessions
    mean for this one; without it, as for a preview, nothing is asked.
    """

    def __init__(
        self,
        plan: Plan,
        lengths: Lengths,
        policy: Policy | None = None,
        opening: Sequence[str] = (prompts.LISTENING,),
        deaf: str | None = None,
        past: Past | None = None,
    ) -> None:
        greeting = prompts.greeting(plan.title, plan.length_s(lengths))
        hearing = (prompts.CANNOT_HEAR, prompts.CANNOT_HEAR_GOING_ON) if deaf else ()
        lines = [Step(Kind.SAY, line) for line in (greeting, *hearing, *opening)]
        plan = plan.with_steps(0, lines)
        super().__init__(with_questions(plan, past, len(lines)) if past else plan, lengths, policy or Policy())
        self._deaf = deaf
        self._waiting_for_ears = False
        self._mute = False
        self._check_ends_at = 0.0
        self._heard_from: float | None = None
        """When the first partial came of what is being heard."""
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
                self._heard(event)
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

    # --- hearing ------------------------------------------------------------------------------

    def _heard(self, event: Heard) -> None:
        if self._heard_from is None and not event.final:
            self._heard_from = self._now
        self._hear(event)
        if event.final:
            self._heard_from = None

    def _hear(self, event: Heard) -> None:
        words, meaning = self._made_of(event)
        meaning = weighed(meaning, event.sure, self._context)
        if self._misheard_question(event) and not meaning.action.ends_session:
            return
        if not event.final:
            self._partial(meaning, words)
            return
        if words:
            self._out.append(Understood(words, str(meaning.action), meaning.score, event.typed))
        if self.state is State.ADVISING:
            self._heard_at_last(meaning, words)
        elif meaning.action.is_report:
            self._report(meaning, words)
        elif self.state is State.ASKING:
            if words:
                self._answered(meaning.action)
        elif safety.asks_for_signs(words):
            self._check_signs()
        elif not self._command(meaning.action) and self.state is State.CHECKING:
            self._false_alarm()

    def _made_of(self, event: Heard) -> tuple[str, Meaning]:
        """A person's words, without the coach's own, and the strongest meaning among their pieces."""
        own = [] if event.typed else self._talk.lately_said
        lately = self._may_be_echo(event)
        parts = pieces(event.words, own, lately)
        meaning = _strongest(parts, self._context)
        persons = {word for part in parts for word in part.split()} - {"[unk]"}
        if persons:
            # Two or three words of the coach's may as well be somebody's own: "i can't feel my left foot"; and who says
            # "my" has taken up the words of the question: "numbness or tingling between my legs".
            fuller = [event.words] if persons & FIRST_PERSON else pieces(event.words, own, lately=False)
            report = _strongest(fuller, None)
            if fuller != parts and not report.stop_word and strength(report.action) > strength(meaning.action):
                return " ... ".join(fuller), report
        return " ... ".join(parts), meaning

    def _may_be_echo(self, event: Heard) -> bool:
        """Whether the coach's own voice may be in what was heard: what somebody began after it had ended is theirs."""
        if event.typed or self._talk.busy:
            return self._talk.busy and not event.typed
        since = self._heard_from
        if since is not None and since > self._talk.ended_at + self.policy.partial_s:
            return False
        return self._now - self._talk.ended_at < self.policy.echo_s

    def _misheard_question(self, event: Heard) -> bool:
        """Whether this is the question itself, come back."""
        if self.state is not State.ASKING or not self._may_be_echo(event):
            return False
        return resembles(event.words, self._talk.lately_said[-1], self._talk.busy)

    def _partial(self, meaning: Meaning, words: str) -> None:
        """A partial report silences and freezes; while somebody goes on speaking, the decision waits for them."""
        reports = strength(meaning.action) >= strength(Action.ASK)
        if self.state is State.CHECKING and self._now >= self._check_ends_at:
            # Somebody who goes on for so long and still says it is not talked over; the final would say no other.
            self._report(meaning, words) if reports else self._false_alarm()
        elif self.state is State.CHECKING:
            self._wait_for_final()
        elif self.state is State.ASKING and meaning.action is not Action.NONE:
            self._talk.hush(self._now)
            self._wait_for_answer()
        elif reports and self.state is State.PAUSED:
            self._talk.hush(self._now)
            self._wait_paused()
        elif reports and (self.state in TIMED or self.state is State.SPEAKING):
            self._silence()
            self._go(State.CHECKING)
            self._check_ends_at = self._now + self.policy.check_at_most_s
            self._wait_for_final()

    def _wait_for_final(self) -> None:
        """Words that were taken back are a false alarm; words that nobody ever decided on are an unclear report."""
        self._set_alarm(self.policy.check_s, self._ask_how_bad)

    def _false_alarm(self) -> None:
        self._record("false_alarm")
        self._take_up()

    # --- devices ------------------------------------------------------------------------------

    def _ears_lost(self, why: str, for_good: bool) -> None:
        """Never carry on deaf: say so and how to finish, and wait. With a report under way, that counts as a stop."""
        news, self._deaf = self._deaf is None, why
        if self.state not in LIVE or not (news or for_good):
            return
        self._record("ears_lost", why=why)
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


def _strongest(parts: Sequence[str], context: Context | None) -> Meaning:
    """The strongest meaning among pieces; of two as strong, the one with a sign of pain, and any rather than none."""
    meanings = [understand(part, context) for part in parts]
    meant = [meaning for meaning in meanings if meaning.action is not Action.NONE] or [Meaning(Action.NONE)]
    return max(meant, key=lambda meaning: (strength(meaning.action), not meaning.stop_word, meaning.score or 0))
