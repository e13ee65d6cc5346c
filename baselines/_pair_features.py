"""Two records side by side: for each modality where the near ones are looked for, and what tells a pair apart.

Nothing here looks at a label; what labels teach about pairs stands in `_pair_evidence.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array, csr_matrix, hstack
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize

from baselines._embeddings import picture_embeddings, text_embeddings
from baselines._features import binned, days, one_hot, standard
from baselines._pair_numbers import Numbers, Positions, Space, in_steps
from baselines._pictures import NAMES
from baselines._text import documents

PICTURE_AXES = 40
BINS = 30
_GROUPS = {
    "colour": ("mean", "spread", "colour", "inner"),
    "colour of the thing": ("inner",),
    "layout": ("light", "box"),
    "edges": ("edge", "direction", "stroke"),
    "outline": ("outline", "width", "height", "aspect"),
}


class Meanings:
    """Text columns by their embeddings."""

    def __init__(self, table: pd.DataFrame, task: Any, columns: Sequence[str]) -> None:
        self.dense = {
            f"meaning of {name}": text_embeddings(task, documents(table, [name])) for name in columns
        }
        self.spaces: dict[str, Space] = dict(self.dense)

    def compare(self, left: Positions, right: Positions) -> Numbers:
        return {}


class Amounts:
    """Relative and logarithmic gaps of numbers, days between times, equal categories by how rare they are."""

    def __init__(self, table: pd.DataFrame, task: Any) -> None:
        self.numbers = {name: table[name].to_numpy(float) for name in task.columns_of("numeric")}
        self.times = {name: days(table[name]) for name in task.columns_of("datetime")}
        self.codes = {
            name: table[name].cat.codes.to_numpy(np.int64) for name in task.columns_of("categorical")
        }
        blocks = [binned(values[:, None], BINS) for values in (self.numbers | self.times).values()]
        values = csr_matrix(hstack([one_hot(table, task), *blocks]))
        self.spaces: dict[str, Space] = {"rare values": csr_array(TfidfTransformer().fit_transform(values))}
        self.dense: dict[str, NDArray[np.float32]] = {}

    def compare(self, left: Positions, right: Positions) -> Numbers:
        found = {}
        for name, values in self.numbers.items():
            gap, size = np.abs(values[left] - values[right]), np.abs(values)
            larger = np.maximum(size[left], size[right])
            found[f"gap of {name}"] = np.divide(gap, larger, out=gap.copy(), where=larger > 0)
            found[f"log gap of {name}"] = np.abs(np.log1p(size[left]) - np.log1p(size[right]))
        for name, values in self.times.items():
            found[f"days of {name}"] = np.log1p(np.abs(values[left] - values[right]))
        for name, code in self.codes.items():
            share = np.bincount(code[code >= 0], minlength=1) / max(1, len(code))
            equal = np.where(code[left] == code[right], -np.log(share[code[left]] + 1e-12), 0.0)
            found[f"same {name}"] = np.where((code[left] < 0) | (code[right] < 0), np.nan, equal)
        return found


class Pictures:
    """Each picture column: distances of colours, layout, edges and outline."""

    def __init__(self, table: pd.DataFrame, task: Any) -> None:
        group = np.array([name.split("_")[0] for name in NAMES])
        self.groups: dict[str, NDArray[np.float32]] = {}
        self.colours: dict[str, NDArray[np.float64]] = {}
        self.spaces: dict[str, Space] = {}
        self.dense: dict[str, NDArray[np.float32]] = {}
        for name in task.columns_of("image"):
            numbers = picture_embeddings(task, table[name]).astype(float)
            scaled = standard(numbers)
            known = np.nan_to_num(scaled)
            for what, starts in _GROUPS.items():
                self.groups[f"{what} of {name}"] = scaled[:, np.isin(group, starts)].astype(np.float32)
            self.colours[name] = numbers[:, [NAMES.index(f"inner_mean_{channel}") for channel in "rgb"]]
            axes = PCA(min(PICTURE_AXES, *known.shape), random_state=0).fit_transform(known)
            seen = np.asarray(known.any(axis=1))[:, None]
            self.spaces[name] = normalize(axes * seen).astype(np.float32)
            self.spaces[f"strokes of {name}"] = normalize(known[:, group == "stroke"]).astype(np.float32)
            self.dense[name] = known.astype(np.float32)

    def compare(self, left: Positions, right: Positions) -> Numbers:
        found = {
            f"distance of {name}": in_steps(
                lambda one, other: np.abs(one - other).mean(axis=1)[:, None], values, left, right, 1
            ).ravel()
            for name, values in self.groups.items()
        }
        for name, colour in self.colours.items():
            off = colour[left] - colour[right]
            light = off.mean(axis=1)
            found[f"light of {name}"] = np.abs(light)
            found[f"hue of {name}"] = np.sqrt(np.square(off - light[:, None]).sum(axis=1))
        return found
