"""What labelled pairs teach about pairs of other records, as numbers for a classifier of pairs.

Each is learned from candidate pairs of some families and applied to those of others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import Ridge

from baselines._candidates import Described
from baselines._decision import Block
from baselines._features import one_hot
from baselines._pair_numbers import Numbers, Positions
from baselines._pair_words import Labelled, WordPairs, words

AXES = 32
SHRINKAGE = 0.3
_STEP = 20_000


class Evidence:
    """All that labels teach about pairs, learned on some blocks of a table."""

    def __init__(self, described: Described, entity: NDArray[np.int64], blocks: Sequence[Block]) -> None:
        self.task = described.task
        records = np.concatenate([block.records for block in blocks])
        pairs = Labelled(
            np.concatenate([block.records[block.pairs.left] for block in blocks]),
            np.concatenate([block.records[block.pairs.right] for block in blocks]),
            np.concatenate([block.match for block in blocks]),
        )
        self.words = WordPairs().fit(words(described.table, self.task), pairs)
        self.levels = Levels().fit(described.table.iloc[records], self.task, entity[records])
        self.metrics = {
            name: Metric().fit(values, pairs)
            for side in described.sides.values()
            for name, values in side.dense.items()
        }

    def extend(self, described: Described, block: Block) -> pd.DataFrame:
        """The block's features with those that labels teach."""
        left, right = block.records[block.pairs.left], block.records[block.pairs.right]
        found = self.words.compare(words(described.table, self.task), left, right)
        found |= self.levels.compare(described.table, self.task, left, right)
        dense = {name: values for side in described.sides.values() for name, values in side.dense.items()}
        for name, metric in self.metrics.items():
            distances = metric.compare(dense[name], left, right)
            found |= {f"{what} of {name}": value for what, value in distances.items()}
        return block.features.join(pd.DataFrame(found).astype(np.float32))


class Levels:
    """What each category adds to the logarithm of a number among records of one entity.

    Sellers have levels of price, and a unit has a factor: without them gaps are those of the things. By least
    squares about the means of the entities, with a small penalty, outliers weighing less.
    """

    def fit(self, table: pd.DataFrame, task: Any, entity: NDArray[np.int64]) -> Levels:
        """`entity` (records,) numbers the entities of the table's records."""
        categories = one_hot(table, task)
        self.levels: dict[str, NDArray[np.float64]] = {}
        for name in task.columns_of("numeric"):
            logs = _logs(table[name])
            known = np.flatnonzero(~np.isnan(logs))
            if not len(known) or not categories.shape[1]:
                continue
            place = np.unique(entity[known], return_inverse=True)[1]
            member = csr_matrix((np.ones(len(known)), (np.arange(len(known)), place)))
            share = diags(1 / np.asarray(member.sum(axis=0)).ravel()) @ member.T
            off = logs[known] - member @ (share @ logs[known])
            inputs = csr_matrix(categories[known] - member @ (share @ categories[known]))
            weight = np.ones(len(known))
            for _ in range(3):
                model = Ridge(alpha=0.5, fit_intercept=False, solver="lsqr").fit(inputs, off, weight)
                rest = np.abs(off - inputs @ model.coef_)
                weight = 1 / np.maximum(rest / max(float(np.median(rest)), 1e-6), 1)
            self.levels[name] = model.coef_
        return self

    def compare(self, table: pd.DataFrame, task: Any, left: Positions, right: Positions) -> Numbers:
        """Gaps of the logarithms without the levels; each of shape (pairs,)."""
        categories = one_hot(table, task)
        found = {}
        for name, level in self.levels.items():
            logs = _logs(table[name]) - categories @ level
            found[f"gap of {name} without levels"] = np.abs(logs[left] - logs[right])
        return found


class Metric:
    """Distances over the axes that differ most among other pairs for what they differ among matching ones.

    The generalized eigenvectors of the two mean squared differences, as in Koestinger et al., "Large scale metric
    learning from equivalence constraints", CVPR 2012, with the matching ones shrunk towards a sphere.
    """

    def fit(self, values: NDArray[np.float32], pairs: Labelled) -> Metric:
        """`values` (records, any), a row of 0 where missing; at least one pair of each sort, or nothing is learned."""
        seen = np.asarray(values.any(axis=1))
        both = seen[pairs.left] & seen[pairs.right]
        self.axes = np.zeros((values.shape[1], 1))
        if (both & pairs.match).sum() > 1 and (both & ~pairs.match).sum() > 1:
            alike, unlike = (
                _mean_square(values, pairs.left[chosen], pairs.right[chosen])
                for chosen in (both & pairs.match, both & ~pairs.match)
            )
            ground = np.eye(len(alike)) * (np.trace(alike) / len(alike) + 1e-9)
            size, axes = eigh(unlike, (1 - SHRINKAGE) * alike + SHRINKAGE * ground)
            self.axes = axes[:, -AXES:] * np.sqrt(np.maximum(size[-AXES:], 0))
        return self

    def compare(self, values: NDArray[np.float32], left: Positions, right: Positions) -> Numbers:
        """Distance over all axes and over the best quarter of them, NaN where a row is missing; each (pairs,)."""
        seen = np.asarray(values.any(axis=1))
        known = seen[left] & seen[right]
        off = np.square((values @ self.axes)[left] - (values @ self.axes)[right])
        few = off[:, -AXES // 4 :]
        return {
            name: np.where(known, np.sqrt(part.sum(axis=1)), np.nan)
            for name, part in (("learned distance", off), ("learned distance, few axes", few))
        }


def _logs(values: pd.Series[Any]) -> NDArray[np.float64]:
    """Natural logarithms, NaN where a number is missing or not above 0."""
    numbers = values.to_numpy(float)
    return np.asarray(np.log(np.where(numbers > 0, numbers, np.nan)))


def _mean_square(values: NDArray[np.float32], left: Positions, right: Positions) -> NDArray[np.float64]:
    total = np.zeros((values.shape[1], values.shape[1]))
    for start in range(0, len(left), _STEP):
        off = values[left[start : start + _STEP]] - values[right[start : start + _STEP]]
        total += off.T @ off
    return total / len(left)
