"""Small made-up tasks of every kind, prepared through the suite's own door."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from benchmark.card import Card, validate_card
from benchmark.edition import Edition
from benchmark.home import hidden_folder
from benchmark.prepare import prepare
from benchmark.task import Task, open_task

KINDS = ("classification", "matching", "clustering")

_COLUMNS = [
    {"name": "title", "type": "text", "language": "en", "description": "Title."},
    {"name": "price", "type": "numeric", "unit": "EUR", "description": "Price."},
    {"name": "shop", "type": "categorical", "description": "Shop."},
    {"name": "seen", "type": "datetime", "description": "When it was seen."},
    {"name": "picture", "type": "image", "description": "Picture."},
]


def toy_card(kind: str, /, **changes: Any) -> Card:
    """A card for the toy records of a kind."""
    content: dict[str, Any] = {
        "name": f"toy_{kind}",
        "version": "1.0.0",
        "title": "A toy",
        "summary": "Small and made up.",
        "kind": kind,
        "target": "label",
        "labels": "public",
        "licence": "CC0-1.0",
        "families": ["label" if kind != "classification" else "maker"],
        "columns": _COLUMNS,
        "slices": [{"name": "shop", "column": "shop"}],
    }
    if kind == "clustering":
        content |= {
            "ignore": "twin",
            "hard_negatives": "near",
            "ignorable": [{"name": "colour", "column": "title", "words": ["red", "blue", "green"]}],
        }
    return validate_card(content | changes, origin="toy")


def toy_records(kind: str, rows: int = 200, seed: int = 7) -> pd.DataFrame:
    """Records whose title tells the label, with missing values, commas, quotes and line breaks."""
    rng = np.random.default_rng(seed)
    words = ["lamp", "chair", "table", "spoon", "clock"]
    label = rng.integers(0, 5, rows) if kind == "classification" else np.arange(rows) // 4
    colour = rng.choice(["red", "blue", "green"], rows)
    noun = [words[code % 5] for code in label]
    tail = ["", ', "large"', "\nnew", " né", " 100%", " \u2028x"]
    number = label if kind != "classification" else rng.integers(0, 1000, rows)
    title = [
        f"{c} {n} {k}{tail[i % 6]}" for i, (c, n, k) in enumerate(zip(colour, noun, number, strict=True))
    ]
    records = pd.DataFrame(
        {
            "title": title,
            "price": np.where(rng.random(rows) < 0.1, np.nan, rng.lognormal(3, 1, rows)),
            "shop": rng.choice(["north", "south", "east, west", None], rows),
            "seen": pd.to_datetime("2024-01-31T10:00:00Z")
            + pd.to_timedelta(rng.integers(0, 10**7, rows), "s"),
            "picture": [None if i % 5 == 0 else _picture(int(c)) for i, c in enumerate(label)],
            "label": [words[code] for code in label] if kind == "classification" else label.astype(str),
            "maker": [f"maker {i // 2}" for i in range(rows)],
            "twin": np.arange(rows) % 50 == 0,
            "near": [f"near {code // 2}" for code in label],
        }
    )
    records.loc[records.index[::17], "title"] = ""
    records.loc[records.index[::13], "seen"] = pd.NaT
    return records


def _picture(code: int) -> bytes:
    image = Image.new("RGB", (8, 8), (code * 37 % 256, code * 91 % 256, code * 53 % 256))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def toy_task(kind: str, rows: int = 200, seed: int = 0, **changes: Any) -> Task:
    """A prepared toy task under CLASSMARK_HOME."""
    return open_task(toy_folder(kind, rows, seed, **changes))


def toy_folder(kind: str, rows: int = 200, seed: int = 0, **changes: Any) -> Path:
    """The folder of a prepared toy task."""
    return prepare(toy_card(kind, **changes), lambda raw: toy_records(kind, rows), edition=Edition(seed=seed))


def hidden_labels(task: Task) -> pd.DataFrame:
    """All that is hidden of a task; index id."""
    return pd.read_parquet(hidden_folder(task.name, task.version) / "labels.parquet").set_index("id")


def right_answer(task: Task, labels: pd.DataFrame) -> pd.DataFrame:
    """The perfect predictions table."""
    target = labels.loc[task.test_ids, "target"]
    if task.kind == "classification":
        return pd.DataFrame({"id": list(target.index), "prediction": list(target)})
    if task.kind == "clustering":
        return pd.DataFrame({"id": list(target.index), "cluster": list(target)})
    pairs = [
        (group.index[i], group.index[j], 1.0)
        for _, group in target.groupby(target)
        for i in range(len(group))
        for j in range(i)
    ]
    return pd.DataFrame(pairs, columns=["left_id", "right_id", "score"])
