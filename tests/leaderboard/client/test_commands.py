"""The participant's commands: what they print, and what they say when something is in the way."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from unicodedata import category

import httpx
import pandas as pd
import pytest
from click.testing import Result
from hosted import Command, Host
from hypothesis import given
from hypothesis import strategies as st

from leaderboard import open_competition
from leaderboard.cli.shared import sparkline
from leaderboard.client import connection
from leaderboard.client.connection import required_url
from leaderboard.client.plain import lines, one_line
from leaderboard.record.accepting import accept
from leaderboard.record.gate import move_gate
from leaderboard.record.teams import rotate_token
from leaderboard.scoring.submissions import record_scoring
from leaderboard.standings.closing import close


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PATIENCE", (0.01,))


def error(done: Result) -> str:
    return str(done.exception)


def test_from_joining_to_a_selection(
    host: Host, command: Command, good: dict[str, Path], poor: dict[str, Path]
) -> None:
    shown = command("join", host.url, "--token", host.tokens["Foxes"]).stdout
    for text in ("Joined Toys & co as Foxes.", "open for", "toy_clustering", "5 of 5", "classmark download"):
        assert text in shown
    shown = command("download").stdout
    assert "toy_matching/1.0.0" in shown
    assert Path("toys/starter/solution/solution.py").is_file()
    assert Path("toys/rules.md").is_file()
    with host.scoring():
        shown = command("submit", *poor.values(), "-m", "[bold]first[/bold] :smile:", "--wait").stdout
        assert "Accepted" in shown
        assert "Track classification: 0." in shown
        assert "4 of 5" in shown
        better = good["toy_classification"]
        command("submit", f"toy_classification={better}", "--wait")
    assert "accepted before" in command("submit", *poor.values()).stdout
    shown = command("leaderboard").stdout
    assert "Foxes (you)" in shown
    assert "▁█" in shown
    listed = json.loads(command("history", "--json").stdout)
    assert [one["note"] for one in listed] == ["", "[bold]first[/bold] :smile:"]
    first = listed[1]["submission"]
    assert command("select", first[:14]).stdout == f"Selected: {first}\n"
    assert command("select").stdout == f"Selected: {first}\n"
    shown = command("history").stdout
    assert f"{first} *" in shown
    assert "[bold]first[/bold] :smile:" in shown
    assert "Nothing is selected" in command("select", "--none").stdout


def test_json_is_what_the_server_says(joined: Host, command: Command, poor: dict[str, Path]) -> None:
    receipt = json.loads(command("submit", poor["toy_matching"], "--json").stdout)
    assert receipt["status"] == "queued"
    assert json.loads(command("select", receipt["submission"], "--json").stdout) == {
        "submissions": [receipt["submission"]]
    }
    board = json.loads(command("leaderboard", "--track", "matching", "--json").stdout)
    assert [track["name"] for track in board["tracks"]] == ["matching"]


def test_faults_stand_with_their_rows(joined: Host, command: Command, poor: dict[str, Path]) -> None:
    spoilt = pd.read_parquet(poor["toy_classification"])
    spoilt.loc[6, "prediction"] = "nonsense"
    spoilt.to_csv("toy_classification.csv", index=False)
    for _ in range(2):  # by the server, then here
        said = error(command("submit", "toy_classification.csv", poor["toy_matching"], fails=True))
        assert "1 of 2 files have faults" in said
        assert "toy_classification: unknown classes" in said
        assert "Rows 7. E.g. 'nonsense'." in said
        command("download")
    assert json.loads(command("history", "--json").stdout) == []


def test_history_says_why_a_score_changed_or_is_missing(
    joined: Host, command: Command, poor: dict[str, Path]
) -> None:
    assert "submitted nothing yet" in command("history").stdout
    first, second = (
        json.loads(command("submit", poor[name], "-m", "n" * 90, "--json").stdout)["submission"]
        for name in ("toy_matching", "toy_clustering")
    )
    joined.score()
    record_scoring(joined.contest, first, reason="a label was wrong")
    failed = {"toy_clustering": {"status": "failed", "message": "The host looks into it."}}
    body = {"submission": second, "tasks": failed, "draws": "", "scorer": "1", "reason": ""}
    joined.contest.ledger.record(lambda state: [("scored", body)])
    shown = command("history").stdout
    assert f"{first}: scored again: a label was wrong" in shown
    assert f"{second}: toy_clustering, failed: The host looks into it." in shown
    assert "n" * 20 + "…" in shown.replace("\n", "").replace(" ", "")
    [kept] = [path for path in open_competition().joined.receipts.iterdir() if path.stem == first]
    kept.write_text(kept.read_text().replace(first, second))
    done = command("history")
    assert "the server contradicts 1 of your receipts" in done.stderr


TRACEBACK = """RuntimeError: boom \x1b[2Jon purpose
Traceback (most recent call last):
  File "solution.py", line 3, in build
    raise RuntimeError("boom \x1b[2Jon purpose")
RuntimeError: boom \x1b[2Jon purpose"""


def test_code_that_fails_is_told_in_a_line_and_its_traceback_once(joined: Host, command: Command) -> None:
    Path("solution.py").write_text("def build(task):\n    return None\n")
    name = json.loads(command("submit", "solution.py", "--json").stdout)["submission"]
    failed = {task: {"status": "failed", "message": TRACEBACK} for task in ("toy_matching", "toy_clustering")}
    exited = {"toy_classification": {"status": "failed", "message": "exit code 1\nreading\nno such file"}}
    body = {"submission": name, "tasks": failed | exited, "draws": "", "scorer": "1", "reason": ""}
    joined.contest.ledger.record(lambda state: [("scored", body)])
    shown = command("history").stdout
    assert f"{name}: toy_clustering, toy_matching, failed: RuntimeError: boom [2Jon purpose\n" in shown
    assert f"{name}: toy_classification, failed: exit code 1 (the log ends: no such file)\n" in shown
    assert "Traceback" not in shown
    shown = command("submit", "solution.py", "--wait").stdout
    assert shown.count("Traceback") == 1
    assert '  File "solution.py", line 3, in build\n    raise RuntimeError("boom [2Jon purpose")\n' in shown
    assert "\x1b" not in shown
    assert open_competition().history()["status"].tolist() == ["failed"]


@pytest.mark.parametrize(
    ("statuses", "word"),
    [(("ok", "ok"), "scored"), (("ok", "unsupported"), "partly scored"), (("failed", "invalid"), "failed")],
)
def test_history_says_what_the_teams_page_says(
    joined: Host, command: Command, poor: dict[str, Path], statuses: tuple[str, str], word: str
) -> None:
    name = json.loads(command("submit", *poor.values(), "--json").stdout)["submission"]
    tasks = {
        task: {"status": status, "value": 0.5 if status == "ok" else None}
        for task, status in zip(("toy_matching", "toy_classification"), statuses, strict=True)
    }
    body = {"submission": name, "tasks": tasks, "draws": "", "scorer": "1", "reason": ""}
    joined.contest.ledger.record(lambda state: [("scored", body)])
    [row] = [line for line in command("history").stdout.splitlines() if line.startswith(f"{name} ")]
    assert f" {word} " in row
    page = httpx.get(f"{joined.url}/team/foxes.html").text
    assert f">{word}<" in page


def test_a_wrong_or_void_token(host: Host, command: Command, poor: dict[str, Path]) -> None:
    said = error(command("join", host.url, "--token", "cm_wrong", fails=True))
    assert "The token is missing, wrong or void." in said
    assert "This is no token." in error(command("join", host.url, "--token", "hä", fails=True))
    assert "CLASSMARK_JOIN_TOKEN" in error(command("join", host.url, fails=True))
    command("join", host.url, "--token", host.tokens["Foxes"])
    rotate_token(host.contest.ledger, "foxes")
    assert "wrong or void" in error(command("submit", poor["toy_matching"], fails=True))


def test_the_token_may_stand_in_the_environment(
    host: Host, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLASSMARK_JOIN_TOKEN", host.tokens["Owls"])
    assert "as Owls" in command("join", host.url).stdout


@pytest.mark.parametrize("settings", [[("2020-01-01", "2998-01-01")]])
def test_a_phase_that_is_not_open_yet(joined: Host, command: Command, poor: dict[str, Path]) -> None:
    said = error(command("submit", poor["toy_matching"], fails=True))
    assert "No phase is open now." in said
    assert "main opens at 2998-01-01T00:00" in said


@pytest.mark.parametrize("settings", [[("per_day = 5", "per_day = 1")]])
def test_a_used_up_quota_says_when_it_resets(
    joined: Host, command: Command, poor: dict[str, Path], good: dict[str, Path]
) -> None:
    assert "0 of 1 submissions left today" in command("submit", poor["toy_matching"]).stdout
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    said = error(command("submit", good["toy_matching"], fails=True))
    assert "used up" in said
    assert "1 a day of UTC" in said
    assert f"Submit again after {tomorrow}" in said
    assert "accepted before" in command("submit", poor["toy_matching"]).stdout


def test_what_is_not_there_is_named(joined: Host, command: Command, poor: dict[str, Path]) -> None:
    Path("toy_macthing.parquet").write_bytes(poor["toy_matching"].read_bytes())
    expected = {
        ("submit", "toy_macthing.parquet"): "Did you mean 'toy_matching'?",
        ("submit", "answers=toy_macthing.parquet"): "TASK=toy_macthing.parquet",
        ("submit", "nothing.csv"): "There is no file nothing.csv.",
        ("submit", "toy_matching=nothing.csv"): "There is no file nothing.csv.",
        ("submit", *[str(poor["toy_matching"])] * 2): "Two files answer toy_matching.",
        ("submit", ".", str(poor["toy_matching"])): "A solution is submitted alone.",
        ("download", "--task", "toy_macthing"): "Did you mean 'toy_matching'?",
        ("leaderboard", "--track", "macthing"): "Did you mean 'matching'?",
        ("leaderboard", "--competition", "toy"): "Did you mean 'toys'?",
        ("select", "abc"): "There is no submission of your team 'abc'.",
        ("select", "abc", "--none"): "--none goes without submissions.",
    }
    for arguments, message in expected.items():
        assert message in error(command(*arguments, fails=True)), arguments


def test_an_id_may_be_short_but_not_ambiguous(
    joined: Host, command: Command, poor: dict[str, Path], good: dict[str, Path]
) -> None:
    command("submit", poor["toy_matching"])
    command("submit", good["toy_matching"])
    assert "Several submissions begin with ''" in error(command("select", "", fails=True))


def test_after_the_end_the_board_names_the_report(
    joined: Host, command: Command, poor: dict[str, Path]
) -> None:
    command("submit", poor["toy_matching"])
    joined.score()
    assert "has ended" not in command("leaderboard").stdout
    move_gate(joined.contest, "closed", "It is over.")
    close(joined.contest, datetime.now(UTC), early=True)
    shown = command("leaderboard").stdout
    assert "The competition has ended" in shown
    [report] = re.findall(r"http\S+", shown)
    assert "Foxes" in httpx.get(report).raise_for_status().text


def test_nothing_was_joined(command: Command) -> None:
    for name in ("download", "leaderboard", "history", "select"):
        assert "No competition has been joined" in error(command(name, fails=True))
    assert "classmark join URL" in error(command("submit", "x.csv", fails=True))


def test_code_is_a_submission_too(joined: Host, command: Command) -> None:
    Path("solution.py").write_text("def build(task):\n    return None\n")
    assert "Accepted" in command("submit", "solution.py", "-m", "code").stdout


@pytest.mark.parametrize("files", [[], ["notes.txt"]])
def test_a_folder_without_a_solution_is_named(joined: Host, command: Command, files: list[str]) -> None:
    Path("mine").mkdir()
    for name in files:
        Path("mine", name).write_text("x")
    said = error(command("submit", "mine", fails=True))
    assert "The folder has no solution.py or solution.toml." in said
    assert "given:   mine" in said


def test_a_selection_without_a_score_is_warned_of(
    joined: Host, command: Command, poor: dict[str, Path], good: dict[str, Path]
) -> None:
    failed, queued = (
        json.loads(command("submit", answers["toy_matching"], "--json").stdout)["submission"]
        for answers in (poor, good)
    )
    tasks = {"toy_matching": {"status": "failed", "message": "The host looks into it."}}
    body = {"submission": failed, "tasks": tasks, "draws": "", "scorer": "1", "reason": ""}
    joined.contest.ledger.record(lambda state: [("scored", body)])
    done = command("select", failed, queued)
    assert done.stdout == f"Selected: {failed}, {queued}\n"
    assert f"warning: no task of {failed} has a score: it does not count." in done.stderr
    assert failed in command("select", "--json").stderr
    assert command("select", queued).stderr == ""


@pytest.mark.parametrize("settings", [[("allowed = true", "allowed = false")]])
def test_code_is_refused_before_it_is_packed(joined: Host, command: Command) -> None:
    Path("mine").mkdir()
    assert "takes predictions, and no code" in error(command("submit", "mine", fails=True))


@contextmanager
def other_server(status: int, body: bytes, **headers: str) -> Iterator[str]:
    """A server that answers everything in one way."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_addresses_at_which_there_is_no_competition(host: Host, command: Command) -> None:
    def said(url: str) -> str:
        return error(command("join", url, "--token", "cm_x", fails=True))

    with other_server(200, b"<html>Welcome</html>") as url:
        assert f"There is no classmark competition at {url}." in said(url)
    with other_server(200, b'{"name": "../../evil"}') as url:
        assert "There is no classmark competition" in said(url)
    with other_server(404, b"not here") as url:
        assert "HTTP 404" in said(url)
    with other_server(301, b"", Location="https://elsewhere.example") as url:
        assert "https://elsewhere.example" in said(url)
    assert "cannot be reached" in said(url)
    assert "There is no classmark competition" in said(f"{host.url}/index.html")
    assert "Did you mean 'https://contest.example.org'?" in said("contest.example.org")
    for url in ("ftp://example.org", "https://me:secret@example.org", "https://"):
        assert "This is no address" in said(url)


def test_a_server_that_went_away(joined: Host, command: Command, home: Path) -> None:
    path = home / "competitions" / "toys.json"
    path.write_text(path.read_text().replace(joined.url, "http://127.0.0.1:1"))
    done = command("leaderboard", fails=True)
    assert "The server at http://127.0.0.1:1 cannot be reached." in error(done)


def test_a_token_does_not_travel_in_the_clear(command: Command) -> None:
    said = error(command("join", "http://contest.example.org/x", "--token", "cm_x", fails=True))
    assert "in the clear" in said
    assert "https://contest.example.org/x" in said
    for url in ("http://localhost:8000", "http://127.0.0.1", "http://[::1]:80/", "https://example.org"):
        assert required_url(url)
    for url in ("http://127.0.0.1.example.org", "http://0.0.0.0", "http://localhost.example.org"):
        with pytest.raises(Exception, match="in the clear"):
            required_url(url)
    assert required_url("http://10.0.0.1/", insecure=True) == "http://10.0.0.1"


def test_a_name_cannot_write_on_the_terminal(joined: Host, command: Command, poor: dict[str, Path]) -> None:
    evil = "\x1b[2J\x1b]0;title\x07[bold red]Ev\u202eil[/bold red]\r\n"
    body = {"team": "evil", "name": evil, "token": "0" * 64, "baseline": False}
    joined.contest.ledger.record(lambda state: [("team_added", body)])
    assert "Nobody has a score here yet." in command("leaderboard").stdout
    receipt = json.loads(command("submit", poor["toy_matching"], "--json").stdout)
    accept(joined.contest, "evil", receipt["files"], "")
    joined.score()
    shown = command("leaderboard").stdout
    assert "[2J]0;title[bold red]Evil[/bold red]" in shown
    assert not {letter for letter in shown if category(letter)[0] == "C"} - {"\n"}


@given(st.text())
def test_text_of_others_holds_no_control_characters(text: str) -> None:
    assert not {category(letter)[0] for letter in one_line(text)} & {"C"}
    assert all(category(letter)[0] != "C" for line in lines(text).split("\n") for letter in line)


@given(st.lists(st.floats(-1, 1), max_size=20))
def test_a_sparkline_has_a_bar_for_each_value(values: list[float]) -> None:
    drawn = sparkline(values)
    assert len(drawn) == len(values)
    assert not values or drawn[values.index(max(values))] == "█"
