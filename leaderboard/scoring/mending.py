"""Hidden labels that turned out to be wrong are replaced in the open: digests of what was and what is stand on record.

Only targets change. Families, parts and slices stay, so that scores before and after are of the same rows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from benchmark.columns import Column
from benchmark.errors import UserError
from benchmark.files import file_digest, temporary_folder, write_bytes, write_json
from benchmark.hiding import seal_of
from benchmark.tables import write_parquet
from benchmark.task import Task
from leaderboard.contest import Contest


@dataclass(frozen=True)
class Mended:
    """New labels of a task, checked and written nowhere yet; digests are of `labels.parquet`.

    `in_place` says that they are the present ones, and that nothing begun is left to end.
    """

    task: str
    content: bytes
    before: str
    after: str
    changed: int
    in_place: bool


def read_mended(contest: Contest, task: str, path: Path) -> Mended:
    """The task's labels with the targets of a Parquet or CSV file of `id, target`.

    UserError unless the task is one of the competition's and the file has every test row once, and known classes.
    """
    asked, given = contest.task(task), _read(path)
    place = contest.labels_file(task, "labels.parquet")
    labels = pd.read_parquet(place)
    labels = labels if labels.index.name == "id" else labels.set_index("id")
    _check(asked, given, labels, path)
    targets = given.set_index("id")["target"].reindex(labels.index)
    changed = int((targets.to_numpy() != labels["target"].astype(str).to_numpy()).sum())
    labels["target"] = targets
    with temporary_folder() as folder:
        numeric = [Column(str(name), "numeric") for name in labels.columns if str(name).startswith("value:")]
        write_parquet(labels, folder / "labels.parquet", numeric)
        content = (folder / "labels.parquet").read_bytes()
        after = file_digest(folder / "labels.parquet")
    before = file_digest(place)
    known = json.loads(contest.labels_file(task, "labels.json").read_text(encoding="utf-8"))
    return Mended(task, content, before, after, changed, not changed and known["labels"] == before)


def put_in_place(contest: Contest, mended: Mended, reason: str) -> None:
    """Write the new labels down and put them in place; the old ones are kept under `private/labels-before`.

    The entry comes first: whoever is killed in between mends the same labels again, which ends what was begun.
    """
    table, record = (contest.labels_file(mended.task, name) for name in ("labels.parquet", "labels.json"))
    known = json.loads(record.read_text(encoding="utf-8"))
    if mended.changed:
        aside = contest.private / "labels-before" / f"{mended.task}-{mended.before[:12]}"
        for path in (table, record):
            if not (aside / path.name).is_file():
                write_bytes(aside / path.name, path.read_bytes())
    if mended.changed or not labels_on_record(contest, mended.task):
        body = {"task": mended.task, "before": mended.before, "after": mended.after, "reason": reason}
        contest.ledger.record(lambda state: [("labels_mended", body)])
    elif known["labels"] == mended.after:
        return
    with contest.labels_lock(exclusive=True):
        write_bytes(table, mended.content)
        write_json(record, known | {"labels": mended.after})


def labels_on_record(contest: Contest, task: str) -> bool:
    """Whether the hidden labels in place are those that were mended last, or else those of the opening entry."""
    path = contest.labels_file(task, "labels.parquet")
    with contest.ledger.reading() as state:
        mended, opening = state.mended.get(task), state.opening
    try:
        if mended:
            return file_digest(path) == mended
        return bool(seal_of(path.parent) == opening["tasks"][task]["labels_seal"])
    except (OSError, ValueError, KeyError):
        return False


def _read(path: Path) -> pd.DataFrame:
    try:
        if path.suffix == ".csv":
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
        else:
            table = pd.read_parquet(path).reset_index().astype(str)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise UserError(f"{path} is no Parquet or CSV table.", given=str(error)) from None
    missing = [name for name in ("id", "target") if name not in table]
    if missing:
        raise UserError(
            f"{path} has no column {missing[0]!r}.", allowed="id, target", given=", ".join(map(str, table))
        )
    return table[["id", "target"]]


def _check(task: Task, given: pd.DataFrame, labels: pd.DataFrame, path: Path) -> None:
    ids = given["id"]
    strange = sorted(set(ids) - set(labels.index))
    absent = sorted(set(labels.index) - set(ids))
    classes = sorted(set(given["target"]) - set(task.classes)) if task.classes else []
    empty = list(ids[given["target"].isin(["", "None", "nan", "<NA>"])]) if not task.classes else []
    for what, found in (
        ("ids that are no test rows", strange),
        ("test rows without a label", absent),
        ("ids that stand twice", sorted(ids[ids.duplicated()])),
        ("classes that the task does not have", classes),
        ("rows without a target", empty),
    ):
        if found:
            raise UserError(
                f"The labels in {path} do not fit the task {task.name}: {len(found)} {what}.",
                given=", ".join(found[:5]) + (", ..." if len(found) > 5 else ""),
            )
