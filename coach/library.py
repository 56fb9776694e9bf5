"""Routines on disk: the shipped ones, those in the user's data folder, and any file that is named."""

from __future__ import annotations

import contextlib
import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path

from coach import folders, naming
from coach.errors import CoachError
from coach.mistakes import not_toml
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
        if path.exists() and not path.is_file():
            raise CoachError(f"{path} is not a file; give a routine file, which ends in .toml.")
        if path.stat().st_size > LARGEST_BYTES:
            raise CoachError(f"{path} is too large to be a routine (over {LARGEST_BYTES // 1_000_000} MB).")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CoachError(f"{path} is not a text file in UTF-8; a routine is a TOML text file.") from None
    except FileNotFoundError:
        listed = naming.command("routines")
        raise CoachError(f"{path} is not there; check its name. To list the routines: {listed}") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "the name can't be used"
        raise CoachError(f"{path} can't be read ({why}).") from None
    text = text.replace("\r\n", "\n")
    _check_toml(text, path)
    routine = parse(text, str(path))
    if any(path.resolve().parent == folder.resolve() for folder in _folders()):
        check_name(routine, path)
    return routine


def check_name(routine: Routine, path: Path) -> None:
    """Raise CoachError unless a routine file is called what its name says: by the file's name it is found."""
    if path.suffix.lower() == ".toml" and path.stem != routine.name:
        raise CoachError(
            f'{path}: name: found "{routine.name}", but the file is called {path.name}; '
            f'the two must be the same, so write name = "{path.stem}", or call the file {routine.name}.toml.'
        )


def _check_toml(text: str, path: Path) -> None:
    """Raise CoachError, with a hint, for a slip of the pen; what is stranger ``parse`` tells."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CoachError(f"{path} can't be understood: {not_toml(error)}.") from None
    except (RecursionError, ValueError):
        return


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
