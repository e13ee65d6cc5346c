"""Pairs decided together: a classifier of pairs learns from others' labels, and then from its own first answers.

The labelled families are dealt into blocks. What is said of the pairs of a block is learned from the other blocks,
so that all labelled records serve for learning and all for choosing how to decide:

1. `_pair_features.py` compares the records, `_pair_evidence.py` adds what labels teach; a classifier judges.
2. A second classifier sees also what the first says of the pairs around a pair (`_pair_graph.py`): a chain of
   look-alikes has ends that do not match.
3. Decided is by pairs or components at a threshold, or by average-link clustering: whichever serves the metric
   best in the labelled blocks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baselines import _pairs as pairing
from baselines._candidates import MODALITIES, Described, Predict, Train
from baselines._decision import Block, best_decision
from baselines._pair_evidence import Evidence
from baselines._pair_graph import around

Item = TypeVar("Item")

BLOCKS = 3


class Collective:
    """A classifier of pairs, applied twice, as a solution for matching and clustering.

    `train` as in `_candidates.py`; it is called 2 x BLOCKS times. `modalities` and `embedded` as in `Described`;
    `most` bounds the labelled records that are used.
    """

    def __init__(
        self,
        task: Any,
        train: Train,
        modalities: Collection[str] = MODALITIES,
        embedded: Sequence[str] | None = None,
        most: int | None = None,
    ) -> None:
        self.task, self.train, self.modalities = task, train, modalities
        self.embedded, self.most = embedded, most

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> Collective:
        family, entity = self.task.rows["family"], np.asarray(pd.factorize(y)[0], np.int64)
        if self.most is not None and self.most < len(X):
            used = pairing.sample_families(family, self.most, self.task.seed)
            X, family, entity = X.iloc[used], family.iloc[used], entity[used]
        described = self._described(X)
        blocks = [
            described.block(records, entity[records])
            for records in pairing.deal_families(family, BLOCKS, self.task.seed)
        ]
        features = [
            Evidence(described, entity, _without(blocks, place)).extend(described, block)
            for place, block in enumerate(blocks)
        ]
        self.evidence = Evidence(described, entity, blocks)
        self.first, probability = self._out_of_block(blocks, features, family)
        features = [
            _with_graph(block, some, sure)
            for block, some, sure in zip(blocks, features, probability, strict=True)
        ]
        self.second, probability = self._out_of_block(blocks, features, family)
        self.decision = best_decision(self.task.kind, blocks, probability)
        return self

    def probabilities(self, X: pd.DataFrame) -> tuple[Block, NDArray[np.float64]]:
        """All records of a table as one block, and the probability of each candidate pair to match."""
        described = self._described(X)
        block = described.block(np.arange(len(X)), np.zeros(len(X), np.int64))
        if not len(block.pairs):
            return block, np.empty(0)
        features = self.evidence.extend(described, block)
        first = _mean(self.first, features)
        return block, _mean(self.second, _with_graph(block, features, first))

    def predict(self, X: pd.DataFrame) -> Any:
        """Matching: the pairs frame. Clustering: a cluster number per row."""
        block, probability = self.probabilities(X)
        edges = self.decision.edges(block, probability)
        if self.task.kind == "clustering":
            return self.decision.cluster(block, edges)
        match = self.decision.match(block, edges)
        score = np.where(match, 0.5 + probability / 2, np.minimum(probability / 2, 0.499))
        return pairing.scored_pairs(X.index, block.pairs, score)

    def _described(self, X: pd.DataFrame) -> Described:
        return Described(X, self.task, self.modalities, self.embedded)

    def _out_of_block(
        self, blocks: Sequence[Block], features: Sequence[pd.DataFrame], family: pd.Series[Any]
    ) -> tuple[list[Predict], list[NDArray[np.float64]]]:
        """A model for each block that has seen the others alone, and what it says of the block's pairs."""
        models, probability = [], []
        for place in range(len(blocks)):
            others = _without(blocks, place)
            held = [_held(block, family, self.task.seed) for block in others]
            model = self.train(
                pd.concat(_without(features, place)),
                np.concatenate([block.match for block in others]),
                np.concatenate(held),
            )
            models.append(model)
            probability.append(model(features[place]) if len(features[place]) else np.empty(0))
        return models, probability


def _with_graph(block: Block, features: pd.DataFrame, probability: NDArray[np.float64]) -> pd.DataFrame:
    return features.join(around(len(block.records), block.pairs, probability).astype(np.float32))


def _mean(models: Sequence[Predict], features: pd.DataFrame) -> NDArray[np.float64]:
    return np.asarray(np.mean([model(features) for model in models], axis=0))


def _held(block: Block, family: pd.Series[Any], seed: int) -> NDArray[np.bool_]:
    """The pairs of about a fifth of the block's records, whole families at a time."""
    held = pairing.sample_families(family.iloc[block.records], len(block.records) // 5, seed)
    return np.asarray(np.isin(block.pairs.left, held) & np.isin(block.pairs.right, held))


def _without(all_of: Sequence[Item], place: int) -> list[Item]:
    return [item for other, item in enumerate(all_of) if other != place]
