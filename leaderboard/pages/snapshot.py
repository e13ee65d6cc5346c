"""What the public record says at one moment, copied, so that pages are made without holding the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from leaderboard.contest import Contest
from leaderboard.record.state import Scoring, Submission, Team


@dataclass(frozen=True)
class Snapshot:
    """The state as of entry `seq`; of each submission the newest scoring. Teams that were removed are left out.

    `marks` are of each team how many submissions are scored, and the newest scoring's number: equal where all are.
    """

    seq: int
    head: str
    teams: dict[str, Team]
    submissions: dict[str, Submission]
    by_team: dict[str, tuple[str, ...]]
    scorings: dict[str, Scoring]
    marks: dict[str, tuple[int, int]]
    constant: Scoring | None
    gate: str
    reason: str
    final: dict[str, Any] | None
    rescorings: tuple[dict[str, Any], ...]
    rescoring: dict[str, Any] | None

    def of_team(self, team: str) -> list[Submission]:
        """A team's submissions, oldest first."""
        return [self.submissions[name] for name in self.by_team.get(team, ())]


def take_snapshot(contest: Contest, known: Snapshot | None = None) -> Snapshot:
    """The newest; the one that is `known`, where nothing was written since."""
    with contest.ledger.reading() as state:
        if known and known.seq == state.seq:
            return known
        teams = {name: team for name, team in state.teams.items() if team.active}
        scorings = {name: found[-1] for name, found in state.scorings.items()}
        seqs = {
            team: [scorings[name].seq for name in state.by_team.get(team, ()) if name in scorings]
            for team in teams
        }
        return Snapshot(
            seq=state.seq,
            head=state.head,
            teams=teams,
            submissions=dict(state.submissions),
            by_team={name: tuple(state.by_team.get(name, ())) for name in teams},
            scorings=scorings,
            marks={team: (len(found), max(found, default=0)) for team, found in seqs.items()},
            constant=state.constant,
            gate=state.gate,
            reason=state.reason,
            final=state.final,
            rescorings=tuple(state.rescorings),
            rescoring=state.rescoring,
        )
