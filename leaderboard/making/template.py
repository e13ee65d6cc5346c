"""The texts that a new competition starts with: its commented `competition.toml`, and its rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Settings:
    """What is filled into the texts; `tracks` holds tasks, spelt `name@version`, by the name of their track."""

    name: str
    title: str
    opens: datetime
    closes: datetime
    prize: bool = True
    code: bool = False
    contact: str = ""
    database: str = ""
    private_database: str = ""


def settings_text(settings: Settings, tracks: Mapping[str, list[str]]) -> str:
    """A `competition.toml` that says of every key what it is for."""
    return _SETTINGS.format(
        name=_text(settings.name),
        title=_text(settings.title),
        text=_text("Hidden labels, a public and a private part of the test, a board for each track."),
        contact=_text(settings.contact),
        prize=_flag(settings.prize),
        code=_flag(settings.code),
        database=_text(settings.database),
        private_database=_text(settings.private_database),
        opens=_moment(settings.opens),
        closes=_moment(settings.closes),
        tracks="".join(_track(name, tasks, settings.prize) for name, tasks in sorted(tracks.items())),
    )


def rules_text(settings: Settings) -> str:
    """Rules that hold as they stand; the organizer adds who may take part and what the law wants."""
    return _RULES.format(
        title=settings.title,
        contact=settings.contact or "the organizer",
        prizes=_PRIZES if settings.prize else _PRACTICE,
        code=_CODE if settings.code else "",
    )


def _track(name: str, tasks: list[str], prize: bool) -> str:
    listed = "".join(f"    {_text(task)},\n" for task in tasks)
    prizes = 'prizes = ["First prize"]\n' if prize else ""
    title = name.replace("-", " ").capitalize()
    return f"\n[[tracks]]\nname = {_text(name)}\ntitle = {_text(title)}\n{prizes}tasks = [\n{listed}]\n"


def _text(value: str) -> str:
    """A TOML string: JSON spells it the same way."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


_SETTINGS = """\
# The settings of a competition. docs/competition.md says which may still change once teams take part.

# Stands in addresses and records: small letters, digits, hyphens. Never change it.
name = {name}
title = {title}
# What people read first.
text = {text}
# An address that teams may ask; shown on every page.
contact = {contact}
# A Markdown file in this folder.
rules = "rules.md"
# true: only tasks whose labels nobody can look up.
prize = {prize}
# Decimals of every score that is shown.
public_precision = 3
# How many submissions a team may choose for the private part.
selected = 2

# Where things are kept. Empty: SQLite files in this folder. The journals may be in PostgreSQL instead, each in a
# database of its own, such as "postgresql+psycopg://classmark@db.example.org/contest" (the password belongs into
# ~/.pgpass); the leaderboards at MLflow tracking URIs. Never show the private ones to anybody who takes part.
database = {database}
private_database = {private_database}
mlflow = ""
private_mlflow = ""

# Accepted submissions of a team in a day of UTC, and in all (0: no limit). Invalid files cost nothing.
[quota]
per_day = 5
total = 0

# Whether solutions may be submitted as code, and the budget of one run on one task. They run in the sandbox.
[code]
allowed = {code}
seconds = "600s"
memory = "8GB"
cores = 2
disk = "10GB"

# Submissions are taken in a phase: from `opens` up to `closes`. There may be several, one after the other.
[[phases]]
name = "main"
opens = {opens}
closes = {closes}

# The mean headline over a track's tasks ranks the teams. `prizes` says what there is to win, the first prize first.
# The tasks are prepared and may not change any more.
{tracks}"""

_RULES = """\
# Rules of {title}

1. **Teams.** A team has one account and one token. It keeps the token to itself. Nobody is in two teams.
2. **Data.** The download holds all tables and pictures; the labels of the test rows are hidden. Other data and
   pretrained models may be used if everybody can get them free of charge; the note of the submission says
   which. Test rows are not labelled by hand.
3. **Submissions.** A submission is a predictions file for some or all tasks. It counts from the moment of its
   receipt; an invalid file is refused and costs nothing of the quota.
4. **Scores.** The test has a public and a private part; nobody is told which row is in which. The board shows
   scores of the public part. A task that is not answered counts as the constant answer. A track's score is the
   mean over its tasks.
5. **Ranks.** A rank is one more than the number of teams that are ahead beyond the paired 95 % interval; equal
   ranks cannot be told apart.
6. **The end.** Each team selects the submissions that count on the private part before the last phase closes.
   For a team that selects none, its best one on the public part counts.
{prizes}{code}
Mistakes in labels are mended for everybody at once: all submissions are scored again, and a page says who
moved, and why. Questions: {contact}.
"""
_PRIZES = """\
7. **Prizes** follow the score on the private part, for each track. The report says which places cannot be told
   apart. The winners describe their solution, so that others can repeat it.
"""
_PRACTICE = """\
7. **Practice.** The labels of these tasks can be found out, so there are no prizes, and places prove nothing.
"""
_CODE = """\
8. **Code.** A solution may be submitted as code. It runs in a sandbox without a network, under the budget on
   the competition's page. After the end it may be run on other tasks of its kind, to compare.
"""
