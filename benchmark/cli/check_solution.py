"""`classmark check-solution SOLUTION`: what would fail in an hour, known in a minute."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from benchmark.cli.options import json_option, names
from benchmark.cli.output import console, number, print_json, size, table

if TYPE_CHECKING:
    from benchmark.contract import Contract, Trial


@click.command("check-solution")
@click.argument("solution")
@click.option(
    "--task",
    multiple=True,
    callback=names,
    help="Tasks, with commas between.  [default: an embedded one of each kind]",
)
@click.option(
    "--budget", default="20s", show_default=True, help="Wall time of one run, of four for each task."
)
@click.option("--memory", default="8GB", show_default=True, help="Memory of one run.")
@click.option("--trust", is_flag=True, help="Run without the sandbox: the code is your own.")
@json_option
def command(solution: str, task: list[str], budget: str, memory: str, trust: bool, json: bool) -> None:
    """Try SOLUTION (.py file, folder, baseline) on tiny slices of tasks; exit code 2 where something would fail."""
    from rich.markup import escape

    from benchmark.budget import Budget, parse_bytes, parse_seconds
    from benchmark.contract import check_solution
    from benchmark.load import load_task
    from benchmark.runner import available_cpus
    from benchmark.solutions import load_solution

    loaded = load_solution(solution)
    cpus = len(available_cpus())
    jobs = min(2, cpus)
    limits = Budget(parse_seconds(budget), parse_bytes(memory), cpus // jobs, 10**9)
    with console(stderr=True).status("loading tasks") as status:
        tasks = []
        for name in task or _one_of_each_kind():
            status.update(f"{name}: loading; made first where it is not prepared yet")
            tasks.append(load_task(name))
        found = check_solution(loaded, tasks, limits, trust, jobs, lambda step: status.update(escape(step)))
    if json:
        print_json(found.as_dict())
    else:
        _print(found)
    sys.exit(0 if found.ok else 2)


def _one_of_each_kind() -> list[str]:
    """Of each kind the embedded task with the fewest columns, which is done soonest."""
    from benchmark.catalog import load_card
    from benchmark.load import embedded_tasks

    cards = sorted(map(load_card, embedded_tasks()), key=lambda card: -len(card.columns))
    return list({card.kind: card.name for card in cards}.values())


def _print(found: Contract) -> None:
    from rich.markup import escape
    from rich.padding import Padding

    from benchmark.contract import DEMANDS, HARD

    put = [demand for demand in DEMANDS if any(demand in trial.met for trial in found.trials)]
    if HARD in put and all(trial.met.get(HARD, True) for trial in found.trials):
        put.remove(HARD)  # the rows of each say it already
    rows = [[demand, *(_verdict(trial, demand) for trial in found.trials)] for demand in put]
    rows += [
        ["its score (constant answer)", *map(_score, found.trials)],
        ["plain test took", *map(_cost, found.trials)],
    ]
    out = console()
    heads = [f"{trial.task.name} ({trial.task.kind})" for trial in found.trials]
    out.print(table("", [escape(found.solution), *heads], rows))
    for place, finding in enumerate(found.findings, 1):
        out.print(f"\n[red]{place}. {finding.demand}[/red], on {', '.join(finding.tasks)}")
        out.print(
            Padding(f"{escape(finding.what)}\n[bold]{escape(finding.do)}[/bold]", (0, 0, 0, 3), expand=False)
        )
        if finding.log:
            out.print(Padding(f"[dim]{escape(finding.log)}[/dim]", (0, 0, 0, 5), expand=False))
    out.print(f"\n{_conclusion(found)}", markup=False, soft_wrap=True)


def _verdict(trial: Trial, demand: str) -> str:
    if demand not in trial.met:
        return "[dim]-[/dim]"
    return "[green]ok[/green]" if trial.met[demand] else "[red]finding[/red]"


def _score(trial: Trial) -> str:
    told = trial.as_dict()
    if told["headline"] is None:
        return f"[dim]{told['status'] or 'not tried'}[/dim]"
    return f"{number(told['headline'])} ({number(told['constant'])})"


def _cost(trial: Trial) -> str:
    told = trial.as_dict()
    return "" if trial.plain is None else f"{number(told['seconds'], 1)} s, {size(told['peak_memory'])}"


def _conclusion(found: Contract) -> str:
    name = found.solution
    if found.findings:
        return f"{name}: {len(found.findings)} {'finding' if len(found.findings) == 1 else 'findings'}."
    supported = [trial.task.name for trial in found.trials if trial.supported]
    return f"{name} keeps the contract on {', '.join(supported)}. Scores on slices of 190 rows say little."
