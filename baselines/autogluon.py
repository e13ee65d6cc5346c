"""AutoGluon's TabularPredictor, with its own n-gram features of the texts.

Classification: the predictor on all columns but the pictures. Matching and clustering: the predictor as a
classifier of candidate pairs found by text; clusters are connected components of the pairs that it accepts.
The preset grows with the time: `medium_quality`; from 4 minutes on `good_quality`, whose models are bagged and in the
end learned again on all rows; from 15 minutes on `best_quality`. Bagged or not, the validation rows choose among
models and weigh them: folds drawn at random tear families apart. Folds are fitted one after the other on the cores
of the budget; no Ray cluster is started. Good at tables of mixed columns, at numbers and categories above all, and
with time. Bad at many classes with few rows, where linear models on text need less; blind to pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer

from baselines._candidates import Described, PairClassifier
from baselines._values import by_value

REQUIRES = ["autogluon.tabular[catboost,fastai,lightgbm,xgboost]>=1.4"]

LONG, LONGER = 240, 900
# what a model takes above its limit, and loading, is most on one core and in a minute
SHARES_OF_TIME = {"medium_quality": 0.45, "good_quality": 0.55, "best_quality": 0.7}
BAGGED = {
    "use_bag_holdout": True,
    "num_stack_levels": 0,
    "dynamic_stacking": False,
    "ag_args_ensemble": {"fold_fitting_strategy": "sequential_local"},
}
METRICS = {"macro_f1": "f1_macro", "accuracy": "accuracy", "balanced_accuracy": "balanced_accuracy"}


def supports(task: Any) -> tuple[bool, str]:
    if task.kind == "classification":
        return len(task.columns) > len(task.columns_of("image")), "the task has pictures only"
    return bool(task.columns_of("text")), "it finds candidate pairs by text, and the task has no text column"


def build(task: Any) -> Any:
    if task.kind == "classification":
        return by_value(Rows(task), task)
    return PairClassifier(
        task, Predictor(task).train_pairs, partial(Described, modalities=("text", "numbers"))
    )


class Rows:
    """The predictor on the rows of a table."""

    def __init__(self, task: Any) -> None:
        self.task, self.predictor = task, Predictor(task)

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> Rows:
        held = (self.task.rows["split"] == "validation").to_numpy(bool)
        metric = METRICS.get(self.task.metric, "log_loss")
        self.predictor.fit(
            _plain(X, self.task), y.to_numpy(object), held, metric, self.task.columns_of("text")
        )
        self.classes_ = self.predictor.model.class_labels
        return self

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        return self.predictor.predict_proba(_plain(X, self.task))


class Predictor:
    """A TabularPredictor under the run's budget."""

    def __init__(self, task: Any) -> None:
        self.task = task

    def fit(
        self,
        table: pd.DataFrame,
        label: NDArray[Any],
        held: NDArray[np.bool_],
        metric: str,
        texts: Sequence[str] = (),
        reserve: float = 0.0,
    ) -> None:
        """Fit, with the rows `held` to choose among models and n-grams of `texts`; prints AutoGluon's leaderboard.

        `reserve` seconds are left alone.
        """
        from autogluon.common.features.feature_metadata import FeatureMetadata
        from autogluon.features.generators import AutoMLPipelineFeatureGenerator
        from autogluon.tabular import TabularPredictor

        preset = _preset(self.task.budget.seconds_left())
        self.model = TabularPredictor(
            label="_label",
            path="autogluon",
            eval_metric=metric,
            learner_kwargs={"label_count_threshold": 1},  # macro-F1 counts rare classes, so none is dropped
        )
        rows = table.assign(_label=label)
        self.model.fit(
            rows[~held],
            tuning_data=rows[held],
            time_limit=SHARES_OF_TIME[preset] * (self.task.budget.seconds_left() - reserve),
            presets=preset,
            num_cpus=self.task.budget.cores,
            feature_metadata=FeatureMetadata.from_df(table).add_special_types(
                {name: ["text"] for name in texts}
            ),
            feature_generator=AutoMLPipelineFeatureGenerator(vectorizer=_ngrams(len(rows))),
            **({} if preset == "medium_quality" else BAGGED),
        )
        print(self.model.leaderboard().to_string(), flush=True)

    def predict_proba(self, table: pd.DataFrame) -> NDArray[np.float64]:
        return np.asarray(self.model.predict_proba(table)[self.model.class_labels], float)

    def train_pairs(self, features: pd.DataFrame, match: NDArray[np.bool_], held: NDArray[np.bool_]) -> Any:
        """The probability of a match as a function of pair features; those of other records take time too."""
        left = self.task.budget.seconds_left()
        reserve = min(self.task.budget.seconds - left, left / 3)
        self.fit(features, match.astype(int), held, "log_loss", reserve=reserve)
        return lambda others: self.predict_proba(others)[:, 1]


def _preset(seconds: float) -> str:
    return "medium_quality" if seconds < LONG else "good_quality" if seconds < LONGER else "best_quality"


def _ngrams(rows: int) -> CountVectorizer:
    """AutoGluon's own vectorizer, but for its bound of 30 texts per n-gram, which in a small table few words reach."""
    rarest = int(np.clip(rows // 1_000, 5, 30))
    return CountVectorizer(min_df=rarest, ngram_range=(1, 3), max_features=10_000, dtype=np.uint8)


def _plain(table: pd.DataFrame, task: Any) -> pd.DataFrame:
    """The types that AutoGluon knows: texts as objects, times without a zone; no pictures."""
    plain = table.drop(columns=task.columns_of("image"))
    texts = {
        name: plain[name].astype(object).where(plain[name].notna(), None) for name in task.columns_of("text")
    }
    times = {name: plain[name].dt.tz_localize(None) for name in task.columns_of("datetime")}
    typed: pd.DataFrame = plain.assign(**texts, **times)
    return typed
