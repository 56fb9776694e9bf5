"""Every line that the coach says, other than safety advice and the lines of a routine.

Short sentences, plain words, and none that the coach itself would take for a report or a command: its own voice is in
the room while it listens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coach.routine import Exercise

_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

_POSITIONS = {
    "lying on back": "Lie on your back.",
    "lying on front": "Lie on your front.",
    "side lying": "Lie on your side.",
    "all fours": "Come onto your hands and knees.",
    "sitting": "Sit up tall on a firm chair.",
    "standing": "Stand up tall, near something steady.",
    "kneeling": "Kneel up tall.",
}

ALL_DONE = "That is everything for today. Well done."
COUNT = "Now move with the count."
HOLD = "And hold."
SETTLE = "Take your time, and tell me when you are there."
KEEP_MOVING = "And off you go."
ACKNOWLEDGED = "Good. Keep breathing."
HALF_WAY = "Half way."
TEN_LEFT = "Ten seconds left."
LAST_THREE = ("Three.", "Two.", "One.")

GET_READY_AGAIN = "Get ready to go again."
PAUSED = "Paused. Take all the time you need."
STILL_PAUSED = "I am still here. Tell me when you are ready."
FAREWELL = "Then that is all for today. Lie there as long as you like."
EASE_OFF = "Let go slowly, and rest."
GENTLER = "We will do the gentler version."
AS_BEFORE = "All right, as before, with care."
SKIPPING = "Then we leave that out."
TO_THE_EXERCISES = "On to the exercises."
GOING_BACK = "Let us do this exercise from its start."
GOING_TO_THE_START = "Let us begin afresh."
GOING_TO_PREVIOUS = "Let us do the exercise before."
THIS_VOICE = "I will talk like this from now on."
THAT_IS_ALL_I_CAN = "That is as far as I can go."
CANNOT_HEAR = "I can't hear you."
"""Said only while the ears are gone, so it can't come back."""
CANNOT_HEAR_PAUSED = "We will wait. The space bar on the keyboard ends the session."
CANNOT_HEAR_GOING_ON = "The space bar on the keyboard ends the session."
CANNOT_HEAR_END = "Nobody can reach me, so the session ends here."
NO_ANSWER_HEARD = "No answer has reached me, so we go on without it. The space bar on the keyboard ends the session."
HEAR_AGAIN = "I can hear you now."
CAN_HEAR = "I can hear you."
BY_KEYBOARD = "Your voice has not reached me yet. The space bar on the keyboard ends the session."
NEVER_HEARD = "The word has not reached me, so the session ends here. The screen tells what may help."
HEARD_POORLY = "At the last sound check I could not hear you well. The space bar on the keyboard ends the session."
WARNING_SIGNS = "First, some short questions, to be on the safe side. Please answer yes or no."
ONCE_AGAIN = "Let me ask you once more."
NO_ANSWERS = "I need those answers before we begin. Let us try another time."
GO_GENTLY = "Then go gently today."
ALL_HELD_BACK = "Then we do none of it today. Let it settle first."
ASK_FIRST = "Then please speak to them first. I will be here afterwards."
STAY_SAFE = "I will be quiet now. Rest as long as you like."
HELP = (
    "You can speak at any time, and I will listen.",
    "If you would like me to wait, to skip an exercise, or to repeat something, just ask.",
    "I can also speak slower or faster, louder or quieter, and tell you how much time is left.",
    "Above all, tell me at once how your body feels.",
)
RECORDED = "This is a recording, so it cannot hear you. Switch the player off whenever you need to."
HELP_BY_KEYBOARD = ("Use the keyboard: the space bar ends the session.", "The screen shows the other keys.")
LISTENING = "I am listening all the time. Tell me how it feels whenever you like."


def number(n: int) -> str:
    """A count in words up to twelve, in digits above."""
    return _NUMBERS[n] if 0 <= n < len(_NUMBERS) else str(n)


def count(n: int) -> str:
    """The n-th repetition, counted aloud."""
    return f"{number(n).capitalize()}."


def times(n: int) -> str:
    """Once, twice, three times."""
    return {1: "once", 2: "twice"}.get(n, f"{number(n)} times")


def duration(seconds: float) -> str:
    """A length of time as people say it: "25 seconds", "one minute", "two and a half minutes", "about nine minutes"."""
    whole = round(seconds)
    if whole < 100 and whole != 60:
        return "one second" if whole == 1 else f"{number(whole)} seconds"
    minutes, rest = divmod(whole, 60)
    if rest == 0:
        return "one minute" if minutes == 1 else f"{number(minutes)} minutes"
    if rest == 30:
        return "one and a half minutes" if minutes == 1 else f"{number(minutes)} and a half minutes"
    minutes = round(whole / 60)
    return f"about {number(minutes)} minutes"


def joined(things: Sequence[str]) -> str:
    """A, b and c."""
    return things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}"


def article(thing: str) -> str:
    """A mat, an old towel, two cushions."""
    if thing.split()[0] in ("a", "an", "some", "one", "two", "your", "something"):
        return thing
    return f"{'an' if thing[0].lower() in 'aeiou' else 'a'} {thing}"


def greeting(title: str, length_s: float) -> str:
    """The first words of a session."""
    minutes = max(1, round(length_s / 60))
    return f"Hello. Today: {title}. It takes about {number(minutes)} minute{'s' * (minutes != 1)}."


def unfinished(exercise: str | None) -> str:
    """Said at the start where the last session broke off."""
    return f"Last time we broke off during {exercise}." if exercise else "Last time we broke off early."


def exercise_name(name: str, index: int, total: int) -> str:
    """The heading of an exercise."""
    return f"{name}." if total == 1 else f"Exercise {number(index)} of {number(total)}. {name}."


def needs(things: Sequence[str]) -> str:
    """What to have at hand."""
    return f"You need {joined([article(thing) for thing in things])}."


def position(name: str) -> str:
    """The starting position."""
    return _POSITIONS[name]


def dose(exercise: Exercise) -> str:
    """How much, before it begins."""
    given = exercise.dose
    if given.hold_s:
        each = " each" if given.rep_count > 1 else ""
        much = f"{times(given.rep_count).capitalize()}, for {duration(given.hold_s.chosen)}{each}"
    elif given.duration_s:
        much = f"For {duration(given.duration_s.chosen)}"
    else:
        much = times(given.rep_count).capitalize()
    if given.set_count > 1:
        much = f"{number(given.set_count).capitalize()} rounds, each {much[0].lower()}{much[1:]}"
    if exercise.sides == "both":
        return f"{much}, on the left, and then the same on the right."
    if exercise.sides in ("left", "right"):
        return f"{much}, on the {exercise.sides} only."
    if exercise.sides == "alternate":
        return f"{much}, taking turns, left and right."
    return f"{much}."


def change_over(side: str | None) -> str:
    """Between the sides."""
    return f"Now change over to the {side} side."


def turn_done(exercise: Exercise, set_number: int, rep: int, side: str | None) -> str:
    """After a hold, a counted set or a stretch of movement: release, and where we are."""
    given = exercise.dose
    on_side = f" on the {side}" if side and exercise.sides != "alternate" else ""
    if given.hold_s and given.rep_count > 1:
        where = f"That's {number(rep)} of {number(given.rep_count)}{on_side}."
        if given.set_count > 1 and rep == given.rep_count:
            where += f" And that's round {number(set_number)} of {number(given.set_count)}."
    elif given.set_count > 1:
        where = f"That's round {number(set_number)} of {number(given.set_count)}{on_side}."
    elif on_side:
        where = f"That's the {side} side."
    else:
        where = ""
    return f"{exercise.release} {where}".strip()


def left_out(exercise: str) -> str:
    """After the answer that it has not settled."""
    return f"Then we leave out {exercise} today."


def exercise_done(name: str, rest_s: float) -> str:
    """After the last turn of an exercise."""
    return f"That was {name}. Rest for {duration(rest_s)}." if rest_s else f"That was {name}."


def seconds_left(seconds: float) -> str:
    """Before the remaining time of work that was frozen."""
    return f"{duration(seconds).capitalize()} left."


def time_left(here_s: float | None, all_s: float) -> str:
    """The answer to "how long left?"."""
    in_all = f"{duration(max(60, round(all_s / 60) * 60))} in all"
    return f"About {duration(here_s)} here, and {in_all}." if here_s and here_s >= 1 else f"About {in_all}."


def minutes_left(minutes: int) -> str:
    """A cue in a long stretch of movement."""
    return f"{duration(minutes * 60).capitalize()} left."


def every_line() -> Iterator[str]:
    """Every line that is always the same."""
    for name, value in globals().items():
        if name.isupper() and not name.startswith("_") and isinstance(value, str | tuple):
            yield from (value,) if isinstance(value, str) else value
