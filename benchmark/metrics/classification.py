"""Metrics of one predicted class per row, with or without class probabilities.

All are functions of sums over rows, so all have intervals. Reading predictions and naming classes happen
elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from benchmark.errors import unknown_name
from benchmark.metrics.definition import Definition, Floats, Ints, Parameter, ratio, required, sums

CELLS_AT_ONCE = 2**24


@dataclass(frozen=True, eq=False)
class LabelOutcome:
    """Predicted against true classes.

    `true`, `predicted`: class numbers in 0..classes-1, (rows,). `bucket`: the row's resampling bucket in
    0..buckets-1, (rows,). `probabilities`: one column per class, (rows, classes). `values`: what putting the
    row into each class is worth, (rows, classes). `class_names`: the spelling of each class; its number where
    there is none.

    >>> outcome = LabelOutcome(np.array([0, 0, 1]), np.array([0, 1, 1]), 2, np.array([0, 1, 1]), 2)
    >>> outcome.class_counts.sum(axis=0)
    array([[2., 1.],
           [1., 2.],
           [1., 1.]])
    """

    true: Ints
    predicted: Ints
    classes: int
    bucket: Ints
    buckets: int
    probabilities: Floats | None = None
    values: Floats | None = None
    class_names: tuple[str, ...] | None = None

    @cached_property
    def class_counts(self) -> Floats:
        """Rows that are, are said to be, and rightly are said to be of each class; (buckets, 3, classes)."""
        hit = self.true == self.predicted
        base = self.bucket.astype(np.int64) * self.classes
        cells = (base + self.true, base + self.predicted, (base + self.true)[hit])
        size = self.buckets * self.classes
        return np.stack(
            [sums(cell, None, size).reshape(self.buckets, self.classes) for cell in cells], axis=1
        )

    def per_bucket(self, *rows: Floats) -> Floats:
        """Sums of row-wise numbers over each bucket; (buckets, len(rows))."""
        return np.column_stack([sums(self.bucket, row, self.buckets) for row in rows])


def per_class_table(outcome: LabelOutcome) -> dict[str, Ints | Floats]:
    """Support, number predicted, precision, recall and F1 of each class; each of shape (classes,). 0/0 is 0.

    >>> outcome = LabelOutcome(np.array([0, 0, 1]), np.array([0, 1, 1]), 2, np.zeros(3, int), 1)
    >>> per_class_table(outcome)["precision"]
    array([1. , 0.5])
    """
    support, predicted, hits = outcome.class_counts.sum(axis=0)
    return {
        "support": support.astype(np.int64),
        "predicted": predicted.astype(np.int64),
        "precision": ratio(hits, predicted),
        "recall": ratio(hits, support),
        "f1": ratio(2 * hits, support + predicted),
    }


def _class_counts(outcome: LabelOutcome) -> Floats:
    return outcome.class_counts.reshape(outcome.buckets, -1)


def _thirds(table: Floats) -> tuple[Floats, Floats, Floats]:
    classes = table.shape[-1] // 3
    return table[..., :classes], table[..., classes : 2 * classes], table[..., 2 * classes :]


def _mean_over_present(score: Floats, support: Floats) -> Floats:
    present = support > 0
    return ratio(np.where(present, score, 0.0).sum(axis=-1), present.sum(axis=-1))


def _macro_f1(table: Floats) -> Floats:
    support, predicted, hits = _thirds(table)
    return _mean_over_present(ratio(2 * hits, support + predicted), support)


def best_macro_f1(chances: Floats, steps: int = 100) -> Ints:
    """The classes, (rows,), that maximise macro-F1 over expected counts, given chances of classes (rows, classes).

    The likeliest class is not the best one: a row of class k adds (2 p_k - F_k) / (predicted_k + true_k) to the
    mean F1, so rare classes are worth more (gradient of F1 in its counts; Lipton, Elkan and Naryanaswamy 2014
    show the threshold F/2 for one class). Climbed in steps of shrinking length; the best point met is returned.

    >>> chances = np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.55, 0.45]])
    >>> best_macro_f1(chances)
    array([0, 0, 0, 1])
    """
    rows, support = np.arange(len(chances)), chances.sum(axis=0)
    chosen = chances.argmax(axis=1)
    best: Ints = chosen
    highest = -1.0
    predicted, hits = np.zeros(len(support)), np.zeros(len(support))
    for step in range(steps):
        now = np.bincount(chosen, minlength=len(support)).astype(float)
        right = np.bincount(chosen, chances[rows, chosen], len(support))
        value = float(ratio(2 * right, now + support).mean())
        if value > highest:
            best, highest = chosen, value
        share = 2 / (step + 2)
        predicted, hits = predicted + share * (now - predicted), hits + share * (right - hits)
        size = np.maximum(predicted + support, 1e-12)
        chosen = ((2 * chances - 2 * hits / size) / size).argmax(axis=1)
    return best


def _balanced_accuracy(table: Floats) -> Floats:
    support, _, hits = _thirds(table)
    return _mean_over_present(ratio(hits, support), support)


def _hits(outcome: LabelOutcome) -> Floats:
    return np.where(outcome.true == outcome.predicted, 1.0, 0.0)


def _ones(outcome: LabelOutcome) -> Floats:
    return np.ones(len(outcome.true))


def _first_over_second(table: Floats) -> Floats:
    return ratio(table[..., 0], table[..., 1])


def _label_counts(outcome: LabelOutcome, label: str) -> Floats:
    names = outcome.class_names or tuple(str(code) for code in range(outcome.classes))
    if label not in names:
        raise unknown_name("class", label, names)
    return outcome.class_counts[:, :, names.index(label)]


def _label_f1(table: Floats) -> Floats:
    support, predicted, hits = np.moveaxis(table, -1, 0)
    return ratio(2 * hits, support + predicted)


def _log_losses(outcome: LabelOutcome) -> Floats:
    probabilities = required(outcome.probabilities, "probabilities")
    own = probabilities[np.arange(len(outcome.true)), outcome.true].astype(np.float64)
    smallest = np.finfo(probabilities.dtype).eps  # as in scikit-learn: a sure miss costs much, not everything
    return -np.log(np.clip(own, smallest, 1 - smallest))


def _top_hits(outcome: LabelOutcome, k: int) -> Floats:
    """Whether the true class is among the k likeliest; where it ties for the last place, its chance of it."""
    probabilities = required(outcome.probabilities, "probabilities")
    hits = np.empty(len(outcome.true))
    step = max(CELLS_AT_ONCE // outcome.classes, 1)
    for start in range(0, len(hits), step):
        block = probabilities[start : start + step]
        own = np.take_along_axis(block, outcome.true[start : start + step, np.newaxis], axis=1)
        above, tied = (block > own).sum(axis=1), (block == own).sum(axis=1)
        hits[start : start + step] = np.clip((k - above) / tied, 0, 1)
    return hits


def _calibration_counts(outcome: LabelOutcome, bins: int) -> Floats:
    confidence = required(outcome.probabilities, "probabilities").max(axis=1).astype(np.float64)
    place = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    cell = outcome.bucket.astype(np.int64) * bins + place
    gap = sums(cell, _hits(outcome) - confidence, outcome.buckets * bins)
    return np.hstack([gap.reshape(outcome.buckets, bins), outcome.per_bucket(_ones(outcome))])


def _calibration_error(table: Floats) -> Floats:
    return ratio(np.abs(table[..., :-1]).sum(axis=-1), table[..., -1])


def _value_counts(outcome: LabelOutcome) -> Floats:
    values = required(outcome.values, "values")
    return outcome.per_bucket(values[np.arange(len(values)), outcome.predicted], values.max(axis=1))


def _at_least_one(number: int) -> bool:
    return number >= 1


METRICS = {
    "macro_f1": Definition("mean F1 over the classes that have a row", _class_counts, _macro_f1),
    "accuracy": Definition(
        "share of rows put into their class",
        lambda outcome: outcome.per_bucket(_hits(outcome), _ones(outcome)),
        _first_over_second,
    ),
    "balanced_accuracy": Definition(
        "mean recall over the classes that have a row", _class_counts, _balanced_accuracy
    ),
    "log_loss": Definition(
        "mean negative log-probability of the true class, in nats",
        lambda outcome: outcome.per_bucket(_log_losses(outcome), _ones(outcome)),
        _first_over_second,
        needs="probabilities",
        higher_is_better=False,
        bounds=(0.0, np.inf),
    ),
    "top_accuracy": Definition(
        "share of rows whose class is among the k likeliest; ties share their places",
        lambda outcome, k: outcome.per_bucket(_top_hits(outcome, k), _ones(outcome)),
        lambda table, k: _first_over_second(table),
        parameter=Parameter("k", int, "an integer >= 1", _at_least_one, 3),
        needs="probabilities",
    ),
    "ece": Definition(
        "expected calibration error over equal bins of confidence (Naeini et al. 2015, Guo et al. 2017)",
        _calibration_counts,
        lambda table, bins: _calibration_error(table),
        parameter=Parameter("bins", int, "an integer >= 1", _at_least_one, 15),
        needs="probabilities",
        higher_is_better=False,
    ),
    "recoverable_value": Definition(
        "value of the predicted classes as a share of the best possible value; may be negative",
        _value_counts,
        _first_over_second,
        needs="values",
        bounds=(-np.inf, 1.0),
    ),
    "f1": Definition(
        "F1 of one class against the rest",
        _label_counts,
        lambda table, label: _label_f1(table),
        parameter=Parameter("label", str, "the name of a class", bool),
    ),
}
