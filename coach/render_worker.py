"""The child process that renders prompts: ``python -m coach.render_worker``.

It reads one JSON object a line from standard input and answers each with one line. pyttsx3 runs here, apart from the
session, because it can hang for good (for example when its file can't be written) and its library can crash.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TextIO

SET_ATTEMPTS = 20
SETTLE_S = 1.0
"""The longest wait for espeak-ng's own thread to take a setting."""
USUAL_VOICE = "gmw/en"
"""The one to take where a part of a name fits it among others."""
NAMED_AT_MOST = 4


def main() -> None:
    """Answer requests until standard input ends."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--voice")
    arguments.add_argument("--pitch", type=int)
    arguments.add_argument("--limit", type=float, default=60.0, help="seconds after which a stuck request ends it all")
    options = arguments.parse_args()
    answers = _private_stdout()
    guard = _Guard(options.limit)
    try:
        with guard:
            engine = Engine(options.voice, options.pitch)
    except Exception as error:  # noqa: BLE001 - whatever the system's speech engine raises, the parent must hear of it
        _answer(answers, {"error": str(error) or type(error).__name__})
        return
    _answer(answers, {"ready": True, "voice": engine.voice})
    for line in sys.stdin:
        try:
            with guard:
                reply = engine.perform(json.loads(line))
        except Exception as error:  # noqa: BLE001 - as above
            reply = {"error": str(error) or type(error).__name__}
        _answer(answers, reply)


def _private_stdout() -> TextIO:
    """The real standard output; what libraries print from now on goes nowhere."""
    real = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return real


def _answer(out: TextIO, reply: dict[str, Any]) -> None:
    out.write(json.dumps(reply) + "\n")
    out.flush()


class _Guard:
    """Ends the process when a request takes too long, so that no stuck child outlives a parent that was killed."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._timer: threading.Timer | None = None

    def __enter__(self) -> None:
        self._timer = threading.Timer(self._limit_s, os._exit, (3,))
        self._timer.daemon = True
        self._timer.start()

    def __exit__(self, *error: object) -> None:
        if self._timer is not None:
            self._timer.cancel()


class Engine:
    """pyttsx3, made to do one prompt at a time and to tell when it is done."""

    def __init__(self, voice: str | None, pitch: int | None) -> None:
        self._engine = _start()
        self._pitch = pitch
        self._finished = threading.Event()
        self._errors: list[str] = []
        self._settle, self._rate = _espeak_hooks()
        self._engine.connect("finished-utterance", lambda **_: self._finished.set())
        self._engine.connect("error", lambda **facts: self._errors.append(str(facts.get("exception", "it failed"))))
        self._voices = list(self._engine.getProperty("voices"))
        self._voice = _found(voice, self._voices) if voice else None
        self.voice = self._set(150)

    def perform(self, request: dict[str, Any]) -> dict[str, Any]:
        """Render {"text", "rate_wpm", "path"}, or with {"voices": true} list the voices."""
        if request.get("voices"):
            return {"voices": [voice.id for voice in self._voices], "english": _english_names(self._voices)}
        path = Path(request["path"])
        path.write_bytes(b"")  # raises here where it can't be written; inside pyttsx3 that would hang for ever
        self._set(int(request["rate_wpm"]))
        self._finished.clear()
        self._errors.clear()
        self._engine.save_to_file(request["text"], str(path))
        self._engine.runAndWait()
        # runAndWait may come back while the engine's own thread is still at work.
        self._finished.wait(30)
        self._settle()
        return {"error": self._errors[0]} if self._errors else {"ok": True}

    def _set(self, rate_wpm: int) -> str | None:
        """Set the voice (it resets the rate), then the rest, and see to it that the engine has taken it.

        Raises RuntimeError where it never does.
        """
        for _ in range(SET_ATTEMPTS):
            if self._voice:
                self._engine.setProperty("voice", self._voice)
            self._engine.setProperty("rate", rate_wpm)
            if self._pitch is not None:
                self._engine.setProperty("pitch", self._pitch)
            self._settle()
            if self._rate() in (None, rate_wpm):
                voice = self._engine.getProperty("voice")
                return str(voice) if voice else None
        raise RuntimeError("the speech engine does not take its rate")


def _found(wanted: str, voices: Sequence[Any]) -> str:
    """The id of the voice that has this id, this name, or this as a part of one; with its variant, as in "en+f3".

    Raises ValueError for one that this system hasn't: pyttsx3 ignores an unknown one without a word.
    """
    name, plus, variant = wanted.partition("+")
    part = name.strip().casefold()
    exact = [voice for voice in voices if part in _titles(voice)]
    fitting = exact or [voice for voice in voices if any(part in title for title in _titles(voice))]
    if part == "english":  # not in every name of one that speaks it
        fitting = [voice for voice in voices if _is_english(voice)]
    if not part or not fitting:
        names = _english_names(voices)
        some = f"; there are {', '.join(names[:NAMED_AT_MOST])}" if names else ""
        raise ValueError(f"there is no voice called {wanted}{some}")
    best = min(fitting, key=lambda voice: (not _is_english(voice), voice.id != USUAL_VOICE, len(voice.id)))
    return f"{best.id}{plus}{variant}"


def _titles(voice: Any) -> list[str]:
    """What a voice may be called."""
    return [str(title).casefold() for title in (voice.id, voice.name) if title]


def _is_english(voice: Any) -> bool:
    tags = [tag.decode(errors="replace") if isinstance(tag, bytes) else str(tag) for tag in voice.languages or ()]
    if tags:  # each system has a way of its own: "en-gb", "en_GB", or the same behind a byte that tells a rank
        return any(tag.lstrip("\x02\x05").lower().startswith("en") for tag in tags)
    return "english" in str(voice.name).lower()


def _english_names(voices: Sequence[Any]) -> list[str]:
    return sorted(str(voice.name) for voice in voices if _is_english(voice))


def _start() -> Any:
    """A pyttsx3 engine. Raises RuntimeError where the system has none to offer."""
    _load_espeak()
    try:
        import pyttsx3

        engine = pyttsx3.init()
        if sys.platform.startswith("linux"):
            # Until its first loop it counts as busy, and would hold settings back to have them cancelled then.
            engine.proxy.setBusy(False)
        return engine
    except (ImportError, OSError, RuntimeError) as error:
        if sys.platform.startswith("linux"):
            raise RuntimeError("espeak-ng is missing or broken") from error
        raise RuntimeError(f"this system's own voice does not start ({error})") from error


def _load_espeak() -> None:
    """On Linux, load the espeak-ng that came with the coach's own environment, where there is one."""
    if not sys.platform.startswith("linux"):
        return
    try:
        import espeakng_loader
    except ImportError:
        return
    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    # pyttsx3 asks for the library by its bare name, and is given the one that is loaded already.
    ctypes.CDLL(espeakng_loader.get_library_path(), ctypes.RTLD_GLOBAL)


def _nothing() -> None:
    return None


def _espeak_hooks() -> tuple[Callable[[], None], Callable[[], int | None]]:
    """What waits until espeak-ng has done what is in its queue, and what tells the rate it has now.

    Its queue runs in a thread of its own, and pyttsx3 cancels it unless it is empty: a new rate or the next prompt is
    lost then. On other systems there is nothing to wait for, and nothing to tell.
    """
    if not sys.platform.startswith("linux"):
        return _nothing, _nothing
    from pyttsx3.drivers import _espeak

    def settle() -> None:
        deadline = time.monotonic() + SETTLE_S
        while _espeak.IsPlaying() and time.monotonic() < deadline:
            time.sleep(0.001)

    def rate() -> int | None:
        # Not pyttsx3's own GetParameter: that one tells the default rate, whatever is set.
        return int(_espeak.dll.espeak_GetParameter(_espeak.RATE, 1))

    return settle, rate


if __name__ == "__main__":
    main()
