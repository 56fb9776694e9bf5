"""Numbers that a session goes by; what words mean is in safety.toml."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """Seconds of silence are counted from the end of the coach's own words."""

    check_s: float = 3.0
    """How long a partial report may wait for its final."""
    check_at_most_s: float = 12.0
    """... while more partials keep coming."""
    listen_s: float = 1.5
    """How long to be quiet for words, after a sound over the coach's voice, and after each that follows ..."""
    listen_at_most_s: float = 4.0
    """... while they do: a television never ends."""
    few_words: int = 4
    """Words without a meaning that are yet asked about; more are talk among others."""
    interruptions: int = 3
    interruptions_s: float = 60.0
    """So many sounds, one at least, silence the coach in so long a time; words always do."""
    explained_s: float = 3.0
    """A cry so soon after words that were understood is explained by them."""
    outcries_s: float = 60.0
    """A cry is asked about no more often: there may be a baby in the house."""
    answer_s: float = 10.0
    """How long an answer may take before the question is put again."""
    ready_s: float = 20.0
    """The same for "ready": somebody may have to get down on the floor first."""
    unready_s: tuple[float, ...] = (60.0, 120.0, 240.0)
    """Where "ready" was not heard twice, the silences before it is asked for again; after the last it is given up."""
    again_s: float = 15.0
    """How long after advice it can be asked for again."""
    echo_s: float = 1.5
    """How long after the coach's own words they may still come back as heard."""
    partial_s: float = 0.4
    """How long after a word its first partial may come."""
    still_paused_s: tuple[float, ...] = (90.0, 300.0, 900.0)
    """When a pause is long, the silences between "I am still here"; afterwards it waits without a word."""
    unheard_s: float = 600.0
    """How long to wait, paused, for lost ears."""
    rates_wpm: tuple[int, ...] = (110, 120, 130, 140, 150, 165, 180, 200)
    volumes: tuple[float, ...] = (0.2, 0.35, 0.5, 0.65, 0.8, 1.0)
    paces: tuple[float, ...] = (0.7, 0.85, 1.0, 1.2, 1.45, 1.75)
    """Factors on the length of a counted repetition."""
    rate_wpm: int = 150
    volume: float = 0.8
    country: str | None = None
    """Whose emergency numbers; None says "your local emergency number"."""


def step_along(values: tuple[float, ...], value: float, by: int) -> float:
    """The value ``by`` places along from the one nearest to ``value``, within the ends."""
    nearest = min(range(len(values)), key=lambda i: abs(values[i] - value))
    return values[min(max(nearest + by, 0), len(values) - 1)]
