"""A value with its bootstrap draws. Where values were drawn with the same weights, their draws pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from benchmark.intervals import interval

ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Sampled:
    """A value, its draws, float64 (draws,), and the lowest and highest value that there can be.

    >>> mine, yours = Sampled(0.75, np.array([0.7, 0.9])), Sampled(0.5, np.array([0.5, 0.7]))
    >>> (mine - yours).draws.round(3), mean([mine, yours]).value
    (array([0.2, 0.2]), 0.625)
    """

    value: float
    draws: NDArray[np.float64]
    bounds: tuple[float, float] = (-np.inf, np.inf)

    def __sub__(self, other: Sampled) -> Sampled:
        return Sampled(self.value - other.value, self.draws - other.draws)

    @cached_property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval, (low, high)."""
        low, high = np.clip(interval(self.value, self.draws), *self.bounds).tolist()
        return low, high

    @property
    def is_above_zero(self) -> bool:
        """Whether the whole interval is above 0, by more than rounding."""
        return self.interval[0] > ROUNDING


def mean(several: Sequence[Sampled]) -> Sampled:
    """The mean of one or more values, draw by draw."""
    lowest, highest = np.mean([one.bounds for one in several], axis=0).tolist()
    return Sampled(
        float(np.mean([one.value for one in several])),
        np.mean([one.draws for one in several], axis=0),
        (lowest, highest),
    )


def ranks(scores: Sequence[Sampled]) -> list[int]:
    """Ranks with ties: 1 + the number of entrants whose paired 95 % interval over you is above 0.

    Higher is better. Entrants that the data cannot tell apart share a rank.

    >>> draws = np.array([0.1, 0.2, 0.3])
    >>> ranks([Sampled(0.2, draws), Sampled(0.7, draws + 0.5), Sampled(0.2, draws)])
    [2, 1, 2]
    """
    return [1 + sum((other - own).is_above_zero for other in scores if other is not own) for own in scores]
