"""`classmark solutions`: the baselines that ship with the suite."""

from __future__ import annotations

import click

from benchmark.cli.options import json_option
from benchmark.cli.output import console, print_json, table


@click.command("solutions")
@json_option
def command(json: bool) -> None:
    """List the baselines that ship with the suite."""
    from benchmark.solutions import baseline_names, load_solution

    listing = []
    for name in baseline_names():
        solution = load_solution(name)
        missing = solution.missing_packages()
        listing.append(
            {
                "name": name,
                "summary": solution.summary,
                "requires": list(solution.requires),
                "missing": missing,
                "digest": solution.digest,
            }
        )
    if json:
        print_json(listing)
        return
    rows = [
        (
            one["name"],
            one["summary"],
            "pip install " + " ".join(map(repr, one["missing"])) if one["missing"] else "ready",
        )
        for one in listing
    ]
    console().print(table("", ["solution", "what", "packages"], rows))
