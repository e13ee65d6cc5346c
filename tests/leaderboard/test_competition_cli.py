import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from contests import submitted, toy_contest
from toy_datasets import toy_datasets
from toys import hidden_labels

from benchmark.cli import cli
from benchmark.errors import UserError
from leaderboard.client.packing import packed
from leaderboard.contest import Contest
from leaderboard.record.accepting import accept
from leaderboard.record.refusal import Refusal
from leaderboard.record.teams import add_team, team_of_token
from leaderboard.scoring.submissions import record_constants


def run(*arguments):
    done = CliRunner().invoke(cli, ["competition", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def fails(*arguments):
    """What a command that cannot be done says; without a traceback."""
    done = CliRunner().invoke(cli, ["competition", *map(str, arguments)])
    assert done.exit_code != 0
    assert isinstance(done.exception, UserError | SystemExit), done.exception
    return done.output + str(done.exception)


def team_of(contest, token):
    with contest.ledger.reading() as state:
        return team_of_token(state, token)


def test_new_says_what_to_do_next(tmp_path, tmp_path_factory, monkeypatch):
    toy_datasets(tmp_path_factory.mktemp("datasets"), monkeypatch)
    folder = tmp_path / "spring-2027"
    said = run(
        "new", folder, "--task", "toy_matching", "--opens", "2027-01-31", "--closes", "2027-05-31T12:00Z"
    )
    assert "matching (toy_matching); open from 2027-01-31 00:00 to 2027-05-31 12:00 UTC" in said
    assert f"classmark serve {folder}" in said
    assert f"copy {folder / 'private' / 'secrets'}" in said
    assert Contest(folder).config.name == "spring-2027"

    made = json.loads(
        run("new", tmp_path / "again", "--task", "toy_matching", "--code", "--title", "A\nB", "--json")
    )
    assert made["name"] == "again"
    assert made["tracks"]["matching"][0].startswith("toy_matching@1.0.0+secret-")
    assert "secrets" not in run("new", tmp_path / "practice", "--task", "toy_matching", "--practice")
    config = Contest(tmp_path / "again").config
    assert config.title == "A B"
    assert config.code.allowed


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--task", "toy_matchin"], "Did you mean 'toy_matching'?"),
        (["--task", "toy_public"], "--practice"),
        (["--task", "toy_folds"], "public and a private part"),
        (["--task", "toy_matching", "--name", "Not a Slug"], "small letters, digits and hyphens"),
        (["--task", "toy_matching", "--opens", "yesterday"], "no moment in time"),
        (["--task", "toy_matching", "--opens", "2027-01-31T12:00"], "with its zone"),
        (
            ["--task", "toy_matching", "--opens", "2027-01-31", "--closes", "2027-01-30"],
            "closes after it opens",
        ),
        (["--task", "toy_matching", "--size", "full"], "There is no size"),
        ([], "public and a private part"),
    ],
)
def test_new_refuses(tmp_path, tmp_path_factory, monkeypatch, arguments, says):
    toy_datasets(tmp_path_factory.mktemp("datasets"), monkeypatch)
    assert says in fails("new", tmp_path / "spring", *arguments)
    assert not list(tmp_path.iterdir())


def test_where_nothing_can_be_written_there_is_no_traceback(tmp_path):
    (tmp_path / "file").touch()
    arguments = ["competition", "new", str(tmp_path / "file" / "contest"), "--task", "duplicates"]
    done = subprocess.run([sys.executable, "-m", "benchmark", *arguments], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "error: A file cannot be written."


def test_a_folder_that_is_no_competition_is_refused(tmp_path):
    for command in ("status", "verify"):
        assert "is not a competition" in fails(command, tmp_path)
    (tmp_path / "competition.toml").write_text("name = 3\n")
    assert "has faults" in fails("status", tmp_path)


def test_teams_come_and_go(tmp_path):
    contest = toy_contest(tmp_path / "contest")
    said = run("team", "add", contest.folder, "Ärger [bold] & Söhne")
    assert said.startswith("Ärger [bold] & Söhne (arger-bold-sohne): this token is shown once")
    assert "--token" not in said, "what stands on a command line stays in the shell's history"
    assert said.endswith("\n  classmark join URL\n")
    added = json.loads(run("team", "add", contest.folder, "Zwei", "--json"))
    assert team_of(contest, added["token"]).id == added["team"] == "zwei"

    fresh = json.loads(run("token", "rotate", contest.folder, "Zwei", "--json"))
    assert fresh["team"] == "zwei"
    assert team_of(contest, fresh["token"]).id == "zwei"
    with pytest.raises(Refusal):
        team_of(contest, added["token"])

    run("team", "remove", contest.folder, "zwei")
    with pytest.raises(Refusal):
        team_of(contest, fresh["token"])
    assert "A team that was removed had the name 'Zwei'" in fails("team", "add", contest.folder, "zwei")
    assert "Did you mean 'zwei'?" in fails("token", "rotate", contest.folder, "zwie")


def test_the_gate(tmp_path):
    contest = toy_contest(tmp_path / "contest")
    team, _ = add_team(contest.ledger, "Eins")
    after = contest.config.phases[-1].closes
    run("close", contest.folder, "--reason", "A label is\nwrong.")
    with pytest.raises(Refusal, match=r"A label is wrong."):
        accept(contest, team.id, {"toy_matching": "0" * 64})

    assert "main closes at 2999-01-01" in run("open", contest.folder, "--reason", "It is mended.")
    accept(contest, team.id, {"toy_matching": "0" * 64})
    with pytest.raises(Refusal, match="the last phase is over"):
        accept(contest, team.id, {"toy_matching": "1" * 64}, now=after)

    assert "close it no more" in run(
        "open", contest.folder, "--extra-time", "--reason", "The server was down."
    )
    accept(contest, team.id, {"toy_matching": "1" * 64}, now=after)
    assert "--reason" in fails("close", contest.folder)
    assert "reason is needed" in fails("open", contest.folder, "--reason", " ")


def test_status(tmp_path):
    contest = toy_contest(tmp_path / "contest")
    team, token = add_team(contest.ledger, "Eins [red]")
    submitted(contest, team.id, tmp_path / "answers", note="first")
    accept(contest, team.id, {"toy_matching": "0" * 64})

    said = run("status", contest.folder)
    for part in (
        "main, closes 2999",
        "by the dates",
        "1, and 0 baselines",
        "2 today, 2 in all, 1 in the queue",
    ):
        assert part in said
    assert "team eins-red" in said
    found = json.loads(run("status", contest.folder, "--json"))
    assert (found["teams"], found["submissions"], found["today"], found["queue"]) == (1, 2, 2, 1)
    assert found["last"][-1]["kind"] == "accepted"
    assert found["bytes"] > 0
    assert team.token not in json.dumps(found)
    assert token not in said


def test_baselines_are_run_and_handed_in_once(tmp_path):
    contest = toy_contest(tmp_path / "contest")
    said = run("baseline", contest.folder, "--solution", "constant,neighbours", "--budget", "60s")
    assert "constant: submission" in said
    assert "3 of 3 tasks" in said
    assert "2 of 3 tasks" in said
    with contest.ledger.reading() as state:
        assert {(team.name, team.baseline) for team in state.teams.values()} == {
            ("constant", True),
            ("neighbours", True),
        }
        assert not state.queued()
        for name, submission in state.submissions.items():
            assert submission.phase == ""
            assert {score.status for score in state.scoring(name).tasks.values()} == {"ok"}

    assert "handed in before" in run("baseline", contest.folder, "--solution", "constant", "--budget", "60s")
    with contest.ledger.reading() as state:
        assert len(state.submissions) == 2
    assert "no task" in fails("baseline", contest.folder, "--solution", "constant", "--task", "toy_other")


def test_mended_labels_show_who_moved(tmp_path):
    contest = toy_contest(tmp_path / "contest")
    team, _ = add_team(contest.ledger, "Eins [red]")
    record_constants(contest)
    submitted(contest, team.id, tmp_path / "answers")
    labels = hidden_labels(contest.task("toy_classification"))[["target"]]
    labels["target"] = labels["target"].sample(frac=1, random_state=0).to_numpy()
    labels.to_csv(tmp_path / "mended.csv")

    given = ["--labels", f"toy_classification={tmp_path / 'mended.csv'}", "--reason", "wrong labels"]
    said = run("rescore", contest.folder, *given)

    assert "1 submissions scored again: wrong labels" in said
    assert "Eins [red]" in said
    assert "1.000 -> 0." in said
    assert not json.loads(run("rescore", contest.folder, "--reason", "again", "--json"))["public"]
    assert "TASK=FILE" in fails("rescore", contest.folder, "--reason", "x", "--labels", "toy_classification")
    assert "no Parquet or CSV" in fails(
        "rescore", contest.folder, "--reason", "x", "--labels", f"toy_classification={tmp_path / 'none.csv'}"
    )


def test_the_end_is_recorded_once(tmp_path):
    contest = toy_contest(tmp_path / "contest")
    record_constants(contest)
    for number, name in enumerate(["Eins [red]", "Zwei"]):
        team, _ = add_team(contest.ledger, name)
        submitted(contest, team.id, tmp_path / name, note=name, wrong=number / 2)

    assert "Not all phases are over" in fails("close", contest.folder, "--final")
    said = run("close", contest.folder, "--final", "--reason", "It is over.")

    assert "Eins [red]" in said
    assert "1.0000 [1.0000, 1.0000]" in said
    assert "similar.json" in said
    assert "ended for good" in run("status", contest.folder)
    assert "has ended already" in fails("close", contest.folder, "--final")
    said = fails("open", contest.folder, "--reason", "extra time")
    assert "ended for good" in said
    assert "do:      For more submissions make a new competition" in said
    assert "a new team could submit nothing" in fails("team", "add", contest.folder, "Drei")


CODE = """
import numpy as np

class Model:
    def fit(self, X, y):
        self.labels = sorted(set(y)) if {!r} else []
        return self

    def predict(self, X):
        words = X["title"].fillna("").to_numpy(str)
        return [next((one for one in self.labels if one in text), "lamp") for text in words]

def supports(task):
    return task.kind == "classification", "it classifies"

def build(task):
    return Model()
"""


def test_every_code_runs_on_every_task(tmp_path):
    contest = toy_contest(tmp_path / "contest", more='[code]\nallowed = true\nseconds = "120s"\n')
    assert "No team has submitted code" in fails("cross", contest.folder)
    for name, reads in (("Eins [red]", True), ("Zwei", False)):
        team, _ = add_team(contest.ledger, name)
        solution = tmp_path / f"{team.id}.py"
        solution.write_text(CODE.format(reads))
        archive = packed(solution, tmp_path / f"{team.id}.zip")
        accept(contest, team.id, {"code": contest.submissions.put([archive.read_bytes()])}, form="code")

    said = run("cross", contest.folder)

    assert "Eins [red]" in said
    assert "1 unsupported" in said
    found = json.loads((contest.private / "cross.json").read_text())
    [task] = [one for one in found["tasks"] if one["kind"] == "classification"]
    assert [cell["rank"] for cell in task["cells"]] == [1, 2]
    assert task["differences"][0]["clear"]


def test_verify_and_rebuild(tmp_path):
    contest = toy_contest(tmp_path / "contest")
    team, _ = add_team(contest.ledger, "Eins")
    record_constants(contest)
    submission = submitted(contest, team.id, tmp_path / "answers")
    assert "MLflow holds 2 scorings" in run("rebuild", contest.folder)
    assert "The records are whole" in run("verify", contest.folder)

    path = contest.submissions.path(submission.files["toy_matching"])
    path.write_bytes(b"something else")
    (tmp_path / "receipt.json").write_text("{}")
    found = CliRunner().invoke(
        cli,
        ["competition", "verify", str(contest.folder), "--receipt", str(tmp_path / "receipt.json"), "--json"],
    )
    assert found.exit_code == 1
    faults = json.loads(found.stdout)["faults"]
    assert any("another content" in fault for fault in faults)
    assert any("receipt" in fault for fault in faults)
