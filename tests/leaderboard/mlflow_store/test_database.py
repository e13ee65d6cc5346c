"""MLflow's database in SQLite is there whole, or not at all; on real MLflow."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from leaderboard.mlflow_store.database import make_database, sqlite_file

OPEN = (
    "import sys; from pathlib import Path; from leaderboard.mlflow_store.store import Store; "
    "print(Store(sys.argv[1], 'toys', Path(sys.argv[2])).runs())"
)


def opening(uri: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", OPEN, uri, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"TMPDIR": str(folder)},
    )


def test_only_sqlite_is_a_file(tmp_path: Path) -> None:
    assert sqlite_file(f"sqlite:///{tmp_path}/mlflow.db") == tmp_path / "mlflow.db"
    assert sqlite_file("sqlite://") is None
    assert sqlite_file("postgresql+psycopg://host/name") is None
    make_database("postgresql+psycopg://host/name")


def test_a_database_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_text("mine")
    make_database(f"sqlite:///{tmp_path}/mlflow.db")
    assert (tmp_path / "mlflow.db").read_text() == "mine"


@pytest.mark.slow
def test_processes_may_make_a_fresh_store_at_once(tmp_path: Path) -> None:
    uri, folder = f"sqlite:///{tmp_path}/there/mlflow.db", tmp_path / "folder"
    folder.mkdir()
    started = [opening(uri, folder) for _ in range(3)]
    ended = [(*process.communicate(), process.returncode) for process in started]
    assert [(out, code) for out, _, code in ended] == [("[]\n", 0)] * 3, ended
    with closing(sqlite3.connect(tmp_path / "there" / "mlflow.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        count = connection.execute("SELECT count(*) FROM experiments WHERE name = 'toys'").fetchone()
        assert count == (1,)


@pytest.mark.slow
def test_killed_while_it_makes_its_tables_it_makes_them_again(tmp_path: Path) -> None:
    database, half_made = tmp_path / "mlflow.db", 0
    for number in range(6):
        folder = tmp_path / str(number)
        folder.mkdir()
        process = opening(f"sqlite:///{database}", folder)
        while process.poll() is None and not any(_sizes(folder)) and not database.exists():
            time.sleep(0.01)
        time.sleep(0.08 * number)
        process.kill()
        process.wait()
        half_made += not database.exists()
    out, error = opening(f"sqlite:///{database}", tmp_path).communicate()
    assert out == "[]\n", error
    assert half_made


def _sizes(folder: Path) -> list[int]:
    return [path.stat().st_size for path in folder.rglob("mlflow.db")]
