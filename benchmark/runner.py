"""Many runs: planned, resumed, executed side by side, shown while they work.

Executors: `local`, threads that each watch one worker process; `ray`, the same call on a cluster.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from queue import Queue
from typing import Any, Literal

from benchmark.budget import Budget
from benchmark.errors import UserError, require
from benchmark.labels import load_labels
from benchmark.records import DamagedRecord, Record, read_record, record_folder
from benchmark.requirements import wanted_requirements
from benchmark.run import Run, execute
from benchmark.sandbox import require_sandbox
from benchmark.solutions import Solution
from benchmark.task import Task, verify_pictures

SEEDS = 2**32  # those that NumPy takes
Executor = Literal["local", "ray"]
OnChange = Callable[[Run, Record | str | None], None]


def plan(
    solutions: Iterable[Solution],
    tasks: Iterable[Task],
    seeds: Sequence[int],
    folds: Sequence[int] | None,
    budget: Budget,
    trusted: bool = False,
) -> list[Run]:
    """All runs: every solution on every task, fold and seed. `folds` None means all of them.

    The files of each task are verified here, once. Raises UserError for a seed out of range, for folds where no task
    has any, for foreign code that is not trusted where there is no sandbox, for requirements that are refused, and for
    a task whose labels this machine does not hold.
    """
    solutions, tasks, runs = list(solutions), list(tasks), []
    if unfit := [seed for seed in seeds if not 0 <= seed < SEEDS]:
        raise UserError(
            "A seed is out of range.", allowed=f"0 to {SEEDS - 1}", given=", ".join(map(str, unfit))
        )
    if folds and all(task.folds is None for task in tasks):
        raise UserError("None of the tasks has folds.", given=f"--fold {','.join(map(str, folds))}")
    for solution in solutions:
        if not (trusted or solution.shipped or solution.form == "predictions"):
            require_sandbox(solution.name)
        wanted_requirements(solution)
    for task in tasks:
        verify_pictures(task)
        load_labels(task)
        parts = [task] if task.folds is None else [task.with_fold(f) for f in folds or range(task.folds)]
        runs += [
            Run(solution, part, seed, budget, trusted)
            for solution in solutions
            for part in parts
            for seed in seeds
        ]
    return runs


def recorded(run: Run, results: Path) -> Record | None:
    """The record of a run with the same key, if there is one that is settled and can be read."""
    folder = record_folder(results, run.description())
    try:
        found = read_record(folder)
    except DamagedRecord:
        return None
    return found if found.settled else None


def run_all(
    runs: Sequence[Run],
    results: Path,
    jobs: int,
    executor: Executor,
    retry: bool,
    on_change: OnChange,
) -> list[Record]:
    """Make the runs that are not recorded yet and return the records of all of them, in order.

    Those that failed through this machine, its network or the suite are made again; with `retry` all that did not end
    ok. `on_change(run, None)` is called when a run starts, with a line on what it waits for, and with its record when
    it is done. On Ctrl-C running workers are killed and what finished stays recorded.
    """
    records = {run.key: record for run in runs if (record := recorded(run, results))}
    for run in runs:
        if run.key in records and (records[run.key].ok or not retry):
            on_change(run, records[run.key])
    todo = [run for run in runs if run.key not in records or (retry and not records[run.key].ok)]
    execution = (
        _local(todo, results, jobs, on_change) if executor == "local" else _ray(todo, results, on_change)
    )
    for run, record in execution:
        records[run.key] = record
        on_change(run, record)
    return [records[run.key] for run in runs]


def _local(
    runs: Sequence[Run], results: Path, jobs: int, on_change: OnChange
) -> Iterator[tuple[Run, Record]]:
    cores = max((run.budget.cores for run in runs), default=1)
    stop = threading.Event()
    free: Queue[list[int]] = Queue()
    for slot in range(jobs):
        free.put(cpus_of_slot(slot, cores))

    def one(run: Run) -> Record:
        cpus = free.get()
        try:
            if stop.is_set():
                raise KeyboardInterrupt
            on_change(run, None)
            return execute(run, results, cpus, stop, lambda line: on_change(run, line))
        finally:
            free.put(cpus)

    with ThreadPoolExecutor(max_workers=jobs) as pool:
        waiting: dict[Future[Record], Run] = {pool.submit(one, run): run for run in runs}
        try:
            while waiting:
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    yield waiting.pop(future), future.result()
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


def available_cpus() -> list[int]:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def require_cores(jobs: int, cores: int) -> None:
    """Raise UserError where there are not so many cores for each of so many runs side by side."""
    available = len(available_cpus())
    if jobs * cores > available:
        raise UserError(
            "There are fewer cores than the runs side by side would have.",
            allowed=f"at most {available} in all",
            given=f"{jobs} x {cores}",
            do="Run fewer side by side (--jobs), or give each fewer cores (--cores).",
        )


def cpus_of_slot(slot: int, cores: int) -> list[int]:
    """The processors of one slot: slots take turns round the processors that this process may use."""
    available = available_cpus()
    return sorted({available[(slot * cores + core) % len(available)] for core in range(cores)})


def _ray(runs: Sequence[Run], results: Path, on_change: OnChange) -> Iterator[tuple[Run, Record]]:
    require("ray", "ray")
    import ray

    home = os.environ.get("CLASSMARK_HOME")
    if not ray.is_initialized():
        ray.init(runtime_env={"env_vars": {"CLASSMARK_HOME": home} if home else {}}, logging_level="warning")

    def one(run: Run) -> Record | UserError:
        try:
            # Ray counts processors and does not say which: the runs of a node share them all
            return execute(run, results, available_cpus(), threading.Event())
        except UserError as error:
            return error  # Ray would raise it with a traceback in its text

    remote: Any = ray.remote(one)
    waiting = {remote.options(num_cpus=run.budget.cores).remote(run): run for run in runs}
    for run in runs:
        on_change(run, None)
    while waiting:
        done, _ = ray.wait(list(waiting))
        for reference in done:
            if isinstance(found := ray.get(reference), UserError):
                raise found
            yield waiting.pop(reference), found
