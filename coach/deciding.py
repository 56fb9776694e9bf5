"""Two readings of the same sound, one free and one from a short list of phrases: which of them counts, how surely.

Pure. The free reading hears whole sentences and bends noise into words; the listed one hears single words well and
nothing else. Where they agree there is little doubt. What may be a report but is doubtful is passed on as such, and is
then asked about: it is never dropped for doubt alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from coach.events import Heard
from coach.intents import Action, Context, Meaning, strength, understand
from coach.knowledge import KNOW
from coach.listed import phrases

UNKNOWN = "[unk]"
_ABOUT_PAIN = (Context.ASKED_SCORE, Context.ASKED_FINISHED)
SURE = 0.7
"""Of the words that lead to an action, the least sure one; `python -m bench.deciding` prints what others would do."""
LISTED_SURE = 0.9
"""Of a listed phrase that counts although the free reading made nothing of it."""


MUCH_S = 0.5
"""So much sound without a spelling means that more was said than was understood."""
FEW_WORDS = 2
_SPEAKER = frozenset({"i", "my", "me", "it", "that", "this", "there"})
_TIES = ("body", "pain", "pain_noun")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a reading."""

    text: str
    confidence: float
    """0 to 1: the share of the recogniser's alternatives that have it there."""
    length_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What was made of one utterance."""

    words: tuple[Word, ...] = ()

    @property
    def text(self) -> str:
        """The words that the model has a spelling for."""
        return " ".join(word.text for word in self.words if word.text != UNKNOWN)

    @property
    def unknown_s(self) -> float:
        """How much of it has no spelling."""
        return sum(word.length_s for word in self.words if word.text == UNKNOWN)

    def without(self, below: float) -> str:
        """The text with each doubtful word made an unknown one."""
        return " ".join(word.text if word.confidence >= below else UNKNOWN for word in self.words)


def decide(
    free: Reading,
    listed: Reading,
    context: Context | None,
    least: float = SURE,
    least_listed: float = LISTED_SURE,
) -> Heard | None:
    """The final to act on; None where nothing was said that has a spelling."""
    meaning = understand(free.text, context)
    other = understand(listed.text, context) if _is_clear(listed, context, least_listed) else Meaning(Action.NONE)
    if _says_nothing(meaning) and not _says_nothing(other) and _may_stand_in(other, context):
        return Heard(listed.text)
    if not free.text:
        return None
    sure = _says_nothing(meaning) or _agree(meaning, other) or _is_firm(free, meaning, context, least)
    return Heard(free.text, sure=sure and (not meaning.stop_word or _is_said_to_the_coach(free)))


def _is_firm(free: Reading, meaning: Meaning, context: Context | None, least: float) -> bool:
    """Whether there is enough to go by: words that are sure, and that belong to what was said as a whole."""
    if not _holds(free, meaning, context, least):
        return False
    if meaning.action.ends_session:
        return meaning.stop_word or _has_a_tie(free)
    return meaning.action.is_report or context is not None or free.unknown_s < MUCH_S


def _is_said_to_the_coach(free: Reading) -> bool:
    """Whether "stop" begins it, or follows a word that it follows when somebody wants to; "i like stop" is misheard."""
    words = free.text.split()
    at = [index for index, word in enumerate(words) if word == "stop"]
    return not at or any(index == 0 or words[index - 1] in KNOW.small["before_stop"] for index in at)


def _has_a_tie(free: Reading) -> bool:
    """Whether a strong word has the speaker, the body or a pain beside it, or is all that was said.

    One bad word in a row of others is more often a word misheard in talk for others than somebody's report.
    """
    words = free.text.split()
    if len(words) <= FEW_WORDS and free.unknown_s < MUCH_S:
        return True
    tagged = KNOW.tag(free.text)
    return not _SPEAKER.isdisjoint(tagged.words) or any(tagged.spans(name) for name in _TIES)


def _is_clear(listed: Reading, context: Context | None, least: float) -> bool:
    """Whether it is one of the phrases, whole: Vosk lets parts of them come out too, "can't" of "i can't breathe"."""
    return listed.text in phrases(context) and all(
        word.confidence >= least for word in listed.words if word.text != UNKNOWN
    )


def _says_nothing(meaning: Meaning) -> bool:
    return meaning.action is Action.NONE and meaning.score is None


def _may_stand_in(other: Meaning, context: Context | None) -> bool:
    """A listed phrase answers a question; without one only a word to stop is taken from the list."""
    return context is not None or (other.action is Action.STOP and other.stop_word)


def _agree(meaning: Meaning, other: Meaning) -> bool:
    return meaning.action is other.action and meaning.score == other.score


def _holds(free: Reading, meaning: Meaning, context: Context | None, least: float) -> bool:
    """Whether the surer words alone mean as much."""
    return strength(understand(free.without(least), context).action) >= strength(meaning.action)


def weighed(meaning: Meaning, sure: bool, context: Context | None) -> Meaning:
    """What a doubtful meaning comes to: a report is asked about, a command is not obeyed.

    Where pain was just asked about, a doubtful answer counts as it stands.
    """
    if sure or context in _ABOUT_PAIN or meaning.action in (Action.CONTINUE, Action.EASE, Action.ASK):
        return meaning
    if meaning.action.is_report:
        return Meaning(Action.ASK, None, ("doubtful", *meaning.because))
    return Meaning(Action.NONE)
