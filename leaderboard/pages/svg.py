"""SVG by hand: scales, and the small marks that stand in table rows. Colours come from the style sheet, by class.

Values come rounded as they are shown in public: a coordinate tells no more digits than the number beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from leaderboard.record.accepting import plain

ROW_WIDTH, ROW_HEIGHT = 176, 20
SPARK_WIDTH, SPARK_HEIGHT = 84, 22


@dataclass(frozen=True)
class Scale:
    """Maps values from `low` to `high` onto pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + min(max(share, 0.0), 1.0) * (self.end - self.start), 1)

    def ticks(self, about: int = 5) -> list[float]:
        """Round numbers in the range.

        >>> Scale(0.13, 0.52, 0, 100).ticks(4)
        [0.2, 0.3, 0.4, 0.5]
        """
        raw = (self.high - self.low) / about
        power = 10 ** math.floor(math.log10(raw))
        step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * 0.999)
        first = math.ceil(self.low / step - 1e-9)
        return [round(step * n, 10) for n in range(first, math.floor(self.high / step + 1e-9) + 1)]


def span(values: Sequence[float], margin: float = 0.04) -> tuple[float, float]:
    """The lowest and the highest value with a margin; never empty.

    >>> span([0.5])
    (0.45, 0.55)
    """
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if high - low < 1e-9:
        return round(low - 0.05, 10), round(high + 0.05, 10)
    room = (high - low) * margin
    return low - room, high + room


def drawing(width: float, height: float, body: str, label: str, kind: str) -> Markup:
    """A picture with a text for those who do not see it."""
    return Markup(
        f'<svg class="{kind}" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
        f'role="img" aria-label="{escape(plain(label))}">{body}</svg>'
    )


def row_scale(values: Sequence[float]) -> Scale:
    """The scale that all whiskers of one table share."""
    return Scale(*span(values), 5, ROW_WIDTH - 5)


def whisker(scale: Scale, value: float, low: float, high: float, label: str, mark: str) -> Markup:
    """A dot with its interval; an arrow where the value lies off the scale."""
    middle = ROW_HEIGHT / 2
    a, b = scale(low), scale(high)
    if value < scale.low:
        body = f'<path class="off" d="M{scale.start} {middle:g}l7 -4v8z"/>'
    else:
        body = (
            f'<path class="reach" d="M{a} {middle:g}H{b}M{a} {middle - 3:g}v6M{b} {middle - 3:g}v6"/>'
            f'<circle class="{mark}" cx="{scale(value)}" cy="{middle:g}" r="3"/>'
        )
    return drawing(ROW_WIDTH, ROW_HEIGHT, body, label, "whisker")


def sparkline(values: Sequence[float], times: Sequence[float], until: float, label: str) -> Markup:
    """Best values over time as steps; `times` are shares of the way from the opening to `until`."""
    if not values:
        return Markup("")
    low, high = span(values)
    across, up = Scale(0.0, max(until, 1e-9), 2, SPARK_WIDTH - 4), Scale(low, high, SPARK_HEIGHT - 3, 3)
    path, last = f"M{across(times[0]):g} {up(values[0]):g}", values[0]
    for time, value in zip(times[1:], values[1:], strict=True):
        if value != last:
            path += f"H{across(time):g}V{up(value):g}"
            last = value
    path += f"H{across(until):g}"
    body = f'<path class="spark" d="{path}"/><circle class="end" cx="{across(until):g}" cy="{up(last):g}" r="2.2"/>'
    return drawing(SPARK_WIDTH, SPARK_HEIGHT, body, label, "sparkline")
