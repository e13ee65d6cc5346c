"""Members that learn out of fold, and the log-linear pool of what they say.

Whole families are dealt into folds. Each fold's models judge the rows that they have not seen, the pool is learned on
those judgements, and new rows are judged by the models of all folds together. More time means more deals, not other
members.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from threadpoolctl import threadpool_limits

FOLDS = 10
ENOUGH = 5  # folds, to learn a pool on what was judged in them
FLOOR = 1e-5
RIDGE = 1e-2

Matrix: TypeAlias = Any  # csr_matrix or an array, (rows, columns)
Views: TypeAlias = Mapping[str, Matrix]
Predict: TypeAlias = Callable[[Matrix], NDArray[np.float64]]
Learn: TypeAlias = Callable[[Matrix, NDArray[np.int64], int, float], Predict]
"""From rows, labels 0..k-1 of which each occurs, a seed and the seconds it may take, to a function that gives
probabilities (rows, k)."""


@dataclass(frozen=True)
class Member:
    """A way to learn, and the view of the rows that it learns from."""

    name: str
    view: str
    learn: Learn


class Pool:
    """A weight for each member's log-probabilities and a bias for each class, by least log loss.

    Where the members saw independent evidence the product of their posteriors is the posterior (up to the prior,
    which the bias learns); weights below 1 take back what they counted twice, and correct overconfidence.
    """

    def fit(self, given: NDArray[np.float64], label: NDArray[np.int64]) -> Pool:
        """Learn from probabilities (members, rows, classes) of rows that the members had not seen."""
        log = np.log(given.clip(FLOOR))
        members, rows, classes = log.shape
        true = np.arange(rows), label

        def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            weight, bias = point[:members], point[members:]
            chance = log_softmax(np.tensordot(weight, log, 1) + bias, axis=1)
            value = RIDGE * float(bias @ bias) - float(chance[true].mean())
            excess = np.exp(chance)
            excess[true] -= 1
            excess /= rows
            return value, np.concatenate(
                [np.tensordot(log, excess, 2), excess.sum(axis=0) + 2 * RIDGE * bias]
            )

        start = np.concatenate([np.full(members, 1 / members), np.zeros(classes)])
        bounds = [(0, None)] * members + [(None, None)] * classes
        point = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
        self.weight, self.bias = point[:members], point[members:]
        return self

    def predict(self, given: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities, (rows, classes), of rows that the members judge so."""
        return np.asarray(
            softmax(np.tensordot(self.weight, np.log(given.clip(FLOOR)), 1) + self.bias, axis=1)
        )


class Stack:
    """Members, in the order of what they are worth for their time, under a pool; as many of them as time allows.

    Dealt `deals` times, while there is time. Members for which the first fold shows that five folds would take too long
    are left out for good.
    `chances` (judged rows, classes) are what the pool says of the rows at the positions `judged`, out of fold.
    """

    def __init__(self, members: Sequence[Member], classes: int, deals: int, seed: int) -> None:
        self.members, self.classes, self.deals, self.seed = members, classes, deals, seed

    def fit(self, views: Views, label: NDArray[np.int64], family: NDArray[np.int64], seconds: float) -> Stack:
        """Learn from views of all labelled rows, their labels in 0..classes-1 and their families, each (rows,)."""
        started, longest = time.monotonic(), 0.0
        heard, times = np.zeros((len(self.members), len(label), self.classes)), np.zeros(len(label))
        self.models: list[list[Predict]] = []
        with threadpool_limits(1):  # small products; on a busy machine threads wait for each other
            for new in self._turns(label, family):
                begun = time.monotonic()
                if self.models and begun + longest > started + seconds:
                    break
                self.models.append(self._learn(views, label, np.flatnonzero(~new), seconds / ENOUGH))
                heard[: len(self.members), new] += self._judge(views, np.flatnonzero(new), [self.models[-1]])
                times[new] += 1
                longest = max(longest, time.monotonic() - begun)
        self.judged = np.flatnonzero(times)
        given = heard[: len(self.members), self.judged] / times[self.judged, None]
        self.pool = Pool().fit(given, label[self.judged])
        self.chances = self.pool.predict(given)
        weights = zip((member.name for member in self.members), self.pool.weight, strict=True)
        print(f"{len(self.models)} folds:", *(f"{name} {weight:.2f}" for name, weight in weights), flush=True)
        return self

    def predict_proba(self, views: Views) -> NDArray[np.float64]:
        """Probabilities, (rows, classes), of other rows in the same views."""
        rows = next(iter(views.values())).shape[0]
        return self.pool.predict(self._judge(views, np.arange(rows), self.models) / len(self.models))

    def _turns(self, label: NDArray[np.int64], family: NDArray[np.int64]) -> Iterator[NDArray[np.bool_]]:
        for deal in range(self.deals):
            fold = deal_families(family, label, FOLDS, self.seed + deal)
            yield from (fold == held for held in np.unique(fold))

    def _learn(
        self, views: Views, label: NDArray[np.int64], known: NDArray[np.int64], share: float
    ) -> list[Predict]:
        begun, first = time.monotonic(), not self.models
        models: list[Predict] = []
        for member in self.members:
            left = share - (time.monotonic() - begun) if first else share
            if models and left <= 0:
                break
            models.append(self._of_all_classes(member, views[member.view][known], label[known], left))
        self.members = self.members[: len(models)]
        return models

    def _of_all_classes(
        self, member: Member, known: Matrix, label: NDArray[np.int64], left: float
    ) -> Predict:
        """The member's model, with probability 0 for the classes that it has not seen."""
        seen, place = np.unique(label, return_inverse=True)
        learned = member.learn(known, place, self.seed, left) if len(seen) > 1 else None

        def predict(rows: Matrix) -> NDArray[np.float64]:
            found = np.zeros((rows.shape[0], self.classes))
            found[:, seen] = 1.0 if learned is None else learned(rows)
            return found

        return predict

    def _judge(
        self, views: Views, rows: NDArray[np.int64], models: Sequence[Sequence[Predict]]
    ) -> NDArray[np.float64]:
        """What each member says of some rows, summed over the models of several folds; (members, rows, classes)."""
        return np.array(
            [
                np.sum([fold[number](views[member.view][rows]) for fold in models], axis=0)
                for number, member in enumerate(self.members)
            ]
        )


def deal_families(
    family: NDArray[np.int64], label: NDArray[np.int64], folds: int, seed: int
) -> NDArray[np.int64]:
    """A fold for each row, (rows,): whole families in turn, those of one class after each other.

    >>> deal_families(np.array([0, 0, 1, 2, 3]), np.array([5, 5, 5, 7, 7]), 2, seed=0).tolist()
    [0, 0, 1, 0, 1]
    """
    _, first, member = np.unique(family, return_index=True, return_inverse=True)
    mixed = np.random.default_rng(seed).permutation(len(first))
    order = mixed[np.argsort(label[first][mixed], kind="stable")]
    fold = np.empty(len(first), np.int64)
    fold[order] = np.arange(len(first)) % folds
    return fold[member]
