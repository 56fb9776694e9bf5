"""Which side works: one after the other, in turn, only one, or nothing said."""

from __future__ import annotations

import re

from coach.dose_patterns import SIDE

_BOTH = re.compile(
    r"\bl ?[+&/] ?r\b|\br ?[+&/] ?l\b|"
    r"\bleft ?[:=] ?\d[^.;]{0,20}right ?[:=] ?\d|\bright ?[:=] ?\d[^.;]{0,20}left ?[:=] ?\d|"
    rf"\b(?:each|per|either|every) (?:\w+ )?{SIDE}\b(?! other)|\b(?:on|to) both sides\b(?! of)|"
    rf"\b(?:times|reps|repetitions|repeat|sets|sec|do|x \d+|\d+)[^.;]{{0,25}}? (?:with|for|using) both {SIDE}\b(?! of)|"
    rf"\b(?:left|right)(?: {SIDE})?,? ?(?:and|&|then)(?: then)? (?:\d+(?:-\d+)? )?(?:times )?(?:on |to |"
    rf"with )?(?:the |your )?(?:left|right)\b|"
    r"\bboth sides\b(?! of)|\brepeat[^.;]{0,25} on both (?:legs|arms|feet|hands)\b|\bone side at a time\b|"
    r"\bon (?:the )?(?:right|left) (?:side )?and (?:then )?(?:on )?(?:the )?(?:left|right)\b"
)


_ALTERNATE = re.compile(
    rf"\balternat\w*(?! (?:exercise|position|method|between (?:the|sitting)|days?))|\b(?:from )?side to side\b|"
    rf"\b(?:left|right) to (?:left|right)\b|"
    rf"\b(?:to |on )?one (?:\w+ )?(?:{SIDE}|way|direction)[^.;]{{0,60}}?\b(?:and |then |"
    rf"and then )(?:\w+ ){{0,4}}?(?:to |on )?the other\b|"
    r"\b(?:turn|twist|rotat\w*|look|lean|bend|tip|tilt)\w*(?: (?!pelvis|over|repeat|"
    r"do)\w+){0,4} the other (?:way|side|direction)\b|"
    rf"\bone {SIDE} (?:after|then) the other\b|\bfrom one {SIDE} to the other\b|"
    rf"\bleft,? (?:then )?right,? (?:then )?left\b|\bin turn\b"
)


_REPEATED_OTHER = re.compile(
    rf"\b(?:then|and) swap\b(?! (?:the|your) (?!leg|arm|side|feet|hand))|\btry (?:on |with )?the other {SIDE}\b|"
    rf"\b(?:repeat\w*|same|swap|switch|change)\b(?:(?! knee to)[^.;]){{0,60}}?\b(?:other|opposite) (?:{SIDE}|"
    rf"direction\\Z)\b|"
    rf"\b(?:then|and then|and (?:repeat|do|switch))(?: do| repeat| switch| it| this| the same| to| on| with|"
    rf" for)* (?:the |your )?other {SIDE}\b|"
    rf"\b(?:do|perform)\b[^.;]{{0,30}}?\b(?:on|with|to|for) (?:the |your )?(?:other|opposite) {SIDE}\b|"
    r"\b(?:repeat|same)\b[^.;]{0,30}?\b(?:on|with|to|for|turning to) (?:the |your )?(?:other|opposite|left|"
    r"right)\b(?! direction| way)|"
    r"\b(?:do|then) the (?:left|right|other)\b(?! way| direction)"
)


_ONLY = re.compile(
    rf"\b(left|right) (?:{SIDE} )?only\b|\bonly (?:the |your |use the |on the )*(left|right)\b|^[^.]*?\((left|"
    rf"right)(?: {SIDE})?\)"
)


def sides(form: str) -> str | None:
    """both, alternate, left, right or None, of text in the one form."""
    if re.search(rf"\b(?:with|on|for) one {SIDE},? (?:and )?then (?:with |on )?the other\b", form) and re.search(
        rf"(?:\d+|repeat)[^.]{{0,40}}(?:with|on|for) one {SIDE}", form
    ):
        return "both"
    only = _ONLY.search(form)
    if only:
        return next(group for group in only.groups() if group)
    if _BOTH.search(form):
        return "both"
    if _ALTERNATE.search(form):
        return "alternate"
    swap = re.search(rf"\b(?:swap|switch|change)(?: over)?(?: the| your| to the other)? ?(?:{SIDE}|over)\b", form)
    return "both" if swap or _REPEATED_OTHER.search(form) else None
