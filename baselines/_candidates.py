"""Candidate pairs described by numbers, for a classifier that tells which of them belong together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import HashingVectorizer

from baselines import _pairs as pairing
from baselines._text import documents

GRID = np.linspace(0.02, 0.98, 97)
_WORDS = r"(?u)\b\w+\b"
_MODEL_NUMBERS = r"(?u)\b\w*\d\w*\b"


class Described:
    """Records with their nearest neighbours by text as candidate pairs, and the features of each pair."""

    def __init__(self, table: pd.DataFrame, task: Any) -> None:
        names = task.columns_of("text")
        self.table, self.task = table, task
        self.vectors = {"all": pairing.text_vectors(documents(table, names))}
        if len(names) > 1:
            self.vectors |= {name: pairing.text_vectors(documents(table, [name])) for name in names}
        self.tokens = {
            f"{what} of {name}": _tokens(documents(table, [name]), pattern)
            for name in names
            for what, pattern in (("words", _WORDS), ("model numbers", _MODEL_NUMBERS))
        }

    def candidates(self, block: NDArray[np.int64]) -> pairing.Pairs:
        """The candidate pairs of the records at the given positions, numbered within the block."""
        return pairing.nearest_pairs(self.vectors["all"][block], source=self.source(block))

    def source(self, block: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """The source of each record, where only pairs across sources count."""
        column = self.task.source_column
        return (
            None if column is None else np.asarray(pd.factorize(self.table[column].iloc[block])[0], np.int64)
        )

    def features(self, block: NDArray[np.int64], pairs: pairing.Pairs) -> pd.DataFrame:
        """One row of numbers per pair: similarities, shared tokens, differences of numbers, equal categories."""
        left, right = block[pairs.left], block[pairs.right]
        features: dict[str, NDArray[np.float64]] = {}
        for name, vectors in self.vectors.items():
            features[f"similarity of {name}"] = _dot(vectors, left, right)
        for name, tokens in self.tokens.items():
            shared, size = _dot(tokens, left, right), np.asarray(tokens.sum(axis=1)).ravel()
            either = size[left] + size[right] - shared
            features[f"share of {name}"] = np.divide(
                shared, either, out=np.full(len(shared), np.nan), where=either > 0
            )
            features[f"{name} apart"] = np.minimum(size[left], size[right]) - shared
        for name in self.task.columns_of("numeric"):
            value = self.table[name].to_numpy(float)
            gap = np.abs(value[left] - value[right])
            larger = np.maximum(np.abs(value[left]), np.abs(value[right]))
            features[f"gap of {name}"] = np.divide(gap, larger, out=np.zeros(len(gap)), where=larger != 0)
        for name in self.task.columns_of("categorical"):
            code = self.table[name].cat.codes.to_numpy()
            same = (code[left] == code[right]).astype(float)
            features[f"same {name}"] = np.where((code[left] < 0) | (code[right] < 0), np.nan, same)
        best = np.zeros(len(block))
        np.maximum.at(best, pairs.left, pairs.similarity)
        np.maximum.at(best, pairs.right, pairs.similarity)
        features["similarity against the left's best"] = pairs.similarity / best[pairs.left]
        features["similarity against the right's best"] = pairs.similarity / best[pairs.right]
        return pd.DataFrame(features)


def best_decision(
    task: Any,
    pairs: pairing.Pairs,
    probability: NDArray[np.float64],
    entity: NDArray[np.int64],
    source: NDArray[np.int64] | None = None,
) -> float:
    """The threshold on the probability of a match that scores highest on labelled records."""

    def score(decided: NDArray[np.bool_]) -> float:
        if task.kind == "clustering":
            return pairing.bcubed_f1(pairing.connected(len(entity), pairs, decided), entity)
        return pairing.pair_f1(pairs, decided, entity, source)

    threshold, best = pairing.best_threshold(probability, score, GRID)
    print(f"threshold {threshold:.2f}, {best:.3f} on {len(entity)} labelled records", flush=True)
    return threshold


class PairClassifier:
    """A classifier of candidate pairs as a solution: `train(features, match, held)` gives `predict(features)`.

    The labelled families are dealt into two: on one the classifier learns, with some families held back, on the
    other, about as large as the test, the threshold is chosen.
    """

    def __init__(
        self,
        task: Any,
        train: Callable[
            [pd.DataFrame, NDArray[np.bool_], NDArray[np.bool_]],
            Callable[[pd.DataFrame], NDArray[np.float64]],
        ],
    ) -> None:
        self.task, self.train = task, train

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> PairClassifier:
        described, entity = Described(X, self.task), np.asarray(pd.factorize(y)[0], np.int64)
        family = self.task.rows["family"]
        choosing = pairing.sample_families(family, int(0.4 * len(X)), self.task.seed)
        learning = np.setdiff1d(np.arange(len(X)), choosing)
        held = pairing.sample_families(family.iloc[learning], len(learning) // 5, self.task.seed)
        pairs = described.candidates(learning)
        match = entity[learning][pairs.left] == entity[learning][pairs.right]
        both_held = np.isin(pairs.left, held) & np.isin(pairs.right, held)
        either_held = np.isin(pairs.left, held) | np.isin(pairs.right, held)
        used = both_held | ~either_held
        features = described.features(learning, pairs)
        print(
            f"{used.sum()} candidate pairs of {len(learning)} records, {match[used].mean():.1%} match",
            flush=True,
        )
        self.predict_match = self.train(features[used], match[used], both_held[used])
        pairs = described.candidates(choosing)
        probability = self.predict_match(described.features(choosing, pairs))
        self.threshold = best_decision(
            self.task, pairs, probability, entity[choosing], described.source(choosing)
        )
        return self

    def predict(self, X: pd.DataFrame) -> Any:
        described, block = Described(X, self.task), np.arange(len(X))
        pairs = described.candidates(block)
        probability = np.empty(0) if not len(pairs) else self.predict_match(described.features(block, pairs))
        if self.task.kind == "clustering":
            return pairing.connected(len(X), pairs, probability >= self.threshold)
        return pairing.scored_pairs(X.index, pairs, pairing.centred(probability, self.threshold))


def _tokens(texts: list[str], pattern: str) -> csr_array:
    hashing = HashingVectorizer(
        token_pattern=pattern, norm=None, binary=True, alternate_sign=False, dtype=np.float32
    )
    return csr_array(hashing.transform(texts))


def _dot(vectors: csr_array, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
    step = 100_000
    parts = [
        np.asarray((vectors[left[i : i + step]] * vectors[right[i : i + step]]).sum(axis=1), float).ravel()
        for i in range(0, len(left), step)
    ]
    return np.concatenate([*parts, np.empty(0)])
