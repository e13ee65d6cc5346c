"""Rows as numbers, once per task: a block of columns for each modality and each view that a learner has of it.

Vocabularies, weights of words and scales are those of all rows; labels are not looked at.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.decomposition import TruncatedSVD
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from baselines._features import binned, numbers, standard
from baselines._pictures import picture_features
from baselines._text import FrequentWords, Tfidf, documents
from baselines.ablating.modalities import columns_of
from baselines.ablating.rows import Rows

Matrix: TypeAlias = Any  # csr_matrix or an array, (rows, columns)
Views: TypeAlias = dict[str, Matrix]
"""`sparse`: scaled to about unit length per row and modality; `columns`: sparse, NaN where missing, for boosting;
`dense`: without NaN, for trees."""

WORDS = 150
TOPICS = 60
OPENING = 120
COMMONEST_VALUES = 60
BINS = 12
UNKNOWN = -1.0
PICTURE_WEIGHT = (
    0.6  # of the linear learner's columns, which are many and dense: what does best on pictures alone
)


def describe(rows: Rows) -> dict[str, Views]:
    """The views of each modality that the task has."""
    blocks = {"text": texts, "numbers": amounts, "pictures": pictures}
    return {name: make(rows) for name, make in blocks.items() if columns_of(rows.task.columns, name)}


def join(blocks: dict[str, Views], modalities: Sequence[str]) -> Views:
    """The views of some modalities side by side."""
    chosen = [blocks[name] for name in modalities]
    return {
        "sparse": csr_matrix(hstack([views["sparse"] for views in chosen])),
        "columns": csr_matrix(hstack([views["columns"] for views in chosen])),
        "dense": np.hstack([views["dense"] for views in chosen]),
    }


def texts(rows: Rows) -> Views:
    """N-grams of words and characters; frequent words of each column; topics."""
    names = [column.name for column in columns_of(rows.task.columns, "text")]
    together = documents(rows.table, names)
    words = Tfidf("word", (1, 2), rarest=2).fit_transform(together)
    letters = Tfidf("char_wb", (3, 5), rarest=3).fit_transform(_openings(rows, names))
    reduced = _topics(csr_matrix(words))
    frequent = csr_matrix(
        hstack([FrequentWords(WORDS).fit_transform(documents(rows.table, [name])) for name in names])
    )
    return {
        "sparse": csr_matrix(hstack([words, letters]), dtype=np.float32),
        "columns": csr_matrix(hstack([frequent, csr_matrix(reduced)]), dtype=np.float32),
        "dense": np.hstack([reduced, frequent.toarray()]).astype(np.float32),
    }


def _topics(words: csr_matrix) -> NDArray[np.float64]:
    axes = min(TOPICS, *(size - 1 for size in words.shape))
    if axes < 1:
        return np.zeros((words.shape[0], 1))
    return np.asarray(TruncatedSVD(axes, random_state=0).fit_transform(words))


def _openings(rows: Rows, names: Sequence[str]) -> list[str]:
    """The first characters of each text, where misspelt and compound words matter most."""
    cut = pd.DataFrame({name: rows.table[name].str.slice(0, OPENING) for name in names})
    return documents(cut, names)


def amounts(rows: Rows) -> Views:
    """Numbers and times scaled and in bins; the commonest categories one by one."""
    values = numbers(rows.table, rows.task)
    categories = _categories(rows)
    sparse, dense = [], []
    if values.shape[1]:
        scaled = make_pipeline(SimpleImputer(add_indicator=True, keep_empty_features=True), StandardScaler())
        sparse += [csr_matrix(np.clip(scaled.fit_transform(values), -3, 3) / 2), binned(values, BINS)]
        dense.append(np.where(np.isnan(values), UNKNOWN, values))
    if categories.shape[1]:
        one_hot = csr_matrix(
            OneHotEncoder(handle_unknown="ignore", dtype=np.float32).fit_transform(categories)
        )
        sparse.append(one_hot)
        dense.append(one_hot.toarray())
    return {
        "sparse": csr_matrix(
            hstack(sparse) / np.sqrt(values.shape[1] + categories.shape[1]), dtype=np.float32
        ),
        "columns": csr_matrix(np.hstack([categories, values]), dtype=np.float32),
        "dense": np.hstack(dense).astype(np.float32),
    }


def _categories(rows: Rows) -> NDArray[np.float64]:
    """The rank of each category by how often it occurs, NaN where it is missing or rare; (rows, columns)."""
    columns = []
    for column in rows.task.columns:
        if column.type == "categorical":
            values = rows.table[column.name]
            ranked = values.value_counts().index[:COMMONEST_VALUES]
            code = pd.Categorical(values.astype(object), categories=ranked).codes.astype(float)
            columns.append(np.where(code < 0, np.nan, code))
    return np.column_stack(columns) if columns else np.empty((len(rows), 0))


def pictures(rows: Rows) -> Views:
    """The numbers of each picture column, and where there are several how far each two are apart."""
    found = list(picture_numbers(rows).values())
    apart = [np.abs(one - other) for one, other in itertools.combinations(found, 2)]
    values = np.hstack(found + apart)
    scaled = np.nan_to_num(standard(values)) * PICTURE_WEIGHT / np.sqrt(values.shape[1])
    return {
        "sparse": csr_matrix(scaled, dtype=np.float32),
        "columns": csr_matrix(values, dtype=np.float32),
        "dense": np.where(np.isnan(values), UNKNOWN, values).astype(np.float32),
    }


def picture_numbers(rows: Rows) -> dict[str, NDArray[np.float64]]:
    """For each picture column the numbers of its pictures, NaN where there is none; each (rows, numbers)."""
    return {
        column.name: picture_features(
            None if pd.isna(path) else rows.task.folder / path for path in rows.table[column.name]
        )
        for column in columns_of(rows.task.columns, "pictures")
    }
