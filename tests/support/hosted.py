"""A competition that is being served, as a test holds it: what its participants' machines know, and its scorer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from click.testing import Result

from leaderboard.contest import Contest
from leaderboard.scoring.scorer import score_queue

Command = Callable[..., Result]
"""Runs `classmark` with arguments; `fails=True` where UserError is expected."""


@dataclass(frozen=True)
class Host:
    """A competition, its address and the tokens of its teams, by name."""

    contest: Contest
    url: str
    tokens: dict[str, str]

    def score(self) -> int:
        """Score what is queued."""
        return score_queue(self.contest)

    @contextmanager
    def scoring(self) -> Iterator[None]:
        """A worker scores meanwhile."""
        stop = threading.Event()

        def work() -> None:
            while not stop.wait(0.1):
                self.score()

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
