"""What is a heading, a label or a name in a leaflet, and what is an order or a dose."""

from __future__ import annotations

import re

from coach.prescribed import read

LABELS = (
    r"start(?:ing)? position|start|position|action|movement|repeat|reps?|repetitions?|sets?|hold|notes?|tips?|"
    r"remember|video|instructions?|directions?|steps|how|how to|how to do (?:it|this|them|the exercise)|for|"
    r"equipment|aim|purpose|benefits?|dosage|frequency|how often|"
    r"how many|you should feel|target|duration|progression|to progress|easier|harder|caution|warning|do|method|"
    r"technique|"
    r"times|why|then|left|right|both sides|each side|week \d+|day \d+|step \d+|times (?:a|per) day|n\.?b\.?|"
    r"dose|what to do|make it easier|make it harder|rest|finish|side"
)


LABEL = re.compile(rf"(?:{LABELS})(?:\s*[:=\u2013\u2014-]+\s*(?:\S.*)?|\s*)", re.IGNORECASE)


BARE_LABEL = re.compile(rf"(?:{LABELS})\s*[:?]?", re.IGNORECASE)


STARTS = [
    "lie",
    "lying",
    "lay",
    "sit",
    "sitting",
    "sat",
    "stand",
    "standing",
    "kneel",
    "kneeling",
    "start",
    "begin",
    "place",
    "put",
    "bend",
    "straighten",
    "lift",
    "raise",
    "lower",
    "push",
    "pull",
    "squeeze",
    "tighten",
    "slide",
    "roll",
    "turn",
    "tilt",
    "tip",
    "lean",
    "march",
    "hold",
    "keep",
    "bring",
    "draw",
    "let",
    "rest",
    "press",
    "rock",
    "stretch",
    "swing",
    "circle",
    "point",
    "take",
    "reach",
    "tuck",
    "rise",
    "move",
    "cross",
    "breathe",
    "face",
    "hang",
    "clasp",
    "grip",
    "clench",
    "open",
    "close",
    "spread",
    "touch",
    "shrug",
    "rotate",
    "twist",
    "drop",
    "ease",
    "flatten",
    "paddle",
    "perch",
    "get",
    "go",
    "gently",
    "slowly",
    "with",
    "using",
    "on",
    "in",
    "from",
    "while",
    "when",
    "repeat",
    "do",
    "return",
    "come",
    "relax",
    "make",
    "try",
    "imagine",
    "now",
    "then",
    "stay",
    "step",
    "support",
    "walk",
    "pinch",
    "wrap",
    "cup",
    "loop",
    "catch",
    "look",
    "lace",
    "fold",
]


BEGINS = re.compile(rf"(?:{'|'.join(STARTS)})\b", re.IGNORECASE)


_TAIL = re.compile(
    r"(?P<name>\S.{1,70}?)(?:\s*[(:;,\u2013\u2014]\s*|\s+-\s+|\s+)(?P<rest>(?:(?:\d|x ?\d|X ?\d|hold\b|repeat\b|"
    r"sets?\s*[:=]|"
    r"reps?\s*[:=]|repetitions?\s*[:=]|(?:one|two|three|four|five|six|eight|ten|twelve|fifteen|twenty|thirty|"
    r"once|twice)\b|"
    r"(?:left|right)\b[^.]{0,12}\bonly|each\b|both\b|alternat\w+|up and down)).*)",
    re.IGNORECASE,
)


def tail(text: str) -> tuple[str, str]:
    """(name, dose) of "Side taps (10 reps on each foot)"; the dose empty where none stands at the end."""
    match = _TAIL.fullmatch(text.strip())
    if match and len(match["rest"]) < 90 and is_dose(match["rest"]) and not re.search(r"[.!?] +[A-Z]", match["rest"]):
        return match["name"].rstrip(" :-\u2013\u2014,("), match["rest"]
    return text, ""


def title_like(text: str) -> bool:
    """Whether a line by itself looks like a heading: short, a capital, no full stop, neither order nor dose."""
    name, dose = tail(text)
    if re.match(rf"(?:{LABELS})\s*[:=]", text, re.IGNORECASE) or (_UNFINISHED if dose else _NEVER_LAST).search(name):
        return False
    if dose and text.rstrip().endswith(".") and not re.search(r"[:(\u2013\u2014]|\s-\s", text):
        return False
    bare = re.sub(r"\([^)]*\)", "", name).strip()
    words = bare.split()
    if not 0 < len(words) <= 9 or len(name) > 80 or not re.match(r"[A-Z]", text.strip()):
        return False
    if re.search(r"[.;,!]$", name) or BARE_LABEL.fullmatch(bare) or (LABEL.fullmatch(bare) and is_dose(bare)):
        return bool(_QUESTION.fullmatch(bare))
    if name.upper() == name:
        return True
    if is_dose(bare) and (not dose or read(bare).counted):
        return False
    if BEGINS.match(bare) and len(words) > 4:
        return False
    if dose and not re.search(r"[:(\u2013\u2014]|\s-\s", text[len(name) : len(name) + 3]) and len(words) > 5:
        return False
    wordy = re.search(
        r"\b(?:you|your|is|are|should|please|if|and then|will|can|these|this|it|they|when|there)\b", bare.lower()
    )
    the = re.search(r"\bthe\b", bare.lower()) and len(words) > 5
    if wordy and re.match(r"(?:when|what|why|how|who|where)\b", bare, re.I) and len(words) < 8 and "," not in bare:
        return True
    return not (wordy or the) or (name.endswith((":", "?")) and len(words) < 7)


_NEVER_LAST = re.compile(r"\b(?:and|or|then|to|for|with|of|the|a|your)$", re.I)


_UNFINISHED = re.compile(
    r"\b(?:and|or|then|to|for|at|in|on|with|of|the|a|your|about|by|from|over|up to|each|hold|repeat)$", re.I
)


_QUESTION = re.compile(r"how (?:often|many|long|much)\b.*\?", re.IGNORECASE)


def is_dose(text: str) -> bool:
    dose = read(text)
    return bool(dose.quotes) or dose.vague


_CAPITALS = "|".join(word.capitalize() for word in STARTS)


def named(text: str) -> tuple[str, str]:
    """(name, rest) of "Chest stretch. Sit upright ..." and the like; no name where the text is only instructions."""
    text = text.strip()
    if title_like(text):
        name, dose = tail(text)
        return (name.strip(" :"), dose)
    for pattern in (
        r"(?P<name>[^.:\u2013\u2014\n]{3,60}?)\s*(?:[\u2013\u2014]| - |: |\. )\s*(?P<rest>\S.*)",
        r"(?P<name>(?=[A-Z]{2})(?:[A-Z][A-Z/'-]*[ ,]+){1,7})(?P<rest>\S.*)",
        rf"(?P<name>[A-Z][\w/'-]*(?: [a-z][\w/'-]*){{0,3}}) (?P<rest>(?:{_CAPITALS}) .*)",
    ):
        match = re.match(pattern, text, re.DOTALL)
        if not match:
            continue
        name = match["name"].strip()
        capitals = re.search(r"((?:[A-Z]{3,}[ /-]?){2,})", name)
        if capitals and name.upper() != name:
            return capitals[1].strip(), text[len(name) :] if False else text
        if title_like(name) and not LABEL.fullmatch(name) and not re.search(r"\d", name):
            return name, match["rest"]
    called = re.match(r"[^.]{0,60}?\bcalled (?:an? |the )?((?:[A-Z]{3,}[ /-]?){2,})", text)
    return (called[1].strip(), text) if called else ("", text)
