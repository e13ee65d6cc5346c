"""What a region's law makes of a good: the tax category as a function of what is sold, at what price, and where."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import cycle, islice
from typing import Any

import numpy as np
import pandas as pd

CATEGORIES = (
    "alcoholic beverage", "audio recording", "bicycle", "book", "children's clothing", "clothing", "confectionery",
    "cosmetic", "dietary supplement", "e-book", "food", "general goods", "hygiene product", "luxury goods",
    "medical device", "medicine", "periodical", "pet food", "plants and seeds", "prepared food",
    "protective equipment", "soft drink", "software", "tobacco and nicotine", "toy",
)  # fmt: skip

# the thresholds that laws use; the bins of goods.toml lie between them
ABV_FROM = (0.0, 0.5, 1.2, 2.5)  # percent
AGE_TO = (10, 12, 14, 99)  # years
MG_FROM = (0, 1, 50, 200, 500)


@dataclass(frozen=True)
class Region:
    """One region's law."""

    region: str
    alcohol_from: float  # % vol from which a drink is alcoholic
    child_age_to: int  # clothing up to this age is children's
    luxury_above: float  # EUR
    medicine_from_mg: int  # active ingredient from which a remedy is a medicine
    supplement_from_mg: int  # ... and from which sweets are a supplement
    hot_food_is_prepared: bool
    nicotine_aid_is_medicine: bool
    digital_press_is: str  # "periodical" or "e-book"


def tax_category(label: str, rule: str, amount: float, price: float, region: Region) -> str:
    """The category of a good that is a `label` unless the law named by `rule` says otherwise.

    `amount` is what that law looks at: % vol of a drink, the age in years that clothing is for, mg of an active
    ingredient; `price` is in EUR.
    """
    if rule == "drink" and amount >= region.alcohol_from:
        return "alcoholic beverage"
    if rule in ("wear", "finery") and price > region.luxury_above:
        return "luxury goods"
    if rule == "wear" and amount <= region.child_age_to:
        return "children's clothing"
    if rule == "remedy" and amount >= region.medicine_from_mg:
        return "medicine"
    if rule == "supplement" and amount >= region.supplement_from_mg:
        return "dietary supplement"
    if rule == "aid" and region.nicotine_aid_is_medicine:
        return "medicine"
    if rule == "vape" and amount == 0:
        return "general goods"
    if rule == "hot" and region.hot_food_is_prepared:
        return "prepared food"
    if rule == "digital_press":
        return region.digital_press_is
    return label


def make_regions(names: list[str], count: int, rng: np.random.Generator) -> list[Region]:
    """Regions whose laws differ: each threshold is in force in a like number of them."""

    def dealt(*values: Any) -> list[Any]:
        return [values[at] for at in rng.permutation(list(islice(cycle(range(len(values))), count)))]

    laws = zip(
        rng.permutation(names)[:count].tolist(),
        dealt(0.5, 1.2, 2.5),
        dealt(10, 12, 14),
        dealt(250.0, 500.0, 1000.0),
        dealt(50, 200, 500),
        dealt(1, 50, 200),
        dealt(True, True, False),
        dealt(True, False),
        dealt("periodical", "e-book"),
        strict=True,
    )
    return [Region(*law) for law in laws]


def region_columns(regions: list[Region], at: np.ndarray[Any, np.dtype[np.int64]]) -> pd.DataFrame:
    """The law of each record's region, as the columns of the card."""
    table = pd.DataFrame([asdict(region) for region in regions])
    for name in ("hot_food_is_prepared", "nicotine_aid_is_medicine"):
        table[name] = table[name].map({True: "yes", False: "no"})
    return table.iloc[at].reset_index(drop=True)
