"""Stands in for the ``sounddevice`` module, with the devices of a simulated room."""

from __future__ import annotations

from typing import Any

from bench.simulated_devices import (
    Device,
    PortAudioError,
    SimulatedLoudspeaker,
    SimulatedMicrophone,
    SimulatedStream,
)


class SimulatedSound:
    """The module."""

    PortAudioError = PortAudioError

    def __init__(self, loudspeaker: SimulatedLoudspeaker, microphone: SimulatedMicrophone) -> None:
        self._loudspeaker, self._microphone = loudspeaker, microphone

    def load(self) -> SimulatedSound:
        """What the player and the microphone are given."""
        return self

    def query_devices(self, device: Any = None, kind: str | None = None) -> Any:
        """The facts of one device, or of both."""
        if kind is None:
            return [self.query_devices(None, each) for each in ("output", "input") if not self._of(each).has("removed")]
        found = self._of(kind)
        if found.has("removed") or found.stale:
            raise self.PortAudioError("Error querying device -1 [PaErrorCode -9996]")
        output = kind == "output"
        return {
            "name": f"simulated {found.name}",
            "default_samplerate": float(found.rate_hz),
            "max_output_channels": 2 * output,
            "max_input_channels": 1 - output,
        }

    def OutputStream(self, **facts: Any) -> SimulatedStream:
        """Opens the loudspeaker."""
        return self._opened(self._loudspeaker, facts)

    def InputStream(self, **facts: Any) -> SimulatedStream:
        """Opens the microphone."""
        return self._opened(self._microphone, facts)

    RawInputStream = InputStream

    def is_there(self, kind: str) -> bool:
        """Whether "output" or "input" could be opened."""
        return not self._of(kind).has("removed")

    def _of(self, kind: str) -> Device:
        return self._loudspeaker if kind == "output" else self._microphone

    def _opened(self, device: Device, facts: dict[str, Any]) -> SimulatedStream:
        if device.has("removed") or device.stale:
            raise self.PortAudioError("Device unavailable [PaErrorCode -9985]")
        if device.only_own_rate and round(facts["samplerate"]) != device.rate_hz:
            raise self.PortAudioError("Invalid sample rate [PaErrorCode -9997]")
        return SimulatedStream(device, facts)

    def _terminate(self) -> None:
        """As PortAudio's: nothing to be done."""

    def _initialize(self) -> None:
        """As PortAudio's: the devices are looked for anew."""
        for device in (self._loudspeaker, self._microphone):
            device.stale = False
