"""Which of its submissions a team wants to count on the private part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from leaderboard.contest import Contest
from leaderboard.record.ledger import Addition
from leaderboard.record.refusal import Refusal
from leaderboard.record.state import State


def select(
    contest: Contest, team: str, submissions: Sequence[str], now: datetime | None = None
) -> tuple[str, ...]:
    """Record a team's choice, which replaces the one before; none leaves it to the best public score.

    Refusal: `unknown` for a submission that is not the team's, `invalid` for too many, `closed` after the end.
    """
    now = now or datetime.now(UTC)
    chosen = tuple(dict.fromkeys(submissions))

    def decide(state: State) -> list[Addition]:
        _require_selecting(contest, state, now)
        if not state.teams[team].active:
            raise Refusal("not yours", "The team has been removed from the competition.")
        own = state.by_team.get(team, [])
        if strange := [name for name in chosen if name not in own]:
            raise Refusal("unknown", "The team has no such submission.", given=", ".join(strange))
        if len(chosen) > contest.config.selected:
            raise Refusal(
                "invalid",
                "These are too many submissions.",
                allowed=f"at most {contest.config.selected}",
                given=str(len(chosen)),
            )
        if state.selections.get(team, ()) == chosen:
            return []
        return [("selected", {"team": team, "submissions": list(chosen)})]

    contest.ledger.record(decide, now)
    return chosen


def _require_selecting(contest: Contest, state: State, now: datetime) -> None:
    """Refusal once submissions are over for good; between two phases a team may choose."""
    over = contest.config.phase_at(now) is None and contest.config.next_phase(now) is None
    if state.final is not None or state.gate == "closed" or (over and state.gate != "open"):
        raise Refusal(
            "closed", "Selections are closed.", given=state.reason, do="The selection stands as it was."
        )
