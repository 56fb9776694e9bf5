"""The decoding graph: sounds to words (HCLr.fst, one tree of all words) and words to sentences (Gr.fst)."""

from __future__ import annotations

import math
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training.kaldi import Transitions
from training.language import BEGIN, END, UNKNOWN, Language
from training.lexicon import Pronunciations
from training.phones import GARBAGE, LABELS, PHONE_ID, PHONES, PLACE_OF, SILENCE, label_of, positioned

SILENCE_CHANCE = 0.5
_LOOK_AHEAD = "libfstlookahead.so"
_BOUNDARY = {"B": "begin", "E": "end", "I": "internal", "S": "singleton"}


@dataclass(slots=True)
class Node:
    """What a word may go on with."""

    after: dict[int, Node] = field(default_factory=dict)
    """By phone."""
    words: list[str] = field(default_factory=list)
    """Those that end here."""
    below: int = 0
    """How many words (or ways to say one) go through here."""


def tree(words: Pronunciations) -> Node:
    """All words by their phones."""
    root = Node()
    for word, ways in sorted(words.items()):
        for way in ways:
            at = root
            for phone in positioned(way):
                at = at.after.setdefault(phone, Node())
                at.below += 1
            at.words.append(word)
    return root


class Sounds:
    """The states and arcs from transition ids to words.

    A state that is entered by one transition id loops with it; where several lead to one place, each gets a state of
    its own before. After a word the next one begins in the loop state of the place where the mouth is.
    """

    def __init__(self, transitions: Transitions, pdfs: Any, word_ids: Mapping[str, int], garbage_cost: float) -> None:
        self.arcs: list[tuple[int, int, int, int, float]] = []
        self._transitions, self._pdfs, self._ids = transitions, pdfs, word_ids
        self._count = 0
        self._entered: dict[Any, int] = {}
        self.start = self._state()
        places = sorted(set(PLACE_OF.values()))
        self.loops = {place: self._state() for place in places}
        self._ends = {place: self._state() for place in places}
        self._silence(places)
        self._garbage(garbage_cost)

    def add(self, root: Node) -> None:
        """All the words."""
        nodes = {phone: self._state() for phone in root.after}
        for phone, node in root.after.items():
            self._continue(nodes[phone], phone, node, node.below == 1)
            for place, loop in self.loops.items():
                number = self._number(phone, place)
                entry = self._before(number, phone, nodes[phone])
                self._arc(loop, entry, 2 * number, self._word(node) if node.below == 1 else 0, self._leaving(phone))

    def text(self) -> str:
        """For fstcompile."""
        lines = [
            f"{a}\t{b}\t{i}\t{o}\t{w:.5f}"
            for a, b, i, o, w in sorted(self.arcs, key=lambda arc: (arc[0] != self.start, arc[0]))
        ]
        return "\n".join([*lines, *(str(loop) for loop in self.loops.values())]) + "\n"

    def _continue(self, state: int, phone: int, node: Node, told: bool) -> None:
        """From a state just after a phone; ``told`` where the word has been put out already."""
        place = PLACE_OF[LABELS[label_of(phone)]]
        for word in node.words:
            self._arc(state, self._ends[place], 0, 0 if told else self._ids[word], 0.0)
        for after, child in node.after.items():
            number = self._number(after, place)
            tells = 0 if told or child.below > 1 else self._word(child)
            if child.words and (told or tells):
                # The last sound of a word that is known: nothing differs any more.
                target = self._last(number, after)
            else:
                target = self._looping(number, after)
                self._continue(target, after, child, bool(told or tells))
            self._arc(state, target, 2 * number, tells, self._leaving(after))

    def _last(self, number: int, phone: int) -> int:
        if ("last", number) not in self._entered:
            self._entered["last", number] = state = self._looping(number, phone)
            self._arc(state, self._ends[PLACE_OF[LABELS[label_of(phone)]]], 0, 0, 0.0)
        return self._entered["last", number]

    def _before(self, number: int, phone: int, node: int) -> int:
        if ("before", number) not in self._entered:
            self._entered["before", number] = state = self._looping(number, phone)
            self._arc(state, node, 0, 0, 0.0)
        return self._entered["before", number]

    def _silence(self, places: list[int]) -> None:
        phone = PHONE_ID[SILENCE]
        number = self._number(phone, 0)
        silent = self._looping(number, phone)
        none, some = -math.log(1 - SILENCE_CHANCE), -math.log(SILENCE_CHANCE)
        for state, loop in [(self.start, self.loops[0]), *((self._ends[place], self.loops[place]) for place in places)]:
            self._arc(state, loop, 0, 0, none)
            self._arc(state, silent, 2 * number, 0, some + self._leaving(phone))
        self._arc(silent, self.loops[0], 0, 0, 0.0)

    def _garbage(self, cost: float) -> None:
        states = list(self.loops.values())
        word = self._ids[UNKNOWN]
        for position in "BIE":
            phone = PHONE_ID[f"{GARBAGE}_{position}"]
            number = self._number(phone, 0)
            target = self._looping(number, phone)
            for state in states:
                self._arc(state, target, 2 * number, word, self._leaving(phone) + cost)
            states, word, cost = [target], 0, 0.0
        self._arc(states[0], self._ends[0], 0, 0, 0.0)

    def _word(self, node: Node) -> int:
        while not node.words:
            node = next(iter(node.after.values()))
        return self._ids[node.words[0]]

    def _number(self, phone: int, place: int) -> int:
        return self._transitions.ids[phone, int(self._pdfs[label_of(phone), place])]

    def _looping(self, number: int, phone: int) -> int:
        state = self._state()
        self._arc(state, state, 2 * number - 1, 0, -math.log(self._transitions.stay[phone - 1]))
        return state

    def _leaving(self, phone: int) -> float:
        return -math.log(1 - self._transitions.stay[phone - 1])

    def _state(self) -> int:
        self._count += 1
        return self._count - 1

    def _arc(self, start: int, end: int, sound: int, word: int, cost: float) -> None:
        self.arcs.append((start, end, sound, word, cost))


def build(folder: Path, transitions: Transitions, pdfs: Any, words: Pronunciations, language: Language, *,
          garbage_cost: float = 1.0, unknown_cost: float | None = None) -> None:  # fmt: skip
    """Write ``graph/``. ``unknown_cost`` is what [unk] costs besides in free speech; None leaves it to grammars."""
    (folder / "phones").mkdir(parents=True, exist_ok=True)
    ids = {word: number for number, word in enumerate(["<eps>", *sorted(words), UNKNOWN])}
    sounds = Sounds(transitions, pdfs, ids, garbage_cost)
    sounds.add(tree(words))
    # The look-ahead needs the words renumbered, in its own order.
    _tool("fstcompile | fstarcsort --sort_type=olabel > HCL.fst", folder, sounds.text())
    _tool("fstconvert --fst_type=olabel_lookahead --save_relabel_opairs=relabel HCL.fst HCLr.fst", folder)
    pairs = (line.split() for line in (folder / "relabel").read_text().splitlines())
    renumbered = {int(old): int(new) for old, new in pairs}
    ids = {word: renumbered.get(number, number) if number else 0 for word, number in ids.items()}
    if len(set(ids.values())) != len(ids):
        raise ValueError("two words of the graph have got the same number")
    (folder / "words.txt").write_text("".join(f"{word} {number}\n" for word, number in ids.items()), encoding="utf-8")
    (folder / "disambig_tid.int").write_text(f"{2 * len(transitions.states) + 1}\n")
    _tool(
        "fstcompile | fstarcsort --sort_type=ilabel | fstconvert --fst_type=const > Gr.fst",
        folder,
        grammar(language, ids, unknown_cost),
    )
    boundaries = (f"{number} {_BOUNDARY[phone[-1]]}\n" for number, phone in enumerate(PHONES) if number > 1)
    (folder / "phones" / "word_boundary.int").write_text("1 nonword\n" + "".join(boundaries))
    (folder / "phones.txt").write_text("".join(f"{phone} {number}\n" for number, phone in enumerate(PHONES)))
    for name in ("HCL.fst", "relabel"):
        (folder / name).unlink()


def grammar(language: Language, ids: Mapping[str, int], unknown_cost: float | None) -> str:
    """The language model as the text of an acceptor, for fstcompile."""
    states: dict[tuple[str, ...], int] = {(BEGIN,): 0}
    lines: list[str] = []
    for past in [(BEGIN,), *language.chances]:
        states.setdefault(past, len(states))
    for past, chances in sorted(language.chances.items(), key=lambda item: states[item[0]]):
        for word, chance in chances.items():
            cost = -math.log(chance)
            if word == UNKNOWN:
                if unknown_cost is None:
                    continue
                cost += unknown_cost
            if word == END:
                lines.append(f"{states[past]}\t{cost:.4f}")
                continue
            history = (*past, word)[-2:]
            while history not in states:
                history = history[1:]
            lines.append(f"{states[past]}\t{states[history]}\t{ids[word]}\t{ids[word]}\t{cost:.4f}")
        if past:
            shorter = past[1:]
            while shorter not in states:
                shorter = shorter[1:]
            lines.append(f"{states[past]}\t{states[shorter]}\t0\t0\t{-math.log(max(language.behind[past], 1e-6)):.4f}")
    return "\n".join(lines) + "\n"


def _tool(command: str, folder: Path, text: str = "") -> None:
    """Run OpenFst. Debian brings the look-ahead types as a library that has to be loaded beforehand."""
    found = sorted(Path("/usr/lib").glob(f"*/{_LOOK_AHEAD}.*"))
    extra = {"LD_PRELOAD": str(found[0])} if found else {}
    subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], cwd=folder, input=text.encode(), check=True, env=os.environ | extra
    )
