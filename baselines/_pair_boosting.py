"""LightGBM as a classifier of pairs that keeps to the run's time."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baselines._candidates import Predict

ROUNDS = 250
FEWEST_ROUNDS = 30
ROWS_PER_SECOND = 400_000  # times rounds, on a slow core


class PairBoosting:
    """`train` of the pair classifiers: at most 250 rounds, and fewer where `share` of the time left is over before."""

    def __init__(self, task: Any, share: float) -> None:
        self.task, self.share = task, share

    def train(self, features: pd.DataFrame, match: NDArray[np.bool_], held: NDArray[np.bool_]) -> Predict:
        """The probability of a match as a function of pair features; the held pairs are learned from like others."""
        if match.all() or not match.any():
            rate = float(match.any())
            return lambda others: np.full(len(others), rate)
        import lightgbm

        seconds = self.share * self.task.budget.seconds_left()
        end = time.monotonic() + seconds
        allowed = seconds * ROWS_PER_SECOND / len(features)

        def stop(state: Any) -> None:
            if time.monotonic() > end:
                raise lightgbm.callback.EarlyStopException(state.iteration, [])

        settings = {
            "objective": "binary",
            "learning_rate": 0.04 if allowed > ROUNDS else 0.1,
            "num_leaves": 31,
            "min_data_in_leaf": 30,
            "lambda_l2": 5.0,
            "feature_fraction": 0.3,
            "bagging_fraction": 0.8,
            "bagging_freq": 1,
            "max_bin": 63,
            "seed": self.task.seed,
            "deterministic": True,
            "force_col_wise": True,
            "num_threads": 1,  # on a busy machine threads that wait for each other take twenty times as long
            "verbosity": -1,
        }
        rounds = int(np.clip(allowed, FEWEST_ROUNDS, ROUNDS))
        known = lightgbm.Dataset(features.to_numpy(), match)
        model = lightgbm.train(settings, known, rounds, callbacks=[stop])
        return lambda others: np.asarray(model.predict(others.to_numpy(), num_threads=1), np.float64)
