"""Telling a person's words from the coach's own, which come back through the microphone and are recognised too.

A recogniser joins what it hears without a pause: "lie on your back severe pain" may be the coach and then a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

ECHO_WORDS = 2
"""So many words in the coach's own order are the coach, while it speaks or has just spoken."""
SURE_ECHO_WORDS = 4
"""... and so many are, even when they come late."""


def plain(text: str) -> str:
    """Lower-case words without punctuation, as a recogniser writes them."""
    return " ".join("".join(c for c in text.lower() if c.isalnum() or c in " '").split())


def resembles(heard: str, line: str, speaking: bool) -> bool:
    """Whether half or more of the words are the coach's own line: a question, misheard, must not answer itself.

    Once it has been said, so few words can only be its last ones.
    """
    words, own = plain(heard).split(), plain(line).split()
    own = own if speaking else own[-max(5, 2 * len(words)) :]
    return 2 * sum(word in own for word in words) >= len(words)


def pieces(heard: str, said: Sequence[str], lately: bool) -> list[str]:
    """What is left of ``heard`` without the coach's own words, in order: the pieces between them.

    ``said`` are the coach's last lines; ``lately`` is whether it speaks, or spoke a moment ago. Nothing is taken out of
    a piece: words of its own inside somebody else's sentence stay.
    """
    words, own = heard.split(), plain(" ".join(said)).split()
    least = ECHO_WORDS if lately else SURE_ECHO_WORDS
    left: list[str] = []
    at = 0
    for block in SequenceMatcher(None, [plain(word) for word in words], own, autojunk=False).get_matching_blocks():
        if block.size >= least or block.size == 0:
            left.append(" ".join(words[at : block.a]))
            at = block.a + block.size
    return [piece for piece in (*left, " ".join(words[at:])) if piece]
