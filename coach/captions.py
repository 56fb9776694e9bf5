"""Captions: what is said, what was heard, how long to hold, and what is lacking, in plain lines as it happens."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from coach.events import Begin, Command, EarsBack, EarsLost, Event, Record, Say, Understood, VoiceBack, VoiceLost

if TYPE_CHECKING:
    from rich.console import Console

SAID, HEARD, TIMED, LACKING = "said", "heard", "timed", "lacking"
STYLES: Mapping[str, str] = {SAID: "bold", HEARD: "cyan", TIMED: "bold green", LACKING: "yellow"}

PARTS: Mapping[str, str] = {
    "ready": "Get ready",
    "hold": "Hold",
    "count": "Move with the count",
    "move": "Keep moving",
    "rest": "Rest",
    "change": "Change over",
}
TAKEN: Mapping[str, str] = {
    "paused": "pause",
    "resumed": "carry on",
    "skipped": "skip",
    "back": "go back",
    "eased": "the easier version",
}
"""Facts of the journal that answer something the person said, and the word for them."""


REPORTS: Mapping[str, str] = {
    "continue": "nothing bad",
    "ease": "moderate",
    "ask": "something hurts",
    "stop": "stop",
    "gp": "see your doctor first",
    "urgent": "get advice today",
    "emergency": "get help now",
}
"""What was reported, in a few words."""


class Captions:
    """Sees every event and command, one call each; holds no rules.

    On a terminal the lines are bold and in colour, with space around what is said, and typed words, which stand there
    already, are not shown again; elsewhere each is one plain line.
    Lines go through ``print`` where one is given, else through ``console``, else to standard output as it is at the
    time, so that a line being typed stays below them.
    """

    def __init__(self, *, console: Console | None = None, print: Callable[[str], None] | None = None) -> None:
        self._print = print or _plain
        if console is None and print is None and sys.stdout is not None and sys.stdout.isatty():
            from rich.console import Console

            console = Console(highlight=False)
        self._console = console

    def __call__(self, what: Event | Command) -> None:
        """Show one event or command, if there is anything to show."""
        match what:
            case Say(text=text):
                self._show(text, SAID)
            case Begin():
                self._show(_part(what), TIMED)
            case Understood(words, action, typed=typed):
                if not (typed and self._console):
                    self._heard(words)
                if typed and action == "none":
                    self._show("That was not understood.", HEARD)
            case Record(kind, facts):
                self._record(kind, facts)
            case EarsLost(why, for_good):
                self._show(f"{why[:1].upper()}{why[1:]}." if for_good else f"I can't hear you: {why}.", LACKING)
            case EarsBack():
                self._show("I can hear you again.", LACKING)
            case VoiceLost(why):
                self._show(f"No sound: {_bare(why)}. The words go on here.", LACKING)
            case VoiceBack():
                self._show("The sound is back.", LACKING)

    def note(self, sentence: str) -> None:
        """Show a sentence about something that is lacking."""
        self._show(sentence, LACKING)

    def _heard(self, words: str) -> None:
        known = " ".join(word for word in words.split() if not word.startswith("["))
        if known:
            self._show(f'You: "{known}"', HEARD)

    def _record(self, kind: str, facts: Mapping[str, Any]) -> None:
        if kind == "report":
            score = facts.get("score")
            scored = "" if score is None else f", {score} out of 10"
            action = str(facts.get("action"))
            self._show(f"Understood: {REPORTS.get(action, action)}{scored}", HEARD)
        elif kind in TAKEN:
            self._show(f"Understood: {TAKEN[kind]}", HEARD)

    def _show(self, text: str, style: str) -> None:
        if self._console is None:
            self._print(text)
            return
        from rich.padding import Padding
        from rich.text import Text

        line = Text(text, style=STYLES[style])
        self._console.print(Padding(line, (1, 2, 0, 2)) if style == SAID else Padding(line, (0, 4)))


def _part(begin: Begin) -> str:
    """For example "Hold: 25 seconds, left side"."""
    seconds = round(begin.seconds)
    length = f"{seconds} second{'' if seconds == 1 else 's'}"
    if seconds >= 120:
        minutes, seconds = divmod(seconds, 60)
        length = f"{minutes} minutes" + (f" {seconds} seconds" if seconds else "")
    side = f", {begin.side} side" if begin.side in ("left", "right") else ""
    return f"{PARTS.get(begin.kind, begin.kind.capitalize())}: {length}{side}"


def _bare(sentence: str) -> str:
    return sentence.rstrip(".")


def _plain(text: str) -> None:
    """One line to standard output, whatever it is; a reader that has gone away must not end the session."""
    try:
        print(text, flush=True)
    except UnicodeEncodeError:
        print(text.encode("ascii", "replace").decode(), flush=True)
    except (OSError, ValueError, AttributeError):
        return
