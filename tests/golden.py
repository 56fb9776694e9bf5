"""Golden files: texts that a person has read and found right, compared with what comes out today.

``python3 -m tests --update-golden`` writes them anew; then read the difference before you keep it.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "golden"


def check(name: str, text: str, request: pytest.FixtureRequest, folder: Path = FOLDER) -> None:
    """Fail with the difference where ``text`` is not what golden/NAME.txt holds; write it instead if asked to."""
    path = folder / f"{name}.txt"
    text = text if text.endswith("\n") else f"{text}\n"
    if request.config.getoption("--update-golden"):
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    held = path.read_text(encoding="utf-8") if path.is_file() else ""
    if held != text:
        pair = held.splitlines(), text.splitlines()
        lines = difflib.unified_diff(*pair, f"golden/{path.name}", "today", lineterm="", n=1)
        raise AssertionError("\n".join([*lines, "If today's is right: python3 -m tests --update-golden"]))
