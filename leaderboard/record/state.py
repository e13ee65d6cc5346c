"""What the entries of a journal add up to: teams, submissions, selections, scorings. A pure fold over entries.

Nothing but `State.apply` changes a state, and it does nothing but read the entry: two readers of one journal agree.
The body of each kind of entry is written down in docs/formats.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from leaderboard.record.journal import START, Entry

NEVER = datetime.min.replace(tzinfo=UTC)
Form = Literal["predictions", "code"]


@dataclass(frozen=True)
class Team:
    """Who takes part. `token` is the SHA-256 of the token; baselines have none and stand on boards unranked."""

    id: str
    name: str
    token: str
    since: datetime
    baseline: bool = False
    active: bool = True


@dataclass(frozen=True)
class Submission:
    """What a team handed in, for ever.

    `files` are digests by task, or the one under "code"; `head` is the digest of its entry.
    """

    id: str
    team: str
    time: datetime
    form: Form
    files: dict[str, str]
    digest: str
    note: str
    key: str
    phase: str
    seq: int
    head: str


@dataclass(frozen=True)
class TaskScore:
    """The headline of a submission on one task and part; no value where the status is not ok.

    `message` says why, in words that the team may see.
    """

    status: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    message: str = ""


@dataclass(frozen=True)
class Scoring:
    """One scoring of a submission.

    `draws` is the digest of a file of bootstrap draws by task, `report` of one with all that was found on the public
    part; "" for none.
    """

    submission: str
    tasks: dict[str, TaskScore]
    draws: str
    scorer: str
    reason: str
    time: datetime
    seq: int
    report: str = ""


@dataclass
class State:
    """Everything, as of the entry numbered `seq` with the digest `head`, written at `time`."""

    seq: int = 0
    head: str = START
    time: datetime = NEVER
    opening: dict[str, Any] = field(default_factory=dict)
    record: str = ""  # the digest of the opening entry: no other record has it
    teams: dict[str, Team] = field(default_factory=dict)
    submissions: dict[str, Submission] = field(default_factory=dict)
    selections: dict[str, tuple[str, ...]] = field(default_factory=dict)
    scorings: dict[str, list[Scoring]] = field(default_factory=dict)
    constant: Scoring | None = None
    gate: Literal["", "open", "closed"] = ""
    reason: str = ""
    final: dict[str, Any] | None = None
    mended: dict[str, str] = field(default_factory=dict)  # task: newest digest of mended labels
    rescoring: dict[str, Any] | None = None  # begun, and not told yet
    rescorings: list[dict[str, Any]] = field(default_factory=list)
    by_team: dict[str, list[str]] = field(default_factory=dict)
    by_token: dict[str, str] = field(default_factory=dict)

    def apply(self, entry: Entry) -> None:
        """Take in the next entry. Kinds that are not known here change nothing but `seq` and `head`."""
        assert entry.seq == self.seq + 1, "entries are taken in their order"
        taken = getattr(self, f"_{entry.kind}", None)
        if taken:
            taken(entry, entry.body)
        self.seq, self.head, self.time = entry.seq, entry.digest, entry.time

    def scoring(self, submission: str) -> Scoring | None:
        """The newest scoring of a submission; None while it is queued."""
        found = self.scorings.get(submission)
        return found[-1] if found else None

    def queued(self) -> list[str]:
        """The ids of submissions that have not been scored yet, oldest first."""
        return [name for name in self.submissions if name not in self.scorings]

    def accepted_on(self, team: str, day: date) -> int:
        """How many submissions of a team were accepted on a day of UTC; by their own times, as clocks may step back."""
        times = (self.submissions[name].time for name in self.by_team.get(team, []))
        return sum(time.astimezone(UTC).date() == day for time in times)

    def _opened_book(self, entry: Entry, body: dict[str, Any]) -> None:
        self.opening, self.record = body, entry.digest

    def _team_added(self, entry: Entry, body: dict[str, Any]) -> None:
        team = Team(body["team"], body["name"], body["token"], entry.time, body.get("baseline", False))
        self._set_team(team)

    def _team_removed(self, entry: Entry, body: dict[str, Any]) -> None:
        self._set_team(self._team(body["team"], token="", active=False))

    def _token_rotated(self, entry: Entry, body: dict[str, Any]) -> None:
        self._set_team(self._team(body["team"], token=body["token"]))

    def _team(self, team: str, **changes: Any) -> Team:
        return Team(**{**vars(self.teams[team]), **changes})

    def _set_team(self, team: Team) -> None:
        before = self.teams.get(team.id)
        if before:
            self.by_token.pop(before.token, None)
        self.teams[team.id] = team
        if team.token:
            self.by_token[team.token] = team.id

    def _gate_opened(self, entry: Entry, body: dict[str, Any]) -> None:
        self.gate, self.reason = "open", body["reason"]

    def _gate_closed(self, entry: Entry, body: dict[str, Any]) -> None:
        self.gate, self.reason = "closed", body["reason"]

    def _gate_freed(self, entry: Entry, body: dict[str, Any]) -> None:
        self.gate, self.reason = "", ""

    def _accepted(self, entry: Entry, body: dict[str, Any]) -> None:
        made = submission_of(entry)
        self.submissions[made.id] = made
        self.by_team.setdefault(made.team, []).append(made.id)

    def _selected(self, entry: Entry, body: dict[str, Any]) -> None:
        self.selections[body["team"]] = tuple(body["submissions"])

    def _scored(self, entry: Entry, body: dict[str, Any]) -> None:
        self.scorings.setdefault(body["submission"], []).append(scoring_of(entry))

    def _constants(self, entry: Entry, body: dict[str, Any]) -> None:
        self.constant = scoring_of(entry)

    def _labels_mended(self, entry: Entry, body: dict[str, Any]) -> None:
        self.mended[body["task"]] = body["after"]

    def _rescoring_begun(self, entry: Entry, body: dict[str, Any]) -> None:
        self.rescoring = body

    def _rescored(self, entry: Entry, body: dict[str, Any]) -> None:
        self.rescoring = None
        self.rescorings.append(body | {"time": entry.time})

    def _final(self, entry: Entry, body: dict[str, Any]) -> None:
        self.final = body


def submission_of(entry: Entry) -> Submission:
    """The submission in an entry of the kind `accepted`."""
    return Submission(**entry.body, time=entry.time, seq=entry.seq, head=entry.digest)


def scoring_of(entry: Entry) -> Scoring:
    """The scoring in an entry of the kinds `scored` and `constants`."""
    tasks = {name: TaskScore(**score) for name, score in entry.body["tasks"].items()}
    return Scoring(**{**entry.body, "tasks": tasks}, time=entry.time, seq=entry.seq)
