"""The states of a session and the transitions that are allowed.

The diagram in docs/ARCHITECTURE.md is drawn from this table.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a session is."""

    SPEAKING = "speaking"
    """Saying a prompt; what follows is known."""
    HOLDING = "holding"
    MOVING = "moving"
    RESTING = "resting"
    """Resting, getting ready or changing over: timed, but not work."""
    CHECKING = "checking"
    """Silent and frozen: a partial sounded like a report, and the final decides."""
    ASKING = "asking"
    PAUSED = "paused"
    ADVISING = "advising"
    """Saying the last words, most often safety advice: one-way."""
    CLOSED = "closed"


TIMED = frozenset({State.HOLDING, State.MOVING, State.RESTING})
DOING = (State.HOLDING, State.MOVING, State.RESTING, State.SPEAKING)
LIVE = TIMED | {State.SPEAKING, State.CHECKING, State.ASKING, State.PAUSED}
"""States that are followed by more coaching, if nothing happens."""

TRANSITIONS: dict[tuple[State, State], str] = {
    (State.SPEAKING, State.HOLDING): "prompt said",
    (State.SPEAKING, State.MOVING): "prompt said",
    (State.SPEAKING, State.RESTING): "prompt said",
    (State.SPEAKING, State.CLOSED): "plan done",
    (State.CHECKING, State.SPEAKING): "false alarm",
    (State.ASKING, State.SPEAKING): "mild, or eased",
    (State.PAUSED, State.SPEAKING): "carry on",
    (State.PAUSED, State.RESTING): "carry on",
    (State.CHECKING, State.RESTING): "false alarm",
    (State.ADVISING, State.CLOSED): "last words said",
    **{(timed, State.SPEAKING): "time is up, or a command" for timed in TIMED},
    **{(state, State.CHECKING): "partial report" for state in DOING},
    **{(state, State.ASKING): "unclear report, or stop" for state in (*DOING, State.CHECKING, State.PAUSED)},
    **{(state, State.PAUSED): "pause, or ears lost" for state in (*DOING, State.CHECKING, State.ASKING)},
    **{(state, State.ADVISING): "severe report, or nobody can be heard" for state in LIVE},
}


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> speaking"]
    lines += [f"    {source} --> {target}: {why}" for (source, target), why in sorted(TRANSITIONS.items())]
    return "\n".join([*lines, "    closed --> [*]"])
