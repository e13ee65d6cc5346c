"""What each outcome brings for a returned item: money recovered minus handling cost, in EUR.

Everything but the condition is public, so the best outcome under doubt about the condition can be computed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .world import CONDITIONS, Kinds

OUTCOMES = ("sell as new", "open box", "refurbish", "liquidate", "donate", "dispose")

HANDLING = {"sell as new": 3.0, "open box": 5.0, "refurbish": 8.0, "liquidate": 4.0, "donate": 1.5}
TRIED_ON = 0.9  # of the price, for clothes and shoes that were tried on: they are sold as new
RESOLD = 0.6  # of the price, for what the workshop has put right
CREDIT = (0.1, 3.0)  # the tax credit of a gift: share of the price, and EUR
REFUSED = 6.0  # the charity or the workshop sends the item back
HAZARD = (20.0, 0.8)  # the claim for anything unsafe that is not disposed of: EUR, and share of the price
FEE = (1.5, 0.6)  # disposal: EUR, and EUR per kilogram
FADING = 0.004  # of the resale price, per week since the model was launched; at most half is lost


def values(
    condition: NDArray[np.int64], kinds: Kinds, price: NDArray[np.float64], weeks: NDArray[np.float64]
) -> NDArray[np.float64]:
    """EUR for each outcome, in the order of OUTCOMES; (..., 6), where ... is what the arguments broadcast to.

    `condition`: numbers in 0..conditions-1. `price`: EUR as sold. `weeks`: since the model's launch.
    """
    exposed = _fact("opened", False)[condition]
    hazard = _fact("hazard", False)[condition].astype(bool) | (exposed.astype(bool) & kinds.sensitive)
    resale = price * np.maximum(0.5, 1 - FADING * weeks)
    tried_on = kinds.tryable & (condition == list(CONDITIONS).index("opened"))
    as_new = np.where(tried_on, TRIED_ON, _fact("as_new")[condition])
    open_box = _fact("open_box")[condition]
    fixed, share = (_repair(part)[condition] for part in (0, 1))
    donate = _fact("donate")[condition]

    found = {
        "sell as new": np.where(as_new > 0, as_new * resale, as_new * price),
        "open box": np.where(open_box > 0, open_box * resale, open_box * price),
        "refurbish": np.where(
            kinds.repairable & np.isfinite(fixed), RESOLD * resale - fixed - share * price, -REFUSED
        ),
        "liquidate": _fact("liquidate")[condition] * resale,
        "donate": np.where(donate > 0, donate * (CREDIT[0] * price + CREDIT[1]), -REFUSED),
    }
    claim = HAZARD[0] + HAZARD[1] * price
    each = [
        np.where(hazard, np.minimum(found[name], 0) - claim, found[name]) - HANDLING[name] for name in found
    ]
    each.append(-FEE[0] - FEE[1] * kinds.kilograms)
    return np.stack(np.broadcast_arrays(*each), axis=-1)


def best(found: NDArray[np.float64]) -> NDArray[np.int64]:
    """The number of the best outcome, the first of equals, from values (..., 6)."""
    return np.asarray(found.argmax(axis=-1), np.int64)


def value_columns(found: NDArray[np.float64]) -> pd.DataFrame:
    """Values (rows, 6), rounded to cents, as columns `value:<outcome>`."""
    return pd.DataFrame(found.round(2), columns=[f"value:{name}" for name in OUTCOMES])


def _fact(name: str, default: Any = None) -> NDArray[np.float64]:
    return np.array([facts.get(name, default) for facts in CONDITIONS.values()], np.float64)


def _repair(part: int) -> NDArray[np.float64]:
    return np.array([facts.get("repair", (np.nan, np.nan))[part] for facts in CONDITIONS.values()])
