"""What the final report shows, from the body of the `final` entry alone."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from statistics import median
from typing import Any

from leaderboard.pages.charts import Move, moves
from leaderboard.pages.view import Shown, View
from leaderboard.standings.closing import FINE, TOP

MOST_MOVES = 40


def report(view: View, final: dict[str, Any]) -> dict[str, Any]:
    """Winners, what cannot be told apart, and how the private part has changed the order."""
    return {
        "final": final,
        "closed": datetime.fromisoformat(final["time"]),
        "prizes": any(track["prizes"] for track in final["tracks"]),
        "tracks": [_track(view, place, track) for place, track in enumerate(final["tracks"], 1)],
    }


def _track(view: View, place: int, track: dict[str, Any]) -> dict[str, Any]:
    rows, baselines = track["rows"], track["baselines"]
    scores = {row["team"]: Shown(**row["private"]) for row in [*rows, *baselines]}
    inflations = [row["inflation"] for row in rows if row["inflation"] is not None]
    moved = [Move(row["name"], row["public_place"], row["place"]) for row in rows[:MOST_MOVES]]
    prizes = {row["place"]: row["prize"] for row in track["winners"]}
    return {
        **track,
        "number": place,
        "podium": [(row, prizes.get(row["place"], "")) for row in rows[: max(len(prizes), TOP)]],
        "unclear": _unclear(track),
        "decided": len(track["prizes"]) or TOP,
        "scores": scores,
        "whiskers": view.whiskers(scores, {row["team"] for row in baselines}, FINE),
        "inflation": median(inflations) if inflations else None,
        "chart": partial(moves, moved, f"Public and private places in {track['title']}") if moved else None,
        "drawn": len(moved),
    }


def _unclear(track: dict[str, Any]) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each place with a prize, and the teams below that the data cannot tell from it."""
    rows = {row["place"]: row for row in track["rows"]}
    found: dict[int, list[dict[str, Any]]] = {}
    for pair in track["undecided"]:
        place, below = pair["places"]
        found.setdefault(place, []).append(rows[below] | {"difference": pair["difference"]})
    return [(rows[place], others) for place, others in sorted(found.items())]
