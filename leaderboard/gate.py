"""The gate: an organizer opens or closes a competition by hand, in the middle of a phase or after the last."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from benchmark.errors import UserError
from leaderboard.accepting import MOST_NOTE, plain
from leaderboard.contest import Contest
from leaderboard.ledger import Addition
from leaderboard.state import State


def move_gate(
    contest: Contest, to: Literal["open", "closed"], reason: str, now: datetime | None = None
) -> None:
    """Record that the gate is open or closed from now on, and why. UserError once the end is recorded."""
    reason = plain(reason)[:MOST_NOTE]
    if not reason:
        raise UserError("A reason is needed: teams are told it.", do="--reason TEXT")

    def decide(state: State) -> list[Addition]:
        if state.final is not None:
            raise UserError("The competition has ended for good; its gate stays closed.")
        return [("gate_opened" if to == "open" else "gate_closed", {"reason": reason})]

    contest.ledger.record(decide, now)
