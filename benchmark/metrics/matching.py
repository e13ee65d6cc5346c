"""Metrics of scored pairs of records, against the entities that the records belong to.

A true pair is two records of one entity; it counts whether it was proposed or not. Pairs are counted in
closed form from group sizes and never enumerated. Checking a pairs file happens elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmark.metrics.definition import (
    Bools,
    Definition,
    Floats,
    Ints,
    Numbers,
    Parameter,
    harmonic,
    leave_one_out,
    ratio,
    sums,
)

DECISION = 0.5
THRESHOLDS = 500


class Proposed(NamedTuple):
    """The proposed pairs that are scored; each of shape (pairs,)."""

    left: Ints
    right: Ints
    score: Floats
    true: Bools


@dataclass(frozen=True, eq=False)
class PairOutcome:
    """Proposed pairs against true entities.

    `entity`: the record's entity, (records,). `left`, `right`: record positions of distinct unordered pairs,
    (pairs,). `score`: higher is surer, (pairs,); at least 0.5 says that the two match. `bucket`: the
    resampling bucket of the record's family in 0..buckets-1, (records,); records of one entity share a
    family. `ignore`: records whose pairs are not scored, (records,). `source`: where given, only pairs across
    sources count, (records,).

    >>> entity, bucket = np.array([7, 7, 8, 8]), np.array([0, 0, 1, 1])
    >>> outcome = PairOutcome(entity, np.array([0, 0]), np.array([1, 2]), np.array([0.9, 0.8]), bucket, 2)
    >>> outcome.proposed.true
    array([ True, False])
    >>> outcome.true_pairs
    array([1., 1.])
    """

    entity: Ints
    left: Ints
    right: Ints
    score: Floats
    bucket: Ints
    buckets: int
    ignore: Bools | None = None
    source: Ints | None = None

    @cached_property
    def records(self) -> Ints:
        """Positions of the records that are scored."""
        return np.arange(len(self.entity)) if self.ignore is None else np.flatnonzero(~self.ignore)

    @cached_property
    def present(self) -> Bools:
        """The buckets that have a scored record; (buckets,)."""
        return sums(self.bucket[self.records], None, self.buckets) > 0

    @cached_property
    def proposed(self) -> Proposed:
        """The proposed pairs without those of ignored records and those within a source."""
        left, right, score = self.left, self.right, self.score
        if self.ignore is not None or self.source is not None:
            kept = np.ones(len(left), bool)
            if self.ignore is not None:
                kept &= ~(self.ignore[left] | self.ignore[right])
            if self.source is not None:
                kept &= self.source[left] != self.source[right]
            left, right, score = left[kept], right[kept], score[kept]
        return Proposed(left, right, score, self.entity[left] == self.entity[right])

    @cached_property
    def true_pairs(self) -> Floats:
        """Number of true pairs, proposed or not; (buckets,)."""
        first, pairs = self.pairs_sharing(self.entity)
        return sums(self.bucket[first], pairs, self.buckets)

    @cached_property
    def decided(self) -> Floats:
        """True pairs found, false pairs claimed, true pairs there are; (buckets, 3)."""
        sure = self.proposed.score >= DECISION
        place = np.where(sure, 0, -1)
        return np.hstack([self.tally(place, 1), self.true_pairs[:, np.newaxis]])

    @cached_property
    def thresholds(self) -> Floats:
        """Pairs newly found (500) and newly claimed (500) at falling scores, and true pairs; (buckets, 1001).

        The scores are quantiles of those of the true pairs, for only there a threshold is worth setting.
        """
        proposed = self.proposed
        ordered = np.sort(proposed.score[proposed.true])
        edges = ordered[np.linspace(0, len(ordered) - 1, THRESHOLDS).astype(int)] if len(ordered) else ordered
        place = len(edges) - np.searchsorted(edges, proposed.score, side="right")
        place[place == len(edges)] = -1
        return np.hstack([self.tally(place, THRESHOLDS), self.true_pairs[:, np.newaxis]])

    @cached_property
    def every_threshold(self) -> Floats:
        """The sum of `thresholds`, at every distinct score of a true pair; (2 * distinct + 1,)."""
        proposed = self.proposed
        scores, found = np.unique(proposed.score[proposed.true], return_counts=True)
        false = np.sort(proposed.score[~proposed.true])
        claimed = len(false) - np.searchsorted(false, scores[::-1], side="left")
        row = np.concatenate([found[::-1], np.diff(claimed, prepend=0), [self.true_pairs.sum()]])
        return row.astype(np.float64)

    def tally(self, place: Ints, places: int) -> Floats:
        """True, then false proposed pairs by bucket and place; (buckets, 2 * places).

        `place`: 0..places-1, or -1 for a pair that does not count, (pairs,).
        """
        somewhere, true = place >= 0, self.proposed.true

        def count(pairs: Bools, side: Ints) -> Floats:
            cell = self.bucket[side[pairs]].astype(np.int64) * places + place[pairs]
            return sums(cell, None, self.buckets * places).reshape(self.buckets, places)

        found = count(somewhere & true, self.proposed.left)
        false = somewhere & ~true
        at_home = false.copy()
        at_home[false] = self.bucket[self.proposed.left[false]] == self.bucket[self.proposed.right[false]]
        lost = count(false, self.proposed.left) + count(false, self.proposed.right)
        lost -= count(at_home, self.proposed.left)
        return np.hstack([found, leave_one_out(lost, sums(place[false], None, places), self.present)])

    def pairs_sharing(self, key: Ints) -> tuple[Ints, Floats]:
        """For each value of a key (records,): a record that has it, and the number of pairs sharing it."""
        _, first, group, size = np.unique(
            key[self.records], return_index=True, return_inverse=True, return_counts=True
        )
        pairs = _pairs(size)
        if self.source is not None:
            names, source = np.unique(self.source[self.records], return_inverse=True)
            cell, within = np.unique(group * len(names) + source, return_counts=True)
            pairs -= sums(cell // len(names), _pairs(within), len(pairs))
        return self.records[first], pairs


def per_entity_table(outcome: PairOutcome) -> dict[str, Ints]:
    """For each entity its size, true pairs, pairs found and missed, false pairs claimed; each (entities,).

    `entity` is its number in the outcome. A false pair counts for both its entities.

    >>> entity = np.array([7, 7, 8, 8])
    >>> found = np.array([0, 0]), np.array([1, 2]), np.array([0.9, 0.8])
    >>> table = per_entity_table(PairOutcome(entity, *found, np.zeros(4, int), 1))
    >>> table["entity"], table["missed"], table["false"]
    (array([7, 8]), array([0, 1]), array([1, 1]))
    """
    names, code, size = np.unique(outcome.entity[outcome.records], return_inverse=True, return_counts=True)
    entity = np.full(len(outcome.entity), -1)
    entity[outcome.records] = code
    proposed = outcome.proposed
    sure = proposed.score >= DECISION

    def count(pairs: Bools, side: Ints) -> Ints:
        return sums(entity[side[pairs]], None, len(names)).astype(np.int64)

    pairs = outcome.pairs_sharing(outcome.entity)[1].astype(np.int64)
    found = count(sure & proposed.true, proposed.left)
    false = sure & ~proposed.true
    return {
        "entity": names,
        "size": size,
        "pairs": pairs,
        "found": found,
        "missed": pairs - found,
        "false": count(false, proposed.left) + count(false, proposed.right),
    }


def _pairs(size: Numbers) -> Floats:
    return np.asarray(size * (size - 1.0) / 2)


def _pair_precision(table: Floats) -> Floats:
    found, claimed, _ = np.moveaxis(table, -1, 0)
    return ratio(found, found + np.maximum(claimed, 0))


def _pair_recall(table: Floats) -> Floats:
    return ratio(table[..., 0], table[..., 2])


def _pair_f1(table: Floats) -> Floats:
    found, claimed, pairs = np.moveaxis(table, -1, 0)
    return ratio(2 * found, found + np.maximum(claimed, 0) + pairs)


def _curve(table: Floats) -> tuple[Floats, Floats, Floats]:
    """Pairs found and precision at each threshold (..., thresholds), and all true pairs (..., 1)."""
    steps = table.shape[-1] // 2
    found = np.cumsum(table[..., :steps], axis=-1)
    claimed = np.maximum(np.cumsum(table[..., steps:-1], axis=-1), 0)
    return found, ratio(found, found + claimed), table[..., -1:]


def _average_precision(table: Floats) -> Floats:
    found, precision, pairs = _curve(table)
    return ratio((np.diff(found, prepend=0, axis=-1) * precision).sum(axis=-1), pairs[..., 0])


def _best_f1(table: Floats) -> Floats:
    found, precision, pairs = _curve(table)
    return np.asarray(harmonic(precision, ratio(found, pairs)).max(axis=-1, initial=0.0))


def _recall_at_precision(table: Floats, precision: float) -> Floats:
    found, reached, pairs = _curve(table)
    reachable = np.where(reached >= precision, ratio(found, pairs), 0.0)
    return np.asarray(reachable.max(axis=-1, initial=0.0))


def _completeness_counts(outcome: PairOutcome) -> Floats:
    proposed = outcome.proposed
    bucket = outcome.bucket[proposed.left[proposed.true]]
    return np.column_stack([sums(bucket, None, outcome.buckets), outcome.true_pairs])


def _completeness(table: Floats) -> Floats:
    return ratio(table[..., 0], table[..., 1])


def _reduction_counts(outcome: PairOutcome) -> Floats:
    """Proposed and possible pairs; both span families."""
    proposed = outcome.tally(np.zeros(len(outcome.proposed.left), np.int8), 1).sum(axis=1)
    bucket = outcome.bucket[outcome.records]
    within = np.zeros(len(bucket), int) if outcome.source is None else outcome.source[outcome.records]
    _, source = np.unique(within, return_inverse=True)
    sources = source.max(initial=0) + 1
    here = sums(bucket * sources + source, None, outcome.buckets * sources)
    everywhere = sums(source, None, sources)

    def possible(size: Floats) -> Floats:
        pairs = _pairs(size.sum(axis=-1))
        return pairs if outcome.source is None else pairs - _pairs(size).sum(axis=-1)

    total = possible(everywhere)
    lost = total - possible(everywhere - here.reshape(outcome.buckets, sources))
    return np.column_stack([proposed, leave_one_out(lost[:, np.newaxis], total, outcome.present)])


def _reduction_ratio(table: Floats) -> Floats:
    return 1 - ratio(np.maximum(table[..., 0], 0), np.maximum(table[..., 1], 0))


def _closure_f1(outcome: PairOutcome) -> float:
    sure = outcome.proposed.score >= DECISION
    left, right = outcome.proposed.left[sure], outcome.proposed.right[sure]
    size = len(outcome.entity)
    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(size, size))
    _, component = connected_components(graph, directed=False)
    _, entity = np.unique(outcome.entity, return_inverse=True)
    found = outcome.pairs_sharing(component * np.int64(size) + entity)[1].sum()
    claimed = outcome.pairs_sharing(component)[1].sum()
    return float(ratio(2 * found, claimed + outcome.true_pairs.sum()))


METRICS = {
    "pair_f1": Definition(
        "F1 of the decided pairs over all true pairs", lambda found: found.decided, _pair_f1
    ),
    "pair_precision": Definition(
        "share of the decided pairs that are true", lambda found: found.decided, _pair_precision
    ),
    "pair_recall": Definition(
        "share of all true pairs that are decided", lambda found: found.decided, _pair_recall
    ),
    "average_precision": Definition(
        "average precision; true pairs that are not proposed count as missed, tied scores as one step",
        lambda found: found.thresholds,
        _average_precision,
        lambda found: float(_average_precision(found.every_threshold)),
    ),
    "best_f1": Definition(
        "pair F1 at the threshold that serves it best",
        lambda found: found.thresholds,
        _best_f1,
        lambda found: float(_best_f1(found.every_threshold)),
    ),
    "recall": Definition(
        "highest share of all true pairs found where at least this share of the pairs is true",
        lambda found, precision: found.thresholds,
        _recall_at_precision,
        lambda found, precision: float(_recall_at_precision(found.every_threshold, precision)),
        parameter=Parameter(
            "precision", float, "a number in (0, 1]", lambda precision: 0 < precision <= 1, 0.95
        ),
    ),
    "pairs_completeness": Definition(
        "share of all true pairs that are proposed at any score", _completeness_counts, _completeness
    ),
    "reduction_ratio": Definition(
        "share of the possible pairs that are not proposed", _reduction_counts, _reduction_ratio
    ),
    "closure_f1": Definition("pair F1 after the transitive closure of the decided pairs", direct=_closure_f1),
}
