"""Scores out of ten: which of the numbers said are scores, what they come to, risen or fallen."""

from __future__ import annotations

from dataclasses import dataclass

from coach.knowledge import KNOW
from coach.numbers import WORDS as NUMBER_WORDS
from coach.numbers import Number, numbers
from coach.scene import Scene


@dataclass(frozen=True, slots=True)
class SaidScore:
    """A score that was said: its action, and its value where that is 0 to 10."""

    action: str
    because: str
    value: int | None


def said_score(scene: Scene, asked: bool) -> SaidScore | None:
    """The score in the words: asked for, or with "out of ten" or "pain". Of several the highest, or the one now."""
    heard = [number for number in numbers(scene.words) if not _names_scale(scene, number)]
    moved = _moved(scene, heard)
    said = [number for number in heard if asked or moved or _is_score(scene, number)]
    if said and KNOW.small["moved_score"] & {*scene.words}:
        said = [number for number in heard if number in said or number.value <= 10]  # "a four of ten, now it's a six"
    if not said or "phone" in scene.words or (asked and scene.loose_talk(said[0].start, 2)):
        return None
    said = [number for number in said if not scene.someone_else(number.start, number.end)]
    if not said:
        return None
    words = scene.tagged.text(said[0].start, said[-1].end)
    change = _change(scene, said)
    value = _now(scene, said) if change else max(number.value for number in said)
    if value > 10:
        return SaidScore("stop", f"more than ten: {words}", None)
    if change == "risen":
        return SaidScore("stop", f"a score that has risen: {words}", value)
    action = "stop" if value >= KNOW.stop_from else "ease" if value >= KNOW.ease_from else "continue"
    return SaidScore(action, f"score {value}: {words}", value)


def _is_score(scene: Scene, number: Number) -> bool:
    if number.out_of_ten:
        return not scene.loose_talk(number.start, 1)
    a, b = scene.clause(number.start)
    if scene.tagged.has("pain", a, b):
        return _beside_pain(scene, number)
    if number.value > 100:
        return False
    near = scene.words[max(0, number.start - 9) : number.end + 4]
    return any(word in ("scale", "rate", "score", "rating") for word in near)


def _beside_pain(scene: Scene, number: Number) -> bool:
    for start, end in scene.tagged.spans("pain"):
        between = scene.words[end : number.start] if end <= number.start else scene.words[number.end : start]
        if len(between) <= 6 and all(_small(word) for word in between):
            return True
    return False


def _small(word: str) -> bool:
    return word in KNOW.small["beside_score"] or word in NUMBER_WORDS or word.isdigit()


def _names_scale(scene: Scene, number: Number) -> bool:
    """Whether it is the ten in "on a scale of one to ten", which is no score."""
    before = scene.words[max(0, number.start - 5) : number.start]
    leads = before[-1:] in (("of",), ("to",), ("from",), ("out",))
    return "scale" in before and leads and number.value in (0, 1, 10)


def _moved(scene: Scene, heard: list[Number]) -> bool:
    """Whether two numbers tell a change: "it's gone from a three to an eight"."""
    if len(heard) != 2 or max(number.value for number in heard) > 10:
        return False
    before = scene.words[max(0, heard[0].start - 2) : heard[0].start]
    between = scene.words[heard[0].end : heard[1].start]
    subject = any(word in scene.words for word in ("it", "gone", "went", "pain"))
    up = "was" in before and ("now" in between or "up" in between)  # "it was a three, it's up to eight"
    return (up or ("from" in before and "to" in between)) and subject


def _change(scene: Scene, said: list[Number]) -> str:
    """ "risen" or "fallen" where scores are told as before and now, else ""."""
    around = set(scene.words[: said[-1].end + 2])
    if len(said) < 2 or not around & KNOW.small["moved_score"] or around & {"somewhere", "between"}:
        return ""
    values = [number.value for number in said]
    now = _now(scene, said)
    return "risen" if now == max(values) > min(values) else "fallen"


def _now(scene: Scene, said: list[Number]) -> int:
    """The score that holds now: the last one, unless that is marked as past ("it's six, it was four")."""
    first, last = said[0], said[-1]
    between = scene.words[first.end : last.start]
    after = scene.words[last.end : last.end + 2]
    past_after = any(word in ("was", "yesterday", "earlier", "before") for word in after)
    past_between = ("from" in between and "to" not in between) or ("was" in between and "now" not in between)
    return first.value if past_after or past_between else last.value
