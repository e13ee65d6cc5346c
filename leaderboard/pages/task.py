"""What a task's page shows."""

from __future__ import annotations

from functools import partial
from typing import Any

from leaderboard.pages.charts import Reference, Spot, distribution
from leaderboard.pages.rendering import named
from leaderboard.pages.samples import Samples
from leaderboard.pages.view import View

METRICS = {
    "macro_f1": "For each class, F1 is the harmonic mean of precision and recall; macro-F1 is their mean over all "
    "classes that have a row. A rare class weighs as much as a common one.",
    "recoverable_value": "Each class is worth something for each row. The score is the sum of what the chosen classes "
    "are worth, divided by the sum of what the best ones would be. It can be negative.",
    "pair_f1": "Two records that belong together are a true pair. The score is the harmonic mean of precision and "
    "recall over all true pairs, also those that nobody proposed.",
    "bcubed_f1": "For each record, precision and recall of the cluster it was put in, the record itself left out; the "
    "score is the harmonic mean of their means. Leaving every record alone scores 0.",
}
"""Headline metrics in plain words."""


def task(view: View, name: str, samples: Samples) -> dict[str, Any]:
    """What a task is and asks, and where the teams stand in it."""
    found = view.contest.task(name)
    board = next(one for one in view.boards if name in one.track.names)
    rows = sorted(
        (row for row in board.rows if name in row.answered),
        key=lambda row: row.tasks[name].value,
        reverse=True,
    )
    scores = {row.team.id: view.shown(row.tasks[name]) for row in rows}
    constant, oracle = view.constant(name), found.card.get("oracle")
    references = [Reference("constant answer", constant)] if constant is not None else []
    if oracle:
        references.append(Reference("oracle", view.round(oracle["value"])))
    best = next((row for row in rows if row.team.baseline), None)
    if best:
        references.append(Reference(f"best baseline: {best.team.name}", scores[best.team.id].value))
    spots = [
        Spot(f"{row.team.name}: {scores[row.team.id].value:g}", scores[row.team.id].value)
        for row in rows
        if not row.team.baseline
    ]
    label = f"Scores of {len(spots)} {named(len(spots), 'team')} on {name}"
    return {
        "track": board.track,
        "place": view.place(board.track),
        "task": found,
        "card": found.card,
        "metric": found.metric,
        "about": METRICS.get(found.metric.name, found.metric.title),
        "samples": samples,
        "rows": rows,
        "scores": scores,
        "whiskers": view.whiskers(scores, {row.team.id for row in rows if row.team.baseline}),
        "constant": constant,
        "oracle": oracle,
        "chart": partial(distribution, spots, references, label) if spots else None,
        "teams": len(spots),
    }
