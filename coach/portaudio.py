"""PortAudio, shared by the microphone and the loudspeaker.

PortAudio reads its list of devices once, when it starts. To see a device that was plugged in since, it must be
started again, and that ends every open stream: so whoever opens one says so here and closes it when asked.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
from collections.abc import Callable
from typing import Any, Protocol

from coach.errors import CoachError

CLOSE_LIMIT_S = 1.0


class StreamOwner(Protocol):
    """Someone with an open stream."""

    def release(self) -> None:
        """Close the stream now, from another thread; called with ``lock`` held. Open it again as after any loss."""


lock = threading.RLock()
"""Held while a stream is opened or closed, and while PortAudio starts again."""

_owners: list[StreamOwner] = []
_busy: list[threading.Thread] = []
"""What is still being done with streams that do not answer."""


def load() -> Any:
    """The sounddevice module. Raises CoachError where PortAudio, or sounddevice itself, is missing or broken."""
    try:
        with lock:
            if "sounddevice" not in sys.modules:
                _quieten_alsa()
            import sounddevice
    except (ImportError, OSError) as error:
        raise CoachError(
            "The sound library PortAudio can't be used, so nothing can be heard or played; "
            "install it (on Debian or Ubuntu: sudo apt install libportaudio2)."
        ) from error
    return sounddevice


def _quieten_alsa() -> None:
    """Let ALSA tell its troubles to nobody: it prints them among the captions, whenever a sound comes late."""
    if not sys.platform.startswith("linux"):
        return
    # Where there is no ALSA, it prints nothing either.
    with contextlib.suppress(OSError, AttributeError):
        alsa = ctypes.CDLL("libasound.so.2")
        # A function of C that changes nothing: one of Python's would have the sound's own thread wait for Python.
        alsa.snd_lib_error_set_handler(ctypes.CDLL(None).labs)


def plain(error: Exception, what: str = "loudspeaker") -> str:
    """Why a device can't be used, as the end of a sentence: in plain words, or in PortAudio's on one line."""
    said = str(error).split(" [PaErrorCode")[0].replace("\n", " ") or type(error).__name__
    if "querying device" in said:
        return f"no {what} was found"
    wanted = said.partition("matching ")[2].strip("'\"")
    if wanted and said.startswith("No "):
        return f'no {what} is called "{wanted}"'
    return said


def opened(owner: StreamOwner) -> None:
    """``owner`` has opened a stream; it must be ready for ``release``."""
    with lock:
        if owner not in _owners:
            _owners.append(owner)


def closed(owner: StreamOwner) -> None:
    """``owner`` has closed its stream."""
    with lock:
        if owner in _owners:
            _owners.remove(owner)


def within(limit_s: float, call: Callable[[], object]) -> bool:
    """Do it in a thread that may be left behind; whether it was done in time.

    What is asked of the stream of a dead device can take for ever. Errors are no news: such a stream is let go.
    """

    def work() -> None:
        with contextlib.suppress(Exception):
            call()

    thread = threading.Thread(target=work, name="stream", daemon=True)
    thread.start()
    thread.join(limit_s)
    with lock:
        _busy[:] = [other for other in (*_busy, thread) if other.is_alive()]
    return not thread.is_alive()


def close_stream(stream: Any) -> None:
    """Close it, and wait no longer than a moment for that."""
    within(CLOSE_LIMIT_S, lambda: stream.close(ignore_errors=True))


def in_use() -> bool:
    """Would ``refresh`` end a stream?"""
    return bool(_owners)


def refresh() -> None:
    """Close every stream and start PortAudio again, so that its list of devices is true.

    It goes on as it was where a stream can't be closed, for PortAudio must not end under it. Raises
    whatever sounddevice raises where PortAudio does not start again.
    """
    sounddevice = load()
    with lock:
        owners = _owners.copy()
        _owners.clear()
        for owner in owners:
            owner.release()
        if not any(thread.is_alive() for thread in _busy):
            sounddevice._terminate()
            sounddevice._initialize()
