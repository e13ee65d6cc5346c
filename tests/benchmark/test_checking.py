"""Every fault of a predictions table, for every kind: found, counted, with row numbers, and nothing written."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from toys import KINDS, hidden_labels, right_answer, toy_task

from benchmark import check, score
from benchmark.errors import UserError
from benchmark.task import Task

Spoil = Callable[[pd.DataFrame], pd.DataFrame]


def right(task: Task) -> pd.DataFrame:
    return right_answer(task, hidden_labels(task))


def right_probabilities(task: Task) -> pd.DataFrame:
    answer = right(task)
    table = pd.get_dummies(answer["prediction"]).reindex(columns=task.classes, fill_value=0).astype(float)
    return pd.concat([answer[["id"]], table.add_prefix("p:")], axis=1)


def at(row: int, column: str, value: object) -> Spoil:
    """Set one cell."""

    def spoil(table: pd.DataFrame) -> pd.DataFrame:
        spoiled = table.astype({column: object}) if isinstance(value, str) or value is None else table.copy()
        spoiled.loc[row, column] = value
        return spoiled

    return spoil


ROWS: list[tuple[str, Spoil, tuple[int, ...]]] = [
    ("unknown ids", at(3, "id", "nobody"), (4,)),
    ("unknown ids", at(3, "id", None), (4,)),
    ("repeated ids", lambda t: pd.concat([t, t.iloc[[0, 5]]]), (61, 62)),
    ("missing ids", lambda t: t.drop(index=[1, 2]), ()),
    ("too many rows", lambda t: pd.concat([t, t]), ()),
    ("wrong types", lambda t: t.assign(id=range(len(t))), ()),
    ("missing columns", lambda t: t.drop(columns="id"), ()),
    ("unknown columns", lambda t: t.assign(confidence=1.0), ()),
    ("repeated columns", lambda t: pa.Table.from_pandas(t).append_column("id", pa.array(t["id"])), ()),
    ("missing ids", lambda t: t.iloc[:0], ()),
]
LABELS: list[tuple[str, Spoil, tuple[int, ...]]] = [
    ("unknown classes", at(7, "prediction", "lampe"), (8,)),
    ("NaN", at(7, "prediction", None), (8,)),
    ("wrong types", lambda t: t.assign(prediction=3), ()),
    ("missing columns", lambda t: t.drop(columns="prediction"), ()),
]
PROBABILITIES: list[tuple[str, Spoil, tuple[int, ...]]] = [
    ("probabilities outside [0, 1]", at(4, "p:lamp", 1.5), (5,)),
    ("probabilities outside [0, 1]", at(4, "p:lamp", -0.5), (5,)),
    ("probabilities not summing to 1", at(4, "p:lamp", 0.5), (5,)),
    ("NaN", at(4, "p:lamp", np.nan), (5,)),
    ("infinite", at(4, "p:lamp", np.inf), (5,)),
    ("missing columns", lambda t: t.drop(columns="p:lamp"), ()),
    ("unknown columns", lambda t: t.assign(**{"p:lampe": 0.0}), ()),
    ("wrong types", lambda t: t.assign(**{"p:lamp": True}), ()),
]
CLUSTERS: list[tuple[str, Spoil, tuple[int, ...]]] = [
    ("NaN", at(2, "cluster", None), (3,)),
    ("NaN", lambda t: t.assign(cluster=[np.nan, *range(1, len(t))]), (1,)),
    ("infinite", lambda t: t.assign(cluster=[np.inf, *range(1, len(t))]), (1,)),
    ("wrong types", lambda t: t.assign(cluster=np.arange(len(t)) + 0.5), (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
    ("wrong types", lambda t: t.assign(cluster=[[1]] * len(t)), ()),
    ("missing columns", lambda t: t.drop(columns="cluster"), ()),
]
PAIRS: list[tuple[str, Spoil, tuple[int, ...]]] = [
    ("unknown ids", at(3, "left_id", "nobody"), (4,)),
    ("unknown ids", at(3, "right_id", None), (4,)),
    ("self pairs", lambda t: t.assign(right_id=t["right_id"].where(t.index != 5, t["left_id"])), (6,)),
    ("repeated pairs", lambda t: pd.concat([t, t.iloc[[2]]]), (91,)),
    ("repeated pairs", lambda t: pd.concat([t, t.iloc[[2]].rename(
        columns={"left_id": "right_id", "right_id": "left_id"})]), (91,)),
    ("NaN", at(4, "score", np.nan), (5,)),
    ("infinite", at(4, "score", -np.inf), (5,)),
    ("wrong types", lambda t: t.assign(score="high"), ()),
    ("wrong types", lambda t: t.assign(left_id=1), ()),
    ("too many rows", lambda t: pd.concat([t] * 14), ()),
    ("missing columns", lambda t: t.drop(columns="score"), ()),
    ("unknown columns", lambda t: t.assign(note="x"), ()),
]  # fmt: skip


def expect(task: Task, table: pd.DataFrame, code: str, rows: tuple[int, ...]) -> None:
    report = check(task, table)
    assert not report.ok
    [fault] = [fault for fault in report.faults if fault.code == code][:1]
    if rows:
        assert fault.rows == rows
    with pytest.raises(UserError, match="have faults"):
        score(task, table)


@pytest.mark.parametrize(("code", "spoil", "rows"), ROWS + LABELS)
def test_faults_of_labels(code: str, spoil: Spoil, rows: tuple[int, ...]) -> None:
    task = toy_task("classification")
    expect(task, spoil(right(task)), code, rows)


@pytest.mark.parametrize(("code", "spoil", "rows"), ROWS + PROBABILITIES)
def test_faults_of_probabilities(code: str, spoil: Spoil, rows: tuple[int, ...]) -> None:
    task = toy_task("classification")
    expect(task, spoil(right_probabilities(task)), code, rows)


@pytest.mark.parametrize(("code", "spoil", "rows"), ROWS + CLUSTERS)
def test_faults_of_clusters(code: str, spoil: Spoil, rows: tuple[int, ...]) -> None:
    task = toy_task("clustering")
    expect(task, spoil(right(task)), code, rows)


@pytest.mark.parametrize(("code", "spoil", "rows"), PAIRS)
def test_faults_of_pairs(code: str, spoil: Spoil, rows: tuple[int, ...]) -> None:
    task = toy_task("matching")
    expect(task, spoil(right(task)), code, rows)


def spoilt(table: pd.DataFrame, text: str) -> bytes:
    """A Parquet file in which a text, a value or the name of a column, is no UTF-8."""
    content = bytes(table.to_parquet(None, index=False, compression=None))
    assert text.encode() in content
    return content.replace(text.encode(), b"\xff" * len(text))


FILES: list[tuple[str, Callable[[Path, pd.DataFrame], object]]] = [
    ("empty file", lambda path, table: path.write_bytes(b"")),
    ("wrong encoding", lambda path, table: table.assign(note="ä").to_csv(path, index=False, encoding="latin-1")),
    ("wrong encoding", lambda path, table: table.to_csv(path, index=False, encoding="utf-16")),
    ("wrong encoding", lambda path, table: path.write_bytes(spoilt(table, str(table.iloc[0, 0])))),
    ("wrong encoding", lambda path, table: path.write_bytes(spoilt(table, str(table.columns[-1])))),
    ("not a table", lambda path, table: path.write_bytes(pickle.dumps(table))),
    ("not a table", lambda path, table: path.write_bytes(b"PAR1 and then nonsense")),
    ("not a table", lambda path, table: path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00")),
    ("not a table", lambda path, table: path.write_text("id,prediction\na\nb,c,d\n")),
    ("not a table", lambda path, table: path.write_text(json.dumps({"id": ["a"]}))),
    ("empty file", lambda path, table: path.write_text("\n\n")),
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("code", "write"), FILES)
def test_faults_of_files(
    kind: str, code: str, write: Callable[[Path, pd.DataFrame], object], tmp_path: Path
) -> None:
    task = toy_task(kind)
    write(tmp_path / "p.csv", right(task))
    assert code in [fault.code for fault in check(task, tmp_path / "p.csv").faults]


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_file_is_an_error(kind: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no predictions file"):
        check(toy_task(kind), tmp_path / "nowhere.csv")


@pytest.mark.parametrize("kind", KINDS)
def test_right_answers_are_fine_in_every_dress(kind: str, tmp_path: Path) -> None:
    task = toy_task(kind)
    answer = right(task).sample(frac=1, random_state=0)
    answer.to_csv(tmp_path / "p.csv", index=False)
    answer.to_csv(tmp_path / "bom.csv", index=False, encoding="utf-8-sig", quoting=1)
    answer.to_parquet(tmp_path / "p.parquet")
    pyarrow.parquet.write_table(
        pa.Table.from_pandas(answer.astype({answer.columns[1]: "category"})), tmp_path / "dictionary.parquet"
    )
    indexed = answer.set_index(answer.columns[0])
    for given in (answer, indexed, pa.Table.from_pandas(answer, preserve_index=False), *tmp_path.iterdir()):
        report = check(task, given)
        assert report.ok, report
        assert score(task, given).headline.value == 1.0


def test_all_faults_come_at_once_and_grouped() -> None:
    task = toy_task("classification")
    table = right(task).astype(object)
    table.loc[[0, 1], "id"] = "nobody"
    table.loc[[5, 6, 7], "prediction"] = "sofa"
    table.loc[9, "id"] = table.loc[8, "id"]
    faults = {fault.code: fault for fault in check(task, table).faults}
    assert {code: fault.count for code, fault in faults.items()} == {
        "unknown ids": 2,
        "repeated ids": 1,
        "missing ids": 3,
        "unknown classes": 3,
    }
    assert faults["unknown classes"].rows == (6, 7, 8)
    assert faults["unknown classes"].examples == ("sofa",)
    assert faults["repeated ids"].rows == (10,)


def test_the_hint_names_the_edition() -> None:
    report = check(
        toy_task("classification", seed=3), pd.DataFrame({"id": ["nobody"], "prediction": ["sofa"]})
    )
    with pytest.raises(UserError, match=r"classmark show toy_classification\+seed3$"):
        report.raise_if_faulty()


def test_integer_clusters_are_fine() -> None:
    task = toy_task("clustering")
    table = right(task)
    codes = table.assign(cluster=pd.factorize(table["cluster"])[0])
    assert score(task, codes).headline.value == 1.0
    for floats in (float, np.float16):
        assert score(task, codes.astype({"cluster": floats})).headline.value == 1.0


def test_large_integers_are_scores_too() -> None:
    task = toy_task("matching")
    assert score(task, right(task).assign(score=2**60 + 1)).headline.value == 1.0


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_of_endless_columns_is_not_read(suffix: str, tmp_path: Path) -> None:
    task, path = toy_task("classification"), tmp_path / f"p.{suffix}"
    table = pd.DataFrame([range(200)], columns=[f"p:lamp {number}" for number in range(200)])
    table.to_csv(path, index=False) if suffix == "csv" else table.to_parquet(path)
    [fault] = check(task, path).faults
    assert str(fault) == "too large: The file has 200 columns; at most 105."


def test_many_unknown_columns_are_one_fault_of_bounded_length() -> None:
    task = toy_task("classification")
    names = [f"p:{'lamp' * 1000}{number}" for number in range(90)]
    faults = check(task, right_probabilities(task).assign(**dict.fromkeys(names, 0.0))).faults
    assert [(fault.code, fault.count) for fault in faults] == [("unknown columns", 90)]
    assert len(str(faults[0])) < 1_000
    table = right_probabilities(task).rename(columns={"p:lamp": "p:lampe"})
    missing, unknown = check(task, table).faults
    assert str(missing) == "missing columns: 1 of 6 columns are missing. E.g. 'p:lamp'."
    assert "Did you mean 'p:lamp'?" in str(unknown)


def test_a_header_may_quote_commas_and_stand_below_empty_lines(tmp_path: Path) -> None:
    task = toy_task("clustering")
    answer = right(task)
    codes = answer.assign(cluster=pd.factorize(answer["cluster"])[0])
    (tmp_path / "p.csv").write_text("\n" + codes.to_csv(index=False, quoting=1))
    assert check(task, tmp_path / "p.csv").ok
    (tmp_path / "p.csv").write_text(codes.rename(columns={"cluster": "a, b"}).to_csv(index=False))
    assert check(task, tmp_path / "p.csv").faults[-1].examples == ("a, b",)


def test_no_pairs_at_all_is_an_answer() -> None:
    task = toy_task("matching")
    assert score(task, right(task).iloc[:0]).headline.value == 0.0


def test_probabilities_of_float32_pass_and_the_tolerance_is_small() -> None:
    task = toy_task("classification")
    table = right_probabilities(task)
    third = table.assign(**{name: np.float32(1 / 5) for name in table.columns if name.startswith("p:")})
    assert check(task, third).ok
    assert not check(task, third.assign(**{"p:lamp": 0.21})).ok


def test_what_is_no_table_is_refused() -> None:
    given: Any = [1, 2]
    with pytest.raises(UserError, match=r"Predictions are a table(.|\n)*given: +list"):
        score(toy_task("classification"), given)


def test_a_frame_without_a_pair_is_an_answer() -> None:
    nothing = pd.DataFrame({"left_id": [], "right_id": [], "score": []})
    assert check(toy_task("matching"), nothing).ok
    assert check(toy_task("matching"), nothing.astype(float)).ok
