"""Raw records of the pricerunner task. What was decided, and why, stands in README.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from .._text import clean, key

if TYPE_CHECKING:
    from benchmark.catalog import Raw


def records(raw: Raw) -> pd.DataFrame:
    """One row per offer."""
    table = pd.read_csv(raw.path("offers"), dtype=str, keep_default_na=False)
    frame = pd.DataFrame(
        {
            "title": clean(table["product_title"]),
            "vendor": table["vendor_id"],
            "category": table["category_label"],
            "cluster_id": table["cluster_id"],
        }
    )
    frame["title_key"] = key(frame["title"])
    frame["ambiguous"] = frame.groupby("title")["cluster_id"].transform("nunique") > 1
    return frame
