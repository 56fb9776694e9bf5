"""The chimes: heard by older ears, soft at the edges, told apart."""

from __future__ import annotations

import numpy as np
import pytest

from coach import chimes


@pytest.mark.parametrize("name", chimes.CHIMES)
def test_nearly_all_of_it_lies_below_1_khz(name: str) -> None:
    clip = chimes.chime(name)
    power = np.abs(np.fft.rfft(clip.samples)) ** 2
    pitch_hz = np.fft.rfftfreq(len(clip.samples), 1 / clip.rate_hz)
    assert power[pitch_hz < 1000].sum() > 0.999 * power.sum()


@pytest.mark.parametrize("name", chimes.CHIMES)
def test_it_begins_and_ends_softly_and_stays_in_range(name: str) -> None:
    samples = chimes.chime(name).samples
    assert np.abs(samples[:24]).max() < 0.01
    assert np.abs(samples[-24:]).max() < 0.01
    assert 0.1 < np.abs(samples).max() <= chimes.LEVEL
    assert np.abs(np.diff(samples)).max() < 0.05


@pytest.mark.parametrize("name", chimes.CHIMES)
def test_the_length_told_is_the_length_made(name: str) -> None:
    assert chimes.chime(name).length_s == pytest.approx(chimes.length_s(name), abs=0.001)


def test_begin_rises_and_end_falls() -> None:
    pitches = {name: [pitch for pitch, _ in notes] for name, notes in chimes.CHIMES.items()}
    assert pitches["begin"] == sorted(pitches["begin"])
    assert pitches["end"] == sorted(pitches["end"], reverse=True)
    assert chimes.length_s("end") > 1.3 * chimes.length_s("begin")


@pytest.mark.parametrize("make", [chimes.chime, chimes.length_s])
def test_an_unknown_one_is_named(make: object) -> None:
    with pytest.raises(ValueError, match="no chime called gong, only begin, end"):
        make("gong")  # type: ignore[operator]


def test_the_opening_has_something_of_every_pitch_of_speech_and_a_pause_after_it() -> None:
    clip = chimes.chime(chimes.OPENING)
    assert clip.length_s == pytest.approx(chimes.length_s(chimes.OPENING))
    samples = clip.samples
    assert np.abs(samples).max() == pytest.approx(chimes.OPENING_LEVEL)
    assert not samples[clip.rate_hz :].any()
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / clip.rate_hz)
    bands = [spectrum[(hz >= low) & (hz < low * 2)].mean() for low in (125, 250, 500, 1000, 2000, 4000)]
    assert min(bands) > 0.001 * max(bands)


def test_the_opening_is_loud_enough_all_through_for_the_ears_to_learn_from_it_and_no_louder_than_a_chime() -> None:
    """Clips of a voice are of 0.16 or so: noise on the microphone must not hide what is 20 dB below them."""
    clip = chimes.chime(chimes.OPENING)
    fifths = np.split(clip.samples[: clip.rate_hz], 5)
    assert min(float(np.sqrt(np.mean(fifth**2))) for fifth in fifths) > 0.016
    assert np.abs(clip.samples).max() <= chimes.LEVEL
    assert np.abs(clip.samples[:480]).max() < 0.1, "it begins softly"
