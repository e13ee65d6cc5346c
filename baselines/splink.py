"""Probabilistic record linkage with Splink: how much each agreement speaks for a match, by Fellegi and Sunter.

Candidates share a rare word of a text; their number is bounded. Compared are the texts (cosine of character
TF-IDF, numbers and codes in them), numbers by relative difference, and categories, where agreement on a rare one
weighs more. How often each level of agreement occurs among matches is counted in the labelled records, among
others in random pairs; the threshold is the one that does best on other labelled records. Good at tables of many
typed columns with missing cells, fast, and content with few labels. Bad where columns depend on each other, whose
evidence it counts twice, and at near-identical things, since random pairs are easier to tell apart; blind to
pictures.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from baselines import _pairs as pairing
from baselines._linkage import records, sources

if TYPE_CHECKING:
    from splink import Linker

REQUIRES = ["duckdb>=1.3", "scikit-learn>=1.4", "splink>=5"]

PAIRS_PER_RECORD = 100
PAIRS_PER_SECOND = 20_000  # of one busy core
SHARE_OF_TIME = 0.25
RANDOM_PAIRS = 200_000
RAREST = 1e-4  # the share of a level of agreement that was never seen
COSINES = [0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]
GAPS = (0, 0.02, 0.05, 0.1, 0.2, 0.4)
DAYS = (1, 7, 30, 365)
SURELY = 1 - np.geomspace(0.3, 1e-4, 100)  # quantiles of the weights: few candidates match


def supports(task: Any) -> tuple[bool, str]:
    if task.kind not in ("matching", "clustering"):
        return False, "it finds records that belong together"
    return bool(task.columns_of("text")), "it blocks on the words of texts, and the task has no text column"


class Linkage:
    """A Splink model whose matches are the pairs of at least some weight; clusters are connected components."""

    def __init__(self, task: Any) -> None:
        logging.getLogger("splink").setLevel(logging.ERROR)
        self.task = task

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> Linkage:
        """Count agreements on some families, choose the threshold on the others, about as many as in the test."""
        entity = np.asarray(pd.factorize(y)[0], np.int64)
        choosing = pairing.sample_families(self.task.rows["family"], int(0.4 * len(X)), self.task.seed)
        learning = np.setdiff1d(np.arange(len(X)), choosing)
        linker = self._linker(X.iloc[learning], self._settings(), entity[learning])
        linker.training.estimate_m_from_label_column("entity")
        linker.training.estimate_u_using_random_sampling(RANDOM_PAIRS, seed=self.task.seed + 1)
        self.model = _without_gaps(linker.misc.save_model_to_json())
        pairs = self._pairs(X.iloc[choosing])
        self.threshold = self._choose(pairs, entity[choosing], sources(X.iloc[choosing], self.task))
        return self

    def predict(self, X: pd.DataFrame) -> Any:
        """Matching: the pairs frame. Clustering: a cluster number per row."""
        pairs = self._pairs(X)
        above = pairs.similarity - self.threshold
        if self.task.kind == "clustering":
            return pairing.connected(len(X), pairs, above >= 0)
        return pairing.scored_pairs(X.index, pairs, expit(above * np.log(2)))

    def _pairs(self, X: pd.DataFrame) -> pairing.Pairs:
        """The candidate pairs; their similarity is Splink's match weight in bits, to six digits."""
        found = self._linker(X, self.model).inference.predict(warning_mode="never").as_duckdbpyrelation()
        ends = found.select("unique_id_l, unique_id_r, match_weight").order("unique_id_l, unique_id_r").df()
        left, right, weight = (ends[name].to_numpy() for name in ends)
        print(f"{len(ends)} candidate pairs of {len(X)} records", flush=True)
        return pairing.Pairs(left.astype(np.int64), right.astype(np.int64), weight.astype(float).round(6))

    def _choose(
        self, pairs: pairing.Pairs, entity: NDArray[np.int64], source: NDArray[np.int64] | None
    ) -> float:
        def score(decided: NDArray[np.bool_]) -> float:
            if self.task.kind == "clustering":
                return pairing.bcubed_f1(pairing.connected(len(entity), pairs, decided), entity)
            return pairing.pair_f1(pairs, decided, entity, source)

        if not len(pairs):
            return 0.0
        grid = np.unique(np.quantile(pairs.similarity, SURELY))
        threshold, best = pairing.best_threshold(pairs.similarity, score, grid)
        print(f"threshold {threshold:.1f} bits, {best:.3f} on {len(entity)} labelled records", flush=True)
        return threshold

    def _linker(self, X: pd.DataFrame, settings: Any, entity: NDArray[np.int64] | None = None) -> Linker:
        import duckdb
        from splink import DuckDBAPI, Linker

        budget = self.task.budget
        limits = {"threads": budget.cores, "memory_limit": f"{budget.memory // 2**21}MiB"}
        connection = duckdb.connect(config=limits)
        allowed = int(SHARE_OF_TIME * PAIRS_PER_SECOND * budget.seconds_left())
        table = records(X, self.task, min(PAIRS_PER_RECORD * len(X), allowed), entity)
        given = DuckDBAPI(connection).register(table)
        return Linker(given, settings, log_level=None)

    def _settings(self) -> Any:
        from splink import SettingsCreator
        from splink.blocking_rule_library import CustomRule
        from splink.comparison_library import CosineSimilarityAtThresholds, ExactMatch

        def names(what: str, *types: str) -> list[str]:
            return [f"{what}_{place}" for place in range(len(self.task.columns_of(*types)))]

        other = "" if self.task.source_column is None else " and l.source <> r.source"
        keys = names("keys", "text")
        return SettingsCreator(
            "dedupe_only",
            [
                *(CosineSimilarityAtThresholds(name, COSINES) for name in names("text", "text")),
                *(_codes(name) for name in names("codes", "text")),
                *(_gaps(name) for name in names("number", "numeric")),
                *(_days(name) for name in names("day", "datetime")),
                *(
                    ExactMatch(name).configure(term_frequency_adjustments=True)
                    for name in names("category", "categorical")
                ),
            ],
            [CustomRule(f"l.{key} = r.{key}{other}", arrays_to_explode=[key]) for key in keys],
            retain_matching_columns=False,
        )


def _levels(name: str, conditions: list[str]) -> Any:
    from splink.comparison_level_library import CustomLevel, ElseLevel, NullLevel
    from splink.comparison_library import CustomComparison

    return CustomComparison([NullLevel(name), *map(CustomLevel, conditions), ElseLevel()], name)


def _codes(name: str) -> Any:
    """Words with a digit: all of both, all of the shorter, several, one, or none are shared."""
    shared, sizes = f"len(list_intersect({name}_l, {name}_r))", f"(len({name}_l), len({name}_r))"
    return _levels(
        name, [f"{shared} = greatest{sizes}", f"{shared} = least{sizes}", f"{shared} > 1", f"{shared} = 1"]
    )


def _gaps(name: str) -> Any:
    larger = f"greatest(abs({name}_l), abs({name}_r))"
    return _levels(name, [f"abs({name}_l - {name}_r) <= {gap} * {larger}" for gap in GAPS])


def _days(name: str) -> Any:
    return _levels(name, [f"abs({name}_l - {name}_r) <= {gap}" for gap in DAYS])


def _without_gaps(model: dict[str, Any]) -> dict[str, Any]:
    """The model with a small share for each level that no pair had, which Splink would take for a common one."""
    for comparison in model["comparisons"]:
        for level in comparison["comparison_levels"]:
            if not level.get("is_null_level"):
                level.setdefault("m_probability", RAREST)
                level.setdefault("u_probability", RAREST)
    return model


def build(task: Any) -> Linkage:
    return Linkage(task)
