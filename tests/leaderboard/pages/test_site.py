"""The pages of a competition in full swing: whole, escaped, rounded, linked, made anew when they must be."""

from __future__ import annotations

import posixpath
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from made_contest import CLOSES, NOW, OPENED, made_contest
from wellformed import read_page

from leaderboard.contest import Contest
from leaderboard.pages.samples import make_samples
from leaderboard.pages.site import HTML, Site
from leaderboard.record.accepting import plain
from leaderboard.record.gate import move_gate
from leaderboard.standings.boards import Standings


@pytest.fixture(scope="module")
def contest(tmp_path_factory: pytest.TempPathFactory) -> Contest:
    return made_contest(tmp_path_factory.mktemp("made") / "c", teams=12, submissions=60)


@pytest.fixture(scope="module")
def site(contest: Contest) -> Site:
    return Site(contest, Standings(contest), published=True, clock=lambda: NOW)


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, bytes]:
    return dict(site.pages())


def text_of(site: Site, path: str) -> str:
    found = site.page(path)
    assert found is not None
    return found[0].decode()


def test_every_page_is_well_formed_and_accessible(pages: dict[str, bytes]) -> None:
    faults = {path: read_page(content).faults for path, content in pages.items() if path.endswith(".html")}
    faults["rules.html"].remove("a table without a caption")  # Markdown has none
    assert {path: found for path, found in faults.items() if found} == {}
    assert len(faults) > 60


def test_every_link_leads_somewhere(pages: dict[str, bytes]) -> None:
    targets = {
        posixpath.normpath(posixpath.join(posixpath.dirname(path), urlsplit(link).path))
        for path, content in pages.items()
        if path.endswith(".html")
        for link in read_page(content).links
        if urlsplit(link).path and not link.startswith("../data/") and not link.startswith("data/")
    }
    assert targets <= set(pages)
    assert set(pages) - targets == set(), "every page can be reached"


def test_pages_have_their_types_and_there_are_no_others(site: Site, contest: Contest) -> None:
    sample = next(path for path in site.paths() if path.startswith("sample/"))
    types = {
        "index.html": HTML,
        "static/site.css": "text/css; charset=utf-8",
        "static/site.js": "text/javascript; charset=utf-8",
        "static/icon.svg": "image/svg+xml",
        sample: "image/jpeg",
    }
    assert {path: found[1] for path in types if (found := site.page(path))} == types
    for path in (
        "", "index", "report.html", "team/nobody.html", "team/.html", "track/x.html", "task/../index.html",
        "compare/a--b.html", "compare/team-1--team-1.html", "compare/team-1.html", "static/../site.py", "static/",
        "../competition.toml", "sample/x-1.jpg",
        "sample/product_type-99.jpg", "templates/base.html", "private/journal.db", "index.html/", "TEAM/team-1.html",
    ):  # fmt: skip
        assert site.page(path) is None, path


def test_texts_of_teams_are_escaped(site: Site, pages: dict[str, bytes]) -> None:
    page = text_of(site, "team/team-7.html")
    assert "<bdi>&lt;b&gt;bold&lt;/b&gt; &amp; &#34;quoted&#34;</bdi>" in page
    for path, content in pages.items():
        if path.endswith(".html"):
            assert b"<b>bold" not in content, path
            assert b"<script>alert" not in content, path
            assert b"<i>more" not in content, "notes are not shown"
    assert "&lt;script&gt;alert(&quot;never run&quot;)&lt;/script&gt;" in text_of(site, "rules.html")


def test_control_and_direction_characters_of_names_are_taken_out(tmp_path: Path) -> None:
    contest = made_contest(tmp_path / "c", teams=2, submissions=4, name="\u202ea\x07\x1b[31m\u2066<i>\u200bz")
    for path, content in Site(contest, Standings(contest), clock=lambda: NOW).pages():
        if path.endswith(".html"):
            assert read_page(content).faults == (
                ["a table without a caption"] if path == "rules.html" else []
            )
            assert not re.search(
                "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]", content.decode()
            ), path
            assert "<i>" not in content.decode()


def test_no_number_tells_more_than_the_public_precision(pages: dict[str, bytes]) -> None:
    for path, content in pages.items():
        if not path.endswith(".html"):
            continue
        text = re.sub(
            r"(?s)<article.*?</article>", "", content.decode()
        )  # sample rows have numbers of their own
        shown = [
            *re.findall(r'data-value="([^"]*)"', text),
            *re.findall(r"\d\.\d+", re.sub("<[^>]*>", " ", text)),
        ]
        assert not [number for number in shown if re.fullmatch(r"0\.\d{4,}", number)], path
        drawn = re.findall(r'(?:cx|cy|x|y|d)="([^"]*)"', text)
        assert not re.search(r"\d\.\d\d", " ".join(drawn)), path


def test_home_shows_phase_time_left_and_both_tracks(site: Site, contest: Contest) -> None:
    assert "37 days" not in text_of(site, "index.html"), "files do not count down"
    page = text_of(Site(contest, Standings(contest), clock=lambda: NOW), "index.html")
    assert "37 days" in page
    assert "main" in page
    assert page.count('class="board glance"') == 2
    assert "10,000 EUR" in page


def test_home_says_what_the_gate_says(tmp_path: Path) -> None:
    contest = made_contest(tmp_path / "c", teams=2, submissions=4)
    for to, at, words in (
        ("closed", NOW, ("Closed", "A label is mended")),
        ("open", NOW, ("Extra time", "A label is mended")),
        ("open", CLOSES + timedelta(days=1), ("Extra time", "A label is mended")),
        ("by the dates", CLOSES + timedelta(days=1), ("Closed", "The last phase is over")),
    ):
        move_gate(contest, to, "A label is mended", NOW)  # type: ignore[arg-type]
        page = text_of(Site(contest, Standings(contest), clock=lambda at=at: at), "index.html")  # type: ignore[misc]
        assert all(word in page for word in words), to


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (OPENED - timedelta(days=3), "3 days"),
        (CLOSES - timedelta(hours=5), "5 hours"),
        (CLOSES, "The last phase is over"),
    ],
)
def test_home_before_the_close_and_after(contest: Contest, now: object, words: str) -> None:
    assert words in text_of(Site(contest, Standings(contest), clock=lambda: now), "index.html")  # type: ignore[arg-type, return-value]


def test_baselines_stand_on_the_board_unranked_and_missing_tasks_are_marked(site: Site) -> None:
    page = text_of(site, "track/classification.html")
    assert page.count('<tr class="baseline">') == 5
    assert "†</span></td>" in page
    assert 'data-sort="number"' in page


def test_a_baseline_ahead_of_all_teams_is_drawn_ahead(tmp_path: Path) -> None:
    contest = made_contest(tmp_path / "c", teams=2, submissions=2, queued=0)
    page = text_of(Site(contest, Standings(contest), clock=lambda: NOW), "track/classification.html")
    rows = re.findall(r'<circle class="(value|baseline)" cx="([\d.]+)"', page)
    best = {mark: max(float(x) for kind, x in rows if kind == mark) for mark in ("value", "baseline")}
    assert best["value"] < best["baseline"]


def test_comparison_is_the_same_whichever_way_round_it_is_asked(site: Site) -> None:
    verdicts = [
        {"is ahead", "cannot be told apart"}
        & set(re.findall("is ahead|cannot be told apart", text_of(site, path)))
        for path in ("compare/team-1--team-2.html", "compare/team-2--team-1.html")
    ]
    assert verdicts[0] == verdicts[1] != set()


def test_a_queued_submission_is_followed_until_it_is_scored(tmp_path: Path) -> None:
    contest = made_contest(tmp_path / "c", teams=3, submissions=6, queued=1)
    site = Site(contest, Standings(contest), clock=lambda: NOW)
    with contest.ledger.reading() as state:
        [waiting] = state.queued()
        team = state.submissions[waiting].team
        scored = vars(next(iter(state.scorings.values()))[0])
    before = text_of(site, f"team/{team}.html")
    assert ">queued<" in before
    assert "data-live" in before
    assert '<meta http-equiv="refresh"' in before
    as_files = Site(contest, Standings(contest), published=True, clock=lambda: NOW)
    assert "data-live" not in text_of(as_files, f"team/{team}.html")
    body = {"submission": waiting, "tasks": {name: vars(one) for name, one in scored["tasks"].items()}}
    body |= {"draws": scored["draws"], "scorer": "x", "reason": ""}
    contest.ledger.record(lambda state: [("scored", body)])
    after = text_of(site, f"team/{team}.html")
    assert ">queued<" not in after
    assert "data-live" not in after


def test_sample_rows_are_training_rows(contest: Contest) -> None:
    for name in contest.config.tasks:
        task = contest.task(name)
        found = make_samples(task)
        rows = [row for _, group in found.groups for row in group]
        known = {
            (plain(str(target)), plain(str(title)))
            for target, title in zip(task.train[task.target], task.train["title"].fillna(""), strict=True)
        }
        assert len(rows) == 6 or task.classes
        assert {(row.answer, dict(row.cells).get("title", "")) for row in rows} <= known
        assert set(found.pictures) == {file for row in rows for file in row.pictures}


def test_a_page_is_made_once_until_something_is_written(tmp_path: Path) -> None:
    contest = made_contest(tmp_path / "c", teams=3, submissions=6)
    site = Site(contest, Standings(contest), clock=lambda: NOW)
    first = site.page("index.html")
    assert site.page("index.html") is first
    contest.ledger.record(lambda state: [("team_removed", {"team": "team-1"})])
    assert site.page("index.html") is not first
    assert site.page("team/team-1.html") is None


def test_kept_up_entry_by_entry_it_is_the_same_as_made_anew(tmp_path: Path) -> None:
    contest = made_contest(tmp_path / "c", teams=5, submissions=20, queued=3)
    site = Site(contest, Standings(contest), published=True, clock=lambda: NOW)
    with contest.ledger.reading() as state:
        waiting, (scored,) = state.queued(), next(iter(state.scorings.values()))
    tasks = {name: vars(one) for name, one in scored.tasks.items()}
    for name in waiting:
        site.page("track/matching.html")
        body = {"submission": name, "tasks": tasks, "draws": scored.draws, "scorer": "x", "reason": ""}
        contest.ledger.record(lambda state, body=body: [("scored", body)])  # type: ignore[misc]
    anew = Site(contest, Standings(contest), published=True, clock=lambda: NOW)
    assert dict(site.pages()) == dict(anew.pages())


def test_a_removed_team_leaves_all_pages(tmp_path: Path) -> None:
    contest = made_contest(tmp_path / "c", teams=4, submissions=12)
    contest.ledger.record(lambda state: [("team_removed", {"team": "team-1"})])
    pages = dict(Site(contest, Standings(contest), clock=lambda: NOW).pages())
    assert not [path for path, content in pages.items() if b"team-1.html" in content or "team-1." in path]


def test_an_empty_competition_has_all_its_pages(tmp_path: Path) -> None:
    from contests import toy_contest

    contest = toy_contest(tmp_path / "c")
    contest.ledger.record(lambda state: [("team_added", {"team": "a", "name": "A", "token": ""})])
    for path, content in Site(contest, Standings(contest)).pages():
        if path.endswith(".html"):
            assert read_page(content).faults == [], path


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Contest:
    return made_contest(tmp_path_factory.mktemp("made") / "c", teams=8, submissions=40, final=True)


def test_the_report_tells_places_prizes_and_notes(closed: Contest) -> None:
    site = Site(closed, Standings(closed), clock=lambda: CLOSES)
    page = text_of(site, "report.html")
    assert read_page(page.encode()).faults == []
    with closed.ledger.reading() as state:
        final = state.final
    assert final is not None
    for track in final["tracks"]:
        for row in track["rows"]:
            assert f'<a href="team/{row["team"]}.html">' in page
            assert f"{row['private']['value']:.4f}" in page
        assert page.count(track["winners"][0]["prize"]) == len(final["tracks"])
    assert page.count('<p class="place">') == 3 * len(final["tracks"])
    assert page.count("&lt;i&gt;more&lt;/i&gt;") == sum(
        bool(row["note"]) for track in final["tracks"] for row in track["rows"]
    )
    assert "Final report" in text_of(site, "index.html")
    assert {path for path in site.paths() if path.startswith("report")} == {"report.html"}
