"""Sessions of routines made up on the spot, driven by hand: what the attacks on the session share."""

from __future__ import annotations

from coach.events import Begin, Heard
from coach.plan import Plan, compile_plan, estimated_length_s
from coach.routine import parse
from coach.session import Session
from tests.rig import Hand

HEAD = """
name = "made"
title = "Made"
source = "made up for the tests"
for_whom = "Nobody."
"""
COUNTED = """
[[exercises]]
name = "Bridge"
position = "lying on back"
steps = ["Lift your hips."]
go = "Feet flat."
dose = { reps = 10, tempo = { out_s = 2.0, back_s = 2.0 } }
"""


def made(*exercises: str) -> Plan:
    """The plan of a routine made of these exercises."""
    return compile_plan(parse(HEAD + "".join(exercises), "made.toml"))


def hand_of(driven: Plan) -> Hand:
    """Somebody at a session of this plan."""
    return Hand(Session(driven, estimated_length_s))


def typed(hand: Hand, words: str, after_s: float = 0.1) -> None:
    """Type something."""
    hand.event(Heard(words, typed=True), after_s)


def until_said(hand: Hand, line: str) -> Hand:
    """Go on until the coach has begun to say a line that begins so."""
    seen = len(hand.said)
    for _ in range(500):
        if any(text.startswith(line) for text in hand.said[seen:]):
            return hand
        if hand.session.talking:
            hand.speech_ended()
        else:
            assert hand.session.deadline is not None
            hand.wait(hand.session.deadline - hand.now)
    raise AssertionError(f"never said {line}")


def holds(hand: Hand, since: int = 0) -> list[Begin]:
    """The holds that have begun."""
    return [command for command in hand.out[since:] if isinstance(command, Begin) and command.kind == "hold"]


def next_hold(hand: Hand) -> Begin:
    """Go on until another hold begins."""
    since = len(hand.out)
    for _ in range(500):
        if found := holds(hand, since):
            return found[0]
        if hand.session.talking:
            hand.speech_ended()
        else:
            assert hand.session.deadline is not None, "waits for ever"
            hand.wait(hand.session.deadline - hand.now)
    raise AssertionError("no other hold")
