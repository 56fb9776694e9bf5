"""One coach at a time: two of them would talk over each other and hear each other."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from coach import folders
from coach.errors import CoachError


@contextlib.contextmanager
def only_coach(path: Path | None = None) -> Iterator[None]:
    """Be the only coach of this user while the block runs; the system lets go of the lock however this process ends.

    Raises CoachError if another one is running. A folder that can't be written to is no reason not to exercise: then
    nothing is locked.
    """
    import filelock

    with contextlib.ExitStack() as held:
        try:
            path = path or folders.data_dir() / "coach.lock"
            held.enter_context(filelock.FileLock(path, timeout=0))
        except filelock.Timeout as error:
            raise CoachError(
                "Another coach is already running here, and two would talk over each other; "
                "end that one first (say or type stop), then start again."
            ) from error
        except (CoachError, OSError, NotImplementedError):
            pass
        yield
