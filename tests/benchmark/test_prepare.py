"""The data standard: what `prepare` writes, and that it is the same every time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest
from toys import KINDS, toy_card, toy_folder, toy_records, toy_task

from benchmark.catalog import Raw
from benchmark.edition import Edition
from benchmark.errors import UserError
from benchmark.files import file_digest
from benchmark.home import hidden_folder
from benchmark.prepare import prepare
from benchmark.task import open_task


@pytest.mark.parametrize("kind", KINDS)
def test_csv_and_parquet_give_equal_frames(kind: str) -> None:
    folder = toy_folder(kind)
    for table in ("train", "validation", "test"):
        parquet = getattr(open_task(folder), table)
        pd.testing.assert_frame_equal(parquet, getattr(open_task(folder, format="csv"), table))
    assert parquet.dtypes.astype(str).to_dict() == {
        "title": "string",
        "price": "float64",
        "shop": "category",
        "seen": "datetime64[us, UTC]",
        "picture": "string",
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_is_there_once_and_families_stay_together(kind: str) -> None:
    task, records = toy_task(kind), toy_records(kind)
    labels = pd.read_parquet(hidden_folder(task.name, task.version) / "labels.parquet").set_index("id")
    ids = [*task.train.index, *task.validation.index, *task.test.index]
    assert len(set(ids)) == len(ids) == len(records)
    assert not set(task.rows["family"]) & set(labels["family"])
    assert list(labels.index) == list(task.test.index)
    assert task.rows.groupby("family")["split"].nunique().max() == 1
    assert labels.groupby("family")["part"].nunique().max() == 1
    shares = task.rows["split"].value_counts() / len(records)
    assert shares["train"] == pytest.approx(0.6, abs=0.03)
    assert shares["validation"] == pytest.approx(0.1, abs=0.03)


def test_the_test_table_has_features_only() -> None:
    task = toy_task("classification")
    names = ["title", "price", "shop", "seen", "picture"]
    assert list(task.test.columns) == names
    assert pyarrow.parquet.read_schema(task.folder / "test.parquet").names == ["id", *names]


def test_folds_cover_every_row_once_and_keep_families() -> None:
    task = toy_task("classification", split={"folds": 5})
    tests = [set(task.with_fold(fold).test.index) for fold in range(5)]
    assert sum(map(len, tests)) == len(set.union(*tests)) == 200
    for fold in range(5):
        view = task.with_fold(fold)
        rest = {*view.train.index, *view.validation.index}
        assert not rest & tests[fold]
        assert len(rest) + len(tests[fold]) == 200
        assert set(view.rows.index) == rest
    assert not (task.folder / "test.parquet").exists()


def test_a_published_split_is_kept() -> None:
    records = toy_records("classification").assign(published=["train", "validation", "test", "train"] * 50)
    card = toy_card("classification", split={"column": "published"})
    task = open_task(prepare(card, lambda raw: records))
    assert sorted(task.test["title"].dropna()) == sorted(t for t in records["title"][2::4] if t)


def test_secret_is_kept_apart() -> None:
    task = toy_task("clustering")
    labels = hidden_folder(task.name, task.version)
    assert task.folder not in labels.parents
    assert json.loads((labels / "labels.json").read_text())["digest"] == task.digest


SCRIPT = """
import sys; sys.path.insert(0, sys.argv[1])
from toys import toy_folder, KINDS
for kind in KINDS: print(toy_folder(kind))
"""


def test_same_seed_same_bytes_in_processes_with_other_hash_seeds(tmp_path: Path) -> None:
    support, found = str(Path(__file__).parents[1] / "support"), []
    for seed in ("1", "2"):
        home = tmp_path / seed
        environment = os.environ | {"CLASSMARK_HOME": str(home), "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", SCRIPT, support], env=environment, check=True)
        files = [path for path in sorted(home.rglob("*")) if path.is_file()]
        found.append({str(path.relative_to(home)): file_digest(path) for path in files})
    assert found[0] == found[1]
    assert len(found[0]) > 400


def test_another_seed_is_another_version_with_other_ids() -> None:
    task, other = toy_task("matching"), toy_task("matching", seed=1)
    assert other.version == "1.0.0+seed1"
    assert other.digest != task.digest
    assert not set(task.rows.index) & set(other.rows.index)


def test_a_prepared_version_stays() -> None:
    first = toy_folder("classification")
    stamp = (first / "card.json").stat().st_mtime_ns
    assert toy_folder("classification") == first
    assert (first / "card.json").stat().st_mtime_ns == stamp


def test_a_fixed_digest_is_held() -> None:
    digest = toy_task("classification").digest
    version = {"version": "1.0.1"}
    with pytest.raises(UserError, match="different from what its card fixes"):
        toy_folder("classification", digest=digest, **version)
    assert not (toy_task("classification").folder.parent / "1.0.1").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shop": None}, "does not return the columns"),
        ({"price": "cheap"}, "not numeric"),
        ({"seen": "someday"}, "not datetime"),
        ({"label": pd.NA}, "rows without a label"),
    ],
)
def test_bad_records_are_refused_and_nothing_is_written(
    change: dict[str, object], message: str, home: Path
) -> None:
    records = toy_records("classification")
    for name, value in change.items():
        records = records.drop(columns=name) if value is None else records.assign(**{name: value})
    with pytest.raises(UserError, match=message):
        prepare(toy_card("classification"), lambda raw: records)
    assert not [path for path in home.rglob("*") if path.is_file()]


def test_a_value_outside_a_closed_list_is_refused() -> None:
    columns = [{"name": "shop", "type": "categorical", "description": "", "values": ["north"]}]
    with pytest.raises(UserError, match="closed list lacks"):
        toy_folder("classification", columns=columns)


def test_an_entity_in_several_families_is_refused() -> None:
    with pytest.raises(UserError, match="Add 'label' to the families"):
        toy_folder("matching", families=["maker"])


def test_croissant_is_valid_and_readable(recwarn: pytest.WarningsRecorder) -> None:
    mlcroissant = pytest.importorskip("mlcroissant")
    for kind in KINDS:
        task = toy_task(kind)
        dataset = mlcroissant.Dataset(jsonld=str(task.folder / "croissant.json"))
        assert not dataset.metadata.issues.errors, dataset.metadata.issues.report()
        rows = list(dataset.records("test"))
        assert [row["test/id"].decode() for row in rows] == list(task.test.index)


def test_families_of_marked_records_go_to_the_test() -> None:
    records = toy_records("classification", 400)
    records["maker"] = np.arange(400) // 2
    records["fresh"] = np.isin(np.arange(400) // 2, np.arange(0, 200, 10))
    card = toy_card("classification", split={"test_only": "fresh"})
    task = open_task(prepare(card, lambda raw: records))
    sizes = task.card["sizes"]
    assert abs(sizes["test"] / 400 - 0.3) < 0.03
    assert abs(sizes["train"] / 400 - 0.6) < 0.03
    marked = {title for title, fresh in zip(records["price"], records["fresh"], strict=True) if fresh}
    assert not marked & set(task.labelled["price"])


def test_test_only_needs_shares() -> None:
    with pytest.raises(UserError, match="test_only"):
        toy_card("classification", split={"test_only": "fresh", "folds": 5})


def test_a_recipe_gets_its_size_and_streams() -> None:
    seen = []

    def recipe(raw: Raw) -> pd.DataFrame:
        seen.append((raw.size, float(raw.streams.rng("labels").random())))
        return toy_records("classification")

    card = toy_card("classification", sizes=["small", "full"], labels="secret")
    small, full, secret = (
        prepare(card, recipe, edition=edition)
        for edition in (Edition(), Edition("full"), Edition(secret=bytes(32)))
    )
    assert [size for size, _ in seen] == ["small", "full", "small"]
    assert len({draw for _, draw in seen}) == 3
    assert (small.name, full.name) == ("1.0.0", "1.0.0+full")
    assert open_task(small).card["labels"] == "public"
    assert open_task(secret).card["labels"] == "secret"
