"""Who is ahead: every task, every track, and paired differences.

A track's score is the mean headline over its tasks on the board. Its draws are means of the tasks' draws:
families are resampled, tasks are fixed. A solution enters a track with a record on any of the track's board
tasks, whatever its status, and then counts on all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from benchmark.comparing.pooling import Cost, TaskComparison, TaskEntry, merge_costs, pool
from benchmark.comparing.ratings import Rating, rate
from benchmark.comparing.sampled import Sampled, mean, ranks
from benchmark.comparing.selection import Selection, latest, machine, spell_budget
from benchmark.errors import UserError, unknown_name
from benchmark.records import Record


@dataclass(frozen=True)
class TrackEntry:
    """A solution's line in a track; `answered` counts the tasks on which all its runs ended ok."""

    solution: str
    rank: int
    score: Sampled
    answered: int
    rating: Rating
    cost: Cost


@dataclass(frozen=True)
class Difference:
    """By how much `solution` is ahead of `other`, paired, on the track or task named `where`."""

    level: Literal["track", "task"]
    where: str
    solution: str
    other: str
    score: Sampled


@dataclass(frozen=True)
class TrackComparison:
    """All solutions of a track, best first, over its tasks on the board."""

    name: str
    tasks: tuple[str, ...]
    constant: Sampled
    entries: tuple[TrackEntry, ...]

    def difference(self, solution: str, other: str) -> Difference | None:
        """`solution` - `other`; None where one of them has not entered."""
        scores = {entry.solution: entry.score for entry in self.entries}
        return _difference("track", self.name, scores, solution, other)

    @property
    def differences(self) -> list[Difference]:
        """By how much the first is ahead of each other."""
        first, *others = self.entries
        found = (self.difference(first.solution, other.solution) for other in others)
        return [difference for difference in found if difference]


@dataclass(frozen=True)
class Comparison:
    """What the records say.

    `latest` is when the last run started; `versions` and `machines` are all that occur.
    """

    tracks: tuple[TrackComparison, ...]
    tasks: tuple[TaskComparison, ...]
    budget: str
    latest: str
    versions: dict[str, list[str]]
    machines: list[str]
    notes: tuple[str, ...]

    @property
    def solutions(self) -> list[str]:
        return sorted({entry.solution for task in self.tasks for entry in task.entries})

    def pair(self, solution: str, other: str) -> list[Difference]:
        """`solution` - `other` on each track and task that both have entered.

        Raises UserError for a solution that is not compared, and where the two have met nowhere.
        """
        for name in (solution, other):
            if name not in self.solutions:
                raise unknown_name("compared solution", name, self.solutions)
        found = [track.difference(solution, other) for track in self.tracks]
        for task in self.tasks:
            scores = {entry.solution: entry.score for entry in task.entries}
            found.append(_difference("task", task.name, scores, solution, other))
        if not any(found):
            raise UserError(f"{solution} and {other} have no task in common.", do="Run both on one task.")
        return [difference for difference in found if difference]


def _difference(
    level: Literal["track", "task"], where: str, scores: dict[str, Sampled], solution: str, other: str
) -> Difference | None:
    if not {solution, other} <= set(scores):
        return None
    return Difference(level, where, solution, other, scores[solution] - scores[other])


def compare(selection: Selection) -> Comparison:
    """Compare all that is in a selection of records."""
    tasks = [pool(runs) for runs in _with_entrants(selection)]
    tasks.sort(key=lambda task: (task.track, not task.board, task.name))
    by_track: dict[str, list[TaskComparison]] = {}
    for task in tasks:
        if task.board:
            by_track.setdefault(task.track, []).append(task)
    records = selection.records
    return Comparison(
        tracks=tuple(_track(name, together) for name, together in by_track.items()),
        tasks=tuple(tasks),
        budget=spell_budget(records[0].run["budget"]),
        latest=latest(records).run["started"],
        versions=_versions(records),
        machines=sorted({machine(record) for record in records}),
        notes=(*selection.notes, *_notes(tasks, selection)),
    )


def _with_entrants(selection: Selection) -> Iterable[dict[str, list[Record]]]:
    """The records of each task by solution; none for those who entered its track and were not run on it."""
    entrants, _ = _entrants(selection)
    for records in selection.tasks.values():
        runs: dict[str, list[Record]] = {name: [] for name in sorted(entrants[_entered(records)])}
        for record in records:
            if selection.label(record) in runs:
                runs[selection.label(record)].append(record)
        if runs:
            yield runs


def _entrants(selection: Selection) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Who entered each track, and who stays out of it because it supports none of the track's tasks."""
    entrants: dict[str, set[str]] = {}
    asked: dict[str, set[str]] = {}
    for records in selection.tasks.values():
        supported = [record for record in records if record.run["status"] != "unsupported"]
        entrants.setdefault(_entered(records), set()).update(map(selection.label, supported))
        asked.setdefault(_entered(records), set()).update(map(selection.label, records))
    return entrants, {where: asked[where] - entrants[where] for where in asked}


def _entered(records: list[Record]) -> str:
    """What a record of a task enters its solution for: the track, or the task alone if not on the board."""
    run = latest(records).run
    return f"track {run['track']}" if run["board"] else f"task {run['task']}"


def _track(name: str, tasks: list[TaskComparison]) -> TrackComparison:
    entries: dict[str, list[TaskEntry]] = {}
    for task in tasks:
        for entry in task.entries:
            entries.setdefault(entry.solution, []).append(entry)
    scores = {solution: mean([entry.score for entry in found]) for solution, found in entries.items()}
    places = dict(zip(scores, ranks(list(scores.values())), strict=True))
    ratings = rate({solution: [entry.score.value for entry in found] for solution, found in entries.items()})
    lines = [
        TrackEntry(
            solution=solution,
            rank=places[solution],
            score=score,
            answered=sum(entry.answered == entry.asked for entry in entries[solution]),
            rating=ratings[solution],
            cost=merge_costs((entry.cost for entry in entries[solution]), sum),
        )
        for solution, score in scores.items()
    ]
    return TrackComparison(
        name,
        tuple(task.name for task in tasks),
        mean([task.constant for task in tasks]),
        tuple(sorted(lines, key=lambda entry: (entry.rank, -entry.score.value, entry.solution))),
    )


def _versions(records: list[Record]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for record in records:
        for package, version in record.run["versions"].items():
            found.setdefault(package, set()).add(version)
    return {package: sorted(found[package]) for package in sorted(found)}


def _notes(tasks: list[TaskComparison], selection: Selection) -> list[str]:
    notes = []
    for task in tasks:
        folds = latest(selection.tasks[task.name]).run["folds"]
        if folds is not None and len(task.folds) < folds:
            notes.append(f"{task.name}: only {len(task.folds)} of its {folds} folds were run by anyone.")
        if not task.board:
            notes.append(f"{task.name} is not on the board: it counts in no track.")
    _, outside = _entrants(selection)
    notes += [
        f"{', '.join(sorted(names))}: not in {where}, no task of which is supported."
        for where, names in sorted(outside.items())
        if names
    ]
    return notes
