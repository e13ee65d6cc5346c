"""Score predictions: metrics with intervals, slices, and the additive counts behind the headline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmark.checking import check
from benchmark.intervals import Estimate, estimate, estimates
from benchmark.kinds import Kind, kind_of
from benchmark.labels import Labels, Part, load_labels
from benchmark.metrics import DEFAULT_METRICS, Metric
from benchmark.predictions import Predictions
from benchmark.task import Task

SMALLEST_SLICE = 10
BREAKDOWN_ROWS = 1000


@dataclass(frozen=True)
class Score:
    """The score of one predictions table.

    `counts` (buckets, k) are the additive counts behind the headline, `constant_counts` those of the constant
    answer; counts of folds add up, and two solutions' counts are resampled with the same weights.
    """

    task: Task
    part: Part | None
    rows: int
    families: int
    metrics: dict[Metric, Estimate]
    slices: dict[str, dict[str, Estimate]]
    breakdown: pd.DataFrame
    counts: NDArray[np.float64]
    constant_counts: NDArray[np.float64]

    @property
    def headline(self) -> Estimate:
        return self.metrics[self.task.metric]

    @property
    def constant(self) -> float:
        """The headline of the constant answer."""
        return float(self.task.metric.value(self.constant_counts.sum(axis=0)))

    @property
    def oracle(self) -> dict[str, Any] | None:
        """What could be known at best, and the share of the way from the constant answer to there."""
        known: dict[str, Any] | None = self.task.card.get("oracle")
        if known is None:
            return None
        way = (self.headline.value - self.constant) / max(known["value"] - self.constant, 1e-12)
        return {**{key: known[key] for key in ("value", "low", "high")}, "way": round(way, 6)}

    def as_dict(self) -> dict[str, Any]:
        """The score as JSON; the schema is in docs/formats.md."""
        task = self.task
        return {
            "task": task.name,
            "version": task.version,
            "digest": task.digest,
            "kind": task.kind,
            "fold": task.fold,
            "part": self.part,
            "rows": self.rows,
            "families": self.families,
            "headline": {"metric": str(task.metric), **_as_dict(self.headline)},
            "constant": self.constant,
            "oracle": self.oracle,
            "metrics": {str(metric): _as_dict(found) for metric, found in self.metrics.items()},
            "slices": {
                name: {value: _as_dict(found) for value, found in values.items()}
                for name, values in self.slices.items()
            },
            "breakdown": _records(self.breakdown.head(BREAKDOWN_ROWS)),
        }


def _as_dict(found: Estimate) -> dict[str, float | None]:
    return {"value": found.value, "low": found.low, "high": found.high}


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.astype(object).where(table.notna(), None).to_dict("records")  # type: ignore[assignment]
    return rows


def score(task: Task, predictions: Predictions, part: Part | None = None) -> Score:
    """Score a predictions file or frame on the task's test rows, or on their public or private part.

    Raises UserError listing all faults of the predictions, or where this machine does not hold the labels.
    """
    report = check(task, predictions)
    report.raise_if_faulty()
    return score_answer(task, report.answer, load_labels(task), part)


def score_answer(task: Task, answer: Any, labels: Labels, part: Part | None = None) -> Score:
    """Score an answer that has been checked, against labels that have been loaded."""
    kind = kind_of(task)
    rows = labels.in_part(part)
    outcome = kind.outcome(answer, task, labels, rows)
    wanted = dict.fromkeys([task.metric, *DEFAULT_METRICS[task.kind]])
    metrics = estimates((metric for metric in wanted if applies(metric, outcome)), outcome, task.digest)
    counts = metrics[task.metric].counts
    assert counts is not None, "the card holds that a headline is additive"
    return Score(
        task=task,
        part=part,
        rows=int(rows.sum()),
        families=int(np.count_nonzero(np.bincount(labels.family[rows]))),
        metrics=metrics,
        slices=_slices(kind, answer, task, labels, rows),
        breakdown=kind.breakdown(outcome, task),
        counts=counts,
        constant_counts=constant_counts(task, labels, rows),
    )


@dataclass(frozen=True)
class Brief:
    """What can be known of an answer quickly: the headline with its interval, the values of all metrics."""

    headline: Estimate
    metrics: dict[Metric, float]
    breakdown: pd.DataFrame


def headline(task: Task, answer: Any, labels: Labels, part: Part | None = None) -> Estimate:
    """The headline alone of an answer that has been checked: what `score_answer` says of it, in less time."""
    outcome = kind_of(task).outcome(answer, task, labels, labels.in_part(part))
    return estimate(task.metric, outcome, task.digest)


def brief(task: Task, answer: Any, labels: Labels, part: Part | None = None) -> Brief:
    """What `score_answer` says of an answer, without the intervals beside the headline's, slices and constant."""
    kind = kind_of(task)
    outcome = kind.outcome(answer, task, labels, labels.in_part(part))
    wanted = dict.fromkeys([task.metric, *DEFAULT_METRICS[task.kind]])
    return Brief(
        estimate(task.metric, outcome, task.digest),
        {metric: metric.direct(outcome) for metric in wanted if applies(metric, outcome)},
        kind.breakdown(outcome, task),
    )


def applies(metric: Metric, outcome: Any) -> bool:
    """Whether the outcome has what the metric needs."""
    return metric.needs is None or getattr(outcome, metric.needs) is not None


def constant_counts(task: Task, labels: Labels, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The counts behind the headline of the constant answer; (buckets, k)."""
    kind = kind_of(task)
    return task.metric.counts(kind.outcome(kind.constant_answer(task), task, labels, rows))


def _slices(
    kind: Kind, answer: Any, task: Task, labels: Labels, rows: NDArray[np.bool_]
) -> dict[str, dict[str, Estimate]]:
    found: dict[str, dict[str, Estimate]] = {}
    for name, values in labels.slices.items():
        sizes = values[rows].value_counts()
        found[name] = {
            str(value): estimate(
                task.metric,
                kind.outcome(answer, task, labels, rows & (values == value).fillna(False).to_numpy(bool)),
                task.digest,
            )
            for value in sorted(sizes.index[sizes >= SMALLEST_SLICE])
        }
    return found
