"""Where the recipe finds what it needs and keeps what it has made."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("COACH_SHARED", ROOT.parent / "shared"))
"""Holds ``speech/`` (recordings to train on) and ``corpus/`` (recordings to develop with)."""
CACHE = Path(
    os.environ.get("COACH_TRAINING_CACHE")
    or platformdirs.user_cache_path("exercise-coach", appauthor=False) / "training"
)
"""What the steps hand to one another. A step whose results are there is not run again."""
MODEL = ROOT / "models" / "coach-en"
RATE_HZ = 16_000


def cached(*parts: str) -> Path:
    """A path in the cache, its folder made."""
    path = CACHE.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
