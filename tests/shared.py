"""Recordings and models that are too large for this repository: some tests use them where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path


def _find() -> Path | None:
    named = os.environ.get("COACH_SHARED")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared"
    return folder if folder.is_dir() else None


SHARED: Path | None = _find()
"""The folder named by COACH_SHARED, or ``shared`` beside the repository; None where there is none."""
