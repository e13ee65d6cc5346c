"""Teams at work: each sends its submissions one after the other, from a loopback address of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import httpx

from tests.contest.attempts import Attempt

MOST_TRIES = 200


@dataclass
class Sent:
    """A submission and what came of it: when it was sent, how long its last request took, the receipt or the error."""

    attempt: Attempt
    key: str
    started: float
    seconds: float = 0.0
    tries: int = 0
    receipt: dict[str, Any] | None = None
    refused: dict[str, Any] | None = None


@dataclass
class Log:
    """What all teams have sent, in the order of the answers."""

    sent: list[Sent] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, one: Sent) -> None:
        with self.lock:
            self.sent.append(one)

    @property
    def receipts(self) -> list[dict[str, Any]]:
        with self.lock:
            return [one.receipt for one in self.sent if one.receipt]


def submit_all(
    url: str,
    tokens: Sequence[str],
    attempts: Sequence[Attempt],
    seconds: float,
    at_once: int = 16,
    log: Log | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Log:
    """Send all attempts, the whole time of the competition in `seconds`, and return what came back.

    Who is too late goes on as fast as it can; at most `at_once` requests are under way. A request that got no answer,
    or one that says to wait, is sent again with its idempotency key, as the client does.
    """
    found, places, begun = log or Log(), threading.Semaphore(at_once), time.perf_counter()
    own = {
        team: list(group)
        for team, group in groupby(sorted(attempts, key=lambda one: one.team), key=lambda one: one.team)
    }

    def work(team: int) -> None:
        with team_client(url, team, tokens[team]) as client:
            for number, attempt in enumerate(own[team]):
                while (wait := attempt.at * seconds - (time.perf_counter() - begun)) > 0 and not stop():
                    time.sleep(min(wait, 0.2))
                if stop():
                    return
                one = Sent(attempt, f"attempt-{number}", time.perf_counter() - begun)
                send(client, one, places, stop)
                found.add(one)

    with ThreadPoolExecutor(len(own)) as pool:
        list(pool.map(work, own))
    return found


def send(client: httpx.Client, one: Sent, places: threading.Semaphore, stop: Callable[[], bool]) -> None:
    """Send an attempt until it has a receipt or is refused, or `stop` says so; what came of it is noted in `one`."""
    while one.tries < MOST_TRIES:
        one.tries += 1
        with places, ExitStack() as open_files:
            files = {
                task: (path.name, open_files.enter_context(path.open("rb")), "application/octet-stream")
                for task, path in one.attempt.files.items()
            }
            before = time.perf_counter()
            try:
                answer = client.post(
                    "/api/submissions",
                    files=files,
                    data={"note": f"level of {', '.join(files)}"},
                    headers={"Idempotency-Key": one.key},
                )
            except httpx.HTTPError:
                answer = None
            one.seconds = time.perf_counter() - before
        if answer is not None and answer.is_success:
            one.receipt = answer.json()
            return
        error = answer.json()["error"] if answer is not None and answer.status_code < 502 else None
        if error and not (
            answer is not None and "Retry-After" in answer.headers and error["code"] != "quota"
        ):
            one.refused = error
            return
        if stop():
            return
        time.sleep(min(float(answer.headers.get("Retry-After", 1)), 2.0) if answer is not None else 0.3)


def team_client(url: str, team: int, token: str) -> httpx.Client:
    """A client at 127.0.1.x: the server counts requests by address."""
    transport = httpx.HTTPTransport(local_address=f"127.0.1.{team % 250 + 1}")
    return httpx.Client(
        base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=120, transport=transport
    )
