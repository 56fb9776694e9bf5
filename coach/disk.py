"""Trouble with the place where files are kept."""

from __future__ import annotations

import contextlib
import errno
import shutil
from datetime import datetime
from pathlib import Path

LEAST_FREE_BYTES = 100_000
"""With less than this on its disk, what fails there does so because the disk is full."""


def is_full(path: Path, error: Exception) -> bool:
    """Whether ``error`` came for want of room where ``path`` lies: SQLite often calls that an input/output error."""
    if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(error, "errno", None) == errno.ENOSPC:
        return True
    with contextlib.suppress(OSError):
        return shutil.disk_usage(path.parent).free < LEAST_FREE_BYTES
    return False


def move_aside(path: Path) -> Path:
    """Rename a damaged journal, and what SQLite keeps beside it, to a name that tells when. Raises OSError."""
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    target = path.with_name(f"{path.stem}-damaged-{stamp}{path.suffix}")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.stem}-damaged-{stamp}-{number}{path.suffix}")
    path.rename(target)
    for ending in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(target.with_name(target.name + ending))
    return target
