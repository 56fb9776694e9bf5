"""Keeps what system libraries print for their own developers off the terminal, where captions are read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def muffled() -> Iterator[None]:
    """Send this process's standard error nowhere for a moment: PortAudio and ALSA print there, past Python."""
    try:
        real = os.dup(2)
    except OSError:  # there is no standard error to keep clean
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(real, 2)
        os.close(real)
        os.close(nowhere)
