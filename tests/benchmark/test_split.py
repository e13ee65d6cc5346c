"""Splits keep families together and strata in proportion."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.split import assign_parts

SHARES = {"train": 0.6, "validation": 0.1, "test": 0.3}


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(1, 60), kinds=st.integers(1, 20))
def test_families_stay_together_and_everyone_gets_a_part(seed: int, rows: int, kinds: int) -> None:
    rng = np.random.default_rng(seed)
    family, stratum = rng.integers(0, kinds, rows), rng.choice(["a", "b"], rows)
    part = assign_parts(family, stratum, SHARES, np.random.default_rng(seed))
    assert set(part) <= set(SHARES)
    assert pd.Series(part).groupby(family).nunique().max() == 1


def test_strata_get_their_shares() -> None:
    rng = np.random.default_rng(1)
    family = np.arange(4000) // rng.integers(1, 4)
    stratum = np.repeat([f"class {i}" for i in range(20)], 200)
    part = assign_parts(family, stratum, SHARES, rng)
    share = pd.crosstab(stratum, part, normalize="index")
    for name, wanted in SHARES.items():
        assert (share[name] - wanted).abs().max() < 0.02


def test_rare_classes_reach_every_fold() -> None:
    stratum = np.array(["rare"] * 10 + ["common"] * 90)
    folds = assign_parts(np.arange(100), stratum, dict.fromkeys("01234", 1.0), np.random.default_rng(0))
    assert pd.crosstab(stratum, folds).loc["rare"].tolist() == [2] * 5
