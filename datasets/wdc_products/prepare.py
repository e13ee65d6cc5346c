"""Raw records of the wdc_products task. What was decided, and why, stands in README.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from .._text import key
from .._wdc.offers import read_offers

if TYPE_CHECKING:
    from benchmark.catalog import Raw


def records(raw: Raw) -> pd.DataFrame:
    """One row per offer."""
    offers = read_offers(raw)
    return offers.assign(title_key=key(offers["title"]))
