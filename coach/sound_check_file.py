"""The figures of the last sound check, kept for the sessions that come."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pydantic import ValidationError

from coach import folders, portaudio
from coach.errors import CoachError
from coach.sound_check import SoundCheck

NAME = "sound-check.json"


def last_check() -> SoundCheck | None:
    """The figures of the last check that came to its end; None where there is none that can be read."""
    try:
        return SoundCheck.model_validate_json((folders.data_dir() / NAME).read_bytes())
    except (CoachError, OSError, ValidationError):
        return None


def keep(check: SoundCheck) -> Path:
    """Keep the figures in the place of the last ones, without the words that were heard. Raises CoachError."""
    path = folders.data_dir() / NAME
    told = check.model_dump_json(indent=1, exclude={"attempts": {"__all__": {"heard_as"}}})
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".new", delete=False) as file:
            file.write(f"{told}\n")
        try:
            os.replace(file.name, path)
        except OSError:
            os.unlink(file.name)
            raise
    except OSError as error:
        why = error.strerror or "it can't be written"
        raise CoachError(f"The figures can't be kept in {path} ({why}); make its folder writable.") from error
    return path


def device_name(device: str | None, kind: str) -> str | None:
    """What the system calls a device: ``kind`` is "input" or "output", None the one that the system chooses."""
    try:
        return str(portaudio.load().query_devices(device, kind)["name"])
    except Exception:  # noqa: BLE001 - PortAudio raises what it likes, and a name is all that is missing then
        return device
