"""Code submissions: each is run in the sandbox on every task of the competition, under the budget of its settings.

The code gets what a participant may see, never a label. Its predictions go on to scoring as if they were handed in.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmark.errors import HostTrouble
from benchmark.failures import IN_SOLUTION
from benchmark.records import Record
from benchmark.run import Run, execute
from benchmark.runner import recorded
from benchmark.solutions import Solution, load_solution
from leaderboard.contest import Contest
from leaderboard.record.state import Submission, TaskScore
from leaderboard.scoring.archives import unpack
from leaderboard.scoring.failures import raise_outage, report_failure

CODE = "code"
LOG_LINES = 20
MOST_LOG = 2_000
_SUITE = re.compile(r'  File "(?![^"]*/work/solution/)[^"]*/benchmark/worker\.py", line ')


def open_code(contest: Contest, submission: Submission) -> Solution:
    """The solution in a code submission, unpacked under `home/code`; its name is the submission's id."""
    folder = contest.home / CODE / submission.id
    if not folder.is_dir():
        unpack(contest.submissions.path(submission.files[CODE]), folder)
    return load_solution(str(folder))


def run_on(
    contest: Contest, solution: Solution, task: str, cpus: Sequence[int], stop: threading.Event
) -> Record:
    """The record of a solution's run on a task; made now unless there is one.

    Raises KeyboardInterrupt when `stop` is set, and HostTrouble where there is too little room for it. One that
    never began, as its environment could not be built, is made again: what the index has changes.
    """
    results, run = contest.home / "results", run_of(contest, solution, task)
    found = recorded(run, results)
    if found and (found.ok or found.run["seconds"]["total"]):
        return found
    require_room(contest)
    return execute(run, results, cpus, stop)


def require_room(contest: Contest) -> None:
    """Raise HostTrouble where a run could not fill the disk as far as the settings let it."""
    folder, wanted = tempfile.gettempdir(), contest.config.code.budget().disk
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise HostTrouble(
            "There is less room for the work folder of a run than the run may use.",
            allowed=f"{wanted / 1e9:g} GB or more, disk in [code] of competition.toml",
            given=f"{free / 1e9:.1f} GB in {folder}",
            do="Make room, or set TMPDIR to a folder on another disk.",
        )


def run_of(contest: Contest, solution: Solution, task: str) -> Run:
    """The run of a solution on a task, under the budget of code submissions."""
    return Run(solution, contest.task(task), 0, contest.config.code.budget())


def run_code(
    contest: Contest, submission: Submission, cpus: Sequence[int], stop: threading.Event
) -> dict[str, Path | TaskScore]:
    """The predictions file of a code submission for each task, or how its run ended where there is none.

    HostTrouble where this machine could not run it on one of them.
    """
    found: dict[str, Path | TaskScore] = {}
    for task in contest.config.tasks:
        try:
            solution = open_code(contest, submission)
            record = run_on(contest, solution, task, cpus, stop)
            if record.run.get("host"):
                raise HostTrouble(record.run["reason"])
            if trace := record.run.get("trace"):
                raise RuntimeError(trace)
            found[task] = _outcome(record)
        except Exception as error:
            raise_outage(error)
            message = report_failure(contest, f"submission {submission.id}, {task}: running its code", error)
            found[task] = TaskScore("failed", message=message)
    return found


def predictions_of(record: Record) -> Path | None:
    """The predictions file of a run that ended ok."""
    paths = [record.folder / f"predictions.{suffix}" for suffix in ("parquet", "csv")]
    return next((path for path in paths if record.ok and path.is_file()), None)


def _outcome(record: Record) -> Path | TaskScore:
    """The predictions, or why there are none: the reason, then the end of the log."""
    if path := predictions_of(record):
        return path
    lines = (record.folder / "log.txt").read_text(encoding="utf-8").splitlines()
    log = IN_SOLUTION.sub('File "', "\n".join([*_without_suite(lines)][-LOG_LINES:]))[-MOST_LOG:]
    return TaskScore(record.run["status"], message=f"{record.run['reason']}\n{log}".strip())


def _without_suite(lines: Iterable[str]) -> Iterator[str]:
    """The lines of a log; of tracebacks without the suite's own frames."""
    within = False
    for line in lines:
        within = bool(_SUITE.match(line)) or (within and line.startswith("    "))
        if not within:
            yield line
