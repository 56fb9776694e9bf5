"""Sentences of a leaflet that are about several exercises at once."""

from __future__ import annotations

import re

from coach.prescribed import read

_GENERAL = re.compile(
    r"\b(?:(?:each|every|all|these|the|following|any|both|whole|most) (?:of (?:the |"
    r"these )?)?(?:\w+ )?(?:exercises?|stretch(?:es)?|one|movements?|routine|programme|"
    r"program|sheet|circuit|list|ones|them|session|activities|positions?|steps)|(?:do|perform|repeat|complete|"
    r"practise|practice|carry out|try|hold) (?:them|these|all|everything|each)|"
    r"each should|they should|these (?:should|must|need|can)|exercises? (?:should|must|need|daily|every|\d\w*|"
    r"once|two|three|four|twice|once)|session (?:a|per|each|every)|sessions|session|best done|unless|"
    r"go (?:through|round)|the lot|"
    r"times (?:a|per|each) day|this (?:routine|programme|program|sheet|circuit)|per exercise|\d+ of each|"
    r"for each|aim (?:for|to)|of each)\b",
    re.I,
)


_GENERAL_INSIDE = re.compile(
    r"^\W*(?:unless|(?:do|perform|repeat|complete|practise|practice|carry out|hold|try to do|aim to do|"
    r"go through) (?:all|each|every|these|the|them|this)?(?: of)?(?: the| these)? ?(?:\w+ )?"
    r"(?:exercises?|stretch(?:es)?|routine|programme|program|sheet|list|them|circuit)|all (?:of )?(?:the |"
    r"these )?(?:exercises|stretches)|each (?:exercise|stretch) (?:should|is)|(?:these|"
    r"the) (?:\w+ )?(?:exercises|stretches)|"
    r"(?:for|with) (?:each|all|every) (?:of )?(?:the |these )?(?:exercises?|stretch(?:es)?))",
    re.I,
)


_NOT_OF_EXERCISES = re.compile(
    r"\b(?:ice|heat|paracetamol|ibuprofen|tablets?|medic\w*|painkill\w*|cream|walks?\b|swim\w*|drink|sleep|"
    r"hours|screen|meals?|weeks?\b(?! )|rest the|elevat\w*|wash|diet|"
    r"protein|clean|dressing|splint|brace|bandage|class(?:es)?|phone|call|open|clinic|%)\b",
    re.I,
)


def general_sentences(text: str, inside: bool = False) -> list[str]:
    """The sentences that dose several exercises at once; ``inside`` an exercise only those that cannot be its own."""
    pattern = _GENERAL_INSIDE if inside else _GENERAL
    found: list[str] = []
    follows = False
    for sentence in re.split(r"(?<=[.!?])\s+|\n+", text):
        general = bool(pattern.search(sentence)) or (follows and bool(_GOES_WITH.match(sentence)))
        follows = general and not _elsewhere(sentence) and _dosed(sentence)
        if follows:
            found.append(sentence.strip())
    return found


_GOES_WITH = re.compile(r"\W*(?:then |and )?(?:repeat|do|hold|perform|rest)\b", re.IGNORECASE)


_SEVERAL = re.compile(
    r"\b(?:each|every|all|these|following|unless|exercises?|stretch(?:es)?|circuit|routine|programme|program|"
    r"list|sheet|movements?)\b",
    re.I,
)


def of_several(sentence: str) -> bool:
    """Whether a sentence speaks of several exercises, rather than only of how often in a day."""
    return bool(_GOES_WITH.match(sentence)) or bool(
        _SEVERAL.search(re.sub(r"(?:each|every) day|half every", "", sentence))
    )


def _elsewhere(sentence: str) -> bool:
    """Whether the dose in the sentence is of something else: walks, ice, tablets."""
    if re.match(r"\W*(?:these|all|each|the (?:\w+ )?exercises|do|perform|repeat)\b", sentence, re.I):
        return False
    return bool(_NOT_OF_EXERCISES.search(sentence)) or bool(re.search(r"\bgoals?\b", sentence))


def _dosed(sentence: str) -> bool:
    return bool(read(sentence).quotes)


_PHASE = re.compile(
    r"\b(?:ward|home|hospital|after|before|stages?|phases?|weeks?|days?|later|discharge|advanced|progress\w*|"
    r"level|part|going further|next|day \d+|section)\b",
    re.I,
)


def later_phase(title: str) -> bool:
    """Whether a heading begins another time or place, to which what was said at the top need not apply."""
    return bool(_PHASE.search(title))
