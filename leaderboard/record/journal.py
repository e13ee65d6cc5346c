"""An append-only, hash-chained table of entries: what is written there is the truth of a competition.

The digest of an entry covers its predecessor's, so that whoever holds one digest holds the whole past: a rewritten one
shows. SQLite (WAL, every commit on the disk before it counts) or PostgreSQL, through SQLAlchemy.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from benchmark.errors import UserError

START = "0" * 64
LOCK_SECONDS = 30
_ADVISORY_LOCK = 7_302_811
_TABLE = Table(
    "entries",
    MetaData(),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("time", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", Text, nullable=False, unique=True),
    Column("digest", Text, nullable=False, unique=True),
)
_SQLITE_GUARDS = tuple(
    f"CREATE TRIGGER IF NOT EXISTS no_{verb.lower()} BEFORE {verb} ON entries "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    for verb in ("UPDATE", "DELETE")
)
_POSTGRES_GUARDS = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$",
    "CREATE OR REPLACE TRIGGER no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON entries "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)


@dataclass(frozen=True)
class Entry:
    """A line of the journal: `seq` counts from 1, `time` is UTC, `digest` covers all of it and `previous`."""

    seq: int
    time: datetime
    kind: str
    body: dict[str, Any]
    previous: str
    digest: str


class Writer:
    """Holds the journal's only pen: what it sees is the newest, what it adds is committed when the block ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        last = connection.execute(select(_TABLE).order_by(_TABLE.c.seq.desc()).limit(1)).one_or_none()
        self._seq: int = last.seq if last else 0
        self._head: str = last.digest if last else START

    def entries(self, after: int) -> list[Entry]:
        return _entries(self._connection, after)

    def add(self, kind: str, body: dict[str, Any], time: datetime) -> Entry:
        row = _row(self._seq + 1, time, kind, body, self._head)
        self._connection.execute(_TABLE.insert(), row)
        self._seq, self._head = row["seq"], row["digest"]
        return _entry(row)


class Journal:
    """The journal at a database URL. Processes and threads may share one; each writes in its turn."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._sqlite = self._engine.dialect.name == "sqlite"

    def create(self) -> None:
        """Make the table and its guards, once; a journal that is there stays as it is."""
        with self._writing() as connection:
            _TABLE.create(connection, checkfirst=True)
            for guard in _SQLITE_GUARDS if self._sqlite else _POSTGRES_GUARDS:
                connection.execute(text(guard))

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """The pen, for the length of a block; what was added is on the disk when the block ends, or nothing is."""
        with self._writing() as connection:
            yield Writer(connection)

    def entries(self, after: int = 0) -> list[Entry]:
        """All entries after the one with this number, in order."""
        with self._engine.connect() as connection:
            return _entries(connection, after)

    def last(self) -> int:
        """The number of the newest entry; 0 for an empty journal."""
        with self._engine.connect() as connection:
            return int(connection.execute(select(func.max(_TABLE.c.seq))).scalar() or 0)

    def faults(self) -> list[str]:
        """What is wrong with the chain, in words; empty where every entry follows from the one before."""
        found: list[str] = []
        head, expected = START, 1
        with self._engine.connect() as connection:
            for row in connection.execute(select(_TABLE).order_by(_TABLE.c.seq)).mappings():
                if row["seq"] != expected:
                    found.append(f"entry {expected} is missing")
                if row["previous"] != head:
                    found.append(f"entry {row['seq']} does not follow from the entry before it")
                if (
                    _digest(row["seq"], row["time"], row["kind"], row["body"], row["previous"])
                    != row["digest"]
                ):
                    found.append(f"entry {row['seq']} is not what its digest says")
                head, expected = row["digest"], row["seq"] + 1
        return found

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._engine.connect() as connection, connection.begin():
            if self._sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
            yield connection


def _engine(url: str) -> Engine:
    try:
        sqlite = url.startswith("sqlite")
        waiting = {} if sqlite else {"connect_timeout": LOCK_SECONDS}
        engine = create_engine(url, pool_pre_ping=not sqlite, hide_parameters=True, connect_args=waiting)
    except Exception as error:
        raise UserError(
            "This is no database URL.", given=url.partition("@")[2] or url, do=str(error)
        ) from None
    if engine.dialect.name not in ("sqlite", "postgresql"):
        raise UserError("The journal is kept in SQLite or PostgreSQL.", given=engine.dialect.name)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # transactions are begun here, not by the driver
    for setting in (f"busy_timeout={LOCK_SECONDS * 1000}", "synchronous=FULL"):
        connection.execute(f"PRAGMA {setting}")
    _write_ahead(connection)


def _write_ahead(connection: Any) -> None:
    """SQLite does not wait for others who change the mode of a fresh file at the same time."""
    deadline = monotonic() + LOCK_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                raise
            sleep(0.01)


def _entries(connection: Connection, after: int) -> list[Entry]:
    rows = connection.execute(select(_TABLE).where(_TABLE.c.seq > after).order_by(_TABLE.c.seq))
    return [_entry(dict(row)) for row in rows.mappings()]


def _row(seq: int, time: datetime, kind: str, body: dict[str, Any], previous: str) -> dict[str, Any]:
    moment = spelled(time)
    content = json.dumps(body, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    digest = _digest(seq, moment, kind, content, previous)
    return dict(seq=seq, time=moment, kind=kind, body=content, previous=previous, digest=digest)


def _digest(seq: int, time: str, kind: str, body: str, previous: str) -> str:
    """SHA-256 over the JSON list of all that an entry says; a list, so that no two entries have one spelling."""
    return hashlib.sha256(json.dumps([previous, seq, time, kind, body]).encode()).hexdigest()


def _entry(row: dict[str, Any]) -> Entry:
    time = datetime.fromisoformat(row["time"])
    return Entry(row["seq"], time, row["kind"], json.loads(row["body"]), row["previous"], row["digest"])


def spelled(moment: datetime) -> str:
    """A moment as the record spells it: in UTC, in milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def is_unavailable(error: Exception) -> bool:
    """Whether the database could not be reached or written: full or read-only disk, server away."""
    return isinstance(error, DBAPIError | OSError)
