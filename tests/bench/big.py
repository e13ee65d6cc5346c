"""Made-up tasks of a million test rows, prepared through the suite's own door under CLASSMARK_HOME."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from benchmark.card import validate_card
from benchmark.home import hidden_folder
from benchmark.prepare import prepare
from benchmark.task import Task, open_task

CLASSES = 1000
LABELLED = 0.02  # rows that are not test rows, as a share of the test rows


def big_task(kind: str, rows: int) -> Task:
    """A task with a published split and about `rows` test rows.

    A thousand classes whose sizes fall like 1/rank, with families of three rows on average; or true clusters of
    four records on average, with ignored records and hard negatives for clustering.
    """
    content: dict[str, Any] = {
        "name": f"big_{kind}",
        "version": "1.0.0",
        "title": "Big",
        "summary": "Big and made up.",
        "kind": kind,
        "target": "label",
        "labels": "public",
        "licence": "CC0-1.0",
        "families": ["maker" if kind == "classification" else "label"],
        "split": {"column": "published"},
        "columns": [{"name": "price", "type": "numeric", "description": "Price."}],
    }
    if kind == "clustering":
        content |= {"ignore": "twin", "hard_negatives": "near"}
    make = _classified if kind == "classification" else _clustered
    card = validate_card(content, origin="bench")
    return open_task(prepare(card, lambda raw: make(rows + int(rows * LABELLED))))


def true_labels(task: Task) -> pd.Series[Any]:
    """The hidden target of each test row, in the order of the test table; index id, plain strings."""
    path = hidden_folder(task.name, task.version) / "labels.parquet"
    table = pd.read_parquet(path, columns=["id", "target"]).astype(object)
    return table.set_index("id")["target"].loc[task.test_ids.to_numpy(object)]


def _classified(rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    size = 1 / np.arange(1, CLASSES + 1)
    code = rng.choice(CLASSES, rows, p=size / size.sum())
    code[:CLASSES] = np.arange(CLASSES)
    names = np.array([f"Home > Section {rank % 37} > Product type {rank}" for rank in range(CLASSES)], object)
    return pd.DataFrame(
        {
            "price": rng.lognormal(3, 1, rows),
            "label": names[code],
            "maker": rng.integers(0, rows // 3, rows).astype(str),
            "published": _split(np.arange(rows)),
        }
    )


def _clustered(rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    cluster = np.repeat(np.arange(rows), rng.geometric(0.25, rows))[:rows]
    return pd.DataFrame(
        {
            "price": rng.lognormal(3, 1, rows),
            "label": [f"cluster {code}" for code in cluster],
            "near": [f"near {code // 3}" for code in cluster],
            "twin": rng.random(rows) < 0.02,
            "published": _split(cluster),
        }
    )


def _split(group: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.object_]]:
    """The first groups are for learning; the rows of a group stay together."""
    labelled = int(len(group) * LABELLED / (1 + LABELLED))
    names = np.array(["train", "validation", "test"], object)
    return names[np.searchsorted([group[labelled // 2], group[labelled]], group, side="right")]
