"""What a metric is defined by, and the arithmetic that the kinds share.

A definition says how an outcome (predictions against labels) becomes additive counts and how counts become a
value. Names and spellings belong to `metric`, resampling to `benchmark.intervals`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from benchmark.errors import UserError

Floats = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]
Numbers = NDArray[Any]
Argument = str | int | float
T = TypeVar("T")


@dataclass(frozen=True)
class Parameter:
    """The one parameter that a metric may have: `top_accuracy@k=3`. Without a default it must be given."""

    name: str
    type: Callable[[Any], Argument]
    allowed: str
    valid: Callable[[Any], bool]
    default: Argument | None = None


@dataclass(frozen=True)
class Definition:
    """How a metric is computed; its functions take the parameter, if any, as a keyword.

    `counts` gives a float64 table (buckets, k) whose rows add up to the whole, `value` maps the last axis of
    such a table to the metric, `direct` is the exact value where that is not `value(counts.sum(axis=0))`. A
    metric that is no function of additive counts has `direct` alone. `needs` names an optional field of the
    outcome; `bounds` are the lowest and the highest possible value.
    """

    title: str
    counts: Callable[..., Floats] | None = None
    value: Callable[..., Floats] | None = None
    direct: Callable[..., float] | None = None
    parameter: Parameter | None = None
    needs: str | None = None
    higher_is_better: bool = True
    bounds: tuple[float, float] = (0.0, 1.0)


def ratio(numerator: Numbers, denominator: Numbers) -> Floats:
    """Element-wise quotient, with 0 where the denominator is 0.

    >>> ratio(np.array([1.0, 0.0]), np.array([2.0, 0.0]))
    array([0.5, 0. ])
    """
    shape = np.broadcast_shapes(np.shape(numerator), np.shape(denominator))
    return np.divide(numerator, denominator, out=np.zeros(shape), where=np.asarray(denominator) != 0)


def harmonic(precision: Floats, recall: Floats) -> Floats:
    """The F1 of a precision and a recall, element-wise; 0 where both are 0.

    >>> harmonic(np.array([1.0, 0.0]), np.array([0.5, 0.0])).round(3)
    array([0.667, 0.   ])
    """
    return ratio(2 * precision * recall, precision + recall)


def sums(place: Ints, of: Numbers | None, places: int) -> Floats:
    """Sums of numbers by their place in 0..places-1, or how many there are of each; (places,).

    >>> sums(np.array([0, 2, 2]), None, 4)
    array([1., 0., 2., 0.])
    """
    return np.bincount(place, of, places).astype(np.float64, copy=False)


def leave_one_out(lost: Floats, total: Floats, present: Bools) -> Floats:
    """Additive counts for what spans families, such as a false pair between two of them.

    `lost` (buckets, k) is by how much the total (k,) would fall if the bucket were left out. What spans two
    buckets is lost with either, so these do not add up to the total; the difference is spread evenly over the
    buckets that are `present` (buckets,). A weighted sum of the result is then, to first order, the total on
    resampled families.

    Giving each family half of a false pair also adds up, but understates the spread: families that attract
    false pairs lower each other's precision. In simulations with such families, 95 % intervals of pair F1
    from halves covered as little as 80 %, these 94 to 96 % (tests/benchmark/test_intervals.py).

    >>> one_false_pair_between_buckets_0_and_1 = np.array([[1.0], [1.0], [0.0], [0.0]])
    >>> leave_one_out(one_false_pair_between_buckets_0_and_1, np.array([1.0]), np.ones(4, bool)).T
    array([[ 0.75,  0.75, -0.25, -0.25]])
    """
    spread = (total - lost.sum(axis=0)) / max(int(present.sum()), 1)
    return np.asarray(lost + np.outer(present, spread))


def required(part: T | None, name: str) -> T:
    """An optional part of an outcome that a metric cannot do without. Raises UserError where it is missing.

    >>> required(None, "probabilities")
    Traceback (most recent call last):
    benchmark.errors.UserError: This metric needs probabilities, and there are none.
    """
    if part is None:
        raise UserError(f"This metric needs {name}, and there are none.")
    return part
