"""``python -m coach`` is ``coach``."""

from __future__ import annotations

from coach import naming
from coach.cli import main

if __name__ == "__main__":
    main(prog_name=naming.program())
