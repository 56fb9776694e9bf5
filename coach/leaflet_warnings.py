"""The warnings of a leaflet, and the signs it sends its reader to a doctor for, from closed lists."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files


@cache
def _patterns() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    data = tomllib.loads(files("coach").joinpath("leaflet.toml").read_text(encoding="utf-8"))
    return {
        kind: {name: re.compile("|".join(f"(?:{one})" for one in several)) for name, several in names.items()}
        for kind, names in data.items()
    }


_REFERS = re.compile(
    r"\b(?:seek|contact|see|call|ring|phone|tell|speak to|go to|attend|visit|consult|discuss|ask|inform|report|"
    r"straight to|"
    r"have it looked at|medical (?:attention|help|advice)|appointment|urgent\w*|emergency|999|911|112|111|a&e|"
    r"do not exercise|accident and emergency|get (?:medical )?help)\b"
)
_HELPER = re.compile(
    r"\b(?:doctor|gp|surgeon|hospital|physio\w*|nurse|a&e|emergency|medical|999|911|111|accident|clinic|helpline|"
    r"straight away|immediately|urgent\w*|looked at|do not exercise|specialist|consultant|ward|department)\b"
)


def warnings(text: str) -> tuple[str, ...]:
    """The warnings said anywhere in the text, in the order of the list."""
    plain = _plain(text)
    return tuple(name for name, pattern in _patterns()["warnings"].items() if pattern.search(plain))


def red_flags(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """The signs named near a sentence that sends the reader to a doctor; ``paragraphs`` in the order printed."""
    plain = [_plain(paragraph) for paragraph in paragraphs]
    refers = [bool(_REFERS.search(one) and _HELPER.search(one)) for one in plain]
    near = [
        " . ".join(_sentences(one)) if refers[index] else one if _in_list(plain, refers, index) else ""
        for index, one in enumerate(plain)
    ]
    found = [name for name, pattern in _patterns()["red_flags"].items() if any(pattern.search(one) for one in near)]
    if {"saddle_numbness", "leg_weakness"} & set(found) and "numbness_or_tingling" in found:
        found.remove("numbness_or_tingling")
    return tuple(found)


def _sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph that sends people to a doctor, with the one before each."""
    several = re.split(r"(?<=[.!?])\s+", paragraph)
    kept = [index for index, one in enumerate(several) if _REFERS.search(one)]
    return [one for index, one in enumerate(several) if index in kept or index + 1 in kept]


def _in_list(plain: Sequence[str], refers: Sequence[bool], index: int) -> bool:
    """Whether a short paragraph is an entry of a list that ends or begins with being sent to a doctor."""
    if len(plain[index]) > 220:
        return False
    before = index
    while before > 0 and index - before < 12 and len(plain[before]) <= 220 and not refers[before]:
        before -= 1
    after = index
    while after + 1 < len(plain) and after - index < 12 and len(plain[after]) <= 220 and not refers[after]:
        after += 1
    leads = refers[before] and re.search(r"[:]\s*$|following|symptoms|signs|if you|any of", plain[before])
    follows = refers[after] and re.search(
        r"^(?:if any|then|you should|these|any of|call|ring|seek|go|contact|see|if you have any)", plain[after]
    )
    return bool(leads or follows)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[*_#]+", "", text.replace("\u2019", "'"))).strip().lower()
