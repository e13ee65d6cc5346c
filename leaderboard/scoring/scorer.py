"""The scoring worker: `python -m leaderboard.scoring.scorer DIR --share 0/2` scores what is queued.

It ends with its parent. Workers split submissions by id and talk through the record alone. What is being scored when a
worker is killed is still queued; a submission that has ended several workers is given up, so that the others behind it
are scored. One that this machine cannot run at present stays queued, and is tried again less and less often.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import click
from threadpoolctl import threadpool_limits

from benchmark.errors import HostTrouble
from benchmark.runner import cpus_of_slot
from leaderboard.contest import Contest
from leaderboard.record.journal import is_unavailable
from leaderboard.scoring.failures import report_failure
from leaderboard.scoring.submissions import record_failure, record_scoring
from leaderboard.workers import follow, stop_with_parent

LONGEST_WAIT = 10.0
MOST_STARTS = 5
FIRST_PAUSE, LONGEST_PAUSE = 10.0, 600.0
_log = logging.getLogger("classmark.scorer")


class GivenUp(Exception):
    """A submission whose scoring has ended the worker again and again."""


class Pauses:
    """When the submissions that this machine could not run are tried again: each after pauses that grow."""

    def __init__(self) -> None:
        self._begun: dict[str, tuple[float, float]] = {}

    def begin(self, submission: str) -> None:
        _, seconds = self._begun.get(submission, (0.0, FIRST_PAUSE / 2))
        seconds = min(2 * seconds, LONGEST_PAUSE)
        self._begun[submission] = (time.monotonic() + seconds, seconds)

    def due(self, queued: Sequence[str]) -> list[str]:
        """Which of the queued submissions are in no pause; nothing is kept of those that are not queued any more."""
        self._begun = {name: pause for name, pause in self._begun.items() if name in queued}
        return [name for name in queued if self._begun.get(name, (0.0,))[0] <= time.monotonic()]

    def one_ended(self) -> bool:
        return any(end <= time.monotonic() for end, _ in self._begun.values())


def score_queue(
    contest: Contest,
    share: tuple[int, int] = (0, 1),
    stop: threading.Event | None = None,
    pauses: Pauses | None = None,
) -> int:
    """Score what is queued, of the submissions of this share, and return how many were scored.

    What this machine cannot run at present is told to the organizer and makes a pause; those behind it are scored.
    Ends early, after the current submission, when `stop` is set; code that runs then is stopped and stays queued.
    Raises DBAPIError or OSError where the record or the disk is not to be had.
    """
    stop, pauses, done = stop or threading.Event(), pauses or Pauses(), 0
    number, count = share
    with contest.ledger.reading() as state:
        waiting = pauses.due([name for name in state.queued() if int(name, 16) % count == number])
    cpus = cpus_of_slot(number, contest.config.code.cores)
    for name in waiting:
        if stop.is_set():
            break
        try:
            if not _score(contest, name, cpus, stop):
                break
            done += 1
        except HostTrouble as error:
            report_failure(contest, f"submission {name}, which stays queued", error)
            pauses.begin(name)
    return done


def _score(contest: Contest, submission: str, cpus: list[int], stop: threading.Event) -> bool:
    """Score one submission; False where it was stopped meanwhile."""
    starts = _starts(contest) / submission
    try:
        _count(starts)
        if starts.stat().st_size > MOST_STARTS:
            raise GivenUp(f"scoring ended the worker {MOST_STARTS} times")
        record_scoring(contest, submission, cpus=cpus, stop=stop)
    except KeyboardInterrupt:
        starts.unlink(missing_ok=True)
        return False
    except Exception as error:
        if isinstance(error, HostTrouble) or is_unavailable(error):
            starts.unlink(missing_ok=True)  # no fault of the submission's
            raise
        record_failure(contest, submission, report_failure(contest, f"submission {submission}", error))
    starts.unlink(missing_ok=True)
    return True


def _starts(contest: Contest) -> Path:
    """A file for each submission that is being scored, of a byte for each time that was begun."""
    return contest.private / "scoring"


def _count(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("ab") as file:
        file.write(b".")


def work(contest: Contest, share: tuple[int, int], stop: threading.Event) -> None:
    """Score what comes until `stop` is set; wait out that the record or the disk is not to be had."""
    seen, pauses = -1, Pauses()

    def step() -> None:
        nonlocal seen
        last = contest.ledger.journal.last()
        if last != seen or pauses.one_ended():
            score_queue(contest, share, stop, pauses)
            seen = last

    follow(step, stop, is_unavailable, LONGEST_WAIT, _log)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--share", default="0/1", help="Which share of the submissions, such as 0/2.")
def main(folder: Path, share: str) -> None:
    """Score what is queued in the competition in FOLDER, until the parent process ends."""
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s", level=logging.INFO)
    number, _, count = share.partition("/")
    with threadpool_limits(1):  # workers share the processors
        work(Contest(folder), (int(number), int(count)), stop_with_parent())


if __name__ == "__main__":
    main()
