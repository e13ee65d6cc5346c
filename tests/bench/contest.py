"""A competition beside MLflow alone: taking submissions in, showing the board, keeping standings up.

Submissions of six files of 100 kB come from eight threads and are on the disk when they count; MLflow's own way makes a
run of the same scores, without the files, from as many threads or from one, whichever is faster. Our board and MLflow
hold 10,000 submissions each; filling MLflow takes minutes.
"""

from __future__ import annotations

import logging
import os
import statistics
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np

import tests.contest  # noqa: F401 - so that tests/support is found
from leaderboard.contest import Contest
from leaderboard.record.accepting import accept
from leaderboard.record.teams import add_team
from leaderboard.standings.boards import Standings, full
from tests.bench.measure import alternately, apart, seconds
from tests.bench.rows import Row

TASKS = 6
THREADS = 8
EACH = 12
FILE_BYTES = 100_000
ROUNDS = 5
SUBMISSIONS = 10_000
READS, SCORINGS = 60, 15
SETTINGS = """
name = "bench"
title = "Bench"
prize = false
quota.per_day = 1000000
phases = [{{name = "main", opens = 2020-01-01T00:00:00Z, closes = 2999-01-01T00:00:00Z}}]
tracks = [{{name = "all", title = "All", tasks = {tasks}}}]
"""


def rows(folder: Path) -> list[Row]:
    return [*apart(_accepting, folder / "accepting"), *apart(_showing, folder / "showing")]


def _accepting(folder: Path) -> list[Row]:
    """Seconds of a burst of submissions, ours and MLflow's, alternately."""
    contest, teams = _contest(folder / "contest")
    rng = np.random.default_rng(0)
    number, store, experiment = iter(range(10**9)), *_mlflow(folder / "mlflow")

    def ours(team: str) -> None:
        for _ in range(EACH):
            contents = [rng.bytes(FILE_BYTES) for _ in range(TASKS)]
            drafts = [contest.submissions.draft([content]) for content in contents]
            contest.submissions.keep(drafts)
            files = {f"task_{place}": draft.digest for place, draft in enumerate(drafts)}
            accept(contest, team, files, key=str(next(number)))

    def run(_: str) -> None:
        for _ in range(EACH):
            _log_run(store, experiment, next(number))

    def burst(work: Callable[[str], None], threads: int) -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, teams))

    mine, threaded, alone = alternately(
        lambda: burst(ours, THREADS), lambda: burst(run, THREADS), lambda: burst(run, 1), rounds=ROUNDS
    )
    other, name = min(
        (threaded, f"MLflow runs, {THREADS} threads"), (alone, "MLflow runs, one thread"), key=_median
    )
    what = f"{THREADS * EACH} submissions of {TASKS} files accepted"
    return [Row.ratio_of(what, mine, name, other, limit=0.5)]


def _showing(folder: Path) -> list[Row]:
    """The board of many submissions over HTTP, beside MLflow's search; and standings after a new score."""
    from live import live_server
    from made_contest import made_contest

    contest = made_contest(
        folder / "contest", submissions=SUBMISSIONS, queued=SCORINGS + 1, distinct_draws=300
    )
    store, experiment = _mlflow(folder / "mlflow")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: _log_run(store, experiment, number), range(SUBMISSIONS)))
    with live_server(contest) as url, httpx.Client(base_url=url, timeout=120) as http:

        def read() -> None:
            http.get("/").raise_for_status()

        reads, searches = alternately(read, lambda: _search(store, experiment), rounds=2)
        many = [seconds(read) for _ in range(READS)]
    p95 = float(np.quantile(many, 0.95))
    page = f"board of {SUBMISSIONS:,} submissions x {TASKS} tasks"
    return [
        Row(f"{page}, p95 of {READS}", p95, seconds_limit=0.1),
        Row.ratio_of(page, reads, "MLflow's search_runs", searches, limit=1 / 50),
        _updating(contest),
    ]


def _updating(contest: Contest) -> Row:
    """Boards after one more score, beside boards from the whole record."""
    standings = Standings(contest)
    standings.boards()
    with contest.ledger.reading() as state:
        queued, sample = state.queued(), next(reversed(state.scorings.values()))[-1]

    def score() -> None:
        body = {"submission": queued.pop(), "draws": sample.draws, "scorer": "bench", "reason": ""}
        body["tasks"] = {name: vars(one) for name, one in sample.tasks.items()}
        contest.ledger.record(lambda state: [("scored", body)])

    score()
    standings.boards()
    update, whole = [], []
    for _ in range(SCORINGS):
        score()
        update.append(seconds(standings.boards))
        whole.append(seconds(lambda: full(contest)))
    return Row.ratio_of("standings after a new score", update, f"all {SUBMISSIONS:,} anew", whole, limit=0.1)


def _contest(folder: Path) -> tuple[Contest, list[str]]:
    """A competition whose tasks are names alone: nothing of them is looked at when a submission is accepted."""
    folder.mkdir(parents=True)
    tasks = [f"task_{number}@1.0.0" for number in range(TASKS)]
    (folder / "competition.toml").write_text(SETTINGS.format(tasks=tasks))
    contest = Contest(folder)
    contest.ledger.journal.create()
    return contest, [add_team(contest.ledger, f"Team {number}")[0].id for number in range(THREADS)]


def _mlflow(folder: Path) -> tuple[Any, str]:
    """MLflow's client at a new SQLite file, as it comes, with an experiment."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    for name in ("alembic", "mlflow"):
        logging.getLogger(name).setLevel(logging.ERROR)
    from mlflow import MlflowClient

    folder.mkdir(parents=True)
    client = MlflowClient(tracking_uri=f"sqlite:///{folder / 'mlflow.db'}")
    return client, str(client.create_experiment("bench", artifact_location=(folder / "artifacts").as_uri()))


def _log_run(client: Any, experiment: str, number: int) -> None:
    """A submission as MLflow's own calls record it: its scores, who, when."""
    from mlflow.entities import Metric, Param

    now = int(datetime.now(UTC).timestamp() * 1000)
    run = client.create_run(experiment, run_name=f"submission {number}").info.run_id
    metrics = [
        Metric(f"task_{place}/macro_f1", (number * 37 + place) % 1000 / 1000, now, 1)
        for place in range(TASKS)
    ]
    params = [
        Param("team", f"team-{number % 60}"),
        Param("digest", f"{number:064x}"),
        Param("note", "a note"),
    ]
    client.log_batch(run, metrics, params)
    client.set_terminated(run)


def _search(client: Any, experiment: str) -> int:
    """Read all runs, best first."""
    found, token = 0, None
    while True:
        page = client.search_runs(
            [experiment], max_results=1000, order_by=["metrics.`task_0/macro_f1` DESC"], page_token=token
        )
        found, token = found + len(page), page.token
        if not token:
            assert found == SUBMISSIONS
            return found


def _median(pair: tuple[list[float], str]) -> float:
    return statistics.median(pair[0])
