"""`classmark ablate`, without the entry point."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from toys import toy_task

pytest.importorskip("lightgbm")

from baselines.ablating.cli import command
from benchmark.errors import UserError

FEW = ["--seeds", "1", "--rows", "80"]


def test_a_table_and_two_files(tmp_path: Path) -> None:
    task, plot = toy_task("classification"), tmp_path / "bars.png"
    done = CliRunner().invoke(command, [str(task.folder), *FEW, "--plot", str(plot)], catch_exceptions=False)
    assert done.exit_code == 0
    for text in ("macro_f1", "joint gain", "drop of pictures", "without text", "logistic regression"):
        assert text in done.output
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert (task.folder / "ablation.json").is_file()
    assert (task.folder / "ablation.svg").is_file()


def test_json_is_what_is_kept() -> None:
    task = toy_task("clustering")
    done = CliRunner().invoke(command, [str(task.folder), *FEW, "--json"], catch_exceptions=False)
    given = json.loads(done.stdout)
    assert given == json.loads((task.folder / "ablation.json").read_text(encoding="utf-8"))
    assert given["schema"] == 1
    assert given["differences"][0]["name"] == "joint gain"


def test_an_unknown_task_and_a_wrong_plot_are_the_users_errors() -> None:
    runner = CliRunner()
    with pytest.raises(UserError, match="no task 'flipcart'"):
        runner.invoke(command, ["flipcart"], catch_exceptions=False)
    with pytest.raises(UserError, match="another format"):
        runner.invoke(command, ["flipkart", "--plot", "bars.gif"], catch_exceptions=False)
    assert runner.invoke(command, ["flipkart", "--folds", "1"]).exit_code == 2
