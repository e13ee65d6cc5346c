"""Runs in a real MLflow store."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from toys import toy_task

from benchmark.cli import cli
from benchmark.errors import UserError
from benchmark.records import read_records

mlflow = pytest.importorskip("mlflow")


def test_each_record_is_logged_once_with_metrics_and_files(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    task = toy_task("clustering")
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    bad = tmp_path / "bad.py"
    bad.write_text("def build(task):\n    raise ValueError('no idea')\n")
    arguments = ["run", "--task", str(task.folder), "--solution", f"constant,{bad}", "--budget", "60s"]
    arguments += ["--results", str(tmp_path / "results"), "--mlflow", uri]
    for _ in range(2):
        done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
    client = mlflow.MlflowClient(tracking_uri=uri)
    experiment = client.get_experiment_by_name("classmark/toy_clustering-1.0.0")
    runs = {run.data.params["solution"]: run for run in client.search_runs([experiment.experiment_id])}
    assert set(runs) == {"constant", "bad"}
    records = {record.run["solution"]: record for record in read_records([tmp_path / "results"])}
    score = records["constant"].score
    assert score is not None
    assert runs["constant"].data.metrics["bcubed_f1"] == score["headline"]["value"] == 0
    assert runs["constant"].data.metrics["ari"] == score["metrics"]["ari"]["value"]
    assert runs["constant"].info.status == "FINISHED"
    assert runs["bad"].info.status == "FAILED"
    assert runs["bad"].data.tags["classmark.reason"] == "ValueError: no idea"
    assert (home / "mlflow").is_dir()
    assert not (tmp_path / "mlruns").exists()
    names = {file.path for file in client.list_artifacts(runs["constant"].info.run_id)}
    assert {"run.json", "score.json", "predictions.parquet", "log.txt"} <= names


def test_a_run_that_was_half_logged_is_completed(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    arguments = ["run", "--task", str(toy_task("clustering").folder), "--solution", "constant"]
    arguments += ["--results", str(tmp_path / "results"), "--mlflow", uri]
    for step in ("log_batch", "log_artifacts", "set_terminated"):
        with monkeypatch.context() as killed:
            killed.setattr(mlflow.MlflowClient, step, _killed)
            assert CliRunner().invoke(cli, arguments, catch_exceptions=False).exit_code == 1
    assert CliRunner().invoke(cli, arguments, catch_exceptions=False).exit_code == 0
    client = mlflow.MlflowClient(tracking_uri=uri)
    [experiment] = [one for one in client.search_experiments() if one.name.startswith("classmark/")]
    [run] = client.search_runs([experiment.experiment_id])
    assert run.info.status == "FINISHED"
    assert run.data.metrics["bcubed_f1"] == 0
    assert "run.json" in {file.path for file in client.list_artifacts(run.info.run_id)}


def _killed(*given: object, **named: object) -> None:
    raise KeyboardInterrupt


def test_no_mlflow_is_told_before_anything_runs(tmp_path: Path, home: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    arguments = ["run", "--task", str(toy_task("clustering").folder), "--solution", "constant"]
    arguments += ["--results", str(tmp_path / "results"), "--mlflow", ""]
    for uri in (f"sqlite:///{tmp_path}/file/mlflow.db", "gopher://host"):
        arguments[-1] = uri
        with pytest.raises(UserError, match=re.escape(f"There is no MLflow at {uri}.")):
            CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert not (tmp_path / "results").exists()
