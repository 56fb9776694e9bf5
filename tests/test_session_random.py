"""Random routines with random people: what must hold in all of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coach import prompts
from coach.events import Begin, Chime, Close, EarsBack, EarsLost, Event, Heard, Hush, Record, Say
from coach.plan import AFTER, Kind, Plan, compile_plan, estimated_length_s
from coach.routine import Routine
from coach.session import Session
from coach.simulate import Moment, simulate
from coach.states import State
from tests.happenings import HAPPENINGS

doses = st.one_of(
    st.fixed_dictionaries(
        {"reps": st.integers(1, 4), "sets": st.integers(1, 3), "hold_s": st.sampled_from([1, 2, 3, 4.5, 20, 33, 45])}
    ),
    st.fixed_dictionaries(
        {
            "reps": st.integers(1, 8),
            "sets": st.integers(1, 3),
            "tempo": st.fixed_dictionaries({"out_s": st.sampled_from([0.5, 1.3, 2.0])}),
        }
    ),
    st.fixed_dictionaries({"duration_s": st.sampled_from([5, 61, 130]), "sets": st.integers(1, 2)}),
)
rests = st.fixed_dictionaries(
    {
        "rest_between_reps_s": st.sampled_from([0.0, 3.0]),
        "rest_between_sets_s": st.sampled_from([0.0, 9.0]),
        "change_over_s": st.sampled_from([0.0, 7.0]),
        "get_ready_s": st.sampled_from([3.0, 5.0]),
    }
)
exercises = st.builds(
    lambda position, dose, rest, sides, setup_s, easier: {
        "name": "Exercise",
        "position": position,
        "steps": ["Move gently."],
        "go": "Off we go.",
        "dose": dose | rest,
        **({"sides": sides} if sides else {}),
        **({"setup_s": setup_s} if setup_s is not None else {}),
        **({"easier": {"dose": easier | rest}} if easier else {}),
    },
    st.sampled_from(["standing", "sitting"]),
    doses,
    rests,
    st.sampled_from([None, "both", "left", "alternate"]),
    st.sampled_from([None, 0.0, 12.0]),
    st.one_of(st.none(), doses),
)


def compiled(made: list[dict[str, Any]], rest_s: float) -> Plan:
    """The plan of a routine with these exercises."""
    named = [each | {"name": f"Exercise {n}"} for n, each in enumerate(made)]
    data = {"name": "made", "title": "Made", "source": "made up", "for_whom": "Nobody.", "exercises": named}
    return compile_plan(Routine.model_validate(data | {"rest_between_exercises_s": rest_s, "closing": ["Rest."]}))


plans = st.builds(compiled, st.lists(exercises, min_size=1, max_size=3), st.sampled_from([0.0, 10.0]))
moments_apart = st.sampled_from([0.0, 0.1, 0.9, 2.0, 4.0, 11.0, 40.0, 200.0])


def bursts(events: Sequence[Event]) -> st.SearchStrategy[list[tuple[float, Event]]]:
    """Timelines in bursts: what goes wrong, goes wrong where one thing interrupts another."""
    return st.builds(
        lambda start_s, gaps: list(
            zip(accumulate((gap for gap, _ in gaps), initial=start_s), (event for _, event in gaps), strict=False)
        ),
        st.floats(0, 200),
        st.lists(st.tuples(moments_apart, st.sampled_from(events)), max_size=30),
    )


timelines = bursts(HAPPENINGS)
about_easing = bursts(
    [
        EarsLost("unplugged"),
        EarsBack(),
        *(
            Heard(words, typed=True)
            for words in (
                "a bit painful",
                "yes",
                "no",
                "two",
                "it hurts",
                "pause",
                "carry on",
                "help",
                "louder",
                "go back",
            )
        ),
    ]
)


def run(plan: Plan, timeline: list[tuple[float, Event]]) -> tuple[Session, list[Moment]]:
    """A session of the plan with these events, ended after three hours if it waits for ever."""
    session = Session(plan, estimated_length_s)
    return session, list(simulate(session, sorted(timeline, key=lambda item: item[0]), until_s=3 * 3600.0))


@given(plans)
def test_left_alone_every_turn_is_done_once_and_in_order(plan: Plan) -> None:
    """Nobody speaks: the facts are the plan, both sides get the same, and each timed part follows the one before."""
    _, moments = run(plan, [])
    done = [m.what.facts for m in moments if isinstance(m.what, Record) and m.what.kind.endswith("_done")]
    work = [fact for fact in done if "planned_s" in fact]
    steps = [step for step in plan.steps if step.kind.is_work]
    assert [(f["exercise"], f.get("side"), f["set"], f["rep"], f["planned_s"]) for f in work] == [
        (plan.exercises[s.exercise or 0], s.side, s.set, s.rep, s.seconds) for s in steps
    ]
    assert [f["exercise"] for f in done if "planned_s" not in f] == list(plan.exercises)
    assert isinstance(moments[-1].what, Close)
    assert moments[-1].what.outcome == "done"
    for number in range(len(plan.exercises)):
        sides = {
            side: sum(s.seconds for s in steps if s.exercise == number and s.side == side) for side in ("left", "right")
        }
        both = any(s.kind is Kind.CHANGE for s in plan.steps if s.exercise == number)
        assert not both or sides["left"] == sides["right"]


@given(plans)
def test_left_alone_nothing_is_said_over_anything(plan: Plan) -> None:
    """Nothing is cut off, and no line begins before the one before it has ended."""
    free_at = 0.0
    for moment in run(plan, [])[1]:
        assert not isinstance(moment.what, Hush), moment
        if isinstance(moment.what, Say):
            assert moment.at_s >= free_at - 1e-6, moment
            free_at = moment.at_s + estimated_length_s(moment.what.text)


@given(plans, timelines)
def test_whatever_happens_no_work_is_left_without_a_fact(plan: Plan, timeline: list[tuple[float, Event]]) -> None:
    """Every piece of work that begins ends in one fact; only a pause waits without an end; closed is closed."""
    session, moments = run(plan, timeline)
    open_work: Begin | None = None
    chimed = False
    for moment in moments:
        what = moment.what
        if isinstance(what, Begin):
            same = open_work and (what.kind, what.exercise, what.side, what.set, what.rep) == (
                open_work.kind, open_work.exercise, open_work.side, open_work.set, open_work.rep,
            )  # fmt: skip
            assert open_work is None or same, moment
            assert what.seconds >= 0
            assert what.kind not in ("hold", "move") or chimed
            open_work = what if what.kind in ("hold", "move", "count") else None
        elif isinstance(what, Record) and what.kind.endswith(("_cut", "_done")) and what.kind != "exercise_done":
            assert open_work, moment
            assert what.facts["exercise"] == open_work.exercise
            assert 0 <= what.facts["done_s"] <= what.facts["planned_s"] + 0.06
            assert 0 <= what.facts.get("reps_done", 0) <= what.facts.get("reps", 0)
            open_work = None
        chimed = what == Chime("begin")
    if isinstance(moments[-1].what, Close):
        assert not open_work
        assert session.deadline is None
        assert session.handle(Heard("stop"), 1e9) == []
    else:
        assert session.state is State.PAUSED
        assert session.deadline is None


@given(plans, about_easing)
def test_nothing_is_done_in_full_after_it_was_made_easier(plan: Plan, timeline: list[tuple[float, Event]]) -> None:
    """Once a gentler version is agreed on, no turn of that exercise comes in its full dose again."""
    _, moments = run(plan, timeline)
    easy: set[str] = set()
    full = {
        plan.exercises[n]: {s.seconds for s in plan.steps if s.exercise == n and s.kind is Kind.HOLD}
        for n in range(len(plan.exercises))
    }
    gentle = {
        plan.exercises[n]: {s.seconds for s in plan.eased[n] if s.kind is Kind.HOLD} for n in range(len(plan.exercises))
    }
    for moment in moments:
        what = moment.what
        if isinstance(what, Record) and what.kind == "eased":
            easy.add(what.facts["exercise"])
        if isinstance(what, Record) and what.kind in ("hold_done", "hold_cut") and what.facts["exercise"] in easy:
            name = what.facts["exercise"]
            assert what.facts["planned_s"] in gentle[name] or what.facts["planned_s"] not in full[name], moment


@given(plans, about_easing)
def test_a_pause_ends_only_on_a_word_that_ends_it(plan: Plan, timeline: list[tuple[float, Event]]) -> None:
    """Between a pause and whatever ends it, nothing is timed."""
    last: Heard | None = None
    paused = False
    for moment in run(plan, timeline)[1]:
        what = moment.what
        if isinstance(what, Heard) and what.final:
            last = what
        if isinstance(what, Record) and what.kind == "paused":
            paused = True
            last = None
        elif isinstance(what, Record) and what.kind in ("resumed", "skipped", "back", "exercise_done", "eased"):
            paused = paused and what.kind == "eased"
        elif isinstance(what, Begin):
            assert not paused or (last and last.words in ("carry on", "skip this one", "go back")), moment


@given(plans, st.data())
def test_every_step_can_be_eased(plan: Plan, data: st.DataObject) -> None:
    """Twice over, from any step: what follows is in order, each turn once, and the next exercise is still there."""
    broken_off: set[tuple[int | None, tuple[str | None, int, int]]] = set()
    for _ in range(2):
        inside = [i for i, s in enumerate(plan.steps) if s.exercise is not None and s.set != AFTER]
        index = data.draw(st.sampled_from(inside))
        exercise = plan.steps[index].exercise
        eased, following = plan.easier_from(index)
        rest = eased.steps[following:]
        turns = [s.turn for s in rest if s.kind is Kind.READY and s.exercise == exercise]
        assert len(set(turns)) == len(turns)
        before = {s.turn for s in plan.steps[:index] if s.kind.is_work and s.exercise == exercise}
        broken_off.add((exercise, plan.steps[index].turn))
        assert not {turn for turn in turns if turn in before and (exercise, turn) not in broken_off}
        assert [s for s in rest if s.exercise == exercise][-1].set == AFTER
        assert [s.exercise for s in rest if s.exercise != exercise] == [
            s.exercise for s in plan.steps[index:] if s.exercise != exercise
        ]
        assert all(plan.steps[i] == eased.steps[i] for i in range(following))
        plan = eased
    assert plan.steps[-1].text == prompts.ALL_DONE
