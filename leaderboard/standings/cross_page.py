"""The cross runs as one page that stands on its own: a table of solutions and tasks, and the paired differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

SHADES = 9
_Cell = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """A task, or the mean of a track's: cells by submission, and paired differences by (submission, other)."""

    title: str
    about: str
    constant: float
    cells: dict[str, _Cell]
    differences: dict[tuple[str, str], _Cell]
    best: float

    @property
    def met(self) -> set[str]:
        """The submissions that are compared."""
        return {name for pair in self.differences for name in pair}

    def shade(self, cell: _Cell) -> int:
        """How dark a cell is, from 0 at the constant answer or below to 9 at the best."""
        way: float = (cell["value"] - self.constant) / max(self.best - self.constant, 1e-12)
        return round(SHADES * min(max(way, 0.0), 1.0))


def cross_page(found: Mapping[str, Any]) -> bytes:
    """The page of what `leaderboard.standings.cross.cross` returned: HTML that loads nothing."""
    environment = Environment(
        loader=PackageLoader("leaderboard.standings", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        score=lambda value: f"{value:.3f}".replace("-", "−"),
        signed=lambda value: f"{round(value, 3) + 0.0:+.3f}".replace("-", "−"),
    )
    page = environment.get_template("cross.html")
    return page.render(
        found=found, columns=columns(found), names=names(found["solutions"]), shades=range(SHADES + 1)
    ).encode()


def columns(found: Mapping[str, Any]) -> list[Column]:
    """The tasks, track by track, each track followed by its mean where it has several tasks."""
    made = []
    for track in found["tracks"]:
        of_track = [task for task in found["tasks"] if task["track"] == track["track"]]
        made += [_column(task["task"], task["metric"], task) for task in of_track]
        if len(of_track) > 1:
            made.append(_column(f"{track['track']}: mean", f"of {len(of_track)} tasks", track))
    return made


def names(solutions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What each submission is called: its team's name, with the id where a team has several."""
    teams = [one["team"] for one in solutions]
    return {
        one["submission"]: one["name"]
        if teams.count(one["team"]) == 1
        else f"{one['name']} ({one['submission'][:8]})"
        for one in solutions
    }


def _column(title: str, about: str, content: Mapping[str, Any]) -> Column:
    both: dict[tuple[str, str], _Cell] = {}
    for one in content["differences"]:
        both[one["submission"], one["other"]] = one
        turned = {"value": -one["value"], "low": -one["high"], "high": -one["low"]}
        both[one["other"], one["submission"]] = {**one, **turned}
    cells = {cell["submission"]: cell for cell in content["cells"]}
    best = max((cell["value"] for cell in cells.values()), default=content["constant"])
    return Column(title, about, content["constant"], cells, both, best)
