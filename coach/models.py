"""Finding a Vosk model on this machine, and making sure that it is one before Vosk sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from coach import folders, naming
from coach.errors import CoachError

OWN_MODEL = "coach-en"
"""The model made for this coach; it comes before any other in the same folder."""

_HERE = Path(__file__).resolve().parent
_EXPECTED = "a Vosk model is a folder holding am/final.mdl, conf and graph"


def find_model(explicit: Path | str | None = None, settings_model: Path | str | None = None) -> Path | None:
    """The folder of the model to use, absolute; None where there is none anywhere.

    Looks at the path given, then at the settings, then in the coach's ``models`` folder, then in the user's data
    folder. Raises CoachError where a path that was named is not a model: the next place would be a surprise.
    """
    if explicit is not None:
        return check_model(Path(explicit))
    if settings_model is not None:
        return check_model(Path(settings_model), "in the settings, ")
    for folder in search_folders():
        for candidate in _inside(folder):
            if what_is_wrong(candidate) is None:
                return candidate
    return None


def search_folders() -> tuple[Path, ...]:
    """Where models are looked for when none is named, in this order; the folders need not exist."""
    shipped = (_HERE.parent / "models", _HERE / "_data" / "models")
    try:
        return (*shipped, user_models())
    except CoachError:
        return shipped  # Where nothing can be kept, nothing was fetched; the shipped one is there all the same.


def user_models() -> Path:
    """Where a fetched model goes; not made here. Raises CoachError where the data folder can't be used."""
    return folders.data_dir() / "models"


def check_model(path: Path, where: str = "") -> Path:
    """The model folder at ``path``, absolute, or the only one just inside it. Raises CoachError where there is none."""
    path = path.expanduser().absolute()
    wrong = what_is_wrong(path)
    if wrong is None:
        return path
    # An unpacking tool often makes a folder of the archive's name around the archive's own folder.
    inner = [folder for folder in _inside(path) if what_is_wrong(folder) is None]
    if len(inner) == 1:
        return inner[0]
    raise CoachError(f"No speech model: {where}{path} {wrong}; {_EXPECTED}. To fetch one: {naming.command('setup')}")


def what_is_wrong(path: Path) -> str | None:
    """What keeps ``path`` from being a model folder, to be said after its name; None where it looks like one.

    Vosk ends the whole process on some folders and writes to the terminal on others, so nothing else reaches it.
    """
    try:
        if not path.exists():
            return "is not there"
        if not path.is_dir():
            return "is a file, not a folder"
        for needed in ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/words.txt"):
            if not _filled(path / needed):
                return f"has no {needed}"
        graph = path / "graph"
        if not (_filled(graph / "HCLG.fst") or (_filled(graph / "HCLr.fst") and _filled(graph / "Gr.fst"))):
            return "has no graph (HCLG.fst, or HCLr.fst with Gr.fst)"
    except OSError as error:
        return f"can't be read ({error.strerror or 'unreadable'})"
    return None


def _filled(path: Path) -> bool:
    """Is there a readable file with something in it?"""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return bool(file.read(1))


def _inside(folder: Path) -> Iterator[Path]:
    """The folders in ``folder``, the coach's own model first, then by name; hidden ones are unfinished work."""
    try:
        found = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    except OSError:
        return
    yield from sorted(found, key=lambda path: (path.name != OWN_MODEL, path.name))
