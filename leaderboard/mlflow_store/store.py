"""MLflow, where the leaderboard is shown to the organizer's people and tools. The record stays the truth.

One experiment per competition, one run per scored submission. Only `database` and `tracking` import MLflow beside it.
"""

from __future__ import annotations

import fcntl
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit
from urllib.request import url2pathname
from uuid import uuid4

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run, RunTag
from mlflow.exceptions import MlflowException

from leaderboard.mlflow_store.content import NUMBER, SUBMISSION, RunContent
from leaderboard.mlflow_store.database import make_database, sqlite_file

PAGE = 1_000
ANALYZE_FIRST = 100
ANALYZE_GROWTH = 1.5
_KIND = "custom_model_development"  # runs and their metrics first, no traces
_ABOUT = "Written from the record of the competition: what is changed here is found by `classmark competition verify`."


class StoreError(Exception):
    """MLflow did not do what it was asked: away, slow, full, or changed by somebody else."""


@dataclass(frozen=True)
class SeenRun:
    """A run as MLflow shows it; `number` is 0 while it is half-made."""

    id: str
    submission: str
    number: int
    name: str
    start: int
    end: int | None
    status: str
    params: dict[str, str]
    tags: dict[str, str]
    metrics: dict[str, float]
    artifacts: str


class Store:
    """An experiment at an MLflow tracking URI, made where there is none.

    `folder` holds the artifacts, unless a server says where they lie, and the lock under which processes write.
    """

    def __init__(self, uri: str, name: str, folder: Path) -> None:
        self.uri, self.name, self.folder = uri, name, folder
        folder.mkdir(parents=True, exist_ok=True)
        self._database = sqlite_file(uri)
        with self._locked(), _told():
            make_database(uri)
            self._client = MlflowClient(tracking_uri=uri)
            self._experiment = self._open()
            if self._database:
                self._ask("PRAGMA journal_mode=WAL")
        self._claim = ""
        self._written = self._analyzed = 0

    def claim(self) -> None:
        """Become the one writer: whoever wrote before is refused from now on."""
        with self._locked() as file:
            self._claim = uuid4().hex
            file.truncate(0)
            file.write(self._claim)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The pen, for the length of a block. StoreError where another writer has claimed it."""
        with self._locked() as file:
            if file.read() != self._claim:
                raise StoreError("another writer has taken over")
            yield

    def runs(self) -> list[SeenRun]:
        """All runs of the experiment."""
        found: list[SeenRun] = []
        token: str | None = None
        with _told():
            while True:
                page = self._client.search_runs([self._experiment], max_results=PAGE, page_token=token)
                found += [_seen(run) for run in page]
                token = page.token
                if not token:
                    return found

    def write(self, content: RunContent, run: str | None, artifacts: Mapping[str, bytes]) -> str:
        """Make the run, or bring the one with this id up to date, and return its id.

        The tags that say it is done are written last: a run without them is half-made, and writing it again completes
        it. A newer scoring adds to the history of its metrics, at the step of its number.
        """
        with _told():
            made = self._client.get_run(run) if run else None
            if made and not self._prepare_again(content, made):
                made = None
            if made is None:
                made = self._client.create_run(self._experiment, content.start, content.fixed, content.name)
            run = str(made.info.run_id)
            self._keep(made, artifacts)
            self._client.set_terminated(run, content.status, content.end)
            self._client.log_batch(
                run,
                [Metric(name, value, content.end, content.number) for name, value in content.metrics.items()],
                [Param(name, value) for name, value in content.params.items()],
                [RunTag(name, value) for name, value in content.tags.items()],
            )
        self._written += 1
        return run

    def analyze(self) -> None:
        """Tell SQLite how its tables have grown: without, it sorts 10,000 runs by a metric 70 times slower."""
        grown = self._written >= max(ANALYZE_FIRST, ANALYZE_GROWTH * self._analyzed)
        if self._database and grown:
            with _told():
                self._ask("ANALYZE")
            self._analyzed = self._written

    def replace(self) -> None:
        """Put the experiment aside, renamed and deleted, so that MLflow can still restore it, and make a new one."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with _told():
            self._client.rename_experiment(self._experiment, f"{self.name} (before {now})")
            self._client.delete_experiment(self._experiment)
            self._experiment = self._open()
        self._written = self._analyzed = 0

    def artifact(self, run: SeenRun, name: str) -> bytes | None:
        """An artifact's content, or None where there is none."""
        try:
            if place := _local(run.artifacts):
                return (place / name).read_bytes()
            with tempfile.TemporaryDirectory() as folder:
                return Path(self._client.download_artifacts(run.id, name, folder)).read_bytes()
        except (MlflowException, OSError):
            return None

    def artifacts(self, run: SeenRun) -> set[str]:
        """The names of all artifacts of a run, with their folders."""
        if place := _local(run.artifacts):
            return {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()}
        with _told():
            return set(self._listed(run.id, None))

    def _listed(self, run: str, folder: str | None) -> Iterator[str]:
        for found in self._client.list_artifacts(run, folder):
            yield from self._listed(run, found.path) if found.is_dir else (found.path,)

    @contextmanager
    def _locked(self) -> Iterator[IO[str]]:
        with (self.folder / "lock").open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            yield file

    def _open(self) -> str:
        found = self._client.get_experiment_by_name(self.name)
        if found is not None and found.lifecycle_stage == "active":
            return str(found.experiment_id)
        if found is not None:
            self._client.restore_experiment(found.experiment_id)
            return str(found.experiment_id)
        served = self.uri.startswith(("http:", "https:"))
        place = None if served else (self.folder / "artifacts").as_uri()
        tags = {"mlflow.note.content": _ABOUT, "mlflow.experimentKind": _KIND}
        return str(self._client.create_experiment(self.name, place, tags))

    def _prepare_again(self, content: RunContent, run: Run) -> bool:
        """Take away what a newer scoring does not say; False where the run had to go, as no metric goes alone."""
        if set(run.data.metrics) - set(content.metrics):
            self._client.delete_run(run.info.run_id)
            return False
        for tag in run.data.tags:
            if tag.startswith("classmark.") and tag not in {*content.fixed, *content.tags}:
                self._client.delete_tag(run.info.run_id, tag)
        return True

    def _keep(self, run: Run, artifacts: Mapping[str, bytes]) -> None:
        """Log artifacts; on this machine's disk as plain files, which is three times as fast as through the client."""
        if not artifacts:
            return
        place = _local(run.info.artifact_uri)
        with nullcontext(place) if place else tempfile.TemporaryDirectory() as folder:
            for name, content in artifacts.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            if not place:
                self._client.log_artifacts(run.info.run_id, folder)

    def _ask(self, statement: str) -> None:
        assert self._database
        with closing(sqlite3.connect(self._database, timeout=60)) as connection:
            connection.execute(statement)
            connection.commit()


def _seen(run: Run) -> SeenRun:
    info, data = run.info, run.data
    whole = info.status != "RUNNING" and data.tags.get(NUMBER, "").isdigit()
    return SeenRun(
        id=info.run_id,
        submission=data.tags.get(SUBMISSION, ""),
        number=int(data.tags[NUMBER]) if whole else 0,
        name=info.run_name,
        start=info.start_time,
        end=info.end_time,
        status=info.status,
        params=dict(data.params),
        tags=dict(data.tags),
        metrics=dict(data.metrics),
        artifacts=info.artifact_uri,
    )


def _local(uri: str) -> Path | None:
    """The folder of an artifact URI on this machine's disk."""
    return Path(url2pathname(urlsplit(uri).path)) if uri.startswith("file:") else None


@contextmanager
def _told() -> Iterator[None]:
    """Whatever goes wrong in MLflow, or on the way there, as StoreError."""
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        raise StoreError(f"{type(error).__name__}: {error}") from error
