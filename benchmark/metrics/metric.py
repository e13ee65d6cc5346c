"""`Metric`: a value with a spelling that the command line, result columns and Python share.

What each metric computes stands in the module of its kind; how intervals are made of it in
`benchmark.intervals`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmark.errors import UserError, unknown_name
from benchmark.metrics import classification, clustering, matching
from benchmark.metrics.definition import Argument, Definition, Floats, Parameter

_KINDS = {
    "classification": classification.METRICS,
    "matching": matching.METRICS,
    "clustering": clustering.METRICS,
}
_KIND_OF = {name: kind for kind, metrics in _KINDS.items() for name in metrics}


@dataclass(frozen=True)
class Metric:
    """A metric and its argument; hashable. Raises UserError for an unknown name or a wrong argument.

    >>> metric = Metric.parse("recall@precision=0.950")
    >>> str(metric), metric.params, metric.kind
    ('recall@precision=0.95', {'precision': 0.95}, 'matching')
    >>> str(Metric("top_accuracy"))
    'top_accuracy@k=3'
    >>> Metric("macro_f2")
    Traceback (most recent call last):
    benchmark.errors.UserError: There is no metric 'macro_f2'.
    ...
    """

    name: str
    argument: Argument | None = None

    def __post_init__(self) -> None:
        if self.name not in _KIND_OF:
            raise unknown_name("metric", self.name, _KIND_OF)
        parameter = self._definition.parameter
        if parameter is not None:
            object.__setattr__(self, "argument", _argument(self.name, parameter, self.argument))
        elif self.argument is not None:
            raise UserError(f"The metric {self.name} has no parameter.", given=str(self.argument))

    @classmethod
    def parse(cls, spelling: str) -> Metric:
        """The metric of a spelling, `name` or `name@parameter=value`. Raises UserError if there is none."""
        name, with_parameter, rest = spelling.partition("@")
        if not with_parameter:
            return cls(name)
        key, _, text = rest.partition("=")
        if name in _KIND_OF:
            parameter = _KINDS[_KIND_OF[name]][name].parameter
            names = [parameter.name] if parameter else []
            if key not in names:
                raise unknown_name(f"parameter of {name}", key, names)
        return cls(name, text)

    def __str__(self) -> str:
        return "@".join([self.name, *(f"{key}={value}" for key, value in self.params.items())])

    @property
    def _definition(self) -> Definition:
        return _KINDS[self.kind][self.name]

    @property
    def kind(self) -> str:
        """classification, matching or clustering."""
        return _KIND_OF[self.name]

    @property
    def params(self) -> dict[str, Argument]:
        """The parameter by name; empty for a metric without one."""
        parameter = self._definition.parameter
        return {} if parameter is None or self.argument is None else {parameter.name: self.argument}

    @property
    def title(self) -> str:
        """What it is, in a line."""
        return self._definition.title

    @property
    def needs(self) -> str | None:
        """The optional field of the outcome that it cannot do without."""
        return self._definition.needs

    @property
    def higher_is_better(self) -> bool:
        return self._definition.higher_is_better

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest possible value."""
        return self._definition.bounds

    @property
    def additive(self) -> bool:
        """Whether it is a function of additive counts, and so has an interval."""
        return self._definition.counts is not None

    @property
    def counting(self) -> tuple[Any, Argument | None]:
        """What its counts are made by: metrics that are equal in this have the same counts."""
        return self._definition.counts, self.argument

    def counts(self, outcome: Any) -> Floats:
        """The additive counts of an outcome of its kind; float64 (buckets, k).

        Raises UserError for a metric that is not additive, or where the outcome lacks what it needs.
        """
        if self._definition.counts is None:
            raise UserError(f"The metric {self} is no function of additive counts, so it has no interval.")
        return self._definition.counts(outcome, **self.params)

    def value(self, table: Floats) -> Floats:
        """The metric of counts, over the last axis: (..., k) -> (...)."""
        if self._definition.value is None:
            raise UserError(f"The metric {self} is no function of additive counts, so it has no interval.")
        return np.asarray(self._definition.value(table, **self.params))

    def direct(self, outcome: Any, table: Floats | None = None) -> float:
        """The exact value of an outcome of its kind, to 12 decimals: rounding errors must not break a tie.

        `table` are its counts, where they are known already.
        """
        if self._definition.direct is None:
            table = self.counts(outcome) if table is None else table
            return round(float(self.value(table.sum(axis=0))), 12)
        return round(self._definition.direct(outcome, **self.params), 12)


def _argument(metric: str, parameter: Parameter, given: Argument | None) -> Argument:
    wanted = given if given is not None else parameter.default
    try:
        value = parameter.type(wanted) if wanted is not None else None
    except ValueError:
        value = None
    if value is None or not parameter.valid(value):
        raise UserError(
            f"The metric {metric} needs the parameter {parameter.name!r}.",
            allowed=parameter.allowed,
            given="nothing" if given is None else repr(given),
            do=f"Write {metric}@{parameter.name}=...",
        )
    return value


def _has_spelling_without_argument(definition: Definition) -> bool:
    return definition.parameter is None or definition.parameter.default is not None


DEFAULT_METRICS = {
    kind: tuple(Metric(name) for name, found in metrics.items() if _has_spelling_without_argument(found))
    for kind, metrics in _KINDS.items()
}
"""What is reported for each kind, where the outcome has what the metric needs; the headline first."""
