"""Numbers, ranges and units of a dose brought to one form: digits, ``8-10``, seconds, and marks for what is no dose."""

from __future__ import annotations

import re

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SMALL = {word: number for number, word in enumerate(_ONES)}

SPOILT = "¿"
"""Stands for a number that cannot be read."""
REST = "§"
"""Stands for a rest, with or without its seconds."""
BLANK = "¤"
"""Stands for a blank to be filled in by hand."""

SPAN = r"(?:(?<![\d.])\d+(?:-\d+)?(?!\d|-\d|\.\d)|¿|¤)"
"""A number or range in the one form, a spoilt one, or a blank."""

_WORD = re.compile(rf"\b(?:({'|'.join(_TENS)})(?:[ -]({'|'.join(_ONES[1:10])}))?|({'|'.join(_ONES)}))\b")
_ONE_COUNTS = re.compile(
    r"\bone (?=(?:second|minute|time|set|rep|repetition|session|sec|min)s?\b|(?:to|or|and a half) )"
)
_PHRASES = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"\bhalf (?:a )?dozen\b", "6"),
        (r"\b(?:a )?dozen\b", "12"),
        (r"\b(?:1|one|a) (?:full |whole )?minute and a half\b|\b(?:one|1) and a half min(?:ute)?s?\b", "90 sec"),
        (r"\b(?:1½|1 1/2|1\.5) ?min(?:ute)?s?\b", "90 sec"),
        (r"\b(?:2½|2 1/2|2\.5|two and a half) ?min(?:ute)?s?\b", "150 sec"),
        (r"(?:\bhalf (?:a |of a )?|½ ?(?:a )?|\b1/2 (?:a )?)min(?:ute)?\b|\bhalf-minute\b", "30 sec"),
        (r"\bquarter of a minute\b", "15 sec"),
        (r"\b(?:1|one|a) (?:full |whole |good )?minute\b", "60 sec"),
        (r"\bonce(?= (?:a|per|each|every|daily|or) ?|[,.;:)]|$| on each| (?:with|for) each)", "1 times"),
        (r"\btwice\b", "2 times"),
        (r"\bthrice\b", "3 times"),
        (r"\b(a|one) second time\b", "again"),
        (r"\b(\d+|¿|¤) ?(?:\"|''|″)(?=\W|$)", r"\1 sec"),
    )
)
_DIGIT_LIKE = re.compile(r"(?<![\w.])(?=[\dOoIl|]*\d)(?=[\dOoIl|]*[OoIl|])[\dOoIl|]{2,4}(?=\W|$)")
_TIMES_LIKE = re.compile(r"(?<![\w'])(?:l[oO0]|[IO]|S|[lI]{1,2})(?= (?:times|seconds|secs|reps|repetitions|minutes)\b)")
_BLANK = re.compile(
    r"(?:_\s*){2,}|\.{4,}|…+\.*|(?:\. ){3,}\.?|\.{3}(?= *(?:times|sec|min|rep|set|x\b))|-{3,}(?= *(?:times|sec|"
    r"rep|set))"
    r"|\[\s*\]|\(\s+\)"
)
_ABOUT = re.compile(
    r"\b(?:at least|at most|about|around|approximately|approx\.?|roughly|"
    r"(?<!build )(?<!work )(?<!way )(?<!ing )(?<!ally )up to|"
    r"a minimum of|minimum of|a maximum of|"
    r"maximum of|no more than|no less than|a total of|in total|a further|some|slow|slowly|further|just|ideally|"
    r"initially|say|nearly|minimum|maximum)\b(?=\s*(?:a |the |count |of )*(?:count|\d|¿|¤))|(?<=\s)(?:c\.|ca\.|~|≈)\s*"
    r"(?=\d)|\bin total\b"
)


def _digits(match: re.Match[str]) -> str:
    tens, one, small = match.groups()
    return str(_TENS[tens] + (_SMALL[one] if one else 0)) if tens else str(_SMALL[small])


def _in_digits(text: str) -> str:
    """Number words in digits; "one" stays where it may be no number ("one leg")."""
    text = _ONE_COUNTS.sub("1 ", text)
    return _WORD.sub(lambda match: match[0] if match[0] == "one" else _digits(match), text)


def _minutes(match: re.Match[str]) -> str:
    ends = [str(round(float(end) * 60)) for end in re.split("-", match[1])]
    return "-".join(ends) + " sec"


def _range(low: str, high: str) -> str:
    return f"{low}-{high}" if int(low) <= int(high) else SPOILT


def _from_to(match: re.Match[str]) -> str:
    """ "Start with 5 and build up to 10" is 5-10, counted where nothing says what it is."""
    span = _range(match[1], match[3])
    after = match.string[match.end() : match.end() + 12]
    before = match.string[: match.start()]
    said = match[2] or re.match(r" ?(?:sec|min|times|reps|rep)", after) or re.search("hold|count", before)
    return f"{span}{match[2] or ''}" if said else f"{span} times"


def _joined(match: re.Match[str]) -> str:
    return _range(match[1], match[2])


def one_form(sentence: str) -> str:
    """The sentence in lower case with its numbers as digits, ranges as ``8-10``, times in ``sec``, spoilt numbers and
    blanks as marks."""
    text = re.sub("[\u00a0\u2007-\u200a\u202f]", " ", sentence.replace("\u00ad", ""))
    text = _DIGIT_LIKE.sub(SPOILT, _TIMES_LIKE.sub(SPOILT, text)).lower()
    text = re.sub("[\u2010-\u2015\u2212]", "-", text)
    text = re.sub(r"[\u00d7\u2715\u2716]|(?<=\d)\s*\*\s*(?=\d)", " x ", text).replace("\u2019", "'")
    text = _BLANK.sub(f" {BLANK} ", text)
    text = re.sub(r"\s+", " ", text)
    for pattern, put in _PHRASES:
        text = pattern.sub(put, text)
    text = _in_digits(text)
    text = re.sub(r"\b(\d+) and a half\b", lambda match: f"{match[1]}.5", text)
    text = re.sub(r"(?<=\d) ?(?:seconds?|secs?|s)\b\.?(?=\W|$)", " sec", text)
    text = re.sub(rf"(?<=[{SPOILT}{BLANK}]) ?(?:seconds?|secs?)\b\.?", " sec", text)
    text = re.sub(r"(?<=\d) ?(?:minutes?|mins?)\b\.?", " min", text)
    text = re.sub(rf"(?<=[{SPOILT}{BLANK}]) ?(?:minutes?|mins?)\b\.?", " sec", text)
    text = re.sub(r"\b(\d+), ?(\d+),? (?:or|and|/) (\d+)\b", SPOILT, text)
    text = re.sub(r"(?<=\d)(?= ?x\b)| (?=x\d)", " ", text)
    text = re.sub(r"\bx(?=\d)", "x ", text)
    text = re.sub(r"(?<=\d) ?x ?(?=[\d(])", " x ", text)
    text = re.sub(r"\b(\d+) times ?(?:or|to|-) ?(\d+) times\b", lambda m: f"{m[1]}-{m[2]} times", text)
    text = re.sub(
        r"\bstart\w*(?: off)?(?: with| at| from| by doing| on)? (\d+)( sec| min| times| reps)?[^.;]{0,30}?"
        r"(?:build\w*|work\w*|progress\w*|increas\w*|up|go\w*)(?: up| it)?(?: gradually| slowly)? to (\d+)",
        _from_to,
        text,
    )
    text = _ABOUT.sub("", text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\bbetween (\d+)(?: sec| min)? and (\d+)\b", _joined, text)
    text = re.sub(r"(?<![\d.-])(\d+) ?(?:-+|to|or|/-) ?(\d+)\b(?!-\d)", _joined, text)
    text = re.sub(r"(\d+(?:\.\d+)?(?:-\d+(?:\.\d+)?)?) min\b", _minutes, text)
    text = re.sub(r"\b(\d+) sec ?(?:-|to|or|and up to) ?(\d+) sec\b", lambda m: _range(m[1], m[2]) + " sec", text)
    return re.sub(r"\b(\d+) (\d+)\b(?= (?:sec|times|reps|repetitions|sets)\b)", SPOILT, text)


_UNITS = (
    r"(?:%|per cent|percent|degrees?\b|°|kgs?\b|lbs?\b|pounds?\b|kilos?\b|cms?\b|mm\b|m\b|metres?\b|meters?\b|"
    r"inch(?:es)?\b|"
    r"feet\b|foot\b(?! each)|ft\b|yards?\b|miles?\b|km\b|steps\b|weeks?\b|wks?\b|days?\b|months?\b|years?\b|"
    r"hours?\b|hrs?\b|"
    r"hourly\b|stone\b|ml\b|litres?\b|tablets?\b|pills?\b|capsules?\b|mg\b|pence\b|people\b|million\b|o'clock\b|"
    r"am\b|pm\b|"
    r"tins?\b|pillows?\b|chairs?\b|fingers?\b|different\b|exercises?\b|moves\b|movements\b|stairs?\b)"
)
_NO_DOSE = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"£ ?\d[\d.,]*|\$ ?\d[\d.,]*", " "),
        (r"\b0\d{2,}[ -]?\d{3,}(?:[ -]\d+)*\b|\b\d{3,5} \d{3,}(?: \d+)*\b", " "),
        (rf"\b(?:ice|icing|heat|cold pack|hot pack|ice pack)\b[^.;]{{0,50}}?{SPAN} sec", " "),
        (
            rf"\b(?:lower\w*|lift\w*|rais\w*|straighten\w*|bend\w*)\b(?:(?! hold)[^.;]){{0,40}}?,? "
            rf"counting (?:slowly )?to {SPAN}(?: sec)?\b",
            " ",
        ),
        (r"\bcough\w*(?: and huff)? \d+(?:-\d+)? times", " "),
        (rf"{SPAN} ?/ ?10\b|{SPAN} out of (?:a possible )?10\b|\bscore of {SPAN}", " "),
        (r"\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b\d{1,2}/\d{4}\b|\b(?:19|20)\d\d\b(?! (?:sec|times|reps))", " "),
        (
            r"\b(?:page|form|figure|fig\.?|picture|exercise|ex\.?|phase|stage|level|sheet|leaflet|part|section|"
            r"version|number|no\.|tel\.?:?|telephone|phone|day|year|grade|photo|diagram|room|ward|extension|ext\.?) "
            r"(?>\d+(?:-\d+)?(?: ?/ ?\d+)*)\b(?! (?:sec|times|reps|sets|x))",
            " ",
        ),
        (r"\b(?:build up|go up|increase|increasing|add|adding|increments|reduce)(?: it)? (?:by |of |in |"
            r"on )?\d+(?:-\d+)?"
         r"(?: sec| reps| times| more)?", " "),
        (
            rf"\b(?:rest|relax|let go|release|recover|break|wait|loosen|unwind|have a rest|take a break)(?! your)"
            rf"(?:(?![ ,]+(?:hold|squeez|repeat|stay|do|perform)\b)[ ,]+[a-z]+){{0,4}}? "
            rf"(?:for (?:a count of )?{SPAN}(?: sec)?|{SPAN} sec)(?![\d-])"
            rf"(?! times| reps| x\b| sets| more)",
            f" {REST} ",
        ),
        (rf"{SPAN}[ -]sec(?:ond)?(?: of| for)?(?: a)? (?:rest|break|recovery|gap|relax\w*|interval)\b", f" {REST} "),
        (rf"\b(?:gap|pause|interval|rest) of {SPAN} sec\b", f" {REST} "),
        (rf"{SPAN} sec (?:between|in between|before (?:the next|you (?:repeat|start|do)|repeating|your))", f" {REST} "),
        (rf"{SPAN} sec (?:to (?:lift|lower|raise|return|go|come)|(?:going |coming |on the way )?(?:up|down))\b"
         rf"(?! and down)", " "),
        (
            rf"\b(?:lower\w*|lift\w*|rais\w*|rise|rising|return\w*|come up|coming up|push up|stand up|sit down|"
            rf"breath\w* (?:in|out)|inhal\w*|exhal\w*|down|up)\b[^.;,]{{0,30}}?"
            rf"\b(?:over|to a count of|for a count of|taking|counting to|on a count of) (?:a count of )?"
            rf"{SPAN}(?: sec)?\b", " ",
        ),
        (rf"\b(?:breath\w* (?:in|out)|inhal\w*|exhal\w*) for {SPAN}(?: sec)?\b", " "),
        (rf"\btake {SPAN} sec to\b|\btaking {SPAN} sec\b", " "),
        (rf"{SPAN} (?:deep |slow |full |gentle |easy )*breaths?\b", " breaths "),
        (rf"\bevery {SPAN} (?:hours|hrs|sec|days)\b", " hourly "),
        (rf"\b{SPAN}(?: times| x| sessions?)? (?:a|per|each|every) (?:week|month|fortnight)\b|"
            rf"{SPAN} times weekly\b", " "),
        (rf"\b{SPAN}(?:st|nd|rd|th)\b", " "),
        (rf"\b{SPAN} ?{_UNITS}", " "),
        (rf"\b(?:weeks?|wks?|days?) {SPAN}\b", " "),
    )
)  # fmt: skip
_LATER = re.compile(
    r"(?:^|(?<=[.,;:(] )|(?<= - )|(?<=\bthen )|(?<=\band )|(?<=\bbut ))(?:"
    r"(?:when|once|as|if|until)(?! (?:far|long|much|high|low|many|comfort))[^.,;]{0,60}?\b(?:eas\w+|strong\w*|"
    r"confiden\w*|"
    r"able|comfortabl\w*|improv\w*|progress\w*|used to|ready|manag\w*|better|fitter|too much|fit)\b|"
    r"over (?:time|the (?:next|coming|weeks|days|following))|gradually (?:build|work|increas|progress|add|aim)|"
    r"progress\w*|"
    r"build(?:ing)?(?: it| this)?(?: slowly| gradually)? up|work(?:ing)?(?: your way)?(?: slowly|"
    r" gradually)? up|eventually|"
    r"after (?:a (?:few|week|couple|while|month)|\d+ (?:weeks|days|months)|some|the first (?:week|few))|"
    r"from week|by week|"
    r"weeks? \d+|later|in time|next stage|to progress|increas\w*|to make (?:it|this) harder|for more of a|"
    r"you (?:can|may|could) (?:then |gradually |slowly )*(?:build|work|increase|progress)|"
    r"(?:aim|try) to (?:build|work|increase|progress)|slowly (?:build|increase|work))\b[^.;]*"
)
_WORK_UP = re.compile(r"\b(?:work\w*|build\w*)(?: (?:your way|it|this|slowly|gradually))? ?(?:up )?to\b")


def masked(text: str) -> str:
    """What :func:`one_form` gives, without the numbers that are no dose; rests become a mark."""
    for pattern, put in _NO_DOSE:
        text = pattern.sub(put, text)
    return re.sub(r"\s+", " ", text)


def starting(text: str) -> str:
    """The sentence without its later steps ("when this is easy, hold for 10"): the starting dose counts."""
    return _LATER.sub(" ", text)


def works_up(text: str) -> bool:
    """Whether the sentence names an end to work up to."""
    return bool(_WORK_UP.search(text))
