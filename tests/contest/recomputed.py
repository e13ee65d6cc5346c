"""A competition's numbers computed again from its exported tables and files, by other means: pandas and numpy alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Draws = NDArray[np.float64]


@dataclass(frozen=True)
class Export:
    """The files of `classmark competition export`, read."""

    submissions: pd.DataFrame
    scores: pd.DataFrame
    constants: pd.DataFrame
    teams: pd.DataFrame
    journal: pd.DataFrame

    @classmethod
    def read(cls, folder: Path) -> Export:
        names = ("submissions", "scores", "constants", "teams", "journal")
        return cls(*(pd.read_parquet(folder / f"{name}.parquet") for name in names))

    @property
    def newest(self) -> pd.DataFrame:
        """The scores that count: a row per submission and task."""
        return self.scores[self.scores["newest"]]


def receipt_faults(export: Export, receipts: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is wrong with receipts that clients hold: each must be in the journal, once, just as it says."""
    entries = export.journal.set_index("seq")
    accepted = export.journal[export.journal["kind"] == "accepted"]
    times = accepted["body"].map(lambda body: json.loads(body)["id"]).value_counts()
    found, seen = [], set()
    for receipt in receipts:
        name = receipt["submission"]
        if times.get(name, 0) != 1:
            found.append(f"receipt {name} stands {times.get(name, 0)} times in the journal")
            continue
        entry = entries.loc[receipt["seq"]]
        body = json.loads(entry["body"])
        says = {"head": entry["digest"], "submission": body["id"]}
        says |= {key: body[key] for key in ("team", "files", "digest", "note")}
        found += [
            f"receipt {name}: {key} is not the journal's"
            for key, value in says.items()
            if receipt[key] != value
        ]
        if name in seen:
            found.append(f"receipt {name} was given to two submissions")
        seen.add(name)
    links = zip(export.journal["digest"], export.journal["previous"].iloc[1:], strict=False)
    found += ["the journal's chain is broken" for digest, previous in links if digest != previous][:1]
    return found


def track_scores(export: Export, tasks: list[str]) -> pd.Series[float]:
    """The score of each submission that answers some of the tasks: the mean, constants where it has no score."""
    constants = export.constants.set_index("task")["value"]
    good = export.newest[export.newest["task"].isin(tasks) & (export.newest["status"] == "ok")]
    table = good.pivot(index="submission", columns="task", values="value").reindex(columns=tasks)
    return table.fillna(constants[tasks]).mean(axis=1)


def best_rows(export: Export, tasks: list[str]) -> pd.DataFrame:
    """Each team's best submission on a track, best first; of equals the earlier. Has team, submission, score, seq."""
    table = export.submissions.set_index("submission")[["team", "seq"]]
    table = table.join(track_scores(export, tasks).rename("score"), how="inner").reset_index()
    active = export.teams[export.teams["active"]]["team"]
    table = table[table["team"].isin(active)].assign(merit=table["score"].round(12))
    table = table.sort_values(["merit", "seq"], ascending=[False, True])
    return table.drop_duplicates("team").reset_index(drop=True)


def ranks(export: Export, rows: pd.DataFrame, tasks: list[str], draws: Path) -> pd.Series[int]:
    """1 + how many teams are ahead by a paired difference whose 95 % interval is above 0; index team."""
    digests = _digests(export)
    baselines = set(export.teams[export.teams["baseline"]]["team"])
    teams = [team for team in rows["team"] if team not in baselines]
    chosen = rows.set_index("team").loc[teams]
    constants = _read(draws, digests[""])
    drawn = np.stack([_mean(_read(draws, digests[name]), constants, tasks) for name in chosen["submission"]])
    score = chosen["score"].to_numpy(float)
    found = []
    for own in range(len(teams)):
        difference = score - score[own]
        reach = np.quantile(np.abs(drawn - drawn[own] - difference[:, None]), 0.95, axis=1)
        found.append(1 + int((difference - reach > 1e-12).sum()))
    return pd.Series(found, index=teams, dtype=int)


def _digests(export: Export) -> dict[str, str]:
    """Which file holds the draws of each submission's newest scoring; "" is that of the constant answers."""
    scored = export.journal[export.journal["kind"].isin(["scored", "constants"])]
    bodies = [json.loads(body) for body in scored["body"]]
    return {body["submission"]: body["draws"] for body in bodies}


def _read(folder: Path, digest: str) -> dict[str, Draws]:
    if not digest:
        return {}
    with np.load(folder / digest) as arrays:
        return {name: arrays[name].astype(float) for name in arrays.files}


def _mean(own: dict[str, Draws], constants: dict[str, Draws], tasks: list[str]) -> Draws:
    found: Draws = np.mean([own.get(task, constants[task]) for task in tasks], axis=0)
    return found
