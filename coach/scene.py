"""One breath of words: its clauses, what is denied, who and what time it is about."""

from __future__ import annotations

from coach.knowledge import KNOW
from coach.lexicon import EDGES, Tagged

_ME = frozenset({"i", "my", "me", "myself", "mine"})
_DEICTIC = frozenset({"it", "that", "this", "there"})
_TURNS = frozenset({"but", "though", "although", "and", ",", "|"})


class Scene:
    """Answers questions about places in a row of words. Places are word numbers."""

    def __init__(self, tagged: Tagged) -> None:
        self.tagged = tagged
        self.words = tagged.words
        self._not_starts = {end: start for start, here in enumerate(tagged.ends) for end in here.get("not", ())}
        self._clauses = self._split()

    def _split(self) -> list[tuple[int, int]]:
        starts = [0]
        for at, word in enumerate(self.words):
            following = self.words[at + 1] if at + 1 < len(self.words) else ""
            joins = word in ("and", "so", "now", "then") and following in KNOW.small["new_clause"]
            if word in EDGES or self.tagged.end_of("but", at) or joins:
                starts.append(at)
        return [(a, b) for a, b in zip(starts, [*starts[1:], len(self.words)], strict=True) if b > a]

    def clause(self, at: int) -> tuple[int, int]:
        """Start and end (exclusive) of the clause that holds this word."""
        return next(((a, b) for a, b in self._clauses if a <= at < b), (0, len(self.words)))

    # --- denial ---

    def denied(self, start: int) -> str:
        """The word that denies what begins here ("not", "no" ...), or "" where nothing does.

        A denial reaches over small words ("not really any ..."), and along a list that has an "or" in it; it never
        reaches over "I", "my" or the end of a sentence.
        """
        at = start
        listed = any(word in ("or", "nor") for word in self.words[start : start + 5])
        for _ in range(9):
            if at in self._not_starts:
                return self._denier(self._not_starts[at], at, start)
            if at == 0:
                return ""
            word = self.words[at - 1]
            if word in ("just", "only"):
                return "not" if at - 1 in self._not_starts and start - at <= 3 else ""
            joins = word in ("or", "nor")
            listed = listed or joins
            through = joins or self.tagged.end_of("passes", at - 1) or self.tagged.end_of("body", at - 1)
            if not through and not (listed and (word == "," or self._symptom_ends(at))):
                return ""
            at -= 1
        return ""

    def _denier(self, not_start: int, not_end: int, start: int) -> str:
        word = " ".join(self.words[not_start:not_end])
        if not_start and self.words[not_start - 1] == "from":
            return ""  # "from nothing to horrendous"
        if word == "without" and not_start in self._not_starts:
            return ""
        if word == "no":
            if self.words[start] in KNOW.small["after_answer_no"]:
                return ""
            emphatic = any(self.words[at] in ("very", "really", "so", "too") for at in range(not_end, start + 1))
            adjective = self.tagged.end_of("not_noun", start) or self.tagged.end_of("very", start)
            if self.words[max(0, not_start - 1)] in ("is", "'s", "am", "are", "was") and not_start:
                return "not"  # "it's no sore", as they say in Scotland
            if emphatic or (adjective and not self._names_pain(start)):
                return ""
        return word

    def _names_pain(self, start: int) -> bool:
        """Whether a noun for pain follows the adjective here: "no severe pain", but not "no, severe"."""
        near = range(start + 1, min(start + 3, len(self.words)))
        return any(self.tagged.end_of("pain_noun", at) and not self.tagged.end_of("pain_verb", at) for at in near)

    def _symptom_ends(self, end: int) -> bool:
        return any(end in self.tagged.ends[at].get("symptom", ()) for at in range(max(0, end - 4), end))

    # --- people, time, supposition ---

    def someone_else(self, start: int, end: int) -> bool:
        """Whether the words from start to end are said of another person, an animal or the television."""
        sentence = max((at + 1 for at in range(start) if self.words[at] == "|"), default=0)
        clause_start = self.clause(start)[0]
        for person_start, person_end in reversed(self.tagged.spans("person")):
            if not sentence <= person_start < person_end <= start:
                continue
            if any(word in _ME for word in self.words[person_end:end]) or self._my_body(person_end):
                return False
            called = self.words[person_end] in _DEICTIC or self.words[person_end] == ","
            turned = person_end <= clause_start and self.words[clause_start] in _TURNS
            return not called and not turned
        return False

    def _my_body(self, start: int) -> bool:
        """Whether a part of one's own body comes later in the clause: "she's a shocker, my back"."""
        end = self.clause(max(start - 1, 0))[1]
        return any(self.words[at] == "my" and self.tagged.end_of("body", at + 1) for at in range(start, end))

    def over(self, start: int, relieved_from: int | None) -> bool:
        """Whether the clause says that it has been and is no more.

        ``relieved_from`` is where a later relief begins ("... but it's fine now"), if there is one.
        """
        a, b = self.clause(start)
        if self.tagged.has("present", a, b):
            return False
        relieved = relieved_from is not None and relieved_from >= b
        return self.tagged.has("past", a, b) or (relieved and self.tagged.has("over", a, b))

    def supposed(self, start: int) -> bool:
        """Whether it is only asked or supposed: "will it hurt", "what if it hurts"."""
        a, _ = self.clause(start)
        return self.tagged.has("if", a, min(start + 2, len(self.words)))

    def addressed(self, start: int) -> bool:
        """Whether it is said of "you": the coach's own words, or the television's."""
        near = self.words[max(self.clause(start)[0], start - 4) : start]
        subjects = [word for word in near if word == "you" or word in _ME or word in _DEICTIC]
        return subjects[-1:] == ["you"]

    def loose_talk(self, start: int, allowed: int) -> bool:
        """Whether the clause has more strange words than allowed, and nothing ties it to the person."""
        a, b = self.clause(start)
        strange = sum(1 for word in self.words[a:b] if KNOW.strange(word))
        return strange > allowed and not self._about_me(a, b) and not self._tied(a, start, b)

    def _about_me(self, a: int, b: int) -> bool:
        for at in range(a, b):
            if self.words[at] in ("i", "me", "myself", "mine"):
                return True
            if self.words[at] == "my" and self.tagged.end_of("person", at + 1) is None:
                named = self.words[at + 1] if at + 1 < b else ""
                return not KNOW.strange(named) or self._about_me(at + 1, b)
        return False

    def _tied(self, a: int, start: int, b: int) -> bool:
        """Whether "it" or "that" stands before with only small words between, and no strange word right after."""
        if start + 1 < b and KNOW.strange(self.words[start + 1]):
            return False
        for at in range(start - 1, a - 1, -1):
            word = self.words[at]
            if word in _DEICTIC:
                return True
            if word not in KNOW.small["tying"] and not word.endswith("ly") and not self.tagged.end_of("very", at):
                return False
        return False
