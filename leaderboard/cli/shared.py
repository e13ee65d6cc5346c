"""What the participant's commands share: which competition is meant, and how times and scores are printed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

competition_option = click.option(
    "--competition", default="", metavar="NAME", help="Which competition.  [default: the one joined last]"
)
_BLOCKS = "▁▂▃▄▅▆▇█"


def when(text: str | None) -> str:
    """A time as people read it; UTC, as all times of a competition are."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M") if text else ""


def how_long(seconds: float) -> str:
    """A span of time in its two largest units.

    >>> how_long(90_061)
    '1 d 1 h'
    """
    counts = {"d": seconds // 86400, "h": seconds // 3600 % 24, "min": seconds // 60 % 60}
    parts = [f"{count:.0f} {unit}" for unit, count in counts.items() if count]
    return " ".join(parts[:2]) or "less than a minute"


def sparkline(values: Sequence[float]) -> str:
    """Values as a row of bars, from the least to the greatest.

    >>> sparkline([0.1, 0.5, 0.9])
    '▁▅█'
    """
    if not values:
        return ""
    least, span = min(values), max(values) - min(values)
    steps = [(value - least) / span if span else 1 for value in values]
    return "".join(_BLOCKS[round(step * (len(_BLOCKS) - 1))] for step in steps)


def best_so_far(submissions: Sequence[dict[str, Any]], track: str) -> list[float]:
    """The best score on a track after each submission, from the first on; `submissions` are newest first."""
    best: list[float] = []
    for one in reversed(submissions):
        score = one["score"]["tracks"].get(track) if one["score"] else None
        if score is not None:
            best.append(max([score, *best[-1:]]))
    return best


def quota_line(quota: dict[str, Any]) -> str:
    """What may still be submitted."""
    total = f", {quota['used']} of {quota['total']} used in all" if quota["total"] else ""
    day = f"{quota['left']} of {quota['per_day']} submissions left today{total}"
    wait = datetime.fromisoformat(quota["resets"]) - datetime.now(UTC)
    return f"{day}; a new day begins in {how_long(wait.total_seconds())}."
