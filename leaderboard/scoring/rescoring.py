"""Scoring everything again, when a label or a metric was mended: old scorings stay, a table says who moved and why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmark.errors import UserError
from benchmark.files import write_json
from leaderboard.contest import Contest
from leaderboard.record.accepting import MOST_NOTE, plain
from leaderboard.record.ledger import Addition
from leaderboard.record.state import State
from leaderboard.scoring.mending import Mended, put_in_place, read_mended
from leaderboard.scoring.submissions import SCORER, record_constants, record_scoring
from leaderboard.standings.boards import TrackBoard, full

BEGUN = "rescoring.json"
Place = dict[str, Any]


def rescore(
    contest: Contest,
    reason: str,
    labels: Mapping[str, Path] | None = None,
    say: Callable[[int, int], None] = lambda done, count: None,
) -> dict[str, Any]:
    """Score every submission again, after labels were mended where files of `id, target` are given by task.

    Returns what changed, as JSON: {"reason", "scorer", "time", "labels", "submissions", "public", "private"}; the last
    two list who moved. It is kept in `private/rescorings`, and without the private part in the record. `say` is told
    how many are done. Whoever is interrupted does the same again: the record says that it was begun, and how all stood
    before is kept until it is told. UserError for labels that do not fit or are in place already, no reason, while
    another process scores again, and once the competition has ended; nothing has happened then.
    """
    with contest.rescoring_lock():
        return _rescore(contest, reason, labels or {}, say)


def _rescore(
    contest: Contest, reason: str, labels: Mapping[str, Path], say: Callable[[int, int], None]
) -> dict[str, Any]:
    reason = plain(reason)[:MOST_NOTE]
    if not reason:
        raise UserError("A reason is needed: teams are told it.", do="--reason TEXT")
    with contest.ledger.reading() as state:
        _require_running(state)
        interrupted, number = state.rescoring is not None, len(state.rescorings) + 1
    mended = [read_mended(contest, task, path) for task, path in labels.items()]
    _require_change(mended, interrupted)
    begun = _begin(contest, mended, reason, interrupted)
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
        "labels": begun["labels"],
        "submissions": len(names),
        "public": moves(begun["public"], places(full(contest))),
        "private": moves(begun["private"], places(full(contest, private=True))),
    }
    body = {"reason": reason, "scorer": SCORER, "tasks": list(told["labels"]), "moves": told["public"]}

    write_json(contest.private / "rescorings" / f"{number}.json", told)
    contest.ledger.record(lambda state: [("rescored", body)])
    (contest.private / BEGUN).unlink(missing_ok=True)
    return told


def _require_running(state: State) -> None:
    if state.final is not None:
        raise UserError(
            "The competition has ended: its report stands, and so do its scores.",
            do="Announce what was wrong beside the report; labels are mended before `close --final`.",
        )


def _require_change(mended: Sequence[Mended], interrupted: bool) -> None:
    """UserError where labels are given, none differs, and no rescoring that was interrupted goes on."""
    if mended and all(one.in_place for one in mended) and not interrupted:
        raise UserError(
            "The labels that were given are those in place: nothing was scored again.",
            given=", ".join(one.task for one in mended),
            do="Give the mended labels; for a mended metric leave --labels out.",
        )


def _begin(contest: Contest, mended: Iterable[Mended], reason: str, interrupted: bool) -> dict[str, Any]:
    """How all stood before, and which labels change; `private/rescoring.json` keeps it until it is told.

    Where that file was lost with a disk, how all stand now.
    """
    path = contest.private / BEGUN
    if interrupted and path.is_file():
        begun: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    else:
        sides = {"public": places(full(contest)), "private": places(full(contest, private=True))}
        begun = {"labels": {}, **sides}
    for one in mended:
        if one.changed or one.task not in begun["labels"]:
            begun["labels"][one.task] = {"before": one.before, "after": one.after, "rows": one.changed}
    write_json(path, begun)
    if not interrupted:

        def decide(state: State) -> list[Addition]:
            _require_running(state)
            return [("rescoring_begun", {"reason": reason, "scorer": SCORER})]

        contest.ledger.record(decide)
    return begun


def places(boards: Iterable[TrackBoard]) -> list[Place]:
    """Every row of the boards with its rank, its score and that of each task."""
    return [
        {
            "track": board.track.name,
            "team": row.team.id,
            "name": row.team.name,
            "rank": row.rank,
            "score": row.score.value,
            "tasks": {name: one.value for name, one in row.tasks.items()},
        }
        for board in boards
        for row in board.rows
    ]


def moves(before: Sequence[Place], after: Sequence[Place]) -> list[dict[str, Any]]:
    """The places that changed, in the order of the new ones: ranks and scores before and after, and in which tasks.

    Before and after are null where a team was not, or is not, on the board.
    """
    known, new = ({(one["track"], one["team"]): one for one in side} for side in (before, after))
    found = []
    for key in [*new, *(key for key in known if key not in new)]:
        was, now = known.get(key), new.get(key)
        ranks, scores = ([one[what] if one else None for one in (was, now)] for what in ("rank", "score"))
        if ranks[0] != ranks[1] or scores[0] != scores[1]:
            one = now or was or {}
            found.append(
                {key: one[key] for key in ("track", "team", "name")}
                | {"rank": ranks, "score": scores, "tasks": _tasks(was, now)}
            )
    return found


def _tasks(was: Place | None, now: Place | None) -> dict[str, list[float | None]]:
    """The tasks whose score changed, with it before and after."""
    found = {}
    for name in (now or was or {})["tasks"]:
        pair = [one["tasks"][name] if one else None for one in (was, now)]
        if pair[0] != pair[1]:
            found[name] = pair
    return found
