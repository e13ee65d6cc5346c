"""A damaged record stops nobody: runs are made again, and listings say which folder it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from made_records import make_records, truth
from toys import toy_task

from benchmark.budget import Budget
from benchmark.cli import cli
from benchmark.errors import UserError
from benchmark.records import Record, read_record
from benchmark.run import Run
from benchmark.runner import run_all
from benchmark.solutions import load_solution


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


DAMAGES = [("run.json", cut_short), ("run.json", Path.unlink), ("score.json", cut_short)]


@pytest.mark.parametrize(("name", "damage"), DAMAGES)
def test_a_run_whose_record_is_damaged_is_made_again(
    name: str, damage: Callable[[Path], None], tmp_path: Path
) -> None:
    run = Run(load_solution("constant"), toy_task("classification"), 0, Budget(30, 10**9, 1, 10**8), True)

    def make() -> Record:
        return run_all([run], tmp_path, 1, "local", False, lambda run, record: None)[0]

    whole = make()
    damage(whole.folder / name)
    assert make().score == whole.score
    assert read_record(whole.folder).ok


@pytest.mark.parametrize(
    ("name", "commands"), [("run.json", ("results", "compare")), ("counts.npz", ("compare",))]
)
def test_listings_name_the_damaged_record(name: str, commands: tuple[str, ...], tmp_path: Path) -> None:
    [damaged, _] = make_records(tmp_path, {"good": truth(), "poor": truth(seed=2)})
    cut_short(damaged.folder / name)
    for command in commands:
        error = CliRunner().invoke(cli, [command, str(tmp_path)]).exception
        assert isinstance(error, UserError)
        assert str(error).startswith(f"The record {damaged.folder} cannot be read.")
        assert "do:      Remove the folder" in str(error)
