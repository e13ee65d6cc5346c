"""The offers of WDC Products, shared by the two tasks made of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from .._text import clean
from .prices import parse_currency, parse_price

if TYPE_CHECKING:
    from benchmark.catalog import Raw


def read_offers(raw: Raw) -> pd.DataFrame:
    """The offers of both tables, each once, indexed by their raw id (str).

    Columns: entity, brand, title, description, price, currency. Raises ValueError where one id stands for two
    different offers.
    """
    tables = [read_table(raw.path(name)).rename(columns=str.lower) for name in ("table_a", "table_b")]
    offers = pd.concat(tables).drop_duplicates().set_index("id")
    if not offers.index.is_unique:
        raise ValueError("one offer id stands for two different offers")
    return pd.DataFrame(
        {
            "entity": offers["cluster_id"],
            "brand": _text(offers["brand"]),
            "title": _text(offers["title"]),
            "description": _text(offers["description"]),
            "price": offers["price"].map(parse_price),
            "currency": offers["pricecurrency"].map(parse_currency).astype("string"),
        }
    )


def read_table(path: Path) -> pd.DataFrame:
    """A CSV file as text; an empty cell is an empty string."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _text(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Clean text, without the backslashes that the packaging left before quotation marks."""
    return clean(texts.str.replace('\\"', '"', regex=False))
