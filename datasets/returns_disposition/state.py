"""The hidden part of the records: their conditions, and the evidence of them by modality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .._market.evidence import Evidence
from .values import best, values
from .world import (
    COMMENTS,
    CONDITIONS,
    KINDS,
    NOTES,
    REASONS,
    SEALS,
    SELF_TESTS,
    Codes,
    Floats,
    kind_table,
    kinds_of,
    normal,
    photo_tables,
    shares,
    table,
    tagged,
)

if TYPE_CHECKING:
    from benchmark.streams import Streams

REDESIGNED = 0.25  # the chance that an item comes in the new packaging


@dataclass(frozen=True)
class Drawn:
    """Records before they are put into words and pictures; arrays (rows,), -1 or NaN where missing.

    `product` groups records of one listing, which share kind, price and weeks. `worth` (rows, conditions, 6):
    what each outcome brings in each condition, in EUR.
    """

    evidence: Evidence
    condition: Codes
    product: Codes
    kind: Codes
    price: Floats
    weeks: Codes
    redesigned: Codes
    reason: Codes
    seal: Codes
    self_test: Codes
    weight: Floats  # logarithm of measured over listed
    days: Floats  # logarithm
    returns: Floats  # log-odds
    comment: Codes
    note: Codes
    photo: Codes
    worth: Floats

    @property
    def label(self) -> Codes:
        """The best outcome of each record; (rows,)."""
        return best(self.worth)[np.arange(len(self.condition)), self.condition]


def draw(streams: Streams, rows: int) -> Drawn:
    """Conditions in exact shares, then everything that tells about them."""
    condition = deal(shares(), rows, streams.rng("labels"))
    counts = np.bincount(condition, minlength=len(CONDITIONS))
    evidence = Evidence(condition, counts / rows)
    rates, rng = streams.rng("rates"), streams.rng("evidence")
    shown = streams.rng("missing")

    def chance(share: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return shown.random(rows) < share

    kind = evidence.category("numbers", kind_table(), rng)
    product = pair_up(kind, streams.rng("products"))
    price, weeks = offers(kind, product, streams.rng("prices"))
    redesigned = (streams.rng("packaging").random(rows) < REDESIGNED).astype(np.int64)
    reason = evidence.category("numbers", table("reason", REASONS, rates), rng, chance(0.96))
    seal = evidence.category("numbers", table("seal", SEALS, rates), rng, chance(0.35))
    tested = tagged("electric")[kind] & chance(0.6)
    self_test = evidence.category("numbers", table("self_test", SELF_TESTS, rates), rng, tested)
    weight = evidence.number("numbers", *normal("weight"), rng, chance(0.8))
    median, spread = normal("days")
    days = evidence.number("numbers", np.log(median), spread, rng)
    returns = evidence.number("numbers", *normal("returns"), rng, chance(0.9))
    comment = evidence.category("text", table("comment", COMMENTS, rates), rng)
    note = evidence.category("text", table("note", NOTES, rates), rng, chance(0.3))
    group = 2 * tagged("set")[kind].astype(np.int64) + redesigned
    photo = evidence.category("pictures", photo_tables(rates), rng, chance(0.91), group=group)

    every = np.arange(len(CONDITIONS))[None]
    worth = values(every, kinds_of(kind[:, None]), price[:, None], weeks[:, None].astype(np.float64))
    return Drawn(
        evidence, condition, product, kind, price, weeks, redesigned, reason, seal, self_test, weight, days,
        returns, comment, note, photo, worth.round(2),
    )  # fmt: skip


def deal(chances: Floats, rows: int, rng: np.random.Generator) -> Codes:
    """Numbers 0.. in exact shares (largest remainders), in random order; (rows,).

    >>> np.bincount(deal(np.array([0.5, 0.3, 0.2]), 9, np.random.default_rng(0))).tolist()
    [4, 3, 2]
    """
    exact = chances / chances.sum() * rows
    counts = np.floor(exact).astype(np.int64)
    counts[np.argsort(counts - exact, kind="stable")[: rows - counts.sum()]] += 1
    return rng.permutation(np.repeat(np.arange(len(chances)), counts))


def pair_up(kind: Codes, rng: np.random.Generator) -> Codes:
    """Products of the records: some records of one kind are returns of the same product; (rows,), from 0."""
    order = np.lexsort((rng.random(len(kind)), kind))
    ordered = kind[order]
    joined = np.r_[False, (ordered[1:] == ordered[:-1]) & (rng.random(len(kind) - 1) < 0.25)]
    joined &= ~np.r_[False, joined[:-1]]
    product = np.empty(len(kind), np.int64)
    product[order] = np.cumsum(~joined) - 1
    return product


def offers(kind: Codes, product: Codes, rng: np.random.Generator) -> tuple[Floats, Codes]:
    """Prices (EUR) and weeks since the launch of each record's product; each (rows,)."""
    first = np.unique(product, return_index=True)[1]
    medians = np.array([facts["price"] for facts in KINDS.values()], np.float64)
    drawn = medians[kind[first]] * np.exp(np.clip(rng.normal(0, 0.5, len(first)), -1.2, 1.2))
    weeks = np.minimum(rng.gamma(2, 20, len(first)), 150).astype(np.int64)
    return (np.floor(drawn) + rng.choice([0.0, 0.5, 0.9, 0.95, 0.99], len(first)))[product], weeks[product]
