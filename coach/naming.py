"""What to type to start the coach, for sentences that tell somebody to: it must work as it is printed."""

from __future__ import annotations

import os

VARIABLE = "COACH_AS"
"""Set by ``run_coach.py``, which knows how it was started."""


def program() -> str:
    """What starts the coach here, such as ``python3 run_coach.py``."""
    return os.environ.get(VARIABLE) or "coach"


def command(name: str) -> str:
    """What to type for one of the coach's commands, such as ``python3 run_coach.py setup``."""
    return f"{program()} {name}"
