"""How words are pronounced: the CMU dictionary, a few accents of the islands, and espeak-ng for words that it lacks."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from training.phones import SOUNDS

Pronunciations = dict[str, list[tuple[str, ...]]]
"""Of each word, the ways to say it, the usual one first."""
OWN_FILE = Path(__file__).parent / "sounds.txt"
"""What the dictionary lacks or says in one way only: a word on each line and its sounds, for each way a line."""
# ruff: noqa: RUF001
_MANY_SIGNS = {
    "tʃ": "CH", "dʒ": "JH", "aɪə": "AY AH", "aʊ": "AW", "aɪ": "AY", "eɪ": "EY", "oʊ": "OW", "əʊ": "OW", "ɔɪ": "OY",
    "ɪə": "IH AH", "eə": "EH R", "ʊə": "UH R", "ɜː": "ER", "ɔː": "AO", "ɑː": "AA", "uː": "UW", "iː": "IY",
    "əl": "AH L", "oː": "AO",
}  # fmt: skip
_ONE_SIGN = {
    "b": "B", "d": "D", "ð": "DH", "f": "F", "ɡ": "G", "g": "G", "h": "HH", "j": "Y", "k": "K", "l": "L", "m": "M",
    "n": "N", "ŋ": "NG", "p": "P", "ɹ": "R", "r": "R", "ɾ": "D", "s": "S", "ʃ": "SH", "t": "T", "θ": "TH", "v": "V",
    "w": "W", "z": "Z", "ʒ": "ZH", "x": "K", "æ": "AE", "a": "AE", "ɑ": "AA", "ɒ": "AA", "ɔ": "AO", "ə": "AH",
    "ɐ": "AH", "ʌ": "AH", "ɛ": "EH", "e": "EH", "ɚ": "ER", "ɜ": "ER", "ɪ": "IH", "i": "IY", "ᵻ": "IH", "o": "OW",
    "ʊ": "UH", "u": "UW", "ʔ": "T", "ç": "HH", "ɬ": "L", "ʍ": "W",
}  # fmt: skip


def dictionary(path: Path | None = None) -> Pronunciations:
    """The CMU dictionary in the form of pocketsphinx, which brings it (BSD licence), with our own additions."""
    if path is None:
        from pocketsphinx import get_model_path

        path = Path(get_model_path()) / "en-us" / "cmudict-en-us.dict"
    words: Pronunciations = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, *sounds = line.split()
        words.setdefault(re.sub(r"\(\d+\)$", "", word), []).append(tuple(sounds))
    for word, way in own_ways():
        known = words.setdefault(word, [])
        if way not in known:
            known.append(way)
    return words


def own_ways(path: Path = OWN_FILE) -> list[tuple[str, tuple[str, ...]]]:
    """Words with sounds of our own, in the order of the file."""
    lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return [(line[0], tuple(line[1:])) for line in lines if line and not line[0].startswith("#")]


def lexicon(words: Iterable[str], known: Pronunciations) -> Pronunciations:
    """The pronunciations of these words. Words without any sound that can be written are left out."""
    wanted = sorted(set(words))
    strange = [word for word in wanted if word not in known]
    guessed = dict(zip(strange, _guesses(strange), strict=True))
    ways = {word: known.get(word) or [guess] for word in wanted if (guess := guessed.get(word, ())) or word in known}
    return {word: list(dict.fromkeys(said)) for word, said in ways.items()}


def arpabet(ipa: str) -> tuple[str, ...]:
    """From espeak-ng's IPA to the sounds used here. Stress, length and signs not known are passed over."""
    text = re.sub("[ˈˌ \u200d̩̃]", "", ipa)
    sounds: list[str] = []
    at = 0
    while at < len(text):
        for length in (3, 2):
            if text[at : at + length] in _MANY_SIGNS:
                sounds += _MANY_SIGNS[text[at : at + length]].split()
                at += length
                break
        else:
            sounds += [_ONE_SIGN[text[at]]] if text[at] in _ONE_SIGN else []
            at += 1
    assert set(sounds) <= set(SOUNDS)
    return tuple(sounds)


def _guesses(words: list[str]) -> list[tuple[str, ...]]:
    if not words:
        return []
    command = ["espeak-ng", "-q", "--ipa", "-v", "en-us"]
    said = subprocess.run(
        command, input="\n\n".join(words) + "\n", check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout
    lines = [line for line in said.splitlines() if line.strip()]
    if len(lines) != len(words):  # a word that it says as two sentences: one at a time then
        lines = [
            subprocess.run(
                [*command, "--", word], check=True, capture_output=True, text=True, encoding="utf-8"
            ).stdout.replace("\n", "")
            for word in words
        ]
    return [arpabet(line) for line in lines]
