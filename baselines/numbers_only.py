"""What the numbers, times and categories alone reach.

Classification: extremely randomized trees on them. Matching and clustering: LightGBM on pairs of records that share
rare values. Good as a yardstick: how much of a task is in its typed columns. Bad where these say little or are
missing, and at telling apart the many records of equal values.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from baselines._features import codes, numbers
from baselines._modality import Trees, has, pairs_of
from baselines._values import by_value

REQUIRES = ["lightgbm>=4", "pillow>=10", "scikit-learn>=1.4"]


def supports(task: Any) -> tuple[bool, str]:
    return has(task, "numbers")


def build(task: Any) -> Any:
    if task.kind != "classification":
        return pairs_of(task, "numbers")
    return by_value(Trees(task, lambda X: np.hstack([codes(X, task), numbers(X, task)])), task)
