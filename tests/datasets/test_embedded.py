"""The six embedded tasks through the suite's own door: practice sets, contest sets, and what neither gives away."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import balanced_accuracy_score
from solvers import likeliest

from benchmark.budget import Budget
from benchmark.catalog import load_card
from benchmark.edition import read_secret
from benchmark.labels import Labels, load_labels
from benchmark.load import embedded_tasks
from benchmark.oracle import oracle
from benchmark.posterior import read_posterior
from benchmark.run import Run
from benchmark.runner import run_all
from benchmark.scoring import score
from benchmark.solutions import load_solution
from benchmark.task import Task, open_task

TASKS = embedded_tasks()
CLASSIFICATION = [name for name in TASKS if load_card(name).kind == "classification"]

pytestmark = pytest.mark.xdist_group("embedded")


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with all practice sets, made in processes with one hash seed; the cards pin what came of another."""
    home = tmp_path_factory.mktemp("practice")
    _prepare(home, "embedded")
    return home


@pytest.fixture(scope="module")
def contest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with all contest sets of one secret, beside the secret; a fixed one, so that the tests repeat."""
    home = tmp_path_factory.mktemp("contest")
    (home / "secret").touch(0o600)
    (home / "secret").write_text("5e" * 32)
    printed = _prepare(home, "embedded", "--secret", str(home / "secret"))
    assert (home / "secret").read_text().strip() not in printed
    return home


def _prepare(home: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "benchmark", "prepare", *arguments]
    environment = {**os.environ, "CLASSMARK_HOME": str(home), "PYTHONHASHSEED": "7"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def _open(home: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Task, Labels]:
    monkeypatch.setenv("CLASSMARK_HOME", str(home))
    [folder] = (home / "tasks" / name).iterdir()
    task = open_task(folder)
    return task, load_labels(task)


def _records(task: Task) -> pd.DataFrame:
    return pd.concat([task.train, task.validation, task.test])


def _pictures(task: Task) -> set[str]:
    lines = (task.folder / "images.sha256").read_text().splitlines()
    return {line.split()[0] for line in lines}


@pytest.mark.parametrize("name", TASKS)
def test_a_practice_set_is_what_its_card_fixes(
    name: str, practice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, _ = _open(practice, name, monkeypatch)
    assert task.digest == load_card(name).digest
    assert task.card["labels"] == "public"


@pytest.mark.parametrize("name", CLASSIFICATION)
def test_every_class_has_ten_private_rows_and_a_long_tail(
    name: str, practice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, labels = _open(practice, name, monkeypatch)
    private = labels.frame.loc[labels.in_part("private"), "target"].value_counts()
    assert set(private.index) == set(task.classes)
    assert private.min() >= 10
    assert private.max() >= 2.5 * private.min()


@pytest.mark.parametrize("name", TASKS)
def test_a_fifth_to_a_third_of_test_sellers_is_new(
    name: str, practice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, _ = _open(practice, name, monkeypatch)
    column = "seller" if "seller" in task.test else "store" if "store" in task.test else "brand"
    known = set(task.train[column].dropna()) | set(task.validation[column].dropna())
    given = task.test[column].dropna()
    assert 0.2 <= (~given.isin(known)).mean() <= 1 / 3


@pytest.mark.parametrize("name", TASKS)
def test_a_solver_with_the_evidence_comes_to_the_oracle(
    name: str, practice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The solver decides by the posterior in its own way: expected values, or class weights found by search."""
    task, labels = _open(practice, name, monkeypatch)
    table = pd.read_parquet(practice / "hidden" / name / task.version / "posterior.parquet").reset_index()
    assert np.allclose(table.groupby("id")["probability"].sum(), 1)
    found = score(task, _solve(task, table)).headline.value
    known = task.card["oracle"]
    assert known["low"] <= found <= known["high"]
    posterior = read_posterior(table, task.test_ids, task.classes or sorted(set(table["answer"])))
    assert oracle(task, posterior, labels) == known


def _solve(task: Task, table: pd.DataFrame) -> pd.DataFrame:
    if task.kind == "classification":
        values = [f"value:{name}" for name in task.classes]
        if set(values) <= set(table.columns):
            worth = table[values].mul(table["probability"], axis=0).groupby(table["id"]).sum()
            worth = worth.reindex(task.test_ids).to_numpy()
        else:
            chances = table.pivot_table("probability", "id", "answer", aggfunc="sum", fill_value=0)
            chances = chances.reindex(index=task.test_ids, columns=task.classes, fill_value=0).to_numpy()
            worth = chances * _class_weights(chances)
        return pd.DataFrame({"id": task.test_ids, "prediction": np.array(task.classes)[worth.argmax(axis=1)]})
    return likeliest(task, table)


def _class_weights(chances: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Weights of classes under which the likeliest weighted class has the best expected macro-F1, one at a time."""
    support, rows = chances.sum(axis=0), np.arange(len(chances))

    def value(weights: np.ndarray[Any, Any]) -> float:
        chosen = (chances * weights).argmax(axis=1)
        predicted = np.bincount(chosen, minlength=len(weights))
        hits = np.bincount(chosen, chances[rows, chosen], len(weights))
        return float((2 * hits / (predicted + support)).mean())

    weights = np.ones(chances.shape[1])
    for place in range(len(weights)):
        tries = [weights * np.where(np.arange(len(weights)) == place, by, 1) for by in (0.7, 1, 1.4, 2)]
        weights = max(tries, key=value)
    return weights


@pytest.mark.parametrize("name", TASKS)
def test_order_ids_and_file_names_tell_nothing(
    name: str, practice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, labels = _open(practice, name, monkeypatch)
    known, target = pd.concat([task.train, task.validation]).sort_index(), labels.frame["target"]
    if task.kind == "classification":
        probe = ExtraTreesClassifier(200, random_state=0).fit(_metadata(task, known), known[task.target])
        found = balanced_accuracy_score(target, probe.predict(_metadata(task, task.test)))
        assert found < 1 / len(task.classes) + 0.04
    else:
        following = (target.to_numpy()[1:] == target.to_numpy()[:-1]).sum()
        sizes = target.value_counts()
        expected = (sizes * (sizes - 1)).sum() / len(target)
        assert following <= expected + 4 * np.sqrt(expected) + 3


def _metadata(task: Task, frame: pd.DataFrame) -> np.ndarray[Any, Any]:
    columns = [np.linspace(0, 1, len(frame)), [int(name, 16) / 2**64 for name in frame.index]]
    columns += [[int(name[position], 16) for name in frame.index] for position in range(4)]
    for image in (column.name for column in task.columns if column.type == "image"):
        names = frame[image].fillna("images/0.jpg").astype(str)
        columns.append([int(Path(name).stem, 16) / 2**64 for name in names])
        columns.append([Path(name).suffix == ".jpg" for name in names])
    return np.column_stack(columns).astype(float)


@pytest.mark.parametrize("name", TASKS)
def test_contest_and_practice_have_nothing_in_common(
    name: str, practice: Path, contest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = _open(practice, name, monkeypatch)
    other, _ = _open(contest, name, monkeypatch)
    assert other.card["labels"] == "secret"
    assert not set(_records(one).index) & set(_records(other).index)
    assert not _pictures(one) & _pictures(other)
    assert not set(_records(one)["title"].str.lower()) & set(_records(other)["title"].str.lower())
    seal = one.card["labels_seal"], other.card["labels_seal"]
    assert seal[0] != seal[1]


@pytest.mark.parametrize("name", CLASSIFICATION)
def test_practice_labels_in_hand_do_not_give_contest_labels(
    name: str, practice: Path, contest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Labels by place, by id, and a model of metadata, all learnt from the practice set with its hidden labels."""
    one, known = _open(practice, name, monkeypatch)
    other, hidden = _open(contest, name, monkeypatch)
    truth = hidden.frame["target"].to_numpy(str)
    answers = known.frame["target"].to_numpy(str)
    rows = min(len(truth), len(answers))
    chance = sum((truth == label).mean() * (answers == label).mean() for label in one.classes)
    agreed = (truth[:rows] == answers[:rows]).mean()
    assert agreed < chance + 4 * np.sqrt(chance / rows)
    probe = ExtraTreesClassifier(200, random_state=0).fit(_metadata(one, one.test), answers)
    found = balanced_accuracy_score(truth, probe.predict(_metadata(other, other.test)))
    assert found < 1 / len(one.classes) + 0.04


@pytest.mark.slow
@pytest.mark.parametrize("name", TASKS)
def test_a_baseline_is_as_good_on_contest_as_on_practice(
    name: str, practice: Path, contest: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The same kind of world: the intervals of one baseline on both sets overlap."""
    solution = load_solution("tfidf_linear" if name in CLASSIFICATION else "neighbours")
    budget = Budget(seconds=300, memory=4 * 10**9, cores=2, disk=10**9)
    found = []
    for home in (practice, contest):
        task, _ = _open(home, name, monkeypatch)
        [record] = run_all(
            [Run(solution, task, 0, budget)], tmp_path, 1, "local", False, lambda run, record: None
        )
        assert record.ok, record.run["reason"]
        assert record.score is not None
        found.append(record.score["headline"])
    assert max(one["low"] for one in found) < min(one["high"] for one in found)


@pytest.mark.parametrize("name", TASKS)
def test_nothing_public_holds_the_secret_or_the_labels(
    name: str, practice: Path, contest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, labels = _open(contest, name, monkeypatch)
    secret = read_secret(contest / "secret")
    record = json.loads((contest / "hidden" / name / task.version / "labels.json").read_text())
    content = (contest / "hidden" / name / task.version / "labels.parquet").read_bytes()
    forbidden = [secret.hex(), record["salt"], hashlib.sha256(content).hexdigest(), record["labels"]]
    for path in task.folder.rglob("*.json"):
        text = path.read_text()
        assert not [found for found in forbidden if found in text]
    salted = hashlib.blake2b(content, key=bytes.fromhex(record["salt"]), digest_size=32).hexdigest()
    assert salted == task.card["labels_seal"]
    assert secret.hex()[:16] not in task.version
    assert len(labels.frame) == len(task.test)


@pytest.mark.parametrize("name", TASKS)
def test_pictures_carry_no_metadata(name: str, practice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task, _ = _open(practice, name, monkeypatch)
    for path in sorted((task.folder / "images").iterdir())[:100]:
        with Image.open(path) as picture:
            assert picture.size == (160, 160)
            assert not picture.getexif()
            assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
