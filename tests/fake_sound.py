"""A stand-in for the sounddevice module: streams whose callbacks are called by hand, so that no time passes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from coach.clips import Clip, encode
from coach.errors import CoachError
from coach.renderer import words_in

RATE_HZ = 16_000


class FakeStream:
    """An output stream; ``pump`` plays the part of the sound card."""

    def __init__(self, callback: Callable[..., None], samplerate: int, channels: int, **_: Any) -> None:
        self.callback, self.samplerate, self.channels = callback, samplerate, channels
        self.latency = 0.06
        self.active = False
        self.closed = False
        self.aborts = 0
        self.played: list[Any] = []

    def start(self) -> None:
        self.active = True

    def abort(self, ignore_errors: bool = True) -> None:
        self.active = False
        self.aborts += 1

    def close(self, ignore_errors: bool = True) -> None:
        self.active = False
        self.closed = True

    def pump(self, frames: int = 320) -> Any:
        """One block; returns what would be heard, shape (frames,)."""
        block = np.full((frames, self.channels), np.nan, np.float32)
        self.callback(block, frames, None, None)
        self.played.append(block[:, 0].copy())
        return block[:, 0]


class FakeSound:
    """The module: ``broken`` makes every opening fail."""

    class PortAudioError(Exception):
        pass

    def __init__(self, rate_hz: int = RATE_HZ, refuses_mono: bool = False) -> None:
        self.rate_hz, self.refuses_mono, self.broken = rate_hz, refuses_mono, False
        self.streams: list[FakeStream] = []
        self.asked: list[dict[str, Any]] = []

    def load(self) -> FakeSound:
        return self

    def query_devices(self, device: Any, kind: str) -> dict[str, Any]:
        if self.broken:
            raise self.PortAudioError("Error querying device -1 [PaErrorCode -9996]")
        return {"default_samplerate": float(self.rate_hz), "max_output_channels": 2}

    def OutputStream(self, **facts: Any) -> FakeStream:
        self.asked.append(facts)
        if self.refuses_mono and facts["channels"] == 1:
            raise self.PortAudioError("Invalid number of channels")
        self.streams.append(FakeStream(**facts))
        return self.streams[-1]

    def _terminate(self) -> None:
        pass

    def _initialize(self) -> None:
        pass

    @property
    def stream(self) -> FakeStream:
        return self.streams[-1]


class FakeRenderer:
    """Makes a tone of a tenth of a second a word, in no time; ``fails`` makes it raise."""

    name = "fake"
    voice = "one"

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.fails = False
        self.closed = False

    def render(self, text: str, rate_wpm: int, path: Path) -> None:
        self.asked.append((text, rate_wpm))
        if self.fails:
            raise CoachError("The voice could not say something.")
        seconds = 0.1 * words_in(text) * 150 / rate_wpm
        path.write_bytes(encode(tone(seconds)))

    def close(self) -> None:
        self.closed = True


def tone(seconds: float, level: float = 0.5, rate_hz: int = RATE_HZ) -> Clip:
    """A sound that is nowhere zero for long."""
    at_s = np.arange(round(seconds * rate_hz)) / rate_hz
    return Clip((level * np.sign(np.sin(2 * np.pi * 400 * at_s + 0.1))).astype(np.float32), rate_hz)
