"""The end of a competition: submissions are closed, private scores decide, and what came out is written down for ever.

The body of the `final` entry is made here and is all that the report shows; docs/formats.md has its schema. What only
the organizer may see goes to `private/`: report.json with every score in full, similar.json.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import combinations
from typing import Any

import numpy as np

from benchmark.comparing.sampled import Sampled
from benchmark.errors import UserError
from benchmark.files import write_json
from leaderboard.config import Track
from leaderboard.contest import Contest
from leaderboard.record.journal import spelled
from leaderboard.record.ledger import Addition
from leaderboard.record.state import State
from leaderboard.standings.boards import Row, Standings, TrackBoard
from leaderboard.standings.points import track_score
from leaderboard.standings.similar import similar
from leaderboard.views import rounded, shown

DIGITS = 6
FINE = 4
"""Decimals of final scores, at the least: small differences decide."""
TOP = 3
RANGE = (0.025, 0.975)


def close(contest: Contest, now: datetime, early: bool = False) -> dict[str, Any]:
    """End a competition and return the body of its `final` entry; `early`: though a phase lies ahead.

    UserError where submissions may still come, one is not scored yet, or the end is recorded already.
    """
    with contest.private_ledger.reading() as scores, contest.ledger.reading() as state:
        _require_over(contest, state, now, early)
        _require_scored(state, scores)
        public, private = Standings(contest).boards(), Standings(contest, private=True).boards()
        body: dict[str, Any] = {
            "competition": contest.config.name,
            "title": contest.config.title,
            "time": spelled(now),
            "journal": {"seq": state.seq, "head": state.head},
            "private_journal": {"seq": scores.seq, "head": scores.head},
            "teams": sum(team.active and not team.baseline for team in state.teams.values()),
            "submissions": len(state.submissions),
            "tracks": [_track(*boards, state, scores) for boards in zip(public, private, strict=True)],
        }
        report = {"final": body, "scores": _scores(contest, state, scores)}
    write_json(contest.private / "report.json", report)
    write_json(contest.private / "similar.json", similar(contest, private))

    def decide(state: State) -> list[Addition]:
        _require_over(contest, state, now, early)
        if (state.seq, state.head) != (body["journal"]["seq"], body["journal"]["head"]):
            raise UserError("Something was written to the record meanwhile.", do="Close again.")
        return [("final", body)]

    contest.ledger.record(decide, now)
    return body


def _require_over(contest: Contest, state: State, now: datetime, early: bool) -> None:
    if state.final is not None:
        raise UserError(
            "The competition has ended already, and an end is for ever.",
            given=f"ended at {state.final['time']}",
            do=f"Publish its report: classmark publish {contest.folder} SITE",
        )
    if state.rescoring is not None:
        raise UserError(
            "Not all submissions are scored again yet: a rescoring is under way, or was interrupted.",
            given=state.rescoring["reason"],
            do=f"Wait for it, or do it again: classmark competition rescore {contest.folder} --reason TEXT ...",
        )
    do = f"Wait, or end it early: classmark competition close {contest.folder} --final --reason TEXT"
    if state.gate == "open":
        raise UserError("The gate is open: submissions are taken until it is closed.", do=do)
    ahead = [phase for phase in contest.config.phases if phase.closes > now]
    if ahead and not (early and state.gate == "closed"):
        spans = ", ".join(f"{phase.name} closes at {spelled(phase.closes)}" for phase in ahead)
        raise UserError("Not all phases are over.", given=spans, do=do)


def _require_scored(state: State, scores: State) -> None:
    queued = state.queued()
    if queued:
        raise UserError(
            f"{len(queued)} submissions wait for their scores.",
            given=", ".join(queued[:5]),
            do="`classmark serve DIR` scores them; `classmark competition status DIR` shows how many are left.",
        )
    missing = [name for name in state.submissions if name not in scores.scorings]
    if missing or state.constant is None or scores.constant is None:
        raise UserError(
            f"{len(missing)} submissions have no private score, or the constant answers have none.",
            given=", ".join(missing[:5]),
            do="classmark competition rescore DIR --reason TEXT",
        )


def _track(public: TrackBoard, private: TrackBoard, state: State, scores: State) -> dict[str, Any]:
    """One track of the report. Places go by the private point score, equal ones by the time of submission."""
    track = private.track
    ranked = sorted((row for row in private.rows if row.rank is not None), key=_merit)
    baselines = sorted((row for row in private.rows if row.rank is None), key=_merit)
    places = _places(public)
    ranges = _rank_ranges([row.score for row in ranked])
    rows = []
    for place, (row, ranks) in enumerate(zip(ranked, ranges, strict=True), 1):
        found = {"place": place, "ranks": ranks, **_row(row, state, scores, track), **places[row.team.id]}
        found["climbed"] = found["public_place"] - place
        found["note"] = row.submission.note if place <= TOP else ""
        rows.append(found)
    return {
        "name": track.name,
        "title": track.title,
        "tasks": list(track.names),
        "prizes": list(track.prizes),
        "constant": {"public": _value(public.constant), "private": _value(private.constant)},
        "rows": rows,
        "baselines": [_row(row, state, scores, track) for row in baselines],
        "winners": _winners(track, rows),
        "undecided": _undecided(ranked, len(track.prizes) or TOP),
    }


def _row(row: Row, state: State, scores: State, track: Track) -> dict[str, Any]:
    """A team in the report. `public` is the public score of the submission that counts."""
    submission = row.submission
    scoring = state.scoring(submission.id)
    assert scoring is not None, "what counts has been scored"
    public = track_score(track, scoring, state.constant)
    return {
        "team": row.team.id,
        "name": row.team.name,
        "rank": row.rank,
        "private": shown(row.score, DIGITS),
        "public": rounded(public, DIGITS),
        "inflation": None if public is None else rounded(public - row.score.value, DIGITS),
        "answered": len(row.answered),
        "asked": len(row.tasks),
        "submission": submission.id,
        "time": spelled(submission.time),
        "selected": submission.id in state.selections.get(row.team.id, ()),
        "tasks": {
            name: {
                "public": rounded(scoring.tasks[name].value, DIGITS) if name in row.answered else None,
                "private": shown(one, DIGITS),
                "answered": name in row.answered,
            }
            for name, one in row.tasks.items()
        },
    }


def _places(public: TrackBoard) -> dict[str, dict[str, Any]]:
    """Where each team stood in public in the end, with its best public submission."""
    ranked = sorted((row for row in public.rows if row.rank is not None), key=_merit)
    return {
        row.team.id: {
            "public_place": place,
            "public_rank": row.rank,
            "public_best": _value(row.score),
            "public_submission": row.submission.id,
        }
        for place, row in enumerate(ranked, 1)
    }


def _winners(track: Track, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    prizes = track.prizes or ("",) * TOP
    return [
        {"place": row["place"], "prize": prize, "team": row["team"], "name": row["name"]}
        for prize, row in zip(prizes, rows, strict=False)
    ]


def _undecided(ranked: Sequence[Row], prizes: int) -> list[dict[str, Any]]:
    """The pairs of places, one of them with a prize, whose paired 95 % interval includes 0."""
    found = []
    for (place, better), (below, worse) in combinations(enumerate(ranked, 1), 2):
        gap = better.score - worse.score
        if place <= prizes and not gap.is_above_zero:
            teams = [better.team.id, worse.team.id]
            found.append({"places": [place, below], "teams": teams, "difference": shown(gap, DIGITS)})
    return found


def _rank_ranges(scores: Sequence[Sampled]) -> list[list[int]]:
    """The 2.5 and 97.5 % quantiles of each one's rank over the bootstrap draws."""
    if not scores:
        return []
    draws = np.array([one.draws for one in scores])
    ranks = np.array([1 + (draws > own).sum(axis=0) for own in draws])
    low = np.quantile(ranks, RANGE[0], axis=1, method="lower")
    high = np.quantile(ranks, RANGE[1], axis=1, method="higher")
    return [[int(best), int(worst)] for best, worst in zip(low, high, strict=True)]


def _scores(contest: Contest, state: State, scores: State) -> list[dict[str, Any]]:
    """Every submission with its track scores on both parts, in full; for the organizer."""
    found = []
    for submission in state.submissions.values():
        sides: dict[str, Any] = {}
        for side, records in (("public", state), ("private", scores)):
            scoring = records.scoring(submission.id)
            assert scoring is not None, "all is scored"
            sides[side] = {
                track.name: track_score(track, scoring, records.constant) for track in contest.config.tracks
            }
        selected = submission.id in state.selections.get(submission.team, ())
        found.append({"submission": submission.id, "team": submission.team, "selected": selected, **sides})
    return found


def _value(score: Sampled) -> float | None:
    return rounded(score.value, DIGITS)


def _merit(row: Row) -> tuple[float, int]:
    return -row.score.value, row.submission.seq
