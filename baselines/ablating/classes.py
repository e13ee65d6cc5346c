"""Classification out of fold: no row is classified by a model that has seen a row of its family."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from baselines.ablating.features import Views, describe, join
from baselines.ablating.learners import Committee, Learner, side_by_side
from baselines.ablating.modalities import ColumnSet
from baselines.ablating.rows import Rows
from benchmark.kinds.classification import LabelAnswer
from benchmark.split import assign_parts


class Classifying:
    """Answers for all rows from any set of columns. Each seed deals the families into folds anew."""

    def __init__(self, rows: Rows, learners: Sequence[Learner], seeds: int, folds: int) -> None:
        self.rows, self.learners, self.seeds = rows, learners, seeds
        self.blocks = describe(rows)
        self.folds = [deal(rows, folds, seed) for seed in range(seeds)]
        self.steps = seeds * folds

    def answer(self, chosen: ColumnSet, advance: Callable[[], None]) -> LabelAnswer:
        """The committee's answer for each row from the columns of a set."""
        views = join(self.blocks, chosen.modalities)
        worth = np.zeros((len(self.rows), len(self.rows.task.classes)))
        jobs = [(seed, held) for seed, fold in enumerate(self.folds) for held in range(fold.max() + 1)]
        for new, found in side_by_side(lambda job: self._of_fold(views, *job), jobs):
            worth[new] += found
            advance()
        return LabelAnswer(worth.argmax(axis=1).astype(np.int32))

    def _of_fold(self, views: Views, seed: int, held: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The rows of a fold, and what they decide by once the committee has learned on the other folds."""
        fold = self.folds[seed]
        known, new = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
        committee = Committee(self.learners, len(self.rows.task.classes), seed)
        committee.fit({name: view[known] for name, view in views.items()}, self.rows.label[known])
        probability = committee.predict({name: view[new] for name, view in views.items()})
        return new, decided_by(self.rows, known, probability)


def deal(rows: Rows, folds: int, seed: int) -> NDArray[np.int64]:
    """A fold for each row, whole families at a time, classes spread evenly; (rows,)."""
    shares = {str(fold): 1.0 for fold in range(folds)}
    stratum = rows.label.astype(str) if rows.task.classes else np.full(len(rows), "")
    return assign_parts(rows.family, stratum, shares, np.random.default_rng(seed)).astype(np.int64)


def decided_by(rows: Rows, known: NDArray[np.int64], probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each row decides for the class of the highest of; (new rows, classes). From the rows known alone.

    Probabilities, but where the headline is macro-F1 over the square root of the class's frequency, since rare
    classes count as much as common ones, and where it is a share of value the expected value: the mean value of
    each outcome among the known rows of each class.
    """
    label, values = rows.label[known], rows.values
    classes = probability.shape[1]
    if rows.task.metric.name == "macro_f1":
        raised = probability / np.sqrt(np.maximum(np.bincount(label, minlength=classes), 1))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))
    if rows.task.metric.needs == "values" and values is not None:
        valued = known[rows.scored[known]]
        member = np.eye(classes)[rows.label[valued]]
        mean = member.T @ values[valued] / np.maximum(member.sum(axis=0), 1)[:, None]
        return np.asarray(probability @ mean)
    return probability
