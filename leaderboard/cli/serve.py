"""`classmark serve`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("serve", short_help="serve a competition: pages, API, scoring")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65_535), help="Port to listen on."
)
@click.option(
    "--scorers", type=click.IntRange(1, 64), help="Scoring processes.  [default: one for each core but one]"
)
@click.option(
    "--requests",
    default=1_200,
    show_default=True,
    type=click.IntRange(1),
    help="Requests a minute that one address may send.",
)
@click.option("--proxy", is_flag=True, help="A proxy of yours stands before it: believe its X-Forwarded-For.")
@click.option("--no-mlflow", is_flag=True, help="Do not keep the leaderboard in MLflow.")
def command(
    folder: Path, host: str, port: int, scorers: int | None, requests: int, proxy: bool, no_mlflow: bool
) -> None:
    """Serve the competition in FOLDER until Ctrl-C: pages and API for teams, scoring, the leaderboard in MLflow."""
    import os

    from leaderboard.cli.competition.options import open_contest
    from leaderboard.server.limits import Limits
    from leaderboard.server.serving import Plan, serve

    plan = Plan(
        host=host,
        port=port,
        scorers=scorers or max(1, (os.cpu_count() or 1) - 1),
        mlflow=not no_mlflow,
        proxied=proxy,
        limits=Limits(requests=requests),
    )
    serve(open_contest(folder), plan, say=lambda line: click.echo(line, err=True))
