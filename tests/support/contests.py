"""A small competition on toy tasks, of every kind, that is open now."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pandas as pd
from toys import KINDS, hidden_labels, right_answer, toy_task

from benchmark.task import Task
from leaderboard.contest import Contest
from leaderboard.making.competition import begin_records
from leaderboard.record.accepting import accept
from leaderboard.record.state import Submission
from leaderboard.scoring.submissions import record_scoring

TOML = """
name = "toys"
title = "Toys & co"
text = "A small competition."
contact = "host@example.org"
prize = false
{more}
[quota]
per_day = {per_day}
[[phases]]
name = "main"
opens = 2020-01-01T00:00:00Z
closes = 2999-01-01T00:00:00Z
[[tracks]]
name = "classification"
title = "Classification"
tasks = ["toy_classification@1.0.0"]
[[tracks]]
name = "matching"
title = "Matching"
tasks = ["toy_matching@1.0.0", "toy_clustering@1.0.0"]
"""


def toy_contest(folder: Path, per_day: int = 5, more: str = "", rows: int = 200) -> Contest:
    """A whole competition in `folder`: prepared tasks, hidden labels, records that hold the constant answers alone."""
    (folder / "private").mkdir(parents=True)
    (folder / "competition.toml").write_text(TOML.format(per_day=per_day, more=more))
    (folder / "rules.md").write_text("# Rules\n\nBe fair.\n")
    os.environ["CLASSMARK_HOME"] = str(folder / "home")
    for kind in KINDS:
        toy_task(kind, rows)
    contest = Contest(folder)
    begin_records(contest)
    return contest


@contextmanager
def kept_contest(folder: Path, more: str = "") -> Iterator[Contest]:
    """A toy competition to be copied, in `folder/contest`, answers beside it; CLASSMARK_HOME is put back."""
    before = os.environ.get("CLASSMARK_HOME")
    contest = toy_contest(folder / "contest", more=more)
    write_answers(contest, folder / "answers", wrong=0.3)
    for ledger in (contest.ledger, contest.private_ledger):
        ledger.journal.close()
    yield contest
    os.environ.pop("CLASSMARK_HOME", None)
    if before is not None:
        os.environ["CLASSMARK_HOME"] = before


def answer(task: Task, wrong: float = 0.0, seed: int = 0) -> pd.DataFrame:
    """The perfect answer, or one of which about a share of `wrong` is spoilt; the same for the same seed."""
    right = right_answer(task, hidden_labels(task))
    rows = right.sample(frac=wrong, random_state=seed).index
    if task.kind == "classification":
        right.loc[rows, "prediction"] = task.classes[seed % len(task.classes)]
        return right
    if task.kind == "clustering":
        right.loc[rows, "cluster"] = [f"alone {row}" for row in rows]
        return right
    return right.drop(index=rows)


def write_answers(contest: Contest, folder: Path, wrong: float = 0.0, seed: int = 0) -> dict[str, Path]:
    """A predictions file for each task of the competition, by the task's name."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for name in contest.config.tasks:
        paths[name] = folder / f"{name}.parquet"
        answer(contest.task(name), wrong, seed).to_parquet(paths[name], index=False)
    return paths


def submitted(contest: Contest, team: str, folder: Path, note: str = "", wrong: float = 0.0) -> Submission:
    """A submission of all tasks by a team, scored."""
    files = {
        name: contest.submissions.put([path.read_bytes()])
        for name, path in write_answers(contest, folder, wrong=wrong).items()
    }
    submission, _ = accept(contest, team, files, note)
    record_scoring(contest, submission.id)
    return submission


def copy_journal(folder: Path, path: Path) -> Path:
    """The record in a folder as it is now, as backups copy it."""
    with closing(sqlite3.connect(folder / "journal.db")) as now, closing(sqlite3.connect(path)) as copy:
        now.backup(copy)
    return path


def restored(contest: Contest, journal: Path, folder: Path) -> Contest:
    """A competition from its files and private record of now, and an earlier copy of its public record."""
    shutil.copytree(contest.folder, folder, ignore=shutil.ignore_patterns("journal.db*", "*.db-*"))
    shutil.copy(journal, folder / "journal.db")
    copy_journal(contest.private, folder / "private" / "journal.db")
    return Contest(folder)
