"""What words report: listed signs, pain with its size, scores. Each finding carries the action it alone leads to.

The knowledge is in ``words.toml``; here is only how it is put together.
"""

from __future__ import annotations

from dataclasses import dataclass

from coach.knowledge import KNOW, RED, Sign
from coach.lexicon import Match, Tagged
from coach.replies import Said, commands
from coach.scene import Scene
from coach.scores import said_score

_ELSEWHERE = frozenset({"it", "i", "when", "if", "then", "and", "that", "than"})
"""Words that begin to say something else."""
_WHERE = frozenset({"into", "to", "down", "through", "up", "right", "all", "further", "from", "numb", "dead", "worse"})
_ON_THE_MOVE = "pain on the move down the leg"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the words say, and the action it alone would lead to."""

    action: str
    because: str
    score: int | None = None
    stop_word: bool = False


def findings(tagged: Tagged, asked_score: bool) -> list[Finding]:
    """Everything the words report, in no order. Empty where they report nothing."""
    report = _Report(tagged)
    score = said_score(report.scene, asked_score)
    pains = report.pains()
    if score:
        pains = [pain for pain in pains if pain.action != "ask"]
        pains.append(Finding(score.action, score.because, score.value))
    found = [*report.signs(), *pains]
    if all(finding.action == "ask" for finding in found) and not report.commanded:
        found += report.guesses()
    if tagged.has("manageable") and not any(finding.action in ("stop", *RED) for finding in found):
        return [_bearable(finding) for finding in found]
    return found


def _bearable(finding: Finding) -> Finding:
    """Pain without a size that can be borne is moderate."""
    return Finding("ease", f"{finding.because}, but bearable") if finding.action == "ask" else finding


def _without_fillers(tagged: Tagged) -> list[Match]:
    """What the words say once "really", "just", "completely" and their like are left out, at their own places."""
    kept = [at for at, word in enumerate(tagged.words) if not _is_filler(word)]
    if len(kept) == len(tagged.words):
        return []
    short = KNOW.lexicon.tag([tagged.words[at] for at in kept])
    found = KNOW.says.find(short) + KNOW.says_whole.whole(short)
    return [Match(match.rule, kept[match.start], kept[match.end - 1] + 1) for match in found]


def _is_filler(word: str) -> bool:
    return word in KNOW.small["fillers"] or (word.endswith("ly") and word not in KNOW.small["sizing"])


class _Report:
    """Reads one row of words."""

    def __init__(self, tagged: Tagged) -> None:
        self.scene = Scene(tagged)
        self._tagged = tagged
        self._commands = commands(tagged)
        matches = dict.fromkeys([*KNOW.says.find(tagged), *KNOW.says_whole.whole(tagged), *_without_fillers(tagged)])
        read = [(match, KNOW.signs[match.rule]) for match in matches if self._counts(match)]
        self._matches = [(match, sign) for match, sign in read if not sign.guess]
        self._guesses = [(match, sign) for match, sign in read if sign.guess]
        self._calm = [
            match for match, sign in self._matches if sign.action == "continue" and not self.scene.denied(match.start)
        ]
        self._relieved_from = max((match.start for match in self._calm), default=None)

    def _counts(self, match: Match) -> bool:
        sign = KNOW.signs[match.rule]
        scene = self.scene
        if scene.someone_else(match.start, match.end) and not sign.stop_word and sign.name != "call an ambulance":
            return False
        pain_like = sign.action not in RED and sign.action != "continue" and not sign.stop_word
        if pain_like and (scene.supposed(match.start) or scene.addressed(match.start)):
            return False
        if match.rule == "easing" and self._goes_elsewhere(match):
            return False
        allowed = 0 if sign.action == "continue" else 2 if sign.guess else 1
        return not (sign.loose and self._tagged.words[match.start] != "stop" and scene.loose_talk(match.start, allowed))

    def _goes_elsewhere(self, match: Match) -> bool:
        """Whether the pain has not gone but gone somewhere: "the pain has gone into my foot"."""
        following = self._tagged.words[match.end : match.end + 1]
        if self._tagged.words[match.end - 1] == "stopped" and following == ("me",):
            return True  # "it's stopped me in my tracks"
        if self._tagged.words[match.end - 1] == "left" and following:
            return True  # "pain left lower back": a side
        return self._tagged.words[match.end - 1] in ("gone", "went", "going", "left") and not _WHERE.isdisjoint(
            following
        )

    # --- listed signs ---

    @property
    def commanded(self) -> bool:
        """Whether a command is all that was said."""
        return any(said.whole for said in self._commands)

    def signs(self) -> list[Finding]:
        """What the listed ways of saying things lead to."""
        return self._told(self._matches)

    def guesses(self) -> list[Finding]:
        """What unknown words most likely mean where they stand: "my back is cooked"."""
        return self._told(self._guesses)

    def _told(self, matches: list[tuple[Match, Sign]]) -> list[Finding]:
        found = []
        for match, sign in matches:
            words = self._tagged.text(match.start, match.end)
            denies_itself = self._tagged.has("not", match.start, match.start + 2)
            denier = "" if denies_itself and sign.action == "continue" else self.scene.denied(match.start)
            if self._swallowed(match, sign, bool(denier)):
                continue
            if denier:
                action = "continue" if denier == "no" and sign.denied not in ("ask", *RED) else sign.denied
                found.append(Finding(action, f"{sign.name}, denied: {denier} .. {words}"))
            elif sign.action in ("ease", "ask") and self._before(match.start, "mild"):
                found.append(Finding("continue", f"slight: {words}"))
            elif self._lasting(sign) or not self.scene.over(match.start, self._relieved_from):
                found.append(Finding(sign.action, f"{sign.name}: {words}", stop_word=sign.stop_word))
        return found

    def _lasting(self, sign: Sign) -> bool:
        return sign.past or sign.stop_word or sign.action == "continue"

    def _swallowed(self, match: Match, sign: Sign, denied: bool) -> bool:
        """Whether a longer saying holds these words: all is well, a command, or a word for discomfort."""
        if sign.action in RED:
            return False
        if denied and any(a <= match.start and match.end <= b for a, b in self._tagged.spans("discomfort")):
            return True
        if sign.name == _ON_THE_MOVE and (self._stretch_moves(match.start) or self._i_move(match)):
            return True
        if sign.stop_word:
            return self._in_calm(match.start, match.end) or any(_within(match, said) for said in self._commands)
        return sign.action != "continue" and (self._in_calm(match.start, match.end) or self._easing(match.start))

    def _i_move(self, match: Match) -> bool:
        """Whether it is the person who moves: "sore when I go all the way down"."""
        near = range(max(match.start - 2, 0), match.end - 1)
        return any(self._tagged.words[at] == "i" and self._tagged.end_of("moves", at + 1) for at in near)

    def _stretch_moves(self, start: int) -> bool:
        """Whether only a stretch or a pull is said to go down the leg."""
        a, b = self.scene.clause(start)
        return self._tagged.has("stretch", a, b) and not any(
            self._tagged.has(name, a, b) for name in ("pain", "quality", "agony", "numb")
        )

    def _in_calm(self, start: int, end: int) -> bool:
        """Whether these words lie within a longer saying that all is well."""
        return any(m.start <= start and end <= m.end and m.end - m.start > end - start for m in self._calm)

    def _easing(self, start: int) -> bool:
        """Whether it is said of these words that it is easing: "the severe pain has gone", "it hurts less"."""
        a, b = self.scene.clause(start)
        words = self._tagged.words
        for match in self._calm:
            if match.rule != "easing" or not a <= match.start < b:
                continue
            between = words[start + 1 : match.start] if start < match.start else words[match.end : start]
            if len(between) <= 6 and not _ELSEWHERE & {*between} and "still" not in words[a:b]:
                return True
        return False

    # --- pain with its size ---

    def pains(self) -> list[Finding]:
        """Words for pain with their size, and strong words that need no word for pain."""
        spans = {name: self._tagged.spans(name) for name in ("pain", "discomfort", "agony", "quality", "bad")}
        found = [self._pain(*span, "ask") for span in spans["pain"]]
        found += [self._pain(*span, "ease") for span in spans["discomfort"]]
        found += [self._strong(name, *span) for name in ("agony", "quality", "bad") for span in spans[name]]
        return [finding for finding in found if finding]

    def _silent(self, start: int, end: int, strange_allowed: int) -> bool:
        scene = self.scene
        return (
            scene.someone_else(start, end)
            or scene.over(start, self._relieved_from)
            or scene.supposed(start)
            or self._in_calm(start, end)
            or self._easing(start)
            or scene.loose_talk(start, strange_allowed)
        )

    def _pain(self, start: int, end: int, size: str) -> Finding | None:
        words = self._tagged.text(start, end)
        if self._silent(start, end, 2):
            return None
        very_before = self._before(start, "very") or (self._before(start, "agony") and not self._agony_denied(start))
        denier = self.scene.denied(start)
        if denier:
            return Finding("ease" if denier != "no" and very_before else "continue", f"denied: {denier} .. {words}")
        if very_before or self._after(end, "very_after"):
            return Finding("stop", f"very: {words}")
        before = self._tagged.words[start - 1] if start else "~"
        after = self._tagged.words[end] if end < len(self._tagged.words) else "~"
        if (KNOW.strange(before) and before != "~") or any(KNOW.unknown_degree(word) for word in (before, after)):
            return Finding("stop", f"a size the coach doesn't know: {self._tagged.text(max(start - 1, 0), end + 1)}")
        if self._before(start, "mild") or self._after(end, "mild"):
            return Finding("continue", f"slight: {words}")
        if self._before(start, "weak") or self._after(end, "weak"):
            return Finding("ease", f"moderate: {words}")
        return Finding(size, f"{'pain without a size' if size == 'ask' else 'moderate'}: {words}")

    def _strong(self, name: str, start: int, end: int) -> Finding | None:
        words = self._tagged.text(start, end)
        if self._silent(start, end, 1 if name == "agony" else 0):
            return None
        denier = self.scene.denied(start)
        if name == "bad" and (denier or self._mere_bad(start, end)):
            return None
        if denier:
            calm = denier == "no" or name == "quality" or self._calm
            return Finding("continue" if calm else "ease", f"strong word denied: {denier} .. {words}")
        return Finding("stop", f"strong word: {words}")

    def _mere_bad(self, start: int, end: int) -> bool:
        """Whether "bad" says nothing of pain: "my bad knee" only names a knee, and "bad" alone may be anything."""
        place_end = self._tagged.end_of("body", end)
        if place_end is not None and self._tagged.end_of("pain_noun", place_end) is None:
            return True
        a, b = self.scene.clause(start)
        tied = any(self._tagged.has(name, a, b) for name in ("pain", "body", "discomfort", "numb"))
        points = any(word in ("it", "that", "this") for word in self._tagged.words[max(a, start - 4) : start])
        very = self._before(start, "very") and not any(KNOW.strange(word) for word in self._tagged.words[a:b])
        return not tied and not points and not very

    def _before(self, start: int, name: str) -> bool:
        """Whether a word of this class stands before, with only small words between."""
        at = start
        for _ in range(5):
            for begin in range(max(0, at - 4), at):
                if at in self._tagged.ends[begin].get(name, ()) and self._may_size(name, begin, at, start):
                    return True
            if at == 0 or self._tagged.words[at - 1] not in KNOW.small["before_pain"]:
                return False
            at -= 1
        return False

    def _agony_denied(self, end: int) -> bool:
        """Whether the strong word before is denied itself: "not excruciating, just sore"."""
        starts = [a for a, _ in self._tagged.spans("agony") if a < end]
        return bool(starts) and bool(self.scene.denied(starts[-1])) and "just" in self._tagged.words[starts[-1] : end]

    def _may_size(self, name: str, begin: int, end: int, start: int) -> bool:
        """Words such as "so", "well" and "right" only mean "very" directly before the word for pain."""
        word = " ".join(self._tagged.words[begin:end])
        if name != "very" or word not in KNOW.small["only_directly_before"]:
            return True
        return end == start and (word != "right" or self._tagged.end_of("pain_adj", start) is not None)

    def _after(self, end: int, name: str) -> bool:
        """Whether a word of this class stands after, with only small words or a place between."""
        at = end
        for _ in range(6):
            found = self._tagged.end_of(name, at)
            if found and not self._leads_on(name, at, found):
                return True
            if at >= len(self._tagged.words):
                return False
            place_end = self._tagged.end_of("body", at)
            if place_end is None and self._tagged.words[at] not in KNOW.small["after_pain"]:
                return False
            at = place_end or at + 1
        return False

    def _leads_on(self, name: str, start: int, end: int) -> bool:
        """Whether the word belongs to what follows: "it hurts quite ...", "my hip hurts, sore ..."."""
        words = self._tagged.text(start, end)
        if name == "weak":
            return words in ("half", "quite", "pretty", "rather", "little", "fairly")
        return words in ("sore", "hard", "rotten")


def _within(match: Match, said: Said) -> bool:
    longer = said.end - said.start > match.end - match.start
    return longer and said.start <= match.start and match.end <= said.end
