"""LightGBM on numbers, categories, frequent words and simple picture features.

The number of rounds is where log loss on the validation rows is least; then the model is learned again on all
labelled rows, where time allows. Good at numbers, categories and their interactions, and at missing values. Bad
at rare words, at paraphrases, and slow with hundreds of classes; of a picture it knows size, colours and edges.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from baselines._features import codes, numbers
from baselines._pictures import picture_frame
from baselines._text import FrequentWords, documents
from baselines._values import by_value

REQUIRES = ["lightgbm>=4", "pillow>=10", "scikit-learn>=1.4"]

WORDS = 500
ROUNDS = 1_000
PATIENCE = 20
SHARE_OF_TIME = 0.4


def supports(task: Any) -> tuple[bool, str]:
    return task.kind == "classification", "it classifies rows"


class GradientBoosting:
    """`fit`, `predict_proba` and `classes_`, as scikit-learn has them."""

    def __init__(self, task: Any) -> None:
        self.task = task
        self.classes_ = np.array(task.classes)
        self.words = {name: FrequentWords(WORDS) for name in task.columns_of("text")}

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> GradientBoosting:
        features, label = self._features(X, fit=True), np.searchsorted(self.classes_, y.to_numpy(str))
        held = (self.task.rows["split"] == "validation").to_numpy(bool)
        started, allowed = time.monotonic(), SHARE_OF_TIME * self.task.budget.seconds_left()
        known = lightgbm.Dataset(features[~held], label[~held], categorical_feature=self.categorical)
        self.model = lightgbm.train(
            self._parameters(),
            known,
            ROUNDS,
            valid_sets=[known.create_valid(features[held], label[held])],
            callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False), _stop_at(started + allowed)],
        )
        rounds, seconds = self.model.best_iteration, time.monotonic() - started
        print(f"{rounds} rounds in {seconds:.1f} s", flush=True)
        if 2 * seconds < self.task.budget.seconds_left():
            everything = lightgbm.Dataset(features, label, categorical_feature=self.categorical)
            self.model = lightgbm.train(self._parameters(), everything, rounds)
        return self

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        given = np.asarray(self.model.predict(self._features(X), num_threads=self.task.budget.cores))
        return np.asarray(given / given.sum(axis=1, keepdims=True))

    def _features(self, X: pd.DataFrame, fit: bool = False) -> csr_matrix:
        categories, amounts = codes(X, self.task), numbers(X, self.task)
        self.categorical = list(range(categories.shape[1]))
        blocks = [categories, amounts, picture_frame(X, self.task.columns_of("image")).to_numpy(float)]
        for name, words in self.words.items():
            texts = documents(X, [name])
            blocks.append(words.fit_transform(texts) if fit else words.transform(texts))
        return csr_matrix(hstack([csr_matrix(block, dtype=np.float32) for block in blocks]))

    def _parameters(self) -> dict[str, Any]:
        """Shrinkage and bounded steps keep the loss from blowing up where there are more than a hundred classes."""
        return {
            "objective": "multiclass",
            "num_class": len(self.classes_),
            "learning_rate": 0.1,
            "num_leaves": 15,
            "min_data_in_leaf": 5,
            "lambda_l2": 5.0,
            "max_delta_step": 1.0,
            "feature_fraction": 0.3,
            "bagging_fraction": 0.8,
            "bagging_freq": 1,
            "cat_smooth": 10,
            "seed": self.task.seed,
            "deterministic": True,
            "force_col_wise": True,
            "num_threads": self.task.budget.cores,
            "verbosity": -1,
        }


def _stop_at(deadline: float) -> Callable[[Any], None]:
    def stop(round: Any) -> None:
        if time.monotonic() > deadline:
            raise lightgbm.callback.EarlyStopException(round.iteration, round.evaluation_result_list)

    return stop


def build(task: Any) -> Any:
    return by_value(GradientBoosting(task), task)
