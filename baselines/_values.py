"""Decisions by what they are worth, for tasks whose classes have values: the likeliest class is not the best one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def by_value(model: Any, task: Any) -> Any:
    """The model itself, or, where the task has values, one that decides for the highest value to be expected."""
    return model if task.values is None else ByValue(model, task)


class ByValue:
    """Turns a model's probabilities into the decisions of the highest expected value."""

    def __init__(self, model: Any, task: Any) -> None:
        self.model, self.values = model, task.values

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> ByValue:
        """Fit the model, and learn what each decision is worth for each true class."""
        self.model.fit(X, y)
        self.worth = mean_worth(self.values, y)
        return self

    def predict(self, X: pd.DataFrame) -> NDArray[Any]:
        """One class per row."""
        classes = [str(name) for name in self.model.classes_]
        expected = np.asarray(self.model.predict_proba(X)) @ self.worth.loc[classes].to_numpy(float)
        return np.asarray(self.worth.columns.to_numpy(object)[expected.argmax(axis=1)])


def mean_worth(values: pd.DataFrame, label: pd.Series[Any]) -> pd.DataFrame:
    """What each decision (columns) is worth on average for each true class (rows); 0 for a class without a row.

    >>> values = pd.DataFrame({"keep": [10.0, -30.0, 1.0], "sell": [2.0, -3.0, 2.0]})
    >>> mean_worth(values, pd.Series(["keep", "sell", "sell"]))
          keep  sell
    keep  10.0   2.0
    sell -14.5  -0.5
    """
    found: pd.DataFrame = values.groupby(label.to_numpy(str)).mean()
    return found.reindex(index=values.columns, fill_value=0.0)
