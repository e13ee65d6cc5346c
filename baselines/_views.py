"""Rows as the learners of the stack see them: several views of the same columns."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.decomposition import TruncatedSVD
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    QuantileTransformer,
    StandardScaler,
    normalize,
)

from baselines._embeddings import picture_embeddings
from baselines._features import codes, numbers
from baselines._stacking import Matrix
from baselines._text import FrequentWords, Tfidf, documents

TOPICS = 200
WORDS = 150
BINS = 12
CATEGORIES = 60
OPENING = 120
UNKNOWN = -1.0


class Views:
    """The rows of a table in the views of the members, learned from the labelled rows.

    `dense`: topics of the texts, numbers scaled and in bins, categories, pictures. `sparse`: n-grams in place of
    topics. In both each modality is of about unit length per row. `columns`: sparse, NaN where missing, for trees
    that know it; `filled`: dense, for those that do not.
    """

    def __init__(self, task: Any) -> None:
        self.task, self.texts = task, task.columns_of("text")
        self.ngrams = [Tfidf("word", (1, 2), rarest=2), Tfidf("char_wb", (3, 5), rarest=3)]
        self.topics = Topics()
        self.words = {name: FrequentWords(WORDS) for name in self.texts}
        self.scale = make_pipeline(
            SimpleImputer(add_indicator=True, keep_empty_features=True), StandardScaler()
        )
        self.bins = make_pipeline(
            QuantileTransformer(n_quantiles=4 * BINS, random_state=0),
            FunctionTransformer(lambda quantile: np.floor(quantile * BINS)),
            OneHotEncoder(handle_unknown="ignore", dtype=np.float32),
        )
        self.categories = OneHotEncoder(
            handle_unknown="infrequent_if_exist", max_categories=CATEGORIES, dtype=np.float32
        )
        self.pictures = make_pipeline(StandardScaler(), SimpleImputer(keep_empty_features=True))

    def fit_transform(self, table: pd.DataFrame) -> dict[str, Matrix]:
        """Learn vocabularies, topics, scales and bins, and show the rows."""
        return self._views(table, lambda transformer, values: transformer.fit_transform(values))

    def transform(self, table: pd.DataFrame) -> dict[str, Matrix]:
        """Show other rows alike."""
        return self._views(table, lambda transformer, values: transformer.transform(values))

    def _views(self, table: pd.DataFrame, apply: Callable[[Any, Any], Any]) -> dict[str, Matrix]:
        amounts, categories, pictures = (
            numbers(table, self.task),
            codes(table, self.task),
            self._pictures(table),
        )
        dense: list[Any] = []
        columns: list[Any] = [categories, amounts, pictures]
        filled: list[Any] = [np.where(np.isnan(block), UNKNOWN, block) for block in (amounts, pictures)]
        width = np.sqrt(amounts.shape[1] + categories.shape[1])
        if amounts.shape[1]:
            dense += [
                apply(self.scale, amounts).clip(-3, 3) / 2 / width,
                _array(apply(self.bins, amounts)) / width,
            ]
        if categories.shape[1]:
            known = _array(apply(self.categories, categories))
            dense.append(known / width)
            filled.append(known)
        if pictures.shape[1]:
            dense.append(apply(self.pictures, pictures).clip(-4, 4) / np.sqrt(pictures.shape[1]))
        sparse = [csr_matrix(block, dtype=np.float32) for block in dense]
        if self.texts:
            together = documents(table, self.texts)
            openings = documents(table[self.texts].apply(lambda text: text.str.slice(0, OPENING)), self.texts)
            ngrams = csr_matrix(
                hstack(
                    [
                        apply(tfidf, texts)
                        for tfidf, texts in zip(self.ngrams, (together, openings), strict=True)
                    ]
                )
            )
            topics = apply(self.topics, ngrams)
            frequent = hstack([apply(words, documents(table, [name])) for name, words in self.words.items()])
            sparse.append(ngrams)
            dense.append(topics)
            columns += [frequent, topics]
            filled += [_array(frequent), topics]
        return {
            "dense": np.hstack(dense, dtype=np.float32),
            "sparse": csr_matrix(hstack(sparse), dtype=np.float32),
            "columns": csr_matrix(hstack([csr_matrix(block, dtype=np.float32) for block in columns])),
            "filled": np.hstack(filled, dtype=np.float32),
        }

    def _pictures(self, table: pd.DataFrame) -> NDArray[np.float32]:
        """The numbers of each picture column, and where there are several how far each two are apart."""
        found = [picture_embeddings(self.task, table[name]) for name in self.task.columns_of("image")]
        apart = [np.abs(one - other) for one, other in itertools.combinations(found, 2)]
        return np.hstack([np.empty((len(table), 0), np.float32), *found, *apart])


class Topics:
    """The main axes of n-gram vectors, as unit vectors."""

    def fit_transform(self, ngrams: csr_matrix) -> NDArray[np.float32]:
        """Float32 of shape (rows, at most 200)."""
        self.svd = TruncatedSVD(max(1, min(TOPICS, *(size - 1 for size in ngrams.shape))), random_state=0)
        return np.asarray(normalize(self.svd.fit_transform(ngrams)), np.float32)

    def transform(self, ngrams: csr_matrix) -> NDArray[np.float32]:
        """Other rows on the same axes."""
        return np.asarray(normalize(self.svd.transform(ngrams)), np.float32)


def _array(matrix: Any) -> NDArray[np.float32]:
    return np.asarray(matrix.toarray(), np.float32)
