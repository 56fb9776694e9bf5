"""What went wrong, said to the person in front of the coach."""

from __future__ import annotations


class CoachError(Exception):
    """Something a person can do something about: ``str(error)`` is one plain sentence saying what, where, what to do.

    The command line prints it and exits with status 2; no traceback is shown.
    """
