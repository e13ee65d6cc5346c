"""The kinds of tasks. One module each says what predictions look like, what is wrong with them, what is scored.

classification    one of k classes for each row
matching          scored pairs of records
clustering        a partition of the records
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from benchmark.predictions import Fault

if TYPE_CHECKING:
    from benchmark.card import Card
    from benchmark.labels import Labels
    from benchmark.posterior import Posterior
    from benchmark.task import Task


class Kind(Protocol):
    """What a kind module offers. `answer` is what checking makes of a predictions table; kinds do not mix."""

    TRACK: str

    def describe_format(self, task: Task) -> str:
        """The predictions format in words, with an example."""
        ...

    def check(self, table: pa.Table, task: Task) -> tuple[Any, list[Fault]]:
        """The answer that the table holds, and its faults. Raises Unreadable where no answer can be made out."""
        ...

    def constant_answer(self, task: Task) -> Any:
        """What a solution answers that looks at nothing but the labels' frequencies."""
        ...

    def best_answer(self, posterior: Posterior, task: Task) -> Any:
        """The answer with the best headline to be expected where the chances of all answers are known."""
        ...

    def outcome(self, answer: Any, task: Task, labels: Labels, rows: NDArray[np.bool_]) -> Any:
        """The answer against the labels, on the test rows chosen: what metrics are computed from."""
        ...

    def breakdown(self, outcome: Any, task: Task) -> pd.DataFrame:
        """One row per class, or per true cluster: where the score comes from."""
        ...


def kind_of(task: Task | Card) -> Kind:
    """The module of a task's kind, also from the card in its folder."""
    from benchmark.kinds import classification, clustering, matching

    kinds: dict[str, Kind] = {
        "classification": classification,
        "clustering": clustering,
        "matching": matching,
    }
    return kinds[task.kind]
