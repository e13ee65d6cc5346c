"""All clustering metrics of 1M records, from a predictions file to the score, in a fresh process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmark.scoring import score
from benchmark.task import open_task
from tests.bench.big import big_task, true_labels
from tests.bench.measure import apart, peak_memory, seconds
from tests.bench.rows import Row

ROWS = 1_000_000
SECONDS = 10
MEMORY = 4_000_000_000


def rows(folder: Path) -> list[Row]:
    file = folder / "clusters.parquet"
    prepared = apart(_write, file)
    taken, peak = apart(scored, prepared, file)
    name = "check + score, clusters of 1M records"
    return [Row(name, taken, seconds_limit=SECONDS, peak=peak, peak_limit=MEMORY)]


def scored(prepared: Path, file: Path) -> tuple[float, int]:
    """Seconds and peak memory of opening a task and scoring a file, in this process."""
    return seconds(lambda: score(open_task(prepared), file)), peak_memory()


def _write(file: Path) -> Path:
    """A fifth of the records are put into a cluster at random."""
    task = big_task("clustering", ROWS)
    true = true_labels(task)
    rng = np.random.default_rng(1)
    cluster = np.where(rng.random(len(true)) < 0.8, true, rng.permutation(true.to_numpy()))
    frame = pd.DataFrame({"id": true.index, "cluster": cluster}).sample(frac=1, random_state=1)
    frame.to_parquet(file, index=False)
    return task.folder
