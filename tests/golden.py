"""Golden files: texts that a person has read and found right, compared with what comes out today.

``python3 -m tests --update-golden`` writes them anew; then read the difference before you keep it.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


@dataclass(frozen=True, slots=True)
class Golden:
    """The folder of golden files."""

    update: bool = False
    folder: Path = FOLDER

    def check(self, name: str, text: str) -> None:
        """Fail with the difference where ``text`` is not what the file holds; write it first if asked to."""
        path = self.folder / name
        if self.update:
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        held = path.read_text(encoding="utf-8") if path.is_file() else ""
        if held != text:
            pair = held.splitlines(), text.splitlines()
            lines = difflib.unified_diff(*pair, f"golden/{name}", "today", lineterm="", n=1)
            raise AssertionError("\n".join([*lines, "If today's is right: python3 -m tests --update-golden"]))
