"""What a person can ask for in any live state: pause, carry on, repeat, skip, back, help, time left, the voice."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from coach import prompts
from coach.events import Adjust
from coach.intents import Action
from coach.plan import AFTER, Kind, Lengths, Plan
from coach.policy import Policy, step_along
from coach.states import TIMED, State
from coach.walk import Walk, whole_reps


class Commands(Walk):
    """A walk through a plan that takes commands."""

    def __init__(self, plan: Plan, lengths: Lengths, policy: Policy) -> None:
        super().__init__(plan, lengths)
        self.policy = policy
        self._rate_wpm, self._volume = policy.rate_wpm, policy.volume
        self._paces: dict[int, float] = {}
        """How much slower the repetitions of an exercise are counted than it says."""
        self._reminders = 0

    def _command(self, action: Action) -> bool:
        """Carry out a command; False if it is none."""
        command = _COMMANDS.get(action)
        if command:
            command(self)
        return command is not None

    # --- waiting ------------------------------------------------------------------------------

    def _pause(self) -> None:
        self._freeze()
        self._record("paused")
        self._go(State.PAUSED)
        self._reminders = 0
        self._talk.say([prompts.PAUSED], self._now, self._wait_paused)

    def _wait_paused(self) -> None:
        if self._reminders < len(self.policy.still_paused_s):
            self._set_alarm(self.policy.still_paused_s[self._reminders], self._still_paused)

    def _still_paused(self) -> None:
        self._reminders += 1
        self._talk.say([prompts.STILL_PAUSED], self._now, self._wait_paused)

    def _resume(self) -> None:
        """Carry on: out of a pause, or out of a rest before its time."""
        if self.state is State.PAUSED:
            self._freeze()
            self._record("resumed")
            self._take_up()
        elif self.state is State.CHECKING:
            self._take_up()
        elif self.state is State.RESTING:
            self._go_on()

    def _there(self) -> None:
        """ "I'm there", "okay": the answer to a coach who waits until somebody has settled."""
        if self.state is State.RESTING and self.step is not None and self.step.introduces:
            self._resume()

    # --- saying something that is not in the plan ---------------------------------------------

    def _aside(self, lines: Sequence[str]) -> None:
        """Over a timed part or a pause, which go on; else before the current prompt, which is then said again."""
        if self.state in TIMED or self.state is State.PAUSED:
            self._talk.hush(self._now)
            then = self._wait_paused if self.state is State.PAUSED else lambda: None
            self._talk.say(lines, self._now, then)
        else:
            self._freeze()
            self._take_up(lines)

    def _repeat(self) -> None:
        """The last instruction again; a hold goes on meanwhile."""
        if self.state in TIMED or self.state is State.PAUSED:
            step = self.step
            assert step is not None
            before = self._plan.steps[self._index - 1] if step.kind.is_work else step
            self._aside([before.text or self._talk.lately_said[-1]])
        else:
            self._freeze()
            self._take_up()

    @property
    def _help_lines(self) -> Sequence[str]:
        """What can be asked for."""
        return prompts.HELP

    def _help(self) -> None:
        if self.state is State.PAUSED:
            self._aside(self._help_lines)
        else:
            self._freeze()
            self._take_up(self._help_lines)

    def _time_left(self) -> None:
        here = self.step.seconds - self._countdown.elapsed_s(self._now) if self.step and self._countdown else None
        self._aside([prompts.time_left(here, self._remaining_s())])

    # --- going to another exercise ------------------------------------------------------------

    def _skip(self) -> None:
        """Leave the rest of this exercise; before the first, what comes before it, and after the last, the rest.

        Questions that are still to be put are not left out: they may be about warning signs.
        """
        if self.step is not None and self.step.set == AFTER:
            self._go_on()
            return
        self._freeze()
        self._cut("skip")
        self._record("skipped")
        exercise = self.step.exercise if self.step else None
        if exercise is not None:
            self._cross(prompts.SKIPPING, self._plan.first_step(exercise + 1))
        elif self._index >= self._plan.first_step(len(self._plan.exercises)):
            self._cross(prompts.SKIPPING, len(self._plan.steps))
        else:
            first = self._plan.first_step(0)
            asks = (i for i in range(self._index + 1, first) if self._plan.steps[i].kind is Kind.ASK)
            target = next(asks, first)
            self._cross(prompts.TO_THE_EXERCISES if target == first else prompts.SKIPPING, target)

    def _back(self) -> None:
        """To the beginning of this exercise; while it is still being introduced, of the one before."""
        self._freeze()
        self._cut("back")
        self._record("back")
        step, last = self.step, len(self._plan.exercises) - 1
        if step is None or step.exercise is None:
            in_closing = self._index >= self._plan.first_step(last + 1)
            target, line = 0, prompts.GOING_TO_THE_START
            if in_closing:
                target, line = self._plan.first_step(last), prompts.GOING_TO_PREVIOUS
        else:
            first = self._plan.first_step(step.exercise)
            introducing = all(each.introduces for each in self._plan.steps[first : self._index + 1])
            if introducing and step.exercise > 0:
                target, line = self._plan.first_step(step.exercise - 1), prompts.GOING_TO_PREVIOUS
            else:
                target, line = first, prompts.GOING_BACK
        exercise = self._plan.steps[target].exercise
        if exercise in self._plan.gentle:
            self._plan, self._index = self._plan.from_start(exercise), target
        self._cross(line, target)

    # --- the voice ----------------------------------------------------------------------------

    def _change_rate(self, by: int) -> None:
        """Speak slower or faster; while repetitions are being counted, count slower or faster too."""
        rate_wpm = int(step_along(self.policy.rates_wpm, self._rate_wpm, by))
        if self._countdown is not None and self._countdown.step.kind is Kind.COUNT:
            paced = self._change_pace(-by)
            self._take_up([self._change_voice(rate_wpm, self._volume, paced)])
        else:
            self._aside([self._change_voice(rate_wpm, self._volume)])

    def _change_volume(self, by: int) -> None:
        self._aside([self._change_voice(self._rate_wpm, step_along(self.policy.volumes, self._volume, by))])

    def _change_pace(self, by: int) -> bool:
        """Lengthen or shorten the counted repetitions of this exercise, from the current one on.

        The count stands still afterwards. False where they can't be changed any further.
        """
        step, countdown = self.step, self._countdown
        assert step is not None
        assert step.exercise is not None
        assert countdown is not None
        done = whole_reps(step, countdown.elapsed_s(self._now))
        before = self._paces.get(step.exercise, 1.0)
        pace = step_along(self.policy.paces, before, by)
        self._plan = self._plan.paced(step.exercise, pace / before)
        self._paces[step.exercise] = pace
        self._freeze()
        self._offset = done * self._plan.steps[self._index].rep_s
        return pace != before

    def _change_voice(self, rate_wpm: int, volume: float, paced: bool = False) -> str:
        """Speak otherwise from now on; what to say about it."""
        changed = paced or (rate_wpm, volume) != (self._rate_wpm, self._volume)
        if (rate_wpm, volume) != (self._rate_wpm, self._volume):
            self._out.append(Adjust(rate_wpm, volume))
        self._rate_wpm, self._volume = rate_wpm, volume
        return prompts.THIS_VOICE if changed else prompts.THAT_IS_ALL_I_CAN


_COMMANDS: dict[Action, Callable[[Commands], None]] = {
    Action.PAUSE: lambda session: session._pause(),
    Action.RESUME: lambda session: session._resume(),
    Action.YES: lambda session: session._there(),
    Action.REPEAT: lambda session: session._repeat(),
    Action.SKIP: lambda session: session._skip(),
    Action.BACK: lambda session: session._back(),
    Action.HELP: lambda session: session._help(),
    Action.TIME_LEFT: lambda session: session._time_left(),
    Action.SLOWER: lambda session: session._change_rate(-1),
    Action.FASTER: lambda session: session._change_rate(+1),
    Action.LOUDER: lambda session: session._change_volume(+1),
    Action.QUIETER: lambda session: session._change_volume(-1),
}
