"""Fetching the public speech model: the one thing for which the coach uses the network, and only when asked to."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from coach import models, naming
from coach.errors import CoachError

if TYPE_CHECKING:
    import requests
    from rich.console import Console
    from rich.progress import Progress

CHUNK = 8192
CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 10.0, 30.0
BREAKS_ALLOWED = 5
BY_HAND = "put one into the folder models by hand, as the file models/README.md says"


@dataclass(frozen=True, slots=True)
class PublicModel:
    """A model that others publish; the archive holds one folder, called ``name``."""

    name: str
    url: str
    size: int
    """Of the archive, in bytes."""
    sha256: str
    licence: str
    largest_unpacked: int = 300_000_000
    """More than this in the archive, in bytes, is not the model."""


SMALL_ENGLISH = PublicModel(
    name="vosk-model-small-en-us-0.15",
    url="https://alphacephei.com/vosk/models/vosk-model-small-en-us-0.15.zip",
    size=41_205_931,
    sha256="30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498",
    licence="Apache License 2.0",
)


def fetch_model(
    model: PublicModel = SMALL_ENGLISH, *, folder: Path | None = None, console: Console | None = None
) -> Path:
    """The folder of the model, fetched and checked now unless it is there already. Progress goes to ``console``.

    What a broken download has brought is kept, and the next call goes on from there. The model appears complete or
    not at all, whatever happens; a second call at the same time waits for the first. Raises CoachError.
    """
    import filelock
    from rich.console import Console as RichConsole

    console = console if console is not None else RichConsole(stderr=True)
    folder = folder if folder is not None else models.user_models()
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / f".{model.name}.lock")
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            console.print("Another coach is fetching the speech model already; waiting for it.")
            lock.acquire()
        try:
            return _fetch_locked(model, folder, console)
        finally:
            lock.release()


def _fetch_locked(model: PublicModel, folder: Path, console: Console) -> Path:
    target = folder / model.name
    if models.what_is_wrong(target) is None:
        console.print(f"The speech model is already there: {target}", soft_wrap=True)
        return target
    for left_over in folder.glob(f".{model.name}-*"):  # of a coach that was killed while it unpacked
        shutil.rmtree(left_over, ignore_errors=True)
    archive = folder / f".{model.name}.zip.part"
    size = f"{model.size / 1e6:.0f} MB"
    console.print(f"Fetching the speech model {model.name} ({size}, {model.licence}).", soft_wrap=True)
    resumed = _size(archive) > 0
    _download(model, archive, console)
    if not _is_right(archive, model) and resumed:
        console.print("What an earlier download had left did not fit; beginning again.")
        archive.unlink()
        _download(model, archive, console)
    if not _is_right(archive, model):
        archive.unlink()
        raise CoachError(
            "The speech model that came is not the one expected (its SHA-256 is another), so it was thrown away; "
            f"try again later, or {BY_HAND}."
        )
    _unpack(model, archive, target)
    archive.unlink(missing_ok=True)
    console.print(f"The speech model is in place: {target}", soft_wrap=True)
    return target


def _download(model: PublicModel, archive: Path, console: Console) -> None:
    """Bring the archive up to its full size, going on after each break as long as something more comes."""
    import requests
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console) as progress, requests.Session() as session:
        bar = progress.add_task("Speech model", total=model.size)
        breaks = 0
        while (before := _size(archive)) != model.size:
            try:
                _download_more(model, archive, session, progress, bar)
            except requests.RequestException as error:
                breaks += 1
                if _size(archive) <= before or breaks > BREAKS_ALLOWED:
                    raise CoachError(_why_not(error, model, _size(archive))) from error


def _download_more(
    model: PublicModel, archive: Path, session: requests.Session, progress: Progress, bar: object
) -> None:
    """One request, for what is missing. Raises requests.RequestException where the answer ends too early."""
    import requests

    have = _size(archive)
    if have > model.size:
        archive.unlink()
        have = 0
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    with session.get(model.url, headers=headers, stream=True, timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S)) as answer:
        if have and answer.status_code == requests.codes.requested_range_not_satisfiable:
            archive.unlink()
            return
        answer.raise_for_status()
        goes_on = answer.status_code == requests.codes.partial_content and _starts_at(answer, have)
        if have and not goes_on:
            have = 0
        with archive.open("ab" if goes_on else "wb") as file:
            for chunk in answer.iter_content(CHUNK):
                # One that is too long is not the model either; the checksum will say so.
                have += file.write(chunk[: model.size - have])
                progress.update(bar, completed=have)  # type: ignore[arg-type]
    if have < model.size:
        raise requests.ConnectionError("the answer ended too early")


def _starts_at(answer: requests.Response, have: int) -> bool:
    return answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")


def _unpack(model: PublicModel, archive: Path, target: Path) -> None:
    """Unpack beside the target, look at the result, then give it its name in one step."""
    beside = Path(tempfile.mkdtemp(prefix=f".{model.name}-", dir=target.parent))
    try:
        try:
            with zipfile.ZipFile(archive) as zipped:
                _refuse_strays(zipped, model)
                zipped.extractall(beside)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise CoachError(f"The archive of the speech model can't be unpacked; {BY_HAND}.") from error
        wrong = models.what_is_wrong(beside / model.name)
        if wrong is not None:
            raise CoachError(f"The archive that came is no speech model: its folder {model.name} {wrong}.")
        if target.exists():  # something by that name that is no model, or we would not be here
            os.replace(target, beside / "before")
        os.replace(beside / model.name, target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _refuse_strays(zipped: zipfile.ZipFile, model: PublicModel) -> None:
    """Nothing may land outside the folder, or be more than it should. Raises CoachError."""
    total = 0
    for member in zipped.infolist():
        path = PurePosixPath(member.filename.replace("\\", "/"))
        stray = path.is_absolute() or ".." in path.parts or any(":" in part for part in path.parts)
        if stray or stat.S_ISLNK(member.external_attr >> 16):
            raise CoachError(
                "The archive that came has files that don't belong in a speech model; nothing was unpacked."
            )
        total += member.file_size
    if total > model.largest_unpacked:
        raise CoachError("The archive that came holds far more than a speech model; nothing was unpacked.")


def _is_right(archive: Path, model: PublicModel) -> bool:
    if _size(archive) != model.size:
        return False
    with archive.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == model.sha256


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _why_not(error: requests.RequestException, model: PublicModel, have: int) -> str:
    """One sentence about a download that did not come to its end."""
    import requests

    host = urlsplit(model.url).hostname
    if isinstance(error, requests.HTTPError) and error.response is not None:
        said = f"{error.response.status_code} {error.response.reason}".strip()
        return (
            f"The speech model could not be fetched, because {host} answered “{said}”; try again later, or {BY_HAND}."
        )
    if have:
        return (
            f"The connection to {host} broke after {have / 1e6:.1f} of {model.size / 1e6:.1f} MB; "
            f"to go on from there: {naming.command('setup --public-model')}"
        )
    if isinstance(error, requests.exceptions.SSLError):
        return f"The speech model could not be fetched, because the connection to {host} is not secure; {BY_HAND}."
    if isinstance(error, requests.Timeout):
        return f"The speech model could not be fetched, because {host} does not answer; try again later, or {BY_HAND}."
    return (
        f"The speech model could not be fetched, because {host} can't be reached: try again when this computer is "
        f"connected to the internet, or {BY_HAND}."
    )


@contextlib.contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Trouble with the disk, as a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CoachError(
                f"There is no room for the speech model in {folder}; make some, then try again."
            ) from error
        why = error.strerror or "it can't be written"
        raise CoachError(
            f"The speech model can't be put into {folder} ({why}); make that folder writable, then try again."
        ) from error
