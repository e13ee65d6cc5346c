"""Records as the table that record linkage blocks on and compares, made of a task's typed columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from sklearn.random_projection import SparseRandomProjection

from baselines import _pairs as pairing
from baselines._features import days
from baselines._text import documents

AXES = 128


def records(X: pd.DataFrame, task: Any, bound: int, entity: NDArray[np.int64] | None = None) -> pa.Table:
    """The columns of each type under names of their own, since a task's may be called anything.

    unique_id    position in X
    text_N       direction of the N-th text, by its character n-grams
    codes_N      its words with a digit
    keys_N       its rare words: about `bound` pairs of records, over all texts, share one
    number_N, day_N, category_N
    source       where only pairs across sources count;  entity  where it is given
    """
    texts = task.columns_of("text")
    columns: dict[str, Any] = {"unique_id": np.arange(len(X))}
    for place, name in enumerate(texts):
        given = documents(X, [name])
        columns[f"text_{place}"] = directions(given, task.seed)
        columns[f"codes_{place}"] = lists(words(given, r"\b\w*\d\w*\b"), len(X))
        columns[f"keys_{place}"] = lists(rare(words(given, r"\w+"), bound // len(texts)), len(X))
    for place, name in enumerate(task.columns_of("numeric")):
        columns[f"number_{place}"] = pa.array(X[name].to_numpy(float), from_pandas=True)
    for place, name in enumerate(task.columns_of("datetime")):
        columns[f"day_{place}"] = pa.array(days(X[name]), from_pandas=True)
    for place, name in enumerate(task.columns_of("categorical")):
        columns[f"category_{place}"] = pa.array(X[name].astype(object), pa.string(), from_pandas=True)
    if (source := sources(X, task)) is not None:
        columns["source"] = source
    if entity is not None:
        columns["entity"] = entity
    return pa.table(columns)


def sources(X: pd.DataFrame, task: Any) -> NDArray[np.int64] | None:
    """The source of each record, where only pairs across sources count."""
    column = task.source_column
    return None if column is None else np.asarray(pd.factorize(X[column])[0], np.int64)


def directions(texts: list[str], seed: int) -> pa.Array:
    """Character TF-IDF vectors projected on a few random axes, none where the text has no n-gram."""
    vectors = pairing.text_vectors(texts)
    projection = SparseRandomProjection(AXES, dense_output=True, random_state=seed)
    axes = np.asarray(projection.fit_transform(vectors), np.float32)
    empty = ~axes.any(axis=1)
    return pa.FixedSizeListArray.from_arrays(pa.array(axes.ravel()), AXES, mask=pa.array(empty))


def words(texts: list[str], pattern: str) -> pd.DataFrame:
    """The distinct words of each text that the pattern finds: columns record and word."""
    found = pd.Series(texts, dtype=object).str.lower().str.findall(pattern).explode().dropna()
    return pd.DataFrame({"record": found.index, "word": found.to_numpy(object)}).drop_duplicates()


def rare(words: pd.DataFrame, bound: int) -> pd.DataFrame:
    """The words that stand in two or more records but so few that at most `bound` pairs share one, by count.

    >>> words = pd.DataFrame({"record": [0, 1, 0, 1, 2, 2], "word": ["mx40", "mx40", "lamp", "lamp", "lamp", "red"]})
    >>> rare(words, 3)["word"].unique().tolist()
    ['mx40']
    >>> rare(words, 4)["word"].unique().tolist()
    ['mx40', 'lamp']
    """
    frequency = words["word"].map(words["word"].value_counts()).to_numpy(np.int64)
    known = np.arange(frequency.max(initial=1) + 1)
    pairs = np.cumsum(np.bincount(frequency, minlength=len(known)) * (known - 1) / 2)
    most = int(known[pairs <= bound].max())
    kept: pd.DataFrame = words[(frequency > 1) & (frequency <= most)]
    return kept


def lists(words: pd.DataFrame, records: int) -> pa.Array:
    """The words of each record, none where there are none."""
    lists = words.groupby("record")["word"].agg(list).reindex(range(records))
    return pa.array(lists, pa.list_(pa.string()), from_pandas=True)
