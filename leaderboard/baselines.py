"""Baselines on the board: solutions are run on the tasks of a competition and handed in by teams of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmark.budget import Budget
from benchmark.errors import UserError
from benchmark.home import results_folder
from benchmark.records import Record
from benchmark.runner import OnChange, plan, run_all
from benchmark.solutions import Solution
from leaderboard.contest import Contest
from leaderboard.record.accepting import accept
from leaderboard.record.state import Submission
from leaderboard.record.teams import add_team
from leaderboard.scoring.running import predictions_of


def run_baselines(
    contest: Contest,
    solutions: Iterable[Solution],
    tasks: Sequence[str],
    budget: Budget,
    on_change: OnChange = lambda run, record: None,
    trusted: bool = False,
) -> list[Record]:
    """Run solutions on tasks of the competition; what is recorded is not run again."""
    runs = plan(solutions, [contest.task(name) for name in tasks], [0], None, budget, trusted)
    return run_all(runs, results_folder(), 1, "local", False, on_change)


def hand_in(contest: Contest, solution: Solution, records: Iterable[Record]) -> tuple[Submission, bool]:
    """Hand in the predictions of a solution's runs that are ok, under its name; and whether that is new.

    UserError where none is ok.
    """
    own = [record for record in records if record.run["solution_digest"] == solution.digest]
    paths = {record.run["task"]: predictions_of(record) for record in own}
    files = {task: contest.submissions.put([path.read_bytes()]) for task, path in paths.items() if path}
    if not files:
        raise UserError(f"No run of {solution.name} is ok: there is nothing to hand in.")
    budget = own[0].run["budget"]
    note = f"{solution.digest[:12]}, {budget['seconds']:g} s, {budget['cores']} cores"
    return accept(contest, _team(contest, solution.name), files, note)


def _team(contest: Contest, name: str) -> str:
    with contest.ledger.reading() as state:
        known = [team.id for team in state.teams.values() if team.baseline and team.name == name]
    return known[0] if known else add_team(contest.ledger, name, baseline=True)[0].id
