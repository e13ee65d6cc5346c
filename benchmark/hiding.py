"""What `prepare` puts where no participant can read: labels, their seal's key, and the posterior behind the oracle."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd

from benchmark.columns import Column
from benchmark.files import file_digest, write_json
from benchmark.labels import read_labels
from benchmark.oracle import oracle
from benchmark.posterior import read_posterior
from benchmark.streams import Streams
from benchmark.tables import write_parquet
from benchmark.task import Task

LABELS, POSTERIOR = "labels.parquet", "posterior.parquet"


def hide(
    labels: pd.DataFrame,
    posterior: pd.DataFrame | None,
    published: dict[str, Any],
    streams: Streams,
    hidden: Path,
) -> dict[str, str]:
    """Write the labels of all scored rows, and return what seals them.

    The seal is a digest of the labels under a key that is hidden too: nobody can try labels on it, and the
    organizer can show afterwards that the labels have stayed the same.
    """
    scored = labels[labels["split"] == "test"].drop(columns="split") if "split" in labels else labels
    numeric = [Column(str(name), "numeric") for name in scored.columns if str(name).startswith("value:")]
    write_parquet(scored.rename(columns={published["target"]: "target"}), hidden / LABELS, numeric)
    if posterior is not None:
        known = posterior[posterior["id"].isin(scored.index)].set_index("id").sort_index(kind="stable")
        numeric = [Column(str(name), "numeric") for name in known.columns if name != "answer"]
        write_parquet(known, hidden / POSTERIOR, numeric)
    salt = streams.key("salt")
    write_json(
        hidden / "labels.json",
        {
            "task": published["name"],
            "version": published["version"],
            "digest": published["digest"],
            "labels": file_digest(hidden / LABELS),
            "salt": salt.hex(),
        },
    )
    return {"labels_seal": seal_of(hidden)}


def seal_of(hidden: Path) -> str:
    """The seal of the labels in a folder: BLAKE2b of `labels.parquet` under the salt in `labels.json`."""
    salt = bytes.fromhex(json.loads((hidden / "labels.json").read_text(encoding="utf-8"))["salt"])
    return hashlib.blake2b((hidden / LABELS).read_bytes(), key=salt, digest_size=32).hexdigest()


def ask_oracle(published: dict[str, Any], folder: Path, hidden: Path) -> dict[str, Any]:
    """The card's oracle, from the tables in `folder` and what is hidden."""
    task = Task(folder, published)
    table = pd.read_parquet(hidden / POSTERIOR).reset_index()
    names = task.classes or sorted(set(table["answer"]))
    return oracle(task, read_posterior(table, task.test_ids, names), read_labels(hidden, task))
