"""Solvers that are given the evidence: what someone answers who knows the posterior of the test rows."""

from __future__ import annotations

import pandas as pd

from benchmark.task import Task


def likeliest(task: Task, posterior: pd.DataFrame) -> pd.DataFrame:
    """A predictions table of each row's likeliest answer; `posterior` holds id, answer and probability."""
    best = posterior.loc[posterior.groupby("id")["probability"].idxmax()].set_index("id")["answer"]
    best = best.reindex(task.test_ids)
    if task.kind != "matching":
        column = "prediction" if task.kind == "classification" else "cluster"
        return pd.DataFrame({"id": best.index, column: best.to_numpy()})
    pairs = [
        (left, right, 1.0)
        for members in best.groupby(best).groups.values()
        for place, left in enumerate(members)
        for right in members[:place]
    ]
    return pd.DataFrame(pairs, columns=["left_id", "right_id", "score"])
