"""What can be known of a listing: the chances of the products of its line, given the evidence that it carries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..evidence import DECIDABLE, FLOOR, SHARED, Evidence

Floats = NDArray[np.float64]
MODALITIES = ("text", "numbers", "pictures")


class Oracle:
    """Posteriors of listings, line by line, padded to the largest number of products.

    Each listing is judged by its own record and the true catalogue. That a seller has a product once at most, and
    what listings of one product share beyond the catalogue, is not used.
    """

    def __init__(self) -> None:
        self._parts: dict[str, list[Floats]] = {name: [] for name in ("all", *MODALITIES)}
        self._complete: list[NDArray[np.bool_]] = []
        self._names: list[NDArray[np.object_]] = []

    def add(self, evidence: Evidence, names: list[str]) -> None:
        """The listings of one line whose products have these names."""
        for part, found in self._parts.items():
            found.append(evidence.posterior(*(() if part == "all" else (part,))))
        self._complete.append(np.logical_and.reduce([evidence.carried(name) for name in MODALITIES]))
        self._names.append(np.tile(np.array(names, object), (len(evidence.state), 1)))

    def chances(self, part: str = "all") -> Floats:
        """Shape (listings, largest number of products), 0 where a line has fewer."""
        chances: Floats = _padded(self._parts[part], 0.0)
        return chances

    def report(self) -> dict[str, float]:
        """The mean of the largest chance by modality; shares of joint, complete and decidable listings."""
        largest = {part: self.chances(part).max(axis=1) for part in self._parts}
        joint = largest["all"] >= DECIDABLE
        for name in MODALITIES:
            joint &= largest[name] < SHARED
        return {
            **{part: float(value.mean()) for part, value in largest.items()},
            "joint": float(joint.mean()),
            "complete": float(np.concatenate(self._complete).mean()),
            "decidable": float((largest["all"] >= DECIDABLE).mean()),
        }

    def frame(self, order: NDArray[np.int64]) -> pd.DataFrame:
        """The long table row, answer, probability, with the listings in the given order."""
        chances = self.chances()[order]
        names = _padded(self._names, "")[order]
        kept = np.where(chances >= FLOOR, chances, 0)
        kept /= kept.sum(axis=1, keepdims=True)
        row, state = np.nonzero(kept)
        return pd.DataFrame({"row": row, "answer": names[row, state], "probability": kept[row, state]})


def _padded(parts: list[Any], blank: Any) -> Any:
    width = max(part.shape[1] for part in parts)
    return np.concatenate(
        [np.pad(part, ((0, 0), (0, width - part.shape[1])), constant_values=blank) for part in parts]
    )
