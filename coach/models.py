"""Finding a Vosk model on this machine, and making sure that it is one before Vosk sees it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from coach import folders, naming
from coach.errors import CoachError

OWN_MODEL = "coach-en"
"""The model made for this coach; it comes before any other in the same folder."""

_HERE = Path(__file__).resolve().parent
_EXPECTED = "a Vosk model is a folder holding am/final.mdl, conf and graph"


class Why(Enum):
    """Why a model is the one to hear with."""

    NAMED = "the one named with --model"
    SETTINGS = "the one that the settings name"
    OWN = "the coach's own"
    FOUND = "the first one found, as the coach's own is not here"


@dataclass(frozen=True, slots=True)
class Ear:
    """The model to hear with."""

    folder: Path
    """Absolute."""
    why: Why
    complaint: str | None = None
    """One sentence, where the settings name another model that can't be used."""

    @property
    def size_bytes(self) -> int:
        """What its files take on the disk; 0 where that can't be seen."""
        with contextlib.suppress(OSError):
            return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())
        return 0

    def __str__(self) -> str:
        return f"{self.folder.name} ({max(1, round(self.size_bytes / 1e6))} MB, in {self.folder.parent})"


def find_model(
    explicit: Path | str | None = None,
    settings_model: Path | str | None = None,
    complain: Callable[[str], None] | None = None,
) -> Path | None:
    """The folder of the model to use, absolute; None where there is none anywhere.

    As ``choose``. Where the settings name one that can't be used, ``complain`` gets a sentence (without it, standard
    error does), and the coach hears with the next one: better with another ear than with none.
    """
    try:
        ear = choose(explicit, settings_model)
    except NoModelError as error:
        if settings_model is not None:
            (complain or _print)(str(error))
        return None
    if ear.complaint:
        (complain or _print)(ear.complaint)
    return ear.folder


class NoModelError(CoachError):
    """There is no model anywhere."""


def choose(explicit: Path | str | None = None, settings_model: Path | str | None = None) -> Ear:
    """The model to hear with, and why that one.

    Looks at the path given, then at the settings, then in the coach's ``models`` folder, then in the user's data
    folder. Raises CoachError where the path given is not a model: whoever typed it is there to type it again.
    Raises NoModelError where there is none anywhere.
    """
    if explicit is not None:
        return Ear(check_model(Path(explicit)), Why.NAMED)
    wrong = None
    if settings_model is not None:
        try:
            return Ear(check_model(Path(settings_model)), Why.SETTINGS)
        except CoachError:
            path = Path(settings_model).expanduser().absolute()
            wrong = f"The settings name the speech model {path}, which {what_is_wrong(path)}"
    found = next(_found(), None)
    if found is None:
        raise NoModelError(none_here() if wrong is None else f"{wrong}. {none_here()}")
    why = Why.OWN if found.name == OWN_MODEL else Why.FOUND
    if wrong is None:
        return Ear(found, why)
    instead = "the coach's own" if why is Why.OWN else found
    own = naming.command("setup --own-model")
    return Ear(found, why, f"{wrong}; {instead} is used instead. To leave it at that: {own}")


def own_model() -> Path | None:
    """The folder of the coach's own model; None where it is gone."""
    return next((folder for folder in _found() if folder.name == OWN_MODEL), None)


def none_here() -> str:
    """What to say where there is no model at all, not even the one that comes with the coach."""
    fetch = naming.command("setup --public-model")
    return f"There is no speech model here, not even the coach's own, so nothing can be heard; to fetch one: {fetch}"


def _found() -> Iterator[Path]:
    """Every model in the folders where one is looked for, the one to be preferred first."""
    for folder in search_folders():
        for candidate in _inside(folder):
            if what_is_wrong(candidate) is None:
                yield candidate


def _print(sentence: str) -> None:
    print(sentence, file=sys.stderr)


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


def check_model(path: Path) -> Path:
    """The model folder at ``path``, absolute, or the only one just inside it. Raises CoachError where there is none."""
    path = path.expanduser().absolute()
    wrong = what_is_wrong(path)
    if wrong is None:
        return path
    # An unpacking tool often makes a folder of the archive's name around the archive's own folder.
    inner = [folder for folder in _inside(path) if what_is_wrong(folder) is None]
    if len(inner) == 1:
        return inner[0]
    raise CoachError(f"No speech model: {path} {wrong}; {_EXPECTED}. Leave --model out to hear as usual.")


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
