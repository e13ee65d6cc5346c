"""Standing over many tasks, by `bencheval`: mean rank, win rate, Elo.

All of them look at points, none at intervals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Rating:
    """`mean_rank` is shared by equal scores; `win_rate` and `elo` are None where there is nothing to rate."""

    mean_rank: float
    win_rate: float | None
    elo: float | None


def rate(scores: Mapping[str, Sequence[float]]) -> dict[str, Rating]:
    """Rate solutions by their headlines on the same tasks, in the same order.

    Headlines are at most 1; the error is 1 - headline. Elo is the Bradley-Terry fit of all meetings (a tie is
    half a win), 1000 on average. It has a maximum only among solutions of which each has beaten each other,
    directly or through others (Ford 1957); the largest such group is rated, and the rest have none. Nor has
    anyone on a single task.

    >>> found = rate({"a": [0.9, 0.5], "b": [0.8, 0.6], "c": [0.1, 0.1]})
    >>> found["a"]
    Rating(mean_rank=1.5, win_rate=0.75, elo=1000.0)
    >>> found["c"]
    Rating(mean_rank=3.0, win_rate=0.0, elo=None)
    """
    from bencheval.evaluator import BenchmarkEvaluator

    rows = [
        {"method": solution, "task": task, "metric_error": 1 - value}
        for solution in sorted(scores)
        for task, value in enumerate(scores[solution])
    ]
    evaluator: Any = BenchmarkEvaluator(columns_to_agg_extra=None)
    results = evaluator.compute_results_per_task(pd.DataFrame(rows))
    mean_rank = {str(name): float(rank) for name, rank in results.groupby("method")["rank"].mean().items()}
    if len(mean_rank) == 1:
        return {solution: Rating(rank, None, None) for solution, rank in mean_rank.items()}
    win_rate = evaluator.compute_winrate(results)
    elo: dict[str, float] = {}
    group = _connected(evaluator.compute_winrate_matrix(results))
    if group and results["task"].nunique() > 1:
        met = results[results["method"].isin(group)]
        elo = evaluator.compute_elo(met, include_quantiles=False)["elo"].to_dict()
    return {
        solution: Rating(rank, float(win_rate[solution]), elo.get(solution))
        for solution, rank in mean_rank.items()
    }


def _connected(win_rates: pd.DataFrame) -> set[str]:
    """The largest group, of two or more, with chains of wins from each to each; of equals the best."""
    reaches = win_rates.to_numpy() > 0
    np.fill_diagonal(reaches, True)
    for _ in range(len(reaches).bit_length()):
        reaches = reaches @ reaches
    mutual = reaches & reaches.T
    sizes = mutual.sum(axis=1)
    best = int(sizes.argmax())
    return {str(name) for name in win_rates.index[mutual[best]]} if sizes[best] > 1 else set()
