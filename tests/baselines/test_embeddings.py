"""Frozen embeddings: unit vectors of texts, picture features, both through the cache, within the time."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from baselines._embeddings import LENGTHS, PACKAGE, WIDTH, TextColumns, picture_embeddings, text_embeddings
from baselines._pictures import NAMES, picture_features
from benchmark.vectors import Vectors, adopt

pytest.importorskip("sentence_transformers")
pytest.importorskip(PACKAGE.replace("-", "_"))


@dataclass
class Asking:
    """As much of a task as embeddings look at; its time is spent by embedding alone."""

    seconds: float = 3600
    cores: int = 1
    vectors: Vectors = field(default_factory=Vectors)
    texts: tuple[str, ...] = ("title", "note")

    @property
    def budget(self) -> Asking:
        return self

    def seconds_left(self) -> float:
        return self.seconds - self.vectors.spent

    def columns_of(self, *types: str) -> list[str]:
        return list(self.texts)


def test_texts_that_mean_the_same_are_near() -> None:
    given = text_embeddings(Asking(), ["a red sofa", "a crimson couch", "USB charging cable"])
    assert given.shape == (3, WIDTH)
    assert given.dtype == np.float32
    assert np.allclose(np.linalg.norm(given, axis=1), 1, atol=1e-5)
    assert given[0] @ given[1] > 0.5 > given[0] @ given[2]


def test_empty_texts_are_zeros_and_equal_texts_equal() -> None:
    given = text_embeddings(Asking(), ["", "tea", "  ", "tea"])
    assert not given[[0, 2]].any()
    assert np.array_equal(given[1], given[3])
    assert text_embeddings(Asking(), []).shape == (0, WIDTH)


def test_the_next_run_finds_them_without_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["tea", "", "oolong"]
    first = Asking(vectors=Vectors(tmp_path / "store", tmp_path / "new"))
    computed = text_embeddings(first, texts)
    adopt(tmp_path / "new", tmp_path / "store", 10**9)
    monkeypatch.setattr("baselines._embeddings._model", None)
    second = Asking(vectors=Vectors(tmp_path / "store", tmp_path / "new"))
    assert np.array_equal(text_embeddings(second, texts), computed)
    assert second.vectors.spent == 0
    assert second.vectors.saved == pytest.approx(first.vectors.spent)


def test_pictures_go_by_content_and_broken_ones_are_nan(tmp_path: Path) -> None:
    for name, colour in (("a", "red"), ("b", "blue")):
        Image.new("RGB", (30, 20), colour).save(tmp_path / f"{name}.png")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    paths = [str(tmp_path / name) for name in ("a.png", "b.png", "broken.png", "absent.png")]
    task = Asking()
    given = picture_embeddings(task, pd.Series([*paths, None, pd.NA], dtype=object))
    assert given.shape == (6, len(NAMES))
    assert np.array_equal(given[:2], picture_features(paths[:2]).astype(np.float32))
    assert np.isnan(given[2:]).all()
    Image.new("RGB", (30, 20), "blue").save(tmp_path / "a.png")
    assert np.array_equal(picture_embeddings(task, paths[:1])[0], given[1]), "the old picture's vector"


def _table(rows: int) -> pd.DataFrame:
    title = [f"{noun} number {i}" for i, noun in zip(range(rows), ["lamp", "chair"] * rows, strict=False)]
    note = [None if i % 2 else f"{i} is a longer note " * 20 for i in range(rows)]
    return pd.DataFrame({"title": title, "note": note}).astype("string")


def test_columns_stand_side_by_side() -> None:
    task, table = Asking(), _table(5)
    columns = TextColumns(task, 0.5)
    given = columns.fit_transform(table)
    assert np.array_equal(given[:, :WIDTH], text_embeddings(task, table["title"].tolist()))
    assert not given[1, WIDTH:].any()
    assert given[0, WIDTH:].any()
    assert np.array_equal(columns.transform(table.iloc[:1]), given[:1])
    assert columns.longest == LENGTHS[0]


def test_a_table_without_texts_asks_for_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("baselines._embeddings._model", None)
    columns = TextColumns(Asking(texts=()), 0.5)
    assert columns.fit_transform(_table(3)).shape == (3, 0)
    assert columns.transform(_table(1)).shape == (1, 0)


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call of an encoder takes a second."""
    ticks = iter(range(10**6))
    monkeypatch.setattr("benchmark.vectors.time", SimpleNamespace(monotonic=lambda: float(next(ticks))))


@pytest.mark.usefixtures("ticking")
def test_texts_are_cut_where_time_is_short() -> None:
    columns = TextColumns(Asking(seconds=8), 0.5)
    given = columns.fit_transform(_table(200))
    assert LENGTHS[-1] < columns.longest < LENGTHS[0]
    assert np.isfinite(given).all()
    assert 0 < columns.reserve <= 5


@pytest.mark.usefixtures("ticking")
def test_rows_are_left_out_where_there_is_no_time_for_them(capsys: pytest.CaptureFixture[str]) -> None:
    columns = TextColumns(Asking(seconds=9), 0.5)
    given = columns.fit_transform(_table(1500))
    assert columns.longest == LENGTHS[-1]
    reached = np.isfinite(given).all(axis=1)
    assert 0 < reached.sum() < 1500
    assert np.isnan(given[~reached]).all()
    assert f"no time for the texts of {1500 - reached.sum()} rows" in capsys.readouterr().out
