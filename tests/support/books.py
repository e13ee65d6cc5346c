"""A competition's record written by hand: submissions without files, scorings with made-up values and draws."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from contests import TOML
from numpy.typing import NDArray
from toys import KINDS, toy_task

from benchmark.intervals import DRAWS
from leaderboard.contest import Contest
from leaderboard.record.ledger import Ledger
from leaderboard.record.vault import Vault

START = datetime(2026, 3, 1, tzinfo=UTC)
C, M, K = "toy_classification", "toy_matching", "toy_clustering"
Values = Mapping[str, float | None]


def book_contest(folder: Path, prepared: Path | None = None, prizes: Sequence[str] = ()) -> Contest:
    """A toy competition whose tasks are prepared, or are those of another home; with prizes in each track."""
    (folder / "private").mkdir(parents=True)
    text = TOML.format(per_day=5, more="").replace("tasks = [", f"prizes = {list(prizes)}\ntasks = [")
    (folder / "competition.toml").write_text(text)
    if prepared:
        (folder / "home").symlink_to(prepared)
    contest = Contest(folder)
    if not prepared:
        for kind in KINDS:
            toy_task(kind)
    for ledger in (contest.ledger, contest.private_ledger):
        ledger.journal.create()
        ledger.record(lambda state: [("opened_book", {"name": "toys"})])
    return contest


class Book:
    """Writes entries; submissions come a minute apart and are named s1, s2, ..."""

    def __init__(self, contest: Contest) -> None:
        self.contest = contest
        self.submissions = 0

    def team(self, *names: str, baseline: bool = False) -> None:
        for name in names:
            body = {"team": name, "name": name.title(), "token": "", "baseline": baseline}
            self._write("team_added", body)

    def remove(self, team: str) -> None:
        self._write("team_removed", {"team": team})

    def select(self, team: str, *submissions: str) -> None:
        self._write("selected", {"team": team, "submissions": list(submissions)})

    def mend(self, task: str) -> None:
        self._write("labels_mended", {"task": task, "before": "", "after": "", "reason": "by hand"})

    def accept(self, team: str, tasks: tuple[str, ...] = (C, M, K), **changes: Any) -> str:
        self.submissions += 1
        body = {
            "id": f"s{self.submissions}",
            "team": team,
            "form": "predictions",
            "files": {name: f"{self.submissions:064x}" for name in tasks},
            "digest": f"{self.submissions:064x}",
            "note": f"note of s{self.submissions}",
            "key": str(self.submissions),
            "phase": "main",
        }
        self._write("accepted", body | changes)
        return str(body["id"])

    def score(
        self,
        submission: str,
        public: Values,
        private: Values | None = None,
        seed: int = 0,
        width: float = 0.02,
    ) -> None:
        """A scoring on both parts; without `private` values, those of the public part. None is a failure."""
        for ledger, vault, values in self._parts(public, private):
            self._record(ledger, "scored", _body(submission, values, vault, seed, width))

    def constants(self, public: Values, private: Values | None = None) -> None:
        for ledger, vault, values in self._parts(public, private):
            self._record(ledger, "constants", _body("", values, vault, 0, 0.01))

    def entry(self, team: str, public: Values, private: Values | None = None, **options: Any) -> str:
        """Accept and score a submission of the tasks that have values."""
        name = self.accept(team, tuple(public))
        self.score(name, public, private, **options)
        return name

    def _parts(self, public: Values, private: Values | None) -> list[tuple[Ledger, Vault, Values]]:
        contest = self.contest
        return [
            (contest.private_ledger, contest.private_draws, public if private is None else private),
            (contest.ledger, contest.draws, public),
        ]

    def _write(self, kind: str, body: dict[str, Any]) -> None:
        self._record(self.contest.ledger, kind, body)

    def _record(self, ledger: Ledger, kind: str, body: dict[str, Any]) -> None:
        ledger.record(lambda state: [(kind, body)], START + timedelta(minutes=self.submissions))


def draws_of(task: str, value: float, seed: int, width: float) -> NDArray[np.float32]:
    """Draws around a value: mostly noise that all scorings of a task share."""
    shared = np.random.default_rng(len(task)).normal(0, 0.03, DRAWS)
    own = np.random.default_rng([len(task), seed]).normal(0, width, DRAWS)
    return (value + shared + own).astype(np.float32)


def _body(submission: str, values: Values, vault: Vault, seed: int, width: float) -> dict[str, Any]:
    tasks: dict[str, Any] = {}
    draws: dict[str, Any] = {}
    for name, value in values.items():
        tasks[name] = {"status": "failed" if value is None else "ok", "value": value}
        if value is not None:
            draws[name] = draws_of(name, value, seed, width)
    buffer = io.BytesIO()
    np.savez(buffer, **draws)
    digest = _keep(vault, buffer.getvalue()) if draws else ""
    return {"submission": submission, "tasks": tasks, "draws": digest, "scorer": "hand", "reason": ""}


def _keep(vault: Vault, content: bytes) -> str:
    """Keep a file in the vault without waiting for the disk."""
    digest = hashlib.sha256(content).hexdigest()
    vault.root.mkdir(exist_ok=True)
    vault.path(digest).write_bytes(content)
    return digest
