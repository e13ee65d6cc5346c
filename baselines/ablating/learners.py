"""The committee: a linear model, gradient boosting and randomized trees, each with its own view of the rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier

from baselines.ablating.features import Matrix, Views

Job = TypeVar("Job")
Done = TypeVar("Done")
Predict: TypeAlias = Callable[[Matrix], NDArray[np.float64]]
Learn: TypeAlias = Callable[[Matrix, NDArray[np.int64], int], Predict]
"""From rows, labels 0..k-1 of which each occurs, and a seed, to a function that gives probabilities (rows, k)."""


@dataclass(frozen=True)
class Learner:
    """A way to learn, and the view of the rows that it learns from."""

    name: str
    view: str
    learn: Learn


class Committee:
    """Learners that vote by the mean of their probabilities."""

    def __init__(self, learners: Sequence[Learner], classes: int, seed: int) -> None:
        self.learners, self.classes, self.seed = learners, classes, seed

    def fit(self, views: Views, label: NDArray[np.int64]) -> Committee:
        self.seen, label = np.unique(label, return_inverse=True)
        self.models = (
            [(one.view, one.learn(views[one.view], label, self.seed)) for one in self.learners]
            if len(self.seen) > 1
            else []
        )
        return self

    def predict(self, views: Views) -> NDArray[np.float64]:
        """Probabilities of all classes, 0 of those never seen; (rows, classes)."""
        found = np.zeros((next(iter(views.values())).shape[0], self.classes))
        found[:, self.seen] = (
            np.mean([predict(views[view]) for view, predict in self.models], axis=0) if self.models else 1.0
        )
        return found


def linear(known: Matrix, label: NDArray[np.int64], seed: int) -> Predict:
    """Logistic regression: of two classes solved, of more one against the rest by stochastic gradient descent."""
    if label.max() == 1:
        model = LogisticRegression(max_iter=200).fit(known, label)
    else:
        model = SGDClassifier("log_loss", alpha=1e-4, max_iter=12, tol=None, random_state=seed)
        model.fit(known, label)
    return lambda rows: np.asarray(model.predict_proba(rows))


def boosting(known: Matrix, label: NDArray[np.int64], seed: int) -> Predict:
    """LightGBM of few rounds, fewer where there are many classes."""
    import lightgbm

    classes = int(label.max()) + 1
    shape = {"objective": "binary"} if classes == 2 else {"objective": "multiclass", "num_class": classes}
    settings = {
        "learning_rate": 0.15,
        "num_leaves": 15,
        "min_data_in_leaf": 5,
        "lambda_l2": 5.0,
        "max_delta_step": 1.0,
        "feature_fraction": 0.2,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "max_bin": 63,
        "seed": seed,
        "deterministic": True,
        "force_col_wise": True,
        "num_threads": 1,  # on a busy machine threads that wait for each other take twenty times as long
        "verbosity": -1,
    }
    rounds = 100 if classes <= 12 else 60
    model = lightgbm.train(shape | settings, lightgbm.Dataset(known, label), rounds)

    def predict(rows: Matrix) -> NDArray[np.float64]:
        given = np.asarray(model.predict(rows, num_threads=1))
        return np.column_stack([1 - given, given]) if classes == 2 else given

    return predict


def trees(known: Matrix, label: NDArray[np.int64], seed: int) -> Predict:
    """Extremely randomized trees."""
    model = ExtraTreesClassifier(100, min_samples_leaf=2, max_features=0.1, random_state=seed).fit(
        known, label
    )
    return lambda rows: np.asarray(model.predict_proba(rows))


def side_by_side(do: Callable[[Job], Done], jobs: Sequence[Job]) -> Iterator[Done]:
    """Results in the order of the jobs, as many at once as there are cores; the learners leave Python's lock."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    with ThreadPoolExecutor(cores) as pool:
        yield from pool.map(do, jobs)


LEARNERS = (
    Learner("logistic regression", "sparse", linear),
    Learner("gradient boosting", "columns", boosting),
    Learner("extra trees", "dense", trees),
)
