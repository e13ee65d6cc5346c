"""AutoGluon's network in a minute or two: whole answers, better than the constant one, from local weights, in time."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toys import hidden_labels, right_answer, toy_task

from benchmark.task import Task
from tests.baselines.solver import Given, given

pytest.importorskip("autogluon.multimodal")

from baselines import autogluon_multimodal
from baselines.autogluon_multimodal import build, supports


def fitted(task: Task, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Given, Any]:
    """The solution in its work folder, from which the pictures open."""
    seen = given(task, seconds=120)
    monkeypatch.chdir(folder)
    (folder / "images").symlink_to(task.folder / "images")
    return seen, build(seen.task).fit(seen.X, seen.y)


def late(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run's time is over."""
    task = model.network.task
    budget = replace(task.budget, deadline=time.time())
    monkeypatch.setattr(model.network, "task", replace(task, budget=budget))


@pytest.mark.slow
def test_it_reads_all_columns_and_what_it_has_no_time_for_gets_the_shares_of_the_classes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    task = toy_task("classification", rows=400)
    seen, model = fitted(task, tmp_path, monkeypatch)
    probability = model.predict_proba(seen.test)
    assert np.allclose(probability.sum(axis=1), 1, atol=1e-3)
    truth = hidden_labels(task).loc[seen.test.index, "target"].to_numpy(str)
    assert np.mean(np.array(model.classes_)[probability.argmax(axis=1)] == truth) > 0.5
    names = {network.prefix for network in model.network.model._learner._model.model}
    assert names == {"ft_transformer", "timm_image", "hf_text"}
    assert "pictures from nothing" in capfd.readouterr().out
    blank = seen.test.iloc[:1].assign(title=None, picture=None, price=np.nan)
    assert model.predict_proba(blank).shape == (1, 5)
    late(model, monkeypatch)
    assert np.allclose(model.predict_proba(seen.test), model.network.shares)


@pytest.mark.slow
def test_it_tells_pairs_by_both_sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = toy_task("matching", rows=400)
    seen, model = fitted(task, tmp_path, monkeypatch)
    answer = model.predict(seen.test)
    decided = {frozenset(pair) for pair in answer[answer["score"] >= 0.5][["left_id", "right_id"]].to_numpy()}
    true = {frozenset(pair[:2]) for pair in right_answer(task, hidden_labels(task)).to_numpy()}
    assert 2 * len(decided & true) / (len(decided) + len(true)) > 0.5


@pytest.mark.slow
def test_a_network_of_the_hub_is_taken_from_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As its folder in the hub's cache: weights with a head, which is not needed."""
    import safetensors.torch
    import timm
    import torch

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(autogluon_multimodal, "LARGE_PICTURES", "timm/resnet10t")
    net = timm.create_model("resnet10t", pretrained=False)
    safetensors.torch.save_file(net.state_dict(), tmp_path / "model.safetensors")
    autogluon_multimodal._write_picture_net(tmp_path)
    written = torch.load(tmp_path / "picture_net" / "pytorch_model.bin")
    assert torch.equal(written["conv1.0.weight"], net.state_dict()["conv1.0.weight"])
    assert not any(name.startswith("fc.") for name in written)


def test_it_refuses_clusters_and_pairs_without_text() -> None:
    price = {"name": "price", "type": "numeric", "description": ""}
    assert not supports(given(toy_task("clustering")).task)[0]
    assert not supports(given(toy_task("matching", columns=[price], slices=[])).task)[0]
