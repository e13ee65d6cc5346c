"""One measured thing: seconds of ours, of the other, their ratio, peak memory, and the limits set from outside."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """Limits that are not named are None; `ratio` is ours over the other's.

    >>> row = Row.ratio_of("load", [1.0, 1.0, 3.0], "pandas", [4.0, 2.0, 2.0], limit=0.5)
    >>> row.ratio, row.met
    (0.5, True)
    >>> print(row)
    load: 1.000 s, 0.500 x pandas (<= 0.5)
    """

    name: str
    seconds: float
    seconds_limit: float | None = None
    other: str = ""
    other_seconds: float | None = None
    ratio: float | None = None
    ratio_limit: float | None = None
    peak: int | None = None
    peak_limit: int | None = None

    @classmethod
    def ratio_of(
        cls, name: str, ours: Sequence[float], other: str, others: Sequence[float], limit: float
    ) -> Row:
        """A row of pairs of seconds, measured alternately; the ratio is the median of the pairs' ratios."""
        ratios = [one / two for one, two in zip(ours, others, strict=True)]
        return cls(
            name,
            statistics.median(ours),
            other=other,
            other_seconds=statistics.median(others),
            ratio=statistics.median(ratios),
            ratio_limit=limit,
        )

    @property
    def met(self) -> bool:
        """Whether all that is named is kept."""
        limits = (
            (self.ratio, self.ratio_limit),
            (self.seconds, self.seconds_limit),
            (self.peak, self.peak_limit),
        )
        return all(value is None or limit is None or value <= limit for value, limit in limits)

    def __str__(self) -> str:
        compared = (
            "" if self.ratio is None else f", {self.ratio:.3f} x {self.other} (<= {self.ratio_limit:g})"
        )
        return f"{self.name}: {self.seconds:.3f} s{compared}{'' if self.met else ' MISSED'}"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"met": self.met}
