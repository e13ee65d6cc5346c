"""The command line: stable JSON, errors without a traceback, options from the environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from toys import KINDS, hidden_labels, right_answer, toy_folder, toy_task

from benchmark.budget import Budget
from benchmark.cli import cli
from benchmark.cli.run import RunProgress
from benchmark.load import load_task
from benchmark.run import Run
from benchmark.solutions import load_solution


def classmark(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmark", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def as_json(*arguments: str) -> Any:
    done = CliRunner().invoke(cli, [*arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize("kind", KINDS)
def test_check_and_score(kind: str, tmp_path: Path) -> None:
    task = toy_task(kind)
    path = tmp_path / "p.csv"
    right_answer(task, hidden_labels(task)).to_csv(path, index=False)
    done = classmark("check", str(task.folder), str(path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "is fine" in done.stdout
    found = as_json("score", str(task.folder), str(path))
    assert set(found) == {
        "task", "version", "digest", "kind", "fold", "part", "rows", "families",
        "headline", "constant", "oracle", "metrics", "slices", "breakdown",
    }  # fmt: skip
    assert set(found["headline"]) == {"metric", "value", "low", "high"}
    assert found["headline"]["value"] == 1.0
    public, private = (
        as_json("score", str(task.folder), str(path), "--part", p) for p in ("public", "private")
    )
    assert public["rows"] + private["rows"] == found["rows"] == len(task.test_ids)
    assert (
        "macro_f1" in CliRunner().invoke(cli, ["score", str(task.folder), str(path)]).output
        or kind != "classification"
    )


def test_a_faulty_file_exits_with_2_and_no_traceback(tmp_path: Path) -> None:
    task = toy_task("classification")
    path = tmp_path / "p.csv"
    path.write_text("id,prediction\nx,lamp\n")
    before = sorted(tmp_path.rglob("*"))
    for command in ("check", "score"):
        done = classmark(command, str(task.folder), str(path))
        assert done.returncode == 2
        assert "unknown ids" in done.stderr
        assert "missing ids" in done.stderr
        assert "Traceback" not in done.stderr
    report = classmark("check", str(task.folder), str(path), "--json")
    assert report.returncode == 2
    assert [fault["code"] for fault in json.loads(report.stdout)["faults"]] == ["unknown ids", "missing ids"]
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "flipcart"], "Did you mean 'flipkart'?"),
        (["shwo", "flipkart"], "Did you mean 'show'?"),
        (["run", "--task", "flipkart", "--solution", "constnat"], "Did you mean 'constant'?"),
        (["run", "--task", "flipkart", "--solution", ""], "names with commas between; got ''"),
        (["run", "--task", "flipkart", "--solution", "nowhere/x.py"], "There is no solution nowhere/x.py"),
        (
            ["run", "--task", "flipkart", "--solution", "constant", "--budget", "soon"],
            "budget cannot be read",
        ),
        (["run", "--task", "flipkart", "--solution", "constant", "--seed", "x"], "whole numbers"),
        (["run", "--task", "flipkart", "--solution", "constant", "--cores", "9999"], "at most"),
        (["check", "flipkart", "nowhere.csv"], "classmark prepare flipkart"),
        (["prepare", "flipkart"], "--download"),
        (["prepare", "flipkart", "--raw", "/nowhere"], "does not exist"),
        (["results", "/nowhere"], "no results folder"),
        (["prepare"], "Missing argument"),
        (["prepare", "product_type", "--size", "ful"], "Did you mean 'full'?"),
        (["prepare", "flipkart", "--size", "full"], "no size of flipkart"),
        (["prepare", "product_type", "--secret", "nowhere"], "not a secret"),
        (["prepare", "product_type", "--seed", "1", "--secret", "x"], "takes the seed's place"),
        (["show", "product_type+secret-00000000"], "--secret FILE"),
        (["show", "product_type+huge"], "size of product_type"),
        (["secret", "new"], "Missing argument"),
        (["ablate", "product_tpye"], "Did you mean 'product_type'?"),
    ],
)
def test_errors_say_what_to_do(arguments: list[str], message: str, home: Path) -> None:
    done = classmark(*arguments)
    assert done.returncode == 2, done.stdout
    assert message in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr
    assert not [path for path in home.rglob("*") if path.is_file()]


@pytest.mark.parametrize("results", ["/dev/null", "/proc/x"])
def test_results_that_cannot_be_written_are_refused_before_any_run(results: str, tmp_path: Path) -> None:
    mark, path = tmp_path / "mark", tmp_path / "mine.py"
    path.write_text(f"def build(task): open({str(mark)!r}, 'w')\n")
    task = str(toy_folder("classification"))
    done = classmark("run", "--task", task, "--solution", str(path), "--trust", "--results", results)
    assert done.returncode == 2
    assert f"No records can be written to {results}." in done.stderr
    assert "Traceback" not in done.stderr
    assert not mark.exists()


def test_every_listing_has_json_with_stable_keys() -> None:
    folder = str(toy_folder("classification"))
    [flipkart] = [task for task in as_json("tasks") if task["name"] == "flipkart"]
    assert set(flipkart) == {
        "name", "version", "kind", "title", "metric", "labels", "board", "licence", "prepared", "rows"
    }  # fmt: skip
    assert {"name", "columns", "classes", "sizes", "digest", "predictions_format"} <= set(
        as_json("show", folder)
    )
    assert {"name", "summary", "requires", "missing", "digest"} == set(as_json("solutions")[0])
    [run] = as_json("run", "--task", folder, "--solution", "constant", "--budget", "60s")
    [listed] = as_json("results")
    assert run == listed
    assert {
        "solution", "task", "fold", "seed", "status", "reason", "headline", "seconds", "peak_memory", "key"
    } <= set(run)  # fmt: skip


def test_people_get_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    folder = str(toy_folder("clustering"))
    done = CliRunner().invoke(cli, ["show", folder], catch_exceptions=False)
    for part in ("A toy", "B-cubed", "Columns", "Sample rows", "Predictions", "To be ignored: colour"):
        assert part in done.output
    done = CliRunner().invoke(cli, ["run", "--task", folder, "--solution", "constant", "--budget", "60s"])
    assert "1 of 1 runs are ok" in done.output
    listing = CliRunner().invoke(cli, ["results"]).output
    assert "constant" in listing
    assert "0.000 [0.000, 0.000]" in listing


def test_nothing_from_outside_is_read_as_markup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    path = tmp_path / "my[" / "b].py"
    path.parent.mkdir()
    path.write_text("def build(task): raise ValueError('bad path [/usr/lib] \\\\[/x]')\n")
    folder, reason = str(toy_folder("classification")), r"ValueError: bad path [/usr/lib] \[/x]"
    for command in (
        ["run", "--task", folder, "--solution", str(path), "--budget", "30s", "--trust"],
        ["results"],
    ):
        done = CliRunner().invoke(cli, command, catch_exceptions=False)
        assert done.exit_code == 0
        assert reason in done.output
        assert "b]" in done.output
    run = Run(load_solution(str(path)), load_task(folder), 0, Budget(30, 10**9, 1, 10**9))
    with RunProgress(1) as progress:
        progress.change(run, "builds an environment for x[/y]")


def test_options_come_from_the_environment_too() -> None:
    folder = str(toy_folder("classification"))
    done = classmark("show", folder, CLASSMARK_SHOW_JSON="1")
    assert json.loads(done.stdout)["name"] == "toy_classification"
    context = click.Context(cli, info_name="classmark", auto_envvar_prefix="CLASSMARK")
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context)
        for option in command.params:
            if isinstance(option, click.Option) and option.name != "help":
                assert option.envvar or inner.auto_envvar_prefix, (name, option.name)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_starts_without_heavy_imports(arguments: list[str]) -> None:
    code = (
        "import sys\nsys.argv = ['classmark', *sys.argv[1:]]\nfrom benchmark.cli import main\n"
        "try: main()\nfinally: print(sorted({'pandas', 'numpy', 'sklearn', 'pyarrow', 'pydantic', 'rich', "
        "'matplotlib'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"


def test_the_worker_needs_pandas_and_pyarrow_only() -> None:
    code = (
        "import benchmark.worker, sys\n"
        "print(sorted({'pydantic', 'sklearn', 'click', 'rich', 'psutil', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_core_imports_no_framework() -> None:
    code = (
        "import pkgutil, importlib, sys, benchmark\n"
        "for m in pkgutil.walk_packages(benchmark.__path__, 'benchmark.'):\n"
        "    if not m.name.endswith('__main__'): importlib.import_module(m.name)\n"
        "heavy = {'torch', 'mlflow', 'autogluon', 'fastapi', 'ray', 'lightgbm', 'leaderboard', 'baselines'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_datasets_stays_hugging_faces_name() -> None:
    """The folder datasets/ is no package, so an installed `datasets` wins (see docs/design)."""
    code = (
        "import importlib.util as u; s = u.find_spec('datasets')\n"
        "print(s is None or s.origin is None or 'site-packages' in s.origin)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "True"


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    done = classmark("secret", "new", str(path))
    assert done.returncode == 0
    assert path.read_text().strip() not in done.stdout + done.stderr
    again = classmark("secret", "new", str(path))
    assert again.returncode == 2
    assert "never overwritten" in again.stderr


def test_a_secret_is_refused_where_labels_are_public(tmp_path: Path) -> None:
    assert classmark("secret", "new", str(tmp_path / "secret")).returncode == 0
    done = classmark("prepare", "flipkart", "--secret", str(tmp_path / "secret"))
    assert done.returncode == 2
    assert "public" in done.stderr


def test_commands_of_other_rooms_are_listed() -> None:
    assert "ablate" in classmark("--help").stdout


def test_show_prints_the_ablation_of_this_very_data() -> None:
    folder = toy_folder("classification")
    card = json.loads((folder / "card.json").read_text())
    one = {"name": "all", "value": 0.5, "low": 0.4, "high": 0.6}
    found = {"digest": card["digest"], "metric": "macro_f1", "scored": 200, "sets": [one], "differences": []}
    (folder / "ablation.json").write_text(json.dumps(found))
    assert "0.400" in classmark("show", str(folder)).stdout
    (folder / "ablation.json").write_text(json.dumps(found | {"digest": "of other data"}))
    assert "0.400" not in classmark("show", str(folder)).stdout
