"""A competition in full swing, made up in seconds: plausible scores in the real journal and vault.

On toy tasks that bear the names of the embedded ones, or on those of a home where the embedded ones are prepared.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from toys import toy_task

from leaderboard.contest import Contest
from leaderboard.record.journal import Writer
from leaderboard.record.vault import Vault
from leaderboard.scoring.rescoring import moves, places
from leaderboard.standings.boards import full
from leaderboard.standings.closing import close

OPENED = datetime(2026, 9, 1, tzinfo=UTC)
CLOSES = datetime(2027, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
DRAWS = 1000
TOML = """
name = "shelves"
title = "The Shelf Marks 2026"
text = \"\"\"
Put the records of **multimodal tables** on the right shelf, and find the ones that belong together. Two tracks,
six tasks, texts in five languages, numbers and pictures side by side.
\"\"\"
contact = "hosts@shelves.example"
prize = false
[quota]
per_day = 5
[[phases]]
name = "warm-up"
opens = 2026-09-01T00:00:00Z
closes = 2026-10-01T00:00:00Z
[[phases]]
name = "main"
opens = 2026-10-01T00:00:00Z
closes = 2027-01-01T00:00:00Z
[[tracks]]
name = "classification"
title = "Multimodal classification"
tasks = ["product_type@1.0.0", "tax_category@1.0.0", "music_genre@1.0.0", "returns_disposition@1.0.0"]
prizes = ["10,000 EUR", "5,000 EUR", "2,000 EUR"]
[[tracks]]
name = "matching"
title = "Record matching"
tasks = ["duplicates@1.0.0", "variants@1.0.0"]
prizes = ["10,000 EUR", "5,000 EUR", "2,000 EUR"]
"""
RULES = """# Rules

## Who may take part

Teams of up to five people. One token per team; do not share it.

## Submissions

- Five a day of UTC. A file that fails the checks costs nothing.
- Select up to two submissions for the private part; without a choice the best public one counts.

| what | how much |
|---|---|
| submissions a day | 5 |
| selected | 2 |

## Fair play

Labels of test rows may not be made by hand. <script>alert("never run")</script>
"""
CEILINGS = {
    "product_type": 0.80,
    "tax_category": 0.70,
    "music_genre": 0.66,
    "returns_disposition": 0.55,
    "duplicates": 0.62,
    "variants": 0.58,
}
KINDS = {"duplicates": "matching", "variants": "clustering"}
BASELINES = {
    "constant answer": 0.0,
    "tfidf_linear": 0.45,
    "neighbours": 0.5,
    "autogluon": 0.78,
    "blend": 0.84,
}
NAMES = (
    "Żubr Labs", "Книжный шкаф", "Gradient Descent into Madness", "Les Étagères", "O'Reilly & Söhne",
    "Dewey Decimators",
    "<b>bold</b> & \"quoted\"", "قافلة البيانات", "Null Hypothesis", "Team 7", "Overfit Anonymous", "Kernel Panic",
    "Random Forest Rangers", "Die Bibliothekare", "Stack Overflowers", "Boost & Found", "Los Vecinos Cercanos",
    "Softmax Cats", "Paperclip Maximizers", "The Embedders", "=cmd|calc", "Quantile Quokkas", "Label Smoothies",
    "Northern Lights ML", "Late Fusion", "Early Stopping", "Bag of Words", "Marginalia", "Catalogue Cowboys",
    "Tensor & Spice", "Recall Me Maybe", "Precision Farming", "F1 Racers", "Half a Shelf", "Hypatia", "Pinakes",
    "Colophon", "Incunabula", "Sparse Attention", "Dense Retrievers", "Cold Start", "Warm Start", "Ω-team",
    "MultiModal Mafia", "Vector Viennese", "Data Dobrze", "Table Manners", "Rows Before Pros", "Left Outer Joint",
    "Cluster Buster", "Union Find", "Edit Distance", "Blocking Party", "Golden Record", "Entity of Interest",
    "Pairwise Comparisons", "Transitive Closure", "Dedupe Troop", "Soft Launch",
    "A team with quite a long name, to see how it wraps",
)  # fmt: skip


@dataclass(frozen=True)
class _Entrant:
    """Who submits, how good they are in the end, by task, and when their submissions come."""

    team: str
    skill: dict[str, float]
    times: list[datetime]


def made_contest(
    folder: Path,
    teams: int = 60,
    submissions: int = 500,
    tasks_home: Path | None = None,
    seed: int = 5,
    queued: int = 2,
    distinct_draws: int | None = None,
    final: bool = False,
    name: str = "",
) -> Contest:
    """A whole competition in `folder`: five baselines, `teams` teams and their `submissions` of three months.

    The last `queued` of them are not scored yet. `distinct_draws` bounds how many files of draws are written; beyond
    it submissions share them, which is of no harm where speed is looked at. `final`: all are scored on the private part
    too, some teams have selected submissions, and the competition is closed. `name` is the first team's.
    """
    (folder / "private").mkdir(parents=True)
    (folder / "competition.toml").write_text(TOML, encoding="utf-8")
    (folder / "rules.md").write_text(RULES, encoding="utf-8")
    os.environ["CLASSMARK_HOME"] = str(folder / "home")
    for task in CEILINGS:
        if tasks_home:
            for room in ("tasks", "hidden"):
                shutil.copytree(
                    tasks_home / room / task, folder / "home" / room / task, copy_function=os.link
                )
        else:
            toy_task(KINDS.get(task, "classification"), name=task, title=task.replace("_", " ").capitalize())
    contest = Contest(folder)
    for ledger in (contest.ledger, contest.private_ledger):
        ledger.journal.create()
    rng = np.random.default_rng(seed)
    scores = _Scores(contest.draws, rng, distinct_draws)
    with contest.ledger.journal.writing() as writer:
        writer.add("opened_book", {"name": contest.config.name}, OPENED)
        writer.add("constants", scores.body("", dict.fromkeys(CEILINGS, 0.0)), OPENED)
        entrants = [*_baselines(writer), *_teams(writer, rng, teams, submissions, name)]
        events = sorted((time, place) for place, one in enumerate(entrants) for time in one.times)
        done = [0] * len(entrants)
        for number, (time, place) in enumerate(events):
            one = entrants[place]
            done[place] += 1
            reached = {
                task: end * (1 - 0.55 * np.exp(-done[place] / max(len(one.times) / 3, 1)))
                if len(one.times) > 1
                else end
                for task, end in one.skill.items()
            }
            _submit(writer, scores, one, number, time, reached, final or number < len(events) - queued)
    _finish(contest, rng) if final else _begin_private(contest)
    return contest


def _begin_private(contest: Contest) -> None:
    with contest.private_ledger.journal.writing() as writer:
        writer.add("opened_book", {"name": contest.config.name}, OPENED)


def _finish(contest: Contest, rng: np.random.Generator) -> None:
    """Private scores a little below the public ones, selections of some teams, the close."""
    _begin_private(contest)
    scores = _Scores(contest.private_draws, rng, None, noise=0.006)
    with contest.ledger.reading() as state, contest.private_ledger.journal.writing() as writer:
        writer.add("constants", scores.body("", dict.fromkeys(CEILINGS, 0.0)), OPENED)
        for name, [scoring] in state.scorings.items():
            drop = abs(rng.normal(0, 0.012))
            reached = {task: _share(task, one.value or 0) - drop for task, one in scoring.tasks.items()}
            writer.add("scored", scores.body(name, reached), scoring.time)
        teams = [team for team in state.by_team if not state.teams[team].baseline]
        chosen = {team: state.by_team[team][-2:] for team in teams[::3]}
    for team, submissions in chosen.items():
        body = {"team": team, "submissions": submissions}
        contest.ledger.record(lambda state, body=body: [("selected", body)], CLOSES)  # type: ignore[misc]
    close(contest, CLOSES)


def mend(contest: Contest, task: str, reason: str, seed: int = 6) -> None:
    """As if labels of a task had been mended: all who did it are scored on it again, and it is told who moved."""
    before, rng = places(full(contest)), np.random.default_rng(seed)
    scores = _Scores(contest.draws, rng, None, noise=0.0)
    with contest.ledger.reading() as state:
        scorings = dict(state.scorings)
    with contest.ledger.journal.writing() as writer:
        for name, [*_, last] in scorings.items():
            if task in last.tasks:
                reached = {at: _share(at, one.value or 0) for at, one in last.tasks.items()}
                reached[task] += rng.normal(0, 0.02)
                writer.add("scored", scores.body(name, reached, reason), NOW)
    body = {
        "reason": reason,
        "scorer": "classmark 0.1.0",
        "tasks": [task],
        "moves": moves(before, places(full(contest))),
    }
    contest.ledger.record(lambda state: [("rescored", body)], NOW)


class _Scores:
    """Values and draws of scorings: draws of one task share most of their noise, so that differences are narrow."""

    def __init__(
        self, vault: Vault, rng: np.random.Generator, most: int | None, noise: float = 0.012
    ) -> None:
        self._vault, self._rng, self._most, self._noise = vault, rng, most, noise
        self._common = {name: rng.normal(0, 0.02, DRAWS) for name in CEILINGS}
        self._kept: list[str] = []
        vault.incoming.mkdir(parents=True, exist_ok=True)

    def body(self, submission: str, reached: dict[str, float], reason: str = "") -> dict[str, Any]:
        tasks, draws = {}, {}
        for name, share in reached.items():
            noise = 0.0 if not submission else self._rng.normal(0, self._noise)
            value = float(np.clip(_low_end(name) + share * _way(name) + noise, 0.0, 1.0))
            wide = self._common[name] * (0.2 if not submission else 1.0)
            draws[name] = np.clip(value + wide + self._rng.normal(0, 0.008, DRAWS) * bool(submission), 0, 1)
            reach = float(np.quantile(np.abs(draws[name] - value), 0.95))
            tasks[name] = {
                "status": "ok",
                "value": value,
                "low": max(value - reach, 0),
                "high": min(value + reach, 1),
            }
        return {
            "submission": submission,
            "tasks": tasks,
            "draws": self._keep(draws),
            "scorer": "classmark 0.1.0",
            "reason": reason,
        }

    def _keep(self, draws: dict[str, NDArray[np.float64]]) -> str:
        if self._most is not None and len(self._kept) >= self._most:
            return self._kept[int(self._rng.integers(len(self._kept)))]
        buffer = io.BytesIO()
        np.savez(buffer, **{name: found.astype(np.float32) for name, found in draws.items()})  # type: ignore[arg-type]
        draft = self._vault.draft([buffer.getvalue()])
        os.replace(draft.path, self._vault.path(draft.digest))
        self._kept.append(draft.digest)
        return draft.digest


def _low_end(task: str) -> float:
    """What the constant answer has."""
    return 0.0 if task in KINDS else 0.02


def _way(task: str) -> float:
    return CEILINGS[task] - _low_end(task)


def _share(task: str, value: float) -> float:
    """How far on the way from the constant answer to the best a value is."""
    return (value - _low_end(task)) / _way(task)


def _baselines(writer: Writer) -> Iterator[_Entrant]:
    for place, (name, skill) in enumerate(BASELINES.items()):
        team = name.replace(" ", "-").replace("_", "-")
        writer.add("team_added", {"team": team, "name": name, "token": "", "baseline": True}, OPENED)
        yield _Entrant(team, dict.fromkeys(CEILINGS, skill), [OPENED + timedelta(minutes=place + 1)])


def _teams(
    writer: Writer, rng: np.random.Generator, teams: int, submissions: int, first: str
) -> Iterator[_Entrant]:
    shares = rng.dirichlet(np.full(teams, 0.7))
    counts = np.maximum(1, np.round(shares * submissions).astype(int))
    for place in range(teams):
        name = NAMES[place] if place < len(NAMES) else f"Team {place + 1}"
        name = first if first and not place else name
        team = f"team-{place + 1}"
        joined = OPENED + timedelta(minutes=10 + place)
        body = {"team": team, "name": name, "token": f"{place:064x}", "baseline": False}
        writer.add("team_added", body, joined)
        level = float(np.clip(rng.beta(5, 2.2) * 1.05, 0.15, 1.03))
        answered = list(CEILINGS)
        if place % 7 == 3:
            answered = answered[:4]
        elif place % 7 == 5:
            answered = answered[4:]
        elif place % 9 == 4:
            answered = answered[:3] + answered[4:5]
        skill = {task: float(np.clip(level + rng.normal(0, 0.05), 0.05, 1.05)) for task in answered}
        span = (NOW - joined).total_seconds()
        times = [
            joined + timedelta(seconds=float(at) * span)
            for at in sorted(rng.beta(1.6, 0.9, int(counts[place])))
        ]
        yield _Entrant(team, skill, times)


def _submit(
    writer: Writer,
    scores: _Scores,
    one: _Entrant,
    number: int,
    time: datetime,
    reached: dict[str, float],
    scored: bool,
) -> None:
    name = f"{number:016x}"
    body = {
        "id": name,
        "team": one.team,
        "form": "predictions",
        "files": {task: f"{number:064x}" for task in sorted(reached)},
        "digest": f"{number:064x}",
        "note": f"attempt {number}: <i>more</i> trees",
        "key": str(number),
        "phase": "main",
    }
    writer.add("accepted", body, time)
    if scored:
        writer.add("scored", scores.body(name, reached), time + timedelta(seconds=20))
