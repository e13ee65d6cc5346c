"""Scoring everything again, when a label or a metric was mended: old scorings stay, a table says who moved and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmark.files import write_json
from leaderboard.contest import Contest
from leaderboard.scoring.mending import put_in_place, read_mended
from leaderboard.scoring.submissions import SCORER, record_constants, record_scoring
from leaderboard.standings.boards import Row, TrackBoard, full


def rescore(
    contest: Contest,
    reason: str,
    labels: Mapping[str, Path] | None = None,
    say: Callable[[int, int], None] = lambda done, count: None,
) -> dict[str, Any]:
    """Score every submission again, after labels were mended where files of `id, target` are given by task.

    Returns what changed, as JSON: {"reason", "scorer", "time", "labels", "submissions", "public", "private"}; the last
    two list who moved. It is kept in `private/rescorings`, and without the private part in the record. `say` is told
    how many are done. Whoever is interrupted does the same again. UserError for labels that do not fit; nothing has
    happened then.
    """
    mended = [read_mended(contest, task, path) for task, path in (labels or {}).items()]
    before = {private: full(contest, private) for private in (False, True)}
    for one in mended:
        put_in_place(contest, one, reason)
    record_constants(contest, reason)
    with contest.ledger.reading() as state:
        names = list(state.submissions)
    for done, name in enumerate(names, 1):
        record_scoring(contest, name, reason)
        say(done, len(names))
    now = datetime.now(UTC)
    told: dict[str, Any] = {
        "reason": reason,
        "scorer": SCORER,
        "time": now.isoformat(timespec="seconds"),
        "labels": {
            one.task: {"before": one.before, "after": one.after, "rows": one.changed} for one in mended
        },
        "submissions": len(names),
        "public": _moves(before[False], full(contest)),
    }
    body = {"reason": reason, "scorer": SCORER, "tasks": list(told["labels"]), "moves": told["public"]}
    contest.ledger.record(lambda state: [("rescored", body)])
    told["private"] = _moves(before[True], full(contest, private=True))
    write_json(contest.private / "rescorings" / f"{now:%Y%m%dT%H%M%S}.json", told)
    return told


def _moves(before: tuple[TrackBoard, ...], after: tuple[TrackBoard, ...]) -> list[dict[str, Any]]:
    """The rows that changed, in the order of the new boards: ranks and scores before and after, and in which tasks.

    Before and after are null where a team was not, or is not, on the board.
    """
    moves = []
    for old, new in zip(before, after, strict=True):
        known = {row.team.id: row for row in old.rows}
        gone = [row for row in old.rows if row.team.id not in {row.team.id for row in new.rows}]
        for row in [*new.rows, *gone]:
            was = known.get(row.team.id)
            now = None if row in gone else row
            ranks, scores = [_rank(was), _rank(now)], [_score(was), _score(now)]
            if ranks[0] != ranks[1] or scores[0] != scores[1]:
                moves.append(
                    {
                        "track": new.track.name,
                        "team": row.team.id,
                        "name": row.team.name,
                        "rank": ranks,
                        "score": scores,
                        "tasks": _tasks(was, now),
                    }
                )
    return moves


def _rank(row: Row | None) -> int | None:
    return row.rank if row else None


def _score(row: Row | None) -> float | None:
    return row.score.value if row else None


def _tasks(was: Row | None, now: Row | None) -> dict[str, list[float | None]]:
    """The tasks whose score changed, with it before and after."""
    found = {}
    for name in (now or was).tasks if now or was else ():  # type: ignore[union-attr]
        pair = [row.tasks[name].value if row else None for row in (was, now)]
        if pair[0] != pair[1]:
            found[name] = pair
    return found
