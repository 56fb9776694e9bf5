"""The journal: what happened, each fact kept as it happens, so that a crash loses at most the one being written."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coach import __version__, disk, folders
from coach.errors import CoachError
from coach.events import Record
from coach.past import Happened

if TYPE_CHECKING:
    from sqlite_utils import Database

NAME = "journal.sqlite3"
INTERRUPTED = "interrupted"

_DAMAGED = {"SQLITE_CORRUPT", "SQLITE_NOTADB"}
_COLUMNS = ("exercise", "side", "set", "rep")


class JournalError(CoachError):
    """The journal can't be opened, or a fact could not be kept; an ongoing session goes on without it."""


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """One session as the journal tells it."""

    id: int
    routine: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    version: str
    """Of the coach that wrote it."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A session that never came to its end."""

    id: int
    routine: str
    started_at: datetime
    last_at: datetime
    """When its last fact was kept."""
    last_exercise: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a session."""

    n: int
    """1, 2, 3 … within its session."""
    at: datetime
    at_s: float | None
    """Seconds since the session's start, by the clock that no one sets."""
    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    """All of it, also what stands in columns of its own."""


class Journal:
    """An open journal; made by ``Journal.open``. Used by one thread at a time."""

    def __init__(self, db: Database, path: Path, moved: Path | None = None) -> None:
        self._db = db
        self._session: int | None = None
        self._count = 0
        self.path = path
        self.moved = moved
        """Where a journal that could not be read any more was put, if that has just happened."""

    @classmethod
    def open(cls, path: Path | None = None) -> Journal:
        """Open the journal, made on demand and brought to today's shape; in the user's data folder if no path is given.

        A damaged file is moved aside, never deleted. Raises CoachError where none can be kept, and where a newer
        coach's journal is found.
        """
        path = path or folders.data_dir() / NAME
        moved = None
        try:
            try:
                db = _opened(path)
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                moved = disk.move_aside(path)
                db = _opened(path)
        except (sqlite3.Error, OSError) as error:
            remedy = "make some room on it" if disk.is_full(path, error) else "make its folder writable"
            raise JournalError(
                f"The journal {path} can't be opened ({_reason(error, path)}), so no session can be kept; "
                f"{remedy}, or set COACH_HOME to another folder."
            ) from error
        return cls(db, path, moved)

    def begin(self, routine: str, at: datetime | None = None) -> int:
        """Begin a session of the routine with this name; earlier ones without an end are closed as interrupted.

        Returns the session's id. Raises JournalError.
        """
        with self._writing():
            self._interrupt_open()
            row = (routine, _iso(at), __version__)
            cursor = self._db.execute("insert into sessions (routine, started_at, version) values (?, ?, ?)", row)
            session = int(cursor.lastrowid or 0)
        self._session, self._count = session, 0
        return session

    def write(self, record: Record, at: datetime | None = None, at_s: float | None = None) -> None:
        """Keep one fact of the session that was begun; it is on the disk when this returns. Raises JournalError."""
        if self._session is None:
            raise JournalError("The journal has no session to write to, so this fact was not kept.")
        columns = [record.facts.get(name) for name in _COLUMNS]
        told = json.dumps(dict(record.facts), ensure_ascii=False, default=str)
        row = (self._session, self._count + 1, _iso(at), at_s, record.kind, *columns, told)
        with self._writing():
            self._db.execute(
                "insert into facts (session, n, at, at_s, kind, exercise, side, [set], rep, facts) "
                "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        self._count += 1

    def finish(self, outcome: str, at: datetime | None = None) -> None:
        """End the session that was begun. Raises JournalError."""
        if self._session is None:
            return
        with self._writing():
            self._db.execute(
                "update sessions set ended_at = ?, outcome = ? where id = ?", (_iso(at), outcome, self._session)
            )
        self._session = None

    def unfinished(self) -> Unfinished | None:
        """The last session without an end, other than the one that is running; None where all came to theirs."""
        row = self._row(
            "select id, routine, started_at from sessions where ended_at is null and id is not ? "
            "order by id desc limit 1",
            self._session,
        )
        if row is None:
            return None
        last = self._row("select at from facts where session = ? order by n desc limit 1", row[0])
        exercise = self._row(
            "select exercise from facts where session = ? and exercise is not null order by n desc limit 1", row[0]
        )
        started_at = datetime.fromisoformat(row[2])
        return Unfinished(
            id=row[0],
            routine=row[1],
            started_at=started_at,
            last_at=datetime.fromisoformat(last[0]) if last else started_at,
            last_exercise=str(exercise[0]) if exercise else None,
        )

    def close_unfinished(self) -> None:
        """Mark every session without an end, other than the running one, as interrupted. Raises JournalError."""
        with self._writing():
            self._interrupt_open()

    def sessions(self) -> list[SessionEntry]:
        """Every session, oldest first."""
        rows = self._db.execute("select id, routine, started_at, ended_at, outcome, version from sessions order by id")
        return [
            SessionEntry(
                row[0],
                row[1],
                datetime.fromisoformat(row[2]),
                datetime.fromisoformat(row[3]) if row[3] else None,
                row[4],
                row[5],
            )
            for row in rows
        ]

    def facts(self, session: int) -> list[Fact]:
        """Every fact of a session, in order."""
        rows = self._db.execute("select n, at, at_s, kind, facts from facts where session = ? order by n", [session])
        return [Fact(row[0], datetime.fromisoformat(row[1]), row[2], row[3], json.loads(row[4])) for row in rows]

    def happened(self, kinds: Sequence[str]) -> list[Happened]:
        """Every fact of these kinds, of all sessions, oldest first."""
        marks = ", ".join("?" * len(kinds))
        query = f"select at, kind, facts from facts where kind in ({marks}) order by session, n"
        rows = self._db.execute(query, list(kinds))
        return [Happened(datetime.fromisoformat(row[0]), row[1], json.loads(row[2])) for row in rows]

    def close(self) -> None:
        """Close the file; a session that has no end yet is marked as interrupted. Never raises."""
        with contextlib.suppress(CoachError):
            self.finish(INTERRUPTED)
        self._session = None
        with contextlib.suppress(sqlite3.Error):
            self._db.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _row(self, query: str, value: object) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._db.execute(query, [value]).fetchone()
        return row

    def _interrupt_open(self) -> None:
        self._db.execute(
            "update sessions set outcome = ?, ended_at = coalesce("
            "(select at from facts where session = sessions.id order by n desc limit 1), started_at) "
            "where ended_at is null and id is not ?",
            (INTERRUPTED, self._session),
        )

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """All of it is kept, or none."""
        try:
            with self._db.atomic():
                yield
        except sqlite3.Error as error:
            why = _reason(error, self.path)
            raise JournalError(
                f"The journal {self.path} can't be written to ({why}), so what happens now may not be kept."
            ) from error


# --- opening -------------------------------------------------------------------------------------------


def _opened(path: Path) -> Database:
    from sqlite_utils import Database

    path.parent.mkdir(parents=True, exist_ok=True)
    # Which thread uses it is the runner's affair; it is never more than one.
    connection = sqlite3.connect(path, timeout=5.0, check_same_thread=False)
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        problem = connection.execute("pragma quick_check(1)").fetchone()[0]
        if problem != "ok":
            error = sqlite3.DatabaseError(problem)
            error.sqlite_errorname = "SQLITE_CORRUPT"
            raise error
        db = Database(connection, execute_plugins=False)
        _migrate(db, path)
    except BaseException:
        connection.close()
        raise
    return db


def _migrate(db: Database, path: Path) -> None:
    from sqlite_utils import Database

    from coach.migrations import MIGRATIONS

    ours = {migration.name for migration in MIGRATIONS.pending(Database(memory=True, execute_plugins=False))}
    if any(migration.name not in ours for migration in MIGRATIONS.applied(db)):
        raise JournalError(
            f"The journal {path} was written by a newer coach than this one ({__version__}), so it is left as it is; "
            "start the newer coach, or set COACH_HOME to another folder."
        )
    MIGRATIONS.apply(db)


def _is_damage(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorname", "") in _DAMAGED


def _reason(error: Exception, path: Path) -> str:
    if disk.is_full(path, error):
        return "the disk is full"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    name = getattr(error, "sqlite_errorname", "")
    return {"SQLITE_READONLY": "it is read-only"}.get(name, str(error))


def _iso(at: datetime | None) -> str:
    at = at or datetime.now().astimezone()
    if at.tzinfo is None:
        raise ValueError("the journal keeps aware times only")
    return at.isoformat()
