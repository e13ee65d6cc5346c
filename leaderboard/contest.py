"""A competition's folder, opened: its settings, its records, its tasks. Where things lie is said here and nowhere else.

competition.toml     settings
rules.md             the rules, for the participants
journal.db           the record (unless `database` names another place)
submissions/         what was handed in, under its digest
draws/               bootstrap draws of public scores
reports/             what a scoring found on the public part, for the organizer
public/              what everybody may download
home/                the competition's own CLASSMARK_HOME: prepared tasks, hidden labels, results of code
private/             secrets, the record of private scores and their draws; never served
mlflow/              MLflow's databases and artifacts (unless `mlflow` names a server)
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from benchmark.errors import UserError, unknown_name
from benchmark.labels import Labels, load_labels
from benchmark.task import Task, open_task
from leaderboard.config import Config, read_config
from leaderboard.record.journal import Journal
from leaderboard.record.ledger import Ledger
from leaderboard.record.vault import Vault


class Contest:
    """A competition. Opening it makes its `home/` this process's CLASSMARK_HOME."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.config: Config = read_config(self.folder)
        os.environ["CLASSMARK_HOME"] = str(self.home)
        self._tasks: dict[str, Task] = {}
        self._labels: dict[str, tuple[int, Labels]] = {}

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def public(self) -> Path:
        return self.folder / "public"

    @property
    def private(self) -> Path:
        return self.folder / "private"

    @property
    def rules(self) -> str:
        path = self.folder / self.config.rules
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    @cached_property
    def submissions(self) -> Vault:
        return Vault(self.folder / "submissions")

    @cached_property
    def draws(self) -> Vault:
        return Vault(self.folder / "draws")

    @cached_property
    def reports(self) -> Vault:
        return Vault(self.folder / "reports")

    @cached_property
    def private_draws(self) -> Vault:
        return Vault(self.private / "draws")

    @cached_property
    def ledger(self) -> Ledger:
        """The record of all but private scores."""
        return Ledger(Journal(self.config.database or f"sqlite:///{self.folder / 'journal.db'}"))

    @cached_property
    def private_ledger(self) -> Ledger:
        """The record of private scores."""
        return Ledger(Journal(self.config.private_database or f"sqlite:///{self.private / 'journal.db'}"))

    @property
    def mlflow(self) -> str:
        """The tracking URI of the public leaderboard."""
        return self.config.mlflow or f"sqlite:///{self.folder / 'mlflow' / 'mlflow.db'}"

    @property
    def private_mlflow(self) -> str:
        return self.config.private_mlflow or f"sqlite:///{self.private / 'mlflow.db'}"

    def task(self, name: str) -> Task:
        """A task of the competition; its tables are read once and kept."""
        if name not in self.config.tasks:
            raise unknown_name("task", name, self.config.tasks)
        if name not in self._tasks:
            self._tasks[name] = open_task(self.home / "tasks" / name / self.config.tasks[name])
        return self._tasks[name]

    def labels(self, name: str) -> Labels:
        """The hidden labels of a task, read again where they were mended. For scoring alone: no route comes here."""
        path = self.labels_file(name, "labels.json")
        version = path.stat().st_mtime_ns if path.is_file() else 0
        if name not in self._labels or self._labels[name][0] != version:
            with self.labels_lock():
                self._labels[name] = version, load_labels(self.task(name))
        return self._labels[name][1]

    @contextmanager
    def labels_lock(self, exclusive: bool = False) -> Iterator[None]:
        """Hidden labels are read, or replaced, for the length of a block: never half of each."""
        with (self.private / "labels.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
            yield

    @contextmanager
    def rescoring_lock(self) -> Iterator[None]:
        """One rescoring at a time: UserError where another process is at one."""
        with (self.private / "rescoring.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UserError(
                    "Another process is scoring everything again.", do="Wait for its end."
                ) from None
            yield

    def labels_file(self, task: str, file: str) -> Path:
        """Where `labels.json` or `labels.parquet` of a task lies."""
        return self.home / "hidden" / task / self.config.tasks[task] / file

    def require_made(self) -> None:
        """Raise UserError where the folder holds settings alone."""
        if not self.home.is_dir() or not self.ledger.journal.last():
            raise UserError(
                f"{self.folder} is not a whole competition: its making was interrupted.",
                do="Move it away and run `classmark competition new` again.",
            )
