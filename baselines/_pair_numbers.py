"""Numbers of pairs: what each modality's comparison of two records has to give, and arithmetic in steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Positions: TypeAlias = NDArray[np.int64]
Numbers: TypeAlias = dict[str, NDArray[np.float64]]
Space: TypeAlias = csr_array | NDArray[np.float32]

_STEP = 50_000  # pairs at a time


class Side(Protocol):
    """One modality of the records.

    `spaces`: unit vectors whose nearest by cosine are candidates, sparse or float32, (records, any). `dense`:
    numbers of the records that a metric can be learned over, float32 of shape (records, any), 0 where missing.
    """

    spaces: dict[str, Space]
    dense: dict[str, NDArray[np.float32]]

    def compare(self, left: Positions, right: Positions) -> Numbers:
        """What tells the two records of each pair apart besides the cosines of the spaces; each (pairs,)."""
        ...


def cosines(vectors: Space, left: Positions, right: Positions) -> NDArray[np.float64]:
    """The products of the unit vectors of each pair, NaN where one of them is 0; shape (pairs,)."""
    filled = np.asarray((vectors != 0).sum(axis=1)).ravel() > 0
    products = in_steps(
        lambda one, other: np.asarray((one * other).sum(axis=1), float).reshape(-1, 1),
        vectors,
        left,
        right,
        1,
    )
    return np.where(filled[left] & filled[right], products.ravel(), np.nan)


def in_steps(
    compare: Callable[[Any, Any], NDArray[Any]], of: Any, left: Positions, right: Positions, width: int
) -> NDArray[np.float64]:
    """`compare` on the rows of some pairs at a time; shape (pairs, width)."""
    parts = [
        compare(of[left[start : start + _STEP]], of[right[start : start + _STEP]])
        for start in range(0, len(left), _STEP)
    ]
    return np.concatenate([*parts, np.empty((0, width))])
