"""The pages in a real Chromium, from a real server: links, keyboard, light and dark, phone and desktop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import DESKTOP, PHONE, chromium, complaints, look
from click.testing import CliRunner
from contests import toy_contest, write_answers
from live import live_server
from made_contest import made_contest

from benchmark.cli import cli
from leaderboard.contest import Contest
from leaderboard.making.bundles import write_bundle
from leaderboard.record.teams import add_team
from leaderboard.scoring.scorer import score_queue

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

KINDS = (
    "index",
    "track/matching",
    "task/variants",
    "team/team-1",
    "compare/team-1--team-2",
    "rules",
    "report",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("made") / "c"
    contest = made_contest(folder, teams=12, submissions=60, final=True, name="WOMBATS MELBOURNE WM")
    with live_server(contest) as address:
        yield address


def names(browser: Chrome) -> list[str]:
    """The teams of the table, as they stand now."""
    return [
        cell.text for cell in browser.find_elements("css selector", ".full tbody th") if cell.is_displayed()
    ]


def test_from_the_board_to_a_task_and_a_team(browser: Chrome, url: str) -> None:
    look(browser)
    browser.get(url)
    assert browser.find_element("tag name", "h1").text == "The Shelf Marks 2026"
    for link, heading in (("Record matching", "Record matching"), ("duplicates", "Duplicates")):
        browser.find_element("partial link text", link).click()
        assert browser.find_element("tag name", "h1").text == heading
    team = browser.find_element("css selector", ".full tbody th a")
    name = team.text
    team.click()
    assert browser.find_element("tag name", "h1").text == name
    assert complaints(browser) == []


def test_a_table_is_sorted_by_keyboard(browser: Chrome, url: str) -> None:
    from selenium.webdriver import Keys

    look(browser)
    browser.get(f"{url}/track/classification.html")
    board = names(browser)
    heads = browser.find_elements("css selector", ".full thead th")
    team = next(head for head in heads if head.text.startswith("Team"))
    focused = browser.switch_to.active_element
    for _ in range(60):
        focused.send_keys(Keys.TAB)
        focused = browser.switch_to.active_element
        if focused.tag_name == "button" and focused.text == "Team":
            break
    assert focused.text == "Team", "the heading is reached by the tab key"
    assert browser.execute_script("return getComputedStyle(arguments[0]).outlineStyle", focused) == "solid"
    seen = []
    for key in (Keys.ENTER, Keys.SPACE, Keys.ENTER):
        focused.send_keys(key)
        seen.append((team.get_attribute("aria-sort"), names(browser)))
    (up, ascending), (down, descending), (none, again) = seen
    assert (up, down, none) == ("ascending", "descending", None)
    assert ascending == sorted(board, key=ascending.index) != board
    assert descending == ascending[::-1]
    assert again == board
    assert complaints(browser) == []


def test_numbers_are_sorted_as_numbers_and_empty_ones_come_last(browser: Chrome, url: str) -> None:
    look(browser)
    browser.get(f"{url}/track/classification.html")
    for _ in range(2):
        browser.find_element("xpath", "//thead//button[starts-with(., 'Rank')]").click()
        cells = [
            cell.text.rstrip("=\n")
            for cell in browser.find_elements("css selector", ".full tbody td:first-child")
        ]
        ranks = [int(text) for text in cells if text != "–"]
        assert cells[len(ranks) :] == ["–"] * 5, "baselines have no rank"
        assert ranks in (sorted(ranks), sorted(ranks, reverse=True))


def test_a_team_is_found(browser: Chrome, url: str) -> None:
    look(browser)
    browser.get(f"{url}/track/classification.html")
    browser.find_element("css selector", "input[type=search]").send_keys("blend")
    assert len(names(browser)) == 1


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_no_page_is_wider_than_the_screen(browser: Chrome, url: str, width: int) -> None:
    for theme, ink in (("light", "29, 33, 41"), ("dark", "231, 233, 238")):
        look(browser, width, theme)  # type: ignore[arg-type]
        for name in KINDS:
            browser.get(f"{url}/{name}.html")
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width, name
            assert (
                browser.execute_script("return getComputedStyle(document.body).color")
                == f"rgb({ink.strip()})"
            )
    assert complaints(browser) == []


@pytest.mark.parametrize("width", [PHONE, 1000, 1060, 1200, DESKTOP])
def test_plots_and_the_boards_of_the_home_page_stay_within_their_cards(
    browser: Chrome, url: str, width: int
) -> None:
    look(browser, width)
    for name in KINDS:
        browser.get(f"{url}/{name}.html")
        outside = browser.execute_script("""
            return [...document.querySelectorAll("svg.chart text")].filter(text => text.checkVisibility())
                .filter(text => text.getBoundingClientRect().right
                    > text.closest("svg").getBoundingClientRect().right + 1)
                .map(text => text.textContent)""")
        assert outside == [], name
    browser.get(url)
    spare = browser.execute_script("""
        return [...document.querySelectorAll(".board.glance")]
            .map(board => board.parentElement.clientWidth - board.parentElement.scrollWidth)""")
    assert spare == [0, 0]


def test_pages_are_whole_without_javascript(browser: Chrome, url: str) -> None:
    look(browser, scripts=False)
    browser.get(f"{url}/track/matching.html")
    assert len(names(browser)) > 10
    assert not browser.find_elements("css selector", "thead button")
    look(browser)


def test_from_joining_to_the_board(browser: Chrome, tmp_path: Path) -> None:
    """A team joins, hands in, and sees on its page how "queued" becomes "scored", without loading it again."""
    from selenium.common.exceptions import StaleElementReferenceException
    from selenium.webdriver.support.wait import WebDriverWait

    contest = toy_contest(tmp_path / "contest")
    write_bundle(contest)
    _, token = add_team(contest.ledger, "Foxes")
    answers = write_answers(contest, tmp_path / "answers", wrong=0.3)
    look(browser)
    with live_server(contest) as address:
        browser.get(address)
        assert "No score yet." in browser.page_source
        command(tmp_path, "join", address, "--token", token)
        command(tmp_path, "submit", *map(str, answers.values()), "-m", "<b>first</b>")
        browser.get(f"{address}/team/foxes.html")
        assert browser.find_element("css selector", ".status").text == "queued"
        score_queue(Contest(contest.folder))
        swapped = [StaleElementReferenceException]  # the page may change between finding and reading
        WebDriverWait(browser, 30, ignored_exceptions=swapped).until(
            lambda one: one.find_element("css selector", ".status").text == "scored"
        )
        assert browser.execute_script("return performance.getEntriesByType('navigation').length") == 1
        browser.find_element("link text", "Matching").click()
        assert names(browser) == ["Foxes"]
    assert complaints(browser) == []


def command(home: Path, *words: str) -> None:
    """`classmark ...`, as a participant whose home is apart from the competition's."""
    ended = CliRunner().invoke(cli, list(words), env={"CLASSMARK_HOME": str(home / "participant")})
    assert ended.exit_code == 0, ended.output
