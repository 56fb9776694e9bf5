"""Walking through a plan: say a step, time it, go on; freeze at any moment and take up again with what remains.

Sans-IO: time comes in as ``now``, what is to be done goes out as commands. A timed part is stored as an absolute end,
never ticked down; frozen, it is an offset into its step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from coach import prompts
from coach.cues import Countdown
from coach.events import Begin, Chime, Close, Command, Record
from coach.plan import AFTER, Kind, Lengths, Plan, Step
from coach.states import TRANSITIONS, State
from coach.talk import Talk, Then

LET_GO_S = 5.0
"""Frozen for longer than this, a person has let go of the position, and is told it again."""

LATE_S = 0.5
"""A cue later than this (the machine was asleep) is dropped, not said."""


class Walk:
    """The part of a session that goes through the steps; what is heard is the business of Session."""

    def __init__(self, plan: Plan, lengths: Lengths) -> None:
        self.state = State.SPEAKING
        self._plan = plan
        self._lengths = lengths
        self._out: list[Command] = []
        self._talk = Talk(self._out.append, lengths)
        self._now = float("-inf")
        self._index = 0
        self._offset: float | None = None
        """Seconds done of the current step's timed part; None until its prompt has been said."""
        self._countdown: Countdown | None = None
        self._bridge: tuple[str, int] | None = None
        """A line on the way to another step, and that step: however it is interrupted, the way leads there."""
        self._frozen_at = float("-inf")
        self._alarm: tuple[float, Then] | None = None

    @property
    def deadline(self) -> float | None:
        """When the session next wants a Tick; None when nothing is due (and once closed)."""
        if self.state is State.CLOSED:
            return None
        times = [self._talk.gives_up_at]
        times += [self._countdown.next_at] if self._countdown else []
        times += [self._alarm[0]] if self._alarm else []
        return min((time for time in times if time is not None), default=None)

    @property
    def step(self) -> Step | None:
        """The current step; None when the plan is done."""
        return self._plan.steps[self._index] if self._index < len(self._plan.steps) else None

    @property
    def talking(self) -> bool:
        """Whether the coach is saying something, as far as the session knows."""
        return self._talk.busy

    @property
    def exercise_name(self) -> str | None:
        """The name of the current exercise, if it is one."""
        step = self.step
        return self._plan.exercises[step.exercise] if step and step.exercise is not None else None

    # --- time ---------------------------------------------------------------------------------

    def _tick(self) -> None:
        """Do all that has become due, in the order in which it was due."""
        while self.state is not State.CLOSED and self.deadline is not None and self.deadline <= self._now:
            if self._talk.gives_up_at is not None and self._talk.gives_up_at <= self._now:
                self._talk.ended(None, self._now)
            elif self._alarm and self._alarm[0] <= self._now:
                then, self._alarm = self._alarm[1], None
                then()
            elif self._countdown:
                self._count(self._countdown)

    def _count(self, countdown: Countdown) -> None:
        while cue := countdown.due(self._now):
            if self._now - cue.at_s <= LATE_S and not self._talk.busy:
                self._talk.say([cue.text], self._now)
        if self._now >= countdown.ends_at:
            self._finish_timed(countdown.step)

    def _set_alarm(self, in_s: float, then: Then) -> None:
        self._alarm = (self._now + in_s, then)

    # --- steps --------------------------------------------------------------------------------

    def _go(self, state: State) -> None:
        """The one place where the state changes."""
        if state is not self.state:
            assert (self.state, state) in TRANSITIONS, f"{self.state} to {state}"
            self.state = state

    def _speak(self, lines: Iterable[str], then: Then) -> None:
        self._alarm = None
        self._go(State.SPEAKING)
        self._talk.say(lines, self._now, then)

    def _cross(self, line: str, index: int) -> None:
        """Say a line, and go on with another step."""
        self._bridge = (line, index)
        self._speak([line], lambda: self._do_step(index))

    def _do_step(self, index: int) -> None:
        """Begin a step: its prompt first, then its timed part."""
        self._index, self._offset, self._countdown, self._bridge = index, None, None, None
        step = self.step
        if step is None:
            self._close("done")
        elif step.kind is Kind.ASK:
            self._put_question(step)
        elif step.text:
            self._speak([step.text], self._after_prompt)
        else:
            self._after_prompt()

    def _put_question(self, step: Step) -> None:
        """Ask, and go on with the answer: by whoever understands answers."""
        raise NotImplementedError

    def _after_prompt(self) -> None:
        step = self.step
        assert step is not None
        if step.kind is Kind.SAY:
            self._finish_exercise(step)
            self._do_step(self._index + 1)
        else:
            self._run(0.0)

    def _run(self, offset_s: float) -> None:
        """Start the timed part of the current step at ``offset_s`` seconds into it."""
        step = self.step
        assert step is not None
        self._offset = offset_s
        self._alarm = None
        work = {Kind.HOLD: State.HOLDING, Kind.COUNT: State.MOVING, Kind.MOVE: State.MOVING}
        self._go(work.get(step.kind, State.RESTING))
        if step.kind in (Kind.HOLD, Kind.MOVE):
            self._out.append(Chime("begin"))
        where = self._where()
        names = {name: where.get(name) for name in ("exercise", "side", "set", "rep")}
        self._out.append(Begin(str(step.kind), step.seconds - offset_s, **names))
        self._countdown = Countdown(step, offset_s, self._now, self._lengths)
        self._tick()

    def _finish_timed(self, step: Step) -> None:
        self._talk.hush(self._now)
        self._countdown, self._offset = None, None
        if step.kind.is_work:
            self._out.append(Chime("end"))
            self._record(f"{step.kind}_done", planned_s=step.seconds, done_s=step.seconds, **_reps(step, step.seconds))
        self._finish_exercise(step)
        self._go(State.SPEAKING)
        self._do_step(self._index + 1)

    def _go_on(self) -> None:
        """Leave the rest of this step, with nothing left undone."""
        self._freeze()
        if self.step is not None:
            self._finish_exercise(self.step)
        self._go(State.SPEAKING)
        self._do_step(self._index + 1)

    def _finish_exercise(self, step: Step) -> None:
        """Write down that an exercise is done, after its last step."""
        following = self._plan.steps[self._index + 1 : self._index + 2]
        if step.exercise is not None and all(after.exercise != step.exercise for after in following):
            self._record("exercise_done")

    # --- freezing and taking up again ---------------------------------------------------------

    def _freeze(self) -> None:
        """Silence at once; keep what remains of a timed part."""
        self._talk.hush(self._now)
        self._alarm = None
        if self._countdown:
            self._offset = self._countdown.elapsed_s(self._now)
            self._countdown, self._frozen_at = None, self._now

    def _take_up(self, lead: Iterable[str] = ()) -> None:
        """Go on from where it was frozen: the prompt again, or a get-ready cue and the remaining time."""
        step, offset = self.step, self._offset
        if self._bridge:
            line, index = self._bridge
            self._speak([*lead, line], lambda: self._do_step(index))
            return
        if step is None or offset is None:
            # Nobody holds before they have got ready.
            first = self._index - 1 if step and step.kind.is_work else self._index
            self._speak_or(lead, lambda: self._do_step(first))
            return
        if step.kind is Kind.COUNT:
            offset = whole_reps(step, offset) * step.rep_s
        cues = [prompts.GET_READY_AGAIN] if step.kind.is_work else []
        if step.kind.is_work and self._now - self._frozen_at > LET_GO_S:
            cues.append(self._plan.steps[self._index - 1].text or "")
        if step.kind.is_work and not step.rep_s and step.seconds - offset >= 2:
            cues.append(prompts.seconds_left(step.seconds - offset))
        self._speak_or([*lead, *cues], lambda: self._run(offset))

    def _speak_or(self, lines: Iterable[str], then: Callable[[], None]) -> None:
        lines = list(lines)
        if lines:
            self._speak(lines, then)
        else:
            then()

    def _cut(self, why: str) -> bool:
        """Write down that work was broken off; False if it was not."""
        step = self.step
        if step and step.kind.is_work and self._offset is not None:
            done = round(self._offset, 1)
            reps = _reps(step, self._offset)
            self._record(f"{step.kind}_cut", why=why, planned_s=step.seconds, done_s=done, **reps)
            self._offset = None
            return True
        return False

    def _remaining_s(self) -> float:
        """Seconds to the end of the plan."""
        step = self.step
        if step is None:
            return 0.0
        if self._bridge:
            return self._plan.length_s(self._lengths, self._bridge[1])
        done = (self._countdown.elapsed_s(self._now) if self._countdown else self._offset) or 0.0
        return self._plan.length_s(self._lengths, self._index) - done

    # --- facts --------------------------------------------------------------------------------

    def _where(self) -> Mapping[str, Any]:
        """Exercise, side, set, rep and how far into it: for the journal."""
        step = self.step
        if step is None or step.exercise is None:
            return {}
        where: dict[str, Any] = {"exercise": self._plan.exercises[step.exercise], "during": str(step.kind)}
        if step.side:
            where["side"] = step.side
        if 0 < step.set < AFTER:
            where |= {"set": step.set, "rep": step.rep}
        if self._offset is not None:
            elapsed = self._countdown.elapsed_s(self._now) if self._countdown else self._offset
            where["into_s"] = round(elapsed, 1)
        return where

    def _record(self, kind: str, **facts: Any) -> None:
        self._out.append(Record(kind, {**self._where(), **facts}))

    def _close(self, outcome: str) -> None:
        self._go(State.CLOSED)
        self._countdown, self._alarm = None, None
        self._out += [Record("closed", {"outcome": outcome}), Close(outcome)]


def _reps(step: Step, done_s: float) -> dict[str, int]:
    """How many repetitions of a counted set were done in a time."""
    return {"reps_done": whole_reps(step, done_s), "reps": len(step.cues)} if step.rep_s else {}


def whole_reps(step: Step, done_s: float) -> int:
    """Whole repetitions in a time; a product of seconds may lie a hair below the number that it stands for."""
    return int(done_s / step.rep_s + 1e-6)
