"""The gate: an organizer opens or closes a competition by hand, in the middle of a phase or after the last."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from benchmark.errors import UserError
from leaderboard.contest import Contest
from leaderboard.record.accepting import MOST_NOTE, plain
from leaderboard.record.ledger import Addition
from leaderboard.record.state import State

Gate = Literal["open", "closed", "by the dates"]
_KINDS = {"open": "gate_opened", "closed": "gate_closed", "by the dates": "gate_freed"}


def move_gate(contest: Contest, to: Gate, reason: str, now: datetime | None = None) -> None:
    """Record what holds from now on, and why: open or closed whatever the dates say, or as the dates say.

    UserError once the end is recorded.
    """
    reason = plain(reason)[:MOST_NOTE]
    if not reason:
        raise UserError("A reason is needed: teams are told it.", do="--reason TEXT")

    def decide(state: State) -> list[Addition]:
        if state.final is not None:
            raise UserError(
                "The competition has ended for good; its gate stays closed.",
                allowed="opening and closing before `close --final`",
                given=f"the end at {state.final['time']}",
                do="For more submissions make a new competition: classmark competition new DIR",
            )
        return [(_KINDS[to], {"reason": reason})]

    contest.ledger.record(decide, now)
