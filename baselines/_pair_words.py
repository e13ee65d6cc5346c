"""Which words stand for each other in records that belong together, learned from labelled pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer

from baselines._features import one_hot
from baselines._pair_numbers import Numbers, Positions
from baselines._text import documents

VOCABULARY = 800
RAREST = 5
UNSURE = 5.0  # pairs that weigh as much as the share of matches among all pairs
_STEP = 20_000
_BUCKETS = 2**18


@dataclass(frozen=True)
class Labelled:
    """Candidate pairs as positions in a table, and which of them match; each of shape (pairs,)."""

    left: Positions
    right: Positions
    match: NDArray[np.bool_]


def words(table: pd.DataFrame, task: Any) -> csr_matrix:
    """The words of all texts and the categories of each record, 0 or 1; shape (records, any)."""
    hashing = HashingVectorizer(
        token_pattern=r"(?u)\b\w+\b",
        norm=None,
        binary=True,
        alternate_sign=False,
        n_features=_BUCKETS,
        dtype=np.float32,
    )
    return csr_matrix(
        hstack([hashing.transform(documents(table, task.columns_of("text"))), one_hot(table, task)]),
        dtype=np.float32,
    )


class WordPairs:
    """For each two words the log odds that records match of which one has the first, the other the second.

    "Leder" here and "leather" there speak for a match, "leather" and "cotton" against it. Counted among candidate
    pairs; a word pair's share of matches is drawn towards the share of all pairs.
    """

    def fit(self, words: csr_matrix, pairs: Labelled) -> WordPairs:
        """`words` (records, any) of 0 and 1; the words that most records hold are kept."""
        holding = np.asarray(words.sum(axis=0)).ravel()
        often = np.argsort(-holding, kind="stable")[:VOCABULARY]
        self.kept = often[holding[often] >= RAREST]
        kept = words[:, self.kept]
        size = len(self.kept)
        apart = np.zeros((2, size, size))
        shared, alone = np.zeros((2, size)), np.zeros((2, size))
        for start in range(0, len(pairs.left), _STEP):
            step = slice(start, start + _STEP)
            for place, chosen in enumerate((np.ones(len(pairs.match[step]), bool), pairs.match[step])):
                one, other, both = _split(kept, pairs.left[step][chosen], pairs.right[step][chosen])
                apart[place] += (one.T @ other).toarray()
                shared[place] += np.asarray(both.sum(axis=0)).ravel()
                alone[place] += np.asarray((one + other).sum(axis=0)).ravel()
        rate = max(float(pairs.match.mean()) if len(pairs.match) else 0.0, 1e-6)
        self.apart = _log_odds(apart + apart.transpose(0, 2, 1), rate)
        self.shared, self.alone = _log_odds(shared, rate), _log_odds(alone, rate)
        return self

    def compare(self, words: csr_matrix, left: Positions, right: Positions) -> Numbers:
        """Sums of what speaks for and against a match; each of shape (pairs,)."""
        kept = words[:, self.kept]
        found = [np.empty((0, 5))]
        for start in range(0, len(left), _STEP):
            one, other, both = _split(kept, left[start : start + _STEP], right[start : start + _STEP])
            odds = [
                other.multiply(one @ part) for part in (np.maximum(self.apart, 0), np.minimum(self.apart, 0))
            ]
            sums = [np.asarray(part.sum(axis=1)).ravel() for part in odds]
            most = np.asarray(odds[1].min(axis=1).todense()).ravel() if len(self.kept) else sums[1]
            found.append(np.column_stack([*sums, most, both @ self.shared, (one + other) @ self.alone]))
        names = ("words for", "words against", "word most against", "words shared", "words alone")
        return dict(zip(names, np.concatenate(found).T, strict=True))


def _split(words: csr_matrix, left: Positions, right: Positions) -> tuple[csr_matrix, csr_matrix, csr_matrix]:
    """The words of the left alone, of the right alone, and of both."""
    one, other = words[left], words[right]
    both = csr_matrix(one.multiply(other))
    return csr_matrix(one - both), csr_matrix(other - both), both


def _log_odds(counts: NDArray[np.float64], rate: float) -> NDArray[np.float32]:
    """From counts among all and among matching pairs, (2, ...)."""
    held, match = counts
    odds = np.log((match + UNSURE * rate) / (held + UNSURE) / rate)
    return np.asarray(odds, np.float32)
