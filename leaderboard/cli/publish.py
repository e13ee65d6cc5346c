"""`classmark publish DIR OUT`: the leaderboard as a folder of files."""

from __future__ import annotations

from pathlib import Path

import click

from benchmark.cli.options import json_option


@click.command("publish", short_help="write the pages of a competition as a site")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@json_option
def command(directory: Path, out: Path, json: bool) -> None:
    """Write the pages of the competition in DIR into the folder OUT, as a site for any web server.

    Every public score stands in OUT/data as CSV, Parquet and JSON. OUT is new, or was published before and is replaced.
    """
    from benchmark.cli.output import console, print_json
    from leaderboard.cli.competition.options import open_contest
    from leaderboard.pages.publishing import publish

    pages = publish(open_contest(directory), out)
    if json:
        print_json({"out": str(out.absolute()), "pages": pages})
        return
    console().print(f"{pages} pages in {out}; open {out / 'index.html'}", markup=False)
