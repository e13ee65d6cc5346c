"""What the page that compares two teams shows."""

from __future__ import annotations

from functools import partial
from typing import Any

from leaderboard.pages.charts import Difference, differences
from leaderboard.pages.view import View


def compare(view: View, one: str, other: str) -> dict[str, Any]:
    """Two teams, by paired differences: of each track's score and of each task."""
    first, second = view.snapshot.teams[one], view.snapshot.teams[other]
    tracks = []
    for board in view.boards:
        mine, yours = view.row(board.track.name, one), view.row(board.track.name, other)
        if mine is None or yours is None:
            continue
        pairs = [(board.track.title, mine.score, yours.score, True)]
        pairs += [
            (name.replace("_", " "), mine.tasks[name], yours.tasks[name], False) for name in board.track.names
        ]
        rows = []
        for name, a, b, strong in pairs:
            gap = view.shown(a - b)
            clear = 1 if (a - b).is_above_zero else 2 if (b - a).is_above_zero else 0
            rows.append((name, view.round(a.value), view.round(b.value), gap, clear, strong))
        drawn = [
            Difference(name, gap.value, gap.low, gap.high, clear, strong)
            for name, _, _, gap, clear, strong in rows
        ]
        label = f"Paired differences in {board.track.title}; right of 0 {first.name} is ahead"
        tracks.append(
            {
                "track": board.track,
                "place": view.place(board.track),
                "mine": mine,
                "yours": yours,
                "rows": rows,
                "chart": partial(differences, drawn, label),
            }
        )
    return {"first": first, "second": second, "tracks": tracks}
