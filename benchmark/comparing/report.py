"""The comparison for machines: JSON with stable keys, and CSV with one row per solution and task."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from benchmark.comparing.comparison import Comparison, Difference
from benchmark.comparing.pooling import Cost
from benchmark.comparing.sampled import Sampled


def as_dict(comparison: Comparison, pair: Sequence[Difference] = ()) -> dict[str, Any]:
    """The comparison as JSON.

    budget                as `classmark compare --budget` spells it
    latest                start of the latest run, ISO 8601, UTC
    versions              package -> versions that occur in the runs
    machines              the machines of the runs, a line each
    notes                 what a reader must be told: records left out, folds not run, several machines, other
                          cores than the budget says, no sandbox
    tracks                track, tasks (names), constant, entries, differences
      entries             rank, solution, value, low, high, answered (tasks), tasks (number), mean_rank,
                          win_rate, elo, and the cost; best first
      differences         the first against each other: level, where, solution, other, value, low, high
    tasks                 task, version, digest, track, board, metric, folds (null for a fixed test),
                          constant, oracle, entries
      entries             rank, solution, value, low, high, answered (runs), asked (runs), endings
                          (status -> runs), and the cost; best first
    pair                  as differences, for the pair that was asked for

    `constant` is the constant answer's value, `oracle` the best that could be known, null where the task does
    not tell it. The cost is fit_seconds, predict_seconds, seconds, peak_memory
    in bytes, each null where it is not known.
    """
    return {
        "budget": comparison.budget,
        "latest": comparison.latest,
        "versions": comparison.versions,
        "machines": comparison.machines,
        "notes": list(comparison.notes),
        "tracks": [
            {
                "track": track.name,
                "tasks": list(track.tasks),
                "constant": track.constant.value,
                "entries": [
                    {"rank": entry.rank, "solution": entry.solution}
                    | _score(entry.score)
                    | {"answered": entry.answered, "tasks": len(track.tasks)}
                    | asdict(entry.rating)
                    | _cost(entry.cost)
                    for entry in track.entries
                ],
                "differences": [_difference(found) for found in track.differences],
            }
            for track in comparison.tracks
        ],
        "tasks": [
            {
                "task": task.name,
                "version": task.version,
                "digest": task.digest,
                "track": task.track,
                "board": task.board,
                "metric": str(task.metric),
                "folds": None if task.folds == (None,) else list(task.folds),
                "constant": task.constant.value,
                "oracle": task.oracle,
                "entries": [
                    {"rank": entry.rank, "solution": entry.solution}
                    | _score(entry.score)
                    | {"answered": entry.answered, "asked": entry.asked, "endings": entry.endings}
                    | _cost(entry.cost)
                    for entry in task.entries
                ],
            }
            for task in comparison.tasks
        ],
        "pair": [_difference(found) for found in pair],
    }


def as_csv(comparison: Comparison) -> str:
    """One row per task and solution, best first; empty where a number is not known.

    Columns: task, version, track, board, metric, and those of a task's entries in `as_dict`, `endings` as
    `1 timeout, 4 ok`.
    """
    rows = [
        {key: task[key] for key in ("task", "version", "track", "board", "metric")}
        | entry
        | {"endings": spell_endings(entry["endings"])}
        for task in as_dict(comparison)["tasks"]
        for entry in task["entries"]
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def spell_endings(endings: dict[str, int]) -> str:
    """Statuses of runs in words.

    >>> spell_endings({"ok": 4, "timeout": 1})
    '4 ok, 1 timeout'
    """
    return ", ".join(f"{count} {status}" for status, count in endings.items())


def _score(found: Sampled) -> dict[str, float]:
    low, high = found.interval
    return {"value": found.value, "low": low, "high": high}


def _cost(cost: Cost) -> dict[str, float | int | None]:
    return {
        "fit_seconds": cost.fit,
        "predict_seconds": cost.predict,
        "seconds": cost.seconds,
        "peak_memory": cost.peak_memory,
    }


def _difference(found: Difference) -> dict[str, Any]:
    names = {"level": found.level, "where": found.where, "solution": found.solution, "other": found.other}
    return names | _score(found.score)
