"""Stratified splits that keep families together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array


def assign_parts(
    family: NDArray[np.int64],
    stratum: NDArray[np.str_],
    shares: Mapping[str, float],
    rng: np.random.Generator,
) -> NDArray[np.object_]:
    """A part for each row, whole families at a time, each stratum spread by the shares; shape (rows,).

    Large families choose first, in random order within a size; each goes to the part that still wants most of
    its rows.

    >>> rng = np.random.default_rng(0)
    >>> part = assign_parts(np.arange(10), np.array(["a"] * 10), {"train": 0.6, "test": 0.4}, rng)
    >>> sorted(part.tolist())
    ['test', 'test', 'test', 'test', 'train', 'train', 'train', 'train', 'train', 'train']
    """
    names = list(shares)
    strata, levels = pd.factorize(stratum, sort=True)
    table = csr_array((np.ones(len(family)), (family, strata)), shape=(int(family.max()) + 1, len(levels)))
    table.sum_duplicates()
    size = np.asarray(table.sum(axis=1)).ravel()
    share = np.array([shares[name] for name in names])
    wanted = np.outer(share / share.sum(), np.asarray(table.sum(axis=0)).ravel())
    total = share / share.sum() * len(family)
    order = rng.permutation(len(size))
    chosen = np.empty(len(size), np.int64)
    for row in order[np.argsort(-size[order], kind="stable")]:
        here = slice(table.indptr[row], table.indptr[row + 1])
        where, count = table.indices[here], table.data[here]
        part = np.lexsort((total, np.round(wanted[:, where] @ count, 6)))[-1]
        wanted[part, where] -= count
        total[part] -= size[row]
        chosen[row] = part
    return np.array(names, dtype=object)[chosen[family]]
