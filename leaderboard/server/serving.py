"""`classmark serve`: the web server, the scoring workers and the MLflow writer of one competition, as one service."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import uvicorn
from sqlalchemy import make_url
from starlette.types import ASGIApp

from benchmark.errors import UserError
from leaderboard.contest import Contest
from leaderboard.making.bundles import publish_rules
from leaderboard.overview import counts
from leaderboard.record.accepting import plain
from leaderboard.server.app import create_app
from leaderboard.server.children import children_of
from leaderboard.server.limits import Limits
from leaderboard.server.logs import log_to_stderr
from leaderboard.server.protocol import PatientProtocol
from leaderboard.server.service import shared_checkers

LOCK = "serve.lock"
MOST_CONNECTIONS = 2_000
MOST_FILES = 8_192
_PATIENCE = 20


@dataclass(frozen=True)
class Plan:
    """How a competition is served. `proxied`: a proxy of ours stands before the server."""

    host: str = "127.0.0.1"
    port: int = 8000
    scorers: int = 1
    mlflow: bool = True
    proxied: bool = False
    limits: Limits = field(default_factory=Limits)


def serve(contest: Contest, plan: Plan, say: Callable[[str], None]) -> None:
    """Serve a competition until SIGTERM or Ctrl-C. UserError where another server has it, or the port is taken."""
    contest.require_made()
    with _locked(contest.folder):
        for vault in (contest.submissions, contest.draws, contest.reports, contest.private_draws):
            vault.clear_incoming()
        publish_rules(contest)
        _require_free(plan)
        config = uvicorn_config(create_app(contest, plan.limits, plan.proxied), plan.host, plan.port)
        for line in _greeting(contest, plan):
            say(line)
        log_to_stderr()
        allow_many_files()
        children = children_of(contest.folder, plan.scorers, plan.mlflow)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _heard)  # uvicorn hears them first and ends in order
        children.start()
        try:
            uvicorn.Server(config).run()
        finally:
            children.stop()
            shared_checkers().close()


def _greeting(contest: Contest, plan: Plan) -> list[str]:
    with contest.ledger.reading() as state:
        found = counts(state)
    of_baselines = f" ({found['of_baselines']} of baselines)" if found["of_baselines"] else ""
    submissions = f"{found['submissions']}{of_baselines}"
    address = f"http://[{plan.host}]:{plan.port}" if ":" in plan.host else f"http://{plan.host}:{plan.port}"
    shown = make_url(contest.mlflow).render_as_string() if "://" in contest.mlflow else contest.mlflow
    return [
        f"{plain(contest.config.title)}: teams {found['teams']}, submissions {submissions}, to score {found['queue']}",
        f"  pages    {address}/",
        f"  API      {address}/api/openapi.json",
        f"  scoring  {plan.scorers} processes",
        f"  MLflow   {shown if plan.mlflow else 'off'}",
        "  Ctrl-C ends it; what was accepted is kept.",
    ]


def uvicorn_config(app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Config:
    """How the app is served: one process, no server banner, bounded headers and connections."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=PatientProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        backlog=2048,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_PATIENCE,
    )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Holds the competition for this process; the lock ends with it, however it ends."""
    try:
        file = (folder / LOCK).open("a+")
    except OSError as error:
        raise UserError(f"{folder} cannot be written.", given=error.strerror or str(error)) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise UserError(
                f"{folder} is being served already.",
                given=f"process {file.read().strip() or 'unknown'}",
                do="Stop that server first.",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _require_free(plan: Plan) -> None:
    family = socket.AF_INET6 if ":" in plan.host else socket.AF_INET
    try:
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((plan.host, plan.port))
    except OSError as error:
        raise UserError(
            f"The server cannot listen on {plan.host} port {plan.port}.",
            given=error.strerror or str(error),
            do="Give another --port or --host.",
        ) from None


def allow_many_files() -> None:
    """Let the process hold as many connections as it may: systems often start it with 1,024 files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _heard(number: int, frame: FrameType | None) -> None:
    return
