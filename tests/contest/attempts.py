"""What teams do in four months: when each of them submits, which tasks it answers, and how well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from contests import answer

from leaderboard.contest import Contest

DAYS = 120
RUSH = 0.25
"""The share of all submissions that comes on the last day."""
LEVELS, VARIANTS = 30, 10


@dataclass(frozen=True)
class Attempt:
    """A submission to be: `at` counts from 0, the opening, to 1, the close."""

    at: float
    team: int
    files: dict[str, Path]

    @property
    def in_rush(self) -> bool:
        return self.at >= 1 - 1 / DAYS


class Answers:
    """Predictions files by task, level (0 wrong, LEVELS - 1 nearly right) and variant; each is made once."""

    def __init__(self, contest: Contest, folder: Path) -> None:
        self._contest, self._folder = contest, folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, task: str, level: int, variant: int) -> Path:
        path = self._folder / f"{task}-{level}-{variant}.parquet"
        if not path.is_file():
            wrong = 1 - 0.97 * (level + 1) / LEVELS
            frame = answer(self._contest.task(task), wrong, seed=level * VARIANTS + variant)
            frame.to_parquet(path, index=False)
        return path


def attempts(
    contest: Contest, answers: Answers, teams: int, submissions: int, seed: int = 1
) -> list[Attempt]:
    """All attempts in the order of time.

    A few teams submit most; attempts grow denser over the months, and a quarter of them comes on the last day, most
    in its last hours. Some teams answer one track, some leave a task out, and most get better.
    """
    rng = np.random.default_rng(seed)
    counts = 1 + rng.multinomial(submissions - teams, rng.dirichlet(np.full(teams, 0.8)))
    found = []
    for team, count in enumerate(counts):
        tasks = _chosen(contest, rng, team)
        skill, rate = rng.beta(4, 2), rng.uniform(1, 6)
        for number, at in enumerate(_moments(rng, int(count))):
            reached = skill * (1 - 0.6 * np.exp(-rate * number / count))
            files = {task: answers.path(task, *_quality(rng, reached)) for task in tasks}
            found.append(Attempt(float(at), team, files))
    return sorted(found, key=lambda one: one.at)


def _moments(rng: np.random.Generator, count: int) -> Sequence[float]:
    last_day = 1 / DAYS
    late = rng.random(count) < RUSH
    moments = np.where(late, 1 - last_day * rng.beta(1, 3, count), (1 - last_day) * rng.beta(1.3, 0.9, count))
    return list(np.sort(moments))


def _chosen(contest: Contest, rng: np.random.Generator, team: int) -> list[str]:
    tracks = [list(track.names) for track in contest.config.tracks]
    if team % 5 < len(tracks) and team % 5 != 4:
        return tracks[team % 5]
    tasks = [name for names in tracks for name in names]
    return tasks if team % 3 else [name for name in tasks if name != rng.choice(tasks)]


def _quality(rng: np.random.Generator, reached: float) -> tuple[int, int]:
    level = int(np.clip(round(reached * LEVELS + rng.normal(0, 0.7)), 0, LEVELS - 1))
    return level, int(rng.integers(VARIANTS))
