"""Sound in a room, sample by sample: a small loudspeaker, the way through the air, a microphone. Only numpy.

All sound is float32 of shape (n,) at 16 kHz, 1.0 being full scale at the loudspeaker's input or the microphone's
output. Levels are the root mean square of the spoken parts, in dB below full scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
STEP = 320
"""Samples that are worked on at once: 20 ms."""
SOUND_M_S = 343.0
FRAME = 160
"""Samples that a level is judged by: 10 ms."""

_HALF, _PHASES = 24, 128

Sound = NDArray[np.float32]


def db(ratio: float) -> float:
    """An amplitude ratio in decibels."""
    return float(20 * np.log10(max(ratio, 1e-12)))


def ratio(decibels: float) -> float:
    """Decibels as an amplitude ratio."""
    return float(10 ** (decibels / 20))


def frames_rms(sound: Sound) -> NDArray[np.float64]:
    """The root mean square of each whole 10 ms."""
    whole = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    rms: NDArray[np.float64] = np.sqrt(np.mean(np.square(whole), axis=1))
    return rms


def spoken_rms(sound: Sound) -> float:
    """How loud the spoken parts are: pauses, 25 dB below the loudest 10 ms or more, do not count."""
    rms = frames_rms(sound)
    if not rms.size or not rms.max():
        return 0.0
    spoken = rms[rms > rms.max() * ratio(-25)]
    return float(np.sqrt(np.mean(np.square(spoken))))


def spoken_span(sound: Sound, below_db: float = 25.0, longest_gap_s: float = float("inf")) -> tuple[int, int]:
    """From which to which sample somebody speaks: between the first and the last 10 ms that are loud enough.

    Only what is around the loudest 10 ms counts, without gaps longer than ``longest_gap_s``.
    """
    rms = frames_rms(sound)
    loud = np.flatnonzero(rms > (rms.max() if rms.size else 0.0) * ratio(-below_db))
    if not loud.size:
        return 0, 0
    parts = np.split(loud, np.flatnonzero(np.diff(loud) * FRAME > longest_gap_s * RATE_HZ) + 1)
    around = next(part for part in parts if int(rms.argmax()) in part)
    return int(around[0]) * FRAME, (int(around[-1]) + 1) * FRAME


class Filter:
    """A finite response, applied piece by piece."""

    def __init__(self, response: Sound) -> None:
        self._size = 1 << (len(response) + STEP - 1).bit_length()
        self._response = np.fft.rfft(response, self._size)
        self._tail = np.zeros(self._size, np.float64)
        self._left = 0
        """How many samples of the tail can still be anything but zero."""
        self._length = len(response)

    def take(self, sound: Sound) -> Sound:
        """The next piece, of at most 20 ms; the answer is as long."""
        count = len(sound)
        if np.any(sound):
            self._tail += np.fft.irfft(np.fft.rfft(sound, self._size) * self._response, self._size)
            self._left = self._length + count
        if self._left <= 0:
            return np.zeros(count, np.float32)
        out = self._tail[:count].astype(np.float32)
        self._tail[:-count] = self._tail[count:]
        self._tail[-count:] = 0
        self._left -= count
        return out


@dataclass(frozen=True, slots=True)
class Loudspeaker:
    """A small one: little below 180 Hz, and it bends what is loud."""

    high_pass_hz: float = 180.0
    drive: float = 2.0
    """How far it bends: 0 for not at all. The coach's voice is 34 dB above its distortion with 1, 23 dB with 2, 16 dB
    with 3.5, which is a poor one turned up."""

    def filter(self) -> Filter:
        """What it does to frequencies."""
        return Filter(high_pass(self.high_pass_hz))

    def bent(self, sound: Sound) -> Sound:
        """What it does to loud parts."""
        if not self.drive:
            return sound
        return (np.tanh(self.drive * sound) / self.drive).astype(np.float32)


def high_pass(edge_hz: float, length: int = 511) -> Sound:
    """A linear-phase high-pass, cut so that it begins with its middle: no delay worth speaking of."""
    at_hz = np.fft.rfftfreq(2 * length, 1 / RATE_HZ)
    gain = 1 / np.sqrt(1 + (edge_hz / np.maximum(at_hz, 1.0)) ** 4)
    # Of minimum phase, as a box with a cone in it is: by the logarithm's own way round.
    folded = np.fft.irfft(np.log(np.maximum(gain, 1e-4)))
    folded[1:length] *= 2
    folded[length + 1 :] = 0
    response = np.fft.irfft(np.exp(np.fft.rfft(folded)))[:length]
    return response.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Shoebox:
    """A room with six walls that reflect alike."""

    size_m: tuple[float, float, float] = (5.2, 4.1, 2.5)
    rt60_s: float = 0.4
    """How long a sound takes to fall by 60 dB."""

    def response(self, source_m: tuple[float, float, float], ear_m: tuple[float, float, float]) -> Sound:
        """From a place to another, the direct sound of one metre's distance being 1; by mirrored sources."""
        length_s = min(self.rt60_s, 0.4)
        walls_m2 = 2 * sum(self.size_m[i] * self.size_m[j] for i, j in ((0, 1), (0, 2), (1, 2)))
        absorbed = 1 - np.exp(-0.161 * float(np.prod(self.size_m)) / (walls_m2 * max(self.rt60_s, 0.05)))
        distance, bounces = np.zeros(1), np.zeros(1)
        for size, at, ear in zip(self.size_m, source_m, ear_m, strict=True):
            n = np.arange(-int(length_s * SOUND_M_S / (2 * size)) - 1, int(length_s * SOUND_M_S / (2 * size)) + 2)
            away = np.concatenate([2 * n * size + at - ear, 2 * n * size - at - ear])
            hits = np.concatenate([2 * np.abs(n), np.abs(n) + np.abs(n - 1)])
            distance = (distance[:, None] + away[None, :] ** 2).ravel()
            bounces = (bounces[:, None] + hits[None, :]).ravel()
            near = distance < (length_s * SOUND_M_S) ** 2
            distance, bounces = distance[near], bounces[near]
        distance = np.sqrt(distance)
        gain = np.sqrt(1 - absorbed) ** bounces / np.maximum(distance, 0.05)
        # The direct sound comes at once: how far away it is belongs to the delay, which is chosen apart.
        place = (distance - distance.min()) / SOUND_M_S * RATE_HZ
        below = place.astype(int)
        response = np.zeros(below.max() + 2)
        np.add.at(response, below, gain * (1 - place + below))
        np.add.at(response, below + 1, gain * (place - below))
        # Mirrors alone ring longest between the far walls; furniture does not let them.
        too_long = 1 / self.rt60_s - 1 / max(rt60_s(response), self.rt60_s)
        response *= 10 ** (-3 * too_long * np.arange(len(response)) / RATE_HZ)
        return response.astype(np.float32)


def rt60_s(response: NDArray[Any]) -> float:
    """How long a room takes to fall silent by 60 dB, judged by its fall from 5 to 25 dB below."""
    left = np.cumsum(np.square(response, dtype=np.float64)[::-1])[::-1]
    fallen = 10 * np.log10(left / left[0] + 1e-12)
    return float(np.argmax(fallen < -25) - np.argmax(fallen < -5)) * 3 / RATE_HZ


def from_direct(response: Sound) -> Sound:
    """A measured response from just before its direct sound on, the loudest sample being 1."""
    start = max(0, int(np.abs(response).argmax()) - 8)
    return (response[start:] / np.abs(response).max()).astype(np.float32)


def nearer(response: Sound, times: float) -> Sound:
    """The same room heard from so many times less far away: a louder direct sound, the same reverberation."""
    closer = response.copy()
    closer[: round(0.0025 * RATE_HZ)] *= times
    return closer


def through(sound: Sound, response: Sound) -> Sound:
    """A whole sound in a room, with what rings on afterwards."""
    size = 1 << (len(sound) + len(response) - 1).bit_length()
    rung = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size), size)
    return rung[: len(sound) + len(response) - 1].astype(np.float32)


def speech_like(chance: np.random.Generator, length: int) -> Sound:
    """Noise with the long-term spectrum of speech: flat to 500 Hz, then 9 dB less an octave; unit level."""
    spectrum = np.fft.rfft(chance.standard_normal(length))
    at_hz = np.fft.rfftfreq(length, 1 / RATE_HZ)
    spectrum *= np.where(at_hz < 80, 0, np.minimum(1.0, (500 / np.maximum(at_hz, 1.0)) ** 1.5))
    noise = np.fft.irfft(spectrum, length)
    return (noise / noise.std()).astype(np.float32)


def pink(chance: np.random.Generator, length: int) -> Sound:
    """Noise with 3 dB less an octave; unit level."""
    spectrum = np.fft.rfft(chance.standard_normal(length))
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(length, 1 / RATE_HZ), 20.0))
    noise = np.fft.irfft(spectrum, length)
    return (noise / noise.std()).astype(np.float32)


class AutomaticGain:
    """A microphone that turns itself up and down: towards a level, quickly down, slowly up."""

    def __init__(self, level_dbfs: float = -20.0, most_db: float = 20.0) -> None:
        self._level, self._most = ratio(level_dbfs), ratio(most_db)
        self._gain = 1.0

    def take(self, sound: Sound) -> Sound:
        """The next 20 ms."""
        rms = float(np.sqrt(np.mean(np.square(sound)))) if len(sound) else 0.0
        if rms > 1e-4:
            wanted = min(self._most, max(1 / self._most, self._level / rms))
            self._gain += (wanted - self._gain) * (0.2 if wanted < self._gain else 0.01)
        return (sound * np.float32(self._gain)).astype(np.float32)


class Rate:
    """Turns sound at one rate into sound at another, piece by piece; it passes through where they are the same.

    By interpolation with a windowed sinc, so that the rates can differ by a millionth, and what has gone in comes out
    within a millisecond or two: soxr's stream keeps a tenth of a second for such ratios.
    """

    def __init__(self, from_hz: float, to_hz: float) -> None:
        self._step = from_hz / to_hz
        self._taken = self._given = 0
        self._same = abs(self._step - 1) < 1e-9
        self._half = round(_HALF * max(1.0, self._step))
        self._table = _interpolation(self._half, min(1.0, 1 / self._step))
        self._kept = np.zeros(self._half - 1, np.float32)
        """From ``half - 1`` samples before the next place on."""
        self._place = 0.0
        """Where the next sample lies, from that place on."""
        self._whole = np.zeros(0, int)
        self._weights = self._table[:0]
        self._woven: tuple[int, float] | None = None

    def take(self, sound: Sound) -> Sound:
        """The next piece; what comes out may be a sample more or less each time."""
        self._taken += len(sound)
        if self._same:
            self._given += len(sound)
            return sound
        self._kept = np.concatenate([self._kept, sound])
        count = max(0, int(np.ceil((len(self._kept) - 2 * self._half - self._place) / self._step)))
        if self._woven != (count, self._place):
            self._weave(count)
        windows = np.lib.stride_tricks.as_strided(
            self._kept, (max(0, len(self._kept) - 2 * self._half + 1), 2 * self._half), 2 * self._kept.strides
        )
        out = np.einsum("ij,ij->i", windows[self._whole], self._weights)
        self._given += count
        self._place += self._step * count
        past = int(self._place)
        self._kept, self._place = self._kept[past:], self._place - past
        return out.astype(np.float32)

    def _weave(self, count: int) -> None:
        """Which samples the next ones are made of, and how: mostly the same as the last time, where no clock drifts."""
        places = self._place + self._step * np.arange(count)
        whole = places.astype(int)
        phase = (places - whole) * _PHASES
        below = phase.astype(int)
        above = (phase - below).astype(np.float32)[:, None]
        self._weights = self._table[below] * (1 - above) + self._table[below + 1] * above
        self._whole = whole
        self._woven = (count, self._place)

    @property
    def held(self) -> float:
        """Samples, at the new rate, that have gone in and not yet come out."""
        return self._taken / self._step - self._given


def _interpolation(half: int, cutoff: float) -> Sound:
    """Weights of the ``2 * half`` samples around a place, for each of so many places between two samples."""
    between = np.arange(_PHASES + 1)[:, None] / _PHASES
    away = np.arange(-half + 1, half + 1)[None, :] - between
    window = np.cos(np.pi / 2 * np.clip(away / half, -1, 1)) ** 2
    return (cutoff * np.sinc(cutoff * away) * window).astype(np.float32)
