"""Matching and clustering out of fold: pairs are decided by models that have seen no record of their families.

Each fold is a block of records that is decided among itself, as a test is. A committee learns on the pairs of each
block alone; a block's pairs are judged by the mean of the other blocks' committees, and the threshold is the one
that serves those other blocks best when they are judged in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baselines import _pairs as pairing
from baselines.ablating.classes import deal
from baselines.ablating.features import Views
from baselines.ablating.learners import Committee, Learner, side_by_side
from baselines.ablating.modalities import ColumnSet
from baselines.ablating.near import Side, near, sides
from baselines.ablating.rows import Rows
from benchmark.kinds.clustering import ClusterAnswer
from benchmark.kinds.matching import PairAnswer

GRID = np.linspace(0.02, 0.98, 97)
LEAST_FOLDS = 3
FAR_OFF = -9.0  # below all scaled numbers: what is missing, for trees


@dataclass(frozen=True)
class Block:
    """A fold's records, and the pairs of them that any modality finds near, as positions in the block.

    `found` (pairs,) says of each modality which pairs it finds; `compared` holds its comparison of all the pairs,
    (pairs, numbers), NaN where something is missing.
    """

    records: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    match: NDArray[np.bool_]
    found: dict[str, NDArray[np.bool_]]
    compared: dict[str, pd.DataFrame]

    def pairs(self, chosen: ColumnSet) -> NDArray[np.int64]:
        """The pairs that some modality of the set finds."""
        return np.flatnonzero(np.any([self.found[name] for name in chosen.modalities], axis=0))

    def views(self, chosen: ColumnSet, pairs: NDArray[np.int64]) -> Views:
        """The pairs as the learners want them, from the columns of the set alone."""
        raw = np.hstack([self.compared[name].to_numpy()[pairs] for name in chosen.modalities])
        missing = np.isnan(raw)
        scaled = np.hstack([np.where(missing, 0, raw), missing]).astype(np.float32)
        return {"sparse": scaled, "columns": raw, "dense": np.where(missing, FAR_OFF, raw)}


class Pairing:
    """Answers for all records from any set of columns. Folds are dealt once; seeds are those of the learners."""

    def __init__(self, rows: Rows, learners: Sequence[Learner], seeds: int, folds: int) -> None:
        self.rows, self.learners, self.seeds = rows, learners, seeds
        column = rows.task.card["source"]
        self.source = None if column is None else np.asarray(pd.factorize(rows.table[column])[0], np.int64)
        fold, modalities = deal(rows, folds, 0), sides(rows)
        self.blocks = [self._block(np.flatnonzero(fold == held), modalities) for held in range(folds)]
        for name in modalities:
            everything = pd.concat([block.compared[name] for block in self.blocks])
            mean, spread = everything.mean(), everything.std().replace(0, 1)
            for block in self.blocks:
                block.compared[name] = ((block.compared[name] - mean) / spread).clip(-8, 8)
        self.steps = folds

    def answer(self, chosen: ColumnSet, advance: Callable[[], None]) -> PairAnswer | ClusterAnswer:
        """The committee's decision on all records from the columns of a set."""
        pairs = [block.pairs(chosen) for block in self.blocks]
        views = [block.views(chosen, some) for block, some in zip(self.blocks, pairs, strict=True)]
        judged = self._judge(views, pairs, advance)
        near = [self._near(block, some) for block, some in zip(self.blocks, pairs, strict=True)]
        everything = range(len(self.blocks))
        thresholds = []
        for held in everything:
            scores = np.zeros(len(GRID))
            for other in everything:
                if other != held:
                    judges = [judge for judge in everything if judge not in (held, other)]
                    probability = np.mean([judged[judge][other] for judge in judges], axis=0)
                    scores += [self._score(other, near[other], probability >= one) for one in GRID]
            thresholds.append(float(GRID[scores.argmax()]))
        final = [
            np.mean([judged[judge][held] for judge in everything if judge != held], axis=0)
            for held in everything
        ]
        return self._decide(near, final, thresholds)

    def _block(self, records: NDArray[np.int64], modalities: dict[str, Side]) -> Block:
        size = len(records)
        nearest = {name: near(side, records, self.source) for name, side in modalities.items()}
        keys = {name: pairs.left * size + pairs.right for name, pairs in nearest.items()}
        key = np.unique(np.concatenate(list(keys.values())))
        left, right = key // size, key % size
        compared = {}
        for name, side in modalities.items():
            columns = side.compare(records[left], records[right])
            similarity, best = next(iter(columns.values())), np.full(size, 1e-9)
            for end in (nearest[name].left, nearest[name].right):
                np.maximum.at(best, end, nearest[name].similarity)
            columns["against the left's nearest"] = similarity / best[left]
            columns["against the right's nearest"] = similarity / best[right]
            compared[name] = pd.DataFrame(columns).astype(np.float32)
        entity = self.rows.label[records]
        found = {name: np.isin(key, some) for name, some in keys.items()}
        return Block(records, left, right, entity[left] == entity[right], found, compared)

    def _judge(
        self, views: list[Views], pairs: list[NDArray[np.int64]], advance: Callable[[], None]
    ) -> list[list[NDArray[np.float64]]]:
        """For each block's committee its probabilities of a match of each block's pairs; zeros for its own."""
        judged = []
        for found in side_by_side(lambda judge: self._of_block(judge, views, pairs), range(len(views))):
            judged.append(found)
            advance()
        return judged

    def _of_block(
        self, judge: int, views: list[Views], pairs: list[NDArray[np.int64]]
    ) -> list[NDArray[np.float64]]:
        match = self.blocks[judge].match[pairs[judge]].astype(np.int64)
        committees = [
            Committee(self.learners, 2, seed).fit(views[judge], match)
            for seed in range(self.seeds)
            if len(match)
        ]
        return [
            np.mean([one.predict(view)[:, 1] for one in committees], axis=0)
            if committees and other != judge and len(pairs[other])
            else np.zeros(len(pairs[other]))
            for other, view in enumerate(views)
        ]

    @staticmethod
    def _near(block: Block, pairs: NDArray[np.int64]) -> pairing.Pairs:
        return pairing.Pairs(block.left[pairs], block.right[pairs], np.zeros(len(pairs)))

    def _score(self, block: int, pairs: pairing.Pairs, decided: NDArray[np.bool_]) -> float:
        records = self.blocks[block].records
        entity = self.rows.label[records]
        if self.rows.task.kind == "clustering":
            return pairing.bcubed_f1(pairing.connected(len(records), pairs, decided), entity)
        source = None if self.source is None else self.source[records]
        return pairing.pair_f1(pairs, decided, entity, source)

    def _decide(
        self, near: list[pairing.Pairs], probability: list[NDArray[np.float64]], thresholds: list[float]
    ) -> PairAnswer | ClusterAnswer:
        found = list(zip(self.blocks, near, probability, thresholds, strict=True))
        if self.rows.task.kind == "clustering":
            cluster = np.zeros(len(self.rows), np.int64)
            for number, (block, pairs, sure, threshold) in enumerate(found):
                parts = pairing.connected(len(block.records), pairs, sure >= threshold)
                cluster[block.records] = parts + number * len(self.rows)
            return ClusterAnswer(cluster)
        return PairAnswer(
            left=np.concatenate([block.records[pairs.left] for block, pairs, *_ in found]).astype(np.int32),
            right=np.concatenate([block.records[pairs.right] for block, pairs, *_ in found]).astype(np.int32),
            score=np.concatenate([pairing.centred(sure, one) for *_, sure, one in found]),
        )
