"""Linear model on TF-IDF of the texts, one-hot categories and scaled numbers.

A linear support vector machine in which all classes weigh the same; its penalty, and the temperature that makes
probabilities of its margins, are those with the least log loss on the validation rows. Good where words give the
class away, with many classes and with few rows of each, and fast. Bad at interactions of columns; blind to pictures.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack
from scipy.special import log_softmax
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from baselines._features import codes, numbers
from baselines._text import Tfidf, documents
from baselines._values import by_value

PENALTIES = (0.3, 1.0, 0.1, 3.0, 0.03)
TEMPERATURES = np.geomspace(1, 20, 14)
WORST = np.log(1e-3)


def supports(task: Any) -> tuple[bool, str]:
    if task.kind != "classification":
        return False, "it classifies rows"
    return len(task.columns) > len(task.columns_of("image")), "the task has pictures only"


class TfidfLinear:
    """`fit`, `predict_proba` and `classes_`, as scikit-learn has them."""

    def __init__(self, task: Any) -> None:
        self.task = task
        self.texts = [Tfidf("word", (1, 2), rarest=2), Tfidf("char_wb", (2, 5), rarest=2)]
        self.numbers = make_pipeline(
            SimpleImputer(add_indicator=True, keep_empty_features=True), StandardScaler()
        )
        self.categories = OneHotEncoder(handle_unknown="ignore")

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> TfidfLinear:
        label, held = y.to_numpy(str), (self.task.rows["split"] == "validation").to_numpy(bool)
        features = self._features(X, fit=True)
        penalty, self.temperature = self._choose(features[~held], label[~held], features[held], label[held])
        print(f"penalty {penalty}, temperature {self.temperature:.1f}", flush=True)
        self.model = self._machine(penalty).fit(features, label)
        self.classes_ = self.model.classes_
        return self

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        margins = self._margins(self.model, self._features(X))
        return np.asarray(np.exp(log_softmax(self.temperature * margins, axis=1)))

    def _features(self, X: pd.DataFrame, fit: bool = False) -> csr_array:
        """Text, number and category blocks side by side, each of about unit length per row."""
        blocks = []
        if columns := self.task.columns_of("text"):
            texts = documents(X, columns)
            blocks += [tfidf.fit_transform(texts) if fit else tfidf.transform(texts) for tfidf in self.texts]
        for transformer, values in (
            (self.numbers, numbers(X, self.task)),
            (self.categories, codes(X, self.task)),
        ):
            if columns := values.shape[1]:
                block = transformer.fit_transform(values) if fit else transformer.transform(values)
                blocks.append(csr_array(block / np.sqrt(columns)))
        return csr_array(hstack(blocks))

    def _choose(
        self, known: csr_array, label: NDArray[np.str_], held: csr_array, wanted: NDArray[np.str_]
    ) -> tuple[float, float]:
        losses = {}
        for penalty in PENALTIES:
            started = time.monotonic()
            model = self._machine(penalty).fit(known, label)
            margins = self._margins(model, held)
            place = np.searchsorted(model.classes_, wanted).clip(max=len(model.classes_) - 1)
            seen = model.classes_[place] == wanted
            for temperature in TEMPERATURES:
                log = log_softmax(temperature * margins, axis=1)[np.arange(len(wanted)), place]
                losses[penalty, float(temperature)] = -np.where(seen, log.clip(WORST), WORST).mean()
            if self.task.budget.seconds_left() < 10 * (time.monotonic() - started):
                break
        return min(losses, key=lambda choice: losses[choice])

    def _machine(self, penalty: float) -> LinearSVC:
        return LinearSVC(C=penalty, class_weight="balanced", random_state=self.task.seed)

    @staticmethod
    def _margins(model: LinearSVC, features: csr_array) -> NDArray[np.float64]:
        margins = np.asarray(model.decision_function(features))
        return np.column_stack([-margins, margins]) if margins.ndim == 1 else margins


def build(task: Any) -> Any:
    return by_value(TfidfLinear(task), task)
