"""MLflow's own database in SQLite: there whole, or not at all."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mlflow import MlflowClient
from sqlalchemy.engine import make_url

from benchmark.files import temporary_folder, write_bytes


def sqlite_file(uri: str) -> Path | None:
    """The file of an SQLite tracking URI; None for any other URI."""
    if not uri.startswith("sqlite"):
        return None
    name = make_url(uri).database
    return Path(name) if name else None


def make_database(uri: str) -> None:
    """Make the database of an SQLite tracking URI where there is none; other URIs are left to MLflow.

    MLflow makes its tables one by one, in seconds, and never gets on with those of a process that was killed meanwhile,
    nor with those that another one is making. So they are made elsewhere, by one process at a time.
    """
    database = sqlite_file(uri)
    if database is None:
        return
    database.parent.mkdir(parents=True, exist_ok=True)
    with _alone(database.parent):
        if not database.exists():
            with temporary_folder() as folder:
                made = folder / database.name
                MlflowClient(f"sqlite:///{made}").search_experiments(max_results=1)
                write_bytes(database, made.read_bytes())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time in this block."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
