"""What the coach makes of what a person says: words in, one action out.

Pure and deterministic: the words and rules are data (``words.toml``, ``safety.toml``); nothing is learned, fetched or
guessed. Between two readings the stronger one wins, see docs/SAFETY.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from coach import replies
from coach.knowledge import KNOW
from coach.lexicon import Tagged
from coach.replies import Said
from coach.reports import Finding, findings


class Action(StrEnum):
    """What to do, from mildest to strongest for reports, then the commands."""

    NONE = "none"
    CONTINUE = "continue"
    EASE = "ease"
    ASK = "ask"
    STOP = "stop"
    GP = "gp"
    URGENT = "urgent"
    EMERGENCY = "emergency"
    PAUSE = "pause"
    RESUME = "resume"
    REPEAT = "repeat"
    SKIP = "skip"
    BACK = "back"
    SLOWER = "slower"
    FASTER = "faster"
    LOUDER = "louder"
    QUIETER = "quieter"
    TIME_LEFT = "time_left"
    HELP = "help"
    YES = "yes"
    NO = "no"

    @property
    def is_report(self) -> bool:
        """True from `continue` to `emergency`: the person has said how they are."""
        return strength(self) > 0

    @property
    def ends_session(self) -> bool:
        """True from `stop` to `emergency`."""
        return strength(self) >= strength(Action.STOP)


_LADDER = {action: rank for rank, action in enumerate(list(Action)[:8])}


def strength(action: Action) -> int:
    """The rung on the ladder, 0 for `none` to 7 for `emergency`; 0 for every command."""
    return _LADDER.get(action, 0)


class Context(StrEnum):
    """The question the coach has just asked."""

    ASKED_SCORE = "asked_score"
    ASKED_YES_NO = "asked_yes_no"
    ASKED_FINISHED = "asked_finished"
    ASKED_READY = "asked_ready"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was understood."""

    action: Action
    score: int | None = None
    """0 to 10 where such a score was said."""
    because: tuple[str, ...] = ()
    """Which words led to the action, the deciding one first."""
    stop_word: bool = False
    """True where the action is `stop` only for a word that ends, such as "stop" or "enough": no sign of pain."""


NOTHING = Meaning(Action.NONE)


def understand(words: str, context: Context | None = None) -> Meaning:
    """The action for words as a recogniser wrote them or a person typed them.

    Any string is fine. ``context`` is the question just asked, if any.
    """
    tagged = KNOW.tag(words)
    if not tagged.words or KNOW.is_own_line(tagged):
        return NOTHING
    meaning = _report(tagged, context is Context.ASKED_SCORE)
    command = replies.command(tagged)
    if command and (meaning.action is Action.NONE or (meaning.action is Action.CONTINUE and _outweighs(command))):
        meaning = Meaning(Action(command.action), None, (command.because,))
    if context is None:
        return meaning
    return _IN_CONTEXT[context](tagged, meaning)


def _outweighs(command: Said) -> bool:
    """Whether a command is more than the "all is well" in it: "i'm fine to carry on"."""
    return command.whole and command.action not in ("yes", "no")


def explain(meaning: Meaning) -> str:
    """The meaning and its reasons in one or more plain lines."""
    head = meaning.action.value
    if meaning.score is not None:
        head += f", score {meaning.score}"
    if meaning.stop_word:
        head += ", a word that ends, without a sign of pain"
    return "\n".join([head, *(f"  {reason}" for reason in meaning.because)])


def _report(tagged: Tagged, asked_score: bool) -> Meaning:
    found = findings(tagged, asked_score)
    if not found:
        return NOTHING
    ranked = sorted(found, key=_rank, reverse=True)
    top = ranked[0]
    scores = [finding for finding in found if finding.score is not None]
    score = max(scores, key=_rank).score if scores else None
    signs = [finding for finding in found if finding.action in ("ease", "ask", "stop")]
    return Meaning(
        Action(top.action),
        score,
        tuple(dict.fromkeys(finding.because for finding in ranked)),
        stop_word=top.action == "stop" and all(finding.stop_word for finding in signs) and not _names_own_body(tagged),
    )


def _names_own_body(tagged: Tagged) -> bool:
    """Whether a part of the body is named: "stop, my back", "stop, my left knee"."""
    return any(
        word == "my" and (tagged.end_of("body", at + 1) or tagged.end_of("body", at + 2))
        for at, word in enumerate(tagged.words)
    )


def is_unsure(words: str) -> bool:
    """Whether somebody who was asked says that they don't know: "not sure", "maybe"."""
    tagged = KNOW.tag(words)
    return replies.says("unsure", tagged) or replies.opens_with("unsure", tagged)


def pain_elsewhere(words: str, here: Collection[str] = ()) -> bool:
    """Whether words that were given for a yes or no tell of pain, and of a part of the body that was not asked about.

    ``here`` are the words for what was asked about. A plain yes, and doubt, are answers.
    """
    tagged = KNOW.tag(words)
    if replies.opens_with("yes_word", tagged) or is_unsure(words) or names_any(words, here):
        return False
    in_pain = any(tagged.spans(name) for name in ("pain", "agony", "harm"))
    return in_pain and bool(tagged.spans("body")) and _report(tagged, asked_score=False).action.is_report


def names_any(words: str, here: Collection[str]) -> bool:
    """Whether any of these places is named."""
    said = f" {' '.join(KNOW.tag(words).words)} "
    return any(f" {place} " in said for place in here)


def _rank(finding: Finding) -> tuple[int, bool, int]:
    return strength(Action(finding.action)), not finding.stop_word, finding.score or 0


def _asked_score(tagged: Tagged, meaning: Meaning) -> Meaning:
    if (
        meaning.action in (Action.NONE, Action.NO, Action.CONTINUE)
        and meaning.score is None
        and replies.says("nothing_at_all", tagged)
    ):
        return Meaning(Action.CONTINUE, 0, ("no pain, when asked for a score",))
    if meaning.action in (Action.NONE, Action.YES, Action.HELP, Action.REPEAT) and replies.says("unsure", tagged):
        return Meaning(Action.ASK, None, ("no clear answer to the question",))
    if meaning.action is Action.NONE:
        for rung in ("stop", "ease", "continue", "ask"):
            if replies.says(f"as_score_{rung}", tagged):
                return Meaning(Action(rung), None, (f"a word for the size of it: {tagged.text(0, len(tagged.words))}",))
    return meaning


def _asked_yes_no(tagged: Tagged, meaning: Meaning) -> Meaning:
    if meaning.action.ends_session and not meaning.stop_word:
        return meaning
    because = (f"answer: {tagged.text(0, len(tagged.words))}",)
    if replies.says("unsure", tagged) and not replies.says("surely_no", tagged):
        return Meaning(Action.ASK, None, because)
    if meaning.action is Action.STOP:
        return meaning
    if meaning.action is Action.NO and replies.opens_with("no_word", tagged):
        return Meaning(Action.NO, None, because)  # "definitely not"
    if replies.opens_with("yes_word", tagged) or replies.says("yes_answer", tagged) or replies.affirms(tagged):
        return Meaning(Action.YES, meaning.score, because)
    if meaning.action in (Action.NONE, Action.CONTINUE) and (
        replies.opens_with("no_word", tagged) or replies.says("no_answer", tagged)
    ):
        return Meaning(Action.NO, None, because)
    return meaning


def _asked_finished(tagged: Tagged, meaning: Meaning) -> Meaning:
    if meaning.action is Action.YES:
        return Meaning(Action.ASK, None, ("yes, but to which of the two?",))
    if meaning.action in (Action.EASE, Action.ASK) or (meaning.action is Action.STOP and not meaning.stop_word):
        return meaning
    if strength(meaning.action) > strength(Action.STOP):
        return meaning
    finished = meaning.stop_word or meaning.action in (Action.NO, Action.CONTINUE)
    if finished or replies.says("finished_answer", tagged):
        return Meaning(Action.NO, None, (f"finished: {tagged.text(0, len(tagged.words))}",))
    if replies.says("pain_answer", tagged) or replies.says("unsure", tagged):
        return Meaning(Action.ASK, None, (f"answer: {tagged.text(0, len(tagged.words))}",))
    return meaning


def _asked_ready(tagged: Tagged, meaning: Meaning) -> Meaning:
    """Ready, or not yet; what is neither is left as it is."""
    because = (f"answer: {tagged.text(0, len(tagged.words))}",)
    if replies.says("not_ready_answer", tagged):
        return Meaning(Action.PAUSE, None, because)
    if meaning.action in (Action.RESUME, Action.YES):
        return Meaning(Action.YES, None, meaning.because)
    if meaning.action in (Action.NONE, Action.CONTINUE):
        if replies.says("ready_answer", tagged) or replies.opens_with("yes_word", tagged):
            return Meaning(Action.YES, None, because)
        if replies.opens_with("no_word", tagged):
            return Meaning(Action.NO, None, because)
    return meaning


_IN_CONTEXT: dict[Context, Callable[[Tagged, Meaning], Meaning]] = {
    Context.ASKED_SCORE: _asked_score,
    Context.ASKED_YES_NO: _asked_yes_no,
    Context.ASKED_FINISHED: _asked_finished,
    Context.ASKED_READY: _asked_ready,
}
