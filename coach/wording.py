"""From what a recogniser or a keyboard gives to a plain word list: case, marks, digits, short forms, near misses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

END = "|"
"""Stands for the end of a sentence."""

_NOT = re.compile(r"n't\b")
_TAILS = (("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'d", " would"), ("'m", " am"))
_OUT_OF = re.compile(r"(?<![\d/])(\d+(?:\.\d+)?)\s*/\s*10\b")
_RANGE = re.compile(r"(\d)\s*[-\u2010-\u2015]+\s*(\d)")
_POINT = re.compile(r"(\d)\.(\d)")
_HALF = re.compile(r"(\d?)\u00bd")
_NUMBER_ISH = re.compile(r"\b(one|two|three|four|five|six|seven|eight|nine|ten)ish\b")
_ISH = re.compile(r"(\d)(ish|th|st|nd|rd|s|ml|kg|lb|lbs|am|pm|mm|cm|km|m|x)\b")
_HESITATIONS = frozenset(("um", "umm", "er", "err", "erm", "uh", "uhm", "ehm", "mm", "mmm", "hm", "hmm"))
_STUMBLES = frozenset(
    ("a", "an", "the", "i", "my", "it", "that", "this", "is", "'s", "am", "are", "was", "in", "of", "on", "to", "and",
     "but", "have", "has", "can", "at", "with")
)  # fmt: skip
_VERY = re.compile(r"\bv\.(?=\s)")
_MUCH = re.compile(r"\+\++")
_COLON = re.compile(r"(?<=[a-z])\s*[:=]\s*(?=\d)")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_WORD = re.compile(r"\[unk\]|[^\W_]+(?:'[^\W_]+)*'?|[.!?;:\n()\u2026\u2014|]|,|'")


def plain_words(text: str, spellings: Mapping[str, str], known: frozenset[str], typos: Sequence[str] = ()) -> list[str]:
    """Lower-case words without marks. ``|`` ends a sentence, a comma stays; ``[unk]`` is kept as a word.

    ``spellings`` gives other spellings of one word (short forms, dialect, near misses); ``known`` tells which
    words need no mending. Any string is fine.
    """
    text = unicodedata.normalize("NFKC", _HALF.sub(r"\1 and a half ", text[:2000])).lower()
    text = re.sub("[\u2018\u2019\u02bc`\u00b4]", "'", text).replace("<unk>", "[unk]").replace("&", " and ")
    text = _OUT_OF.sub(r"\1 out of 10", text)
    text = _NUMBER_ISH.sub(r"\1 ish", text)
    text = _POINT.sub(r"\1 point \2", _RANGE.sub(r"\1 to \2", text))
    text = _ISH.sub(r"\1 \2", text).replace("%", " percent ")
    text = _COLON.sub(" ", _MUCH.sub(" very much ", _VERY.sub("very", text)))
    words: list[str] = []
    for piece in _WORD.findall(text):
        words.extend(_mended(piece, spellings, known))
    words = _joined(words, known)
    return _fluent(_tidy([word if word in known or len(word) < 5 else _nearest(word, typos) for word in words]))


def _nearest(word: str, typos: Sequence[str]) -> str:
    sound = _consonants(word)
    return next((right for right in typos if _one_slip(word, right) or _consonants(right) == sound), word)


def _consonants(word: str) -> str:
    """What is left of a word when vowels and doubled and silent letters are taken out: "kneedles" is "ndls"."""
    word = re.sub(r"^kn", "n", word.replace("ph", "f").replace("ck", "k").replace("c", "k").replace("z", "s"))
    return re.sub(r"(.)\1+", r"\1", word[0] + re.sub("[aeiouyhw]", "", word[1:]))


def _joined(words: list[str], known: frozenset[str]) -> list[str]:
    """Words that fell apart put together: "a gony", where one half is no word the coach knows and the whole is."""
    out: list[str] = []
    for word in words:
        whole = out[-1] + word if out else ""
        if len(whole) > 4 and whole in known and not (word in known and out[-1] in known):
            out[-1] = whole
        else:
            out.append(word)
    return out


def _drawn_in(word: str, known: frozenset[str]) -> str:
    """A drawn-out word as it is written: "stoppp" is "stop", "killling" is "killing"."""
    short = _DRAWN_OUT.sub(r"\1", word)
    return short if short == word or short in known else _DRAWN_OUT.sub(r"\1\1", word)


def _one_slip(word: str, right: str) -> bool:
    """Whether one letter is wrong, missing, too much, or two are swapped."""
    if abs(len(word) - len(right)) > 1 or word[0] != right[0]:
        return False
    at = next((i for i, (a, b) in enumerate(zip(word, right, strict=False)) if a != b), min(len(word), len(right)))
    rest, wanted = word[at:], right[at:]
    swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:] or swapped


def _mended(piece: str, spellings: Mapping[str, str], known: frozenset[str]) -> Sequence[str]:
    if piece == "," or piece == "[unk]":
        return (piece,)
    if not piece[0].isalnum():
        return () if piece == "'" else (END,)
    if piece not in known and piece not in _HESITATIONS:
        piece = _drawn_in(piece, known)
    if piece in spellings:
        return spellings[piece].split()
    piece = _NOT.sub(" not", piece.replace("can't", "can not").replace("won't", "will not"))
    for tail, full in _TAILS:
        piece = piece.replace(tail, full)
    words: list[str] = []
    for word in piece.split():
        if word.endswith("in'"):
            word = word[:-1] + "g"
        stem, tail, rest = word.partition("'")
        if stem in spellings:
            words.extend(spellings[stem].split())
        elif stem not in known and stem.endswith("in") and stem + "g" in known:
            words.append(stem + "g")
        elif stem:
            words.append(stem.lstrip("0") or stem[:3] if stem.isdigit() else stem)
        if tail and rest == "s":
            words.append("'s")
        elif tail and rest:
            words.append(rest)
    return words


def _fluent(words: list[str]) -> list[str]:
    """Without "um" and "er", unless nothing else was said, and without what is said twice: "it's it's in my my leg"."""
    said = [word for word in words if word not in _HESITATIONS]
    if not any(word.isalnum() for word in said):
        return words
    fluent: list[str] = []
    for word in said:
        fluent.append(word)
        for size in (1, 2, 3):
            tail = fluent[-size:]
            small = word in _STUMBLES if size == 1 else len({*tail}) > 1
            if small and tail == fluent[-2 * size : -size]:
                del fluent[-size:]
                break
    return _tidy(fluent)


def _tidy(words: list[str]) -> list[str]:
    """No marks at the ends, none twice."""
    tidy: list[str] = []
    for word in words:
        if word in (END, ",") and (not tidy or tidy[-1] in (END, ",")):
            if tidy and word == END:
                tidy[-1] = END
            continue
        tidy.append(word)
    while tidy and tidy[-1] in (END, ","):
        tidy.pop()
    return tidy


def replaced(words: list[str], phrases: Mapping[tuple[str, ...], tuple[str, ...]], longest: int) -> list[str]:
    """The words with each known phrase put for another one, longest first, once through."""
    out: list[str] = []
    at = 0
    while at < len(words):
        for end in range(min(at + longest, len(words)), at, -1):
            new = phrases.get(tuple(words[at:end]))
            if new is not None:
                out.extend(new)
                at = end
                break
        else:
            out.append(words[at])
            at += 1
    return out
