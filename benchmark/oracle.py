"""The oracle: the best headline that can be expected of anyone, given the evidence that the records carry.

It decides by the posterior, as well as the headline allows; its score is averaged over label sets drawn from that same
posterior. Where evidence reaches a solution only through a picture or a misspelt word, it is an upper bound.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from benchmark.kinds import kind_of
from benchmark.labels import Labels
from benchmark.posterior import Posterior
from benchmark.task import Task

DRAWS = 400


def oracle(task: Task, posterior: Posterior, labels: Labels) -> dict[str, Any]:
    """The card's entry: the mean headline over drawn label sets, and the interval that holds 95 % of them.

    The true labels are one such set, so a solver that is given the evidence itself scores within the interval in
    95 of 100 tasks. `posterior` is that of the test rows, in the order of the test table.
    """
    kind = kind_of(task)
    answer = kind.best_answer(posterior, task)
    rng = np.random.default_rng(int(task.digest[:16], 16))
    everything = np.ones(posterior.rows, bool)
    scores = [
        float(
            task.metric.value(task.metric.counts(kind.outcome(answer, task, drawn, everything)).sum(axis=0))
        )
        for drawn in (_drawn(labels, posterior, rng) for _ in range(DRAWS))
    ]
    low, high = np.quantile(scores, [0.025, 0.975])
    return {
        "metric": str(task.metric),
        "value": round(float(np.mean(scores)), 6),
        "low": round(float(low), 6),
        "high": round(float(high), 6),
        "draws": DRAWS,
    }


def _drawn(labels: Labels, posterior: Posterior, rng: np.random.Generator) -> Labels:
    chosen = posterior.draw(rng)
    frame = labels.frame.drop(columns=["target"])
    frame["target"] = pd.array(np.array(posterior.names, object)[posterior.answer[chosen]], dtype="string")
    if posterior.values is not None:
        for place, name in enumerate(posterior.names):
            frame[f"value:{name}"] = posterior.values[chosen, place]
    return replace(labels, frame=frame)
