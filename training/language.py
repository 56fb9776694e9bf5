"""Which words the model knows, and which follow which: what is said to the coach, with other English behind."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from training.lexicon import Pronunciations, lexicon
from training.ngrams import BEGIN, END, UNKNOWN, Language, Part, mixed
from training.patterns import Patterns
from training.places import ROOT
from training.recordings import rows, transcripts
from training.synthesis import KEY_PHRASES
from training.texts import NUMBERS, made, plain, spoken_lines

__all__ = ["BEGIN", "END", "UNKNOWN", "Language", "Part", "trigram", "vocabulary"]

SHARES = {
    "report": (40_000, 0.15),
    "spoken": (0, 0.04),
    "symptoms": (40_000, 0.12),
    "listed": (0, 0.002),
    "command": (18_000, 0.05),
    "score": (8_000, 0.025),
    "answer": (10_000, 0.025),
    "household": (3_000, 0.01),
    "talk": (60_000, 0.22),
    "key": (4_000, 0.035),
}
"""How many sentences of each kind are made, and what share of all words the kind has, beside other English."""
OTHERS_SHARE = 0.36
"""Of other English, where its sentences count as often as usual."""
USUAL_COUNT = 6
LEAST_GAIN = 5e-6
"""What a pair or three of words must gain to be kept; the smaller, the larger the graph."""
_KEY = (*KEY_PHRASES, *NUMBERS, *NUMBERS, "yes", "no", "go", "stop")
"""What is said more often than all else, mostly by itself."""
MOST_WORDS = 12_000


def vocabulary(known: Pronunciations, others_count: int = USUAL_COUNT) -> tuple[Pronunciations, list[Part]]:
    """The words with their pronunciations, and the sentences to count, where others count for more or less."""
    spelling = tomllib.loads((ROOT / "coach" / "words.toml").read_text(encoding="utf-8"))["spelling"]
    ours = {name: [_spelt(text.split(), spelling, known) for text in texts] for name, texts in _ours().items()}
    counts = Counter(word for texts in ours.values() for sentence in texts for word in sentence)
    # Of the dialect in the phrase tables, what no dictionary has is left out unless it is said more than once or twice.
    listed = {word for name in ("listed", "symptoms", "talk") for sentence in ours[name] for word in sentence}
    words = {word for word, count in counts.items() if word in known or word in listed or count > 3}
    said = lexicon(words, known)
    sounds = {way for ways in said.values() for way in ways}
    others = [text.split() for text in _others()]
    common = Counter(word for sentence in others for word in sentence if word in known and word not in said)
    # A word that sounds just like one of ours would only take its place.
    chosen = [word for word, _ in common.most_common() if not set(known[word]) <= sounds]
    said |= lexicon(chosen[: max(0, MOST_WORDS - len(said))], known)
    parts = [Part(name, SHARES[name][1], _with_unknown(texts, said)) for name, texts in ours.items()]
    parts.append(Part("others", OTHERS_SHARE * others_count / USUAL_COUNT, _with_unknown(others, said)))
    return said, parts


def trigram(sentences: Sequence[Part] | Sequence[Sequence[str]], least_gain: float = LEAST_GAIN) -> Language:
    """Count and smooth: parts that `vocabulary` made, or sentences of one kind."""
    parts = [part for part in sentences if isinstance(part, Part)]
    if parts:
        return mixed(parts, least_gain)
    return mixed([Part("all", 1.0, [row for row in sentences if not isinstance(row, Part)])], 0.0)


def _ours() -> dict[str, list[str]]:
    texts = made(seed=7)
    makers: dict[str, Callable[[], str]] = {
        "report": texts.report,
        "command": texts.command,
        "score": texts.score,
        "answer": texts.answer,
        "household": texts.household,
    }
    symptoms, talk = Patterns("symptoms", 7), Patterns("talk", 7)
    makers |= {"symptoms": symptoms.sentence, "talk": talk.sentence}
    said: dict[str, list[str]] = {}
    for name, (count, _) in SHARES.items():
        if name == "key":
            said[name] = [_KEY[number % len(_KEY)] for number in range(count)]
        elif name == "spoken":
            said[name] = spoken_lines(ROOT / "tests" / "phrases")
        elif name == "listed":
            said[name] = texts.listed()
        else:
            said[name] = [makers[name]() for _ in range(count)]
    said["symptoms"] += symptoms.phrases()
    said["talk"] += talk.phrases()
    return {
        name: [sentence for sentence in sentences if sentence and "unk" not in sentence.split()]
        for name, sentences in said.items()
    }


def _others() -> list[str]:
    """Other English. What the speakers say who are kept to see how well the training does stays out here too."""
    from training.network import is_dev

    kept = {plain(row["text"]) for row in rows() if is_dev(f"{row['bundle'].rsplit('-', 1)[0]}|{row['speaker']}")}
    return [text for text in transcripts() if text not in kept]


def _with_unknown(sentences: Sequence[Sequence[str]], said: Pronunciations) -> list[list[str]]:
    return [[word if word in said else UNKNOWN for word in sentence] for sentence in sentences]


def _spelt(words: Sequence[str], spelling: Mapping[str, str], known: Pronunciations) -> list[str]:
    """Typing errors and dialect that no dictionary has, as they are meant."""
    row = (spelling[word].replace(" 's", "'s") if word not in known and word in spelling else word for word in words)
    return " ".join(row).split()
