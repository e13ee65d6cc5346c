"""Taking a submission in: the rules are looked at and the entry is written in one step, so that races end at the quota.

Files are in the vault before that step: an accepted submission is whole, on the disk, and never lost.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from leaderboard.config import Config
from leaderboard.contest import Contest
from leaderboard.record.journal import spelled
from leaderboard.record.ledger import Addition
from leaderboard.record.refusal import Refusal
from leaderboard.record.state import Form, State, Submission, submission_of

MOST_NOTE = 500
MOST_KEY = 100


def accept(
    contest: Contest,
    team: str,
    files: Mapping[str, str],
    note: str = "",
    key: str = "",
    form: Form = "predictions",
    now: datetime | None = None,
) -> tuple[Submission, bool]:
    """Record a submission of files that the vault holds, and return it; and whether it is new.

    `files` are digests by task, or the one of an archive under "code". What is `repeated` gives the same submission
    again, which costs no quota. Refusal: `closed`, `quota`, `conflict` for a key that was used with other files,
    `not yours` for a team that was removed.
    """
    now = now or datetime.now(UTC)
    digest = submission_digest(files)
    key = key[:MOST_KEY]
    body: dict[str, Any] = {
        "id": uuid4().hex[:16],
        "team": team,
        "form": form,
        "files": dict(sorted(files.items())),
        "digest": digest,
        "note": plain(note)[:MOST_NOTE],
        "key": key or digest,
    }

    again: Submission | None = None

    def decide(state: State) -> list[Addition]:
        nonlocal again
        if again := repeated(state, team, digest, key):
            return []
        return [("accepted", {**body, "phase": require_welcome(contest.config, state, team, now)})]

    made = contest.ledger.record(decide, now)
    return (again, False) if again else (submission_of(made[0]), True)


def repeated(state: State, team: str, digest: str, key: str) -> Submission | None:
    """The submission that a team repeats: of the same files, unless these came under two different keys.

    Whoever came without a key has the digest for one. Refusal `conflict` where the key was used with other files.
    """
    own = _own(state, team)
    if any(one.key == key and one.digest != digest for one in own):
        raise Refusal("conflict", "This idempotency key was used with other files.", given=key)
    same = [one for one in own if one.digest == digest and (not key or one.key in (key, digest))]
    return min(same, key=lambda one: one.key != key, default=None)


def may_repeat(state: State, team: str, key: str) -> bool:
    """Whether there are files that a team would repeat under this key."""
    return any(not key or one.key in (key, one.digest) for one in _own(state, team))


def _own(state: State, team: str) -> list[Submission]:
    return [state.submissions[name] for name in state.by_team.get(team, [])]


def require_welcome(config: Config, state: State, team: str, now: datetime) -> str:
    """The phase in which a new submission of a team would be taken now; Refusal where none would."""
    if not state.teams[team].active:
        raise Refusal("not yours", "The team has been removed from the competition.")
    if state.teams[team].baseline and state.final is None:
        return ""
    phase = require_open(config, state, now)
    _require_quota(config, state, team, now)
    return phase


def require_open(config: Config, state: State, now: datetime) -> str:
    """The name of the phase in which a submission would be taken now; Refusal `closed` where none would."""
    if state.final is not None or state.gate == "closed":
        raise Refusal("closed", "The competition is closed.", given=state.reason, do=_ask(config))
    phase = config.phase_at(now)
    if phase:
        return phase.name
    if state.gate == "open":
        return "extra time"
    coming = config.next_phase(now)
    when = f"{coming.name} opens at {spelled(coming.opens)}" if coming else "the last phase is over"
    raise Refusal("closed", "No phase is open now.", allowed=when, given=spelled(now), do=_ask(config))


def quota(config: Config, state: State, team: str, now: datetime) -> dict[str, Any]:
    """What a team has used and has left, as JSON: used_today, per_day, used, total (0: no limit), left, resets."""
    today, used = state.accepted_on(team, now.astimezone(UTC).date()), len(state.by_team.get(team, []))
    limits = config.quota
    left = limits.per_day - today
    if limits.total:
        left = min(left, limits.total - used)
    tomorrow = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
    return {
        "used_today": today,
        "per_day": limits.per_day,
        "used": used,
        "total": limits.total,
        "left": max(left, 0),
        "resets": spelled(tomorrow),
    }


def _require_quota(config: Config, state: State, team: str, now: datetime) -> None:
    found = quota(config, state, team, now)
    if found["left"]:
        return
    if found["total"] and found["used"] >= found["total"]:
        raise Refusal("quota", "The team's submissions are used up.", allowed=f"{found['total']} in all")
    wait = datetime.fromisoformat(found["resets"]) - now
    raise Refusal(
        "quota",
        "The team's submissions of today are used up.",
        allowed=f"{found['per_day']} a day of UTC",
        do=f"Submit again after {found['resets']}.",
        retry_after=int(wait.total_seconds()) + 1,
    )


def submission_digest(files: Mapping[str, str]) -> str:
    """SHA-256 over the sorted lines `<sha256>  <task>`, as sha256sum would print them."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def receipt(contest: Contest, submission: Submission) -> dict[str, Any]:
    """What a team keeps: that these files were accepted then, and the digest of the journal's entry that says so."""
    return {
        "competition": contest.config.name,
        "submission": submission.id,
        "team": submission.team,
        "time": spelled(submission.time),
        "form": submission.form,
        "files": submission.files,
        "digest": submission.digest,
        "note": submission.note,
        "phase": submission.phase,
        "seq": submission.seq,
        "head": submission.head,
    }


def plain(text: str) -> str:
    """A team's text without control, format and surrogate characters; line breaks become spaces."""
    spaced = " ".join(text.split())
    return "".join(letter for letter in spaced if unicodedata.category(letter)[0] != "C")


def _ask(config: Config) -> str:
    return f"Ask {config.contact}." if config.contact else ""
