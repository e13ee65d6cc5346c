"""Whether a competition says what it must after a run: receipts, scores, boards. Each check gives faults in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import httpx

from benchmark.files import file_digest
from benchmark.scoring import score
from leaderboard.contest import Contest
from tests.contest.recomputed import Export, best_rows, ranks, receipt_faults
from tests.contest.served import call


def faults_after(
    contest: Contest, url: str, receipts: Iterable[Mapping[str, Any]], out: Path, files: Iterable[Path]
) -> dict[str, list[str]]:
    """All checks by name, while the server runs and nothing is queued. `files` are all that was handed in."""
    call("competition", "export", contest.folder, out)
    export = Export.read(out)
    receipts, written = list(receipts), out / "receipts"
    written.mkdir()
    for receipt in receipts:
        (written / f"{receipt['submission']}.json").write_text(json.dumps(receipt))
    return {
        "receipts": receipt_faults(export, receipts),
        "scores": score_faults(contest, export, files),
        "standings": standings_faults(contest, export, url),
        "verify": verify_faults(contest.folder, written.iterdir()),
    }


def score_faults(contest: Contest, export: Export, files: Iterable[Path]) -> list[str]:
    """Compare every score on record with that of the same file by Python; one a task by the command too."""
    expected: dict[tuple[str, str], float] = {}
    asked: set[str] = set()
    found = []
    digests = {file_digest(path): path for path in files}
    handed = export.submissions.set_index("submission")["files"].map(json.loads)
    for row in export.newest.itertuples():
        digest = handed[row.submission][row.task]
        key = (row.task, digest)
        if key not in expected:
            expected[key] = score(contest.task(row.task), digests[digest], "public").headline.value
        if row.task not in asked:
            asked.add(row.task)
            if (said := _command_score(contest, row.task, digests[digest])) != expected[key]:
                found.append(f"{row.task}: classmark score says {said}, Python says {expected[key]}")
        if row.status != "ok" or row.value != expected[key]:
            found.append(f"{row.submission}, {row.task}: {row.status} {row.value}, not {expected[key]}")
    missing = set(export.submissions["submission"]) - set(export.newest["submission"])
    return found + [f"{name} has no score" for name in sorted(missing)]


def standings_faults(contest: Contest, export: Export, url: str) -> list[str]:
    """Compare the boards that the server shows with those computed from the exported tables."""
    half = 0.5 * 10**-contest.config.public_precision + 1e-9
    tracks = {track.name: list(track.names) for track in contest.config.tracks}
    found = []
    for shown in httpx.get(f"{url}/api/leaderboard", timeout=120).raise_for_status().json()["tracks"]:
        rows = best_rows(export, tracks[shown["name"]])
        places = ranks(export, rows, tracks[shown["name"]], contest.draws.root)
        rows = rows.set_index("team")
        teams = [row for row in shown["rows"] if not row["baseline"]]
        order = sorted(places.index, key=lambda team: (places[team], *_merit(rows.loc[team])))
        if [row["team"] for row in teams] != order:
            found.append(f"{shown['name']}: the order of teams is not {order}")
        for row in shown["rows"]:
            own = rows.loc[row["team"]]
            if row["submission"] != own["submission"] or abs(row["score"] - own["score"]) > half:
                found.append(
                    f"{shown['name']}, {row['team']}: {row['score']} of {row['submission']}, not {own.to_dict()}"
                )
            if row["rank"] != (None if row["baseline"] else places[row["team"]]):
                found.append(
                    f"{shown['name']}, {row['team']}: rank {row['rank']}, not {places.get(row['team'])}"
                )
    return found


def _merit(row: Any) -> tuple[float, int]:
    return -round(row["score"], 12), row["seq"]


def verify_faults(folder: Path, receipts: Iterable[Path] = ()) -> list[str]:
    """What `classmark competition verify` finds wrong, given receipts as JSON files."""
    options = [word for path in receipts for word in ("--receipt", path)]
    said = call("competition", "verify", folder, "--json", *options, codes=(0, 1))
    listed: list[str] = json.loads(said)["faults"]
    return listed


def _command_score(contest: Contest, task: str, file: Path) -> float:
    said = call("score", contest.task(task).folder, file, "--part", "public", "--json", home=contest.home)
    return float(json.loads(said)["headline"]["value"])
