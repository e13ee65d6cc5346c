"""The append-only, hash-chained record: on real files, with several writers, against tampering."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.errors import UserError
from leaderboard.record.journal import START, Journal

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path: Path) -> Journal:
    made = Journal(f"sqlite:///{path}")
    made.create()
    return made


def fill(journal: Journal, count: int = 5) -> None:
    for number in range(count):
        with journal.writing() as writer:
            writer.add("counted", {"number": number}, NOW + timedelta(seconds=number))


def test_entries_follow_from_one_another(journal: Journal) -> None:
    fill(journal)
    entries = journal.entries()
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
    assert journal.last() == 5
    assert [entry.body["number"] for entry in entries] == [0, 1, 2, 3, 4]
    assert [entry.previous for entry in entries] == [START, *(entry.digest for entry in entries[:-1])]
    assert entries[0].time == NOW
    assert [entry.seq for entry in journal.entries(after=3)] == [4, 5]
    assert journal.faults() == []


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc ü'\"", max_size=4), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(st.dictionaries(st.text("ab;--'\"", max_size=5), _JSON, max_size=4), min_size=1, max_size=4))
def test_what_is_written_is_read(bodies: list[dict[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(f"sqlite:///{folder}/journal.db")
        journal.create()
        with journal.writing() as writer:
            for body in bodies:
                writer.add("kind; DROP TABLE entries", body, NOW)
        assert [entry.body for entry in journal.entries()] == bodies
        assert journal.faults() == []
        journal.close()


def test_no_number_that_json_lacks_gets_in(journal: Journal) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"), journal.writing() as writer:
        writer.add("scored", {"value": float("inf")}, NOW)
    assert journal.last() == 0


def test_a_block_that_fails_writes_nothing(journal: Journal) -> None:
    fill(journal, 1)

    def fail() -> None:
        with journal.writing() as writer:
            writer.add("counted", {"number": 7}, NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert journal.last() == 1


@pytest.mark.parametrize(
    "change", ["UPDATE entries SET body='{}' WHERE seq=2", "DELETE FROM entries WHERE seq=5"]
)
def test_the_database_refuses_changes(journal: Journal, path: Path, change: str) -> None:
    fill(journal)
    with sqlite3.connect(path) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(change)


def _without_guards(path: Path, *changes: str) -> None:
    with sqlite3.connect(path) as connection:
        for change in ("DROP TRIGGER no_update", "DROP TRIGGER no_delete", *changes):
            connection.execute(change)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE entries SET body='{\"number\":9}' WHERE seq=2", "entry 2 is not what its digest says"),
        ("UPDATE entries SET time='2020-01-01T00:00:00.000+00:00' WHERE seq=3", "entry 3 is not what"),
        ("UPDATE entries SET kind='other' WHERE seq=4", "entry 4 is not what its digest says"),
        ("DELETE FROM entries WHERE seq=2", "entry 2 is missing"),
        ("DELETE FROM entries WHERE seq=1", "entry 1 is missing"),
    ],
)
def test_a_rewritten_past_shows(journal: Journal, path: Path, change: str, fault: str) -> None:
    fill(journal)
    _without_guards(path, change)
    assert any(found.startswith(fault) for found in journal.faults())


def test_a_past_rewritten_with_new_digests_has_another_head(tmp_path: Path, journal: Journal) -> None:
    """Whoever rewrites all that follows makes a sound chain; the receipts, which hold old heads, give it away."""
    fill(journal)
    forged = Journal(f"sqlite:///{tmp_path / 'forged.db'}")
    forged.create()
    for entry in journal.entries():
        with forged.writing() as writer:
            writer.add(entry.kind, entry.body | ({"number": 99} if entry.seq == 2 else {}), entry.time)
    assert forged.faults() == []
    same = [a.digest == b.digest for a, b in zip(journal.entries(), forged.entries(), strict=True)]
    assert same == [True, False, False, False, False]


WRITING = """
import sys
from datetime import UTC, datetime
from leaderboard.record.journal import Journal
journal = Journal(sys.argv[1])
for number in range(20):
    with journal.writing() as writer:
        writer.add("counted", {"number": number}, datetime.now(UTC))
"""


def test_processes_and_threads_take_turns(journal: Journal, path: Path) -> None:
    url = f"sqlite:///{path}"
    processes = [subprocess.Popen([sys.executable, "-c", WRITING, url]) for _ in range(3)]
    threads = [threading.Thread(target=fill, args=(Journal(url), 20)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert journal.last() == 120
    assert journal.faults() == []


def test_a_fresh_journal_is_made_once_by_many_at_a_time(path: Path) -> None:
    for number in range(20):
        url = f"sqlite:///{path}{number}"
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda url: Journal(url).create(), [url] * 8))
        fill(Journal(url), 2)
        assert Journal(url).last() == 2


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/db", "sqlite3:/x"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(UserError):
        Journal(url)
