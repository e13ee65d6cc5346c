"""Texts as sparse TF-IDF vectors, without a vocabulary that could be empty or outgrow the memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

LONGEST = 1_000
BUCKETS = 2**21


def documents(table: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """One text per record: its texts in the given columns, each cut at 1,000 characters, joined.

    >>> documents(pd.DataFrame({"title": ["tea", None], "brand": ["Ming", "Oolong"]}), ["title", "brand"])
    ['tea Ming', 'Oolong']
    """
    cells = table[list(columns)].astype(object)
    kept = cells.where(cells.notna(), "").to_numpy()
    return [" ".join(text[:LONGEST] for text in row if text) for row in kept]


class Tfidf:
    """Unit TF-IDF vectors of the n-grams that at least `rarest` and at most `commonest` of the texts hold.

    >>> Tfidf("word", (1, 1)).fit_transform(["red tea", "green tea"]).toarray().astype(float).tolist()
    [[0.81..., 0.0, 0.57...], [0.0, 0.81..., 0.57...]]
    """

    def __init__(
        self,
        analyzer: Literal["word", "char_wb"],
        ngrams: tuple[int, int],
        rarest: int = 1,
        commonest: int | None = None,
    ) -> None:
        self.rarest, self.commonest = rarest, commonest
        self.hashing = HashingVectorizer(
            analyzer=analyzer,
            ngram_range=ngrams,
            n_features=BUCKETS,
            norm=None,
            alternate_sign=False,
            dtype=np.float32,
        )
        self.weighting = TfidfTransformer(sublinear_tf=True)

    def fit_transform(self, texts: Sequence[str]) -> csr_array:
        """Vectors of shape (texts, n-grams), float32."""
        counts = self.hashing.transform(texts)
        frequency = np.bincount(counts.indices, minlength=BUCKETS)
        commonest = len(texts) if self.commonest is None else self.commonest
        kept = np.flatnonzero((frequency >= self.rarest) & (frequency <= commonest))
        self.kept = kept if len(kept) else np.array([0])  # scikit-learn refuses a table without columns
        return csr_array(self.weighting.fit_transform(counts[:, self.kept]))

    def transform(self, texts: Sequence[str]) -> csr_array:
        """Vectors of other texts over the same n-grams."""
        return csr_array(self.weighting.transform(self.hashing.transform(texts)[:, self.kept]))


class FrequentWords:
    """TF-IDF weights of the words that stand in the most texts, at least three: columns that trees can split on."""

    def __init__(self, words: int) -> None:
        self.words = words
        self.tfidf = Tfidf("word", (1, 1), rarest=3)

    def fit_transform(self, texts: Sequence[str]) -> csr_array:
        """Weights of shape (texts, at most `words`)."""
        weights = self.tfidf.fit_transform(texts)
        frequency = np.bincount(weights.indices, minlength=weights.shape[1])
        self.kept = np.sort(np.argsort(-frequency, kind="stable")[: self.words])
        return weights[:, self.kept]

    def transform(self, texts: Sequence[str]) -> csr_array:
        """Weights of the same words in other texts."""
        return self.tfidf.transform(texts)[:, self.kept]
