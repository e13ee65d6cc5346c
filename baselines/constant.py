"""The answer that looks at nothing: the most frequent class, no pair, every record alone.

Good as the zero of every scale, and never anything else.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


class Constant:
    """Answers the same whatever it is shown."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> Constant:
        """Remember the most frequent label; of several, the first by name."""
        counts = y.value_counts()
        self.most_frequent = str(min(counts.index[counts == counts.max()]))
        return self

    def predict(self, X: pd.DataFrame) -> Any:
        """A label per row, an empty pairs frame, or a cluster number per row."""
        if self.kind == "matching":
            return pd.DataFrame(
                {
                    "left_id": pd.Series([], dtype="string"),
                    "right_id": pd.Series([], dtype="string"),
                    "score": np.array([], float),
                }
            )
        if self.kind == "clustering":
            return np.arange(len(X))
        labels: NDArray[np.str_] = np.full(len(X), self.most_frequent)
        return labels


def build(task: Any) -> Constant:
    return Constant(task.kind)
