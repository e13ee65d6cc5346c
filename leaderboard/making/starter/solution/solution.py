"""A first solution: words, numbers and categories for rows; look-alike texts for records. Change anything.

This folder is a whole solution: `classmark check-solution solution`, `classmark run --solution solution`, and, where
the competition takes code, `classmark submit solution`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

NEIGHBOURS = 10


def build(task: Any) -> Any:
    """What is fitted and asked. `task` has kind, columns, classes, rows (split and family) and more."""
    return rows_into_classes(task) if task.kind == "classification" else LookAlikes(task)


def rows_into_classes(task: Any) -> Any:
    """A scikit-learn pipeline; pictures (`task.columns_of("image")`) are left to you."""

    def columns(*types: str) -> list[str]:
        return [column.name for column in task.columns if column.type in types]

    texts, numbers, categories = columns("text"), columns("numeric"), columns("categorical")
    plain = make_pipeline(FunctionTransformer(join_texts), TfidfVectorizer(sublinear_tf=True, min_df=2))
    features = ColumnTransformer(
        [
            ("texts", plain, texts),
            ("numbers", make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler()), numbers),
            ("categories", OneHotEncoder(handle_unknown="ignore"), categories),
        ]
    )
    weight = (
        "balanced" if task.values is None else None
    )  # where rows are worth different amounts, see task.values
    return make_pipeline(features, LinearSVC(class_weight=weight, tol=1e-3, max_iter=3000, random_state=0))


class LookAlikes:
    """Records whose texts are similar enough belong together; how similar is learnt from the labels."""

    def __init__(self, task: Any) -> None:
        self.kind = task.kind
        self.texts = [column.name for column in task.columns if column.type == "text"]
        self.vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=2)

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> LookAlikes:
        self.vectors.fit(join_texts(X[self.texts]))
        left, right, similarity = self.pairs(X)
        label = pd.factorize(y)[0]

        def f1(threshold: float) -> float:
            near = similarity >= threshold
            if self.kind == "matching":
                found, decided = int((near & (label[left] == label[right])).sum()), int(near.sum())
            else:  # a chain of look-alikes becomes one cluster: count what clusters are right in
                group = connected(len(X), left[near], right[near])
                found, decided = pairs_within(group * len(X) + label), pairs_within(group)
            return float(2 * found / (decided + pairs_within(label)))

        self.threshold = max(np.linspace(0.2, 0.98, 40), key=f1)
        return self

    def predict(self, X: pd.DataFrame) -> Any:
        """Scored pairs of ids for matching, a cluster for each row for clustering."""
        left, right, similarity = self.pairs(X)
        if self.kind == "matching":
            score = np.clip(0.5 + (similarity - self.threshold) / 2, 0, 1)
            return pd.DataFrame({"left_id": X.index[left], "right_id": X.index[right], "score": score})
        near = similarity >= self.threshold
        return connected(len(X), left[near], right[near])

    def pairs(self, X: pd.DataFrame) -> tuple[Any, Any, Any]:
        """Each record with its nearest ones, every pair once: positions and cosine similarity."""
        vectors = self.vectors.transform(join_texts(X[self.texts]))
        search = NearestNeighbors(n_neighbors=min(NEIGHBOURS + 1, len(X)), metric="cosine").fit(vectors)
        distance, near = search.kneighbors(vectors)
        left, right = np.repeat(np.arange(len(X)), near.shape[1]), near.ravel()
        pairs = pd.DataFrame(
            {"a": np.minimum(left, right), "b": np.maximum(left, right), "similarity": 1 - distance.ravel()}
        )
        pairs = pairs[pairs["a"] != pairs["b"]].drop_duplicates(["a", "b"])
        return pairs["a"].to_numpy(), pairs["b"].to_numpy(), pairs["similarity"].to_numpy()


def connected(rows: int, left: Any, right: Any) -> Any:
    """The number of each row's cluster where pairs are linked."""
    links = coo_array((np.ones(len(left)), (left, right)), shape=(rows, rows))
    return connected_components(links, directed=False)[1]


def pairs_within(group: Any) -> int:
    """How many pairs of rows are in one group."""
    size = np.unique(group, return_counts=True)[1]
    return int((size * (size - 1) // 2).sum())


def join_texts(X: pd.DataFrame) -> Any:
    """All texts of a row as one; missing ones are empty."""
    return X.fillna("").astype(str).agg(" ".join, axis=1)
