"""The rules between words and actions: signs, pain with its size, denial, time, people, scores, commands.

The knowledge is in ``words.toml``. This module holds only how it is put together; see docs/SAFETY.md for why.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from coach.lexicon import EDGES, Lexicon, Match, Patterns, Tagged
from coach.numbers import WORDS as NUMBER_WORDS
from coach.numbers import Number, numbers
from coach.wording import plain_words, replaced

_TYING = frozenset("is 's was feels felt has had been being getting got just so a an the more like now really quite".split())
RED = frozenset({"gp", "urgent", "emergency"})
_PLAIN = frozenset(
    "a an the and or but so of in on at to from with by for as than then that this these those it there here i me my "
    "we us our you your is are was were be been being am do does did have has had will would can could shall should may "
    "might must not no if when where what which who how why just only even also too very really up down out off over "
    "into about again more most much many some any all both each other another one two my mine myself 's oh ah well "
    "now right left like know think feel say said get got go going came come make makes made keep keeps let try tried "
    "trying do doing did done thing things bit way time when while moment start started starts move moving bend bending "
    "lift lifting lean leaning sit sitting stand standing walk walking lie lying turn turning twist twisting reach "
    "reaching raise raising straighten hold holding push pushing press pressing day today morning night every time "
    "god jesus christ bloody hell please thanks [unk] [ ] um er erm uh hm mate love yes yeah aye no nope okay".split()
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the words say, and the action it alone would lead to."""

    action: str
    because: str
    start: int
    end: int
    score: int | None = None
    stop_word: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """A row of ways to say one thing, from the data."""

    name: str
    action: str
    denied: str = "continue"
    past: bool = False
    loose: bool = False
    stop_word: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A command that was heard; ``whole`` where nothing else was said."""

    action: str
    because: str
    whole: bool
    start: int
    end: int


class _Knowledge:
    """Everything in the data files, made ready to match."""

    def __init__(self) -> None:
        data = tomllib.loads(files("coach").joinpath("words.toml").read_text(encoding="utf-8"))
        own = tomllib.loads(files("coach").joinpath("safety.toml").read_text(encoding="utf-8"))
        self.spelling: Mapping[str, str] = data["spelling"]
        self.mishearing = {tuple(old.split()): tuple(new.split()) for old, new in data["mishearing"].items()}
        self.longest_mishearing = max(map(len, self.mishearing), default=1)
        self.lexicon = Lexicon(data["class"])
        self.signs = {sign["name"]: _sign(sign) for sign in data["sign"]}
        self.says = Patterns({sign["name"]: sign["says"] for sign in data["sign"]}, self.lexicon, "not")
        self.says_whole = Patterns({s["name"]: s["whole"] for s in data["sign"] if "whole" in s}, self.lexicon, "not")
        self.set_aside = Patterns({"set aside": data["set_aside"]["says"]}, self.lexicon, "not")
        self.whole = Patterns({c["action"]: c["whole"] for c in data["command"]}, self.lexicon, "not")
        self.within = Patterns({c["action"]: c.get("within", ()) for c in data["command"]}, self.lexicon, "not")
        self.answers = {name: Patterns({name: says}, self.lexicon, "not") for name, says in data["answer"].items()}
        self.before = {tuple(text.split()) for text in _listed(data["polite"]["before"])}
        self.after = {tuple(text.split()) for text in _listed(data["polite"]["after"])}
        self.known = frozenset(_PLAIN | self.lexicon.words | self.says.words | self.says_whole.words | NUMBER_WORDS.keys())
        self.own_lines = {part for line in own["questions"].values() for part in _parts(self.words(line), 3)}
        self.own_lines |= {part for sign in own["warning_sign"] for part in _parts(self.words(sign["question"]), 4)}

    def words(self, text: str) -> list[str]:
        """The text as a plain word list."""
        return replaced(plain_words(text, self.spelling, self.known), self.mishearing, self.longest_mishearing)


def _is_strange(word: str) -> bool:
    return word not in _KNOW.known and word not in EDGES and not word.isdigit() and not word.endswith("ly")


def _listed(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split(",") if part.strip()]


def _sign(data: Mapping[str, Any]) -> Sign:
    return Sign(**{key: value for key, value in data.items() if key not in ("says", "whole")})


def _parts(words: Iterable[str], shortest: int) -> Iterable[tuple[str, ...]]:
    """What of a coach's own question may come back as an echo: its openings, and any run of so many words.

    Three words are enough where they hold "you", which nobody says of themselves.
    """
    line = tuple(word for word in words if word not in EDGES)
    for start in range(len(line)):
        for end in range(start + 2, len(line) + 1):
            part = line[start:end]
            you = len(part) > 2 and ("you" in part or "your" in part)
            if start == 0 or len(part) >= shortest or you:
                yield part


_KNOW = _Knowledge()


def tag(text: str) -> Tagged:
    """The words of a text with their classes; what only sounds like a report is set aside ("~")."""
    words = _KNOW.words(text)
    tagged = _KNOW.lexicon.tag(words)
    aside = _KNOW.set_aside.find(tagged)
    if not aside:
        return tagged
    for match in aside:
        words[match.start : match.end] = ["~"] * (match.end - match.start)
    return _KNOW.lexicon.tag(words)


def is_own_line(words: tuple[str, ...]) -> bool:
    """Whether the words are (part of) one of the coach's own questions."""
    return tuple(word for word in words if word not in EDGES) in _KNOW.own_lines


# --- reports --------------------------------------------------------------------------------------


def findings(tagged: Tagged, asked_score: bool) -> list[Finding]:
    """Everything the words report, in no order. Empty where they report nothing."""
    scene = Scene(tagged)
    scores = scene.scores(asked_score)
    pains = [pain for pain in scene.pains() if not (scores and pain.action == "ask")]
    found = [*scene.signs(), *pains, *scores]
    found.extend(_manageable(scene, found))
    return found


def _manageable(scene: Scene, found: list[Finding]) -> list[Finding]:
    """Pain without a size that can be borne is moderate."""
    if not scene.tagged.has("manageable") or any(f.action in ("stop", *RED) for f in found):
        return []
    asks = [finding for finding in found if finding.action == "ask"]
    for finding in asks:
        found.remove(finding)
    return [Finding("ease", f"{finding.because}, but bearable", finding.start, finding.end) for finding in asks]


class Scene:
    """One breath of words: its clauses, who and when it is about, what is denied."""

    def __init__(self, tagged: Tagged) -> None:
        self.tagged = tagged
        self.words = tagged.words
        self._nots = {end: start for start, end in tagged.spans("not")}
        self._clauses = self._split()
        self._matches = _KNOW.says.find(tagged) + _KNOW.says_whole.whole(tagged)
        self._kept = [m for m in self._matches if self._counts(m)]
        self._calm = [m for m in self._kept if self._action(m) == "continue" and not self.denied(m.start)]
        self._commands = _commands(tagged)

    # clauses ------------------------------------------------------------------------------------

    def _split(self) -> list[tuple[int, int]]:
        starts = [0]
        for at, word in enumerate(self.words):
            if word == "|" or word == "," or self.tagged.end_of("but", at):
                starts.append(at)
            elif word in ("and", "so", "now", "then") and at + 1 < len(self.words):
                following = self.words[at + 1]
                if following in ("i", "it", "my", "now", "that", "this", "there", "he", "she", "the", "you", "can", "could"):
                    starts.append(at)
        return [(a, b) for a, b in zip(starts, [*starts[1:], len(self.words)], strict=True) if b > a]

    def clause(self, at: int) -> tuple[int, int]:
        """The clause that holds this word."""
        return next(((a, b) for a, b in self._clauses if a <= at < b), (0, len(self.words)))

    # denial ------------------------------------------------------------------------------------------

    def denied(self, start: int) -> str:
        """The word that denies what begins here ("not", "no" ...), or "" where nothing does."""
        at, listed = start, False
        for _ in range(9):
            if at in self._nots:
                return self._denier(self._nots[at], at, start)
            if at == 0:
                return ""
            word = self.words[at - 1]
            if word in ("or", "nor"):
                listed = True
            elif word in ("just", "only"):
                return "not" if at - 1 in self._nots and start - at <= 3 else ""
            elif not self._lets_through(at - 1) and not (
                (listed or self._in_list(start)) and (word == "," or self._symptom_ends(at))
            ):
                return ""
            at -= 1
        return ""

    def _denier(self, not_start: int, not_end: int, start: int) -> str:
        word = " ".join(self.words[not_start:not_end])
        if word == "no" and (self.tagged.end_of("not_noun", start) or self.tagged.end_of("very", start)):
            return ""
        if word == "no" and any(self.words[at] in ("very", "really", "so", "too") for at in range(not_end, start)):
            return ""
        if word == "without" and not_start in self._nots:
            return ""
        return word

    def _lets_through(self, at: int) -> bool:
        return self.tagged.end_of("passes", at) is not None or self.tagged.end_of("body", at) is not None

    def _symptom_ends(self, end: int) -> bool:
        return any(end in self.tagged.ends[at].get("symptom", ()) for at in range(max(0, end - 4), end))

    def _in_list(self, start: int) -> bool:
        return any(word in ("or", "nor") for word in self.words[start : start + 5])

    # people and time ----------------------------------------------------------------------------------

    def someone_else(self, start: int, end: int) -> bool:
        """Whether what lies between is said of another person, an animal or the television."""
        sentence = max((at + 1 for at in range(start) if self.words[at] == "|"), default=0)
        clause_start = self.clause(start)[0]
        for person_start, person_end in reversed(self.tagged.spans("person")):
            if sentence <= person_start < person_end <= start:
                between = self.words[person_end : end]
                if any(word in ("i", "my", "me", "myself", "mine") for word in between):
                    return False
                vocative = self.words[person_end : person_end + 1] and self.words[person_end] in ("it", "that", "this", "there", ",")
                reset = person_end <= clause_start and self.words[clause_start] in ("but", "though", "although", "and", ",", "|")
                return not vocative and not reset
        return False

    def over(self, start: int) -> bool:
        """Whether it is said to have been, and not to be now."""
        a, b = self.clause(start)
        if self.tagged.has("past", a, b):
            return not self.tagged.has("present", a, b)
        gone = any(self._action(m) == "continue" and m.start >= b for m in self._kept if not self.denied(m.start))
        return gone and self.tagged.has("over", a, b) and not self.tagged.has("present", a, b)

    def supposed(self, start: int) -> bool:
        """Whether it is only asked or supposed: "will it hurt", "if it hurts"."""
        a, _ = self.clause(start)
        return self.tagged.has("if", a, min(start + 2, len(self.words)))

    def loose_talk(self, start: int, allowed: int) -> bool:
        """Whether the clause has more unknown words than allowed, and nothing ties it to the person."""
        a, b = self.clause(start)
        strange = sum(1 for word in self.words[a:b] if _is_strange(word))
        return strange > allowed and not self._about_me(a, b) and not self._tied(a, start, b)

    def _tied(self, a: int, start: int, b: int) -> bool:
        """Whether "it" or "that" stands before with only small words between, and no strange word right after."""
        after = next((at for at in range(start + 1, b) if not self.tagged.end_of("agony", at)), b)
        if after < b and _is_strange(self.words[after]):
            return False
        for at in range(start - 1, a - 1, -1):
            if self.words[at] in ("it", "that", "this", "there"):
                return self.words[at] != "there" or at + 1 < b
            if self.words[at] not in _TYING and not self.words[at].endswith("ly") and self.tagged.end_of("very", at) is None:
                return False
        return False

    def _about_me(self, a: int, b: int) -> bool:
        for at in range(a, b):
            if self.words[at] in ("i", "me", "myself", "mine"):
                return True
            if self.words[at] == "my" and "person" not in (self.tagged.ends[at + 1] if at + 1 < len(self.words) else {}):
                return True
        return False

    # signs -----------------------------------------------------------------------------------------------

    def _action(self, match: Match) -> str:
        return _KNOW.signs[match.rule].action

    def _counts(self, match: Match) -> bool:
        sign = _KNOW.signs[match.rule]
        if self.someone_else(match.start, match.end) and not sign.stop_word and sign.name != "call an ambulance":
            return False
        if sign.action not in RED and not sign.stop_word and sign.action != "continue" and self.supposed(match.start):
            return False
        allowed = 0 if sign.action == "continue" else 1
        return not (sign.loose and self.words[match.start] != "stop" and self.loose_talk(match.start, allowed))

    def signs(self) -> list[Finding]:
        """What the listed ways of saying things lead to."""
        found = []
        for match in self._kept:
            sign = _KNOW.signs[match.rule]
            if self._swallowed(match, sign):
                continue
            words = self.tagged.text(match.start, match.end)
            denier = self.denied(match.start)
            if denier:
                action = sign.denied if denier != "no" or sign.denied == "ask" else "continue"
                found.append(Finding(action, f"{sign.name}, denied: {denier} .. {words}", match.start, match.end))
            elif sign.past or sign.stop_word or sign.action == "continue" or not self.over(match.start):
                found.append(Finding(sign.action, f"{sign.name}: {words}", match.start, match.end, stop_word=sign.stop_word))
        return found

    def _swallowed(self, match: Match, sign: Sign) -> bool:
        """Whether a longer calm saying ("the pain has gone") or a command ("when can i stop") holds these words."""
        if sign.action in RED:
            return False
        if sign.action != "continue" and (self.calmed(match.start, match.end) or (not sign.stop_word and self._easing(match.start))):
            return True
        return sign.stop_word and any(
            said.start <= match.start and match.end <= said.end and said.end - said.start > match.end - match.start
            for said in self._commands
        )

    def calmed(self, start: int, end: int) -> bool:
        """Whether these words lie within a longer saying that all is well."""
        return any(m.start <= start and end <= m.end and m.end - m.start > end - start for m in self._calm)

    # pain with its size ---------------------------------------------------------------------------------------

    def pains(self) -> list[Finding]:
        """Words for pain with their size, and strong words that need none."""
        found = []
        for name in ("pain", "discomfort"):
            for start, end in self.tagged.spans(name):
                finding = self._pain(start, end, "ease" if name == "discomfort" else "ask")
                if finding:
                    found.append(finding)
        for name in ("agony", "quality", "bad"):
            for start, end in self.tagged.spans(name):
                finding = self._strong(name, start, end)
                if finding:
                    found.append(finding)
        return found

    def _silent(self, start: int, end: int) -> bool:
        return (
            self.someone_else(start, end)
            or self.over(start)
            or self.supposed(start)
            or self.calmed(start, end)
            or self._easing(start)
            or self.loose_talk(start, 2)
        )

    def _easing(self, start: int) -> bool:
        """Whether the same clause says that it is easing: "the severe pain has gone", "it hurts less"."""
        a, b = self.clause(start)
        return any(a <= m.start < b and m.rule == "easing" for m in self._calm) and "still" not in self.words[a:b]

    def _pain(self, start: int, end: int, size: str) -> Finding | None:
        words = self.tagged.text(start, end)
        if self._silent(start, end):
            return None
        denier = self.denied(start)
        if denier:
            strongly = denier != "no" and self._very_before(start)
            return Finding("ease" if strongly else "continue", f"denied: {denier} .. {words}", start, end)
        if self._very_before(start) or self._after(end, "very_after"):
            return Finding("stop", f"very: {words}", start, end)
        if self._before(start, "mild") or self._after(end, "mild"):
            return Finding("continue", f"slight: {words}", start, end)
        if self._before(start, "weak") or self._after(end, "weak"):
            return Finding("ease", f"moderate: {words}", start, end)
        return Finding(size, f"{'pain without a size' if size == 'ask' else 'moderate'}: {words}", start, end)

    def _strong(self, name: str, start: int, end: int) -> Finding | None:
        words = self.tagged.text(start, end)
        if self._silent(start, end) or self.loose_talk(start, 1 if name == "agony" else 0):
            return None
        if name == "bad" and (self._mere_bad(start, end) or self.denied(start)):
            return None
        denier = self.denied(start)
        if denier:
            calm = denier == "no" or bool(self._calm)
            return Finding("continue" if calm else "ease", f"strong word denied: {denier} .. {words}", start, end)
        return Finding("stop", f"strong word: {words}", start, end)

    def _mere_bad(self, start: int, end: int) -> bool:
        """ "My bad knee" names a knee; "bad back pain" a pain. A bare "bad" needs something of the body with it."""
        place_end = self.tagged.end_of("body", end)
        if place_end is not None and self.tagged.end_of("pain_noun", place_end) is None:
            return True
        a, b = self.clause(start)
        tied = any(self.tagged.has(name, a, b) for name in ("pain", "body", "discomfort", "numb"))
        return not tied and not (self.words[a:start] and self._deictic(a, start))

    def _deictic(self, a: int, b: int) -> bool:
        return any(word in ("it", "that", "this") for word in self.words[a:b]) and b - a <= 4

    def _very_before(self, start: int) -> bool:
        return self._before(start, "very") or self._before(start, "agony")

    _FILL = frozenset("a an in of is 's does do did getting got gets starting started to be some feeling feels sort kind just that this and the such like quite there hurting it has have been with having lot".split())

    def _before(self, start: int, name: str) -> bool:
        """Whether a word of this class stands before, with only small words between."""
        at = start
        for _ in range(5):
            for begin in range(max(0, at - 4), at):
                if at in self.tagged.ends[begin].get(name, ()) and not self._only_filler(name, begin, at, start):
                    return True
            if at == 0 or self.words[at - 1] not in self._FILL:
                return False
            at -= 1
        return False

    def _only_filler(self, name: str, begin: int, end: int, start: int) -> bool:
        """Words such as "so", "right" and "well" are only strong directly before the word for pain."""
        word = " ".join(self.words[begin:end])
        if name == "very" and word in ("so", "too", "well", "right", "that", "fair", "big", "most", "heavy", "great", "such", "wild", "proper"):
            return end != start and word != "such" or word == "right" and self.tagged.end_of("pain_adj", start) is None
        return name == "weak" and word in ("bit", "touch") and end != start and False

    _AFTER = frozenset("me there here now today in my the on when i move this that is 's was feels just only so again at right left side really quite very it do bend".split())

    def _after(self, end: int, name: str) -> bool:
        at = end
        for _ in range(6):
            found = self.tagged.end_of(name, at)
            if found:
                word = " ".join(self.words[at:found])
                if not (name == "weak" and word in ("half", "quite", "pretty", "rather", "little", "fairly")) and not (word in ("sore", "hard", "rotten") and at == end):
                    return not (name == "very_after" and word == "terrible" and False)
            if at >= len(self.words):
                return False
            skip = self.tagged.end_of("body", at)
            if skip is None and self.words[at] not in self._AFTER:
                return False
            at = skip or at + 1
        return False

    # scores ----------------------------------------------------------------------------------------------------

    def scores(self, asked: bool) -> list[Finding]:
        """Scores that were asked for, or that say "out of ten" or "pain"."""
        said = [number for number in numbers(self.words) if asked or self._is_score(number)]
        if not said or "phone" in self.words or (asked and self.loose_talk(said[0].start, 2)):
            return []
        said = [number for number in said if not self.someone_else(number.start, number.end)]
        values = [number.value for number in said]
        if not values:
            return []
        start, end = said[0].start, said[-1].end
        words = self.tagged.text(start, end)
        change = self._change(said)
        value = values[-1] if change else max(values)
        if change == "fallen" or change == "risen":
            value = self._now(said)
        if value > 10:
            return [Finding("stop", f"more than ten: {words}", start, end)]
        if change == "risen":
            return [Finding("stop", f"a score that has risen: {words}", start, end, value)]
        action = "stop" if value >= 6 else "ease" if value >= 4 else "continue"
        return [Finding(action, f"score {value}: {words}", start, end, value)]

    def _is_score(self, number: Number) -> bool:
        a, b = self.clause(number.start)
        if number.out_of_ten:
            return not self.loose_talk(number.start, 1)
        if self.tagged.has("pain", a, b):
            return self._beside_pain(number, a, b)
        near = self.words[max(0, number.start - 5) : number.start]
        return any(word in ("scale", "rate", "score", "rating") for word in near)

    def _beside_pain(self, number: Number, a: int, b: int) -> bool:
        small = frozenset("a an is 's at of about around level score wise was now only maybe like nearly say would i it for on the scale my number to and or probably roughly up from went gone down has between 'd be been just over under almost today rating factor".split())
        for start, end in self.tagged.spans("pain"):
            between = self.words[end : number.start] if end <= number.start else self.words[number.end : start]
            if len(between) <= 6 and all(word in small or word in NUMBER_WORDS or word.isdigit() for word in between):
                return True
        return False

    def _change(self, said: list[Number]) -> str:
        """"risen" or "fallen" where two scores are told as before and now."""
        if len(said) < 2:
            return ""
        between = set(self.words[: said[-1].end])
        if between & {"now", "was", "gone", "went", "up", "down", "from", "became", "dropped", "risen", "rose", "yesterday", "earlier", "before", "started", "increased", "decreased", "jumped", "fell", "fallen"}:
            if "somewhere" in between or "between" in between:
                return ""
            return "risen" if self._now(said) > min(n.value for n in said) and self._now(said) == max(n.value for n in said) else "fallen"
        return ""

    def _now(self, said: list[Number]) -> int:
        """The score that holds now: the one not marked as past."""
        first, last = said[0], said[-1]
        after = self.words[last.end : last.end + 2]
        before = self.words[first.end : last.start]
        if any(word in ("was", "yesterday", "earlier", "before") for word in after) or ("from" in before and "to" not in before) or ("was" in before and "now" not in before) :
            return first.value
        return last.value


# --- commands and answers -----------------------------------------------------------------------------------


def _commands(tagged: Tagged) -> list[Said]:
    found = []
    for start, end in _bared(tagged):
        core = _KNOW.lexicon.tag(tagged.words[start:end])
        for match in _KNOW.whole.whole(core):
            found.append(Said(match.rule, f"command: {core.text(0, end - start)}", True, start, end))
        if found:
            return found
    if len([word for word in tagged.words if word not in EDGES]) <= 16:
        for match in _KNOW.within.find(tagged):
            found.append(Said(match.rule, f"command: {tagged.text(match.start, match.end)}", False, match.start, match.end))
    return found


def command(tagged: Tagged) -> Said | None:
    """The command in the words, if there is one: the longest, and the first of equals."""
    found = _commands(tagged)
    if not found or Scene(tagged).someone_else(found[0].start, found[0].end):
        return None
    return max(found, key=lambda said: (said.whole, said.end - said.start, -said.start))


def _bared(tagged: Tagged) -> Iterable[tuple[int, int]]:
    """The words, then with one courtesy less at either end each time."""
    seen = set()
    queue = [(0, len(tagged.words))]
    while queue:
        start, end = queue.pop(0)
        if (start, end) in seen or start >= end:
            continue
        seen.add((start, end))
        if tagged.words[start] in EDGES:
            queue.append((start + 1, end))
            continue
        if tagged.words[end - 1] in EDGES:
            queue.append((start, end - 1))
            continue
        yield start, end
        queue.extend((start + n, end) for n in range(1, 8) if tuple(tagged.words[start : start + n]) in _KNOW.before)
        queue.extend((start, end - n) for n in range(1, 6) if tuple(tagged.words[end - n : end]) in _KNOW.after)


_SCORE_FILL = frozenset("about around a i would say it 's is maybe probably roughly like nearly almost just think pretty guess reckon oh hm well em er erm um my pain of".split())


def says(name: str, tagged: Tagged) -> bool:
    """Whether the words, courtesies apart, are one of the listed answers."""
    for start, end in _bared(tagged):
        while start < end:
            core = _KNOW.lexicon.tag(tagged.words[start:end])
            if _KNOW.answers[name].whole(core):
                return True
            if tagged.words[start] not in _SCORE_FILL:
                break
            start += 1
    return False


def opens_with(name: str, tagged: Tagged) -> bool:
    """Whether the words begin with one of the listed answers."""
    start = next((at for at, word in enumerate(tagged.words) if word not in ("[unk]", "oh", "er", "um", "well", "erm", "ah")), 0)
    return any(match.start == start for match in _KNOW.answers[name].find(tagged))


def affirms(tagged: Tagged) -> bool:
    """Whether the words begin as in "I do get that", and not as in "I do not"."""
    words = tuple(word for word in tagged.words if word not in EDGES and word not in ("well", "oh", "um", "er"))
    return words[:2] in _AFFIRM and tagged.spans("not") == [] and len(words) <= 9


_AFFIRM = {("i", "do"), ("i", "have"), ("i", "did"), ("it", "does"), ("it", "has"), ("there", "is"), ("they", "do"), ("i", "get")}
