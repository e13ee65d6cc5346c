"""What the routes share: the competition, its boards and pages, the counts of the moment."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property, lru_cache
from threading import Lock
from time import monotonic
from typing import Annotated, Any, NamedTuple

from anyio import CapacityLimiter
from fastapi import Depends, Request

from benchmark.predictions import most_bytes
from leaderboard.contest import Contest
from leaderboard.pages.site import Site
from leaderboard.server.answers import spell
from leaderboard.server.checkers import Checkers
from leaderboard.server.limits import Limits, Rates, Slots, Turns
from leaderboard.server.uploads import CODE, FORM_BYTES
from leaderboard.standings.boards import Standings

_LONG = 0.05
_CHECKERS = max(2, os.cpu_count() or 1)


class _Kept(NamedTuple):
    seq: int
    body: bytes
    until: float


@lru_cache(maxsize=1)
def shared_checkers() -> Checkers:
    """Those of this process; what they hold of a task is good for every competition."""
    return Checkers(_CHECKERS)


class Service:
    """One competition, as this process serves it."""

    def __init__(self, contest: Contest, limits: Limits) -> None:
        self.contest = contest
        self.limits = limits
        self.standings = Standings(contest)
        self.site = Site(contest, self.standings)
        self.rates = Rates(limits)
        self.slots = Slots(limits)
        self._kept: dict[str, _Kept] = {}
        self._keeping = Lock()
        self.checkers = shared_checkers()
        self.checking = CapacityLimiter(_CHECKERS)
        self.turns = Turns()

    def kept(self, name: str, make: Callable[[], Any]) -> bytes:
        """JSON that is a function of the journal, spelt once for each of its states.

        What takes long to make is shown a little longer: in a rush, when every second has new entries and many readers,
        making it takes a tenth of the time at most.
        """
        with self.contest.ledger.reading() as state:
            seq = state.seq
        with self._keeping:
            found = self._kept.get(name)
            started = monotonic()
            if found is None or (found.seq < seq and started >= found.until):
                body = spell(make())
                took = monotonic() - started
                rest = 10 * took if took > _LONG else 0.0
                found = self._kept[name] = _Kept(seq, body, monotonic() + rest)
            return found.body

    @cached_property
    def most(self) -> dict[str, int]:
        """The largest file of each part of a submission."""
        parts = {name: most_bytes(self.contest.task(name)) for name in self.contest.config.tasks}
        if self.contest.config.code.allowed:
            parts[CODE] = self.limits.code_bytes
        return parts

    @cached_property
    def most_in_all(self) -> int:
        """The largest body of a submission."""
        return sum(self.most.values()) + FORM_BYTES


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


Served = Annotated[Service, Depends(_service)]
