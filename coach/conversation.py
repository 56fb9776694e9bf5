"""The conversation around pain: questions and what follows from their answers, easing, stopping, advice.

Between two readings the stronger counts, no answer to "how bad is it?" counts as a stop, and a session that was
stopped never coaches again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coach import prompts, safety
from coach.commands import Commands
from coach.intents import Action, Context, Meaning, pain_elsewhere, strength, understand
from coach.plan import AFTER, Lengths, Plan
from coach.policy import Policy
from coach.question import Answers, Question
from coach.states import TIMED, State

VOICE_CHANGES = frozenset({Action.SLOWER, Action.FASTER, Action.LOUDER, Action.QUIETER})


class Conversation(Commands):
    """A walk through a plan that takes commands and reports."""

    def __init__(self, plan: Plan, lengths: Lengths, policy: Policy) -> None:
        super().__init__(plan, lengths, policy)
        self._question: Question | None = None
        self._asked_again = False
        self._asked_while_paused = False
        self._advised = Action.NONE
        self._score: int | None = None
        """The number that was said last."""
        self._words = ""
        """What was said last ..."""
        self._by_keyboard = False
        """... and whether it was typed."""

    # --- reports ------------------------------------------------------------------------------

    def _report(self, meaning: Meaning, words: str) -> None:
        """Something about pain, illness or stopping was said."""
        self._record("report", action=str(meaning.action), score=meaning.score, words=words)
        action, self._score, self._words = meaning.action, meaning.score, words
        asked = self._question if self.state is State.ASKING else None
        if asked and action in asked.answers:
            asked.answers[action]()
        elif action.ends_session:
            bare = meaning.stop_word and not (asked and asked.about_pain)
            self._obey_stop() if bare else self._advise(max(action, _with_a_yes(asked, meaning, words), key=strength))
        elif asked and not asked.about_pain:
            self._answered(Action.NONE)
        elif action is Action.ASK:
            self._ask_how_bad()
        elif action is Action.EASE:
            self._ease()
        else:
            self._nothing_bad()

    def _nothing_bad(self) -> None:
        """No pain, or so little that nothing changes."""
        if self.state is State.ASKING:
            self._answered(Action.CONTINUE)
        elif self.state is State.CHECKING:
            self._take_up([prompts.ACKNOWLEDGED])
        elif self.state in TIMED and not self._talk.busy:
            self._talk.say([prompts.ACKNOWLEDGED], self._now)

    # --- questions ----------------------------------------------------------------------------

    @property
    def _context(self) -> Context | None:
        """The kind of question that is waiting for an answer."""
        return self._question.context if self._question and self.state is State.ASKING else None

    @property
    def _paused(self) -> bool:
        """Whether somebody has paused and not said to carry on, also where a question has been put meanwhile."""
        return self.state is State.PAUSED or (self.state is State.ASKING and self._asked_while_paused)

    def _carry_on(self, lead: Sequence[str] = ()) -> None:
        """What follows a report that ends nothing: the routine, or the pause that it was made in."""
        if self._paused:
            self._pause()
        else:
            self._take_up(lead)

    def _carry_on_anyway(self) -> None:
        """ "Carry on" as an answer also ends the pause in which the question was put."""
        if self._paused:
            self._record("resumed")
        self._take_up()

    def _ask(self, question: Question, lead: Sequence[str] = ()) -> None:
        self._asked_while_paused = self._paused
        self._freeze()
        self._question, self._asked_again = question, False
        self._go(State.ASKING)
        self._talk.say([*lead, question.text], self._now, self._wait_for_answer)

    def _wait_for_answer(self) -> None:
        asked = self._question
        usual_s = self.policy.answer_s
        self._set_alarm(asked.answer_s or usual_s if asked else usual_s, self._no_answer)

    def _no_answer(self) -> None:
        question = self._question
        assert question is not None
        if self._asked_again:
            self._record("no_answer", question=question.text)
            question.unanswered()
        else:
            self._asked_again = True
            self._put(question.again)

    def _put(self, text: str) -> None:
        self._talk.hush(self._now)
        self._alarm = None
        self._talk.say([text], self._now, self._wait_for_answer)

    def _answered(self, action: Action) -> None:
        """Something was said to a question. What is no answer brings it once more, and then the silence decides."""
        question = self._question
        assert question is not None
        if action in question.answers:
            question.answers[action]()
        elif action is Action.REPEAT:
            self._put(question.text)
        elif action in VOICE_CHANGES:
            self._command(action)
        elif not self._asked_again:
            self._no_answer()

    def _aside(self, lines: Sequence[str]) -> None:
        if self.state is State.ASKING and self._question:
            self._put(self._question.text)
        else:
            super()._aside(lines)

    # --- ask, ease, stop ----------------------------------------------------------------------

    def _ask_how_bad(self, at_least: Action = Action.NONE) -> None:
        """Pain without a size. Still without one when asked, it is no clear answer.

        A score that ends the session leads to ``at_least``.
        """
        answers = {
            Action.CONTINUE: lambda: self._carry_on([prompts.ACKNOWLEDGED]),
            Action.EASE: self._ease,
            Action.ASK: lambda: self._answered(Action.NONE),
        }
        question = self._about_what_is_wrong("score", Context.ASKED_SCORE, answers)
        self._ask(replace(question, yes_means=at_least))

    def _about_what_is_wrong(self, name: str, context: Context, answers: Answers) -> Question:
        """A question after something was wrong: no answer, and lost ears, count as a stop for pain."""
        text, again = safety.QUESTIONS[name], safety.QUESTIONS[f"{name}_again"]
        stop = self._stop_for_pain
        return Question(text, again, context, answers, unanswered=stop, if_unheard=stop, about_pain=True)

    def _stop_for_pain(self) -> None:
        self._advise(Action.STOP)

    def _ease(self) -> None:
        """Moderate: a hold ends early, and a gentler go is offered. No answer counts as yes."""
        self._freeze()
        cut = self._cut("ease")
        step = self.step
        if step is None or step.exercise is None or step.set == AFTER:
            begun = step is None or self._index >= self._plan.first_step(0)
            self._carry_on([prompts.EASE_OFF if begun else prompts.GO_GENTLY])
            return
        if cut:
            self._bridge = (prompts.AS_BEFORE, self._index + 1)
        elif self._bridge is None:
            getting_ready = self._index - 1 if step.kind.is_work else self._index
            self._bridge = (prompts.AS_BEFORE, getting_ready)
        answers = {
            **dict.fromkeys((Action.NO, Action.CONTINUE), self._carry_on),
            **dict.fromkeys((Action.YES, Action.EASE), self._gentler),
            Action.ASK: self._ask_how_bad,
            Action.RESUME: self._carry_on_anyway,
            Action.SKIP: self._skip,
            Action.PAUSE: self._pause_before_easing,
        }
        text, again = safety.QUESTIONS["easier"], safety.QUESTIONS["easier_again"]
        easier = Question(text, again, Context.ASKED_YES_NO, answers, self._gentler, if_unheard=self._make_easier)
        self._ask(easier, [prompts.EASE_OFF])

    def _make_easier(self) -> None:
        """The gentler version, whenever the exercise goes on."""
        self._record("eased")
        self._plan, following = self._plan.easier_from(self._index)
        self._bridge = (prompts.GENTLER, following)

    def _gentler(self) -> None:
        self._freeze()
        self._make_easier()
        self._carry_on()

    def _pause_before_easing(self) -> None:
        """No answer counts as yes, and a pause is none."""
        self._make_easier()
        self._pause()

    def _obey_stop(self) -> None:
        """A bare "stop": obeyed first, asked about afterwards. No answer leads back into the routine."""
        self._silence()
        self._cut("stop")
        answers = {
            **dict.fromkeys((Action.NO, Action.CONTINUE), self._farewell),
            **dict.fromkeys((Action.YES, Action.EASE, Action.ASK), self._stop_for_pain),
        }
        self._ask(self._about_what_is_wrong("finished", Context.ASKED_FINISHED, answers))

    def _silence(self) -> None:
        """Hush even where nothing is being said: a chime may be sounding."""
        self._talk.hush(self._now, always=True)
        self._freeze()

    # --- the last words -----------------------------------------------------------------------

    def _farewell(self) -> None:
        self._last_words(prompts.FAREWELL, "stopped")

    def _last_words(self, line: str, outcome: str) -> None:
        self._freeze()
        self._cut(outcome)
        self._go(State.ADVISING)
        self._talk.say([line], self._now, lambda: self._close(outcome), protected=True)

    def _advise(self, action: Action) -> None:
        """Silence, write it down, give the advice for the rung. Nothing follows but the end."""
        self._silence()
        self._cut(str(action))
        self._go(State.ADVISING)
        self._give(action)

    def _give(self, action: Action) -> None:
        lines = safety.advice(action, self.policy.country)
        self._record("advised", action=str(action), lines=list(lines))
        self._advised, self._alarm = action, None
        self._talk.say([*lines, safety.QUESTIONS["again"]], self._now, self._wait_to_repeat, protected=True)

    def _wait_to_repeat(self) -> None:
        self._set_alarm(self.policy.again_s, self._after_advice)

    def _after_advice(self) -> None:
        outcome, self._alarm = str(self._advised), None
        self._talk.say([prompts.STAY_SAFE], self._now, lambda: self._close(outcome), protected=True)

    def _heard_at_last(self, meaning: Meaning, words: str) -> None:
        """During the last words: a stronger report brings its own, at the next full stop; "say that again" repeats."""
        action = meaning.action
        if action.is_report:
            self._record("report", action=str(action), score=meaning.score, words=words)
        if action.ends_session and not meaning.stop_word and strength(action) > strength(self._advised):
            # "This need not mean harm" must not be the answer to chest pain: the rest of the weaker advice is left out.
            self._talk.drop_line()
            self._give(action)
        elif self._alarm and action in (Action.REPEAT, Action.YES):
            self._give(self._advised)
        elif self._alarm and action is Action.NO:
            self._after_advice()


def _with_a_yes(asked: Question | None, meaning: Meaning, words: str) -> Action:
    """What the question's own yes would lead to, unless the answer begins with a no or is about pain elsewhere."""
    if asked is None or understand(words.split()[0] if words else "", asked.context).action is Action.NO:
        return Action.NONE
    if asked.here and meaning.action is Action.STOP and pain_elsewhere(words, asked.here):
        return Action.NONE
    return asked.yes_means
