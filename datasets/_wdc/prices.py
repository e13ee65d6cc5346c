"""Prices and currencies as web shops write them, as numbers and codes."""

from __future__ import annotations

import math
import re

_WRITTEN = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?P<mark>[\s.,'])\d{3}(?:(?P=mark)\d{3})*|\d+)(?:[.,](?P<cents>\d+))?(?!\d)"
)
_ALIASES = {"EURO": "EUR", "LEI": "RON", "ЛВ.": "BGN", "KČ": "CZK", "KN": "HRK", "RM": "MYR", "CND": "CAD"}


def parse_price(text: str) -> float:
    """The first number of a price; NaN where there is none or it is not positive (a shop's "ask us").

    A plain number is read as it stands, the way schema.org writes it. In any other text a mark before exactly
    three digits separates thousands, and a last mark separates cents.

    >>> [parse_price(text) for text in ("21990", "4.479E1", "233.712", "$1,299.00", "€ 1.299,00")]
    [21990.0, 44.79, 233.712, 1299.0, 1299.0]
    >>> [parse_price(text) for text in ("R2 179,9 incl tax", "SAR 5,499", "From 12", "POA", "", "0.00")]
    [2179.9, 5499.0, 12.0, nan, nan, nan]
    """
    try:
        price = float(text)
    except ValueError:
        price = _written(text)
    return price if 0 < price < math.inf else math.nan


def _written(text: str) -> float:
    found = _WRITTEN.search(text)
    if not found:
        return math.nan
    whole = re.sub(r"\D", "", found["whole"])
    return float(f"{whole}.{found['cents'] or 0}")


def parse_currency(text: str) -> str | None:
    """The ISO 4217 code, or None where the text is none.

    >>> [parse_currency(text) for text in ("USD", "eur", "\\u200bCAD\\u200b", "Kč", "null", "")]
    ['USD', 'EUR', 'CAD', 'CZK', None, None]
    """
    code = text.strip(" \u200b").upper()
    code = _ALIASES.get(code, code)
    return code if re.fullmatch("[A-Z]{3}", code) and code != "ABC" else None
