"""Raw records of the flipkart task. What was decided, and why, stands in README.md."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .._text import clean, key

if TYPE_CHECKING:
    from benchmark.catalog import Raw

LEAST_ROWS_OF_A_CLASS = 8
LEAST_PAIRS_OF_A_FAMILY = 3

_PAIR = re.compile(r'\{(?:"key"=>"((?:[^"\\]|\\.)*)", )?"value"=>"((?:[^"\\]|\\.)*)"\}')


def records(raw: Raw) -> pd.DataFrame:
    """One row per product whose product type has enough rows."""
    table = pd.read_csv(raw.path("table"), dtype=str, keep_default_na=False)
    specifications = table["product_specifications"].map(parse_specifications)
    folder = raw.path("pictures")
    pictures = [_picture(folder / name) for name in table["image"]]
    frame = pd.DataFrame(
        {
            "name": clean(table["product_name"]),
            "description": clean(table["description"]),
            "specifications": clean(specifications.map("; ".join)),
            "brand": clean(table["brand"]),
            "retail_price": pd.to_numeric(table["retail_price"].replace("", np.nan)),
            "discounted_price": pd.to_numeric(table["discounted_price"].replace("", np.nan)),
            "rating": pd.to_numeric(table["overall_rating"].replace("No rating available", np.nan)),
            "is_fk_advantage": table["is_FK_Advantage_product"].map({"True": "yes", "False": "no"}),
            "picture": pd.Series(pictures, dtype=object),
            "product_type": table["product_category_tree"].map(product_type),
        }
    )
    frame["name_key"] = key(frame["name"]).map(_without_model_numbers, na_action="ignore")
    telling = specifications.map(len) >= LEAST_PAIRS_OF_A_FAMILY
    frame["specifications_key"] = frame["specifications"].where(telling, pd.NA)
    frame["picture_hash"] = frame["picture"].map(_digest, na_action="ignore")
    rows = frame.groupby("product_type")["product_type"].transform("size")
    return frame[rows >= LEAST_ROWS_OF_A_CLASS]


def parse_specifications(text: str) -> list[str]:
    r"""The `key: value` pairs of a printed Ruby hash; a value without a key stands alone.

    >>> parse_specifications('{"specification"=>[{"key"=>"Size", "value"=>"4\\" x 6"}, {"value"=>"Red"}]}')
    ['Size: 4" x 6', 'Red']
    >>> parse_specifications('{"specification"=>nil}')
    []
    """
    pairs = [
        (re.sub(r"\\(.)", r"\1", name), re.sub(r"\\(.)", r"\1", value)) for name, value in _PAIR.findall(text)
    ]
    return [f"{name}: {value}" if name else value for name, value in pairs]


def product_type(tree: str) -> str:
    """The first two levels of a category tree.

    >>> product_type('["Watches >> Wrist Watches >> Titan Wrist Watches"]')
    'Watches > Wrist Watches'
    """
    return " > ".join(json.loads(tree)[0].split(" >> ")[:2])


def _without_model_numbers(name: str) -> str:
    return " ".join(word for word in name.split() if not any(letter.isdigit() for letter in word))


def _picture(path: Path) -> Path | None:
    return path if path.is_file() else None


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
