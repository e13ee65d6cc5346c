"""Four months of a competition in minutes: `python -m tests.contest.replay`, from the root of the repository.

60 teams hand in 5,000 submissions over HTTP, with a rush on the last day; then every receipt, every score and the
boards are looked at. The months are pressed together, so the quota of a day is lifted; nothing else is special.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from contests import toy_contest
from postgres import postgres_server
from sqlalchemy import create_engine, text

from benchmark.cli.output import console, size, table
from leaderboard.contest import Contest
from leaderboard.record.teams import add_team
from tests.contest.attempts import DAYS, Answers, attempts
from tests.contest.checks import faults_after, verify_faults
from tests.contest.served import PeakMemory, call, served
from tests.contest.teams import Log, submit_all

WITHOUT_QUOTA = 1_000_000
PAGES = ("/", "/api/leaderboard")
QUIET_READS = 40
MLFLOW_SECONDS = 600
Say = Callable[[str], None]


@dataclass
class Replay:
    """What was measured, in seconds and bytes, and what the checks found."""

    database: str
    teams: int
    submissions: int
    files: int
    submit_seconds: float
    rush_submissions: int
    rush_seconds: float
    scored_seconds: float
    mlflow_seconds: float
    submits: list[float]
    reads: dict[str, list[float]]
    quiet_reads: dict[str, list[float]]
    memory: int
    disk: dict[str, int]
    refused: list[str]
    faults: dict[str, list[str]] = field(default_factory=dict)

    def rows(self) -> list[tuple[str, str]]:
        """What a person reads: a line for each number."""
        lines = [
            ("submissions", f"{self.submissions:,} of {self.teams} teams, {self.files:,} files"),
            ("accepted", f"{self.submissions / self.submit_seconds:.1f}/s over {self.submit_seconds:.0f} s"),
            (
                "accepted in the rush",
                f"{self.rush_submissions / max(self.rush_seconds, 1e-9):.1f}/s, {self.rush_submissions:,}",
            ),
            (
                "all scored",
                f"{self.scored_seconds:.0f} s after the start, {self.submissions / self.scored_seconds:.1f}/s",
            ),
            ("MLflow shows all", f"{self.mlflow_seconds:.0f} s after that"),
            ("submit", _quantiles(self.submits)),
        ]
        lines += [(f"GET {page}, under load", _quantiles(found)) for page, found in self.reads.items()]
        lines += [(f"GET {page}, quiet", _quantiles(found)) for page, found in self.quiet_reads.items()]
        lines.append(("peak memory of all processes", size(self.memory)))
        lines += [(f"on disk: {name}", size(found)) for name, found in self.disk.items()]
        lines += [("refused", f"{len(self.refused)} {self.refused[:3] or ''}")]
        return lines + [
            (f"check: {name}", f"{len(found)} faults {found[:5] or ''}")
            for name, found in self.faults.items()
        ]

    def as_dict(self) -> dict[str, Any]:
        return {name: value for name, value in self.rows()} | {"database": self.database}


def replay(
    contest: Contest,
    work: Path,
    teams: int,
    submissions: int,
    seconds: float,
    at_once: int,
    scorers: int,
    say: Say,
) -> Replay:
    """Run a made competition from its first submission to the last score, and look at everything."""
    tokens = [add_team(contest.ledger, f"Team {number + 1}")[1] for number in range(teams)]
    say("making the predictions")
    plan = attempts(contest, Answers(contest, work / "answers"), teams, submissions)
    before = _disk(contest)
    with (
        served(contest.folder, work / "server.log", "--scorers", str(scorers)) as server,
        PeakMemory(server) as peak,
    ):
        say(f"{len(plan):,} submissions at {server.url}")
        begun = time.perf_counter()
        with _reading(server.url) as reads:
            log = submit_all(server.url, tokens, plan, seconds, at_once)
        submitted = time.perf_counter() - begun
        say(f"accepted {len(log.receipts):,} in {submitted:.0f} s; {server.health()}")
        server.wait_scored(24 * 3600)
        scored = time.perf_counter() - begun
        say(f"scored after {scored:.0f} s")
        with httpx.Client(base_url=server.url, timeout=120) as http:
            quiet = {page: [_read(http, page) for _ in range(QUIET_READS)][1:] for page in PAGES}
        behind = _wait_for_mlflow(contest, MLFLOW_SECONDS)
        rush = [one for one in log.sent if one.attempt.in_rush]
        ends = [one.started + one.seconds for one in rush]
        found = Replay(
            database="PostgreSQL" if contest.config.database else "SQLite",
            teams=teams,
            submissions=len(log.receipts),
            files=sum(len(one.attempt.files) for one in log.sent),
            submit_seconds=submitted,
            rush_submissions=len(rush),
            rush_seconds=max(ends) - min(one.started for one in rush) if rush else 0.0,
            scored_seconds=scored,
            mlflow_seconds=behind,
            submits=[one.seconds for one in log.sent],
            reads=reads,
            quiet_reads=quiet,
            memory=peak.bytes,
            disk={name: after - before.get(name, 0) for name, after in _disk(contest).items()},
            refused=_refused(log),
        )
        say("checking")
        files = {path for one in plan for path in one.files.values()}
        found.faults = faults_after(contest, server.url, log.receipts, work / "export", files)
    return found


def embedded_contest(folder: Path, database: str = "", private_database: str = "") -> Contest:
    """The competition of the embedded tasks, by the organizer's own command, without a quota."""
    options = ["--database", database, "--private-database", private_database] if database else []
    call("competition", "new", folder, *options)
    settings = folder / "competition.toml"
    settings.write_text(re.sub(r"per_day = \d+", f"per_day = {WITHOUT_QUOTA}", settings.read_text()))
    return Contest(folder)


def small_contest(folder: Path, database: str = "", private_database: str = "") -> Contest:
    """The same of toy tasks, in seconds."""
    more = f'database = "{database}"\nprivate_database = "{private_database}"' if database else ""
    return toy_contest(folder, per_day=WITHOUT_QUOTA, more=more)


@contextmanager
def _reading(url: str) -> Iterator[dict[str, list[float]]]:
    """Reads the boards twice a second for the length of a block; gives the seconds that each took.

    A page that is not to be had took for ever.
    """
    found: dict[str, list[float]] = {page: [] for page in PAGES}
    stop = threading.Event()

    def read() -> None:
        with httpx.Client(base_url=url, timeout=120) as http:
            while not stop.wait(0.5):
                for page in PAGES:
                    try:
                        found[page].append(_read(http, page))
                    except httpx.HTTPError:
                        found[page].append(math.inf)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield found
    finally:
        stop.set()
        thread.join()


def _read(http: httpx.Client, page: str) -> float:
    begun = time.perf_counter()
    http.get(page).raise_for_status()
    return time.perf_counter() - begun


def _wait_for_mlflow(contest: Contest, seconds: float) -> float:
    """How long it takes, from now, until MLflow shows what the record says; `seconds` where it never does."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds and verify_faults(contest.folder):
        time.sleep(1)
    return time.perf_counter() - begun


def _refused(log: Log) -> list[str]:
    return [
        f"{one.refused['code']}: {one.refused['problem']}" if one.refused else "no answer"
        for one in log.sent
        if one.receipt is None
    ]


def _disk(contest: Contest) -> dict[str, int]:
    """Bytes of a competition by what they are for."""
    places = {
        "journal": [contest.folder / "journal.db", contest.folder / "journal.db-wal"],
        "submissions": [contest.submissions.root],
        "draws": [contest.draws.root],
        "reports": [contest.reports.root],
        "private": [contest.private],
        "mlflow": [contest.folder / "mlflow"],
    }
    found = {name: sum(map(_bytes, paths)) for name, paths in places.items()}
    urls = {"journal": contest.config.database, "private": contest.config.private_database}
    return found | {name: found[name] + _database_bytes(url) for name, url in urls.items() if url}


def _database_bytes(url: str) -> int:
    """What a PostgreSQL database takes on its disk."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    engine.dispose()
    return found


def _bytes(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size if path.is_file() else 0


def _quantiles(seconds: list[float]) -> str:
    if not seconds:
        return "none"
    p50, p95, p99 = np.quantile(seconds, [0.5, 0.95, 0.99]) * 1000
    return f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms ({len(seconds):,})"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.contest.replay", description=__doc__)
    parser.add_argument("--teams", type=int, default=60)
    parser.add_argument("--submissions", type=int, default=5_000)
    parser.add_argument("--minutes", type=float, default=5, help=f"the {DAYS} days in minutes")
    parser.add_argument("--clients", type=int, default=16, help="requests that are under way at once")
    parser.add_argument("--scorers", type=int, default=1, help="scoring processes")
    parser.add_argument(
        "--postgres", action="store_true", help="the record in PostgreSQL, on a server of its own"
    )
    parser.add_argument(
        "--toys", action="store_true", help="three toy tasks instead of the six embedded ones"
    )
    parser.add_argument("--work", type=Path, help="a new folder to keep everything in")
    parser.add_argument("--json", type=Path, help="where to write the numbers as JSON")
    given = parser.parse_args()
    out = console(stderr=True)
    make = small_contest if given.toys else embedded_contest
    with ExitStack() as stack:
        work = given.work or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="classmark-replay-"))
        )
        work.mkdir(parents=True, exist_ok=True)
        urls = []
        if given.postgres:
            postgres = stack.enter_context(postgres_server())
            urls = [postgres.create("contest"), postgres.create("private")]
        out.print("making the competition")
        contest = make(work / "contest", *urls)
        found = replay(
            contest,
            work,
            given.teams,
            given.submissions,
            given.minutes * 60,
            given.clients,
            given.scorers,
            lambda line: out.print(f"{time.strftime('%H:%M:%S')} {line}"),
        )
    console().print(table(f"\nA replay on {found.database}", ["what", "measured"], found.rows()))
    if given.json:
        given.json.write_text(json.dumps(found.as_dict(), indent=1) + "\n", encoding="utf-8")
    if found.refused or any(found.faults.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
