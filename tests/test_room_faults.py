"""Devices that fail in the simulated room: what is said, when, in which state, and what the journal tells of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from bench.simulated_devices import Fault
from coach import prompts, safety
from coach.events import EarsBack, EarsLost, Hush, Say, SpeechEnded, VoiceBack, VoiceLost
from coach.events import Heard as Words
from coach.intents import Action
from coach.journal import Journal
from coach.plan import Kind, Plan, Step
from coach.states import State
from tests.room import Room

NOTICED_S = 3.0
LASTS_S = 6.0
HOLD_S = 20.0
ADVICE = (*safety.advice(Action.STOP, None), safety.QUESTIONS["again"])
LONG = " ".join(["breathe"] * 100)
"""Ten seconds, for the renderer of the tests takes a tenth of a second for a word."""
MICROPHONE, LOUDSPEAKER, BOTH = "microphone", "loudspeaker", "both"


def plan(*first: Step) -> Plan:
    hold = Step(Kind.HOLD, prompts.HOLD, HOLD_S, 0, set=1, rep=1)
    ready = Step(Kind.READY, "Lie still.", 2.0, 0, set=1, rep=1)
    return Plan("room", "Room", ("Hold",), (*first, ready, hold, Step(Kind.SAY, LONG)), ((hold,),))


# --- the table --------------------------------------------------------------------------------------

NOTICED = {
    "removed": (("removed", 0.0), BOTH, "found", "opened"),
    "no frames": (("no frames", 0.0), BOTH, "no more sound", "does not answer"),
    "twice as fast": (("speed", 2.0), BOTH, "too fast", "wrong speed"),
    "half as fast": (("speed", 0.5), BOTH, "leaves out", "wrong speed"),
    "zeros": (("zeros", 0.0), MICROPHONE, "no sound at all", ""),
    "frozen": (("frozen", 0.0), MICROPHONE, "over and over", ""),
    "far too loud": (("gain", 70.0), MICROPHONE, "too loud", ""),
}
"""Faults that are told of: what they are, where they can be noticed, and what is told of either device."""

PASSED_OVER = {
    "44.1 kHz": (("rate", 44_100.0), BOTH),
    "32 kHz": (("rate", 32_000.0), BOTH),
    "another default device": (("changed", 44_100.0), BOTH),
    "0.2 s later": (("jump", 0.2), BOTH),
    "300 millionths faster": (("speed", 1.0003), BOTH),
    "late, then all at once": (("held", 0.0), MICROPHONE),
    "zeros": (("zeros", 0.0), LOUDSPEAKER),
    "frozen": (("frozen", 0.0), LOUDSPEAKER),
}
"""Faults that nothing is said of: the devices recover in time, or, the last two, no program can see them. What a
person says is still heard."""

DOING = {
    "speaking": (plan(Step(Kind.SAY, LONG)), 3.0, None),
    "holding": (plan(), 9.0, None),
    "paused": (plan(), 9.5, (7.0, "pause")),
    "asking": (plan(), 9.0, (8.0, "it hurts")),
    "advising": (plan(), 8.6, (8.0, "severe pain")),
}
"""What the coach is doing: the plan, when the fault comes, and what was said before, and when."""


@dataclass(frozen=True, slots=True)
class Told:
    """What must come of it."""

    says: str
    """What the coach begins to say within three seconds; "" for nothing new."""
    state: State
    """Three seconds after the fault."""
    facts: str
    """In the journal, of those that matter here."""
    outcome: str | None = None
    """Of the session; None where it goes on."""


NONE = "ears_lost voice_lost closed"
ALL = "advised ears_back ears_lost voice_back voice_lost closed"
DEAF, END = prompts.CANNOT_HEAR, prompts.CANNOT_HEAR_END
EXPECTED = {
    (MICROPHONE, "speaking"): Told(DEAF, State.PAUSED, "ears_lost ears_back closed", "done"),
    (MICROPHONE, "holding"): Told(DEAF, State.PAUSED, "ears_lost ears_back closed", "done"),
    (MICROPHONE, "paused"): Told(DEAF, State.PAUSED, "ears_lost ears_back"),
    (MICROPHONE, "asking"): Told(ADVICE[0], State.ADVISING, "ears_lost advised ears_back closed", "stop"),
    (MICROPHONE, "advising"): Told("", State.ADVISING, "advised ears_lost ears_back closed", "stop"),
    (LOUDSPEAKER, "speaking"): Told("", State.SPEAKING, "voice_lost voice_back closed", "done"),
    (LOUDSPEAKER, "holding"): Told("", State.HOLDING, "voice_lost voice_back closed", "done"),
    (LOUDSPEAKER, "paused"): Told("", State.PAUSED, "voice_lost voice_back"),
    (LOUDSPEAKER, "asking"): Told("", State.ASKING, "voice_lost voice_back advised closed", "stop"),
    (LOUDSPEAKER, "advising"): Told("", State.ADVISING, "advised voice_lost voice_back closed", "stop"),
    (BOTH, "speaking"): Told(END, State.ADVISING, NONE, "unheard"),
    (BOTH, "holding"): Told(END, State.ADVISING, NONE, "unheard"),
    (BOTH, "paused"): Told(END, State.ADVISING, NONE, "unheard"),
    (BOTH, "asking"): Told(ADVICE[0], State.ADVISING, ALL, "stop"),
    (BOTH, "advising"): Told("", State.ADVISING, ALL, "stop"),
}


def cases() -> list[object]:
    """Every fault, on every device where it can be noticed, whatever the coach is doing."""
    found = []
    for name, (_, where, *_) in NOTICED.items():
        for device in (MICROPHONE, LOUDSPEAKER, BOTH) if where == BOTH else (where,):
            for doing in DOING:
                quick = name == "removed" or (doing == "speaking" and device == MICROPHONE)
                found.append(pytest.param(name, device, doing, marks=() if quick else pytest.mark.audio))
    return found


def passed_over() -> list[object]:
    """The same of those that are passed over."""
    found = []
    for name, (_, where) in PASSED_OVER.items():
        for device in (MICROPHONE, LOUDSPEAKER, BOTH) if where == BOTH else (where,):
            for doing in ("speaking", "advising"):
                quick = device == where and doing == "speaking"
                found.append(pytest.param(name, device, doing, marks=() if quick else pytest.mark.audio))
    return found


# --- running it -------------------------------------------------------------------------------------


class Scene:
    """A session with a fault in it, a journal, and a person with a keyboard."""

    def __init__(
        self, folder: Path, doing: str, kind: tuple[str, float], device: str, lasts_s: float = LASTS_S
    ) -> None:
        self.plan, self.at_s, said = DOING[doing]
        self.path = folder / "journal.sqlite3"
        self.journal = Journal.open(self.path)
        self.id = self.journal.begin(self.plan.name)
        self.faults = [
            Fault(self.at_s, each, kind[0], until_s=self.at_s + lasts_s, value=kind[1])
            for each in (MICROPHONE, LOUDSPEAKER)
            if device in (each, BOTH)
        ]
        self.room = Room(None, plan=self.plan, faults=self.faults, journal=self.journal, keep=False, cancels=False)
        if said:
            self.room.at(said[0], lambda: self.room.coach.put(Words(said[1], typed=True)))
        self.outcome: str | None = None

    def run(self, after_s: float) -> None:
        """So long after the fault."""
        self.outcome = self.room.run(self.at_s + after_s)

    @property
    def state(self) -> State:
        return self.room.coach.session.state

    def since(self, kind: type) -> list[float]:
        """When, after the fault, something came."""
        return [at_s - self.at_s for at_s in self.room.times(kind) if at_s >= self.at_s - 1e-6]

    def said(self) -> list[tuple[float, str]]:
        return [(at_s - self.at_s, text) for at_s, text in self.room.coach.said() if at_s >= self.at_s - 1e-6]

    def facts(self) -> list[str]:
        """What the file tells, once it is closed, as after any session."""
        self.room.close()
        if self.outcome:
            self.journal.finish(self.outcome)
        self.journal.close()
        with sqlite3.connect(self.path) as file:
            assert file.execute("pragma integrity_check").fetchone() == ("ok",)
            ((outcome, ended),) = file.execute("select outcome, ended_at from sessions").fetchall()
            rows = file.execute("select n, at_s, kind from facts order by n").fetchall()
        assert outcome == (self.outcome or "interrupted")
        assert ended is not None
        assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
        assert all(before[1] <= after[1] for before, after in pairwise(rows))
        kinds = [str(row[2]) for row in rows]
        assert kinds[0] == "started"
        return kinds


def of_devices(kinds: Sequence[str], device: str) -> list[str]:
    """Those of a row of facts that the table names; of two devices at once in no order but the last."""
    wanted = {"ears_lost", "ears_back", "voice_lost", "voice_back", "advised", "closed"}
    named = [kind for kind in kinds if kind in wanted]
    return [*sorted(named[:-1]), *named[-1:]] if device == BOTH else named


@pytest.mark.parametrize(("fault", "device", "doing"), cases())
def test_a_fault_is_told_of_in_time_and_is_over_when_it_is_over(
    fault: str, device: str, doing: str, tmp_path: Path
) -> None:
    kind, _, of_microphone, of_loudspeaker = NOTICED[fault]
    told = EXPECTED[device, doing]
    scene = Scene(tmp_path, doing, kind, device)
    scene.run(NOTICED_S)
    assert scene.state is told.state or (scene.outcome == told.outcome == "unheard")
    for which, event, why in ((MICROPHONE, EarsLost, of_microphone), (LOUDSPEAKER, VoiceLost, of_loudspeaker)):
        if device in (which, BOTH):
            assert scene.since(event), f"{which}: not noticed in {NOTICED_S} s"
            assert any(isinstance(what, event) and why in what.why for _, what in scene.room.log)
        else:
            assert not scene.since(event)
    if told.says:
        assert told.says in [text for _, text in scene.said()]
    scene.run(75.0)
    assert scene.outcome == told.outcome
    assert of_devices(scene.facts(), device) == told.facts.split()
    if told.outcome == "stop":
        check_advice(scene)
    elif device == MICROPHONE:
        check_taken_up(scene)


def check_advice(scene: Scene) -> None:
    """All of it, in order, each line for as long as it takes."""
    log = scene.room.log
    ends = {what.utterance: at_s for at_s, what in log if isinstance(what, SpeechEnded)}
    said = [(at_s, what) for at_s, what in log if isinstance(what, Say) and what.protected]
    assert [what.text for _, what in said] == [*ADVICE, prompts.STAY_SAFE]
    # At twice the speed, half the time, until that is noticed.
    assert all(ends[what.utterance] - at_s >= 0.04 * len(what.text.split()) for at_s, what in said)
    lasted_s = ends[said[-1][1].utterance] - said[0][0]
    assert lasted_s >= 0.09 * sum(len(text.split()) for text in ADVICE)


def check_taken_up(scene: Scene) -> None:
    """It says so, once, and goes on, unless somebody has asked it to wait."""
    said = [text for _, text in scene.said()]
    assert said.count(prompts.CANNOT_HEAR) == said.count(prompts.HEAR_AGAIN) == 1
    assert scene.state is (State.CLOSED if scene.outcome else State.PAUSED)


@pytest.mark.parametrize(("fault", "device", "doing"), passed_over())
def test_nothing_is_said_of_what_recovers_by_itself(fault: str, device: str, doing: str, tmp_path: Path) -> None:
    kind, _ = PASSED_OVER[fault]
    scene = Scene(tmp_path, doing, kind, device, lasts_s=1.5 if kind[0] == "held" else 1e9)
    before = scene.room.run(scene.at_s - 0.1)
    scene.run(NOTICED_S)
    assert before is None
    assert scene.state is (State.ADVISING if doing == "advising" else State.SPEAKING)
    scene.run(75.0)
    assert not [kind for kind in (EarsLost, EarsBack, VoiceLost, VoiceBack, Hush) if scene.since(kind)]
    assert scene.outcome == ("stop" if doing == "advising" else "done")
    assert of_devices(scene.facts(), device) == (["advised", "closed"] if doing == "advising" else ["closed"])
