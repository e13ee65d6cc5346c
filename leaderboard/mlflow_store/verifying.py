"""Whether the record is whole and MLflow shows what it says; and MLflow made anew from the record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from benchmark.errors import UserError
from leaderboard.contest import Contest
from leaderboard.mlflow_store.content import Reading, RunContent
from leaderboard.mlflow_store.store import SeenRun, Store, StoreError
from leaderboard.mlflow_store.writer import Mirror, files_of, open_store
from leaderboard.record.ledger import Ledger
from leaderboard.record.state import State
from leaderboard.scoring.mending import labels_on_record

ATTEMPTS = 5


def verify(contest: Contest, receipts: Sequence[Path] = ()) -> list[str]:
    """All that is wrong, in words; empty for a whole competition.

    Looked at: the chains of both records and, where these are whole, the digests of all kept files, the seals of the
    hidden labels, the receipts (JSON files) that teams hold, and MLflow run by run, public and private. What its writer
    has not written yet counts as missing.
    """
    broken = [*_chain("public", contest.ledger), *_chain("private", contest.private_ledger)]
    return broken or [
        *_files(contest),
        *_halves(contest),
        *_labels(contest),
        *_receipts(contest, receipts),
        *_mlflow(contest, private=False),
        *_mlflow(contest, private=True),
    ]


def rebuild(contest: Contest, uri: str = "", private_uri: str = "") -> int:
    """Make MLflow's experiments anew from the records, also at other tracking URIs; return how many scorings they hold.

    What was there is put aside: renamed and deleted, so that MLflow can restore it. A running writer goes on after it.
    UserError where MLflow cannot be written.
    """
    try:
        return _rebuild(contest, False, uri) + _rebuild(contest, True, private_uri)
    except StoreError as error:
        raise UserError(
            "MLflow cannot be written.", given=str(error), do="The record is untouched."
        ) from None


def _rebuild(contest: Contest, private: bool, uri: str) -> int:
    store = open_store(contest, private, uri)
    store.claim()
    with store.writing():
        store.replace()
    for left in reversed(range(ATTEMPTS)):
        try:
            Mirror(contest, store, private).catch_up()
            break
        except StoreError:  # a running writer may have taken the pen meanwhile
            if not left:
                raise
    return len(store.runs())


def _chain(which: str, ledger: Ledger) -> Iterator[str]:
    try:
        faults = ledger.journal.faults() or ([] if ledger.journal.last() else ["it is empty"])
    except DBAPIError as error:
        faults = [f"it cannot be read: {error.orig}"]
    yield from (f"{which} record: {fault}" for fault in faults)


def _files(contest: Contest) -> Iterator[str]:
    with contest.ledger.reading() as state:
        handed_in = [digest for made in state.submissions.values() for digest in made.files.values()]
        draws, reports = _of_scorings(state)
    with contest.private_ledger.reading() as state:
        private_draws, _ = _of_scorings(state)
    for what, vault, digests in (
        ("submissions", contest.submissions, handed_in),
        ("draws", contest.draws, draws),
        ("reports", contest.reports, reports),
        ("private draws", contest.private_draws, private_draws),
    ):
        yield from (f"{what}: {fault}" for fault in vault.faults(filter(None, digests)))


def _of_scorings(state: State) -> tuple[list[str], list[str]]:
    """The digests of the draws and of the reports that a record names."""
    found = [scoring for several in state.scorings.values() for scoring in several]
    found += [state.constant] if state.constant else []
    return [scoring.draws for scoring in found], [scoring.report for scoring in found]


def _halves(contest: Contest) -> Iterator[str]:
    """What one record says and the other does not."""
    with contest.private_ledger.reading() as scores, contest.ledger.reading() as state:
        if state.rescoring is not None:
            yield f"rescoring: not told yet ({state.rescoring['reason']}); it goes on, or is to be done again"
        if state.final is not None:
            closed = state.final["private_journal"]
            entries = contest.private_ledger.journal.entries(closed["seq"] - 1)
            if not entries or entries[0].digest != closed["head"]:
                yield "private record: it is not the one from which the final report was made"
        for name in state.scorings:
            if name not in scores.scorings:
                yield f"private record: submission {name} has no scoring"


def _labels(contest: Contest) -> Iterator[str]:
    for task in contest.config.tasks:
        if not labels_on_record(contest, task):
            yield f"hidden labels of {task}: they are not those on record"


def _receipts(contest: Contest, receipts: Sequence[Path]) -> Iterator[str]:
    with contest.ledger.reading() as state:
        submissions = dict(state.submissions)
    for path in receipts:
        try:
            given = json.loads(path.read_text(encoding="utf-8"))
            made = submissions.get(given["submission"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            yield f"receipt {path}: it cannot be read: {error}"
            continue
        if made is None:
            yield f"receipt {path}: submission {given['submission']} is not on record"
            continue
        recorded: dict[str, Any] = {
            "team": made.team,
            "seq": made.seq,
            "head": made.head,
            "files": made.files,
            "digest": made.digest,
        }
        yield from (
            f"receipt {path}: {name} is {given.get(name)!r}, on record {value!r}"
            for name, value in recorded.items()
            if given.get(name) != value
        )


def _mlflow(contest: Contest, private: bool) -> Iterator[str]:
    which = "private MLflow" if private else "MLflow"
    try:
        store = open_store(contest, private)
        runs = store.runs()
    except StoreError as error:
        yield f"{which}: it cannot be read: {error}"
        return
    wanted = {content.submission: content for content in Reading(contest, private).new()}
    seen: dict[str, SeenRun] = {}
    for run in runs:
        if run.submission not in wanted:
            yield f"{which}: run {run.id} ({run.name}) is of no scored submission"
        elif run.submission in seen:
            yield f"{which}: submission {run.submission} has two runs, {seen[run.submission].id} and {run.id}"
        else:
            seen[run.submission] = run
    for name, content in wanted.items():
        if name not in seen:
            yield f"{which}: submission {name} of {content.name} has no run"
        else:
            faults = [*_differences(content, seen[name]), *_artifacts(contest, store, content, seen[name])]
            yield from (f"{which}: run {seen[name].id} of submission {name}: {fault}" for fault in faults)


def _differences(content: RunContent, run: SeenRun) -> Iterator[str]:
    for what, wanted, found in (
        ("scoring", content.number, run.number),
        ("name", content.name, run.name),
        ("start", content.start, run.start),
        ("end", content.end, run.end),
        ("status", content.status, run.status),
    ):
        if wanted != found:
            yield f"{what} is {found!r}, on record {wanted!r}"
    tags = content.fixed | content.tags
    own = {name: value for name, value in run.tags.items() if name != "mlflow.runName"}
    for kind, recorded, shown in (
        ("metric", content.metrics, run.metrics),
        ("param", content.params, run.params),
        ("tag", tags, own),
    ):
        for name in sorted({*recorded, *shown}):
            if recorded.get(name) != shown.get(name):
                yield f"{kind} {name} is {shown.get(name)!r}, on record {recorded.get(name)!r}"


def _artifacts(contest: Contest, store: Store, content: RunContent, run: SeenRun) -> Iterator[str]:
    wanted = files_of(contest, content)
    for name, text in wanted.items():
        if store.artifact(run, name) != text:
            yield f"artifact {name} is missing or changed"
    if wanted:  # not where the report is lost
        yield from (
            f"artifact {name} is of no scoring" for name in store.artifacts(run) if name not in wanted
        )
