"""Where the coach keeps its settings, its journal and what it can make again."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from coach.errors import CoachError

NAME = "exercise-coach"


def config_dir() -> Path:
    """The folder of the settings; made on demand. Raises CoachError where it can't be made."""
    return _made("config", platformdirs.user_config_path(NAME, appauthor=False))


def data_dir() -> Path:
    """The folder of the journal, the lock and downloaded models; made on demand. Raises CoachError likewise."""
    return _made("data", platformdirs.user_data_path(NAME, appauthor=False))


def cache_dir() -> Path:
    """The folder of rendered clips and other things that can be made again. Raises CoachError likewise."""
    return _made("cache", platformdirs.user_cache_path(NAME, appauthor=False))


def shipped_dir(name: str) -> Path:
    """The folder ``name`` ("routines", "models") that came with the coach: beside its code, or inside its wheel."""
    code = Path(__file__).resolve().parent
    installed = code / "_data" / name
    return installed if installed.is_dir() else code.parent / name


def _made(kind: str, usual: Path) -> Path:
    """The folder for ``kind``, below COACH_HOME where that is set."""
    home = os.environ.get("COACH_HOME")
    folder = Path(home).expanduser().absolute() / kind if home else usual
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or "it can't be made"
        raise CoachError(
            f"The coach's {kind} folder {folder} can't be used ({why}); "
            "make it writable, or set COACH_HOME to a folder that is."
        ) from error
    return folder
