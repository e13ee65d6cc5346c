"""One modality of a task: the same task with the columns of that modality alone, and models for its rows and pairs.

The modalities are those of `classmark ablate`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.utils.class_weight import compute_sample_weight

from baselines._candidates import Described, PairClassifier
from baselines._pair_boosting import PairBoosting
from baselines.ablating.modalities import columns_of

TREES = 200
STEP = 20
SHARE_OF_TIME = 0.5
SHARE_OF_MEMORY = 0.25
UNKNOWN = -1.0


def only(task: Any, modality: str) -> Any:
    """The task as one who knows the columns of a modality only."""
    return replace(task, columns=tuple(columns_of(task.columns, modality)))


def has(task: Any, modality: str) -> tuple[bool, str]:
    """Whether the task has columns of a modality, as `supports` answers."""
    return bool(columns_of(task.columns, modality)), f"the task has no {modality}"


class Trees:
    """Extremely randomized trees on numbers of the rows, with `predict_proba` and `classes_`.

    `describe(X)` gives float of shape (rows, any), NaN where missing. All classes weigh the same, unless decisions
    have values. There are fewer trees where time or memory is short.
    """

    def __init__(self, task: Any, describe: Callable[[pd.DataFrame], NDArray[Any]]) -> None:
        self.task, self.describe = task, describe

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> Trees:
        budget, label = self.task.budget, y.to_numpy(str)
        features = np.nan_to_num(self.describe(X), nan=UNKNOWN)
        weight = None if self.task.values is not None else compute_sample_weight("balanced", label)
        end = time.monotonic() + SHARE_OF_TIME * budget.seconds_left()
        self.model = ExtraTreesClassifier(
            min_samples_leaf=2,
            max_features=0.3,
            warm_start=True,
            n_jobs=budget.cores,
            random_state=self.task.seed,
        )
        for trees in range(STEP, TREES + 1, STEP):
            self.model.set_params(n_estimators=trees).fit(features, label, weight)
            held = trees * self.model.estimators_[-1].tree_.value.nbytes
            if time.monotonic() > end or held > SHARE_OF_MEMORY * budget.memory:
                break
        print(f"{trees} trees", flush=True)
        self.model.set_params(n_jobs=1)  # threads would add up the trees in any order
        self.classes_ = self.model.classes_
        return self

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        return np.asarray(self.model.predict_proba(np.nan_to_num(self.describe(X), nan=UNKNOWN)))


def pairs_of(task: Any, modality: str) -> PairClassifier:
    """Matching and clustering by one modality: LightGBM judges the pairs that are near in it."""
    known = only(task, modality)
    return PairClassifier(
        known, PairBoosting(known, SHARE_OF_TIME).train, partial(Described, modalities=[modality])
    )
