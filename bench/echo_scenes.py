"""Made scenes of a person speaking over the coach: what is played, and what comes to the microphone, by seed.

The coach is a synthesised voice from a small loudspeaker (180 Hz high-pass, tanh), 0 to 0.25 s late, in a room; the
person is a recording or a synthesised voice at a chosen level, with pink noise 20 dB below it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.recordings import RATE_HZ, manifest, read
from bench.spoken import speak

Sound = NDArray[np.float32]
ECHO_RMS = 10 ** (-24 / 20)
SCENE_S = 30.0
OPENING_S = 2
OPENING_PEAK = 0.15
NEUTRAL = (
    "Let the knees rest over your hips, and leave your feet where they are.",
    "Slide the right heel along the mat, and then bring it home again.",
    "Breathe in through the nose, and out through the mouth, in your own time.",
    "Both knees together now, and over to the left side they go.",
    "Leave your shoulders on the mat while you look at the ceiling.",
    "That was the fourth one of six. Here comes the fifth.",
    "Next comes the bridge: press both feet into the ground, and raise your hips.",
    "Put your arms beside you, with the palms towards the floor.",
    "Lengthen the other leg as far as it will go.",
    "Let the head be heavy, and the jaw loose.",
)
SAID = ("stop", "severe pain", "it hurts")
VOICES = ("flite:rms", "flite:slt", "flite:awb", "espeak:en-gb-x-rp+m5", "espeak:en-gb-x-rp+f5")
COACH = "espeak:gmw/en"
_ONSET = 10 ** (-15 / 10)
"""Somebody speaks from where it is 15 dB below the loudest: some recordings have noise before the words."""


@dataclass(slots=True)
class Scene:
    """What is played, and what of it and of the person is heard: (n,) each; and when the person sounds."""

    played: Sound
    echo: Sound
    near: Sound
    noise: Sound
    spans: list[tuple[float, float]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    speech_at_s: int = 0
    """When the coach's first word may come."""

    @property
    def heard(self) -> Sound:
        return self.echo + self.near + self.noise


class Studio:
    """Voices, recordings and rooms."""

    def __init__(self, folder: Path, corpus: Path | None, opens: bool = False) -> None:
        """With ``opens`` the coach makes an opening sound before its first word."""
        self._folder, self._opens = folder, opens
        self._responses, self._recordings, self._stops = [], [], []
        if corpus is not None:
            rows = manifest(corpus)
            self._responses = [corpus / row["path"] for row in rows if row["kind"] == "rir"]
            said = [row for row in rows if row["kind"] in ("command", "negative_phrase", "negative_sentence")]
            self._recordings = [corpus / row["path"] for row in said]
            self._stops = [corpus / row["path"] for row in said if row["text"] == "stop"]

    def spoken(self, text: str, voice: str) -> Sound:
        """Any text by a synthesiser, at its own level."""
        path = self._folder / f"{hashlib.sha256(f'{voice} {text}'.encode()).hexdigest()[:20]}.wav"
        if not path.exists():
            speak(text, voice, path, 150)
        return read(path)

    def scene(self, seed: int, ratio_db: float, lines: Sequence[str], persons: str, drift_ppm: float = 0.0) -> Scene:
        """``persons`` is "nobody", "anybody" (who says anything) or "report" (who says one of SAID).

        With ``drift_ppm`` the echo comes later and later, by so many millionths.
        """
        chance = np.random.default_rng(seed)
        played = self._coach(chance, lines)
        driven = _high_pass(played, 180)
        peak, drive = np.abs(driven).max(), chance.uniform(0.7, 2.5)
        late = round(chance.uniform(0, 0.25) * RATE_HZ)
        loud = _convolved((np.tanh(drive * driven / peak) / drive * peak), self._room(chance, nearby=True))
        echo = drifted(np.concatenate((np.zeros(late), loud))[: len(played)], drift_ppm)
        level = ECHO_RMS * 10 ** (-ratio_db / 20)
        noise = level / 10 * _pink(len(played), chance)
        scene = Scene(played, (echo * ECHO_RMS / _speech_rms(echo)).astype(np.float32), np.zeros_like(played), noise)
        scene.speech_at_s = OPENING_S if self._opens else 0
        if persons != "nobody":
            self._add_person(scene, chance, level, persons == "report")
        return scene

    def _coach(self, chance: np.random.Generator, lines: Sequence[str]) -> Sound:
        parts: list[Sound] = [opening()] if self._opens else []
        while sum(map(len, parts)) < SCENE_S * RATE_HZ:
            line = self.spoken(lines[chance.integers(len(lines))], COACH)
            parts += [line * 0.5 / np.abs(line).max(), np.zeros(int(chance.uniform(0.2, 0.8) * RATE_HZ), np.float32)]
        return np.concatenate(parts)[: int(SCENE_S * RATE_HZ)].astype(np.float32)

    def _add_person(self, scene: Scene, chance: np.random.Generator, level: float, report: bool) -> None:
        response, at_s = self._room(chance, nearby=False), chance.uniform(2.5, 4)
        while True:
            words = SAID[chance.integers(len(SAID))]
            if words == "stop" and self._stops and chance.random() < 0.5:
                sound = read(self._stops[chance.integers(len(self._stops))])
            elif report or not self._recordings or chance.random() < 0.5:
                sound = self.spoken(words, VOICES[chance.integers(len(VOICES))])
            else:
                sound, words = read(self._recordings[chance.integers(len(self._recordings))])[: 2 * RATE_HZ], ""
            sound = _convolved(np.concatenate((sound, np.zeros(4000, np.float32))), response)
            if at_s + len(sound) / RATE_HZ > SCENE_S - 2:
                return
            sound = sound * level / _speech_rms(sound)
            power = np.convolve(sound**2, np.ones(320) / 320, "same")
            loud = np.flatnonzero(power > _ONSET * power.max()) / RATE_HZ
            start = int(at_s * RATE_HZ)
            scene.near[start : start + len(sound)] += sound
            scene.spans.append((at_s + loud[0], at_s + loud[-1]))
            scene.said.append(words)
            at_s += len(sound) / RATE_HZ + chance.uniform(3.0, 4.5)

    def _room(self, chance: np.random.Generator, nearby: bool) -> Sound:
        if self._responses and chance.random() < 0.5:
            response = read(self._responses[chance.integers(len(self._responses))])
            response = response[max(0, int(np.abs(response).argmax()) - 8) :].copy()
        else:
            length = int(chance.uniform(0.25, 0.6) * RATE_HZ)
            response = 0.12 * chance.standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
            response[0], response[1:40] = 1, 0.2 * response[1:40]
        if nearby:
            response[:12] *= chance.uniform(2, 4)
        return response.astype(np.float32)


def opening() -> Sound:
    """A breath of a second, like a soft wave on sand, and another of silence: all of the room answers to it."""
    times = np.arange(RATE_HZ) / RATE_HZ
    softer = np.maximum(1, np.fft.rfftfreq(RATE_HZ, 1 / RATE_HZ) / 300) ** 0.75
    breath = np.fft.irfft(np.fft.rfft(np.random.default_rng(1).standard_normal(RATE_HZ)) / softer, RATE_HZ)
    breath *= np.minimum(1, times / 0.05) * 10 ** (-1.2 * times) * np.minimum(1, (1 - times) / 0.1)
    silence = np.zeros((OPENING_S - 1) * RATE_HZ)
    return np.concatenate((OPENING_PEAK * breath / np.abs(breath).max(), silence)).astype(np.float32)


def _convolved(sound: Sound, response: Sound) -> Sound:
    size = 1 << (len(sound) + len(response)).bit_length()
    both = np.fft.rfft(sound, size) * np.fft.rfft(response, size)
    return np.fft.irfft(both, size)[: len(sound)].astype(np.float32)


def drifted(sound: Sound, ppm: float) -> Sound:
    """As a microphone hears it whose clock runs slower by so many millionths."""
    if not ppm:
        return sound
    count, finer = len(sound), 8
    spectrum = np.fft.rfft(sound)
    fine = np.fft.irfft(np.concatenate((finer * spectrum, np.zeros((finer - 1) * count // 2))), finer * count)
    times = np.arange(count) * (1 - ppm * 1e-6) * finer
    return np.interp(times, np.arange(len(fine)), fine).astype(np.float32)


def _high_pass(sound: Sound, hz: float) -> Sound:
    spectrum, times = np.fft.rfft(sound, 2 * len(sound)), np.fft.rfftfreq(2 * len(sound), 1 / RATE_HZ) / hz
    return np.fft.irfft(spectrum * times**2 / np.sqrt(1 + times**4))[: len(sound)].astype(np.float32)


def _pink(count: int, chance: np.random.Generator) -> Sound:
    spectrum = np.fft.rfft(chance.standard_normal(count))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[: max(1, 30 * count // RATE_HZ)] = 0
    sound = np.fft.irfft(spectrum, count)
    return (sound / np.std(sound)).astype(np.float32)


def _speech_rms(sound: Sound) -> float:
    power = np.square(sound[: len(sound) // 320 * 320].reshape(-1, 320)).mean(axis=1)
    return float(np.sqrt(power[power > power.max() * 1e-3].mean()))
