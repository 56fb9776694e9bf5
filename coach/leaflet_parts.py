"""What the words of a leaflet are about: an exercise or advice, and what it is called."""

from __future__ import annotations

import re

from coach.leaflet_blocks import Block
from coach.leaflet_general import general_sentences
from coach.leaflet_positions import bare_position, position
from coach.leaflet_titles import STARTS
from coach.prescribed import read

_BODY = re.compile(
    r"\b(?:knees?|legs?|arms?|foot|feet|hands?|hips?|back|bottom|buttocks?|shoulders?|head|chin|neck|heels?|"
    r"toes?|ankles?|"
    r"elbows?|wrists?|fingers?|thumbs?|chest|tummy|stomach|pelvi\w+|trunk|spine|muscles?|thighs?|calf|calves|"
    r"ball|towel|"
    r"chair|wall|step|stairs?|bed|band|stick|breath\w*|lungs?|body|waist|palms?|forearms?|ears?|fist|glutes?|"
    r"floor|can|air|"
    r"mouth|nose|jaw|eyes?|tongue|lips?|weight|abdom\w*|ribs?|passage|side|sideways|line|stand\w*|march\w*|squat\w*)\b",
    re.I,
)


_ORDER = re.compile(
    rf"(?:^|[.!?:;,\n\u2013\u2014-]\s*|\band |\bthen |\bgently |\bslowly |\b(?:gradually|"
    rf"carefully) )(?:{'|'.join(STARTS)}|"
    r"march|squat|balance|contract|pump|tuck|nod|curl|extend|flex|draw|massage|scrunch|step|stretch|huff|fill|"
    r"hug|grasp|"
    r"interlace|join|lunge|circle|fold|aim)\b",
    re.I,
)


_ADVICE = re.compile(
    r"\b(?:advice|guidelines?|guidance|posture|sleep\w*|driving|pain relief|painkillers?|ice|heat|medication|"
    r"medicines?|tablets?|contact|"
    r"further|more information|information|references?|about|what|why|when|how|who|where|which|symptoms?|"
    r"causes?|treatments?|"
    r"general|introduction|warnings?|important|tips?|precautions?|remember|help|faqs?|questions?|"
    r"do'?s|don'?ts|safety|equipment|benefits?|swimming|cycling|activities|useful|links|seek|disclaimer|"
    r"feedback|appointments?|"
    r"notes?|before you|getting started|class|complaints|review|smoking|diet|protect|elevate|compress|wound|"
    r"red flags?|avoid|"
    r"do not|walking aids?|crutches|lifting|returning|return to|precaution|recovery|expect|goals?)\b",
    re.I,
)


_STRICT = re.compile(
    r"\b(?:ice|heat|cold|medication|medicines?|tablets?|painkillers?|pain relief|sleep\w*|contact|driving|diet|"
    r"wound|symptoms?|causes?|"
    r"protect|elevate|compress|rest|references|class|test|tests|swimming|cycling|lifting|work|walking aids?|"
    r"crutches|appointments?|complaints|smoking|red flags?)\b",
    re.I,
)


_NOT_DONE = re.compile(
    r"\b(?:ice pack|wrap ice|paracetamol|ibuprofen|tablets?|sciatic nerve|mri|therapist can|our therapists?|"
    r"massage therapy|prescri|"
    r"in the class|leg (?:lifts|rises) more than|pharmacist|surgery may|research|studies|crutches|"
    r"email|telephone|call us|website|patients? (?:is|are)|symptoms)\b",
    re.I,
)


_GOING_OUT = re.compile(
    r"\W*(?:(?:going|go) for a |daily |regular )?(?:walk(?:ing|s)?|swim(?:ming)?|cycling|running|getting about)\W*",
    re.I,
)


_A_WALK = re.compile(
    r"\W*(?:try to |aim to )?(?:go for (?:a|short) |take a )?(?:walk|swim|cycle)(?:s|ing)?(?: outdoors|"
    r" outside)?(?: for (?:\d|\w+ minutes)| little| every| daily| \d|\W)",
    re.I,
)


def advice(title: str, strictly: bool = False) -> bool:
    """Whether a title is that of advice."""
    if _GOING_OUT.fullmatch(title):
        return True
    return bool((_STRICT if strictly else _ADVICE).search(title)) and not re.search(
        r"stretch(?:es)?\b|\braise", title, re.I
    )


def orders(text: str) -> int:
    """How many sentences of the text tell somebody to move a part of the body."""
    return sum(
        bool(_ORDER.search(sentence) and _BODY.search(sentence)) and not _NOT_DONE.search(sentence)
        for sentence in re.split(r"(?<=[.!?;])\s+|\n", text)
        if sentence.strip()
    )


def describes(block: Block) -> bool:
    """Whether a titled block with text describes something to be done."""
    general = [sentence for one in block.texts for sentence in general_sentences(one)]
    text = block.body
    if _PLURAL.search(block.title):
        for sentence in general:
            text = text.replace(sentence, "")
    dose, titled, moves = read(text), read(block.title), orders(text)
    sentences = max(1, len([one for one in re.split(r"(?<=[.!?;])\s+|\n+", text) if one.strip()]))
    if (_NOT_DONE.search(text) and moves < 2) or (len(" ".join(general)) > 0.5 * len(text) and moves < 2):
        return False
    if _A_WALK.match(text):
        return False
    if bare_position(block.title) and not position(text) and not dose.counted:
        return False
    dosed = dose.counted or dose.vague or titled.counted or titled.vague
    if dosed and len(text) < 1500 and moves / sentences > 0.2:
        return True
    if dose.counted and _ORDER.search(text) and len(text) < 700 and not general and not dose.other_frequency:
        return True
    if titled.counted or (dose.counted and len(text) < 120 and not general):
        return True
    placed = position(text) or len(_ORDER.findall(text)) > 2
    return moves >= 2 and moves / sentences >= 0.5 and bool(placed) and len(text) < 1200


_PLURAL = re.compile(r"\b(?:exercises|programme|program|routine|stretches|only|phase)\b", re.I)
"""Titles of a whole leaflet or a part of it."""


def described(block: Block) -> bool:
    """Whether a block that is only a title, or only text, is an exercise."""
    if not block.texts:
        dose = read(block.title)
        return dose.counted and not any(general_sentences(block.title)) and not title_is_general(block.title)
    text = block.body
    if any(general_sentences(one) for one in block.texts) and orders(text) < 3:
        return False
    dose = read(text)
    moves = orders(text)
    sentences = max(1, len([one for one in re.split(r"(?<=[.!?;])\s+|\n+", text) if one.strip()]))
    if _NOT_DONE.search(text) or _A_WALK.match(text):
        return False
    if moves and (dose.counted or dose.blank):
        return moves / sentences > 0.3 and bool(moves > 1 or position(text) or dose.counted)
    return moves >= 1 and moves / sentences >= 0.5 and bool(position(text)) and len(text) < 600


def title_is_general(title: str) -> bool:
    """Whether a title with a dose is about the whole leaflet ("3 times a day")."""
    return bool(
        re.search(r"\b(?:exercises?|programme|program|routine|leaflet|daily|times a day)\b", title, re.I)
    ) and not re.search(r"\bx\b|reps?|sets?|hold", title, re.I)


_MENTION = re.compile(
    r"\b(?:stretch|exercise|movement)\b[^.]{0,30}? is to (?P<what>(?:lie|lay|sit|stand|kneel)\b[^.]*)", re.IGNORECASE
)


_MARKER = re.compile(
    r"(?:first(?:ly)?|next|second(?:ly)?|third(?:ly)?|fourth(?:ly)?|fifth(?:ly)?|then|after that|finally|lastly|"
    r"last|now|to start|to begin)\b,?\s+",
    re.IGNORECASE,
)


def in_sequence(text: str) -> tuple[str, tuple[str, ...], str]:
    """(before, exercises, after) of a paragraph that tells one exercise after another: "First, ... Next, ..."."""
    sentences = [one for one in re.split(r"(?<=[.!?])\s+|\n+", text) if one.strip()]
    starts = [index for index, one in enumerate(sentences) if _MARKER.match(one)]
    if len(starts) < 2:
        return text, (), ""
    last = starts[-1] + 1
    while last < len(sentences) and not general_sentences(sentences[last]) and not _NOT_DONE.search(sentences[last]):
        last += 1
    ends = [*starts[1:], last]
    groups = [_MARKER.sub("", " ".join(sentences[a:b]), count=1) for a, b in zip(starts, ends, strict=True)]
    if not all(read(group).counted and _BODY.search(group) for group in groups):
        return text, (), ""
    told = tuple(group[:1].upper() + group[1:] for group in groups)
    return " ".join(sentences[: starts[0]]), told, " ".join(sentences[last:])


def loose_mentions(text: str) -> list[str]:
    """Exercises in the run of an article: "an easy stretch is to lie ..., or sit ..."."""
    found = []
    for match in _MENTION.finditer(text):
        pieces = re.split(r",? or (?=(?:lie|lay|sit|stand|kneel)\b)", match["what"])
        found += [piece[:1].upper() + piece[1:] + "." for piece in pieces]
    return found


_KEPT = re.compile(r"\bhold(?! (?:a |the |on|onto|something|back|your breath)\b)|\bplank|wall sit|\bstay\b", re.I)


_MAYBE_KEPT = re.compile(
    r"\b(?:stretch|squeez|clench|tighten|balance|(?:single|one)[- ]leg(?:ged)? (?:stand|stance)|hang|static|"
    r"isometric|hug|"
    r"lean your hips|feels? (?:it|the pull)|press gently|pull|brace)",
    re.I,
)


_GOES_ON = re.compile(
    r"\bup and down\b|\bback and forth\b|\bthen (?:gently |slowly |let it |back )*(?:lower|bring|return|come|"
    r"slide|straighten|take|down)|"
    r"\bcome down\b|\bkeep rolling\b|\braise\b|\bthe other way\b|\bmarch",
    re.I,
)


def still(text: str) -> bool:
    """Whether the exercise is a position that is kept."""
    return bool(_KEPT.search(text) or (_MAYBE_KEPT.search(text) and not _GOES_ON.search(text)))


def exercise_name(block: Block) -> str:
    """The printed name, or else the first thing to do, shortened."""
    title = re.sub(r"\s*\([^)]*(?:\d|only|times|reps|each)[^)]*\)", "", block.title).strip(" :-\u2013\u2014.")
    if title:
        return (f"{title} ({block.part})" if block.part else title)[:60]
    sentences = [one.strip() for one in re.split(r"(?<=[.!?:;])\s+|\n+", block.body) if one.strip()]
    sentences = [one for one in sentences if not re.match(r"(?:if|it|you|this|note|that)\b", one, re.I)] or sentences
    moving = [
        one for one in sentences if not re.match(r"(?:lie|lying|sit|stand|start|on your|crawling|with a)\b", one, re.I)
    ]
    first = (moving or sentences or ["Exercise"])[0]
    if not moving and "," in first:
        head, _, rest = first.partition(",")
        first = rest.strip() if _ORDER.match(rest.strip()) else head
    first = re.split(r"[,.;:]", first)[0] if len(first) > 60 else first
    words = first.strip(" .,;:").split()
    name = " ".join(words[:8]) or "Exercise"
    return (name[:1].upper() + name[1:])[:60]
