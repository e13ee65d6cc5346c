"""What could be known about each record: chances of its answers given all evidence, where a recipe can tell them.

Only a recipe that makes its records knows this. It hands out a long table beside them, which `prepare` turns into the
oracle on the card; the table itself is hidden like labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmark.errors import UserError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Posterior:
    """Alternatives of each row, sorted by row: which row, which answer, with what chance.

    `row`, `answer` (alternatives,) are positions, of rows and of `names`; `chance` (alternatives,) sums to 1 in each
    row; `values` (alternatives, classes) is what each class is worth if the alternative is true, where the task has
    values.
    """

    rows: int
    row: NDArray[np.int64]
    answer: NDArray[np.int64]
    chance: Floats
    names: list[str]
    values: Floats | None = None

    def by_answer(self) -> Floats:
        """Chances of answers; (rows, names)."""
        table = np.zeros((self.rows, len(self.names)))
        np.add.at(table, (self.row, self.answer), self.chance)
        return table

    def likeliest(self) -> NDArray[np.int64]:
        """The likeliest alternative's answer of each row; (rows,)."""
        order = np.lexsort((-self.chance, self.row))
        first = np.searchsorted(self.row[order], np.arange(self.rows))
        return self.answer[order][first]

    def mean_values(self) -> Floats:
        """The expected value of each class; (rows, classes)."""
        assert self.values is not None
        table = np.zeros((self.rows, self.values.shape[1]))
        np.add.at(table, self.row, self.values * self.chance[:, None])
        return table

    def draw(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """One alternative per row, by its chance; positions of alternatives, (rows,)."""
        upto = np.cumsum(self.chance)
        start = np.searchsorted(self.row, np.arange(self.rows))
        before = upto[start] - self.chance[start]
        last = np.append(start[1:], len(self.row)) - 1
        spot = before + rng.random(self.rows) * (upto[last] - before)
        return np.asarray(np.clip(np.searchsorted(upto, spot, side="right"), start, last), np.int64)


def read_posterior(table: pd.DataFrame, ids: pd.Index[Any], names: list[str]) -> Posterior:
    """The posterior of the rows `ids` from a table of id, answer, probability and, where there are, `value:<class>`.

    Raises UserError where a row has no alternative or an answer is none of `names`.
    """
    row = ids.get_indexer(pd.Index(table["id"]))
    table, row = table[row >= 0], row[row >= 0]
    order = np.argsort(row, kind="stable")
    table, row = table.iloc[order], row[order]
    answer = pd.Index(names).get_indexer(pd.Index(table["answer"]))
    if (np.bincount(row, minlength=len(ids)) == 0).any() or (answer < 0).any():
        raise UserError("The posterior lacks rows or has answers that no label has.")
    total = np.bincount(row, table["probability"], len(ids))
    values = [name for name in table.columns if str(name).startswith("value:")]
    return Posterior(
        rows=len(ids),
        row=row.astype(np.int64),
        answer=answer.astype(np.int64),
        chance=table["probability"].to_numpy(float) / total[row],
        names=names,
        values=table[[f"value:{name}" for name in names]].to_numpy(float) if values else None,
    )
