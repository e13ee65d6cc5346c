"""From raw records to a standard task folder: ids, families, split, tables, pictures, hidden labels, digests.

A recipe only reads raw files; everything that decides fairness is done here, the same for every task.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmark.card import Card
from benchmark.catalog import Recipe
from benchmark.columns import Column
from benchmark.croissant import croissant
from benchmark.edition import Edition
from benchmark.errors import UserError
from benchmark.families import families, refuse_giant
from benchmark.files import file_digest, new_folder, write_bytes, write_json
from benchmark.hiding import ask_oracle, hide
from benchmark.home import hidden_folder, task_folder
from benchmark.recipes import PARTS, PNG, head_of, records_of, require_finite
from benchmark.sources import RawFiles
from benchmark.split import assign_parts
from benchmark.streams import Streams
from benchmark.tables import STRING, write_csv, write_parquet
from benchmark.task import open_task

Progress = Callable[[str], None]


def prepare(
    card: Card,
    recipe: Recipe,
    raw: Path | None = None,
    download: bool = False,
    progress: Progress = lambda step: None,
    edition: Edition | None = None,
    anew: bool = False,
) -> Path:
    """Prepare one edition of a task, its own version unless another is given, and return its folder.

    `raw` is a folder of raw files; without it they are downloaded, where the card or `download` allows. The same
    raw files and edition give byte-equal CSV and pictures. What is prepared already stays, unless `anew` is set.
    UserError for a card and a recipe that do not fit, and where another digest comes out than the card fixes.
    """
    edition = edition or Edition()
    version, streams = edition.version(card), edition.streams(card)
    target = task_folder(card.name, version)
    if target.exists() and not anew:
        _require_fixed(card, version, open_task(target).digest, f"Move {target} away to prepare it anew.")
        progress("already prepared")
        return target
    progress("reading raw files" if card.sources else "making records")
    records, posterior = records_of(recipe, RawFiles(card, raw, download, edition), card)
    progress("splitting")
    standard = _standardize(records, posterior, card, streams)
    with (
        new_folder(target, replace=anew) as draft,
        new_folder(hidden_folder(card.name, version), replace=True) as hidden,
    ):
        progress("writing tables")
        own = {"version": version, "labels": "secret" if edition.secret else "public"}
        published = _publish(standard, card, own, draft, progress)
        published |= hide(standard.labels, standard.posterior, published, streams, hidden)
        if posterior is not None:
            progress("asking the oracle")
            published["oracle"] = ask_oracle(published, draft, hidden)
        write_json(draft / "card.json", published)
        write_json(draft / "croissant.json", croissant(published))
        _require_fixed(card, version, published["digest"], _FIXED + _RELEASES * (not card.sources))
    return target


_FIXED = "A version is fixed for ever: changed data or a changed recipe need a new version."
_RELEASES = (
    " Another release of numpy or pillow can also be the cause: an edition with --seed has no fixed digest."
)


def _require_fixed(card: Card, version: str, digest: str, do: str) -> None:
    if not card.digest or version != card.version or digest == card.digest:
        return
    raise UserError(
        f"Task {card.name} {card.version} is different from what its card fixes.",
        allowed=f"digest {card.digest}",
        given=f"digest {digest}",
        do=do,
    )


@dataclass(frozen=True)
class _Standard:
    """All rows under their opaque ids, sorted by id (which is a random order)."""

    features: pd.DataFrame
    pictures: dict[str, bytes | Path]
    labels: pd.DataFrame  # target, family, split or fold, part, slices, ignore, values
    columns: tuple[Column, ...]
    posterior: pd.DataFrame | None  # id, answer, probability and values


def _standardize(
    records: pd.DataFrame, posterior: pd.DataFrame | None, card: Card, streams: Streams
) -> _Standard:
    number = [str(position) for position in range(len(records))]
    records.index = pd.Index(streams.names("ids", number), name="id", dtype=STRING)
    family = families(records, card.families)
    if not card.split.column:
        refuse_giant(family, card.families)
    if (
        card.kind != "classification"
        and pd.Series(family).groupby(records[card.target].to_numpy()).nunique().max() > 1
    ):
        raise UserError(
            f"Records of one {card.target} of {card.name} are in several families.",
            given=f"families = {list(card.families)}",
            do=f"Add {card.target!r} to the families.",
        )
    labels = pd.DataFrame(
        {
            card.target: _target(records[card.target], card, streams),
            "family": streams.names("families", family.astype(str)),
        },
        index=records.index,
    )
    labels = labels.assign(**_split(records, family, card, streams))
    if card.ignore:
        labels["ignore"] = records[card.ignore].astype(bool).map({True: "yes", False: "no"})
    if card.hard_negatives:
        labels["hard_group"] = records[card.hard_negatives]
    for part in card.slices:
        labels[f"slice:{part.name}"] = records[part.column].astype("string")
    for name in records.columns:
        if str(name).startswith("value:"):
            labels[str(name)] = records[name].astype(float)
    order = np.argsort(records.index.to_numpy(str))
    columns = tuple(_with_values(column.column(), records[column.name]) for column in card.columns)
    features: dict[str, pd.Series[Any]] = {}
    pictures: dict[str, bytes | Path] = {}
    for column in columns:
        features[column.name] = _typed(records[column.name], column, card.name)
        if column.type == "image":
            features[column.name], new = _name_pictures(features[column.name], column, streams)
            pictures |= new
    if posterior is not None:
        posterior = posterior.assign(
            id=records.index.to_numpy()[posterior["row"]],
            answer=_target(posterior["answer"], card, streams),
        ).drop(columns="row")
    return _Standard(pd.DataFrame(features).iloc[order], pictures, labels.iloc[order], columns, posterior)


def _target(given: pd.Series[Any], card: Card, streams: Streams) -> list[str]:
    """Class names as they are; entities and clusters under opaque names."""
    names = given.astype(str).to_list()
    return names if card.kind == "classification" else streams.names("entities", names)


def _split(
    records: pd.DataFrame, family: np.ndarray[Any, Any], card: Card, streams: Streams
) -> dict[str, np.ndarray[Any, Any]]:
    if card.split.column:
        return {"split": records[card.split.column].to_numpy(object)}
    if card.kind == "classification":
        stratum = records[card.stratify or card.target].astype(str).to_numpy(str)
    else:
        size = np.minimum(np.bincount(family)[family], 8).astype(str)
        by = records[card.stratify].astype(str) if card.stratify else pd.Series("", index=records.index)
        stratum = np.char.add(by.to_numpy(str), size)
    if card.split.folds:
        shares = {str(fold): 1.0 for fold in range(card.split.folds)}
        return {"fold": assign_parts(family, stratum, shares, streams.rng("split"))}
    split = np.full(len(family), "test", object)
    shares = {name: getattr(card.split, name) for name in PARTS}
    free = np.ones(len(family), bool)
    if card.split.test_only:
        held = np.unique(family[records[card.split.test_only].to_numpy(bool)])
        free = ~np.isin(family, held)
        shares["test"] = max(0.0, shares["test"] - (~free).mean())
    _, among = np.unique(family[free], return_inverse=True)
    split[free] = assign_parts(among, stratum[free], shares, streams.rng("split"))
    if empty := sorted(set(PARTS) - set(split)):
        raise UserError(
            f"{card.name} has too few records or families for a split: none for {', '.join(empty)}.",
            given=f"{len(split)} records in {family.max() + 1} families, {len(np.unique(stratum))} strata",
            do="Name in `stratify` a column with fewer values, or give more records.",
        )
    test = np.flatnonzero(split == "test")
    part = np.full(len(split), None, object)
    shares = {"public": card.split.public, "private": 1 - card.split.public}
    _, small = np.unique(family[test], return_inverse=True)
    part[test] = assign_parts(small, stratum[test], shares, streams.rng("part"))
    return {"split": split, "part": part}


def _with_values(column: Column, values: pd.Series[Any]) -> Column:
    """Record the sorted values of an open categorical column, test rows included: a value seen there is data."""
    if column.type != "categorical":
        return column
    seen = sorted(values.dropna().astype(str).loc[lambda text: text != ""].unique())
    if column.values and (unknown := sorted(set(seen) - set(column.values))):
        raise UserError(
            f"Column {column.name!r} has values that its closed list lacks.",
            allowed=", ".join(column.values[:20]),
            given=", ".join(unknown[:5]),
            do="Add them to the card, or mend them in the recipe.",
        )
    return Column(**{**vars(column), "values": column.values or tuple(seen)})


def _typed(values: pd.Series[Any], column: Column, task: str) -> pd.Series[Any]:
    try:
        if column.type == "numeric":
            numbers = values.astype("float64")
            require_finite(numbers, task)
            return numbers
        if column.type == "datetime":
            with warnings.catch_warnings(action="ignore", category=UserWarning):  # no format was found
                return pd.to_datetime(values, utc=True).dt.as_unit("us")
        if column.type == "image":
            return values.astype(object)
        text: pd.Series[Any] = values.astype(STRING)
        text = text.mask(text == "")
        return text if column.type == "text" else text.astype(pd.CategoricalDtype(list(column.values)))
    except (TypeError, ValueError) as error:
        raise UserError(f"Column {column.name!r} of {task} is not {column.type}.", given=str(error)) from None


def _name_pictures(
    values: pd.Series[Any], column: Column, streams: Streams
) -> tuple[pd.Series[Any], dict[str, bytes | Path]]:
    known = values.dropna()
    names = streams.names("pictures", [f"{column.name} {row}" for row in known.index])
    files = {f"images/{name}{_suffix(picture)}": picture for name, picture in zip(names, known, strict=True)}
    return pd.Series(list(files), index=known.index, dtype=STRING).reindex(values.index), files


def _suffix(picture: bytes | Path) -> str:
    return ".png" if head_of(picture) == PNG else ".jpg"


def _publish(
    standard: _Standard, card: Card, own: dict[str, str], draft: Path, progress: Progress
) -> dict[str, Any]:
    """Write what a participant may see and return the published card; `own` is what this edition says of itself."""
    labels = standard.labels
    worth = [str(name) for name in labels.columns if str(name).startswith("value:")]
    known = [card.target, "split" if "split" in labels else "fold", "family", *worth]
    stored = [*standard.columns, *(Column(name, "numeric") for name in worth)]
    test = labels["split"] == "test" if "split" in labels else pd.Series(False, index=labels.index)
    tables = {"train": pd.concat([standard.features, labels[known]], axis=1)[~test]}
    if test.any():
        tables["test"] = standard.features[test]
    for name, table in tables.items():
        write_csv(table, draft / f"{name}.csv")
        write_parquet(table, draft / f"{name}.parquet", stored)
    if standard.pictures:
        progress("writing pictures")
        digests = {
            name: _write_picture(standard.pictures[name], draft / name) for name in sorted(standard.pictures)
        }
        write_bytes(draft / "images.sha256", "".join(f"{d}  {n}\n" for n, d in digests.items()).encode())
    files = {path.name: file_digest(path) for path in sorted(draft.iterdir()) if path.is_file()}
    classes = sorted(labels[card.target].unique()) if card.kind == "classification" else []
    published: dict[str, Any] = {
        **card.model_dump(mode="json", exclude={"columns", "version", "split", "digest", "labels"}),
        **own,
        "metric": str(card.headline),
        "columns": [vars(column) | {"values": list(column.values)} for column in standard.columns],
        "classes": classes,
        "folds": card.split.folds,
        "values": bool(worth),
        "sizes": {
            "rows": len(labels),
            "families": int(labels["family"].nunique()),
            "labels": int(labels[card.target].nunique()),
            "pictures": len(standard.pictures),
            **labels.get("split", pd.Series(dtype=object)).value_counts().to_dict(),
        },
        "files": files,
    }
    return published | {"digest": _task_digest(published)}


def _write_picture(picture: bytes | Path, target: Path) -> str:
    content = picture if isinstance(picture, bytes) else picture.read_bytes()
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def _task_digest(published: dict[str, Any]) -> str:
    """SHA-256 over what is asked, the canonical CSV and the picture bytes; Parquet is checked to equal them."""
    keys = ("name", "version", "kind", "target", "metric", "classes", "folds", "source", "ignorable")
    asked = {key: published[key] for key in keys}
    types = [[column["name"], column["type"], column["values"]] for column in published["columns"]]
    files = {name: digest for name, digest in published["files"].items() if not name.endswith(".parquet")}
    return hashlib.sha256(repr([sorted(asked.items()), types, sorted(files.items())]).encode()).hexdigest()
