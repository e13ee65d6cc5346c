import json
import os
import stat
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from postgres import postgres_server
from toy_datasets import toy_datasets
from toys import KINDS, hidden_labels

from benchmark.catalog import load_card
from benchmark.checking import check
from benchmark.errors import UserError
from benchmark.files import file_digest
from benchmark.load import embedded_tasks
from leaderboard.config import config_digest, parse_config, read_config
from leaderboard.contest import Contest
from leaderboard.making.bundles import manifest, publish_rules
from leaderboard.making.competition import Plan, make
from leaderboard.making.template import Settings, rules_text, settings_text
from leaderboard.record.accepting import plain

SETTINGS = Settings(
    "spring-2027", "Spring", datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC)
)
TASKS = tuple(f"toy_{kind}" for kind in KINDS)


@pytest.fixture(autouse=True)
def _tasks(tmp_path_factory, monkeypatch):
    toy_datasets(tmp_path_factory.mktemp("datasets"), monkeypatch)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_prize_competition_is_whole(tmp_path):
    said = []
    contest = make(tmp_path / "contest", Plan(SETTINGS, TASKS), said.append, jobs=1)

    config = read_config(tmp_path / "contest")
    assert config.prize
    assert config.phases[0].opens == SETTINGS.opens
    assert {track.name: track.names for track in config.tracks} == {
        "classification": ("toy_classification",),
        "matching": ("toy_matching", "toy_clustering"),
    }
    assert os.environ["CLASSMARK_HOME"] == str(contest.home)
    assert [path.name for path in tmp_path.iterdir()] == ["contest"]
    assert sum("rows" in line for line in said) == 3
    contest.require_made()
    for name in TASKS:
        assert "secret-" in contest.task(name).version
        assert contest.labels(name).in_part("private").any()
        assert mode(contest.private / "secrets" / f"{name}.secret") == 0o600
    secrets = {path.read_text() for path in (contest.private / "secrets").iterdir()}
    assert len(secrets) == 3
    for closed in ("private", "home/hidden", "home/results", "submissions", "draws", "reports"):
        assert mode(contest.folder / closed) == 0o700


def test_both_journals_begin_with_what_is_asked_and_what_the_constant_answers_score(tmp_path):
    contest = make(tmp_path / "contest", Plan(SETTINGS, TASKS), jobs=1)

    openings = []
    for ledger in (contest.ledger, contest.private_ledger):
        assert not ledger.journal.faults()
        opened, constants = ledger.journal.entries()
        assert (opened.kind, constants.kind) == ("opened_book", "constants")
        assert set(constants.body["tasks"]) == set(TASKS)
        openings.append(opened.body)
    assert openings[0] == openings[1]
    assert openings[0]["config"] == config_digest(contest.folder)
    card = contest.task(TASKS[0]).card
    assert openings[0]["tasks"][TASKS[0]] == {key: card[key] for key in ("version", "digest", "labels_seal")}
    with contest.ledger.reading() as public, contest.private_ledger.reading() as private:
        assert public.constant.draws != private.constant.draws
        assert contest.draws.path(public.constant.draws).is_file()
        assert contest.private_draws.path(private.constant.draws).is_file()


def test_the_downloads_are_the_prepared_tasks_and_nothing_hidden(tmp_path):
    contest = make(tmp_path / "contest", Plan(SETTINGS, TASKS), jobs=1)

    listed = manifest(contest)
    assert {one["file"] for one in listed} | {"manifest.json"} == {p.name for p in contest.public.iterdir()}
    for one in listed:
        path = contest.public / one["file"]
        assert (one["size"], one["sha256"]) == (path.stat().st_size, file_digest(path))
    for name in TASKS:
        task = contest.task(name)
        [file] = [one["file"] for one in listed if one["task"] == name]
        with zipfile.ZipFile(contest.public / file) as archive:
            packed = {entry: archive.read(entry) for entry in archive.namelist()}
        shown = {
            p.relative_to(task.folder).as_posix(): p.read_bytes()
            for p in task.folder.rglob("*.*")
            if p.is_file()
        }
        assert packed == shown
        families = set(hidden_labels(task)["family"]) - set(task.rows["family"])
        text = packed["card.json"] + packed["test.csv"] + packed["train.csv"] + packed["croissant.json"]
        assert not any(family.encode() in text for family in families)
        secret = (contest.private / "secrets" / f"{name}.secret").read_text().strip().encode()
        assert not any(secret in content for content in packed.values())


def test_the_same_tasks_give_the_same_files(tmp_path):
    plan = Plan(replace(SETTINGS, prize=False), TASKS)
    first = manifest(make(tmp_path / "one", plan, jobs=1))
    assert manifest(make(tmp_path / "two", plan, jobs=1)) == first


def test_practice_takes_data_that_everybody_can_make(tmp_path):
    plan = Plan(replace(SETTINGS, prize=False), ("toy_public", "toy_matching"))
    contest = make(tmp_path / "contest", plan, jobs=1)
    assert contest.config.tasks == {"toy_public": "1.0.0", "toy_matching": "1.0.0"}
    assert not contest.config.prize
    assert not list((contest.private / "secrets").iterdir())


def test_the_starter_answers_every_task(tmp_path):
    contest = make(tmp_path / "contest", Plan(SETTINGS, TASKS), jobs=1)
    for one in manifest(contest):
        if one["file"].endswith(".zip"):
            place = tmp_path / ("data" if one["task"] else "") / one["file"].removesuffix(".zip")
            zipfile.ZipFile(contest.public / one["file"]).extractall(place)

    command = [sys.executable, "starter/predict.py", *(tmp_path / "data").iterdir()]
    environment = os.environ | {"CLASSMARK_HOME": str(tmp_path / "elsewhere")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    for name in TASKS:
        assert check(contest.task(name), tmp_path / "predictions" / f"{name}.parquet").ok


def test_changed_rules_are_published(tmp_path):
    contest = make(tmp_path / "contest", Plan(SETTINGS, TASKS[:1]), jobs=1)
    assert not publish_rules(contest)
    (contest.folder / "rules.md").write_text("# Other rules\n")
    before = manifest(contest)

    assert publish_rules(contest)

    assert (contest.public / "rules.md").read_text() == "# Other rules\n"
    [listed] = [one for one in manifest(contest) if one["file"] == "rules.md"]
    assert listed["sha256"] == file_digest(contest.public / "rules.md")
    assert len(manifest(contest)) == len(before)


def test_rules_that_a_killed_server_did_not_list_are_listed_at_the_next_start(tmp_path):
    contest = make(tmp_path / "contest", Plan(SETTINGS, TASKS[:1]), jobs=1)
    for place in (contest.folder, contest.public):
        (place / "rules.md").write_text("# Rules with a clause more\n")

    assert publish_rules(contest)

    [listed] = [one for one in manifest(contest) if one["file"] == "rules.md"]
    assert listed["sha256"] == file_digest(contest.public / "rules.md")
    assert not publish_rules(contest)


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (Plan(SETTINGS, ("toy_public",)), "labels of toy_public are public"),
        (Plan(SETTINGS, ("toy_folds",)), "5 folds"),
        (Plan(SETTINGS, ("toy_unranked",)), "no board"),
        (Plan(SETTINGS, TASKS, size="huge"), "no size of toy_classification 'huge'"),
        (Plan(replace(SETTINGS, name="Spring 2027"), TASKS), "no name for a competition"),
        (Plan(replace(SETTINGS, title=""), TASKS), "title: "),
        (Plan(replace(SETTINGS, closes=SETTINGS.opens), TASKS), "closes after it opens"),
        (Plan(replace(SETTINGS, database="nonsense"), TASKS), "no database URL"),
        (Plan(replace(SETTINGS, database="sqlite:////nowhere/x.db"), TASKS), "cannot be written"),
        (
            Plan(replace(SETTINGS, database="sqlite://", private_database="sqlite://"), TASKS),
            "in one database",
        ),
    ],
)
def test_what_cannot_become_a_competition_is_refused_before_anything_is_written(tmp_path, plan, says):
    with pytest.raises(UserError) as error:
        make(tmp_path / "contest", plan, jobs=1)
    assert says in str(error.value)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_there_stays_as_it_is(tmp_path):
    (tmp_path / "contest").mkdir()
    with pytest.raises(UserError, match="already"):
        make(tmp_path / "contest", Plan(SETTINGS, TASKS), jobs=1)
    assert not list((tmp_path / "contest").iterdir())


def test_a_database_is_used_once(tmp_path):
    settings = replace(SETTINGS, database=f"sqlite:///{tmp_path / 'record.db'}")
    make(tmp_path / "one", Plan(settings, TASKS[:1]), jobs=1)
    with pytest.raises(UserError, match="holds a competition"):
        make(tmp_path / "two", Plan(settings, TASKS[:1]), jobs=1)


def test_one_database_under_two_spellings_is_one_database(tmp_path):
    place = tmp_path / "record.db"
    urls = {"database": f"sqlite:///{place}", "private_database": f"sqlite:///{tmp_path}/./record.db"}
    with pytest.raises(UserError, match="two journals are in one database"):
        make(tmp_path / "one", Plan(replace(SETTINGS, **urls), TASKS[:1]), jobs=1)
    assert not (tmp_path / "one").exists()


def test_the_records_may_be_in_postgresql(tmp_path):
    with postgres_server() as server:
        urls = {
            "database": server.create("contest"),
            "private_database": server.create("contest_private"),
        }
        contest = make(tmp_path / "one", Plan(replace(SETTINGS, **urls), TASKS[:1]), jobs=1)
        assert contest.config.database == urls["database"]
        assert [entry.kind for entry in contest.ledger.journal.entries()] == ["opened_book", "constants"]
        assert not (contest.folder / "journal.db").exists()
        with pytest.raises(UserError, match="holds a competition"):
            make(tmp_path / "two", Plan(replace(SETTINGS, **urls), TASKS[:1]), jobs=1)
        contest.ledger.journal.close()
        contest.private_ledger.journal.close()
        absent = replace(SETTINGS, database=server.url("absent"))
        with pytest.raises(UserError, match="cannot be written") as error:
            make(tmp_path / "three", Plan(absent, TASKS[:1]), jobs=1)
        assert "absent" in str(error.value)


def test_a_making_that_fails_leaves_nothing(tmp_path, home, tmp_path_factory, monkeypatch):
    datasets = tmp_path_factory.mktemp("broken")
    toy_datasets(datasets, monkeypatch)
    (datasets / "toy_matching" / "prepare.py").write_text("def records(raw):\n    raise OSError('no disk')\n")

    with pytest.raises(UserError, match="no disk"):
        make(tmp_path / "contest", Plan(SETTINGS, TASKS), jobs=1)

    assert not list(tmp_path.iterdir())
    assert os.environ["CLASSMARK_HOME"] == str(home)


def test_without_a_choice_the_embedded_tasks_are_asked_each_in_the_track_of_its_kind(monkeypatch):
    monkeypatch.undo()
    load_card.cache_clear()
    plan = Plan(SETTINGS)
    config = parse_config(plan.text(plan.editions({})), origin="the plan")
    assert set(config.tasks) == set(embedded_tasks())
    for track in config.tracks:
        kinds = {load_card(name).kind for name in track.names}
        assert kinds == ({"classification"} if track.name == "classification" else {"matching", "clustering"})


@given(
    title=st.text(min_size=1, max_size=80).map(plain).filter(bool),
    contact=st.text(max_size=80).map(plain),
    prize=st.booleans(),
    code=st.booleans(),
)
def test_settings_say_what_was_given(title, contact, prize, code):
    settings = replace(SETTINGS, title=title, contact=contact, prize=prize, code=code)
    text = settings_text(settings, {"matching": ["toy@1.0.0+full.secret-0a1b2c3d"]})
    config = parse_config(text, origin="the settings")
    assert (config.title, config.contact, config.prize, config.code.allowed) == (title, contact, prize, code)
    assert config.tasks == {"toy": "1.0.0+full.secret-0a1b2c3d"}
    assert title in rules_text(settings)


def test_manifest_is_json_for_machines(tmp_path):
    contest = make(tmp_path / "contest", Plan(SETTINGS, TASKS[:1]), jobs=1)
    listed = json.loads((contest.public / "manifest.json").read_text())
    assert pd.DataFrame(listed)["task"].notna().sum() == 1


@pytest.mark.slow
def test_the_command_makes_embedded_tasks_side_by_side(tmp_path, monkeypatch):
    monkeypatch.undo()
    load_card.cache_clear()
    monkeypatch.setenv("CLASSMARK_HOME", str(tmp_path / "home"))
    command = ["competition", "new", str(tmp_path / "spring"), "--task", "tax_category,variants", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmark", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    tracks = json.loads(done.stdout)["tracks"]
    assert {name: len(tasks) for name, tasks in tracks.items()} == {"classification": 1, "matching": 1}
    contest = Contest(tmp_path / "spring")
    assert contest.labels("variants").in_part("private").any()
    assert not (tmp_path / "home").exists()
