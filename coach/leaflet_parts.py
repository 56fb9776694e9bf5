"""What the words of a leaflet are about: an exercise or advice, a starting position, one exercise or all of them."""

from __future__ import annotations

import re

from coach.leaflet_blocks import STARTS, Block, title_like
from coach.prescribed import read

_BODY = re.compile(
    r"\b(?:knees?|legs?|arms?|foot|feet|hands?|hips?|back|bottom|buttocks?|shoulders?|head|chin|neck|heels?|toes?|ankles?|"
    r"elbows?|wrists?|fingers?|thumbs?|chest|tummy|stomach|pelvi\w+|trunk|spine|muscles?|thighs?|calf|calves|ball|towel|"
    r"chair|wall|step|stairs?|bed|band|stick|breath\w*|lungs?|body|waist|palms?|forearms?|ears?|fist|glutes?|floor|can|air|"
    r"mouth|nose|jaw|eyes?|tongue|lips?|weight|abdom\w*|ribs?|passage|side|sideways|line|stand\w*|march\w*|squat\w*)\b",
    re.I,
)
_ORDER = re.compile(
    rf"(?:^|[.!?:;,\n\u2013\u2014-]\s*|\band |\bthen |\bgently |\bslowly |\b(?:gradually|carefully) )(?:{'|'.join(STARTS)}|"
    r"march|squat|balance|contract|pump|tuck|nod|curl|extend|flex|draw|massage|scrunch|step|stretch|huff|fill|hug|grasp|"
    r"interlace|join|lunge|circle|fold|aim)\b",
    re.I,
)
_ADVICE = re.compile(
    r"\b(?:advice|guidelines?|guidance|posture|sleep\w*|driving|pain relief|painkillers?|ice|heat|medication|medicines?|tablets?|contact|"
    r"further|more information|information|references?|about|what|why|when|how|who|where|which|symptoms?|causes?|treatments?|"
    r"general|introduction|warnings?|important|tips?|precautions?|remember|help|faqs?|questions?|"
    r"do'?s|don'?ts|safety|equipment|benefits?|swimming|cycling|activities|useful|links|seek|disclaimer|feedback|appointments?|"
    r"notes?|before you|getting started|class|complaints|review|smoking|diet|protect|elevate|compress|wound|red flags?|avoid|"
    r"do not|walking aids?|crutches|lifting|returning|return to|precaution|recovery|expect|goals?)\b",
    re.I,
)
_STRICT = re.compile(
    r"\b(?:ice|heat|cold|medication|medicines?|tablets?|painkillers?|pain relief|sleep\w*|contact|driving|diet|wound|symptoms?|causes?|"
    r"protect|elevate|compress|rest|references|class|test|tests|swimming|cycling|lifting|work|walking aids?|"
    r"crutches|appointments?|complaints|smoking|red flags?)\b",
    re.I,
)
_NOT_DONE = re.compile(
    r"\b(?:ice pack|wrap ice|paracetamol|ibuprofen|tablets?|sciatic nerve|mri|therapist can|our therapists?|massage therapy|prescri|"
    r"in the class|leg (?:lifts|rises) more than|pharmacist|surgery may|research|studies|crutches|"
    r"email|telephone|call us|website|patients? (?:is|are)|symptoms)\b",
    re.I,
)


_GOING_OUT = re.compile(
    r"\W*(?:(?:going|go) for a |daily |regular )?(?:walk(?:ing|s)?|swim(?:ming)?|cycling|running|getting about)\W*",
    re.I,
)
_A_WALK = re.compile(
    r"\W*(?:try to |aim to )?(?:go for (?:a|short) |take a )?(?:walk|swim|cycle)(?:s|ing)?(?: outdoors| outside)?(?: for (?:\d|\w+ minutes)| little| every| daily| \d|\W)",
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
    if moves and (dose.counted or dose.vague or titled.counted or titled.vague):
        if len(text) < 1500 and moves / sentences > 0.2:
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


_POSITIONS = (
    ("all fours", r"all fours|hands and knees|hands & knees|crawling|four[- ]point kneeling|four point"),
    (
        "lying on front",
        r"(?:lie|lying|laying|lay)(?: down| flat| face)*(?: on| down)*(?: on)? (?:your |the )?(?:front|stomach|tummy|belly|face down)|face down|"
        r"\bprone\b|on your (?:front|stomach|tummy)|lying on (?:front|tummy|stomach)|face-down",
    ),
    (
        "side lying",
        r"(?:lie|lying|laying|lay)(?: down)? on (?:your |the |one )?(?:\w+ )?side\b|side[- ]lying|on your (?:\w+ )?side\b(?! by)|lying on (?:one )?side",
    ),
    (
        "sitting",
        r"\bsit\b|\bsitting\b|\bseated\b|perch on|\bsits\b|legs? (?:out )?straight (?:out )?(?:in front|ahead)|upright in a chair|in (?:a|your) chair\b|long sitting|on a (?:firm |sturdy )?chair\b",
    ),
    (
        "lying on back",
        r"(?:lie|lying|laying|lay)(?: down| flat| face up)*(?: on(?:to)?) (?:your |the )?back|on your back|\bsupine\b|flat on your back|"
        r"\b(?:lie|lying)\b(?! on (?:your |the )?(?:\w+ )?(?:side|front|stomach|tummy))(?! behind)|hook lying|crook lying",
    ),
    (
        "standing",
        r"\bstand\b|\bstanding\b|\bsquat(?:s|ting)?\b|step[- ]ups?\b|\bstep up\b|on tip ?toes?\b|\bwalk (?:along|like|on)\b|facing a wall|face a wall",
    ),
)
_SAME = re.compile(
    r"\b(?:same (?:starting |start )?position|(?:sit|stand|lie|lying|position) as (?:before|above)|as before|as above|position as (?:above|before)|again start)\b",
    re.I,
)
_ONLY_MOVEMENT = re.compile(
    r"\b(?:and|to|then|come|you|without|until|can|try to|up to|slowly|return to|back to|before|when|while|from) (?:a )?(?:stand|sit|lie|lying|standing|sitting)\b"
    r"(?! (?:on|with|in|up straight|tall|upright|facing|and hold))|\bsit(?:ting)? back\b|sitting bones|stand(?:ing)? up\b(?! straight| tall)|(?<=\w )sit down\b"
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
    r"\W*(?:(?:exercises?|stretch(?:es)?|strengthening|balance|the following|to do|done|while|when|in|on|a|the|your|part|section|"
    r"position|seated|chair|bed|floor|lying|down|back|front|side|tummy|stomach|sitting|standing|kneeling|all|fours|hands|and|"
    r"knees|flat|prone|supine|up|with|support|\d|[a-d])\b\W*)+",
    re.IGNORECASE,
)


def bare_position(title: str) -> str | None:
    """The position that a section heading names ("Lying down", "Exercises in sitting")."""
    if not _SECTION.fullmatch(title):
        return None
    lying = "lying on back" if re.search(r"\blying|\bbed\b|floor", title, re.I) else None
    return position(title) or lying or ("sitting" if re.search(r"chair|seated", title, re.I) else None)


_MENTION = re.compile(
    r"\b(?:stretch|exercise|movement)\b[^.]{0,30}? is to (?P<what>(?:lie|lay|sit|stand|kneel)\b[^.]*)", re.IGNORECASE
)


_MARKER = re.compile(
    r"(?:first(?:ly)?|next|second(?:ly)?|third(?:ly)?|fourth(?:ly)?|fifth(?:ly)?|then|after that|finally|lastly|last|now|to start|to begin)\b,?\s+",
    re.IGNORECASE,
)


def in_sequence(text: str) -> tuple[str, tuple[str, ...], str]:
    """(before, exercises, after) of a paragraph that tells several exercises one after the other: "First, ... Next, ..."."""
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
    r"\b(?:stretch|squeez|clench|tighten|balance|(?:single|one)[- ]leg(?:ged)? (?:stand|stance)|hang|static|isometric|hug|"
    r"lean your hips|feels? (?:it|the pull)|press gently|pull|brace)",
    re.I,
)
_GOES_ON = re.compile(
    r"\bup and down\b|\bback and forth\b|\bthen (?:gently |slowly |let it |back )*(?:lower|bring|return|come|slide|straighten|take|down)|"
    r"\bcome down\b|\bkeep rolling\b|\braise\b|\bthe other way\b|\bmarch",
    re.I,
)


def still(text: str) -> bool:
    """Whether the exercise is a position that is kept."""
    return bool(_KEPT.search(text) or (_MAYBE_KEPT.search(text) and not _GOES_ON.search(text)))


_GENERAL = re.compile(
    r"\b(?:(?:each|every|all|these|the|following|any|both|whole|most) (?:of (?:the |these )?)?(?:\w+ )?(?:exercises?|stretch(?:es)?|one|movements?|routine|programme|"
    r"program|sheet|circuit|list|ones|them|session|activities|positions?|steps)|(?:do|perform|repeat|complete|practise|practice|carry out|try|hold) (?:them|these|all|everything|each)|"
    r"each should|they should|these (?:should|must|need|can)|exercises? (?:should|must|need|daily|every|\d\w*|once|two|three|four|twice|once)|session (?:a|per|each|every)|sessions|session|best done|unless|go (?:through|round)|the lot|"
    r"times (?:a|per|each) day|this (?:routine|programme|program|sheet|circuit)|per exercise|\d+ of each|for each|aim (?:for|to)|of each)\b",
    re.I,
)
_GENERAL_INSIDE = re.compile(
    r"^\W*(?:unless|(?:do|perform|repeat|complete|practise|practice|carry out|hold|try to do|aim to do|go through) (?:all|each|every|these|the|them|this)?(?: of)?(?: the| these)? ?(?:\w+ )?"
    r"(?:exercises?|stretch(?:es)?|routine|programme|program|sheet|list|them|circuit)|all (?:of )?(?:the |these )?(?:exercises|stretches)|each (?:exercise|stretch) (?:should|is)|(?:these|the) (?:\w+ )?(?:exercises|stretches)|"
    r"(?:for|with) (?:each|all|every) (?:of )?(?:the |these )?(?:exercises?|stretch(?:es)?))",
    re.I,
)
_NOT_OF_EXERCISES = re.compile(
    r"\b(?:ice|heat|paracetamol|ibuprofen|tablets?|medic\w*|painkill\w*|cream|walks?\b|swim\w*|drink|sleep|hours|screen|meals?|weeks?\b(?! )|rest the|elevat\w*|wash|diet|"
    r"protein|clean|dressing|splint|brace|bandage|class(?:es)?|phone|call|open|clinic|%)\b",
    re.I,
)


def general_sentences(text: str, inside: bool = False) -> list[str]:
    """The sentences that dose several exercises at once; ``inside`` an exercise only those that cannot be its own."""
    pattern = _GENERAL_INSIDE if inside else _GENERAL
    found: list[str] = []
    follows = False
    for sentence in re.split(r"(?<=[.!?])\s+|\n+", text):
        general = bool(pattern.search(sentence)) or (follows and bool(_GOES_WITH.match(sentence)))
        follows = general and not _elsewhere(sentence) and _dosed(sentence)
        if follows:
            found.append(sentence.strip())
    return found


_GOES_WITH = re.compile(r"\W*(?:then |and )?(?:repeat|do|hold|perform|rest)\b", re.IGNORECASE)


_SEVERAL = re.compile(
    r"\b(?:each|every|all|these|following|unless|exercises?|stretch(?:es)?|circuit|routine|programme|program|list|sheet|movements?)\b",
    re.I,
)


def of_several(sentence: str) -> bool:
    """Whether a sentence speaks of several exercises, rather than only of how often in a day."""
    return bool(_GOES_WITH.match(sentence)) or bool(
        _SEVERAL.search(re.sub(r"(?:each|every) day|half every", "", sentence))
    )


def _elsewhere(sentence: str) -> bool:
    """Whether the dose in the sentence is of something else: walks, ice, tablets."""
    if re.match(r"\W*(?:these|all|each|the (?:\w+ )?exercises|do|perform|repeat)\b", sentence, re.I):
        return False
    return bool(_NOT_OF_EXERCISES.search(sentence)) or bool(re.search(r"\bgoals?\b", sentence))


def _dosed(sentence: str) -> bool:
    return bool(read(sentence).quotes)


_PHASE = re.compile(
    r"\b(?:ward|home|hospital|after|before|stages?|phases?|weeks?|days?|later|discharge|advanced|progress\w*|level|part|going further|next|day \d+|section)\b",
    re.I,
)


def later_phase(title: str) -> bool:
    """Whether a heading begins another time or place, to which what was said at the top need not apply."""
    return bool(_PHASE.search(title))


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


__all__ = ["title_like"]
