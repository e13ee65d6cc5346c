"""What the pictures alone reach, by features that need no neural network: size, colours, edges and outlines.

Classification: extremely randomized trees on them. Matching and clustering: LightGBM on pairs of near pictures.
Good as a yardstick: how much of a task can be seen. Bad at what a picture means, and without any answer for records
without one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from baselines._embeddings import picture_embeddings
from baselines._modality import Trees, has, pairs_of
from baselines._values import by_value

REQUIRES = ["lightgbm>=4", "pillow>=10", "scikit-learn>=1.4", "voyager>=2"]


def supports(task: Any) -> tuple[bool, str]:
    return has(task, "pictures")


def build(task: Any) -> Any:
    if task.kind != "classification":
        return pairs_of(task, "pictures")
    columns = task.columns_of("image")
    return by_value(
        Trees(task, lambda X: np.hstack([picture_embeddings(task, X[name]) for name in columns])), task
    )
