"""Short phrases that the second reading listens for, for each kind of question or for none."""

from __future__ import annotations

from coach.intents import Context
from coach.knowledge import KNOW


def phrases(context: Context | None) -> tuple[str, ...]:
    """Phrases that can be said, as they are spoken."""
    always = KNOW.listed["always"]
    return (*always, *KNOW.listed[context.value]) if context else (*always, *KNOW.listed["unasked"])
