"""One task: the folds and seeds of each solution become one result.

Counts of folds add up, so a pooled score is the metric on all rows at once. Where an answer is missing - a
run that did not end ok, or was never made - the constant answer's counts stand in, and the coverage says so.
Seeds are averaged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.comparing.sampled import Sampled, mean, ranks
from benchmark.comparing.selection import latest
from benchmark.errors import UserError
from benchmark.intervals import draw
from benchmark.metrics import Metric
from benchmark.records import Record

NOT_RUN = "not run"
Fold = int | None
Counts = NDArray[np.float64]
_Seeds = dict[int, dict[Fold, Record]]


@dataclass(frozen=True)
class Cost:
    """Seconds and bytes; None where nothing was measured, as with ready predictions and runs never made.

    `seconds` is fit, predict and embedding, cached or not; the whole run where it was stopped, does not tell them
    apart, or is of a solution that does not ship with the suite.
    """

    fit: float | None = None
    predict: float | None = None
    seconds: float | None = None
    peak_memory: int | None = None


@dataclass(frozen=True)
class TaskEntry:
    """A solution's line on a task; `endings` counts its runs (folds x seeds) by status, or as `not run`."""

    solution: str
    rank: int
    score: Sampled
    endings: dict[str, int]
    cost: Cost

    @property
    def answered(self) -> int:
        return self.endings.get("ok", 0)

    @property
    def asked(self) -> int:
        return sum(self.endings.values())


@dataclass(frozen=True)
class TaskComparison:
    """All solutions on one task, best first. `folds` are those that were run; (None,) for a fixed test.

    `oracle` is the headline that could be known at best, where the task's card tells it.
    """

    name: str
    version: str
    digest: str
    track: str
    board: bool
    metric: Metric
    folds: tuple[Fold, ...]
    constant: Sampled
    oracle: float | None
    entries: tuple[TaskEntry, ...]

    def way(self, entry: TaskEntry) -> float | None:
        """The share of the way from the constant answer to the oracle that an entry has come."""
        if self.oracle is None:
            return None
        return (entry.score.value - self.constant.value) / (self.oracle - self.constant.value)


def pool(runs: Mapping[str, Sequence[Record]]) -> TaskComparison:
    """Pool the records of one task, by solution; a solution with no records was not run.

    Where a headline has an exact value beside its counts (average precision), the one from the counts is
    taken. Raises UserError where a fold has no constant counts, counts do not add up, or lower is better.
    """
    records = [record for of_solution in runs.values() for record in of_solution]
    about = latest(records).run
    pooling = _Pooling(_headline(about), about["task_digest"], _constants(records))
    seeds = {solution: _by_seed(of_solution) for solution, of_solution in runs.items()}
    scores = {solution: pooling.score(by_seed) for solution, by_seed in seeds.items()}
    places = dict(zip(scores, ranks(list(scores.values())), strict=True))
    entries = [
        TaskEntry(solution, places[solution], score, pooling.endings(seeds[solution]), _cost(seeds[solution]))
        for solution, score in scores.items()
    ]
    return TaskComparison(
        name=about["task"],
        version=about["version"],
        digest=about["task_digest"],
        track=about["track"],
        board=about["board"],
        metric=pooling.metric,
        folds=tuple(pooling.constants),
        constant=pooling.sample({}),
        oracle=next((record.oracle for record in records if record.oracle is not None), None),
        entries=tuple(sorted(entries, key=lambda entry: (entry.rank, -entry.score.value, entry.solution))),
    )


@dataclass(frozen=True)
class _Pooling:
    """A task's headline, the seed of its draws, the constant answer's counts of each fold, (buckets, k)."""

    metric: Metric
    digest: str
    constants: dict[Fold, Counts]

    def score(self, seeds: _Seeds) -> Sampled:
        return mean([self.sample(folds) for folds in seeds.values()])

    def sample(self, folds: dict[Fold, Record]) -> Sampled:
        """The headline over all folds; those without an answer count as the constant's."""
        counts = np.sum([self._counts(folds.get(fold), fold) for fold in self.constants], axis=0)
        value = float(self.metric.value(counts.sum(axis=0)))
        return Sampled(value, draw(self.metric, counts, self.digest), self.metric.bounds)

    def _counts(self, record: Record | None, fold: Fold) -> Counts:
        if record is None or not record.ok:
            return self.constants[fold]
        counts = record.counts("headline")
        shapes = {counts.shape, *(constant.shape for constant in self.constants.values())}
        if len(shapes) > 1:
            raise UserError(
                f"The counts of {record.folder} do not add up with those of the task's other records.",
                do="They were made by another version of the suite: run the solutions again.",
            )
        return counts

    def endings(self, seeds: _Seeds) -> dict[str, int]:
        found = [
            folds[fold].run["status"] if fold in folds else NOT_RUN
            for folds in seeds.values()
            for fold in self.constants
        ]
        return dict(sorted(Counter(found).items()))


def _headline(run: dict[str, Any]) -> Metric:
    metric = Metric.parse(run["metric"])
    if not metric.higher_is_better:
        raise UserError(
            f"The headline of {run['task']} is {metric}, which is better when it is lower.",
            do="Choose a headline on the card that is better when it is higher.",
        )
    return metric


def _constants(records: Sequence[Record]) -> dict[Fold, Counts]:
    """The constant answer's counts of each fold that was run, from any record of it."""
    found: dict[Fold, Counts] = {}
    for fold in sorted({record.run["fold"] for record in records}, key=lambda fold: fold or 0):
        for record in records:
            if fold not in found and record.run["fold"] == fold:
                with suppress(KeyError, FileNotFoundError):
                    found[fold] = record.counts("constant")
        if fold not in found:
            where = records[0].run["task"] + ("" if fold is None else f" fold {fold}")
            raise UserError(
                f"No record of {where} has the constant answer's counts, which stand in for failed runs.",
                do="Run it again.",
            )
    return found


def _by_seed(records: Sequence[Record]) -> _Seeds:
    """The records by seed and fold; one seed without records where there are none."""
    found: _Seeds = {record.run["seed"]: {} for record in records}
    for record in records:
        found[record.run["seed"]][record.run["fold"]] = record
    return found or {0: {}}


def _cost(seeds: _Seeds) -> Cost:
    by_seed = [merge_costs(map(_cost_of_run, folds.values()), sum) for folds in seeds.values()]
    return merge_costs(by_seed, fmean)


def _cost_of_run(record: Record) -> Cost:
    """A solution may say of its parts what it likes: only what a shipped one says is taken.

    Records of before that was written down count as those of shipped ones.
    """
    seconds, memory = record.run["seconds"], record.run["peak_memory"]
    if not seconds["total"]:
        return Cost()
    if not record.run.get("shipped", True) or None in (seconds["fit"], seconds["predict"]):
        return Cost(seconds=seconds["total"], peak_memory=memory)
    embedding = (seconds["embed"] or 0) + (seconds["embed_saved"] or 0)
    whole = seconds["fit"] + seconds["predict"] + embedding
    return Cost(seconds["fit"], seconds["predict"], whole, memory)


def merge_costs(costs: Iterable[Cost], how: Callable[[list[float]], float]) -> Cost:
    """The sum or mean, as `how` says, of what was measured; of memory always the largest.

    >>> merge_costs([Cost(seconds=2.0, peak_memory=5), Cost(seconds=4.0, peak_memory=3), Cost()], sum)
    Cost(fit=None, predict=None, seconds=6.0, peak_memory=5)
    """
    found = list(costs)

    def merged(values: Iterable[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return how(known) if known else None

    return Cost(
        merged(cost.fit for cost in found),
        merged(cost.predict for cost in found),
        merged(cost.seconds for cost in found),
        max((cost.peak_memory for cost in found if cost.peak_memory is not None), default=None),
    )
