"""What the texts alone reach.

Classification: the linear model of `tfidf_linear`, shown no other column. Matching and clustering: LightGBM on
pairs of near texts. Good as a yardstick: how much of a task is in its words. Bad at all that is not written.
"""

from __future__ import annotations

from typing import Any

from baselines import tfidf_linear
from baselines._modality import has, only, pairs_of

REQUIRES = ["lightgbm>=4", "pillow>=10", "scikit-learn>=1.4"]


def supports(task: Any) -> tuple[bool, str]:
    return has(task, "text")


def build(task: Any) -> Any:
    if task.kind == "classification":
        return tfidf_linear.build(only(task, "text"))
    return pairs_of(task, "text")
