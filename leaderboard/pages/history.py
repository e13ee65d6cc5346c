"""How a team came to its score: the track score of every submission, and the best so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, pairwise

from leaderboard.config import Config, Track
from leaderboard.pages.snapshot import Snapshot
from leaderboard.standings.points import track_score
from leaderboard.views import rounded


@dataclass(frozen=True)
class Point:
    """A submission's score in a track, and the team's best up to then, as shown in public."""

    time: datetime
    score: float
    best: float
    submission: str


class Histories:
    """Histories by team and track. A team's is made again only where it has submissions or scorings that are new."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._made: dict[tuple[str, str], tuple[tuple[int, ...], list[Point], list[Point]]] = {}

    def of(self, snapshot: Snapshot, team: str, track: Track) -> list[Point]:
        """Oldest first; of submissions that answer a task of the track and have been scored."""
        return self._known(snapshot, team, track)[1]

    def steps(self, snapshot: Snapshot, team: str, track: Track) -> list[Point]:
        """Those of them that were better than all before."""
        return self._known(snapshot, team, track)[2]

    def _known(
        self, snapshot: Snapshot, team: str, track: Track
    ) -> tuple[tuple[int, ...], list[Point], list[Point]]:
        key = (*snapshot.marks.get(team, (0, 0)), snapshot.constant.seq if snapshot.constant else 0)
        known = self._made.get((team, track.name))
        if known is None or known[0] != key:
            points = self._points(snapshot, team, track)
            firsts = [
                one for last, one in pairwise([None, *points]) if one and (not last or one.best > last.best)
            ]
            known = self._made[team, track.name] = key, points, firsts
        return known

    def _points(self, snapshot: Snapshot, team: str, track: Track) -> list[Point]:
        names = snapshot.by_team.get(team, ())
        scorings = [snapshot.scorings[name] for name in names if name in snapshot.scorings]
        found = []
        for scoring in scorings:
            exact = track_score(track, scoring, snapshot.constant)
            value = rounded(exact, self._config.public_precision)
            if value is not None:
                found.append((scoring.submission, value))
        best = accumulate((value for _, value in found), max)
        return [
            Point(snapshot.submissions[name].time, value, top, name)
            for (name, value), top in zip(found, best, strict=True)
        ]
