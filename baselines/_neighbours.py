"""Records whose texts are similar enough belong together: the model of `neighbours` and `neighbours_strip`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from baselines import _pairs as pairing
from baselines._text import documents

GRID = np.linspace(0.1, 0.96, 44)
SMALLEST_BLOCK = 1_000
CHOOSING_BLOCK = 3_000


class Neighbours:
    """One threshold on the cosine similarity of character TF-IDF, found on labelled records.

    The text is the column, or all text columns joined, that does best on the labelled records. `clean` is
    applied to every table first.
    """

    def __init__(
        self, task: Any, clean: Callable[[pd.DataFrame], pd.DataFrame] = lambda table: table
    ) -> None:
        self.task = task
        self.clean = clean

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> Neighbours:
        """Keep the labelled records: what is learned from them depends on how many are to be decided."""
        self.known = self.clean(X)
        self.entity = np.asarray(pd.factorize(y)[0], np.int64)
        return self

    def predict(self, X: pd.DataFrame) -> Any:
        """Matching: the pairs frame. Clustering: a cluster number per row."""
        table = pd.concat([self.known, self.clean(X)])
        known = len(self.known)
        source = self._source(table)
        block = pairing.sample_families(self.task.rows["family"], max(len(X), SMALLEST_BLOCK), self.task.seed)
        vectors = self._vectors(table, source)
        threshold, score = self._learn(vectors, block, source)
        print(f"threshold {threshold:.2f}, {score:.3f} on {len(block)} labelled records", flush=True)
        pairs = pairing.nearest_pairs(vectors[known:], source=None if source is None else source[known:])
        if self.task.kind == "clustering":
            return pairing.connected(len(X), pairs, pairs.similarity >= threshold)
        return pairing.scored_pairs(X.index, pairs, pairing.centred(pairs.similarity, threshold))

    def _source(self, table: pd.DataFrame) -> NDArray[np.int64] | None:
        column = self.task.source_column
        return None if column is None else np.asarray(pd.factorize(table[column])[0], np.int64)

    def _vectors(self, table: pd.DataFrame, source: NDArray[np.int64] | None) -> csr_array:
        """Vectors of the text that does best on a small block of labelled records."""
        names = self.task.columns_of("text")
        if len(names) == 1:
            return pairing.text_vectors(documents(table, names))
        block = pairing.sample_families(self.task.rows["family"], CHOOSING_BLOCK, self.task.seed)
        best, chosen = -1.0, csr_array((0, 0))
        for columns in [names, *([name] for name in names)]:
            vectors = pairing.text_vectors(documents(table, columns))
            _, score = self._learn(vectors, block, source)
            print(f"{' + '.join(columns)}: {score:.3f}", flush=True)
            if score > best:
                best, chosen = score, vectors
        return chosen

    def _learn(
        self, vectors: csr_array, block: NDArray[np.int64], source: NDArray[np.int64] | None
    ) -> tuple[float, float]:
        entity = self.entity[block]
        source = None if source is None else source[block]
        pairs = pairing.nearest_pairs(vectors[block], source=source)

        def score(decided: NDArray[np.bool_]) -> float:
            if self.task.kind == "clustering":
                return pairing.bcubed_f1(pairing.connected(len(block), pairs, decided), entity)
            return pairing.pair_f1(pairs, decided, entity, source)

        return pairing.best_threshold(pairs.similarity, score, GRID)
