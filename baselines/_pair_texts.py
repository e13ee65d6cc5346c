"""Two texts side by side: characters, words, words with a digit, with and without what is to be ignored."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import HashingVectorizer

from baselines._ignorable import stripped
from baselines._pair_numbers import Numbers, Positions, Space, cosines, in_steps
from baselines._pairs import text_vectors
from baselines._text import Tfidf, documents

_WORD = r"(?u)\b\w+\b"
_MODEL_NUMBER = r"(?u)\b\w*\d\w*\b"


class Texts:
    """All text columns together and each of them, by characters, words and words with a digit.

    Where the task names attributes to ignore, their columns are compared without these words, too.
    """

    def __init__(self, table: pd.DataFrame, task: Any) -> None:
        names = task.columns_of("text")
        together = documents(table, names)
        self.spaces: dict[str, Space] = {
            "texts": text_vectors(together),
            "model numbers": text_vectors([_joined(_MODEL_NUMBER, text, " ") for text in together]),
        }
        self.cosines = {"run-together words": _run_together(documents(table, names[:1]))}
        columns = {name: documents(table, [name]) for name in names}
        ignorables = [one for one in task.ignorable if one.column in names and set(one.where) <= set(table)]
        for name in sorted({ignorable.column for ignorable in ignorables}):
            columns[f"{name} without what is ignored"] = documents(stripped(table, ignorables), [name])
        if len(columns) > 1:
            self.cosines |= {name: text_vectors(texts) for name, texts in columns.items()}
            self.spaces["texts of " + names[0]] = self.cosines.pop(names[0])
        self.tokens = {f"words of {name}": Tokens(texts, _WORD) for name, texts in columns.items()}
        self.tokens |= {f"model numbers of {name}": Tokens(columns[name], _MODEL_NUMBER) for name in names}
        self.dense: dict[str, NDArray[np.float32]] = {}

    def compare(self, left: Positions, right: Positions) -> Numbers:
        found = {f"similarity of {name}": cosines(one, left, right) for name, one in self.cosines.items()}
        for name, tokens in self.tokens.items():
            found |= {what.format(name): value for what, value in tokens.compare(left, right).items()}
        return found


class Tokens:
    """The words of a pattern in each text, weighted by how rare they are: ln(texts / texts that hold the word)."""

    def __init__(self, texts: Sequence[str], pattern: str) -> None:
        hashing = HashingVectorizer(
            token_pattern=pattern, norm=None, binary=True, alternate_sign=False, dtype=np.float32
        )
        self.rarity = csr_array(hashing.transform(texts))
        holding = np.bincount(self.rarity.indices, minlength=self.rarity.shape[1])
        weight = np.log(len(texts) / holding[self.rarity.indices]) + 1e-3
        self.rarity.data = weight.astype(np.float32)
        self.size = np.diff(self.rarity.indptr)
        self.total = np.asarray(self.rarity.sum(axis=1)).ravel()

    def compare(self, left: Positions, right: Positions) -> Numbers:
        """Shares of words and of their rarity, words apart, and the rarest that is shared and that one lacks."""

        def counts(one: csr_array, other: csr_array) -> NDArray[np.float64]:
            shared = one * (other > 0)
            alone = [_largest(one - shared), _largest(other - shared)]
            return np.column_stack(
                [
                    (shared > 0).sum(axis=1),
                    shared.sum(axis=1),
                    _largest(shared),
                    np.min(alone, axis=0),
                    np.max(alone, axis=0),
                ]
            )

        words, rarity, rarest, lone, rarest_lone = in_steps(counts, self.rarity, left, right, 5).T
        size, total = (np.sort([of[left], of[right]], axis=0) for of in (self.size, self.total))
        return {
            "share of {}": _ratio(words, size.sum(axis=0) - words),
            "{} apart": size[0] - words,
            "{} apart at most": size[1] - words,
            "rarity shared of {}": _ratio(rarity, total.sum(axis=0) - rarity),
            "rarity covered of {}": _ratio(rarity, total[0]),
            "rarest shared of {}": rarest,
            "rarest alone of {}": lone,
            "rarest alone at most of {}": rarest_lone,
        }


def _largest(rows: csr_array) -> NDArray[np.float64]:
    return np.asarray(rows.max(axis=1).toarray(), float).ravel()


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0))


def _joined(pattern: str, text: str, by: str) -> str:
    return by.join(re.findall(pattern, text))


def _run_together(texts: Sequence[str]) -> csr_array:
    """Four characters at a time without the blanks, so that "ix 500" is "ix500"."""
    return Tfidf("char_wb", (4, 4)).fit_transform([_joined(_WORD, text, "") for text in texts])
