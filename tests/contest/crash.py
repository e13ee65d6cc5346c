"""kill -9 at random moments, under load: `python -m tests.contest.crash`, from the root of the repository.

Teams submit all the time, valid files and broken ones, and one of them never ends its upload. The server, a scoring
worker, the writer of MLflow or the whole of PostgreSQL is killed. Each time, what clients hold is compared with the
record: every receipt is there once, nothing that was refused is, and half-written files are gone after a start, as
are the processes of a server that was killed.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
import psutil
from contests import toy_contest
from postgres import Postgres, postgres_server

from benchmark.cli.output import console, table
from leaderboard.contest import Contest
from leaderboard.record.teams import add_team
from tests.contest.attempts import LEVELS, Answers, Attempt
from tests.contest.checks import verify_faults
from tests.contest.dawdler import Dawdler
from tests.contest.replay import WITHOUT_QUOTA
from tests.contest.served import Served, served
from tests.contest.teams import Log, Sent, send, team_client

TEAMS = 4
BROKEN = 0.15
LONGEST_PAUSE = 2.0
SCORED_SECONDS = 3600
MLFLOW_SECONDS = 600
ORPHAN_SECONDS = 60
WORKERS = {"scorer": "leaderboard.scoring.scorer", "MLflow writer": "leaderboard.mlflow_store.writer"}
Say = Callable[[str], None]
T = TypeVar("T")


@dataclass
class Crashes:
    """How often each victim was killed, what clients hold in the end, and what was wrong."""

    killed: Counter[str] = field(default_factory=Counter)
    receipts: int = 0
    refused: int = 0
    halves: int = 0
    faults: list[str] = field(default_factory=list)

    def rows(self) -> list[tuple[str, str]]:
        return [
            *((f"kill -9 of {name}", f"{count}") for name, count in sorted(self.killed.items())),
            ("receipts that clients hold", f"{self.receipts:,}"),
            ("refused", f"{self.refused:,}"),
            ("half-written files at a kill", f"{self.halves:,}"),
            ("faults", f"{len(self.faults)} {self.faults[:5] or ''}"),
        ]


def crash(
    contest: Contest, work: Path, times: int, postgres: Postgres | None = None, say: Say = print
) -> Crashes:
    """Kill `times` times under load, then let all be scored, and look at everything."""
    tokens = [add_team(contest.ledger, f"Team {number + 1}")[1] for number in range(TEAMS)]
    dawdling = add_team(contest.ledger, "Dawdler")[1]
    choice, found, log = random.Random(times), Crashes(), Log()
    victims = ["server", *WORKERS, *(["PostgreSQL"] if postgres else [])]
    with served(contest.folder, work / "server.log", "--scorers", "1") as server:
        with _load(contest, server, tokens, work, log), Dawdler(server, dawdling):
            for number in range(times):
                before = len(log.receipts)
                _wait_for(lambda before=before: len(log.receipts) > before)
                time.sleep(choice.uniform(0, LONGEST_PAUSE))
                victim = victims[number % len(victims)]
                found.halves += _kill(victim, contest, server, postgres, choice, found.faults)
                found.killed[victim] += 1
                faults = record_faults(contest, log)
                found.faults += [f"after kill {number + 1}, of {victim}: {fault}" for fault in faults]
                say(
                    f"{number + 1}/{times} {victim}: {len(log.receipts):,} receipts, {len(found.faults)} faults"
                )
        server.wait_scored(SCORED_SECONDS)
        found.receipts, found.refused = len(log.receipts), sum(one.refused is not None for one in log.sent)
        found.faults += record_faults(contest, log) + _unscored(contest, log)
        say(f"waiting for MLflow; faults so far: {found.faults[:10]}")
        found.faults += _last_faults(contest)
    return found


def record_faults(contest: Contest, log: Log) -> list[str]:
    """Where the record is not what clients know: receipts that are not there once, refused ones that are there.

    What clients know is read first: they go on meanwhile.
    """
    with log.lock:
        sent = list(log.sent)
    accepted = [entry for entry in contest.ledger.journal.entries() if entry.kind == "accepted"]
    times = Counter(entry.body["id"] for entry in accepted)
    digests = {entry.body["id"]: entry.digest for entry in accepted}
    keys = Counter((entry.body["team"], entry.body["key"]) for entry in accepted)
    found = [f"key {key} was accepted {count} times" for key, count in keys.items() if count > 1]
    known = {key for _, key in keys}
    for one in sent:
        if one.receipt and times[one.receipt["submission"]] != 1:
            found.append(
                f"receipt {one.receipt['submission']} stands {times[one.receipt['submission']]} times"
            )
        elif one.receipt and digests[one.receipt["submission"]] != one.receipt["head"]:
            found.append(f"receipt {one.receipt['submission']} has another head")
        if one.refused and one.key in known:
            found.append(f"{one.key} was refused and is on record")
    return found


def _kill(
    victim: str,
    contest: Contest,
    server: Served,
    postgres: Postgres | None,
    choice: random.Random,
    faults: list[str],
) -> int:
    """Kill and start again; how many files were half-written at the moment of a server's death."""
    if victim in WORKERS:
        with suppress(psutil.NoSuchProcess, IndexError):
            _wait_for(lambda: server.processes(WORKERS[victim]))[0].kill()
        return 0
    if victim == "PostgreSQL":
        assert postgres
        postgres.kill()
        time.sleep(choice.uniform(0, 1))
        postgres.start()
        _wait_for(server.health)
        return 0
    children = server.processes()[1:]
    server.kill()
    halves = [path.name for path in _incoming(contest)]
    server.start()
    left = {path.name for path in _incoming(contest)}
    faults += [f"half-written file {name} is there after a start" for name in halves if name in left]
    orphans = psutil.wait_procs(children, timeout=ORPHAN_SECONDS)[1]
    faults += [f"process {one.pid} of a killed server still runs" for one in orphans]
    return len(halves)


@contextmanager
def _load(contest: Contest, server: Served, tokens: list[str], work: Path, log: Log) -> Iterator[None]:
    """Teams that submit without a pause, for the length of a block; nothing is under way any more after it."""
    answers, stop = Answers(contest, work / "answers"), threading.Event()
    broken = work / "broken.parquet"
    broken.write_bytes(b"this is no table")
    for task in contest.config.tasks:
        for level in range(0, LEVELS, 5):
            answers.path(task, level, 0)

    def submit(team: int) -> None:
        rng = np.random.default_rng(team)
        with team_client(server.url, team, tokens[team]) as client:
            number = 0
            while not stop.is_set():
                number += 1
                files = {
                    task: answers.path(task, int(rng.integers(6)) * 5, 0) for task in contest.config.tasks
                }
                if rng.random() < BROKEN:
                    files[next(iter(files))] = broken
                one = Sent(Attempt(0, team, files), f"team-{team}-attempt-{number}", time.perf_counter())
                send(client, one, threading.Semaphore(), lambda: False)
                log.add(one)
                time.sleep(0.05)

    threads = [threading.Thread(target=submit, args=(team,)) for team in range(len(tokens))]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _unscored(contest: Contest, log: Log) -> list[str]:
    """Receipts that are not scored exactly once on each record, or not well."""
    found = []
    for name, ledger in (("public", contest.ledger), ("private", contest.private_ledger)):
        with ledger.reading() as state:
            for receipt in log.receipts:
                scorings = state.scorings.get(receipt["submission"], [])
                if len(scorings) != 1 or any(score.status != "ok" for score in scorings[0].tasks.values()):
                    found.append(
                        f"receipt {receipt['submission']} has {len(scorings)} {name} scorings: {scorings}"
                    )
    return found


def _last_faults(contest: Contest) -> list[str]:
    deadline, faults = time.monotonic() + MLFLOW_SECONDS, verify_faults(contest.folder)
    while faults and time.monotonic() < deadline:
        time.sleep(2)
        faults = verify_faults(contest.folder)
    return [f"verify: {fault}" for fault in faults]


def _incoming(contest: Contest) -> list[Path]:
    folder = contest.submissions.incoming
    return list(folder.iterdir()) if folder.is_dir() else []


def _wait_for(look: Callable[[], T], seconds: float = 120) -> T:
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not come back"
        time.sleep(0.1)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.contest.crash", description=__doc__)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument(
        "--sqlite", action="store_true", help="the record in SQLite: PostgreSQL is not killed then"
    )
    parser.add_argument("--work", type=Path, help="a new folder to keep everything in")
    given = parser.parse_args()
    out = console(stderr=True)
    with ExitStack() as stack:
        work = given.work or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="classmark-crash-")))
        work.mkdir(parents=True, exist_ok=True)
        postgres = None if given.sqlite else stack.enter_context(postgres_server())
        found = crash(crash_contest(work, postgres), work, given.times, postgres, out.print)
    console().print(table("", ["what", "counted"], found.rows()))
    if found.faults:
        raise SystemExit(1)


def crash_contest(work: Path, postgres: Postgres | None) -> Contest:
    """A competition on toy tasks, with both records in PostgreSQL where there is one."""
    more = ""
    if postgres:
        urls = postgres.create("contest"), postgres.create("private")
        more = f'database = "{urls[0]}"\nprivate_database = "{urls[1]}"'
    return toy_contest(work / "contest", per_day=WITHOUT_QUOTA, more=more)


if __name__ == "__main__":
    main()
