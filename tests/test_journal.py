from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from coach import disk, folders
from coach.errors import CoachError
from coach.events import Record
from coach.journal import INTERRUPTED, NAME, Journal, JournalError
from coach.migrations import MIGRATIONS

START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)

WRITE_FOR_EVER = """
from coach.events import Record
from coach.journal import Journal
journal = Journal.open()
journal.begin("gentle-start")
n = 0
while True:
    n += 1
    journal.write(Record("rep", {"exercise": "heel slide", "rep": n}))
    print(n, flush=True)
"""


def journal_path() -> Path:
    return folders.data_dir() / NAME


def test_facts_come_back_as_they_went_in() -> None:
    with Journal.open() as journal:
        session = journal.begin("gentle-start", START)
        told = {"exercise": "heel slide", "side": "left", "set": 1, "rep": 2, "seconds": 25.0, "why": ["ö", None]}
        journal.write(Record("rep", told), START + timedelta(seconds=9), 9.25)
        journal.write(Record("pause"), START + timedelta(seconds=12))
        journal.finish("done", START + timedelta(minutes=5))
    with Journal.open() as journal:
        first, second = journal.facts(session)
        assert (first.n, first.at, first.at_s, first.kind) == (1, START + timedelta(seconds=9), 9.25, "rep")
        assert first.facts == told
        assert (second.n, second.at_s, second.kind, second.facts) == (2, None, "pause", {})
        (entry,) = journal.sessions()
        assert (entry.routine, entry.outcome, entry.started_at) == ("gentle-start", "done", START)
        assert entry.ended_at == START + timedelta(minutes=5)
        assert journal.unfinished() is None
    row = sqlite3.connect(journal_path()).execute('select exercise, side, "set", rep from facts').fetchone()
    assert row == ("heel slide", "left", 1, 2)


def test_times_are_aware() -> None:
    with Journal.open() as journal:
        session = journal.begin("x")
        journal.write(Record("pause"))
        assert journal.facts(session)[0].at.tzinfo is not None
        with pytest.raises(ValueError, match="aware"):
            journal.write(Record("pause"), datetime(2026, 3, 1))  # noqa: DTZ001


def test_facts_are_safe_on_the_disk_one_by_one() -> None:
    with Journal.open() as journal:
        assert journal._db.execute("pragma journal_mode").fetchone()[0] == "wal"
        assert journal._db.execute("pragma synchronous").fetchone()[0] == 2
        session = journal.begin("x")
        journal.write(Record("pause"))
        with Journal.open() as other:
            assert [fact.kind for fact in other.facts(session)] == ["pause"]


def test_a_killed_coach_loses_nothing_it_had_kept() -> None:
    with subprocess.Popen([sys.executable, "-c", WRITE_FOR_EVER], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for _ in range(25):
            child.stdout.readline()
        child.kill()
        kept = 25 + len(child.stdout.read().split())
    with Journal.open() as journal:
        assert journal.moved is None
        left = journal.unfinished()
        assert left is not None
        assert (left.routine, left.last_exercise) == ("gentle-start", "heel slide")
        numbers = [fact.facts["rep"] for fact in journal.facts(left.id)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert kept <= len(numbers) <= kept + 1


def test_an_unfinished_session_is_told_of_and_then_closed() -> None:
    journal = Journal.open()
    first = journal.begin("morning", START)
    journal.write(Record("step", {"exercise": "bridge"}), START + timedelta(seconds=30))
    journal.write(Record("pause"), START + timedelta(seconds=40))
    assert journal.unfinished() is None  # It is the one that is running.
    later = Journal.open()
    left = later.unfinished()
    assert left is not None
    assert (left.id, left.routine, left.started_at) == (first, "morning", START)
    assert (left.last_at, left.last_exercise) == (START + timedelta(seconds=40), "bridge")
    later.close_unfinished()
    assert later.unfinished() is None
    (entry,) = later.sessions()
    assert (entry.outcome, entry.ended_at) == (INTERRUPTED, START + timedelta(seconds=40))


def test_beginning_closes_what_was_left_and_closing_what_is_running() -> None:
    Journal.open().begin("morning", START)
    with Journal.open() as journal:
        journal.begin("evening", START + timedelta(hours=9))
        assert journal.unfinished() is None
    with Journal.open() as journal:
        assert [entry.outcome for entry in journal.sessions()] == [INTERRUPTED, INTERRUPTED]
        assert journal.sessions()[0].ended_at == START


def test_an_older_journal_keeps_its_sessions_and_gains_facts() -> None:
    path = journal_path()
    old = Database(path)
    MIGRATIONS.apply(old, stop_before="0002_facts")
    old.execute(
        "insert into sessions (routine, started_at, version) values ('morning', '2026-01-01T09:00:00+00:00', '0')"
    )
    old.conn.commit()
    old.close()
    with Journal.open() as journal:
        left = journal.unfinished()
        assert left is not None
        assert (left.routine, left.last_exercise) == ("morning", None)
        session = journal.begin("evening")
        journal.write(Record("pause"))
        assert len(journal.facts(session)) == 1


def test_a_newer_journal_is_left_alone() -> None:
    Journal.open().close()
    with sqlite3.connect(journal_path()) as newer:
        newer.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) values ('coach-journal', '9999_x', '')"
        )
    before = journal_path().read_bytes()
    with pytest.raises(JournalError, match="newer coach"):
        Journal.open()
    assert journal_path().read_bytes() == before


@pytest.mark.parametrize("damage", ["not a database", "a page in the middle", "cut short"])
def test_a_damaged_journal_is_moved_aside_and_named(damage: str) -> None:
    with Journal.open() as journal:
        journal.begin("x")
        for n in range(300):
            journal.write(Record("rep", {"rep": n, "exercise": "heel slide"}))
    path = journal_path()
    content = path.read_bytes()
    if damage == "not a database":
        content = b"This is no database at all. " * 40
    elif damage == "cut short":
        content = content[:5000]
    else:
        content = content[:8192] + b"\xa5" * 4096 * 3 + content[8192 + 4096 * 3 :]
    path.write_bytes(content)
    with Journal.open() as journal:
        assert journal.sessions() == []
        assert journal.moved is not None
        assert journal.moved.read_bytes() == content
        assert "damaged" in journal.moved.name
        session = journal.begin("x")
        journal.write(Record("pause"))
        assert len(journal.facts(session)) == 1
    with Journal.open() as journal:
        assert journal.moved is None


def test_two_damaged_journals_are_both_kept() -> None:
    moved = set()
    for content in (b"first " * 200, b"second " * 200):
        journal_path().write_bytes(content)
        with Journal.open() as journal:
            assert journal.moved is not None
            moved.add(journal.moved.read_bytes())
        for ending in ("", "-wal", "-shm"):
            journal_path().with_name(NAME + ending).unlink(missing_ok=True)
    assert len(moved) == 2


def test_no_place_for_a_journal_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / NAME, tmp_path):
        with pytest.raises(JournalError, match="can't be opened"):
            Journal.open(path)
    assert issubclass(JournalError, CoachError)


def test_a_disk_without_room_is_told_from_a_folder_without_rights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite calls both an input/output error, or says that it can't open the file."""
    with pytest.raises(JournalError, match="make its folder writable"):
        Journal.open(tmp_path)
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: disk.shutil._ntuple_diskusage(10, 10, 0))
    with pytest.raises(JournalError, match=r"\(the disk is full\), so no session can be kept; make some room on it"):
        Journal.open(tmp_path)


def test_a_full_disk_costs_a_fact_and_not_the_session() -> None:
    with Journal.open() as journal:
        session = journal.begin("x")
        journal.write(Record("pause"))
        journal._db.execute("pragma max_page_count = 1")
        with pytest.raises(JournalError, match="disk is full"):
            journal.write(Record("note", {"long": "x" * 100_000}))
        journal._db.execute("pragma max_page_count = 100000")
        journal.write(Record("resume"))
        assert [(fact.n, fact.kind) for fact in journal.facts(session)] == [(1, "pause"), (2, "resume")]


def test_a_fact_without_a_session_is_refused() -> None:
    with Journal.open() as journal, pytest.raises(JournalError, match="no session"):
        journal.write(Record("pause"))
