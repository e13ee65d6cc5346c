"""From the probabilities of pairs to the decisions on a block of records, and which way of deciding does best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baselines import _pairs as pairing
from baselines._pair_graph import average_link

GRID = np.linspace(0.02, 0.98, 97)
LEAST_LINK = 0.05


@dataclass(frozen=True)
class Block:
    """Records that are decided among themselves; `entity` (records,) where it is known."""

    records: NDArray[np.int64]
    pairs: pairing.Pairs
    features: pd.DataFrame
    source: NDArray[np.int64] | None
    entity: NDArray[np.int64]

    @property
    def match(self) -> NDArray[np.bool_]:
        return np.asarray(self.entity[self.pairs.left] == self.entity[self.pairs.right])


@dataclass(frozen=True)
class Decision:
    """How probabilities become decisions: by average link or not, and from which threshold on."""

    link: bool
    threshold: float

    def cluster(self, block: Block, edges: pairing.Pairs) -> NDArray[np.int64]:
        """Cluster of each record; `edges` are the merges, or the pairs, with their probability."""
        return pairing.connected(len(block.records), edges, edges.similarity >= self.threshold)

    def match(self, block: Block, edges: pairing.Pairs) -> NDArray[np.bool_]:
        """Which candidate pairs match."""
        if not self.link:
            return edges.similarity >= self.threshold
        cluster = self.cluster(block, edges)
        return np.asarray(cluster[block.pairs.left] == cluster[block.pairs.right])

    def score(self, kind: str, block: Block, edges: pairing.Pairs) -> float:
        """The headline of a matching or clustering task on a block whose entities are known."""
        if kind == "clustering":
            return pairing.bcubed_f1(self.cluster(block, edges), block.entity)
        return pairing.pair_f1(block.pairs, self.match(block, edges), block.entity, block.source)

    def edges(self, block: Block, probability: NDArray[np.float64]) -> pairing.Pairs:
        """What `cluster` and `match` take: the candidate pairs or the merges, with their probability."""
        if self.link:
            return average_link(len(block.records), block.pairs, probability, LEAST_LINK)
        return pairing.Pairs(block.pairs.left, block.pairs.right, probability)


def best_decision(
    kind: str,
    blocks: Sequence[Block],
    probability: Sequence[NDArray[np.float64]],
    ways: Sequence[bool] = (False, True),
) -> Decision:
    """The decision with the highest mean score over the blocks; `ways`: without average link, and with it."""
    best, chosen = -1.0, Decision(ways[0], 0.5)
    for link in ways:
        edges = [
            Decision(link, 0.5).edges(block, sure) for block, sure in zip(blocks, probability, strict=True)
        ]
        for threshold in GRID:
            decision = Decision(link, float(threshold))
            scores = [decision.score(kind, block, some) for block, some in zip(blocks, edges, strict=True)]
            if np.mean(scores) > best:
                best, chosen = float(np.mean(scores)), decision
    way = "average link" if chosen.link else "pairs alone"
    sizes = ", ".join(str(len(block.records)) for block in blocks)
    print(f"{way} from {chosen.threshold:.2f} on, {best:.3f} on {sizes} labelled records", flush=True)
    return chosen
