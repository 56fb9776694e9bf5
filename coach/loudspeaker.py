"""An output stream of the system's loudspeaker: opened as well as the device allows, and closed without waiting."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from coach import portaudio
from coach.noise import muffled

BLOCK_S = 0.02
LATENCY_S = 0.05
CLOSE_LIMIT_S = 1.0
LOOK_LIMIT_S = 3.0
FALLBACK_HZ = 16_000

Device = str | int | None
"""A name or part of one, or a number, as sounddevice takes it; None is the system's choice."""
Callbacks = Callable[[int], Callable[..., None]]
"""The callback of a stream at so many Hz."""


def open_stream(load: Callable[[], Any], device: Device, callbacks: Callbacks) -> tuple[Any, int]:
    """A running stream and its rate in Hz: the device's own rate, in mono where it can be.

    Raises PortAudio's own errors, and CoachError where there is no PortAudio.
    """
    with portaudio.lock, muffled():
        sounddevice = load()
        facts = sounddevice.query_devices(device, "output")
        own_rate_hz, most = round(facts["default_samplerate"]), int(facts["max_output_channels"])
        attempts = list(dict.fromkeys([(own_rate_hz, 1), (own_rate_hz, min(2, most)), (FALLBACK_HZ, 1)]))
        for rate_hz, channels in attempts[:-1]:
            with contextlib.suppress(sounddevice.PortAudioError):
                return _started(sounddevice, device, callbacks, rate_hz, channels), rate_hz
        rate_hz, channels = attempts[-1]
        return _started(sounddevice, device, callbacks, rate_hz, channels), rate_hz


def _started(sounddevice: Any, device: Device, callbacks: Callbacks, rate_hz: int, channels: int) -> Any:
    stream = sounddevice.OutputStream(
        samplerate=rate_hz,
        blocksize=round(rate_hz * BLOCK_S),  # never 0: PortAudio's own choice underruns
        device=device,
        channels=channels,
        dtype="float32",
        latency=LATENCY_S,
        callback=callbacks(rate_hz),
    )
    try:
        stream.start()
    except Exception:
        stream.close(ignore_errors=True)
        raise
    return stream


def close_stream(stream: Any) -> None:
    """Close it at once, whatever it still holds, and wait no longer than a moment for that."""

    def close() -> None:
        stream.abort(ignore_errors=True)
        stream.close(ignore_errors=True)

    portaudio.within(CLOSE_LIMIT_S, close)


def refresh_if_useful(device: Device) -> None:
    """Let PortAudio look for devices anew, where that disturbs no microphone in vain. Raises what PortAudio raises."""
    if not portaudio.in_use() or _another_process_could(device):
        with muffled():
            portaudio.refresh()


def _another_process_could(device: Device) -> bool:
    """Would a PortAudio that starts now find the loudspeaker?"""
    look = (
        "import sys, sounddevice as s; d = sys.argv[1]; d = int(d) if d.isdecimal() else d or None; "
        "s.check_output_settings(device=d, samplerate=s.query_devices(d, 'output')['default_samplerate'])"
    )
    command = [sys.executable, "-c", look, "" if device is None else str(device)]
    nowhere = subprocess.DEVNULL
    try:
        done = subprocess.run(command, timeout=LOOK_LIMIT_S, check=False, stdin=nowhere, stdout=nowhere, stderr=nowhere)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
