"""Nothing that is handed to a worker tells a test label: a spy copies out all that it can see."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest
from PIL import Image
from toys import KINDS, hidden_labels, toy_task

from benchmark import load_task
from benchmark.budget import Budget
from benchmark.catalog import card_names
from benchmark.run import Run
from benchmark.runner import run_all
from benchmark.solutions import load_solution
from benchmark.task import Task

REAL = card_names()

SPY = '''
import json, os, shutil, sys
def supports(task):
    shutil.copytree(".", {out!r}, ignore=shutil.ignore_patterns("spied.json"))
    links = [f"/proc/self/fd/{{fd}}" for fd in os.listdir("/proc/self/fd")]
    fds = [os.readlink(link) for link in links if os.path.exists(link)]
    seen = {{"environ": dict(os.environ), "argv": sys.orig_argv, "fds": fds, "cwd": os.getcwd(),
            "links": [p for p in os.listdir(".") if os.path.islink(p)]}}
    open({out!r} + "/spied.json", "w").write(json.dumps(seen))
    return False, "only looking"
def build(task): raise AssertionError
'''  # fmt: skip


@pytest.fixture(params=[*KINDS, "folds", *REAL])
def seen(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Task, Path]:
    """A task, and the copy of all that a worker could see of it."""
    if request.param in REAL:
        monkeypatch.setenv("CLASSMARK_RAW", str(request.getfixturevalue("raw_data")))
        task = load_task(request.param)
    elif request.param == "folds":
        task = toy_task("classification", split={"folds": 4})
    else:
        task = toy_task(request.param)
    out = tmp_path / "seen"
    (tmp_path / "spy.py").write_text(SPY.format(out=str(out)))
    run = Run(load_solution(str(tmp_path / "spy.py")), task, 0, Budget(60, 2 * 10**9, 1, 10**9), trusted=True)
    [record] = run_all([run], tmp_path / "results", 1, "local", False, lambda run, record: None)
    assert record.run["reason"] == "only looking"
    return task, out


def test_no_test_label_reaches_a_worker(seen: tuple[Task, Path], home: Path) -> None:
    task, out = seen
    labels = hidden_labels(task)
    if task.fold is not None:
        labels = labels[labels["fold"] == str(task.fold)]
    features = [column.name for column in task.columns]
    train, test = (pyarrow.parquet.read_table(out / f"{name}.parquet") for name in ("train", "test"))

    assert test.column_names == ["id", *features]
    assert set(test["id"].to_pylist()) == set(labels.index)
    assert not set(train["id"].to_pylist()) & set(labels.index)
    values = [] if task.values is None else task.values.columns
    known = {task.target, "split", "family", *(f"value:{name}" for name in values)}
    assert set(train.column_names) == {"id", *features, *known}
    assert (
        not set(train["family"].to_pylist()) & set(labels["family"])
        or task.card["name"] == "wdc_products_published"
    )
    if task.kind != "classification":
        assert not set(train[task.target].to_pylist()) & set(labels["target"])
    for table in (train, test):
        assert not table.schema.metadata

    expected = {"train.parquet", "test.parquet", "task.json", "spied.json", "solution/spy.py"}
    found = {path.relative_to(out).as_posix() for path in out.rglob("*.*") if path.suffix != ".pyc"}
    pictures = {name for name in found if name.startswith("images/")}
    assert found - pictures == expected
    given = json.loads((out / "task.json").read_text())
    assert not {"sizes", "digest", "files", "version"} & set(given)

    spied = json.loads((out / "spied.json").read_text())
    text = json.dumps(spied) + (out / "task.json").read_text()
    assert str(home) not in text
    assert "CLASSMARK" not in text
    assert "hidden" not in text
    assert spied["links"] == []
    outside = [fd for fd in spied["fds"] if not fd.startswith(("/dev/null", "pipe:", "/proc/", spied["cwd"]))]
    assert all(fd.endswith("/log.txt") for fd in outside), outside


def test_nothing_is_told_by_order_names_or_pictures(seen: tuple[Task, Path]) -> None:
    task, out = seen
    ids = pyarrow.parquet.read_table(out / "test.parquet")["id"].to_pylist()
    target = hidden_labels(task).loc[ids, "target"].to_numpy(str)
    code = pd.factorize(target)[0]
    assert ids == sorted(ids)

    def by_chance(statistic: float, draws: list[float]) -> bool:
        return bool(np.quantile(draws, 0.0005) <= statistic <= np.quantile(draws, 0.9995))

    rng = np.random.default_rng(0)
    same = float(np.mean(code[1:] == code[:-1]))
    shuffled = [rng.permutation(code) for _ in range(2000)]
    assert by_chance(same, [float(np.mean(c[1:] == c[:-1])) for c in shuffled])

    names = [
        Path(str(cell)).stem
        for column in task.columns
        if column.type == "image"
        for cell in task.test[column.name].dropna()
    ]
    assert all(len(name) == 16 and set(name) <= set("0123456789abcdef") for name in [*ids, *names])
    first = np.array([int(name[0], 16) for name in ids])
    spread = float(np.var([first[code == c].mean() for c in np.unique(code)]))
    assert (
        by_chance(
            spread, [float(np.var([first[c == k].mean() for k in np.unique(c)])) for c in shuffled[:2000:2]]
        )
        or len(np.unique(code)) > 500
    )
    for path in sorted((out / "images").glob("*"))[:50]:
        with Image.open(path) as picture:
            assert not picture.getexif()
            assert "comment" not in picture.info


def test_raw_names_do_not_reach_the_published_folder(raw_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The raw ids and picture names of flipkart, which give the class away, stand nowhere."""
    monkeypatch.setenv("CLASSMARK_RAW", str(raw_data))
    task = load_task("flipkart")
    raw = pd.read_csv(next((raw_data / "flipkart").glob("*.csv")), dtype=str)
    content = b"".join(
        path.read_bytes()
        for path in sorted(task.folder.glob("*"))
        if path.suffix in (".csv", ".json", ".sha256")
    )
    for column in ("uniq_id", "pid", "product_url"):
        assert not [value for value in raw[column].dropna() if value.encode() in content]
    trees = [value.encode() for value in raw["product_category_tree"].dropna()]
    assert not [tree for tree in trees if tree in content]
