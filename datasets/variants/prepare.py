"""Raw records of the variants task. What was decided, and why, stands in README.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._market.catalogue.listings import make_listings

if TYPE_CHECKING:
    import pandas as pd

    from benchmark.catalog import Raw


def records(raw: Raw) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row per listing, and the chances of the clusters of its line."""
    frame, posterior = make_listings(raw, target="cluster_id", exact=False)
    return frame.assign(hard_group=frame["line"]), posterior
