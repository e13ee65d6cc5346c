"""What the page shows of scorings that were made again: when, why, and who moved."""

from __future__ import annotations

from typing import Any

from leaderboard.pages.view import View
from leaderboard.views import rounded


def again(view: View) -> dict[str, Any]:
    """The newest first; without moves that public precision does not show, and those of teams that were removed."""
    return {
        "titles": {track.name: track.title for track in view.config.tracks},
        "rescorings": [
            one | {"moves": [move for move in one["moves"] if _shows(view, move)]}
            for one in reversed(view.snapshot.rescorings)
        ],
    }


def _shows(view: View, move: dict[str, Any]) -> bool:
    if move["team"] not in view.snapshot.teams:
        return False
    before, after = (rounded(score, view.config.public_precision) for score in move["score"])
    return move["rank"][0] != move["rank"][1] or before != after
