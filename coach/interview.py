"""The questions around a session: warning signs, whether the last stop has settled, pain before and after.

They are steps of the plan, so that they can be paused, repeated and come back to like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from coach import prompts, safety
from coach.conversation import Conversation
from coach.intents import Action, Context, is_unsure, names_any, pain_elsewhere
from coach.past import HeldBack, Past
from coach.plan import Kind, Plan, Step
from coach.question import Answers, Question
from coach.states import State

UNCLEAR = (Action.EASE, Action.ASK)


_READY = {
    "sitting": "ready_sitting",
    "standing": "ready_standing",
    "all fours": "ready_floor",
    "kneeling": "ready_floor",
}
"""What to ask by the position that the session begins in; by default somebody lies."""


def with_questions(plan: Plan, past: Past, index: int, checks_ears: bool = False) -> Plan:
    """The plan with its questions: those before the session at step ``index``, the others where they belong.

    With ``checks_ears`` they come once the routine has said how to get into place: whether a person is heard is to be
    known of that place, and before any other answer is listened for.
    """
    if checks_ears:
        index = plan.first_step(0)
    for number, name in reversed(list(enumerate(plan.exercises))):
        if name in past.eased:
            ask = Step(Kind.ASK, safety.QUESTIONS["gentler_today"], exercise=number, asks="gentler", about=name)
            plan = plan.with_steps(plan.first_turn(number), [ask])
    plan = plan.with_steps(len(plan.steps) - 1, [_score("score_after")])
    return plan.with_steps(index, (*([_ready(plan)] if checks_ears else ()), *_before(plan, past)))


def _ready(plan: Plan) -> Step:
    """The check that the person is heard."""
    return Step(Kind.ASK, safety.QUESTIONS[_READY.get(plan.position, "ready_lying")], asks="ready")


def _before(plan: Plan, past: Past) -> Iterator[Step]:
    if past.too_many_stops:
        yield Step(Kind.SAY, safety.REPEAT_STOPS)
        yield Step(Kind.ASK, safety.QUESTIONS["professional"], asks="professional")
    for held in past.held_back:
        if held.exercise is None or held.exercise in plan.exercises:
            yield _settled(held)
    if past.warning_signs_due:
        yield from warning_signs()
    yield _score("score_before")


def _settled(held: HeldBack) -> Step:
    name = "day_after" if held.hours_ago >= safety.THRESHOLDS.settle_hours else "settled"
    text = safety.QUESTIONS[name]
    text = f"{held.exercise}. {text}" if held.exercise else text
    return Step(Kind.ASK, text, asks="settled", about=held.exercise)


def _score(name: str) -> Step:
    return Step(Kind.ASK, safety.QUESTIONS[name], asks=name)


def warning_signs() -> Iterator[Step]:
    """The warning-sign questions, one at a time."""
    yield Step(Kind.SAY, prompts.WARNING_SIGNS)
    yield from (Step(Kind.ASK, sign.question, asks="warning", about=sign.name) for sign in safety.WARNING_SIGNS)


class Interview(Conversation):
    """A conversation that also asks the questions of its plan."""

    def _put_question(self, step: Step) -> None:
        questions: dict[str, Callable[[Step], Question]] = {
            "ready": self._about_ears,
            "warning": self._about_sign,
            "settled": self._about_settling,
            "professional": self._about_professional,
            "gentler": self._about_gentler,
            "score_before": self._about_pain,
            "score_after": self._about_pain,
        }
        assert step.asks is not None
        self._go(State.SPEAKING)
        self._ask(questions[step.asks](step))

    def _next(self, line: str | None = None) -> None:
        """On to the next step, with a word on the way."""
        self._freeze()
        if line:
            self._bridge = (line, self._index + 1)
            self._take_up()
        else:
            self._do_step(self._index + 1)

    def _then(self, kind: str, **facts: object) -> Callable[[], None]:
        """Write an answer down and go on."""

        def go_on() -> None:
            self._record(kind, **facts)
            self._next()

        return go_on

    def _yes_or_no(self, step: Step, answers: Answers, unanswered: Callable[[], None]) -> Question:
        always = {Action.PAUSE: self._pause, Action.HELP: self._help}
        text = step.text or ""
        return Question(text, f"{prompts.ONCE_AGAIN} {text}", Context.ASKED_YES_NO, {**always, **answers}, unanswered)

    # --- is the person heard? ------------------------------------------------------------------

    def _about_ears(self, step: Step) -> Question:
        """Nothing begins before the person has been heard, or has pressed a key; nor is anybody given up soon.

        Somebody who can't be heard may lie where no key is in reach: so the coach goes on listening and asking for
        some minutes, tells what may help, and then ends it, with nothing done that could do harm.
        """

        def ready() -> None:
            self._record("ears_checked", heard="keyboard" if self._by_keyboard else "voice")
            self._next(prompts.BY_KEYBOARD if self._by_keyboard else prompts.CAN_HEAR)

        def not_yet() -> None:
            self._wait_until_ready("ready_later", iter(self.policy.still_paused_s), self._pause)

        def unheard() -> None:
            self._record("ears_checked", heard="nothing")
            self._last_words(prompts.NEVER_HEARD, "unheard")

        def again() -> None:
            self._wait_until_ready("ready_unheard", iter(self.policy.unready_s), unheard)

        answers: Answers = {
            **dict.fromkeys((Action.YES, Action.CONTINUE, Action.SKIP), ready),
            **dict.fromkeys((Action.NO, Action.PAUSE), not_yet),
            Action.EASE: self._ease,
            Action.ASK: self._ask_how_bad,
            Action.HELP: self._help,
        }
        text, once_more = step.text or "", safety.QUESTIONS["ready_again"]
        return Question(text, once_more, Context.ASKED_READY, answers, again, answer_s=self.policy.ready_s)

    def _wait_until_ready(self, name: str, silences: Iterator[float], at_last: Callable[[], None]) -> None:
        """Ask again, and again after each of the silences; ``at_last`` there is no more to wait for."""
        silence_s, asked = next(silences, None), self._question
        if silence_s is None or asked is None:
            at_last()
            return

        def unanswered() -> None:
            self._wait_until_ready(name, silences, at_last)

        self._question, self._asked_again = replace(asked, answer_s=silence_s, unanswered=unanswered), True
        self._put(safety.QUESTIONS[name])

    # --- the questions ------------------------------------------------------------------------

    def _about_sign(self, step: Step) -> Question:
        """A yes, or a "not sure", is never argued with. Without an answer there is no session.

        Pain is what it is: it is asked about, and then the question is put again, unless it hurts where was asked.
        """
        sign = next(sign for sign in safety.WARNING_SIGNS if sign.name == step.about)
        following = self._plan.steps[self._index + 1 : self._index + 2]
        is_last = not following or following[0].asks != "warning"

        def present() -> None:
            self._record("warning_sign", sign=sign.name, answer="yes")
            self._advise(sign.action)

        def absent() -> None:
            self._record("warning_sign", sign=sign.name, answer="no")
            if is_last:
                self._record("warning_signs_clear")
            self._next()

        def said_yes() -> None:
            # "There is a pain in my hip" is no yes to any of these.
            self._ask_how_bad() if pain_elsewhere(self._words, sign.here) else present()

        def unclear() -> None:
            if is_unsure(self._words) or names_any(self._words, sign.here):
                present()
            else:
                self._ask_how_bad(Action.NONE if pain_elsewhere(self._words, sign.here) else sign.action)

        def moderate() -> None:
            present() if names_any(self._words, sign.here) else self._ease()

        answers = {Action.NO: absent, Action.YES: said_yes, Action.ASK: unclear, Action.EASE: moderate}
        question = self._yes_or_no(step, answers, lambda: self._last_words(prompts.NO_ANSWERS, "unanswered"))
        return replace(question, yes_means=sign.action, here=sign.here)

    def _about_settling(self, step: Step) -> Question:
        def not_settled() -> None:
            self._record("settled", exercise=step.about, answer="no")
            self._leave_out(step.about)

        yes = self._then("settled", exercise=step.about, answer="yes")
        no = dict.fromkeys((Action.NO, Action.SKIP, *UNCLEAR), not_settled)
        return self._yes_or_no(step, {Action.YES: yes, Action.CONTINUE: yes, **no}, not_settled)

    def _leave_out(self, exercise: str | None) -> None:
        """Hold an exercise back for today."""
        if exercise is not None:
            self._plan = self._plan.without(self._plan.exercises.index(exercise))
        if all(step.exercise is None for step in self._plan.steps):
            self._last_words(prompts.ALL_HELD_BACK, "held_back")
        else:
            self._next(prompts.left_out(exercise) if exercise else prompts.GO_GENTLY)

    def _about_professional(self, step: Step) -> Question:
        def wait() -> None:
            self._last_words(prompts.ASK_FIRST, "held_back")

        no = dict.fromkeys((Action.NO, *UNCLEAR), wait)
        return self._yes_or_no(step, {Action.YES: self._then("professional_asked"), **no}, wait)

    def _about_gentler(self, step: Step) -> Question:
        answers = {**dict.fromkeys((Action.YES, *UNCLEAR), self._gentler), Action.NO: self._then("as_before")}
        return self._yes_or_no(step, {Action.SKIP: self._skip, **answers}, self._gentler)

    def _about_pain(self, step: Step) -> Question:
        """The pain now, by number or by word. Without a clear answer it is left.

        At the beginning that is a trial of the ears as well: whom the coach does not hear is told of another way.
        """
        when = "before" if step.asks == "score_before" else "after"

        def mild() -> None:
            self._record("pain", when=when, score=self._score)
            self._next()

        def moderate() -> None:
            self._record("pain", when=when, score=self._score)
            self._next(prompts.GO_GENTLY if when == "before" else None)

        answers: Answers = {
            Action.CONTINUE: mild,
            Action.EASE: moderate,
            Action.SKIP: self._next,
            Action.PAUSE: self._pause,
            Action.HELP: self._help,
        }
        again = safety.QUESTIONS["score_again"]
        unanswered = self._next if when == "after" else lambda: self._next(prompts.NO_ANSWER_HEARD)
        return Question(step.text or "", again, Context.ASKED_SCORE, answers, unanswered)

    # --- asked for at any time ----------------------------------------------------------------

    def _check_signs(self) -> None:
        """Put the warning-sign questions now, and then go on from where it was."""
        self._freeze()
        here = self.step
        at = self._index - 1 if here is not None and here.kind.is_work else self._index
        if self._bridge:
            at = self._bridge[1]
        self._cut("warning signs")
        self._plan = self._plan.with_steps(at, warning_signs())
        self._do_step(at)
