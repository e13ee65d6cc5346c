"""A participant takes all there is to take and, knowing the labels, finds none of them; planted ones are found."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pandas as pd
import pytest
from contests import toy_contest, write_answers
from live import client, live_server, signed

from leaderboard.contest import Contest
from leaderboard.making.bundles import write_bundle
from leaderboard.mlflow_store.writer import Mirror, open_store
from leaderboard.pages.publishing import publish
from leaderboard.pages.site import Site
from leaderboard.record.accepting import accept
from leaderboard.record.teams import add_team
from leaderboard.scoring.scorer import score_queue
from leaderboard.standings.boards import Standings
from tests.contest.leaks import Secrets, files_below, leaks

TEAMS = (0.1, 0.25, 0.4, 0.55)


@pytest.fixture
def scored(tmp_path: Path) -> tuple[Contest, str]:
    """A competition with scored submissions of several teams, bundle and MLflow; and the first team's token."""
    contest = toy_contest(tmp_path / "contest")
    write_bundle(contest)
    tokens = []
    for number, wrong in enumerate(TEAMS):
        team, token = add_team(contest.ledger, f"Team {number + 1}")
        tokens.append(token)
        for attempt in (0, 1):
            files = write_answers(
                contest, tmp_path / f"{number}-{attempt}", wrong + attempt / 10, seed=number
            )
            if number == 2:
                files.pop("toy_matching")
            kept = {name: contest.submissions.put([path.read_bytes()]) for name, path in files.items()}
            accept(contest, team.id, kept, note="a note", key=str(attempt))
    score_queue(contest)
    Mirror(contest, open_store(contest, private=False), private=False).catch_up()
    Mirror(contest, open_store(contest, private=True), private=True).catch_up()
    return contest, tokens[0]


def test_no_hidden_thing_is_in_anything_that_a_participant_can_get(
    scored: tuple[Contest, str], tmp_path: Path
) -> None:
    contest, token = scored
    publish(contest, tmp_path / "site")
    with live_server(contest) as url:
        seen = dict(_crawled(contest, url, token))
    seen |= dict(files_below(tmp_path / "site", "site"))
    seen |= dict(files_below(contest.public, "public"))
    seen |= dict(files_below(contest.folder / "mlflow", "mlflow"))
    secrets = Secrets.of(contest)
    assert len(secrets.scores) > 50
    assert len(seen) > 100
    assert {name.split("/")[0] for name in seen} >= {"site", "public", "mlflow", "api", "data", "page"}
    found = leaks(secrets, seen.items(), contest.config.public_precision)
    assert not found, "\n".join(found)


@pytest.mark.slow
def test_planted_leaks_are_found(scored: tuple[Contest, str]) -> None:
    contest, _ = scored
    secrets, digits = Secrets.of(contest), contest.config.public_precision
    hidden = pd.read_parquet(contest.labels_file("toy_classification", "labels.parquet"))
    clusters = pd.read_parquet(contest.labels_file("toy_matching", "labels.parquet"))
    row, parquet = hidden.iloc[3], io.BytesIO()
    hidden[["id", "part"]].to_parquet(parquet)
    public = {f"{value:.{digits}f}" for value in secrets.public}
    private = next(value for value in secrets.scores if f"{value:.{digits}f}" not in public)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("more.csv", hidden[["id", "target"]].head(1).to_csv())
    planted = {
        "family.txt": f"kept together: {row['family']}".encode(),
        "cluster.html": f"<td>{clusters['target'].iloc[0]}</td>".encode(),
        "label.json": json.dumps({"rows": [{"id": row["id"], "truth": row["target"]}]}).encode(),
        "keys.json": json.dumps({row["id"]: row["target"]}).encode(),
        "part.parquet": parquet.getvalue(),
        "packed.zip": packed.getvalue(),
        "line.log": f"scoring failed at ({row['id']}, {row['target']})".encode(),
        "score.bin": gzip.compress(f"x{private!r}y {private!r}".encode()),
        "rounded.html": f"<p>ahead with {private:.{digits}f}</p>".encode(),
    }
    for name, content in planted.items():
        assert leaks(secrets, [(name, content)], digits), name
    assert leaks(secrets, files_below(contest.private, "private"), digits)
    assert leaks(secrets, files_below(contest.home / "hidden", "hidden"), digits)


def _crawled(contest: Contest, url: str, token: str) -> Iterator[tuple[str, bytes]]:
    """Every address that the API describes, that a page links to, and errors, as a team sees them."""
    pages = Site(contest, Standings(contest)).paths()
    with client(url, token) as http:
        for path in _api_paths(http, contest):
            yield f"{path.lstrip('/')}.json", http.get(path).content
        for file in http.get("/api/data").json():
            yield f"data/{file['file']}", http.get(f"/data/{file['file']}").content
        todo, done = {"", *pages}, set[str]()
        while todo - done:
            path = (todo - done).pop()
            done.add(path)
            answer = http.get(f"/{path}")
            yield f"page/{path or 'root.html'}", answer.content
            if answer.headers["content-type"].startswith("text/html"):
                todo |= _links(str(answer.url), answer.text, url)
        for number, given in enumerate(({}, {"toy_matching": ("x", b"no table")}, {"nothing": ("x", b"")})):
            answer = http.post(
                "/api/submissions", files=given or None, data={"note": "x"}, headers=signed(token)
            )
            yield f"api/error-{number}.json", answer.content


def _api_paths(http: httpx.Client, contest: Contest) -> Iterator[str]:
    with contest.ledger.reading() as state:
        given = {"team": [*state.teams], "submission": [*state.submissions], "file": []}
    yield "/api/openapi.json"
    for path, verbs in http.get("/api/openapi.json").json()["paths"].items():
        if "get" in verbs:
            names = re.findall(r"{(\w+)}", path)
            yield from (
                [path.replace(f"{{{names[0]}}}", one) for one in given[names[0]]] if names else [path]
            )


def _links(page: str, text: str, url: str) -> set[str]:
    found = {str(httpx.URL(page).join(link)) for link in re.findall(r'(?:href|src)="([^"#]+)"', text)}
    inside = {link.removeprefix(f"{url}/").split("?")[0] for link in found if link.startswith(f"{url}/")}
    return {link for link in inside if not link.startswith(("api/", "data/"))}
