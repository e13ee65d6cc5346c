"""Raw records of the wdc_products_published task. What was decided, and why, stands in README.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from .._wdc.offers import read_offers, read_table

if TYPE_CHECKING:
    from benchmark.catalog import Raw


def records(raw: Raw) -> pd.DataFrame:
    """One row per published pair of offers."""
    offers = read_offers(raw)
    parts = [read_table(raw.path(split)).assign(split=split) for split in ("train", "validation", "test")]
    pairs = pd.concat(parts, ignore_index=True)
    sides = [
        offers.loc[pairs[f"{side[0]}table_id"]].add_prefix(f"{side}_").set_axis(pairs.index)
        for side in ("left", "right")
    ]
    match = pairs["label"].map({"1": "match", "0": "no match"})
    return pd.concat([*sides, match.rename("match"), pairs["split"]], axis=1)
