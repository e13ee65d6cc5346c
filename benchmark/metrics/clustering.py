"""Metrics of a partition of the records, against the true one.

All work on overlap cells: how many records a predicted and a true cluster share. Reading predictions, and
which records are ignored, are settled elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from benchmark.metrics.definition import (
    Bools,
    Definition,
    Floats,
    Ints,
    Numbers,
    harmonic,
    leave_one_out,
    ratio,
    required,
    sums,
)


class Cells(NamedTuple):
    """The overlaps of some groups of records with the true clusters; each of shape (cells,)."""

    group: Ints
    true: Ints
    size: Ints


@dataclass(frozen=True, eq=False)
class ClusterOutcome:
    """A predicted against the true partition.

    `true`, `predicted`: numbers of the record's clusters, (records,). `bucket`: the resampling bucket of the
    record's family in 0..buckets-1, (records,); records of one true cluster share a family. `ignore`: records
    that leave both partitions before anything is counted, (records,). `hard_group`: the group of easily
    confused records, or -1, (records,).

    >>> outcome = ClusterOutcome(np.array([5, 5, 6]), np.array([1, 2, 2]), np.array([0, 0, 1]), 2)
    >>> outcome.overlap.size
    array([1, 1, 1])
    >>> outcome.true_size, outcome.predicted_size
    (array([2, 1]), array([1, 2]))
    """

    true: Ints
    predicted: Ints
    bucket: Ints
    buckets: int
    ignore: Bools | None = None
    hard_group: Ints | None = None

    @cached_property
    def records(self) -> Ints:
        """Positions of the records that are scored."""
        return np.arange(len(self.true)) if self.ignore is None else np.flatnonzero(~self.ignore)

    @cached_property
    def true_codes(self) -> Ints:
        """The true cluster of each scored record, as 0, 1, 2...; (scored,)."""
        return np.unique(self.true[self.records], return_inverse=True)[1]

    @cached_property
    def predicted_codes(self) -> Ints:
        """The predicted cluster of each scored record, as 0, 1, 2...; (scored,)."""
        return np.unique(self.predicted[self.records], return_inverse=True)[1]

    @cached_property
    def true_size(self) -> Ints:
        return np.bincount(self.true_codes)

    @cached_property
    def predicted_size(self) -> Ints:
        return np.bincount(self.predicted_codes)

    @cached_property
    def true_bucket(self) -> Ints:
        """The bucket of each true cluster; (true clusters,)."""
        bucket = np.zeros(len(self.true_size), np.int64)
        bucket[self.true_codes] = self.bucket[self.records]
        return bucket

    @cached_property
    def present(self) -> Bools:
        """The buckets that have a scored record; (buckets,)."""
        return sums(self.true_bucket, None, self.buckets) > 0

    @cached_property
    def overlap(self) -> Cells:
        """The predicted clusters' overlaps with the true ones."""
        return self.cells(self.predicted_codes, self.true_codes)

    @cached_property
    def confusable(self) -> tuple[Cells, Cells]:
        """The true clusters' overlaps with the hard groups, and with what a predicted cluster has of each."""
        group = required(self.hard_group, "hard groups")[self.records]
        hard = np.flatnonzero(group >= 0)
        group, true = np.unique(group[hard], return_inverse=True)[1], self.true_codes[hard]
        part = group * len(self.predicted_size) + self.predicted_codes[hard]
        return self.cells(group, true), self.cells(np.unique(part, return_inverse=True)[1], true)

    def cells(self, group: Ints, true: Ints) -> Cells:
        """The overlaps of groups 0, 1, 2... of records with their true clusters."""
        key, size = np.unique(group * len(self.true_size) + true, return_counts=True)
        return Cells(*np.divmod(key, max(len(self.true_size), 1)), size)

    def by_true(self, of_clusters: Numbers) -> Floats:
        """Sums over the true clusters of each bucket; (buckets,)."""
        return sums(self.true_bucket, of_clusters, self.buckets)

    def by_group(self, cells: Cells, amount: Callable[..., Floats], *parts: Numbers) -> Floats:
        """Additive counts of an amount of each group; (buckets,).

        `parts` (cells,) sum to the arguments of `amount`. A group may span buckets, so that the counts are
        made by leaving out one bucket after the other, as `leave_one_out` explains.
        """
        buckets = self.buckets
        key, place = np.unique(cells.group * buckets + self.true_bucket[cells.true], return_inverse=True)
        group, bucket = np.divmod(key, buckets)
        groups = cells.group.max(initial=-1) + 1
        whole = [sums(cells.group, part, groups) for part in parts]
        rest = [total[group] - sums(place, part, len(key)) for total, part in zip(whole, parts, strict=True)]
        amounts = amount(*whole)
        lost = sums(bucket, amounts[group] - amount(*rest), buckets)
        return leave_one_out(lost[:, np.newaxis], amounts.sum(keepdims=True), self.present)[:, 0]


def per_cluster_table(outcome: ClusterOutcome) -> dict[str, Ints | Floats]:
    """For each true cluster its size, pieces, self-excluded recall and precision; each (true clusters,).

    `cluster` is its number in the outcome, `pieces` the number of predicted clusters that its records are
    spread over. NaN stands where no record has a fellow: recall of a singleton, precision of mere singletons.

    >>> true, predicted = np.array([5, 5, 6]), np.array([1, 2, 2])
    >>> table = per_cluster_table(ClusterOutcome(true, predicted, np.zeros(3, int), 1))
    >>> table["pieces"], table["recall"], table["precision"]
    (array([2, 1]), array([ 0., nan]), array([0., 0.]))
    """
    cells = outcome.overlap
    links, fellows = cells.size * (cells.size - 1.0), outcome.predicted_size[cells.group] - 1.0
    clusters, own = len(outcome.true_size), outcome.true_size - 1.0
    joined = sums(cells.true, np.where(fellows > 0, cells.size, 0), clusters)
    with np.errstate(invalid="ignore"):
        return {
            "cluster": np.unique(outcome.true[outcome.records]),
            "size": outcome.true_size,
            "pieces": np.bincount(cells.true),
            "recall": sums(cells.true, links, clusters) / (own * outcome.true_size),
            "precision": sums(cells.true, ratio(links, fellows), clusters) / joined,
        }


def _self_excluded(links: Numbers, size: Numbers) -> Floats:
    """Sum over a cluster's records of the right share of their fellows; `links` are ordered right pairs."""
    return ratio(links, np.maximum(size - 1, 0))


def _bcubed_counts(outcome: ClusterOutcome) -> Floats:
    cells, size = outcome.overlap, outcome.true_size
    links = cells.size * (cells.size - 1.0)
    linked = sums(cells.true, links, len(size))
    columns = [
        outcome.by_group(cells, _self_excluded, links, cells.size),
        outcome.by_group(cells, lambda size: np.where(size > 1, size, 0.0), cells.size),
        outcome.by_true(_self_excluded(linked, size)),
        outcome.by_true(np.where(size > 1, size, 0.0)),
    ]
    return np.column_stack(columns)


def _precision_of_four(table: Floats) -> Floats:
    return ratio(np.maximum(table[..., 0], 0), np.maximum(table[..., 1], 0))


def _recall_of_four(table: Floats) -> Floats:
    return ratio(table[..., 2], table[..., 3])


def _f1_of_four(table: Floats) -> Floats:
    return harmonic(_precision_of_four(table), _recall_of_four(table))


def _unlike_pairs(size: Floats, squares: Floats) -> Floats:
    """Pairs of a group's records of different true clusters, from its size and the squared overlaps' sum."""
    return (size**2 - squares) / 2


def _pair_counts(outcome: ClusterOutcome) -> Floats:
    """Right pairs, wrong pairs, true pairs."""
    cells, size = outcome.overlap, outcome.true_size
    right = sums(cells.true, cells.size * (cells.size - 1) / 2, len(size))
    columns = [
        outcome.by_true(right),
        outcome.by_group(cells, _unlike_pairs, cells.size, cells.size**2),
        outcome.by_true(size * (size - 1) / 2),
    ]
    return np.column_stack(columns)


def _pair_f1(table: Floats) -> Floats:
    right, wrong, pairs = np.moveaxis(table, -1, 0)
    return ratio(2 * right, right + np.maximum(wrong, 0) + pairs)


def _ordinary_counts(outcome: ClusterOutcome) -> Floats:
    """Sums of each record's precision and of its recall, and the records."""
    cells, size = outcome.overlap, outcome.true_size
    squares = cells.size**2.0
    columns = [
        outcome.by_group(cells, lambda squares, size: ratio(squares, size), squares, cells.size),
        outcome.by_true(sums(cells.true, squares, len(size)) / size),
        outcome.by_true(size),
    ]
    return np.column_stack(columns)


def _ordinary_f1(table: Floats) -> Floats:
    precision, recall, records = np.moveaxis(table, -1, 0)
    return harmonic(ratio(np.maximum(precision, 0), records), ratio(recall, records))


def _singleton_counts(outcome: ClusterOutcome) -> Floats:
    """True clusters and records: alone, a record has precision 1, and recalls one of its cluster's."""
    size = outcome.true_size
    return np.column_stack([outcome.by_true(np.ones(len(size))), outcome.by_true(size)])


def _singleton_f1(table: Floats) -> Floats:
    recall = ratio(table[..., 0], table[..., 1])
    return ratio(2 * recall, 1 + recall)


def _exact_counts(outcome: ClusterOutcome) -> Floats:
    """Predicted clusters that are a true one, predicted clusters, true clusters."""
    cells = outcome.overlap
    one, complete = np.ones(len(cells.size)), cells.size == outcome.true_size[cells.true]

    def exact(overlaps: Floats, complete: Floats) -> Floats:
        return np.where((overlaps == 1) & (complete == 1), 1.0, 0.0)

    columns = [
        outcome.by_group(cells, exact, one, complete),
        outcome.by_group(cells, lambda size: np.where(size > 0, 1.0, 0.0), cells.size),
        outcome.by_true(np.ones(len(outcome.true_size))),
    ]
    return np.column_stack(columns)


def _exact_f1(table: Floats) -> Floats:
    exact, predicted, true = np.moveaxis(table, -1, 0)
    return ratio(2 * np.maximum(exact, 0), np.maximum(predicted, 0) + true)


def _closest_counts(outcome: ClusterOutcome) -> Floats:
    """Best Jaccard of the predicted and their number, best Jaccard of the true clusters and theirs.

    A predicted cluster is shared out over its records: what its best match would be without some of them has
    no closed form. Intervals are a little narrow for it; in simulation they covered 91 %.
    """
    cells, size, predicted_size = outcome.overlap, outcome.true_size, outcome.predicted_size
    jaccard = cells.size / (predicted_size[cells.group] + size[cells.true] - cells.size)
    best_predicted, best_true = np.zeros(len(predicted_size)), np.zeros(len(size))
    np.maximum.at(best_predicted, cells.group, jaccard)
    np.maximum.at(best_true, cells.true, jaccard)
    share = cells.size / predicted_size[cells.group]
    bucket = outcome.true_bucket[cells.true]
    columns = [
        sums(bucket, share * best_predicted[cells.group], outcome.buckets),
        sums(bucket, share, outcome.buckets),
        outcome.by_true(best_true),
        outcome.by_true(np.ones(len(size))),
    ]
    return np.column_stack(columns)


def _hard_counts(outcome: ClusterOutcome) -> Floats:
    """Merged and all pairs of one hard group and two true clusters."""
    of_groups, of_parts = outcome.confusable
    counts = [
        outcome.by_group(cells, _unlike_pairs, cells.size, cells.size**2) for cells in (of_parts, of_groups)
    ]
    return np.column_stack(counts)


def _hard_merged(table: Floats) -> Floats:
    return ratio(np.maximum(table[..., 0], 0), np.maximum(table[..., 1], 0))


def _adjusted_rand(outcome: ClusterOutcome) -> float:
    both, predicted, true = (
        float((size * (size - 1.0)).sum())
        for size in (outcome.overlap.size, outcome.predicted_size, outcome.true_size)
    )
    records = len(outcome.records)
    expected = predicted * true / max(records * (records - 1.0), 1)
    largest = (predicted + true) / 2
    return 1.0 if largest == expected else (both - expected) / (largest - expected)


def _v_measure(outcome: ClusterOutcome) -> float:
    def entropy(size: Ints) -> float:
        share = size / max(len(outcome.records), 1)
        return float(-(share * np.log(share)).sum())

    predicted, true = entropy(outcome.predicted_size), entropy(outcome.true_size)
    shared = predicted + true - entropy(outcome.overlap.size)
    homogeneity = shared / true if true else 1.0
    completeness = shared / predicted if predicted else 1.0
    both = homogeneity + completeness
    return 2 * homogeneity * completeness / both if both else 0.0


METRICS = {
    "bcubed_f1": Definition(
        "B-cubed F1 (Bagga and Baldwin 1998) over each record's fellows, itself left out",
        _bcubed_counts,
        _f1_of_four,
    ),
    "bcubed_precision": Definition(
        "mean share of a record's predicted fellows that are right, where it has any",
        _bcubed_counts,
        _precision_of_four,
    ),
    "bcubed_recall": Definition(
        "mean share of a record's true fellows that are found, where it has any",
        _bcubed_counts,
        _recall_of_four,
    ),
    "cluster_pair_f1": Definition(
        "F1 of the pairs that share a predicted cluster over those that share a true one",
        _pair_counts,
        _pair_f1,
    ),
    "ari": Definition(
        "adjusted Rand index (Hubert and Arabie 1985)", direct=_adjusted_rand, bounds=(-0.5, 1.0)
    ),
    "v_measure": Definition("V-measure (Rosenberg and Hirschberg 2007)", direct=_v_measure),
    "bcubed_f1_ordinary": Definition(
        "B-cubed F1 with each record among its own fellows", _ordinary_counts, _ordinary_f1
    ),
    "bcubed_f1_singletons": Definition(
        "the ordinary B-cubed F1 of leaving every record alone", _singleton_counts, _singleton_f1
    ),
    "exact_cluster_f1": Definition("F1 of the clusters that are predicted exactly", _exact_counts, _exact_f1),
    "closest_cluster_f1": Definition(
        "F1 of the mean best Jaccard of predicted and of true clusters (Menestrina et al. 2010)",
        _closest_counts,
        _f1_of_four,
    ),
    "hard_negatives_merged": Definition(
        "share of the pairs of one hard group and two true clusters that are put together",
        _hard_counts,
        _hard_merged,
        needs="hard_group",
        higher_is_better=False,
    ),
}
