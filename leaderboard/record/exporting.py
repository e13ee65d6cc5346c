"""The record of a competition as tables: CSV, Parquet and JSON. No token, no private score.

teams          team, name, since, baseline, active
submissions    what was accepted: who, when, digests, note, and the entry that says so
scores         every scoring of every submission, a row per task; `newest` marks the one that counts
constants      the scores of the constant answers
selections     which submissions each team has chosen for the private part
journal        the entries themselves; digests of tokens are blanked
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from benchmark.errors import UserError
from benchmark.files import new_folder, write_bytes
from leaderboard.contest import Contest
from leaderboard.record.journal import Entry
from leaderboard.record.state import Scoring, State
from leaderboard.views import rounded

Rows = list[dict[str, Any]]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_VALUES = ("value", "low", "high")
_COLUMNS = {
    "teams": ("team", "name", "since", "baseline", "active"),
    "submissions": ("submission", "team", "time", "form", "phase", "note", "digest", "files", "seq", "head"),
    "scores": (
        "submission",
        "team",
        "seq",
        "time",
        "newest",
        "reason",
        "task",
        "status",
        *_VALUES,
        "message",
    ),
    "constants": ("seq", "time", "task", "status", *_VALUES),
    "selections": ("team", "submission"),
    "journal": ("seq", "time", "kind", "body", "previous", "digest"),
}
_TYPES = {
    "seq": "int64",
    **dict.fromkeys(("baseline", "active", "newest"), "bool"),
    **dict.fromkeys(_VALUES, "float64"),
}
_FOR_ANYBODY = {
    "teams": ("team", "name", "since", "baseline"),
    "submissions": ("submission", "team", "time", "form", "phase"),
    "scores": tuple(name for name in _COLUMNS["scores"] if name != "message"),
    "constants": _COLUMNS["constants"],
}


def export(contest: Contest, folder: Path) -> list[Path]:
    """Write all tables, scores in full, into a new folder and return the files; for the organizer."""
    folder = folder.absolute()
    if folder.exists():
        raise UserError(f"There is something at {folder} already.", do="Choose a folder that is not there.")
    with new_folder(folder) as draft:
        write_tables(tables(contest), draft)
    return sorted(folder.iterdir())


def tables(contest: Contest) -> dict[str, pd.DataFrame]:
    """All tables by name, for the organizer."""
    with contest.ledger.reading() as state:
        rows = {
            "teams": _teams(state),
            "submissions": _submissions(state),
            "scores": _scores(state),
            "constants": _scored(state.constant, True) if state.constant else [],
            "selections": [
                {"team": team, "submission": one}
                for team, chosen in state.selections.items()
                for one in chosen
            ],
            "journal": [_journal(entry) for entry in contest.ledger.journal.entries()],
        }
        return {name: _frame(found, _COLUMNS[name]) for name, found in rows.items()}


def public_tables(contest: Contest) -> dict[str, pd.DataFrame]:
    """The tables that anybody may see: scores rounded; no notes, messages, digests of files, and no removed teams."""
    made = tables(contest)
    active = set(made["teams"].loc[made["teams"]["active"], "team"])
    digits = contest.config.public_precision
    shown = {name: _rounded(made[name][list(columns)], digits) for name, columns in _FOR_ANYBODY.items()}
    return {
        name: frame[frame["team"].isin(active)].reset_index(drop=True) if "team" in frame else frame
        for name, frame in shown.items()
    }


def write_tables(found: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write each table as CSV (safe to open in a spreadsheet), Parquet and JSON."""
    for name, frame in found.items():
        write_bytes(
            folder / f"{name}.csv", _defused(frame).to_csv(index=False, lineterminator="\r\n").encode()
        )
        frame.to_parquet(folder / f"{name}.parquet", index=False)
        records = frame.astype(object).where(frame.notna(), None).to_dict("records")
        content = json.dumps(records, indent=1, ensure_ascii=False, allow_nan=False)
        write_bytes(folder / f"{name}.json", (content + "\n").encode())


def _rounded(frame: pd.DataFrame, digits: int) -> pd.DataFrame:
    """With scores as the pages show them."""
    values = [name for name in _VALUES if name in frame]
    return frame.assign(**{name: frame[name].map(partial(rounded, digits=digits)) for name in values})


def _defused(frame: pd.DataFrame) -> pd.DataFrame:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front."""
    texts = frame.select_dtypes(["string"])
    return frame.assign(
        **{str(n): ("'" + text).where(text.str.startswith(_FORMULA), text) for n, text in texts.items()}
    )


def _frame(rows: Rows, columns: tuple[str, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns))
    return frame.astype({name: _TYPES.get(name, "string") for name in columns})


def _teams(state: State) -> Rows:
    return [
        {
            "team": team.id,
            "name": team.name,
            "since": team.since.isoformat(),
            "baseline": team.baseline,
            "active": team.active,
        }
        for team in state.teams.values()
    ]


def _submissions(state: State) -> Rows:
    return [
        {
            **vars(one),
            "submission": one.id,
            "time": one.time.isoformat(),
            "files": json.dumps(one.files, sort_keys=True),
        }
        for one in state.submissions.values()
    ]


def _scores(state: State) -> Rows:
    return [
        {**row, "submission": name, "team": state.submissions[name].team}
        for name, scorings in state.scorings.items()
        for scoring in scorings
        for row in _scored(scoring, scoring is scorings[-1])
    ]


def _scored(scoring: Scoring, newest: bool) -> Rows:
    own = {
        "seq": scoring.seq,
        "time": scoring.time.isoformat(),
        "newest": newest,
        "reason": scoring.reason,
    }
    return [own | {"task": task} | vars(score) for task, score in sorted(scoring.tasks.items())]


def _journal(entry: Entry) -> dict[str, Any]:
    body = {key: "" if key == "token" else value for key, value in entry.body.items()}
    text = json.dumps(body, sort_keys=True, ensure_ascii=False)
    return vars(entry) | {"time": entry.time.isoformat(timespec="milliseconds"), "body": text}
