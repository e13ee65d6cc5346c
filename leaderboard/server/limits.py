"""How much of the server one address or one team may take, so that no one takes it from the others."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from time import time
from weakref import WeakValueDictionary

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from leaderboard.record.refusal import Refusal
from leaderboard.scoring.archives import MOST_PACKED


@dataclass(frozen=True)
class Limits:
    """What is allowed. Requests are counted over a moving minute; an upload is slow below `slowest` bytes a second."""

    requests: int = 1_200
    changes: int = 120
    uploads: int = 64
    uploads_of_team: int = 4
    code_bytes: int = MOST_PACKED
    upload_seconds: float = 900
    idle_seconds: float = 30
    slowest: int = 2_000


class Rates:
    """Counts requests in this process's memory."""

    def __init__(self, limits: Limits) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._requests = RateLimitItemPerMinute(limits.requests, namespace="requests")
        self._changes = RateLimitItemPerMinute(limits.changes, namespace="changes")

    def request(self, address: str) -> None:
        """Count a request of an address. Refusal where it is one too many."""
        self._count(self._requests, address, "This address")

    def change(self, team: str) -> None:
        """Count a request by which a team hands something in."""
        self._count(self._changes, team, "The team")

    def _count(self, limit: RateLimitItemPerMinute, key: str, who: str) -> None:
        if self._limiter.hit(limit, key):
            return
        wait = max(1, ceil(self._limiter.get_window_stats(limit, key).reset_time - time()))
        raise Refusal(
            "too many requests",
            f"{who} sends too many requests.",
            allowed=f"{limit.amount:,} a minute",
            do=f"Wait {wait} s.",
            retry_after=wait,
        )


class Slots:
    """The uploads that go on at this moment. Belongs to the event loop."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, team: str) -> Iterator[None]:
        """One place, for the length of a block. Refusal where the team has its share, or all are taken."""
        if self._taken[team] >= self._limits.uploads_of_team:
            raise Refusal(
                "too many requests",
                "The team uploads too many submissions at once.",
                allowed=f"{self._limits.uploads_of_team} at once",
                do="Wait until one of them has its receipt.",
                retry_after=5,
            )
        if self._taken.total() >= self._limits.uploads:
            raise Refusal("unavailable", "Many teams submit at this moment.", do="Try again.", retry_after=5)
        self._taken[team] += 1
        try:
            yield
        finally:
            self._taken[team] -= 1
            if not self._taken[team]:
                del self._taken[team]


class Turns:
    """One at a time of each team, the others in their order. Belongs to the event loop."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, team: str) -> asyncio.Lock:
        """The team's lock, which is there as long as somebody holds it or waits for it."""
        return self._locks.setdefault(team, asyncio.Lock())
