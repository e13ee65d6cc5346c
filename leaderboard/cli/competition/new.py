"""`classmark competition new DIR`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from benchmark.cli.options import json_option, names
from benchmark.cli.output import console, print_json

_DAYS = 120


@click.command("new")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--name", help="Name in addresses and records: a-z, 0-9, hyphens.  [default: the folder's]")
@click.option("--title", help="Title on the pages.  [default: the name]")
@click.option(
    "--task",
    "tasks",
    multiple=True,
    callback=names,
    help="Tasks, with commas between; each joins the track of its kind.  [default: the embedded ones]",
)
@click.option("--size", default="", help="Size of the embedded tasks: small or full.  [default: small]")
@click.option(
    "--prize/--practice",
    default=True,
    help="Labels that nobody can look up, under a new secret; or data that everybody can make.  [default: prize]",
)
@click.option("--opens", help="First moment, such as 2027-01-31 or 2027-01-31T12:00Z.  [default: today]")
@click.option("--closes", help=f"Last moment.  [default: {_DAYS} days later]")
@click.option("--contact", default="", help="An address that teams may ask.")
@click.option("--code/--no-code", default=False, help="Take solutions as code too.  [default: no-code]")
@click.option("--database", default="", help="PostgreSQL URL of the journal.  [default: SQLite in DIR]")
@click.option("--private-database", default="", help="The same for the journal of private scores.")
@click.option(
    "--raw",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    envvar="CLASSMARK_RAW",
    help="Folder of raw files, for tasks that need them.  [env: CLASSMARK_RAW]",
)
@click.option("--download", is_flag=True, help="Consent to download files whose licence is not stated.")
@json_option
def new(
    folder: Path,
    name: str | None,
    title: str | None,
    tasks: list[str],
    size: str,
    prize: bool,
    opens: str | None,
    closes: str | None,
    contact: str,
    code: bool,
    database: str,
    private_database: str,
    raw: Path | None,
    download: bool,
    json: bool,
) -> None:
    """Make a competition in the new folder DIR.

    Settings, secrets, tasks, downloads, records; nothing is started. DIR appears when all of it is there.
    """
    from benchmark.errors import UserError
    from leaderboard.making.competition import Plan, make
    from leaderboard.making.template import Settings
    from leaderboard.record.accepting import plain

    name = folder.absolute().name if name is None else name
    now = datetime.now(UTC)
    first = _moment(opens) if opens else now.replace(hour=0, minute=0, second=0, microsecond=0)
    last = _moment(closes) if closes else first + timedelta(_DAYS)
    if last <= first:
        raise UserError(
            "A competition closes after it opens.",
            allowed="--closes later than --opens",
            given=f"opens {first:%Y-%m-%d %H:%M} UTC, closes {last:%Y-%m-%d %H:%M} UTC",
            do="Give another --closes, or an earlier --opens.",
        )
    settings = Settings(
        name=name,
        title=plain(title or name),
        opens=first,
        closes=last,
        prize=prize,
        code=code,
        contact=plain(contact),
        database=database,
        private_database=private_database,
    )
    with console(stderr=True).status("preparing the tasks") as status:

        def say(line: str) -> None:
            status.console.print(f"[green]✓[/green] {line}", soft_wrap=True)

        contest = make(folder, Plan(settings, tuple(tasks), size, raw, download), say)
    if json:
        print_json(
            {
                "folder": str(contest.folder),
                "name": contest.config.name,
                "tracks": {track.name: list(track.tasks) for track in contest.config.tracks},
                "opens": settings.opens.isoformat(),
                "closes": settings.closes.isoformat(),
            }
        )
        return
    secrets = folder / "private" / "secrets"
    keep = f"  copy {secrets} to a safe place: with it the tasks can be made again\n" if prize else ""
    tracks = ", ".join(f"{track.name} ({', '.join(track.names)})" for track in contest.config.tracks)
    click.echo(
        f"✓ {folder}: {tracks}; "
        f"open from {settings.opens:%Y-%m-%d %H:%M} to {settings.closes:%Y-%m-%d %H:%M} UTC\n\n"
        f"Next:\n"
        f"  read and change {folder / 'competition.toml'} and {folder / contest.config.rules}\n"
        f"{keep}"
        f"  classmark competition baseline {folder} --solution constant,tfidf_linear,neighbours\n"
        f"  classmark competition team add {folder} NAME\n"
        f"  classmark serve {folder}"
    )


def _moment(text: str) -> datetime:
    """A date in UTC, or a moment with its zone."""
    from benchmark.errors import UserError

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found and len(text) == len("2027-01-31"):
        return found.replace(tzinfo=UTC)
    if found is None or found.tzinfo is None:
        raise UserError(
            "This is no moment in time.",
            allowed="a date (its first second in UTC), or a time with its zone: 2027-01-31, 2027-01-31T12:00Z",
            given=repr(text),
        )
    return found.astimezone(UTC)
