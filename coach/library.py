"""Routines on disk: the shipped ones, those in the user's data folder, and any file that is named."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterator
from pathlib import Path

from coach import folders
from coach.errors import CoachError
from coach.routine import Routine, parse

LARGEST_BYTES = 1_000_000


def load(name_or_file: str) -> Routine:
    """The routine with this name, or in this file. Raises CoachError saying what is wrong and what there is."""
    path = Path(name_or_file).expanduser()
    if path.suffix.lower() == ".toml" or len(path.parts) > 1 or path.is_file():
        return load_file(path)
    found = {file.stem: file for file in files()}
    if name_or_file in found:
        return load_file(found[name_or_file])
    near = difflib.get_close_matches(name_or_file, found, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"there are: {', '.join(sorted(found)) or 'none'}."
    raise CoachError(f'There is no routine called "{name_or_file}"; {hint}')


def load_file(path: Path) -> Routine:
    """The routine in a file. Raises CoachError."""
    try:
        if path.is_dir():
            raise CoachError(f"{path} is a folder; give a routine file, which ends in .toml.")
        if path.stat().st_size > LARGEST_BYTES:
            raise CoachError(f"{path} is too large to be a routine (over {LARGEST_BYTES // 1_000_000} MB).")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CoachError(f"{path} is not a text file in UTF-8; a routine is a TOML text file.") from None
    except FileNotFoundError:
        raise CoachError(f"{path} is not there; check the name, or list the routines with `coach routines`.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "the name can't be used"
        raise CoachError(f"{path} can't be read ({why}).") from None
    return parse(text.replace("\r\n", "\n"), str(path))


def files() -> Iterator[Path]:
    """Every routine file, the user's own first; a name that was seen is not given again."""
    seen = set()
    for folder in _folders():
        try:
            found = sorted(folder.glob("*.toml"))
        except OSError:
            continue
        for path in found:
            if path.stem not in seen:
                seen.add(path.stem)
                yield path


def _folders() -> Iterator[Path]:
    # Where the user's own can't be, there are none; the shipped ones are always there.
    with contextlib.suppress(CoachError):
        yield folders.data_dir() / "routines"
    yield folders.shipped_dir("routines")
