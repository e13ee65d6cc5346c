"""What each modality adds to a task: column sets scored with the task's headline, differences paired by family."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np

from baselines.ablating.classes import Classifying
from baselines.ablating.learners import LEARNERS, Learner
from baselines.ablating.modalities import ColumnSet, column_sets, columns_of, left_out
from baselines.ablating.pairs import LEAST_FOLDS, Pairing
from baselines.ablating.rows import Rows, load_rows
from benchmark.errors import UserError, require
from benchmark.files import write_json
from benchmark.intervals import Estimate, estimate, interval
from benchmark.kinds import kind_of
from benchmark.task import Task

SCHEMA = 1
FILE = "ablation.json"
PLOT = "ablation.svg"
_PACKAGES = ("classmark", "numpy", "pandas", "scikit-learn", "lightgbm", "pillow")

Progress = Callable[[str, int, int], None]
"""Told what is at work, how many steps are done, and of how many; at the start and after each fold."""


@dataclass(frozen=True)
class Found:
    """A score or a difference of scores, with its 95 % interval."""

    name: str
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class SetScore(Found):
    """The headline of the committee with the columns of some modalities."""

    modalities: tuple[str, ...]


@dataclass(frozen=True)
class Difference(Found):
    """The score of one set minus that of another, on the same rows and resampled with the same weights."""

    of: str
    minus: str


@dataclass(frozen=True)
class Ablation:
    """All that `ablation.json` holds.

    `rows` are those predicted, `scored` those that the headline counts. `differences` are the joint gain (all minus
    the best single modality, chosen by its value) and the drop of each modality (all minus all without it).
    """

    schema: int
    task: str
    version: str
    digest: str
    kind: str
    metric: str
    learners: tuple[str, ...]
    seeds: int
    folds: int
    rows: int
    scored: int
    families: int
    packages: dict[str, str]
    date: str
    sets: tuple[SetScore, ...]
    differences: tuple[Difference, ...]

    def as_dict(self) -> dict[str, Any]:
        """The ablation as JSON, with stable keys."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain


def ablate(
    task: Task,
    seeds: int = 2,
    folds: int = 3,
    rows: int | None = None,
    learners: Sequence[Learner] = LEARNERS,
    progress: Progress = lambda what, done, total: None,
) -> Ablation:
    """Predict every row of a task out of fold, with all columns, each modality alone and each left out.

    `rows` takes whole families of about so many rows. Raises UserError where the hidden labels are not here, or
    where the task has one modality only.
    """
    require("lightgbm", "autogluon")
    modalities = [name for name in ("text", "numbers", "pictures") if columns_of(task.columns, name)]
    if len(modalities) < 2:
        raise UserError(
            f"Task {task.name} has nothing that could be left out.",
            allowed="a task with columns of at least two of text, numbers and pictures",
            given=modalities[0],
        )
    if task.kind != "classification" and folds < LEAST_FOLDS:
        raise UserError("Pairs need three folds.", allowed="--folds 3 or more", given=str(folds))
    known = load_rows(task, rows)
    sets = column_sets(modalities)
    progress("reading the columns", 0, 1)
    solver = (Classifying if task.kind == "classification" else Pairing)(known, learners, seeds, folds)
    total, done = len(sets) * solver.steps, 0

    estimates: dict[str, Estimate] = {}
    for chosen in sets:

        def advance(name: str = chosen.name) -> None:
            nonlocal done
            done += 1
            progress(name, done, total)

        progress(chosen.name, done, total)
        estimates[chosen.name] = scored(known, solver.answer(chosen, advance))
    return Ablation(
        schema=SCHEMA,
        task=task.name,
        version=task.version,
        digest=task.digest,
        kind=task.kind,
        metric=str(task.metric),
        learners=tuple(one.name for one in learners),
        seeds=seeds,
        folds=folds,
        rows=len(known),
        scored=int(known.scored.sum()),
        families=len(np.unique(known.family[known.scored])),
        packages={name: version(name) for name in _PACKAGES},
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        sets=tuple(
            SetScore(one.name, found.value, found.low, found.high, one.modalities)
            for one, found in zip(sets, estimates.values(), strict=True)
        ),
        differences=differences(sets, estimates),
    )


def scored(rows: Rows, answer: Any) -> Estimate:
    """The headline of an answer for all rows, with the weights that every submission is resampled with."""
    outcome = kind_of(rows.task).outcome(answer, rows.task, rows.labels, rows.scored)
    return estimate(rows.task.metric, outcome, rows.task.digest)


def differences(sets: Sequence[ColumnSet], estimates: dict[str, Estimate]) -> tuple[Difference, ...]:
    """The joint gain, and the drop of each modality. The best single one is taken as given, not resampled."""
    named = {one.modalities: one.name for one in sets}
    single = [one.name for one in sets if len(one.modalities) == 1]
    best = max(single, key=lambda name: estimates[name].value)
    found = [_difference("joint gain", "all", best, estimates)]
    for name in sets[0].modalities:
        rest = named[left_out(sets[0].modalities, name)]
        found.append(_difference(f"drop of {name}", "all", rest, estimates))
    return tuple(found)


def _difference(name: str, of: str, minus: str, estimates: dict[str, Estimate]) -> Difference:
    one, other = estimates[of], estimates[minus]
    value = one.value - other.value
    if one.draws is None or other.draws is None:
        return Difference(name, value, None, None, of, minus)
    return Difference(name, value, *interval(value, one.draws - other.draws), of, minus)


def summary_rows(ablation: dict[str, Any]) -> list[tuple[str, float, float | None, float | None, str]]:
    """The rows of a table of `ablation.json`: name, value, low, high, and what is subtracted from what."""
    sets = [(one["name"], one["value"], one["low"], one["high"], "") for one in ablation["sets"]]
    return sets + [
        (one["name"], one["value"], one["low"], one["high"], f"{one['of']} - {one['minus']}")
        for one in ablation["differences"]
    ]


def store(ablation: Ablation, task: Task) -> None:
    """Write the ablation and its plot beside the card of the prepared task; each file whole or not at all."""
    from baselines.ablating.plot import write_plot

    write_json(task.folder / FILE, ablation.as_dict())
    write_plot(ablation, task.folder / PLOT)
