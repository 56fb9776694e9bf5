"""The settings: one TOML file a person can read and edit, checked so that a mistake is named with its line."""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import stat
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from coach import folders
from coach.errors import CoachError
from coach.mistakes import not_toml

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = "settings.toml"

TEMPLATE = """\
# The coach's settings. A line that begins with # is only a note: take the # away to make it count.

# Where you live, for the right telephone numbers: {countries}.
# country = "uk"

# How fast the coach speaks, in words a minute (80 to 300).
# rate_wpm = 150

# How loud the coach speaks, from 0.0 to 1.0.
# volume = 0.8

# The voice to speak with, and the devices to use, by name or a part of it; without these, the system's own choice.
# "doctor", in the place of "start", tells which there are.
# voice = "english"
# microphone = "USB"
# loudspeaker = "Headphones"

# The folder of a Vosk model to hear with; without it, the coach's own, which came with it.
# "setup --public-model", in the place of "start", fetches the public one and names it here.
# model = "/home/me/models/my-model"

# The routine that a plain start runs.
# routine = "gentle-start"
"""


def country_codes() -> tuple[str, ...]:
    """The countries whose advice and telephone numbers the coach knows."""
    try:
        from coach.safety import COUNTRIES
    except ImportError:
        return ("uk", "us", "ca", "ie", "eu", "au", "nz", "in")
    return tuple(COUNTRIES)


def _known_country(code: str) -> str:
    if code.lower() not in country_codes():
        raise ValueError("unknown country")
    return code.lower()


Name = Annotated[str, Field(min_length=1)]


class Settings(BaseModel):
    """What a person chose; None means the system's own choice. Each description ends the sentence "must be …"."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    country: Annotated[str, AfterValidator(_known_country)] | None = None
    rate_wpm: int = Field(150, ge=80, le=300, description="a whole number from 80 to 300")
    volume: float = Field(0.8, ge=0.0, le=1.0, description="a number from 0.0 to 1.0")
    voice: Name | None = Field(None, description="the name of a voice, in quotes")
    microphone: Name | None = Field(None, description="the name of a microphone or a part of it, in quotes")
    loudspeaker: Name | None = Field(None, description="the name of a loudspeaker or a part of it, in quotes")
    model: Annotated[Path, Field(strict=False)] | None = Field(None, description="the path of a folder, in quotes")
    routine: Name = Field("gentle-start", description="the name or the file of a routine, in quotes")


def settings_file() -> Path:
    """Where the settings lie. Raises CoachError where that folder can't be used."""
    return folders.config_dir() / NAME


def load(path: Path | None = None) -> Settings:
    """The settings in force. The file is made, with everything in it explained, where there is none yet.

    Raises CoachError, naming file, line, what was found and what is allowed, if the file can't be understood.
    """
    if path is None:
        try:
            path = settings_file()
        except CoachError:
            return Settings()  # Nothing can be kept there, so nothing was chosen; the session must still go on.
    if not _is_there(path):
        # A read-only folder must not keep anybody from exercising.
        with contextlib.suppress(OSError):
            _replace(path, _template())
        return Settings()
    return _parsed(_read(path), path)


def save(key: str, value: object, path: Path | None = None) -> Settings:
    """Set one setting (None: back to the system's own choice), keep every other line as it is, and give them all.

    Raises CoachError if the setting or the value is not allowed, or the file can't be read or written.
    """
    import tomlkit

    path = path or settings_file()
    text = _read(path) if _is_there(path) else _template()
    before = _parsed(text, path)
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if problem := _problem(key, Settings().model_dump().get(key) if value is None else value):
        raise CoachError(f"The setting was not changed: {problem}.")
    note = re.compile(rf"^#\s*{re.escape(key)}\s*=.*$", re.MULTILINE)
    if value is not None and key not in before.model_fields_set and note.search(text):
        text = note.sub(lambda _: tomlkit.dumps({key: value}).strip(), text, count=1)
    else:
        document = tomlkit.parse(text)
        if value is None:
            document.pop(key, None)
        else:
            document[key] = value
        text = tomlkit.dumps(document)
    after = _parsed(text, path)
    try:
        _replace(path, text)
    except OSError as error:
        raise CoachError(
            f"The settings could not be written to {path} ({error.strerror}); make it writable."
        ) from error
    return after


# --- reading ---------------------------------------------------------------------------------------


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CoachError(f"{path} is not a text file in UTF-8; correct it, or delete it to start afresh.") from error
    except OSError as error:
        raise _unreadable(path, error.strerror or "unreadable") from error


def _is_there(path: Path) -> bool:
    """Whether there are settings to read. Raises CoachError where something else is in their place."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _unreadable(path, "it is not a file")
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unreadable(path, error.strerror or "unreadable") from error
    return True


def _unreadable(path: Path, why: str) -> CoachError:
    return CoachError(
        f"The settings in {path} can't be read ({why}); move that away, or make it readable, and start again."
    )


def _parsed(text: str, path: Path) -> Settings:
    try:
        table = tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise CoachError(f"{path}{_syntax_place(error, text)} can't be understood: {_syntax_reason(error)}.") from error
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        keys = dict.fromkeys(str(each["loc"][0]) for each in error.errors())
        lines = sorted((_line_of(key, text), key) for key in keys)
        raise CoachError("\n".join(f"{path}, line {at}: {_problem(key, table[key])}." for at, key in lines)) from error


def _problem(key: str, value: object) -> str | None:
    """What is wrong with one setting, as the end of a sentence; None if it is as it should be."""
    if key not in Settings.model_fields:
        near = difflib.get_close_matches(key, Settings.model_fields, n=1)
        meant = f'did you mean "{near[0]}"? ' if near else ""
        return f'there is no setting "{key}"; {meant}there are {_listed(Settings.model_fields)}'
    try:
        Settings.model_validate({key: value})
    except ValidationError:
        return f"{key} is {_shown(value)}, but must be {_allowed(key)}"
    return None


def _allowed(key: str) -> str:
    if key == "country":
        return "one of " + ", ".join(f'"{code}"' for code in country_codes())
    return Settings.model_fields[key].description or "something else"


def _shown(value: object) -> str:
    """A value as it looks in the file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}"


def _line_of(key: str, text: str) -> int:
    """The line where a key, or a table of its name, stands."""
    pattern = re.compile(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[=.\]]""")
    return next((n for n, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 1)


def _syntax_place(error: tomllib.TOMLDecodeError, text: str) -> str:
    if match := re.search(r"at line (\d+)", str(error)):
        return f", line {match[1]},"
    return f", line {len(text.splitlines())}," if "end of document" in str(error) else ""


def _syntax_reason(error: tomllib.TOMLDecodeError) -> str:
    return f"{not_toml(error).partition(' (')[0]} (a setting looks like: volume = 0.8)"


# --- writing ---------------------------------------------------------------------------------------


def _template() -> str:
    return TEMPLATE.format(countries=", ".join(country_codes()))


def _replace(path: Path, text: str) -> None:
    """Write the whole file or leave it as it was."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, os.path.realpath(path))
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
