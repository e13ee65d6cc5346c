"""From a request's body to a receipt: read within limits, check, keep, accept. What is refused leaves nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import Any

from anyio.to_thread import run_sync
from fastapi import Request
from starlette.requests import ClientDisconnect

from leaderboard.record.accepting import accept, may_repeat, repeated, require_welcome, submission_digest
from leaderboard.record.refusal import Refusal
from leaderboard.record.state import Team
from leaderboard.record.vault import Draft
from leaderboard.server.service import Service
from leaderboard.server.shown import queued_json, submission_json
from leaderboard.server.uploads import CODE, Upload

_PIECE = 2**18


async def take_in(request: Request, service: Service, team: Team, key: str) -> tuple[dict[str, Any], bool]:
    """The receipt of the submission in the request's body, and whether it is new."""
    service.rates.change(team.id)
    _require_length(request, service)
    with service.slots.taken(team.id):
        await run_sync(_require_welcome, service, team, key)
        content_type = request.headers.get("content-type", "")
        upload = Upload(content_type, service.contest.submissions, service.most)
        try:
            await _read(request, service, upload)
            note = upload.note
            digests = {name: draft.digest for name, draft in upload.files.items()}
            if await run_sync(_is_repeated, service, team, submission_digest(digests), key):
                return await run_sync(_record, service, team, digests, note, key)
            await _require_faultless(service, team, upload.files)
            return await run_sync(_keep, service, team, upload, note, key)
        finally:
            upload.discard()


def _require_length(request: Request, service: Service) -> None:
    declared = request.headers.get("content-length", "0")
    if int(declared) > service.most_in_all:
        raise _too_large(service, f"{int(declared):,} bytes")


def _too_large(service: Service, given: str) -> Refusal:
    return Refusal(
        "too large", "The submission is too large.", allowed=f"{service.most_in_all:,} bytes", given=given
    )


def _require_welcome(service: Service, team: Team, key: str) -> None:
    """Refuse before the body is read what would be refused after it, unless it may be a repeat."""
    with service.contest.ledger.reading() as state:
        if not may_repeat(state, team.id, key):
            require_welcome(service.contest.config, state, team.id, datetime.now(UTC))


async def _read(request: Request, service: Service, upload: Upload) -> None:
    """Feed the body to the upload, in threads: the disk may be slow. Refusal where it is too much or too slow."""
    limits, clock = service.limits, asyncio.get_running_loop().time
    started, received, pending, more = clock(), 0, bytearray(), True
    while more:
        try:
            async with asyncio.timeout_at(
                min(clock() + limits.idle_seconds, started + limits.upload_seconds)
            ):
                message = await request.receive()
        except TimeoutError:
            raise _too_slow(service) from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        pending += message.get("body", b"")
        received += len(message.get("body", b""))
        more = message.get("more_body", False)
        if received > service.most_in_all:
            raise _too_large(service, f"more than {service.most_in_all:,} bytes")
        if more and received < limits.slowest * (clock() - started - limits.idle_seconds):
            raise _too_slow(service)
        if len(pending) >= _PIECE and more:
            await run_sync(upload.feed, bytes(pending))
            pending.clear()
    await run_sync(upload.end, bytes(pending))


def _too_slow(service: Service) -> Refusal:
    limits = service.limits
    return Refusal(
        "too slow",
        "The upload is too slow.",
        allowed=f"{limits.slowest:,} bytes/s, no pause of {limits.idle_seconds:.0f} s, "
        f"{limits.upload_seconds:.0f} s in all",
        do="Try again; Parquet files are the smallest.",
    )


async def _require_faultless(service: Service, team: Team, files: dict[str, Draft]) -> None:
    """Check all files and refuse with all faults of all of them; one file of a team at a time.

    Some take long, and a fault uses no quota: with a checker for each file, one team would keep all others waiting.
    """
    async with service.turns.of(team.id):
        found = {
            name: await run_sync(_faults, service, name, draft, limiter=service.checking)
            for name, draft in files.items()
        }
    faults = {name: listed for name, listed in found.items() if listed}
    if faults:
        raise Refusal(
            "invalid",
            f"{len(faults)} of {len(files)} files have faults; nothing was submitted and no quota used.",
            do="Mend what `faults` lists. `classmark check TASK FILE` says the same without a server.",
            faults=faults,
        )


def _faults(service: Service, name: str, draft: Draft) -> list[dict[str, object]]:
    task = None if name == CODE else service.contest.task(name).folder
    return service.checkers.faults(task, draft.path, name)


def _is_repeated(service: Service, team: Team, digest: str, key: str) -> bool:
    """Refuses what the journal would refuse, before the files are kept for nothing."""
    with service.contest.ledger.reading() as state:
        if repeated(state, team.id, digest, key):
            return True
        require_welcome(service.contest.config, state, team.id, datetime.now(UTC))
        return False


def _keep(service: Service, team: Team, upload: Upload, note: str, key: str) -> tuple[dict[str, Any], bool]:
    service.contest.submissions.keep(list(upload.files.values()))
    digests = {name: draft.digest for name, draft in upload.files.items()}
    return _record(service, team, digests, note, key)


def _record(
    service: Service, team: Team, digests: dict[str, str], note: str, key: str
) -> tuple[dict[str, Any], bool]:
    form = partial(accept, form="code") if CODE in digests else accept
    submission, new = form(service.contest, team.id, digests, note, key)
    if new:
        return queued_json(service.contest, submission), True
    with service.contest.ledger.reading() as state:
        return submission_json(service.contest, state, submission), False
