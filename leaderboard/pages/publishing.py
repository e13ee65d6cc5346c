"""The pages of a competition as a folder of files, with every public score as tables beside them."""

from __future__ import annotations

from pathlib import Path

from benchmark.errors import UserError
from benchmark.files import new_folder, write_bytes, write_json
from leaderboard.contest import Contest
from leaderboard.pages.site import Site
from leaderboard.record.exporting import public_tables, write_tables
from leaderboard.standings.boards import Standings
from leaderboard.views import board_json

MARK = ".published-by-classmark"


def publish(contest: Contest, out: Path) -> int:
    """Write the site into a folder that is new, or was written by this before, and return how many pages it has.

    It appears whole, by rename. In `data/` are the tables of all teams, submissions and public scores as CSV, Parquet
    and JSON, and `leaderboard.json`.
    """
    out = out.absolute()
    if out.exists() and not (out / MARK).is_file():
        raise UserError(
            f"{out} is there already, and no site was published into it before.",
            do="Choose a folder that is not there.",
        )
    standings = Standings(contest)
    with contest.ledger.reading() as state, new_folder(out, replace=True) as draft:
        pages = 0
        for path, content in Site(contest, standings, published=True).pages():
            (draft / path).parent.mkdir(parents=True, exist_ok=True)
            (draft / path).write_bytes(content)
            pages += path.endswith(".html")
        data = draft / "data"
        data.mkdir()
        write_tables(public_tables(contest), data)
        write_json(data / "leaderboard.json", board_json(contest, standings.boards(), state))
        write_bytes(draft / MARK, f"{contest.config.name}\n".encode())
    return pages
