"""Candidate pairs described by numbers, and a classifier that tells which of them belong together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from baselines import _pairs as pairing
from baselines._decision import Block, best_decision
from baselines._pair_features import Amounts, Meanings, Pictures
from baselines._pair_numbers import Side, Space, cosines
from baselines._pair_texts import Texts

MODALITIES = ("text", "meaning", "numbers", "pictures")
FURTHER = 10

Predict: TypeAlias = Callable[[pd.DataFrame], NDArray[np.float64]]
Train: TypeAlias = Callable[[pd.DataFrame, NDArray[np.bool_], NDArray[np.bool_]], Predict]
"""From the features of pairs, which of them match, and which to choose among models by, to a function that gives
other pairs' probabilities of a match."""


class Described:
    """Records with their nearest neighbours as candidate pairs, and the features of each pair.

    `modalities`: `text` (TF-IDF, shared words), `meaning` (embeddings of the texts in the columns `embedded`, all
    unless said), `numbers` (and times and categories), `pictures`. One whose columns the task lacks is left out.
    """

    def __init__(
        self,
        table: pd.DataFrame,
        task: Any,
        modalities: Collection[str] = MODALITIES,
        embedded: Sequence[str] | None = None,
    ) -> None:
        self.table, self.task = table, task
        texts = task.columns_of("text")
        meant = texts if embedded is None else list(embedded)
        makers: dict[str, tuple[list[str], Callable[[], Side]]] = {
            "text": (texts, lambda: Texts(table, task)),
            "meaning": (meant, lambda: Meanings(table, task, meant)),
            "numbers": (task.columns_of("numeric", "datetime", "categorical"), lambda: Amounts(table, task)),
            "pictures": (task.columns_of("image"), lambda: Pictures(table, task)),
        }
        self.sides = {
            name: make() for name, (columns, make) in makers.items() if name in modalities and columns
        }
        self.spaces = {name: space for side in self.sides.values() for name, space in side.spaces.items()}

    def candidates(self, block: NDArray[np.int64]) -> pairing.Pairs:
        """The candidate pairs of the records at the given positions, numbered within the block.

        At most 20 per record by the first of the spaces, and 10 by each of the others. Rare values are looked
        for only where there is nothing else: they bring together what has a price in common.
        """
        source = self.source(block)
        spaces = {name: space for name, space in self.spaces.items() if name != "rare values"} or self.spaces
        found = [
            _nearest(space[block], FURTHER if place else pairing.NEIGHBOURS, source, self.task.seed)
            for place, space in enumerate(spaces.values())
        ]
        return pairing.join(found, len(block))

    def block(self, records: NDArray[np.int64], entity: NDArray[np.int64]) -> Block:
        """The records at the given positions, to be decided among themselves; `entity` where it is known, else 0."""
        pairs = self.candidates(records)
        return Block(records, pairs, self.features(records, pairs), self.source(records), entity)

    def source(self, block: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """The source of each record, where only pairs across sources count."""
        column = self.task.source_column
        return (
            None if column is None else np.asarray(pd.factorize(self.table[column].iloc[block])[0], np.int64)
        )

    def features(self, block: NDArray[np.int64], pairs: pairing.Pairs) -> pd.DataFrame:
        """One row of numbers per pair: similarities, also against the best of either record, and differences."""
        left, right = block[pairs.left], block[pairs.right]
        features: dict[str, NDArray[np.float64]] = {}
        for name, space in self.spaces.items():
            similarity = cosines(space, left, right)
            features[f"similarity of {name}"] = similarity
            best = np.full(len(block), 1e-6)
            for end in (pairs.left, pairs.right):
                np.maximum.at(best, end, np.nan_to_num(similarity))
            share = similarity / np.array([best[pairs.left], best[pairs.right]])
            features[f"similarity of {name} against the better best"] = share.min(axis=0)
            features[f"similarity of {name} against the lesser best"] = share.max(axis=0)
        for side in self.sides.values():
            features |= side.compare(left, right)
        return pd.DataFrame(features).astype(np.float32)


class PairClassifier:
    """A classifier of candidate pairs as a solution: `train(features, match, held)` gives `predict(features)`.

    The labelled families are dealt into two: on one the classifier learns, with some families held back, on the
    other, about as large as the test, the threshold is chosen. `describe` makes `Described` of a table and the task;
    a baseline that knows one modality gives `partial(Described, modalities=["pictures"])`.
    """

    def __init__(
        self, task: Any, train: Train, describe: Callable[[pd.DataFrame, Any], Described] = Described
    ) -> None:
        self.task, self.train, self.describe = task, train, describe

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> PairClassifier:
        described = self.describe(X, self.task)
        entity = np.asarray(pd.factorize(y)[0], np.int64)
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
        block = described.block(choosing, entity[choosing])
        probability = self.predict_match(block.features) if len(block.pairs) else np.empty(0)
        self.decision = best_decision(self.task.kind, [block], [probability], ways=(False,))
        return self

    def predict(self, X: pd.DataFrame) -> Any:
        described = self.describe(X, self.task)
        block = described.block(np.arange(len(X)), np.zeros(len(X), np.int64))
        probability = self.predict_match(block.features) if len(block.pairs) else np.empty(0)
        if self.task.kind == "clustering":
            return self.decision.cluster(block, self.decision.edges(block, probability))
        score = pairing.centred(probability, self.decision.threshold)
        return pairing.scored_pairs(X.index, block.pairs, score)


def _nearest(vectors: Space, neighbours: int, source: NDArray[np.int64] | None, seed: int) -> pairing.Pairs:
    if isinstance(vectors, csr_array):
        return pairing.nearest_pairs(vectors, neighbours, source)
    return pairing.nearest_dense(vectors, neighbours, source, seed)
