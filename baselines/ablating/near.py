"""Records side by side: for each modality which are near each other, and how a pair of them differs."""

from __future__ import annotations

import itertools
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, csr_matrix, hstack
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.preprocessing import OneHotEncoder, normalize

from baselines._features import binned, days, standard
from baselines._pairs import Pairs, nearest_pairs, text_vectors
from baselines._pictures import NAMES
from baselines._text import Tfidf, documents
from baselines.ablating.features import picture_numbers
from baselines.ablating.modalities import columns_of
from baselines.ablating.rows import Rows

NEIGHBOURS = 10
BINS = 30
PICTURE_AXES = 40
_MODEL_NUMBERS = r"(?u)\b\w*\d\w*\b"
_GROUPS = {
    "colour": ("mean", "spread", "colour", "inner"),
    "layout": ("light", "box"),
    "edges": ("edge", "direction", "stroke"),
    "outline": ("outline", "width", "height", "aspect"),
}


class Side(Protocol):
    """One modality of the records. `vectors`: where the nearest are looked for by cosine, (records, any)."""

    vectors: csr_array

    def compare(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
        """What tells the two records of each pair apart; each of shape (pairs,)."""
        ...


def sides(rows: Rows) -> dict[str, Side]:
    """The modalities that the task has."""
    makers: dict[str, type[Side]] = {"text": Texts, "numbers": Amounts, "pictures": Pictures}
    return {name: make(rows) for name, make in makers.items() if columns_of(rows.task.columns, name)}  # type: ignore[call-arg]


def near(side: Side, block: NDArray[np.int64], source: NDArray[np.int64] | None) -> Pairs:
    """Each record of a block with its nearest in the block, as positions in the block."""
    return nearest_pairs(side.vectors[block], NEIGHBOURS, None if source is None else source[block])


class Texts:
    """All text columns together and each of them: characters, words, and words with a digit."""

    def __init__(self, rows: Rows) -> None:
        names = [column.name for column in columns_of(rows.task.columns, "text")]
        together = documents(rows.table, names)
        self.vectors = text_vectors(together)
        self.kinds = {"characters": self.vectors, "model numbers": _model_numbers(together)}
        for name in names:
            texts = documents(rows.table, [name])
            self.kinds[f"words of {name}"] = Tfidf("word", (1, 2)).fit_transform(texts)
            if len(names) > 1:
                self.kinds[f"characters of {name}"] = text_vectors(texts)

    def compare(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
        return {name: cosines(vectors, left, right) for name, vectors in self.kinds.items()}


class Amounts:
    """Relative differences of numbers, days between times, equal categories by how rare they are."""

    def __init__(self, rows: Rows) -> None:
        self.values: dict[str, NDArray[np.float64]] = {}
        self.times: dict[str, NDArray[np.float64]] = {}
        self.codes: dict[str, NDArray[np.int64]] = {}
        blocks = []
        for column in columns_of(rows.task.columns, "numbers"):
            given = rows.table[column.name]
            if column.type == "categorical":
                code = np.asarray(given.cat.codes, np.int64)
                self.codes[column.name] = code
                blocks.append(OneHotEncoder(handle_unknown="ignore").fit_transform(_nan(code)[:, None]))
            else:
                values = given.to_numpy(float) if column.type == "numeric" else days(given)
                (self.values if column.type == "numeric" else self.times)[column.name] = values
                blocks += [binned(values[:, None], BINS), binned(values[:, None], BINS // 2 + 1)]
        self.vectors = csr_array(TfidfTransformer().fit_transform(csr_matrix(hstack(blocks))))

    def compare(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
        found = {"rare values shared": cosines(self.vectors, left, right)}
        for name, values in self.values.items():
            larger = np.maximum(np.abs(values[left]), np.abs(values[right]))
            gap = np.abs(values[left] - values[right])
            found[f"gap of {name}"] = np.where(larger > 0, gap / np.where(larger > 0, larger, 1), gap)
        for name, values in self.times.items():
            found[f"days of {name}"] = np.log1p(np.abs(values[left] - values[right]))
        for name, code in self.codes.items():
            rarity = -np.log(np.bincount(code[code >= 0], minlength=1) / len(code) + 1e-12)
            equal = np.where(code[left] == code[right], rarity[code[left]], 0.0)
            found[f"same {name}"] = np.where((code[left] < 0) | (code[right] < 0), np.nan, equal)
        return found


class Pictures:
    """Distances of colours, layout, edges and outline, within each picture column and across each two."""

    def __init__(self, rows: Rows) -> None:
        found = picture_numbers(rows)
        group = np.array([name.split("_")[0] for name in NAMES])
        scaled = {name: standard(values) for name, values in found.items()}
        self.columns = {
            (name, what): values[:, np.isin(group, starts)].astype(np.float32)
            for name, values in scaled.items()
            for what, starts in _GROUPS.items()
        }
        self.names = list(found)
        self.strokes = {
            name: csr_array(normalize(np.nan_to_num(values[:, group == "stroke"])))
            for name, values in scaled.items()
        }
        everything = np.nan_to_num(np.hstack(list(scaled.values())))
        axes = PCA(min(PICTURE_AXES, *everything.shape), random_state=0)
        self.vectors = csr_array(
            normalize(axes.fit_transform(everything) * np.asarray(everything.any(axis=1))[:, None])
        )

    def compare(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
        found = {"pictures alike": cosines(self.vectors, left, right)}
        for name in self.names:
            found[f"strokes of {name} alike"] = cosines(self.strokes[name], left, right)
        for what in _GROUPS:
            for name in self.names:
                found[f"{what} of {name}"] = distances(self.columns[name, what], None, left, right)
            for one, other in itertools.permutations(self.names, 2):
                found[f"{what} of {one} and {other}"] = distances(
                    self.columns[one, what], self.columns[other, what], left, right
                )
        return found


def cosines(vectors: csr_array, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
    """The products of the vectors of each pair; (pairs,)."""
    step = 50_000
    parts = [
        np.asarray((vectors[left[i : i + step]] * vectors[right[i : i + step]]).sum(axis=1), float).ravel()
        for i in range(0, len(left), step)
    ]
    return np.concatenate([*parts, np.empty(0)])


def distances(
    one: NDArray[np.float32],
    other: NDArray[np.float32] | None,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Mean absolute difference of each pair's numbers, NaN where a picture is missing; (pairs,)."""
    second, step = one if other is None else other, 50_000
    parts = [
        np.abs(one[left[i : i + step]] - second[right[i : i + step]]).mean(axis=1)
        for i in range(0, len(left), step)
    ]
    return np.concatenate([*parts, np.empty(0)]).astype(np.float64)


def _nan(code: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.where(code < 0, np.nan, code.astype(float))


def _model_numbers(texts: list[str]) -> csr_array:
    hashing = HashingVectorizer(token_pattern=_MODEL_NUMBERS, alternate_sign=False, dtype=np.float32)
    return csr_array(TfidfTransformer().fit_transform(hashing.transform(texts)))
