"""What would happen if they used the other team's algorithm on their data? Every code solution on every task.

Each runs in the sandbox under the budget of code submissions; what is recorded under `home/results` is not run again.
Scores are over all test rows, public and private: for the organizer, until the competition has ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmark.comparing.pooling import TaskComparison, pool
from benchmark.comparing.sampled import Sampled, mean, ranks
from benchmark.errors import UserError
from benchmark.files import write_bytes, write_json
from benchmark.records import Record
from benchmark.runner import OnChange, plan, recorded, run_all
from benchmark.solutions import Solution
from benchmark.task import Task
from leaderboard.contest import Contest
from leaderboard.record.journal import spelled
from leaderboard.record.state import State, Submission
from leaderboard.scoring.running import open_code, require_room
from leaderboard.standings.cross_page import cross_page


@dataclass(frozen=True)
class Entrant:
    """A code submission that takes part, its team's name, and the solution in it."""

    submission: Submission
    name: str
    solution: Solution


def cross(
    contest: Contest, extra: Sequence[Task] = (), on_change: OnChange = lambda run, record: None
) -> dict[str, Any]:
    """Run all that is not recorded yet, and return who does how well where; docs/formats.md has the schema.

    `extra` are further prepared tasks. UserError where no team has submitted code, or there is no sandbox, or no room.
    """
    entrants = find_entrants(contest)
    tasks = [*map(contest.task, contest.config.tasks), *extra]
    solutions = {one.solution.digest: one.solution for one in reversed(entrants)}
    budget = contest.config.code.budget()
    runs = plan(solutions.values(), tasks, [0], None, budget)
    results = contest.home / "results"
    if not all(recorded(run, results) for run in runs):
        require_room(contest)
    records = run_all(runs, results, 1, "local", False, on_change)
    return {
        "competition": contest.config.name,
        "title": contest.config.title,
        "budget": budget.as_dict(),
        "solutions": [_entrant(one) for one in entrants],
        **_matrix(entrants, tasks, records),
    }


def find_entrants(contest: Contest) -> list[Entrant]:
    """Of every team that takes part the code submissions it selected; its newest one where it selected none."""
    with contest.ledger.reading() as state:
        found = [
            (one, team.name)
            for team in state.teams.values()
            if team.active
            for one in _of_team(state, team.id)
        ]
    if not found:
        raise UserError(
            "No team has submitted code.", do="Allow it in competition.toml: [code] allowed = true"
        )
    return [Entrant(one, name, open_code(contest, one)) for one, name in found]


def _of_team(state: State, team: str) -> list[Submission]:
    code = [one for name in state.by_team.get(team, []) if (one := state.submissions[name]).form == "code"]
    chosen = [one for one in code if one.id in state.selections.get(team, ())]
    return chosen or code[-1:]


def _entrant(one: Entrant) -> dict[str, Any]:
    return {
        "submission": one.submission.id,
        "team": one.submission.team,
        "name": one.name,
        "time": spelled(one.submission.time),
        "digest": one.solution.digest,
    }


def _matrix(
    entrants: Sequence[Entrant], tasks: Sequence[Task], records: Sequence[Record]
) -> dict[str, list[dict[str, Any]]]:
    by_task: dict[str, list[TaskComparison]] = {}
    found = []
    for task in tasks:
        runs = {
            one.submission.id: [
                record
                for record in records
                if (record.run["task_digest"], record.run["solution_digest"])
                == (task.digest, one.solution.digest)
            ]
            for one in entrants
        }
        pooled = pool(runs)
        found.append(_on_task(task, pooled, runs))
        by_task.setdefault(pooled.track, []).append(pooled)
    return {"tasks": found, "tracks": [_on_track(track, of_track) for track, of_track in by_task.items()]}


def _on_task(task: Task, found: TaskComparison, runs: dict[str, list[Record]]) -> dict[str, Any]:
    return {
        "task": found.name,
        "version": found.version,
        "kind": task.kind,
        "track": found.track,
        "metric": str(found.metric),
        "constant": found.constant.value,
        "oracle": found.oracle,
        "cells": [
            {
                "submission": entry.solution,
                "rank": entry.rank,
                **_told(entry.score),
                "endings": entry.endings,
                "reason": next((one.run["reason"] for one in runs[entry.solution] if not one.ok), ""),
                "seconds": entry.cost.seconds,
                "peak_memory": entry.cost.peak_memory,
            }
            for entry in found.entries
        ],
        "differences": _differences({one.solution: one.score for one in found.entries if one.answered}),
    }


def _on_track(track: str, tasks: Sequence[TaskComparison]) -> dict[str, Any]:
    """The mean over a track's tasks, best first; a run that is not ok counts as the constant answer.

    Compared in pairs are those that did one of the tasks, as on a task.
    """
    scores: dict[str, list[Sampled]] = {}
    answered: dict[str, int] = {}
    for task in tasks:
        for entry in task.entries:
            scores.setdefault(entry.solution, []).append(entry.score)
            answered[entry.solution] = answered.get(entry.solution, 0) + bool(entry.answered)
    means = {name: mean(several) for name, several in scores.items()}
    places = dict(zip(means, ranks(list(means.values())), strict=True))
    return {
        "track": track,
        "tasks": [task.name for task in tasks],
        "constant": mean([task.constant for task in tasks]).value,
        "cells": [
            {
                "submission": name,
                "rank": places[name],
                **_told(means[name]),
                "answered": answered[name],
                "asked": len(tasks),
            }
            for name in sorted(means, key=lambda name: (places[name], -means[name].value, name))
        ],
        "differences": _differences({name: score for name, score in means.items() if answered[name]}),
    }


def _differences(scores: dict[str, Sampled]) -> list[dict[str, Any]]:
    """`submission` - `other`, paired, for every two; `clear` where the whole interval is on one side of 0."""
    found = []
    for one, other in combinations(scores, 2):
        gap = scores[one] - scores[other]
        clear = gap.is_above_zero or (scores[other] - scores[one]).is_above_zero
        found.append({"submission": one, "other": other, **_told(gap), "clear": clear})
    return found


def keep(contest: Contest, found: dict[str, Any]) -> list[Path]:
    """Write what `cross` returned into `private/`: cross.json, and cross.html for people."""
    paths = [contest.private / "cross.json", contest.private / "cross.html"]
    write_json(paths[0], found)
    write_bytes(paths[1], cross_page(found))
    return paths


def _told(score: Sampled) -> dict[str, float]:
    low, high = score.interval
    return {"value": score.value, "low": low, "high": high}
