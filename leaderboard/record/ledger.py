"""A journal and the state that it adds up to, held together: read the newest, decide on it, write, in one step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from leaderboard.record.journal import Entry, Journal
from leaderboard.record.state import State

Addition = tuple[str, dict[str, Any]]
Decide = Callable[[State], list[Addition]]


class Ledger:
    """One reader's copy of the state. Other processes may write to the journal; `reading` sees what they wrote."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._state = State()
        self._lock = threading.RLock()
        self._readers = 0
        self._pen = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[State]:
        """The newest state, which stays as it is for the length of the block, also for blocks in it.

        Do not keep it, nor change it.
        """
        with self._lock:
            if not self._readers:
                self._take(self.journal.entries(self._state.seq))
            self._readers += 1
            try:
                yield self._state
            finally:
                self._readers -= 1

    def record(self, decide: Decide, now: datetime | None = None) -> list[Entry]:
        """Write what `decide` makes of the newest state; nobody writes in between. On the disk when this returns.

        Where `decide` raises, nothing is written. All its entries get one time, `now` in UTC. While the disk syncs,
        others of this process may read.
        """
        with self._pen:
            with self.journal.writing() as writer, self._lock:
                self._take(writer.entries(self._state.seq))
                time = now or datetime.now(UTC)
                made = [writer.add(kind, body, time) for kind, body in decide(self._state)]
            with self._lock:
                self._take(made)
            return made

    def _take(self, entries: Iterable[Entry]) -> None:
        """Take in entries in their order; a reader may have seen some of them already."""
        for entry in entries:
            if entry.seq > self._state.seq:
                self._state.apply(entry)
