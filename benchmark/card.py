"""The card of a task, `datasets/<name>/card.toml`: a closed vocabulary, read by pydantic models.

What the data are and what is asked stands here; how raw rows are read stands in the recipe beside it.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from benchmark.columns import Column, ColumnType, Ignorable
from benchmark.errors import UserError, did_you_mean
from benchmark.metrics import DEFAULT_METRICS, Metric

Kind = Literal["classification", "matching", "clustering"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
RESERVED = {"id", "split", "fold", "family", "part"}


class Closed(BaseModel):
    """Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnCard(Closed):
    name: Name
    type: ColumnType
    description: str
    unit: str = ""
    language: str = ""
    values: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits_type(self) -> Self:
        for field, kind in (("unit", "numeric"), ("language", "text"), ("values", "categorical")):
            if getattr(self, field) and self.type != kind:
                raise ValueError(f"{field!r} belongs to {kind} columns, and {self.name!r} is {self.type}")
        if len(set(self.values)) < len(self.values):
            raise ValueError(f"the values of {self.name!r} repeat")
        return self

    def column(self) -> Column:
        return Column(**self.model_dump())


class IgnorableCard(Closed):
    name: Name
    column: Name
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    where: dict[Name, tuple[str, ...]] = {}

    def ignorable(self) -> Ignorable:
        return Ignorable(**self.model_dump())


class SliceCard(Closed):
    name: Name
    column: Name


class SourceCard(Closed):
    """A raw file, or a folder of raw files."""

    name: Name
    file: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    licence: str
    default_download: bool
    folder: bool = False
    url: str = ""
    mirrors: tuple[str, ...] = ()
    homepage: str = ""
    citation: str = ""

    @model_validator(mode="after")
    def _folder_has_no_url(self) -> Self:
        if self.folder and self.url:
            raise ValueError(f"source {self.name!r} is a folder and cannot have a url")
        return self


class SplitCard(Closed):
    """Group folds, shares of a fixed split, or a published split column.

    Families with a record that `test_only` marks go to the test; the others fill the shares up.
    """

    folds: Annotated[int, Field(ge=2, le=20)] | None = None
    column: Name | None = None
    test_only: Name | None = None
    train: float = 0.6
    validation: float = 0.1
    test: float = 0.3
    public: Annotated[float, Field(ge=0, le=1)] = 0.3

    @model_validator(mode="after")
    def _one_scheme(self) -> Self:
        shares = {"train", "validation", "test"} & self.model_fields_set
        if bool(self.folds) + bool(self.column) + bool(shares) > 1:
            raise ValueError("give folds, or a column, or shares of train, validation and test")
        if min(self.train, self.validation, self.test) <= 0 or not math.isclose(
            self.train + self.validation + self.test, 1
        ):
            raise ValueError("the shares of train, validation and test are positive and sum to 1")
        if self.test_only and (self.folds or self.column):
            raise ValueError("test_only belongs to a split by shares")
        return self


class Card(Closed):
    name: Name
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    title: str
    summary: str
    kind: Kind
    target: Name
    metric: str = ""
    labels: Literal["public", "secret"]
    board: bool = True
    licence: str
    language: tuple[str, ...] = ()
    families: tuple[Name, ...]
    stratify: Name | None = None
    ignore: Name | None = None
    hard_negatives: Name | None = None
    source: Name | None = None
    sizes: tuple[Name, ...] = ()
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    split: SplitCard = SplitCard()
    columns: tuple[ColumnCard, ...]
    slices: tuple[SliceCard, ...] = ()
    ignorable: tuple[IgnorableCard, ...] = ()
    sources: tuple[SourceCard, ...] = ()

    @field_validator("columns", mode="after")
    @classmethod
    def _distinct(cls, columns: tuple[ColumnCard, ...]) -> tuple[ColumnCard, ...]:
        names = [column.name for column in columns]
        if len(set(names)) < len(names) or not names:
            raise ValueError("column names are distinct, and there is at least one")
        if RESERVED & set(names):
            raise ValueError(f"column names {sorted(RESERVED)} are the suite's own")
        return columns

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = {column.name for column in self.columns}
        if self.target in names or self.target in RESERVED:
            raise ValueError("the target is not a feature column, nor one of the suite's own columns")
        if (self.ignore or self.source) and self.kind == "classification":
            raise ValueError("'ignore' and 'source' belong to matching and clustering")
        if self.hard_negatives and self.kind != "clustering":
            raise ValueError("'hard_negatives' belongs to clustering")
        if self.source and self.source not in names:
            raise ValueError("'source' names a feature column")
        for what, listed in (
            ("slices", self.slices),
            ("sources", self.sources),
            ("ignorable", self.ignorable),
        ):
            if len({one.name for one in listed}) < len(listed):
                raise ValueError(f"the names of [[{what}]] repeat")
        for ignorable in self.ignorable:
            if not {ignorable.column, *ignorable.where} <= names:
                raise ValueError(f"ignorable {ignorable.name!r} names feature columns")
        if self.headline.kind != self.kind:
            raise ValueError(f"metric {self.metric!r} does not belong to {self.kind}")
        if not self.headline.additive:
            raise ValueError(f"metric {self.metric!r} has no interval and cannot be a headline")
        if self.headline.needs == "probabilities":
            raise ValueError(f"metric {self.metric!r} needs probabilities and cannot be a headline")
        return self

    @property
    def headline(self) -> Metric:
        return Metric.parse(self.metric) if self.metric else DEFAULT_METRICS[self.kind][0]


def read_card(path: Path) -> Card:
    """Read `card.toml`.

    Raises UserError naming every fault, with did-you-mean for unknown keys.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not TOML.", given=str(error)) from None
    return validate_card(content, origin=str(path))


def validate_card(content: dict[str, Any], origin: str) -> Card:
    """Make a Card of parsed content, or raise UserError listing what is wrong with it."""
    try:
        return Card.model_validate(content)
    except ValidationError as error:
        faults = [_describe(dict(fault), content) for fault in error.errors()]
    listed = "\n".join(f"  - {fault}" for fault in faults)
    raise UserError(f"The card {origin} has faults:\n{listed}", do="docs/tasks.md lists the keys of a card.")


def _describe(fault: dict[str, Any], content: dict[str, Any]) -> str:
    where = _place(fault["loc"], content)
    if fault["type"] == "missing":
        return f"{where}: this key is required"
    if fault["type"] != "extra_forbidden":
        message = str(fault["msg"]).removeprefix("Value error, ")
        given = "" if isinstance(fault["input"], dict | list | tuple) else f", and is {fault['input']!r:.80}"
        return f"{where}: {message}{given}" if where else message
    models: dict[str, type[Closed]] = {
        "columns": ColumnCard,
        "slices": SliceCard,
        "ignorable": IgnorableCard,
        "sources": SourceCard,
        "split": SplitCard,
    }
    model = models.get(str(fault["loc"][0]), Card) if len(fault["loc"]) > 1 else Card
    hint = did_you_mean(str(fault["loc"][-1]), model.model_fields)
    return f"{where}: unknown key. {hint}".rstrip()


def _place(steps: Sequence[str | int], content: Any) -> str:
    """Where a fault stands; entries of a list by their names, where they have one."""
    said = []
    for step in steps:
        try:
            content = content[step]
        except (KeyError, IndexError, TypeError):
            content = None
        name = content.get("name") if isinstance(content, dict) and isinstance(step, int) else None
        said.append(str(name or step))
    return ".".join(said)
