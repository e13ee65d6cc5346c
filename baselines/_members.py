"""The learners of the stack, each with the view of the rows that suits it."""

from __future__ import annotations

import time

import lightgbm
import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC

from baselines._stacking import Matrix, Member, Predict

EPOCHS, STEPS, BATCH = 25, 800, 64  # of the network: so many passes, and at least so many steps
ROUNDS = 100
SPREAD = 4.0  # of the network's input: at 1 it learns too slowly
SHARPNESS = 5.0  # of the linear member's margins


def network(known: Matrix, label: NDArray[np.int64], seed: int, seconds: float) -> Predict:
    """One hidden layer, strongly held to small weights; in at most half the time, so that others learn too."""
    deadline, classes = time.monotonic() + seconds / 2, np.arange(label.max() + 1)
    epochs = max(EPOCHS, STEPS * BATCH // len(label))
    model = MLPClassifier((200,), alpha=0.3, batch_size=min(BATCH, len(label)), random_state=seed)
    for _ in range(epochs):
        model.partial_fit(known * SPREAD, label, classes=classes)
        if time.monotonic() > deadline:
            break
    return lambda rows: np.asarray(model.predict_proba(rows * SPREAD))


def gaussians(known: Matrix, label: NDArray[np.int64], seed: int, seconds: float) -> Predict:
    """Linear discriminant analysis: the evidence of all modalities added up, with a covariance that is shrunk.

    The square root takes back half of its overconfidence, before folds are averaged.
    """
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.3).fit(known, label)
    return lambda rows: np.asarray(softmax(model.predict_log_proba(rows) / 2, axis=1))


def linear(known: Matrix, label: NDArray[np.int64], seed: int, seconds: float) -> Predict:
    """A linear support vector machine in which all classes weigh the same, its margins as log-probabilities."""
    model = LinearSVC(C=1.0, class_weight="balanced", random_state=seed).fit(known, label)

    def predict(rows: Matrix) -> NDArray[np.float64]:
        margins = model.decision_function(rows)
        both = np.column_stack([-margins, margins]) if margins.ndim == 1 else margins
        return np.asarray(softmax(SHARPNESS * both, axis=1))

    return predict


def trees(known: Matrix, label: NDArray[np.int64], seed: int, seconds: float) -> Predict:
    """Extremely randomized trees."""
    model = ExtraTreesClassifier(100, min_samples_leaf=2, max_features=0.1, random_state=seed).fit(
        known, label
    )
    return lambda rows: np.asarray(model.predict_proba(rows))


def boosting(known: Matrix, label: NDArray[np.int64], seed: int, seconds: float) -> Predict:
    """LightGBM, as many of its rounds as there is time for in half of the time."""
    deadline = time.monotonic() + seconds / 2
    settings = {
        "objective": "multiclass",
        "num_class": int(label.max()) + 1,
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
        "num_threads": 1,
        "verbosity": -1,
    }
    model = lightgbm.Booster(settings, lightgbm.Dataset(known, label, params=settings))
    for _ in range(ROUNDS):
        model.update()
        if time.monotonic() > deadline:
            break
    return lambda rows: np.asarray(model.predict(rows, num_threads=1))


MEMBERS = (
    Member("network", "dense", network),
    Member("gaussians", "dense", gaussians),
    Member("boosting", "columns", boosting),
    Member("linear", "sparse", linear),
    Member("trees", "filled", trees),
)
