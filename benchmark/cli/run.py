"""`classmark run`: solutions on tasks under one budget, resumed where it was interrupted."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, Literal

import click

from benchmark.cli.options import json_option, names, numbers
from benchmark.cli.output import console, number, print_json

if TYPE_CHECKING:
    from rich.text import Text

_COLOURS = {"ok": "green", "unsupported": "dim"}


@click.command("run")
@click.option("--task", multiple=True, required=True, callback=names, help="Tasks, with commas between.")
@click.option(
    "--solution",
    multiple=True,
    required=True,
    callback=names,
    help="Baselines, .py files, solution folders or predictions files, with commas between.",
)
@click.option("--budget", default="10m", show_default=True, help="Wall time of one run, such as 120s or 1h.")
@click.option("--memory", default="8GB", show_default=True, help="Memory of one run.")
@click.option(
    "--cores", type=click.IntRange(1), help="Cores of one run.  [default: all, shared out among the jobs]"
)
@click.option("--disk", default="10GB", show_default=True, help="Disk of one run.")
@click.option("--seed", default="0", show_default=True, callback=numbers, help="Seeds, such as 0,1,2.")
@click.option("--fold", callback=numbers, help="Folds of tasks with folds.  [default: all]")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Runs side by side.")
@click.option(
    "--executor",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Processes of this machine, or a Ray cluster.",
)
@click.option(
    "--results",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where records go.  [default: results under CLASSMARK_HOME]",
)
@click.option("--trust", is_flag=True, help="Run without the sandbox: the code is your own.")
@click.option("--retry", is_flag=True, help="Make runs again that are recorded with another status than ok.")
@click.option("--mlflow", help="Also log each run to this MLflow tracking URI.")
@json_option
def command(
    task: list[str],
    solution: list[str],
    budget: str,
    memory: str,
    cores: int | None,
    disk: str,
    seed: list[int],
    fold: list[int] | None,
    jobs: int,
    executor: Literal["local", "ray"],
    results: Path | None,
    trust: bool,
    retry: bool,
    mlflow: str | None,
    json: bool,
) -> None:
    """Run every solution on every task; what is recorded already is not run again."""
    from benchmark.budget import Budget, parse_bytes, parse_seconds
    from benchmark.home import results_folder
    from benchmark.load import load_task
    from benchmark.runner import available_cpus, plan, require_cores, run_all
    from benchmark.solutions import load_solution

    cores = cores or max(1, len(available_cpus()) // jobs)
    if executor == "local":
        require_cores(jobs, cores)
    limits = Budget(parse_seconds(budget), parse_bytes(memory), cores, parse_bytes(disk))
    track = _tracker(mlflow) if mlflow else None
    runs = plan(
        [load_solution(given) for given in solution],
        [load_task(name) for name in task],
        seed,
        fold,
        limits,
        trust,
    )
    folder = (results or results_folder()).absolute()
    _require_writable(folder)
    with RunProgress(len(runs)) as progress:
        records = run_all(runs, folder, jobs, executor, retry, progress.change)
    if track:
        for record in records:
            track(record)
    if json:
        print_json([record.as_row() for record in records])
    else:
        ok = sum(record.ok for record in records)
        told = f"{ok} of {len(records)} runs are ok. Records: {folder}\nNext: classmark compare {folder}"
        console().print(told, markup=False, soft_wrap=True)


def _require_writable(results: Path) -> None:
    """Make the folder of the records; UserError, before any run is made, where it cannot be written to."""
    from benchmark.errors import UserError

    try:
        results.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=results):
            pass
    except OSError as error:
        raise UserError(
            f"No records can be written to {results}.",
            given=str(error),
            do="Name another folder: --results.",
        ) from None


def _tracker(uri: str) -> Any:
    from benchmark.errors import MissingExtra

    try:
        [point] = entry_points(group="classmark.trackers", name="mlflow")
        return point.load()(uri)
    except ImportError:
        raise MissingExtra("mlflow", "leaderboard") from None


class RunProgress:
    """A bar over all runs, a line for each that ends; on Ctrl-C it says what was kept."""

    def __init__(self, total: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
            console=console(stderr=True),
        )
        self._task = self._bar.add_task("", total=total)
        self._working: list[str] = []
        self._started: set[str] = set()

    def __enter__(self) -> RunProgress:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._bar.stop()
        if kind is KeyboardInterrupt:
            done = int(self._bar.tasks[0].completed)
            self._bar.console.print(
                f"Stopped. {done} runs are recorded; the same command goes on from there."
            )

    def change(self, run: Any, record: Any) -> None:
        """A run started (record None), waits (a line that says for what) or ended."""
        if isinstance(record, str):
            self._bar.console.print(f"{run.title}: {record}", markup=False)
        elif record is None:
            self._working.append(run.title)
            self._started.add(run.key)
        else:
            if run.title in self._working:
                self._working.remove(run.title)
            self._bar.console.print(_line(run, record, again=run.key not in self._started))
            self._bar.advance(self._task)
        self._bar.update(self._task, description=", ".join(self._working))


def _line(run: Any, record: Any, again: bool) -> Text:
    """Names and reasons come from outside: nothing of them is read as markup."""
    from rich.text import Text

    status = record.run["status"]
    headline = record.as_row()["headline"]
    what = f"{headline['metric']} {number(headline['value'])}" if headline else record.run["reason"][:200]
    when = "recorded" if again else f"{record.run['seconds']['total']:.0f} s"
    return Text.assemble((f"{status:<11}", _COLOURS.get(status, "red")), f" {run.title:<40} {what} ({when})")
