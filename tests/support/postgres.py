"""A PostgreSQL server of a test's own: in a temporary folder, behind a Unix socket, run by an unprivileged user."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
_SETTINGS = ("listen_addresses=", "max_connections=60", "shared_buffers=64MB")


class Postgres:
    """A server that can be started, killed and started again; what was committed is there again then."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._owner = _owner()
        if self._owner:
            os.chown(folder, self._owner.pw_uid, self._owner.pw_gid)
        self._call("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it answers; after a kill its children may need a moment to be gone."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                self._process = self._launch()
            if self._answers():
                return
            time.sleep(0.1)
        raise RuntimeError((self.folder / "server.log").read_text()[-2000:])

    def kill(self) -> None:
        """Kill the server and all its children at once, as when the power fails."""
        assert self._process
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(60)

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of a database; MLflow takes it too."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create(self, database: str) -> str:
        """Make a new database and return its URL."""
        engine = create_engine(self.url(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{database}"'))
        engine.dispose()
        return self.url(database)

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = [option for setting in _SETTINGS for option in ("-c", setting)]
        command = [*_binary("postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder), *settings]
        with (self.folder / "server.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **self._as())

    def _answers(self) -> bool:
        engine = create_engine(self.url())
        try:
            with engine.connect():
                return True
        except OperationalError:
            return False
        finally:
            engine.dispose()

    def _call(self, name: str, *arguments: str) -> None:
        done = subprocess.run([*_binary(name), *arguments], capture_output=True, text=True, **self._as())
        if done.returncode:
            raise RuntimeError(done.stderr)

    def _as(self) -> dict[str, Any]:
        """Whom to run as: the server refuses root."""
        if self._owner is None:
            return {"cwd": self.folder}
        return {
            "cwd": self.folder,
            "user": self._owner.pw_uid,
            "group": self._owner.pw_gid,
            "extra_groups": [],
            "env": {**os.environ, "HOME": str(self.folder)},
        }


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A running server, removed at the end; the test is skipped where PostgreSQL is not installed."""
    if not (_PLACES or shutil.which("postgres")):
        pytest.skip("PostgreSQL is not here: install postgresql (postgres and initdb)")
    folder = Path(tempfile.mkdtemp(prefix="classmark-postgres-"))
    try:
        server = Postgres(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binary(name: str) -> list[str]:
    found = shutil.which(name)
    return [found or str(_PLACES[0] / name)]


def _owner() -> pwd.struct_passwd | None:
    """Who runs the server where this process is root; None for this process's own user."""
    if os.getuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    pytest.skip("there is no unprivileged user to run PostgreSQL")
