"""What the README shows, runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmark.cli import cli
from benchmark.solutions import baseline_names

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_participants_lines_run(capsys: pytest.CaptureFixture[str]) -> None:
    exec(PYTHON[0], {})
    printed = capsys.readouterr().out
    assert "id,prediction" in printed
    assert "True\nEstimate(value=0." in printed


def test_the_example_solution_runs_beside_a_baseline(tmp_path: Path) -> None:
    (tmp_path / "my_solution.py").write_text(PYTHON[1])
    solutions = f"{tmp_path / 'my_solution.py'},constant"
    arguments = ["run", "--task", "product_type", "--solution", solutions, "--budget", "120s"]
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert "2 of 2 runs are ok" in done.stdout
    done = CliRunner().invoke(cli, ["compare"], catch_exceptions=False)
    assert re.search(r"1\s+my_solution", done.stdout)


def test_it_names_tasks_and_baselines_that_there_are() -> None:
    listed = CliRunner().invoke(cli, ["tasks"]).stdout
    [run] = re.findall(r"classmark run --task (\S+) \\\n\s+--solution (\S+) --budget", README)
    assert set(run[0].split(",")) <= {line.split()[0] for line in listed.splitlines() if line.strip()}
    assert set(run[1].split(",")) <= set(baseline_names())


def test_every_baseline_is_described() -> None:
    described = re.findall(
        r"^\| `(\w+)` \|", (ROOT / "docs" / "baselines.md").read_text("utf-8"), re.MULTILINE
    )
    assert sorted(described) == baseline_names()
