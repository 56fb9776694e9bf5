"""One continuous stream from a microphone, as mono 16-bit sound at 16 kHz."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from coach import portaudio
from coach.errors import CoachError
from coach.noise import muffled
from coach.recogniser import RATE_HZ
from coach.reference import Track, block_time_s
from coach.soundness import Flow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK_S = 0.02
LATENCY_S = 0.05
BACKLOG_LIMIT_S = 10.0
"""How much sound waits for a reader that is late, for one still loading its model above all."""
NO_FRAMES_S = 2.0
FIRST_FRAMES_S = 5.0
"""A stream may take this long to begin: a wireless headset first changes over to its microphone."""


class MicrophoneLostError(CoachError):
    """No sound comes, or none can; the text is a sentence part, such as "the microphone was unplugged"."""


class Source(Protocol):
    """Something to listen to."""

    dropped: int
    """Pieces of sound lost so far because nobody read them in time."""
    trouble: str | None
    """What keeps words from being heard in what comes, as the end of a sentence, or None."""
    place: int
    """Where the piece that was read last begins, in samples on the line of time of `reference`."""

    def open(self) -> None:
        """Begin. Raises MicrophoneLostError."""

    def read(self, timeout_s: float) -> bytes:
        """The next piece of 16 kHz mono 16-bit sound, or nothing in that time. Raises MicrophoneLostError."""

    def backlog_s(self) -> float:
        """How far behind the reader is, in seconds of sound."""

    def close(self) -> None:
        """End; may be called twice, and is followed by ``open`` to begin again."""


class Converter:
    """Turns a stream at any rate, with any number of channels, into mono 16-bit sound at 16 kHz, piece by piece."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._channels = channels
        self._resampler: Any = None
        if rate_hz != RATE_HZ:
            import soxr

            self._resampler = soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32")

    def convert(self, frames: NDArray[np.float32], last: bool = False) -> bytes:
        """``frames`` is (n, channels), -1.0 to 1.0; the answer may be shorter or longer than that piece was."""
        import numpy as np

        mono = frames[:, 0] if self._channels == 1 else frames.mean(axis=1, dtype=np.float32)
        if self._resampler is not None:
            mono = self._resampler.resample_chunk(np.ascontiguousarray(mono), last=last)
        return bytes(np.clip(np.rint(mono * 32768.0), -32768, 32767).astype("<i2").tobytes())

    def convert_pcm(self, pcm16: bytes) -> bytes:
        """The same for interleaved 16-bit samples."""
        import numpy as np

        frames = np.frombuffer(pcm16, dtype=np.int16).astype(np.float32) / np.float32(32768.0)
        return self.convert(frames.reshape(-1, self._channels))


class Microphone:
    """A sounddevice input stream from ``open`` to ``close``, at 16 kHz where the device allows it.

    ``open``, ``read`` and ``close`` belong to one thread. The callback only copies into a queue; where that is full
    the oldest sound goes, for what is being said now matters most.
    """

    def __init__(
        self,
        device: str | int | None = None,
        *,
        load: Callable[[], Any] = portaudio.load,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``device`` is a name or part of one, or a number, as sounddevice takes it; None is the system's choice."""
        self._device = device
        self._load = load
        self._clock = clock
        self._stream: Any = None
        self._converter = Converter(RATE_HZ, 1)
        self._blocks: queue.Queue[tuple[bytes, float]] = queue.Queue(maxsize=int(BACKLOG_LIMIT_S / BLOCK_S))
        self._track = Track()
        self._flow = Flow()
        self._seen_overflows = 0
        self._bytes_per_s = 2 * RATE_HZ
        self._opening = 0
        """Which stream is ours: an old one that took long to close may still call."""
        self._frames_by = 0.0
        self._ended = False
        self._failures = 0
        self.dropped = 0
        self.place = 0
        self.trouble: str | None = None
        self.overflows = 0
        """Times the system itself has lost sound before it reached the coach."""

    def open(self) -> None:
        """See Source. After repeated failures PortAudio looks for devices anew, where that disturbs nobody in vain."""
        self.close()
        try:
            sounddevice = self._load()
            if self._failures > 1 and (not portaudio.in_use() or self._another_process_could()):
                portaudio.refresh()
            with portaudio.lock, muffled():
                self._open(sounddevice)
        except CoachError as error:
            self._failures += 1
            raise MicrophoneLostError("the sound library PortAudio is missing") from error
        except Exception as error:  # PortAudio and each of its hosts have errors of their own
            self._failures += 1
            self.close()
            raise MicrophoneLostError(self._why_closed()) from error

    def read(self, timeout_s: float) -> bytes:
        """See Source."""
        try:
            block, at_s = self._blocks.get(timeout=timeout_s)
        except queue.Empty:
            if self._stream is None or self._ended or self._clock() >= self._frames_by:
                self._failures += 1
                raise MicrophoneLostError("no more sound comes from the microphone") from None
            return b""
        self._frames_by = self._clock() + NO_FRAMES_S
        self._failures = 0
        after_gap = self.overflows != self._seen_overflows
        if after_gap:
            self._seen_overflows = self.overflows
            self._flow.pause()
        self.trouble = self._flow.trouble(block, len(block) / self._bytes_per_s, at_s)
        sound = self._converter.convert_pcm(block)
        if sound:  # another rate comes in larger pieces, with nothing in between
            self.place = self._track.place(at_s, len(sound) // 2, after_gap)
        return sound

    def backlog_s(self) -> float:
        """See Source."""
        return self._blocks.qsize() * BLOCK_S

    def close(self) -> None:
        """See Source."""
        with portaudio.lock:
            stream, self._stream = self._stream, None
            portaudio.closed(self)
            if stream is not None:
                portaudio.close_stream(stream)
        while not self._blocks.empty():
            self._blocks.get_nowait()

    def release(self) -> None:
        """See portaudio.StreamOwner."""
        self._ended = True
        stream, self._stream = self._stream, None
        if stream is not None:
            portaudio.close_stream(stream)

    def _open(self, sounddevice: Any) -> None:
        device = sounddevice.query_devices(self._device, "input")
        own_rate_hz = round(device["default_samplerate"])
        both = min(2, int(device["max_input_channels"]))
        attempts = dict.fromkeys([(RATE_HZ, 1), (own_rate_hz, 1), (own_rate_hz, both)])
        for number, (rate_hz, channels) in enumerate(attempts, start=1):
            try:
                self._start(sounddevice, rate_hz, channels)
                return
            except sounddevice.PortAudioError:
                if number == len(attempts):
                    raise

    def _start(self, sounddevice: Any, rate_hz: int, channels: int) -> None:
        self._ended = False
        self._opening += 1
        opening = self._opening
        stream = sounddevice.RawInputStream(
            samplerate=rate_hz,
            blocksize=round(rate_hz * BLOCK_S),
            device=self._device,
            channels=channels,
            dtype="int16",
            latency=LATENCY_S,
            callback=lambda *given: self._callback(opening, *given),
            finished_callback=lambda: self._finished(opening),
        )
        try:
            self._converter = Converter(rate_hz, channels)
            self._bytes_per_s = 2 * channels * rate_hz
            self._flow.restart()
            self._frames_by = self._clock() + FIRST_FRAMES_S
            stream.start()
        except Exception:
            portaudio.close_stream(stream)
            raise
        self._stream = stream
        portaudio.opened(self)

    def _callback(self, opening: int, indata: Any, _frames: int, times: Any, status: Any) -> None:
        if opening != self._opening:
            return
        if status:
            self.overflows += 1
        block = bytes(indata), block_time_s(times, "inputBufferAdcTime", -LATENCY_S, self._clock)
        try:
            self._blocks.put_nowait(block)
        except queue.Full:
            self.dropped += 1
            with contextlib.suppress(queue.Empty):
                self._blocks.get_nowait()
            with contextlib.suppress(queue.Full):
                self._blocks.put_nowait(block)

    def _finished(self, opening: int) -> None:
        self._ended = self._ended or opening == self._opening

    def _why_closed(self) -> str:
        if self._device is None:
            return "no microphone was found"
        return f"the microphone {str(self._device)!r} was not found"

    def _another_process_could(self) -> bool:
        """Would a PortAudio that starts now open the microphone? Then, and only then, starting ours again may help."""
        look = (
            "import sys, sounddevice as s; d = sys.argv[1]; d = int(d) if d.isdecimal() else d or None; "
            "s.check_input_settings(device=d, samplerate=s.query_devices(d, 'input')['default_samplerate'])"
        )
        name = "" if self._device is None else str(self._device)
        command = [sys.executable, "-c", look, name]
        none = subprocess.DEVNULL
        try:
            looked = subprocess.run(command, timeout=10, check=False, stdin=none, stdout=none, stderr=none)
            return looked.returncode == 0
        except (OSError, subprocess.TimeoutExpired):
            return False
