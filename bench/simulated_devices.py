"""A loudspeaker and a microphone on virtual time, with their streams and their faults.

Nothing here waits. The room calls ``emit`` and ``capture`` for each 20 ms; these call the streams' callbacks.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.acoustics import RATE_HZ, STEP, Rate, Sound

Clock = Callable[[], float]
FOR_EVER = float("inf")


class PortAudioError(Exception):
    """As sounddevice's."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong with a device."""

    at_s: float
    device: str
    """"microphone" or "loudspeaker"."""
    kind: str
    """What goes wrong.

    "no frames": the stream is open and nothing comes or goes. "frozen": the last 20 ms over and over. "zeros": digital
    silence. "removed": the stream ends, and none can be opened. "rate": the stream ends, and the device now has
    ``value`` Hz and no other rate. "changed": the same, and PortAudio must start again to find it. "held": nothing
    comes, and then all of it at once, as on a busy computer. "speed": ``value`` times as many samples a second as it
    says. "jump": sound comes ``value`` seconds later from now on, and the time stamps don't tell. "gain": louder by
    ``value`` dB.
    """
    until_s: float = FOR_EVER
    value: float = 0.0

    def holds(self, now: float) -> bool:
        """Whether it is so now."""
        return self.at_s <= now + 1e-9 and now < self.until_s


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """One of the two devices, as it is bought."""

    rate_hz: int = 48_000
    only_own_rate: bool = False
    latency_s: float = 0.06
    """Between the callback and the sound; the time stamps tell it."""
    drift_ppm: float = 0.0
    """How much faster its clock runs."""


@dataclass(slots=True)
class StreamTime:
    """As PortAudio tells a callback."""

    inputBufferAdcTime: float = 0.0
    currentTime: float = 0.0
    outputBufferDacTime: float = 0.0


class SimulatedStream:
    """What both directions have in common; as sounddevice's streams."""

    def __init__(self, device: Device, facts: dict[str, Any]) -> None:
        self.device = device
        self.samplerate = float(facts["samplerate"])
        self.channels = int(facts.get("channels") or 1)
        self.blocksize = int(facts.get("blocksize") or round(self.samplerate * 0.01))
        self.dtype = facts.get("dtype", "float32")
        self.callback = facts["callback"]
        self.finished_callback = facts.get("finished_callback")
        self.latency = device.facts.latency_s
        self.active = self.closed = False

    def start(self) -> None:
        """Begin; raises PortAudioError where the device has gone."""
        if self.closed or self.device.has("removed"):
            raise self.device.error("Device unavailable [PaErrorCode -9985]")
        self.active = True
        self.device.started(self)

    def abort(self, ignore_errors: bool = True) -> None:
        """End now; what the device still holds is thrown away."""
        self.active = False
        self.device.stopped(self)

    stop = abort

    def close(self, ignore_errors: bool = True) -> None:
        """End for good."""
        self.abort()
        self.closed = True

    def finish(self) -> None:
        """The device has ended it."""
        self.active = False
        if self.finished_callback is not None:
            self.finished_callback()

    @property
    def time(self) -> float:
        """The stream's clock."""
        return self.device.time


class Device:
    """Either of them: its one stream, its faults and its clock."""

    def __init__(self, name: str, facts: DeviceFacts, faults: tuple[Fault, ...], clock: Clock, epoch_s: float) -> None:
        self.name, self.facts, self._clock, self._epoch_s = name, facts, clock, epoch_s
        self._faults = [fault for fault in faults if fault.device == name]
        self.stream: SimulatedStream | None = None
        self.rate_hz, self.only_own_rate = facts.rate_hz, facts.only_own_rate
        self.stale = False
        """Whether PortAudio's list of devices is older than this one."""
        self.opened = 0
        """How many streams there have been."""
        self.cpu_s = 0.0
        """Processor time of the callbacks."""
        self._rate = Rate(1, 1)
        self._speed = 1.0
        self._due = 0.0
        self._line = np.zeros(0, np.float32)
        """Sound inside the device, at 16 kHz."""
        self._last: Sound = np.zeros(STEP, np.float32)

    def error(self, why: str) -> Exception:
        """The module's own kind of error."""
        return PortAudioError(why)

    @property
    def time(self) -> float:
        """PortAudio's clock, which need not begin where the program's does."""
        return self._clock() + self._epoch_s

    def fault(self, kind: str) -> Fault | None:
        """The fault of that kind that holds now."""
        return next((fault for fault in self._faults if fault.kind == kind and fault.holds(self._clock())), None)

    def has(self, kind: str) -> bool:
        """Whether such a fault holds now."""
        return self.fault(kind) is not None

    def value(self, kind: str, usual: float) -> float:
        """How strong the fault of that kind is now."""
        fault = self.fault(kind)
        return fault.value if fault else usual

    def started(self, stream: SimulatedStream) -> None:
        """A stream of this device begins."""
        self.stream = stream
        self.opened += 1
        self._due = self._clock()
        self._speed = self.value("speed", 1.0)
        self._begin(stream)

    def stopped(self, stream: SimulatedStream) -> None:
        """A stream of this device ends."""
        if stream is self.stream:
            self.stream = None
            self._line = np.zeros(0, np.float32)

    def call(self, stream: SimulatedStream, block: Any, times: StreamTime) -> None:
        """Call the stream's callback."""
        began = time.process_time()
        stream.callback(block, stream.blocksize, times, None)
        self.cpu_s += time.process_time() - began

    def _begin(self, stream: SimulatedStream) -> None:
        raise NotImplementedError

    def true_hz(self, stream: SimulatedStream) -> float:
        """How many samples a second it really takes or gives."""
        return stream.samplerate * self._speed * (1 + self.facts.drift_ppm * 1e-6)

    def watch(self) -> SimulatedStream | None:
        """The stream that runs now, after whatever fault has come."""
        changed = self.fault("changed")
        rate_hz = int(changed.value if changed else self.value("rate", self.rate_hz))
        self.stale = self.stale or bool(changed and rate_hz != self.rate_hz)
        ended = self.has("removed") or (rate_hz != self.rate_hz)
        if rate_hz != self.rate_hz:
            self.rate_hz, self.only_own_rate = rate_hz, True
        stream = self.stream
        if stream is not None and ended:
            self.stopped(stream)
            stream.finish()
        elif stream is not None and stream.active:
            speed = self.value("speed", 1.0)
            if speed != self._speed:
                self._speed = speed
                self._begin(stream)
            return stream
        return None


class SimulatedLoudspeaker(Device):
    """Asks for sound, and lets it out after its latency."""

    def _begin(self, stream: SimulatedStream) -> None:
        self._rate = Rate(self.true_hz(stream), RATE_HZ)
        self._line = np.zeros(round(self.facts.latency_s * RATE_HZ), np.float32)

    def emit(self) -> Sound:
        """What comes out in the next 20 ms."""
        stream = self.watch()
        now = self._clock()
        while stream is not None and stream.active and not self.has("no frames") and self._due <= now + 1e-9:
            self._due += stream.blocksize / self.true_hz(stream)
            inside_s = (len(self._line) + self._rate.held) / RATE_HZ
            block = np.full((stream.blocksize, stream.channels), np.nan, np.float32)
            self.call(stream, block, StreamTime(0.0, self.time, self.time + inside_s))
            if stream is self.stream:
                self._line = np.concatenate([self._line, self._rate.take(block[:, 0])])
        if self.has("no frames"):
            self._due = now
        out, self._line = self._line[:STEP], self._line[STEP:]
        if len(out) < STEP:
            out = np.concatenate([out, np.zeros(STEP - len(out), np.float32)])
        if self.has("frozen"):
            return self._last
        self._last = out
        return np.zeros(STEP, np.float32) if self.has("zeros") else np.clip(out, -1.0, 1.0)


class SimulatedMicrophone(Device):
    """Takes in the sound of the room, and gives it after its latency."""

    def _begin(self, stream: SimulatedStream) -> None:
        self._rate = Rate(RATE_HZ, self.true_hz(stream))
        self._line = np.zeros(0, np.float32)

    def capture(self, sound: Sound) -> None:
        """The last 20 ms of the room; called at their end."""
        stream = self.watch()
        if stream is None:
            return
        if self.has("frozen"):
            sound = self._last
        self._last = sound
        if self.has("zeros"):
            sound = np.zeros_like(sound)
        self._line = np.concatenate([self._line, self._rate.take(sound)])
        kept = round(self.facts.latency_s * self.true_hz(stream))
        while (
            not self.has("held")
            and stream.active
            and stream is self.stream
            and len(self._line) >= kept + stream.blocksize
        ):
            begun_s = (len(self._line) + self._rate.held) / self.true_hz(stream)
            block, self._line = self._line[: stream.blocksize], self._line[stream.blocksize :]
            if not self.has("no frames"):
                times = StreamTime(self.time - begun_s, self.time, 0.0)
                self.call(stream, self._as_asked(stream, block), times)

    @staticmethod
    def _as_asked(stream: SimulatedStream, block: Sound) -> Any:
        frames = np.repeat(block[:, None], stream.channels, axis=1)
        if stream.dtype == "int16":
            whole = np.clip(np.rint(frames * 32768), -32768, 32767).astype(np.int16)
            return memoryview(whole.tobytes())
        return frames
