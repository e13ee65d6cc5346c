"""The kinds of product and the conditions of returned items, read from the data files, with the world's jitter."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

JITTER = 0.25  # of the logarithm of each chance: what tells one key's world from another's


def read(name: str) -> dict[str, Any]:
    """A data file beside this module."""
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


KINDS = read("kinds.toml")
CONDITIONS = read("conditions.toml")

REASONS = tuple(CONDITIONS["sealed"]["reason"])
COMMENTS = (
    "unopened", "changed_mind", "fit", "tried", "arrived_damaged", "battered", "marks", "not_working", "incomplete",
    "broken_piece", "wet", "smell", "used", "irony", "skin", "other_item", "none",
)  # fmt: skip
NOTES = (
    "no_findings", "visual_only", "opened", "carton", "surface", "function", "incomplete", "wet", "odour", "traces",
)  # fmt: skip
PHOTOS = (
    "intact_packed", "opened_seal", "crush", "tear", "hole", "spill", "intact_bare", "scratch", "stain",
    "missing_part", "broken", "fewer", "differs",
)  # fmt: skip
SEALS = ("yes", "no")
SELF_TESTS = ("pass", "limited", "fail")


@dataclass(frozen=True)
class Kinds:
    """What is public about the kinds of some records; arrays of one shape."""

    sensitive: NDArray[np.bool_]
    tryable: NDArray[np.bool_]
    repairable: NDArray[np.bool_]
    kilograms: Floats


def kinds_of(codes: Codes) -> Kinds:
    """The facts of kinds given by number, in the shape of `codes`."""
    kilograms = np.array([kind["weight"] / 1000 for kind in KINDS.values()])
    return Kinds(
        tagged("sensitive")[codes], tagged("tryable")[codes], tagged("repairable")[codes], kilograms[codes]
    )


def tagged(tag: str) -> NDArray[np.bool_]:
    """Which kinds have the tag; (kinds,)."""
    return np.array([tag in kind["tags"] for kind in KINDS.values()])


def shares() -> Floats:
    """The share of each condition among the records; (conditions,)."""
    found = np.array([facts["share"] for facts in CONDITIONS.values()], np.float64)
    return np.asarray(found / found.sum(), np.float64)


def kind_table() -> Floats:
    """Chances of the kinds in each condition; (conditions, kinds)."""
    table = np.zeros((len(CONDITIONS), len(KINDS)))
    for row, facts in enumerate(CONDITIONS.values()):
        factors = facts["kinds"]
        for column, kind in enumerate(KINDS.values()):
            named = [factors[tag] for tag in kind["tags"] if tag in factors]
            table[row, column] = kind["share"] * (np.prod(named) if named else factors["other"])
    return np.asarray(table / table.sum(axis=1, keepdims=True), np.float64)


def table(name: str, names: Sequence[str], rng: np.random.Generator) -> Floats:
    """Chances of the named values in each condition, jittered; (conditions, values)."""
    unknown = {key for facts in CONDITIONS.values() for key in facts[name]} - set(names)
    if unknown:
        raise ValueError(f"unknown values of {name}: {sorted(unknown)}")
    weights = np.array(
        [[facts[name].get(key, 0.0) for key in names] for facts in CONDITIONS.values()], np.float64
    )
    weights *= rng.lognormal(0, JITTER, weights.shape)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float64)


def photo_tables(rng: np.random.Generator) -> Floats:
    """Chances of what a photo shows: (4, conditions, values), by `2 * (kind is a set) + (packaging is redesigned)`.

    Only sets can lack a piece, and a changed look tells nothing where the packaging was redesigned.
    """
    plain = table("photo", PHOTOS, rng)
    found = np.stack([plain.copy() for _ in range(4)])
    for group in (0, 1):
        _move(found[group], "fewer", "missing_part")
    for group in (1, 3):
        _move(found[group], "differs", "intact_packed")
    return found


def normal(name: str) -> tuple[Floats, Floats]:
    """Means and standard deviations of a number, each (conditions,)."""
    pairs = np.array([facts[name] for facts in CONDITIONS.values()], np.float64)
    return pairs[:, 0], pairs[:, 1]


def _move(chances: Floats, source: str, target: str) -> None:
    chances[:, PHOTOS.index(target)] += chances[:, PHOTOS.index(source)]
    chances[:, PHOTOS.index(source)] = 0
