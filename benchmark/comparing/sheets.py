"""The comparison for people: sheets of text cells, which the terminal and Markdown both show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmark.comparing.comparison import Comparison, Difference, TrackComparison
from benchmark.comparing.pooling import Cost, TaskComparison
from benchmark.comparing.report import spell_endings
from benchmark.comparing.sampled import ROUNDING, Sampled

_COST = ("seconds", "memory")
_TRACK = ("rank", "solution", "mean score", "tasks", *_COST)
_STANDING = ("solution", "first is ahead by", "mean rank", "win rate", "Elo", "cannot be told from")
_TASK = ("rank", "solution", "score", "of the way", "ok", *_COST, "not ok")
CANNOT_TELL = "cannot tell"
NUMBERS = {"rank", "tasks", "mean rank", "win rate", "Elo", "of the way", "ok", *_COST}


@dataclass(frozen=True)
class Sheet:
    """A titled table; columns named in `NUMBERS` stand on the right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def sheets(comparison: Comparison, pair: Sequence[Difference] = ()) -> list[Sheet]:
    """The pair that was asked for; each track, with the paired standings and its tasks beside each other; each task."""
    found = [_pair(pair)] if pair else []
    for track in comparison.tracks:
        found.append(_track(track))
        if track.differences:
            found.append(_standing(track))
        if len(track.tasks) > 1:
            found.append(_side_by_side(track, comparison.tasks))
    return [*found, *map(_task, comparison.tasks)]


def footer(comparison: Comparison) -> list[str]:
    """What the numbers rest on, a line each; notes last."""
    versions = [f"{package} {' and '.join(found)}" for package, found in comparison.versions.items()]
    return [
        "Intervals are 95 %, by resampling families, paired between solutions; a rank counts those whom the "
        "data show to be ahead. A run that is not ok counts as the constant answer. Elo leaves out those who "
        "win or lose all.",
        f"Latest run {comparison.latest[:16].replace('T', ' ')} UTC, budget {comparison.budget}.",
        *(f"Machine: {machine}." for machine in comparison.machines),
        f"Versions: {', '.join(versions)}.",
        *(f"Note: {note}" for note in comparison.notes),
    ]


def markdown(comparison: Comparison, pair: Sequence[Difference] = ()) -> str:
    """The sheets as Markdown tables, with the footer as a list."""
    parts = ["# Comparison\n"]
    for sheet in sheets(comparison, pair):
        rule = ["---:" if name in NUMBERS else "---" for name in sheet.columns]
        lines = [_markdown_row(cells) for cells in (sheet.columns, rule, *sheet.rows)]
        parts.append(f"## {sheet.title}\n\n" + "\n".join(lines) + "\n")
    parts.append("\n".join(f"- {line}" for line in footer(comparison)) + "\n")
    return "\n".join(parts)


def _markdown_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _track(track: TrackComparison) -> Sheet:
    several = "1 task" if len(track.tasks) == 1 else f"{len(track.tasks)} tasks"
    rows = [
        (
            str(entry.rank),
            entry.solution,
            _with_interval(entry.score),
            f"{entry.answered}/{len(track.tasks)}",
            *_cost(entry.cost),
        )
        for entry in track.entries
    ]
    title = f"Track {track.name}: {several}, the constant answer has {track.constant.value:.3f}"
    return Sheet(title, _TRACK, tuple(rows))


def _standing(track: TrackComparison) -> Sheet:
    ahead = {found.other: _with_interval(found.score, "+.3f") for found in track.differences}
    rows = [
        (
            entry.solution,
            ahead.get(entry.solution, "-"),
            f"{entry.rating.mean_rank:.2f}",
            _number(entry.rating.win_rate, ".2f"),
            _number(entry.rating.elo, ".0f"),
            ", ".join(_not_told_apart(track, entry.solution)) or "-",
        )
        for entry in track.entries
    ]
    return Sheet(f"Track {track.name}: {track.entries[0].solution} against each", _STANDING, tuple(rows))


def _not_told_apart(track: TrackComparison, solution: str) -> list[str]:
    """Those whose paired interval with a solution holds zero."""
    met = (
        track.difference(solution, entry.solution) for entry in track.entries if entry.solution != solution
    )
    return [found.other for found in met if found and _verdict(found) == CANNOT_TELL]


def _side_by_side(track: TrackComparison, tasks: Sequence[TaskComparison]) -> Sheet:
    """A row for each solution, a column for each task; where not all runs are ok, how they ended."""
    columns = [task for task in tasks if task.track == track.name and task.name in track.tasks]
    cells = {
        (entry.solution, task.name): f"{entry.score.value:.3f}"
        + (f" ({spell_endings(entry.endings)})" if entry.answered < entry.asked else "")
        for task in columns
        for entry in task.entries
    }
    rows = [
        (entry.solution, *(cells.get((entry.solution, task.name), "-") for task in columns))
        for entry in track.entries
    ]
    names = tuple(task.name for task in columns)
    return Sheet(f"Track {track.name}: task by task", ("solution", *names), tuple(rows))


def _task(task: TaskComparison) -> Sheet:
    """A task's table, without the columns that have nothing in them."""
    rows = [
        (
            str(entry.rank),
            entry.solution,
            _with_interval(entry.score),
            _number(task.way(entry), "z.0%") if task.oracle is not None else "",
            f"{entry.answered}/{entry.asked}",
            *_cost(entry.cost),
            spell_endings({status: count for status, count in entry.endings.items() if status != "ok"}),
        )
        for entry in task.entries
    ]
    about = [str(task.metric), f"the constant answer has {task.constant.value:.3f}"]
    if task.oracle is not None:
        about.append(f"the oracle {task.oracle:.3f}")
    if task.folds != (None,):
        about.insert(1, f"{len(task.folds)} folds")
    if not task.board:
        about.append("not on the board")
    kept = [place for place in range(len(_TASK)) if any(row[place] for row in rows)]
    return Sheet(
        f"{task.name} {task.version}: {', '.join(about)}",
        tuple(_TASK[place] for place in kept),
        tuple(tuple(row[place] for place in kept) for row in rows),
    )


def _pair(pair: Sequence[Difference]) -> Sheet:
    solution, other = pair[0].solution, pair[0].other
    rows = [
        (
            f"track {found.where}" if found.level == "track" else found.where,
            _with_interval(found.score, "+.3f"),
            _verdict(found),
        )
        for found in pair
    ]
    return Sheet(f"{solution} - {other}", ("on", "paired difference", "better"), tuple(rows))


def _verdict(found: Difference) -> str:
    if found.score.is_above_zero:
        return found.solution
    return found.other if found.score.interval[1] < -ROUNDING else CANNOT_TELL


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _with_interval(found: Sampled, form: str = ".3f") -> str:
    low, high = found.interval
    return f"{found.value:{form}} [{low:{form}}, {high:{form}}]"


def _cost(cost: Cost) -> tuple[str, str]:
    memory = None if cost.peak_memory is None else cost.peak_memory / 1e9
    return _number(cost.seconds, ".1f"), "-" if memory is None else f"{memory:.2f} GB"
