"""Predictions that are too much alike to have come about apart: a hint for the organizer, no verdict.

Good teams agree because they are right, so what counts is whether they are wrong in the same way. `same_errors` is the
Jaccard index of two teams' errors: wrong labels of rows, false pairs, clusters that are none in truth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from benchmark.checking import check
from benchmark.kinds.classification import LabelAnswer
from benchmark.kinds.clustering import ClusterAnswer
from benchmark.kinds.matching import PairAnswer
from benchmark.labels import Labels
from benchmark.runner import recorded
from benchmark.task import Task
from leaderboard.contest import Contest
from leaderboard.record.state import Submission
from leaderboard.scoring.running import CODE, open_code, predictions_of, run_of
from leaderboard.standings.boards import TrackBoard

ALIKE = 0.8
FEWEST = 20
MOST_ROWS = 50_000
MOST_ITEMS = 10_000_000
_MIX = np.uint64(0x9E3779B97F4A7C15)
Items = NDArray[np.uint64]


def similar(contest: Contest, boards: Iterable[TrackBoard]) -> dict[str, Any]:
    """Files that two teams have handed in alike, and pairs of teams on the boards whose answers are nearly alike.

    `typical` is the median `same_errors` over all pairs of a task: teams that use the same tools come close together.
    Of test tables above 50,000 rows that many are looked at.
    """
    return {
        "identical": _identical(contest),
        "alike": [
            _on_task(
                contest, name, {row.team.id: row.submission for row in board.rows if name in row.answered}
            )
            for board in boards
            for name in board.track.names
        ],
    }


def sentences(found: Mapping[str, Any]) -> list[str]:
    """What `similar` found, a line each."""
    lines = [
        f"{' and '.join(one['submissions'])} have handed in the same file ({one['file'][:12]})."
        for one in found["identical"]
    ]
    for task in found["alike"]:
        lines += [
            f"{' and '.join(pair['teams'])} make {pair['same_errors']:.0%} of their errors in {task['task']} alike; "
            f"{task['typical']:.0%} are typical."
            for pair in task["pairs"]
        ]
    return lines


def _identical(contest: Contest) -> list[dict[str, Any]]:
    """Files that more than one team handed in, of all submissions."""
    owners: dict[str, dict[str, str]] = defaultdict(dict)
    with contest.ledger.reading() as state:
        for submission in state.submissions.values():
            for digest in submission.files.values():
                owners[digest].setdefault(submission.team, submission.id)
    return [{"file": digest, "submissions": of} for digest, of in owners.items() if len(of) > 1]


def _on_task(contest: Contest, name: str, entrants: Mapping[str, Submission]) -> dict[str, Any]:
    task, labels = contest.task(name), contest.labels(name)
    rows = _rows(len(task.test_ids))
    answered: dict[str, Items] = {}
    errors: dict[str, Items] = {}
    for team, submission in entrants.items():
        path = _predictions(contest, submission, name)
        report = check(task, path) if path and path.is_file() else None
        if report and report.ok:
            answered[team], errors[team] = items(task, report.answer, labels, rows)
    teams = list(answered)
    agreement, same = jaccard([answered[team] for team in teams]), jaccard([errors[team] for team in teams])
    pairs = list(combinations(range(len(teams)), 2))
    alike = [
        {
            "teams": [teams[one], teams[other]],
            "submissions": [entrants[teams[one]].id, entrants[teams[other]].id],
            "agreement": round(float(agreement[one, other]), 4),
            "same_errors": round(float(same[one, other]), 4),
            "errors": [len(errors[teams[one]]), len(errors[teams[other]])],
        }
        for one, other in pairs
        if same[one, other] >= ALIKE and max(len(errors[teams[one]]), len(errors[teams[other]])) >= FEWEST
    ]
    typical = float(np.median([same[pair] for pair in pairs])) if pairs else None
    return {
        "task": name,
        "teams": len(teams),
        "typical": typical,
        "pairs": sorted(alike, key=lambda pair: -pair["same_errors"]),
    }


def _predictions(contest: Contest, submission: Submission, task: str) -> Path | None:
    if submission.form != CODE:
        return contest.submissions.path(submission.files[task])
    record = recorded(run_of(contest, open_code(contest, submission), task), contest.home / "results")
    return predictions_of(record) if record else None


def _rows(size: int) -> NDArray[np.bool_]:
    """The rows that are looked at, the same for all."""
    if size <= MOST_ROWS:
        return np.ones(size, bool)
    chosen = np.zeros(size, bool)
    chosen[np.random.default_rng(0).choice(size, MOST_ROWS, replace=False)] = True
    return chosen


def items(task: Task, answer: Any, labels: Labels, rows: NDArray[np.bool_]) -> tuple[Items, Items]:
    """What an answer says of these rows, as a set of numbers, and the part of it that is wrong."""
    if isinstance(answer, LabelAnswer):
        size = len(task.classes)
        said = np.arange(len(rows)) * size + answer.predicted
        wrong = answer.predicted != labels.codes(task.classes)
        return _set(said[rows]), _set(said[rows & wrong])
    truth = labels.target_codes
    if isinstance(answer, PairAnswer):
        accepted = (answer.score >= 0.5) & rows[answer.left] & rows[answer.right]
        left, right = answer.left.astype(np.int64), answer.right.astype(np.int64)
        said = np.minimum(left, right) * len(rows) + np.maximum(left, right)
        return _set(said[accepted]), _set(said[accepted & (truth[left] != truth[right])])
    assert isinstance(answer, ClusterAnswer)
    clusters = _clusters(answer.cluster[rows])
    return clusters, np.setdiff1d(clusters, _clusters(truth[rows]), assume_unique=True)


def _set(numbers: NDArray[Any]) -> Items:
    return np.unique(numbers.astype(np.uint64))


def _clusters(cluster: NDArray[np.int64]) -> Items:
    """A number for each cluster of two or more: a sum over random numbers of its members."""
    codes, sizes = np.unique(cluster, return_inverse=True, return_counts=True)[1:]
    member = np.random.default_rng(1).integers(0, 2**63, len(cluster), dtype=np.uint64)
    sums = np.zeros(len(sizes), np.uint64)
    np.add.at(sums, codes, member)
    return np.unique(sums[sizes > 1])


def jaccard(sets: Sequence[Items]) -> NDArray[np.float64]:
    """The Jaccard index of every two sets, (sets, sets); 0 for two empty ones.

    Of more than 10,000,000 items in all, those are looked at whose hash falls into a share of its range.
    """
    if not sets:
        return np.empty((0, 0))
    share = np.uint64(-(-sum(map(len, sets)) // MOST_ITEMS))
    if share > 1:
        sets = [one[(one * _MIX >> np.uint64(33)) % share == 0] for one in sets]
    sizes = np.array([len(one) for one in sets])
    known, column = np.unique(np.concatenate(sets), return_inverse=True)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    table = csr_array((np.ones(len(column)), column, starts), shape=(len(sets), len(known)))
    both = (table @ table.T).toarray()
    either = sizes[:, None] + sizes - both
    return np.asarray(np.divide(both, either, out=np.zeros_like(both), where=either > 0))
