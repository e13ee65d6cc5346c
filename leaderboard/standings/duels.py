"""Ranks by paired comparison of everyone with everyone, kept up when a few of them change."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmark.comparing.sampled import ROUNDING, Sampled
from benchmark.intervals import DRAWS

LEVEL = 0.95


class Duels:
    """Who is above whom: `ranks` gives what `benchmark.comparing.sampled.ranks` does of the same scores.

    A score that changes is compared with all others; the rest stays as it is.
    """

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._free: list[int] = []
        self._values: NDArray[np.float64] = np.empty(0)
        self._draws: NDArray[np.float64] = np.empty((0, DRAWS))
        self._above: NDArray[np.bool_] = np.empty((0, 0), bool)

    def set(self, name: str, score: Sampled) -> None:
        """Take in the score of an entrant, new or changed."""
        place = self._places[name] if name in self._places else self._place(name)
        self._values[place], self._draws[place] = score.value, score.draws
        others = np.array([other for other in self._places.values() if other != place], int)
        lead = score.value - self._values[others]
        reach = np.quantile(np.abs((score.draws - self._draws[others]) - lead[:, None]), LEVEL, axis=1)
        self._above[place, others] = lead - reach > ROUNDING
        self._above[others, place] = -lead - reach > ROUNDING

    def drop(self, name: str) -> None:
        """Forget an entrant, if it is known."""
        place = self._places.pop(name, None)
        if place is not None:
            self._above[place] = self._above[:, place] = False
            self._free.append(place)

    def ranks(self) -> dict[str, int]:
        """1 + the number of entrants whose paired 95 % interval over one is above 0, by name."""
        above = self._above.sum(axis=0)
        return {name: 1 + int(above[place]) for name, place in self._places.items()}

    def _place(self, name: str) -> int:
        if not self._free:
            before = len(self._values)
            more = max(16, before)
            self._values = np.pad(self._values, (0, more))
            self._draws = np.pad(self._draws, ((0, more), (0, 0)))
            self._above = np.pad(self._above, (0, more))
            self._free = list(range(before + more - 1, before - 1, -1))
        self._places[name] = self._free.pop()
        return self._places[name]
