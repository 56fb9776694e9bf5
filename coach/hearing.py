"""What is heard: whose voice it is, silence on a voice, decisions on words.

Two lanes. A sound over the coach's own voice silences it, whatever it is, so that the words that follow are heard in
quiet; words alone decide. Where a few words could not be understood, the coach asks; where none came, it goes on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from coach import safety
from coach.deciding import weighed
from coach.echo import pieces, resembles
from coach.events import Heard, Understood
from coach.intents import Action, Context, Meaning, strength, understand
from coach.interview import Interview
from coach.plan import Lengths, Plan
from coach.policy import Policy
from coach.question import Question
from coach.states import TIMED, State

FIRST_PERSON = frozenset({"my", "mine", "i've", "i'm"})


class Hearing(Interview):
    """A session's ears."""

    def __init__(self, plan: Plan, lengths: Lengths, policy: Policy) -> None:
        super().__init__(plan, lengths, policy)
        self._check_ends_at = 0.0
        self._heard_from: float | None = None
        """When the first partial came of what is being heard."""
        self._only_sound = False
        """Whether the check under way began with a sound, and no report has come since."""
        self._sounded_at: float | None = None
        """When somebody last sounded in such a check after the coach had fallen silent."""
        self._listens_until = 0.0
        self._understood_at = self._cried_at = float("-inf")
        self._interrupted_at: deque[float] = deque(maxlen=policy.interruptions)

    # --- silence on a voice ---------------------------------------------------------------------

    def _sounded(self) -> None:
        """Somebody or something sounds over the coach: be quiet, and hear what comes.

        Now and then only: a dog that barks at every prompt must not keep the prompt from ever being said. Words are
        acted on all the same.
        """
        if self.state is State.CHECKING and self._only_sound:
            self._still_sounding()
            return
        if not self._talk.busy or self.state is State.ADVISING or self._often_interrupted():
            return
        self._interrupted_at.append(self._now)
        if self.state is State.SPEAKING:
            self._silence()
            self._go(State.CHECKING)
            self._only_sound, self._sounded_at = True, None
            self._check_ends_at = self._now + self.policy.check_at_most_s
            self._listens_until = self._now + self.policy.listen_at_most_s
            self._set_alarm(self.policy.listen_s, self._nothing_made_out)
        elif self.state is State.ASKING:
            self._talk.hush(self._now)
            self._wait_for_answer()
        elif self.state is State.PAUSED:
            self._talk.hush(self._now)
            self._wait_paused()
        else:
            self._talk.hush(self._now)

    def _still_sounding(self) -> None:
        """Not to be talked over, unless it never ends."""
        self._sounded_at = self._now
        due_at = self._alarm[0] if self._alarm else self._now
        if due_at < self._now + self.policy.listen_s and self._now < self._listens_until:
            self._set_alarm(self.policy.listen_s, self._nothing_made_out)

    def _nothing_made_out(self) -> None:
        """Who spoke on to a coach that was silent, and then waited for it, may have said something to it."""
        at = self._sounded_at
        if at is not None and self._now >= at + self.policy.listen_s:
            self._ask_go_on()
        else:
            self._take_up()

    def _outcry(self) -> None:
        """A cry or a fall is asked about like a pain without a size; what was understood just now explains it."""
        explained = self._now - self._understood_at < self.policy.explained_s
        lately = self._now - self._cried_at < self.policy.outcries_s
        if explained or lately or self.state not in (*TIMED, State.SPEAKING, State.CHECKING, State.PAUSED):
            return
        self._cried_at = self._now
        self._record("outcry")
        self._silence()
        self._ask_how_bad()

    def _often_interrupted(self) -> bool:
        times = self._interrupted_at
        return len(times) == times.maxlen and self._now - times[0] < self.policy.interruptions_s

    def _not_understood(self, words: str) -> None:
        """Words to a coach that has fallen silent, and no meaning in them: a few may have been meant for it."""
        if len(words.split()) > self.policy.few_words:
            self._take_up()
        else:
            self._ask_go_on()

    def _ask_go_on(self) -> None:
        text, again = safety.QUESTIONS["go_on"], safety.QUESTIONS["go_on_again"]
        yes = (Action.YES, Action.CONTINUE, Action.RESUME)
        answers = {**dict.fromkeys(yes, self._take_up), Action.NO: self._obey_stop, Action.ASK: self._ask_how_bad}
        self._ask(Question(text, again, Context.ASKED_YES_NO, answers, unanswered=self._pause))

    # --- decisions on words ---------------------------------------------------------------------

    def _heard(self, event: Heard) -> None:
        if self._heard_from is None and not event.final:
            self._heard_from = self._now
        self._hear(event)
        if event.final:
            self._heard_from = None

    def _hear(self, event: Heard) -> None:
        words, read = self._made_of(event)
        # A doubtful "stop" by somebody who has just interrupted the coach is none.
        means_it = event.sure or (read.stop_word and self.state is State.CHECKING and self._only_sound)
        meaning = weighed(read, means_it, self._context)
        if self._misheard_question(event) and not meaning.action.ends_session:
            return
        if not event.final:
            self._partial(meaning, words)
            return
        if meaning.action is not Action.NONE:
            self._understood_at = self._now
        if words:
            self._out.append(Understood(words, str(meaning.action), meaning.score, event.typed))
        if self.state is State.ADVISING:
            self._heard_at_last(meaning, words)
        elif read.stop_word and not means_it and self.state is not State.ASKING:
            self._silence()
            self._ask_go_on()
        elif meaning.action.is_report:
            self._report(meaning, words)
        elif self.state is State.ASKING:
            if words:
                self._answered(meaning.action)
        elif safety.asks_for_signs(words):
            self._check_signs()
        elif not self._command(meaning.action) and self.state is State.CHECKING:
            self._not_understood(words) if self._only_sound and words else self._false_alarm()

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
            self._only_sound = self._only_sound and not reports
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
            self._only_sound = False
            self._check_ends_at = self._now + self.policy.check_at_most_s
            self._wait_for_final()

    def _wait_for_final(self) -> None:
        """Words that were taken back are a false alarm; words that nobody ever decided on are an unclear report."""
        self._set_alarm(self.policy.check_s, self._take_up if self._only_sound else self._ask_how_bad)

    def _false_alarm(self) -> None:
        if not self._only_sound:
            self._record("false_alarm")
        self._take_up()


def _strongest(parts: Sequence[str], context: Context | None) -> Meaning:
    """The strongest meaning among pieces; of two as strong, the one with a sign of pain, and any rather than none."""
    meanings = [understand(part, context) for part in parts]
    meant = [meaning for meaning in meanings if meaning.action is not Action.NONE] or [Meaning(Action.NONE)]
    return max(meant, key=lambda meaning: (strength(meaning.action), not meaning.stop_word, meaning.score or 0))
