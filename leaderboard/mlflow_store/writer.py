"""The one writer of MLflow: `python -m leaderboard.mlflow_store.writer DIR` brings MLflow up to the record, and on.

It follows the record, so that no acceptance and no scoring waits for it. What MLflow shows at the start says where to
go on; after an error it looks there again, so that each submission has one run whatever was interrupted.
"""

from __future__ import annotations

import logging
import os
import threading
import zlib
from itertools import islice
from pathlib import Path

import click

from leaderboard.contest import Contest
from leaderboard.mlflow_store.content import Reading, RunContent
from leaderboard.mlflow_store.report import artifacts
from leaderboard.mlflow_store.store import SeenRun, Store, StoreError
from leaderboard.record.journal import is_unavailable
from leaderboard.scoring.submissions import read_report
from leaderboard.workers import follow, stop_with_parent

LONGEST_WAIT = 60.0
AT_ONCE = 50
_PATIENCE = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "30", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2"}
_log = logging.getLogger("classmark.store")


class Mirror:
    """Brings one experiment up to the public record, or to the private one."""

    def __init__(self, contest: Contest, store: Store, private: bool = False) -> None:
        self._contest, self._store = contest, store
        self._reading = Reading(contest, private)
        self._runs: dict[str, SeenRun | str] = {}
        store.claim()
        with store.writing():
            self._look()

    def catch_up(self, stop: threading.Event | None = None) -> int:
        """Write what is on record and not in MLflow yet; return how many scorings that were.

        Ends early, for good, when `stop` is set. StoreError where MLflow does not take it: make a new Mirror then.
        """
        if self._reading.is_done():
            return 0
        contents, written = self._reading.new(), 0
        while several := list(islice(contents, AT_ONCE)):
            with self._store.writing():
                for content in several:
                    if stop is not None and stop.is_set():
                        return written
                    written += self._write(content)
                self._store.analyze()
        return written

    def _write(self, content: RunContent) -> bool:
        found = self._runs.get(content.submission)
        if isinstance(found, SeenRun) and found.number >= content.number:
            return False
        run = found.id if isinstance(found, SeenRun) else found
        self._runs[content.submission] = self._store.write(content, run, files_of(self._contest, content))
        return True

    def _look(self) -> None:
        """Learn from MLflow what it shows."""
        for run in sorted(self._store.runs(), key=lambda run: run.number):
            if run.submission:
                self._runs[run.submission] = run


def files_of(contest: Contest, content: RunContent) -> dict[str, bytes]:
    """The artifacts of a run; none where the scoring's report is lost, which `verify` tells."""
    try:
        return artifacts(content, read_report(contest, content.report))
    except (OSError, ValueError, EOFError, zlib.error):
        return {}


def open_store(contest: Contest, private: bool = False, uri: str = "") -> Store:
    """The store of public or of private scores; at another tracking URI where one is given."""
    if private:
        return Store(
            uri or contest.private_mlflow, f"{contest.config.name}-private", contest.private / "mlflow"
        )
    return Store(uri or contest.mlflow, contest.config.name, contest.folder / "mlflow")


def keep_up(contest: Contest, private: bool, stop: threading.Event) -> None:
    """Follow one record until `stop` is set; wait out that it or MLflow is not to be had.

    Sets `stop` at its end, whatever ended it: the other record's follower ends too, and both are started again.
    """
    mirror: Mirror | None = None

    def step() -> None:
        nonlocal mirror
        now, mirror = mirror or Mirror(contest, open_store(contest, private), private), None
        now.catch_up(stop)
        mirror = now

    try:
        follow(
            step,
            stop,
            lambda error: isinstance(error, StoreError) or is_unavailable(error),
            LONGEST_WAIT,
            _log,
        )
    finally:
        stop.set()


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def main(folder: Path) -> None:
    """Write the leaderboards of the competition in FOLDER to MLflow, until the parent process ends."""
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s", level=logging.INFO)
    for name, value in _PATIENCE.items():
        os.environ.setdefault(name, value)
    contest, stop = Contest(folder), stop_with_parent()
    private = threading.Thread(target=keep_up, args=(contest, True, stop))
    private.start()
    keep_up(contest, False, stop)
    private.join()


if __name__ == "__main__":
    main()
