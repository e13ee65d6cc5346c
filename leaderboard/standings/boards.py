"""Standings: who is where in each track, as a function of the records alone.

A team stands in a track with one submission: on the public board the one of the best public score, on the private one
the best of those it selected. A task without an answer counts as the constant answer does. Teams that the data cannot
tell apart share a rank; baselines stand in the list by score, unranked; removed teams leave.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from benchmark.comparing.sampled import Sampled, mean
from benchmark.errors import UserError
from benchmark.intervals import DRAWS
from leaderboard.config import Track
from leaderboard.contest import Contest
from leaderboard.record.ledger import Ledger
from leaderboard.record.state import Scoring, State, Submission, Team
from leaderboard.scoring.submissions import read_draws
from leaderboard.standings.duels import Duels
from leaderboard.standings.points import Points, constant_value, task_value

_OF_ALL = ("constants", "labels_mended")
_OF_A_TEAM = ("team_added", "team_removed", "token_rotated", "selected")


@dataclass(frozen=True)
class Row:
    """A team in a track. `tasks` has every task of the track, `answered` those that are not the constant answer's.

    `rank` is None for a baseline.
    """

    team: Team
    rank: int | None
    score: Sampled
    tasks: dict[str, Sampled]
    answered: tuple[str, ...]
    submission: Submission


@dataclass(frozen=True)
class TrackBoard:
    """A track's rows, best first: by rank, then score, then time; a baseline before the first team below it."""

    track: Track
    constant: Sampled
    rows: tuple[Row, ...]


@dataclass
class _Table:
    """What is known of one track; `sources` are the scorings that the rows were made from."""

    track: Track
    constant: Sampled
    rows: dict[str, Row] = field(default_factory=dict)
    sources: dict[str, Scoring] = field(default_factory=dict)
    duels: Duels = field(default_factory=Duels)


class Standings:
    """The boards of all tracks, public or private, kept up with the records; threads may share them.

    Only teams that new entries touch are looked at again. Draws are kept of the submissions on the boards alone.
    """

    def __init__(self, contest: Contest, private: bool = False) -> None:
        self._contest, self._private = contest, private
        self._vault = contest.private_draws if private else contest.draws
        self._lock = threading.RLock()
        self._seen = (0, 0)
        self._boards: tuple[TrackBoard, ...] = ()

    def boards(self) -> tuple[TrackBoard, ...]:
        """The boards as of the newest entries, in the order of the tracks."""
        with self._reading() as (state, scores), self._lock:
            if (state.seq, scores.seq) != self._seen:
                self._update(state, scores)
                self._seen = state.seq, scores.seq
            return self._boards

    @contextmanager
    def _reading(self) -> Iterator[tuple[State, State]]:
        """The public state, and the one with the scores that count.

        The private one is read first: what is scored in it, the public one then knows.
        """
        ledger = self._contest.ledger
        if not self._private:
            with ledger.reading() as state:
                yield state, state
            return
        with self._contest.private_ledger.reading() as scores, ledger.reading() as state:
            yield state, scores

    def _update(self, state: State, scores: State) -> None:
        changed = self._changed(state, scores) if self._boards else None
        if changed is None:
            self._begin(scores)
            changed = set(state.teams), set(state.submissions)
        teams, submissions = changed
        for name in submissions:
            self._public.take(state.submissions[name], state)
            if self._private:
                self._counting.take(state.submissions[name], scores)
        for table in self._tables:
            for team in sorted(teams):
                self._enter(table, state.teams[team], state, scores)
        self._boards = tuple(map(_board, self._tables))

    def _begin(self, scores: State) -> None:
        """Forget all but the constant answers."""
        tracks = self._contest.config.tracks
        self._public = Points(tracks)
        self._counting = Points(tracks) if self._private else self._public
        draws = self._draws(scores.constant) if scores.constant else {}
        self._constants = {}
        for name in self._contest.config.tasks:
            value = constant_value(scores.constant, name)
            self._constants[name] = self._sampled(name, value, draws.get(name))
        self._tables = [
            _Table(track, mean([self._constants[name] for name in track.names])) for track in tracks
        ]

    def _changed(self, state: State, scores: State) -> tuple[set[str], set[str]] | None:
        """The teams and submissions that entries touch which are not in the boards yet; None for all of them."""
        teams: set[str] = set()
        submissions: set[str] = set()
        pairs: list[tuple[Ledger, int, State]] = [(self._contest.ledger, self._seen[0], state)]
        if self._private:
            pairs.append((self._contest.private_ledger, self._seen[1], scores))
        for ledger, after, known in pairs:
            for entry in ledger.journal.entries(after):
                if entry.seq > known.seq:
                    break
                if entry.kind in _OF_ALL:
                    return None
                if entry.kind == "scored":
                    submissions.add(entry.body["submission"])
                elif entry.kind in _OF_A_TEAM:
                    teams.add(entry.body["team"])
        return teams | {state.submissions[name].team for name in submissions}, submissions

    def _enter(self, table: _Table, team: Team, state: State, scores: State) -> None:
        """Bring a team's row up to date."""
        best = self._best(table.track.name, team, state) if team.active else None
        scoring = scores.scoring(best.id) if best else None
        if best is None or scoring is None:
            table.rows.pop(team.id, None)
            table.sources.pop(team.id, None)
            table.duels.drop(team.id)
        elif scoring == table.sources.get(team.id):
            table.rows[team.id] = replace(table.rows[team.id], team=team)
        else:
            row = table.rows[team.id] = self._row(table.track, team, best, scoring)
            table.sources[team.id] = scoring
            if not team.baseline:
                table.duels.set(team.id, row.score)

    def _best(self, track: str, team: Team, state: State) -> Submission | None:
        """The submission that a team stands in a track with; None where none enters it.

        Selected ones count where one of them enters the track; else the best public one.
        """
        public = self._public.of(track, team.id)
        if not self._private:
            return _highest(public, public, state)
        chosen = [name for name in state.selections.get(team.id, ()) if name in public]
        if not chosen:
            best = _highest(public, public, state)
            chosen = [best.id] if best else []
        return _highest(chosen, self._counting.of(track, team.id), state)

    def _row(self, track: Track, team: Team, submission: Submission, scoring: Scoring) -> Row:
        draws = self._draws(scoring)
        tasks, answered = {}, []
        for name in track.names:
            value = task_value(scoring, name)
            if value is None:
                tasks[name] = self._constants[name]
                continue
            tasks[name] = self._sampled(name, value, draws.get(name))
            answered.append(name)
        return Row(team, None, mean(list(tasks.values())), tasks, tuple(answered), submission)

    def _draws(self, scoring: Scoring) -> dict[str, NDArray[np.float64]]:
        try:
            return read_draws(self._vault, scoring.draws)
        except FileNotFoundError as error:
            raise UserError(
                "The draws of a scoring are missing: the boards cannot be made.",
                given=str(error.filename),
                do="Restore the file from a backup; `classmark competition verify DIR` lists all that are missing.",
            ) from None

    def _sampled(self, task: str, value: float, draws: NDArray[np.float64] | None) -> Sampled:
        bounds = self._contest.task(task).metric.bounds
        return Sampled(value, np.full(DRAWS, value) if draws is None else draws, bounds)


def full(contest: Contest, private: bool = False) -> tuple[TrackBoard, ...]:
    """The boards, from the records alone."""
    return Standings(contest, private).boards()


def _highest(names: Iterable[str], scores: dict[str, float], state: State) -> Submission | None:
    """The submission of the highest score, among equals the earliest; of those that have one."""
    known = [state.submissions[name] for name in names if name in scores]
    return max(known, key=lambda one: (scores[one.id], -one.seq), default=None)


def _board(table: _Table) -> TrackBoard:
    ranks = table.duels.ranks()
    ranked = [replace(row, rank=ranks[name]) for name, row in table.rows.items() if name in ranks]
    rows = sorted(ranked, key=lambda row: (row.rank or 0, *_merit(row)))
    for baseline in sorted((row for row in table.rows.values() if row.team.baseline), key=_merit):
        below = (place for place, row in enumerate(rows) if row.score.value < baseline.score.value)
        rows.insert(next(below, len(rows)), baseline)
    return TrackBoard(table.track, table.constant, tuple(rows))


def _merit(row: Row) -> tuple[float, int, str]:
    return -row.score.value, row.submission.seq, row.team.id
