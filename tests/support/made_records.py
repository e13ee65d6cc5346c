"""Records of runs that were never made: real metrics on made-up predictions, through the real door."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.metrics import LabelOutcome, Metric
from benchmark.records import Record, record_folder, write_record

CLASSES = 4
Codes = NDArray[np.int64]


def truth(rows: int = 400, seed: int = 1) -> Codes:
    """A true class for each row; each row is a family of its own."""
    return np.random.default_rng(seed).integers(0, CLASSES, rows)


def guess(true: Codes, accuracy: float, seed: int = 0) -> Codes:
    """Predictions of which about this share is right; the same rows for the same seed."""
    draws = np.random.default_rng(100 + seed)
    wrong = (true + draws.integers(1, CLASSES, len(true))) % CLASSES
    return np.where(draws.random(len(true)) < accuracy, true, wrong)


def constant(true: Codes) -> Codes:
    return np.zeros_like(true)


def label_counts(true: Codes, predicted: Codes, fold: int | None, folds: int | None) -> NDArray[np.float64]:
    """The counts of macro-F1 on one fold: rows deal out to folds in turn."""
    here = np.ones(len(true), bool) if fold is None else np.arange(len(true)) % (folds or 1) == fold
    bucket = np.arange(len(true))
    outcome = LabelOutcome(true[here], predicted[here], CLASSES, bucket[here], len(true))
    return Metric("macro_f1").counts(outcome)


def run_dict(
    solution: str, task: str, fold: int | None = None, seed: int = 0, status: str = "ok", **changes: Any
) -> dict[str, Any]:
    """A run's description, as `benchmark.run` records it."""
    run: dict[str, Any] = {
        "solution": solution,
        "solution_digest": hashlib.sha256(solution.encode()).hexdigest(),
        "shipped": True,
        "task": task,
        "version": "1.0.0",
        "task_digest": hashlib.sha256(task.encode()).hexdigest(),
        "kind": "classification",
        "track": "classification",
        "board": True,
        "metric": "macro_f1",
        "fold": fold,
        "folds": None,
        "seed": seed,
        "budget": {"seconds": 120.0, "memory": 8 * 10**9, "cores": 2, "disk": 10**10},
        "status": status,
        "reason": "",
        "started": "2025-01-02T03:04:05+00:00",
        "seconds": {"total": 4.0, "fit": 2.0, "predict": 1.0},
        "peak_memory": 5 * 10**8,
        "cpus": [0, 1],
        "sandbox": "bubblewrap 0.8.0",
        "environment": {
            "python": "3.11.9",
            "platform": "Linux-test",
            "cores": 2,
            "memory": 16 * 10**9,
            "packages": "00",
        },
        "versions": {"classmark": "0.1.0", "numpy": "2.0.0"},
    } | changes
    run["seconds"] = {"embed": None, "embed_saved": None} | run["seconds"]
    parts = [run[key] for key in ("solution_digest", "task_digest", "fold", "seed", "budget")]
    return run | {"key": hashlib.sha256(repr(parts).encode()).hexdigest()}


def make_record(results: Path, run: dict[str, Any], counts: Mapping[str, NDArray[np.float64]]) -> Record:
    return write_record(record_folder(results, run), run, None, dict(counts), None, "")


def make_records(
    results: Path,
    predictions: Mapping[str, Codes],
    task: str = "shelf",
    true: Codes | None = None,
    folds: int | None = None,
    failed: Mapping[str, Mapping[int | None, str]] | None = None,
    seeds: Sequence[int] = (0,),
    **changes: Any,
) -> list[Record]:
    """A record for each solution and fold; `failed[solution][fold]` is a status other than ok."""
    true = truth() if true is None else true
    made = []
    for solution, predicted in predictions.items():
        for fold in [None] if folds is None else range(folds):
            status = (failed or {}).get(solution, {}).get(fold, "ok")
            counts = {"constant": label_counts(true, constant(true), fold, folds)}
            if status == "ok":
                counts["headline"] = label_counts(true, predicted, fold, folds)
            for seed in seeds:
                run = run_dict(solution, task, fold, seed, status, folds=folds, **changes)
                made.append(make_record(results, run, counts))
    return made
