"""How the journal came to its present shape: one step a function, never changed once it was released."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

MIGRATIONS = Migrations("coach-journal")


@MIGRATIONS(name="0001_sessions")
def sessions(db: Database) -> None:
    """The sessions that were begun, and how each ended."""
    db.execute(
        """
        create table sessions (
            id integer primary key,
            routine text not null,
            started_at text not null,
            ended_at text,
            outcome text,
            version text not null
        )
        """
    )


@MIGRATIONS(name="0002_facts")
def facts(db: Database) -> None:
    """What happened in each, fact by fact."""
    db.execute(
        """
        create table facts (
            session integer not null references sessions(id),
            n integer not null,
            at text not null,
            at_s real,
            kind text not null,
            exercise text,
            side text,
            "set" integer,
            rep integer,
            facts text not null,
            primary key (session, n)
        )
        """
    )
