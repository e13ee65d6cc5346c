"""Check a predictions table against a task's format: all faults at once, no labels needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from benchmark.errors import UserError
from benchmark.kinds import kind_of
from benchmark.predictions import Fault, Predictions, Unreadable, read_predictions
from benchmark.task import Task


@dataclass(frozen=True)
class Report:
    """What a check found, and the name that `load_task` knows the task by.

    `answer` is what scoring reads, present where there are no faults.
    """

    task: str
    spelled: str
    rows: int
    faults: list[Fault]
    answer: Any = field(default=None, repr=False)

    @property
    def ok(self) -> bool:
        return not self.faults

    def as_dict(self) -> dict[str, Any]:
        return {
            "task": self.task,
            "ok": self.ok,
            "rows": self.rows,
            "faults": [fault.as_dict() for fault in self.faults],
        }

    def raise_if_faulty(self) -> None:
        """Raise UserError listing the faults, if there are any."""
        if self.faults:
            raise UserError(
                f"The predictions for {self.task} have faults:\n"
                + "\n".join(f"  - {fault}" for fault in self.faults),
                do=f"See the format: classmark show {self.spelled}",
            )


def check(task: Task, predictions: Predictions) -> Report:
    """Check a predictions file (Parquet or CSV) or frame; rows are counted from 1 after the header.

    Raises UserError only where there is no such file; every fault of its content is in the report.
    """
    try:
        table = read_predictions(predictions, task)
    except Unreadable as error:
        return Report(task.name, task.spelled, 0, error.faults)
    try:
        answer, faults = kind_of(task).check(table, task)
    except Unreadable as error:
        answer, faults = None, error.faults
    return Report(task.name, task.spelled, table.num_rows, faults, None if faults else answer)
