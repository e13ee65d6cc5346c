"""A value with its bootstrap draws. Where two values were drawn with the same weights, their draws pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from benchmark.intervals import interval


@dataclass(frozen=True, eq=False)
class Sampled:
    """A value and its draws, float64 (draws,). Differences and means are taken draw by draw.

    >>> mine, yours = Sampled(0.8, np.array([0.7, 0.9])), Sampled(0.6, np.array([0.5, 0.7]))
    >>> (mine - yours).draws
    array([0.2, 0.2])
    >>> mean([mine, yours]).value
    0.7
    """

    value: float
    draws: NDArray[np.float64]

    def __sub__(self, other: Sampled) -> Sampled:
        return Sampled(self.value - other.value, self.draws - other.draws)

    @cached_property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval, (low, high)."""
        return interval(self.draws)


def mean(several: Sequence[Sampled]) -> Sampled:
    """The mean of one or more values, and of their draws."""
    return Sampled(
        float(np.mean([one.value for one in several])), np.mean([one.draws for one in several], axis=0)
    )


def ranks(scores: Sequence[Sampled]) -> list[int]:
    """Ranks with ties: 1 + the number of entrants whose paired 95 % interval over you is above 0.

    Higher is better. Entrants that the data cannot tell apart share a rank.

    >>> draws = np.array([0.1, 0.2, 0.3])
    >>> ranks([Sampled(0.2, draws), Sampled(0.7, draws + 0.5), Sampled(0.2, draws)])
    [2, 1, 2]
    """
    return [1 + sum((other - own).interval[0] > 0 for other in scores if other is not own) for own in scores]
