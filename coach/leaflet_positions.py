"""The starting positions that a leaflet names."""

from __future__ import annotations

import re

_POSITIONS = (
    ("all fours", r"all fours|hands and knees|hands & knees|crawling|four[- ]point kneeling|four point"),
    (
        "lying on front",
        r"(?:lie|lying|laying|lay)(?: down| flat| face)*(?: on| down)*(?: on)? (?:your |the )?(?:front|stomach|"
        r"tummy|belly|face down)|face down|"
        r"\bprone\b|on your (?:front|stomach|tummy)|lying on (?:front|tummy|stomach)|face-down",
    ),
    (
        "side lying",
        r"(?:lie|lying|laying|lay)(?: down)? on (?:your |the |one )?(?:\w+ )?side\b|side[- ]lying|"
        r"on your (?:\w+ )?side\b(?! by)|lying on (?:one )?side",
    ),
    (
        "sitting",
        r"\bsit\b|\bsitting\b|\bseated\b|perch on|\bsits\b|legs? (?:out )?straight (?:out )?(?:in front|ahead)|"
        r"upright in a chair|in (?:a|your) chair\b|long sitting|on a (?:firm |sturdy )?chair\b",
    ),
    (
        "lying on back",
        r"(?:lie|lying|laying|lay)(?: down| flat| face up)*(?: on(?:to)?) (?:your |the )?back|on your back|"
        r"\bsupine\b|flat on your back|"
        r"\b(?:lie|lying)\b(?! on (?:your |the )?(?:\w+ )?(?:side|front|stomach|tummy))(?! behind)|hook lying|"
        r"crook lying",
    ),
    (
        "standing",
        r"\bstand\b|\bstanding\b|\bsquat(?:s|ting)?\b|step[- ]ups?\b|\bstep up\b|on tip ?toes?\b|\bwalk (?:along|"
        r"like|on)\b|facing a wall|face a wall",
    ),
)


_SAME = re.compile(
    r"\b(?:same (?:starting |start )?position|(?:sit|stand|lie|lying|position) as (?:before|above)|as before|"
    r"as above|position as (?:above|before)|again start)\b",
    re.I,
)


_ONLY_MOVEMENT = re.compile(
    r"\b(?:and|to|then|come|you|without|until|can|try to|up to|slowly|return to|back to|before|when|while|"
    r"from) (?:a )?(?:stand|sit|lie|lying|standing|sitting)\b"
    r"(?! (?:on|with|in|up straight|tall|upright|facing|and hold))|\bsit(?:ting)? back\b|sitting bones|"
    r"stand(?:ing)? up\b(?! straight| tall)|(?<=\w )sit down\b"
    r"|sit(?:ting)? to stand(?:ing)?|the bottom stair"
)


def position(text: str, before: str | None = None) -> str | None:
    """The starting position said first in the text; ``before`` is that of the exercise before."""
    plain = re.sub(r"\s+", " ", text.replace("\u2019", "'")).lower()
    same = _SAME.search(plain)
    sits = re.search(r"sit(?:ting)?[ -]to[ -]stand", plain)
    cleaned = _ONLY_MOVEMENT.sub(lambda match: " " * len(match[0]), plain)
    found: list[tuple[int, int, str]] = []
    for rank, (name, pattern) in enumerate(_POSITIONS):
        match = re.search(rf"(?:{pattern})", cleaned)
        if match:
            found.append((match.start(), rank, name))
    floor = re.search(r"legs? (?:out )?straight (?:out )?(?:on the (?:floor|bed)|ahead|in front)", cleaned)
    if floor and not found:
        return "sitting"
    if same and before and (not found or min(found)[0] > same.start() - 6):
        return before
    return min(found)[2] if found else "sitting" if sits else None


_SECTION = re.compile(
    r"\W*(?:(?:exercises?|stretch(?:es)?|strengthening|balance|the following|to do|done|while|when|in|on|a|the|"
    r"your|part|section|"
    r"position|seated|chair|bed|floor|lying|down|back|front|side|tummy|stomach|sitting|standing|kneeling|all|"
    r"fours|hands|and|"
    r"knees|flat|prone|supine|up|with|support|\d|[a-d])\b\W*)+",
    re.IGNORECASE,
)


def bare_position(title: str) -> str | None:
    """The position that a section heading names ("Lying down", "Exercises in sitting")."""
    if not _SECTION.fullmatch(title):
        return None
    lying = "lying on back" if re.search(r"\blying|\bbed\b|floor", title, re.I) else None
    return position(title) or lying or ("sitting" if re.search(r"chair|seated", title, re.I) else None)
