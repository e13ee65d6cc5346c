"""Which records may meet: one version and one digest of each task, one budget, each run once.

Where records do not compare, they are refused or a note says what was left out: nothing is dropped in
silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from packaging.version import Version

from benchmark.budget import parse_seconds
from benchmark.errors import UserError, unknown_name
from benchmark.records import Record


@dataclass(frozen=True)
class Selection:
    """Comparable records by task name, the name that each solution goes by, and what a reader must be told.

    `labels` maps (name, digest) of a solution to its name, or to `name@digest` where several share the name.
    """

    tasks: dict[str, list[Record]]
    labels: dict[tuple[str, str], str]
    notes: tuple[str, ...]

    @property
    def records(self) -> list[Record]:
        return [record for records in self.tasks.values() for record in records]

    def label(self, record: Record) -> str:
        return self.labels[_solution(record)]


def select(
    records: Iterable[Record],
    tasks: Sequence[str] = (),
    solutions: Sequence[str] = (),
    budget: str | None = None,
) -> Selection:
    """The records to be compared.

    `tasks` and `solutions` (`name` or `name@digest`) leave out others; empty is all. `budget` is a spelling
    such as `120s` or `120s,8GB`, needed where the records have several. Of a task with several versions the
    latest is taken; of a run that is recorded twice, the latest record.

    Raises UserError where nothing is left, a version of a task has two digests, or budgets differ.
    """
    found = _latest_records(records)
    if not found:
        raise UserError("There are no records to compare.", do="classmark run writes them.")
    found = _of_budget(_of_solutions(_of_tasks(found, tasks), solutions), budget)
    notes: list[str] = []
    by_task: dict[str, list[Record]] = {}
    for record in found:
        by_task.setdefault(record.run["task"], []).append(record)
    for task, together in by_task.items():
        by_task[task], told = _of_latest_version(task, together)
        notes += told
        _refuse_digests(task, by_task[task])
    kept = [record for together in by_task.values() for record in together]
    _refuse_budgets(kept)
    return Selection(by_task, _labels(kept), tuple(notes + _notes_on_conditions(kept)))


def spell_budget(budget: dict[str, Any]) -> str:
    """The spelling of a budget, as `select` understands it.

    >>> spell_budget({"seconds": 120.0, "memory": 8 * 10**9, "cores": 2, "disk": 10**10})
    '120s,8GB,2cores,10GBdisk'
    """
    cores = f"{budget['cores']}core{'s' if budget['cores'] > 1 else ''}"
    return f"{budget['seconds']:g}s,{budget['memory'] / 1e9:g}GB,{cores},{budget['disk'] / 1e9:g}GBdisk"


def latest(records: Iterable[Record]) -> Record:
    """The record that started last."""
    return max(records, key=lambda record: (record.run["started"], str(record.folder)))


def machine(record: Record) -> str:
    """The machine that a run was made on, in a line."""
    found = record.run["environment"]
    memory = f"{found['memory'] / 1e9:.0f} GB"
    return f"{found['platform']}, {found['cores']} cores, {memory}, Python {found['python']}"


def _solution(record: Record) -> tuple[str, str]:
    return record.run["solution"], record.run["solution_digest"]


def _latest_records(records: Iterable[Record]) -> list[Record]:
    """Each run once, in an order that does not depend on the order of reading."""

    def order(record: Record) -> tuple[str, ...]:
        run = record.run
        return run["task"], run["version"], run["solution"], run["key"], run["started"], str(record.folder)

    return list({(*_solution(one), one.run["key"]): one for one in sorted(records, key=order)}.values())


def _of_tasks(records: list[Record], wanted: Sequence[str]) -> list[Record]:
    known = {record.run["task"] for record in records}
    for name in wanted:
        if name not in known:
            raise unknown_name("record of a task", name, known)
    return [record for record in records if not wanted or record.run["task"] in wanted]


def _of_solutions(records: list[Record], wanted: Sequence[str]) -> list[Record]:
    def is_meant(name: str, record: Record) -> bool:
        solution, digest = _solution(record)
        return name == solution or (
            name.startswith(f"{solution}@") and f"{solution}@{digest}".startswith(name)
        )

    for name in wanted:
        if not any(is_meant(name, record) for record in records):
            raise unknown_name("record of a solution", name, {record.run["solution"] for record in records})
    return [record for record in records if not wanted or any(is_meant(name, record) for name in wanted)]


def _of_budget(records: list[Record], wanted: str | None) -> list[Record]:
    if not wanted:
        return records
    parts = {_normal(part) for part in wanted.split(",")}
    kept = [record for record in records if parts <= set(spell_budget(record.run["budget"]).split(","))]
    if not kept:
        budgets = sorted({spell_budget(record.run["budget"]) for record in records})
        raise UserError("There are no records with this budget.", allowed=" or ".join(budgets), given=wanted)
    return kept


def _normal(part: str) -> str:
    """A part of a budget's spelling; times in seconds, so that 2m is 120s."""
    part = part.strip()
    return f"{parse_seconds(part):g}s" if re.fullmatch(r"[\d.]+\s*[smhSMH]?", part) else part


def _refuse_budgets(records: list[Record]) -> None:
    budgets = sorted({spell_budget(record.run["budget"]) for record in records})
    if len(budgets) > 1:
        shared = set.intersection(*(set(budget.split(",")) for budget in budgets))
        own = ",".join(part for part in budgets[0].split(",") if part not in shared)
        raise UserError(
            "The records have several budgets, and runs under different budgets do not compare.",
            given="; ".join(budgets),
            do=f"Choose one, such as --budget {own}.",
        )


def _of_latest_version(task: str, records: list[Record]) -> tuple[list[Record], list[str]]:
    versions = sorted({record.run["version"] for record in records}, key=Version)
    kept = [record for record in records if record.run["version"] == versions[-1]]
    if len(versions) == 1:
        return kept, []
    older = ", ".join(versions[:-1])
    left_out = len(records) - len(kept)
    return kept, [f"{task}: {left_out} records of version {older} are left out; {versions[-1]} is compared."]


def _refuse_digests(task: str, records: list[Record]) -> None:
    folders = {record.run["task_digest"]: record.folder for record in records}
    if len(folders) > 1:
        raise UserError(
            f"Records of {task} {records[0].run['version']} were made on different data and do not compare.",
            given="; ".join(f"digest {digest[:12]} in {folders[digest]}" for digest in sorted(folders)),
            do="Delete the records that are not meant, or give only folders that belong together.",
        )


def _labels(records: list[Record]) -> dict[tuple[str, str], str]:
    solutions = {_solution(record) for record in records}
    names = [name for name, _ in solutions]
    return {
        (name, digest): f"{name}@{digest[:6]}" if names.count(name) > 1 else name
        for name, digest in solutions
    }


def _notes_on_conditions(records: list[Record]) -> list[str]:
    """Machines, cores and sandboxes that differ. Ready predictions, of which nothing was run, had none."""
    ran = [record.run for record in records if record.run["seconds"]["total"]]
    notes = []
    machines = len({machine(record) for record in records})
    if machines > 1:
        notes.append(f"The runs come from {machines} machines: seconds do not compare.")
    meant = records[0].run["budget"]["cores"]
    given = sorted({len(run["cpus"]) for run in ran})
    if given and given != [meant]:
        could = " or ".join(map(str, given))
        notes.append(
            f"Runs could use {could} of the {meant} cores that the budget says: they do not compare."
        )
    bare = {run["solution"] for run in ran if not run["sandbox"]}
    if bare and any(run["sandbox"] for run in ran):
        notes.append(f"Not in the sandbox, as others were: {', '.join(sorted(bare))}.")
    return notes
