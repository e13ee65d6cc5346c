"""`classmark competition baseline DIR --solution ...`."""

from __future__ import annotations

from pathlib import Path

import click

from benchmark.cli.options import names
from leaderboard.cli.competition.options import folder_argument, open_contest


@click.command("baseline")
@folder_argument
@click.option(
    "--solution",
    multiple=True,
    required=True,
    callback=names,
    help="Baselines, .py files or solution folders, with commas between.",
)
@click.option("--task", "tasks", multiple=True, callback=names, help="Some tasks.  [default: all]")
@click.option("--budget", help="Wall time of one run, such as 120s.  [default: that of code submissions]")
@click.option("--trust", is_flag=True, help="Run without the sandbox: the code is your own.")
def baseline(folder: Path, solution: list[str], tasks: list[str], budget: str | None, trust: bool) -> None:
    """Run solutions on the tasks and put them on the board, unranked.

    What is recorded is not run again; a task that a solution does not do counts as the constant answer.
    """
    from dataclasses import replace

    from benchmark.budget import parse_seconds
    from benchmark.cli.run import RunProgress
    from benchmark.solutions import load_solution
    from leaderboard.baselines import hand_in, run_baselines
    from leaderboard.scoring.submissions import record_scoring

    contest = open_contest(folder)
    limits = contest.config.code.budget()
    if budget:
        limits = replace(limits, seconds=parse_seconds(budget))
    solutions = [load_solution(given) for given in solution]
    asked = tasks or list(contest.config.tasks)
    with RunProgress(len(solutions) * len(asked)) as progress:
        records = run_baselines(contest, solutions, asked, limits, progress.change, trust)
    for one in solutions:
        submission, new = hand_in(contest, one, records)
        record_scoring(contest, submission.id)
        answered = f"{len(submission.files)} of {len(contest.config.tasks)} tasks"
        click.echo(
            f"{one.name}: submission {submission.id}, {answered}{'' if new else ' (handed in before)'}"
        )
