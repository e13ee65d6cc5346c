"""What every page is made from: settings, one snapshot, the boards; and the little arithmetic that pages share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from markupsafe import Markup

from benchmark.comparing.sampled import Sampled
from leaderboard.config import Config, Phase, Track
from leaderboard.contest import Contest
from leaderboard.pages import svg
from leaderboard.pages.history import Histories, Point
from leaderboard.pages.snapshot import Snapshot
from leaderboard.standings.boards import Row, TrackBoard

TOP = 10


@dataclass(frozen=True)
class Shown:
    """A score as it is shown in public: rounded, with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class View:
    """The competition at one moment. `published`: for a folder of files, where only the first teams are compared."""

    contest: Contest
    snapshot: Snapshot
    boards: tuple[TrackBoard, ...]
    histories: Histories
    now: datetime
    published: bool = False
    _rows: dict[tuple[str, str], Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for board in self.boards:
            for row in board.rows:
                self._rows[board.track.name, row.team.id] = row

    @property
    def config(self) -> Config:
        return self.contest.config

    @property
    def opens(self) -> datetime:
        return self.config.phases[0].opens

    @property
    def closes(self) -> datetime:
        return self.config.phases[-1].closes

    @cached_property
    def until(self) -> datetime:
        """Where plots over time end: now, or the close where that is over; never before the last submission."""
        last = max((one.time for one in self.snapshot.submissions.values()), default=self.opens)
        return max(min(self.now, self.closes), last, self.opens)

    @property
    def phase(self) -> Phase | None:
        """The phase in which submissions are taken now, as long as the dates say."""
        by_hand = self.snapshot.final is not None or self.snapshot.gate != ""
        return None if by_hand else self.config.phase_at(self.now)

    def row(self, track: str, team: str) -> Row | None:
        return self._rows.get((track, team))

    def place(self, track: Track) -> int:
        """The track's place among the tracks, from 1: its colour."""
        return self.config.tracks.index(track) + 1

    def shown(self, sampled: Sampled) -> Shown:
        low, high = sampled.interval
        return Shown(self.round(sampled.value), self.round(low), self.round(high))

    def round(self, value: float) -> float:
        return round(value, self.config.public_precision) + 0.0

    def history(self, team: str, track: Track) -> list[Point]:
        """The scores of a team's submissions in a track, oldest first."""
        return self.histories.of(self.snapshot, team, track)

    def steps(self, team: str, track: Track) -> list[Point]:
        """Those that were better than all before."""
        return self.histories.steps(self.snapshot, team, track)

    def constant(self, task: str) -> float | None:
        """The constant answer's score on a task."""
        found = self.snapshot.constant.tasks.get(task) if self.snapshot.constant else None
        return None if found is None or found.value is None else self.round(found.value)

    def compared(self, one: str, other: str) -> bool:
        """Whether there is a page that compares the two."""
        if one == other:
            return False
        tops = [{row.team.id for row in board.rows[:TOP]} for board in self.boards]
        return not self.published or any({one, other} <= top for top in tops)

    def sparkline(self, team: str, track: Track) -> Markup:
        points = self.steps(team, track)
        whole = max((self.closes - self.opens).total_seconds(), 1)
        times = [max((one.time - self.opens).total_seconds(), 0) / whole for one in points]
        until = max([(self.until - self.opens).total_seconds() / whole, *times])
        bests = [one.best for one in points]
        label = f"best score from {bests[0]:g} to {bests[-1]:g}" if points else ""
        return svg.sparkline(bests, [time / until for time in times] if until else times, 1.0, label)

    def whiskers(
        self, scores: Mapping[str, Shown], baselines: Collection[str] = (), least_digits: int = 0
    ) -> dict[str, Markup]:
        """A dot and whisker for each name, on one scale; the lowest tenth and low baselines may lie below it."""
        own = [one for name, one in scores.items() if name not in baselines] or list(scores.values())
        own = sorted(own, key=lambda one: one.value)[len(own) // 10 :]
        own += [one for name, one in scores.items() if name in baselines and one.value > own[-1].value]
        scale = svg.row_scale([edge for one in own for edge in (one.low, one.high)])
        digits = max(self.config.public_precision, least_digits)
        return {
            name: svg.whisker(
                scale,
                one.value,
                one.low,
                one.high,
                f"{one.value:.{digits}f}, 95 % interval {one.low:.{digits}f} to {one.high:.{digits}f}",
                "baseline" if name in baselines else "value",
            )
            for name, one in scores.items()
        }


def compare_path(one: str, other: str) -> str:
    """The address of the page that compares two teams, whichever way round they are named."""
    first, second = sorted((one, other))
    return f"compare/{first}--{second}.html"
