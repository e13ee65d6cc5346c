"""The contract test tells what is wrong with a solution, by real runs on slices of toy tasks; good ones pass."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from toys import KINDS, hidden_labels, right_answer, toy_task
from wheels import only_index

from benchmark import contract
from benchmark.budget import Budget
from benchmark.cli import cli
from benchmark.contract import Contract, Finding, check_solution
from benchmark.errors import HostTrouble, UserError
from benchmark.failures import FORMAT, IMPORTS, LIMITS, OUTSIDE, SIGNATURE
from benchmark.hardships import HARDSHIPS
from benchmark.home import home
from benchmark.sandbox import sandbox
from benchmark.solutions import load_solution

BUDGET = Budget(seconds=60, memory=2 * 10**9, cores=1, disk=10**8)
held = pytest.mark.skipif(not sandbox()[0], reason=sandbox()[1])

SOLUTION = """
class Model:
    def fit(self, X, y):
        {fit}
        self.most = y.mode()[0]
        return self
    def predict(self, X):
        {predict}
        return [self.most] * len(X)
def build(task):
    {build}
    return Model()
"""


def written(folder: Path, source: str = SOLUTION, **parts: str) -> Path:
    path = folder / "mine.py"
    path.write_text(source.format(**{"fit": "pass", "predict": "pass", "build": "pass"} | parts))
    return path


def tried(path: Path | str, *kinds: str, budget: Budget = BUDGET) -> Contract:
    tasks = [toy_task(kind) for kind in kinds or ["classification"]]
    return check_solution(load_solution(str(path)), tasks, budget, trusted=not sandbox()[0], jobs=2)


def few(column: str, share: float) -> str:
    return f"X['{column}'].isna().mean() < {share}"


def only_finding(found: Contract, demand: str) -> Finding:
    assert [finding.demand for finding in found.findings] == [demand], found.findings
    assert not found.ok
    [finding] = found.findings
    assert finding.do
    return finding


def test_good_solutions_pass_on_every_kind() -> None:
    found = tried("constant", *KINDS)
    assert found.ok, found.findings
    for trial in found.trials:
        assert set(trial.met) == {*contract.DEMANDS} - {contract.SUPPORTS}
        assert all(trial.met.values())
        told = trial.as_dict()
        assert told["headline"] == pytest.approx(told["constant"])


def test_a_kind_that_is_not_supported_is_no_finding() -> None:
    found = tried("tfidf_linear", "classification", "matching")
    assert found.ok, found.findings
    classifying, matching = found.trials
    assert classifying.as_dict()["headline"] > classifying.as_dict()["constant"] + 0.2
    assert (matching.supported, matching.met) == (False, {})


def test_nothing_is_left_of_the_slices(tmp_path: Path) -> None:
    task = toy_task("classification")
    before = {path: path.stat().st_mtime_ns for path in home().rglob("*")}
    check_solution(load_solution("constant"), [task], BUDGET)
    after = {path: path.stat().st_mtime_ns for path in home().rglob("*") if path.name != "vectors"}
    changed = {path for path in after if before.get(path) != after[path] and not path.is_dir()}
    assert not changed
    assert not {*after} - {*before}


@pytest.mark.parametrize(
    ("parts", "says", "do"),
    [
        ({"build": "return None"}, "NoneType", "fit(X, y)"),
        ({"build": "Model.fit = lambda self, X: self"}, "positional", "fit(X, y)"),
        ({"build": "del Model.predict"}, "predict", "predict(X)"),
        ({"build": "Model.predict_proba = lambda self, X: [[1.0]] * len(X)"}, "classes_", "classes_"),
        ({"build": "Model.predict_proba = Model.predict"}, "to float", "an array of numbers"),
        (
            {"build": "Model.classes_ = ['a', 'b']; Model.predict_proba = lambda self, X: [[1.0]] * len(X)"},
            "Shape",
            "one column for each class",
        ),
        ({"predict": "return 7"}, "len()", "one value for each row"),
    ],
)
def test_what_a_signature_lacks_is_said_in_words(
    parts: dict[str, str], says: str, do: str, tmp_path: Path
) -> None:
    finding = only_finding(tried(written(tmp_path, **parts)), SIGNATURE)
    assert says in finding.what
    assert do in finding.do


def test_supports_and_build_with_another_signature(tmp_path: Path) -> None:
    source = "def supports(task): return True\ndef build(task): pass\n"
    finding = only_finding(tried(written(tmp_path, source)), SIGNATURE)
    assert "two things" in finding.do
    finding = only_finding(tried(written(tmp_path, "def build(): pass\n")), SIGNATURE)
    assert "def build(task)" in finding.do


def test_one_finding_for_all_kinds_where_an_import_fails(tmp_path: Path) -> None:
    finding = only_finding(
        tried(written(tmp_path, "import not_there_at_all\n" + SOLUTION), "classification", "matching"),
        IMPORTS,
    )
    assert finding.tasks == ("toy_classification", "toy_matching")
    assert "not_there_at_all" in finding.what
    assert finding.log.splitlines()[0] == '  File "mine.py", line 1, in <module>'


def test_a_solution_that_does_nothing_is_a_finding(tmp_path: Path) -> None:
    source = "def supports(task): return False, 'not my thing'\ndef build(task): pass\n"
    finding = only_finding(tried(written(tmp_path, source), "matching", "clustering"), contract.SUPPORTS)
    assert finding.tasks == ("toy_matching", "toy_clustering")
    assert "not my thing" in finding.what


def test_predictions_that_scoring_would_refuse(tmp_path: Path) -> None:
    finding = only_finding(tried(written(tmp_path, predict="return ['sofa'] * len(X)")), FORMAT)
    assert "unknown classes" in finding.what
    finding = only_finding(tried(written(tmp_path, predict="X = X[1:]")), FORMAT)
    assert "values for" in finding.what


@held
@pytest.mark.parametrize(
    ("attempt", "says"),
    [
        ("open('/usr/model.pkl', 'w')", "Only the working directory and /tmp"),
        ("open('/home/me/data.csv')", "Nothing of this machine is visible"),
        ("import socket; socket.create_connection(('192.0.2.1', 80), 5)", "no network"),
        ("from urllib.request import urlopen; urlopen('https://example.org')", "no network"),
    ],
)
def test_reaching_outside_is_explained(attempt: str, says: str, tmp_path: Path) -> None:
    assert says in only_finding(tried(written(tmp_path, fit=attempt)), OUTSIDE).do


def test_too_slow_and_too_much_memory(tmp_path: Path) -> None:
    slow = written(tmp_path, predict="import time; time.sleep(100)")
    finding = only_finding(tried(slow, budget=Budget(8, 2 * 10**9, 1, 10**8)), LIMITS)
    assert "stopped after 8 s" in finding.what
    greedy = written(tmp_path, fit="import numpy, time; kept = numpy.ones(10**8); time.sleep(5)")
    finding = only_finding(tried(greedy, budget=Budget(60, 5 * 10**8, 1, 10**8)), LIMITS)
    assert "before it had fitted" in finding.what


def test_a_plain_failure_shows_where(tmp_path: Path) -> None:
    finding = only_finding(tried(written(tmp_path, fit="X['titel']")), contract.PLAIN)
    assert finding.log.splitlines() == [
        '  File "mine.py", line 4, in fit',
        "    X['titel']",
        "KeyError: 'titel'",
    ]


@pytest.mark.parametrize(
    ("hardships", "checks"),
    [
        (
            ["unseen categories", "missing pictures", "missing texts"],
            ["'never seen before' not in set(X['shop'])", few("picture", 0.35), few("title", 0.2)],
        ),
        (["missing categories", "missing numbers"], [few("shop", 0.4), few("price", 0.25)]),
        (["empty rows"], ["not X.isna().all(axis=1).any()"]),
    ],
)
def test_hardships_are_told_apart(hardships: list[str], checks: list[str], tmp_path: Path) -> None:
    found = tried(written(tmp_path, predict=f"assert {' and '.join(checks)}"))
    [trial] = found.trials
    assert [name for name in HARDSHIPS if not trial.met.get(name, True)] == hardships
    assert [finding.demand for finding in found.findings] == hardships
    assert trial.met[contract.PLAIN]


def test_hardships_that_only_hurt_together(tmp_path: Path) -> None:
    predict = "assert not ('never seen before' in set(X['shop']) and X.isna().all(axis=1).any())"
    only_finding(tried(written(tmp_path, predict=predict)), contract.HARD)


def test_a_single_row(tmp_path: Path) -> None:
    finding = only_finding(tried(written(tmp_path, predict="assert len(X) > 1")), contract.ONE_ROW)
    assert "single row" in finding.do


def test_chance_without_the_seed_is_found(tmp_path: Path) -> None:
    chance = "import random; return random.Random({seed}).choices(['lamp', 'chair', 'table'], k=len(X))"
    finding = only_finding(
        tried(written(tmp_path, predict=chance.format(seed="")), "classification"), contract.AGAIN
    )
    count, rows = [int(word) for word in finding.what.split() if word.isdigit()][:2]
    assert 0 < count < rows
    assert tried(written(tmp_path, predict=chance.format(seed=0))).ok


def test_a_command_is_tried_too(tmp_path: Path) -> None:
    folder = tmp_path / "shell"
    folder.mkdir()
    (folder / "solution.toml").write_text('command = ["./solve", "{test}", "{out}"]\nformat = "csv"\n')
    program = folder / "solve"
    program.write_text(
        "#!/bin/sh\n(echo id,prediction; tail -n +2 $1 | grep -o '^[0-9a-f]\\{16\\}' | sed 's/$/,lamp/') > $2\n"
    )
    program.chmod(0o755)
    assert tried(folder).ok
    program.write_text("#!/bin/sh\nexit 3\n")
    assert "exit code 3" in only_finding(tried(folder), contract.PLAIN).what
    program.write_text("#!/bin/sh\n")
    assert "{out}" in only_finding(tried(folder), FORMAT).do


def test_a_predictions_file_is_for_check(tmp_path: Path) -> None:
    task = toy_task("classification")
    right_answer(task, hidden_labels(task)).to_csv(tmp_path / "p.csv", index=False)
    with pytest.raises(UserError, match="classmark check"):
        tried(tmp_path / "p.csv")


@held
def test_the_command_line(tmp_path: Path) -> None:
    folder = str(toy_task("classification").folder)
    bad = str(written(tmp_path, fit="open('/usr/model.pkl', 'w')"))
    arguments = ["check-solution", bad, "--task", folder, "--budget", "60s"]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 2
    assert "1. files and network, on toy_classification" in done.output
    assert "Only the working directory" in done.output
    assert "Traceback" not in done.output
    done = CliRunner().invoke(cli, [*arguments, "--json"])
    assert done.exit_code == 2
    told = json.loads(done.stdout)
    assert (told["solution"], told["ok"]) == ("mine", False)
    assert told["tasks"][0]["status"] == "failed"
    assert [finding["demand"] for finding in told["findings"]] == ["files and network"]
    done = CliRunner().invoke(cli, ["check-solution", "constant", "--task", folder, "--budget", "60s"])
    assert done.exit_code == 0
    assert "keeps the contract on toy_classification" in done.output


def test_an_index_that_is_away_says_nothing_of_a_solution(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_index(tmp_path / "index", monkeypatch)
    path = written(tmp_path, 'REQUIRES = ["leaf"]\n' + SOLUTION)
    with pytest.raises(HostTrouble, match="The package index is away"):
        tried(path)
