"""`competition.toml`: what a competition asks, when, of whom, and how often. Read and checked; nothing is done here."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from benchmark.budget import Budget, parse_bytes, parse_seconds
from benchmark.card import Closed
from benchmark.errors import UserError, did_you_mean

FILE = "competition.toml"
SLUG = r"^[a-z0-9][a-z0-9-]{0,62}$"


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a date needs its zone, such as 2026-12-01T00:00:00Z")
    return moment.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(_utc)]


class Quota(Closed):
    """How many submissions of a team are accepted: in a day of UTC, and in all (0: no limit)."""

    per_day: int = Field(default=5, ge=1)
    total: int = Field(default=0, ge=0)


class Code(Closed):
    """Whether solutions may be submitted as code, and the budget of one run of theirs."""

    allowed: bool = False
    seconds: str = "600s"
    memory: str = "8GB"
    cores: int = Field(default=2, ge=1)
    disk: str = "10GB"

    @model_validator(mode="after")
    def _readable(self) -> Code:
        try:
            self.budget()
        except UserError as error:
            raise ValueError(str(error)) from None
        return self

    def budget(self) -> Budget:
        return Budget(
            parse_seconds(self.seconds), parse_bytes(self.memory), self.cores, parse_bytes(self.disk)
        )

    def __str__(self) -> str:
        """What teams are told."""
        if not self.allowed:
            return "not taken"
        return f"{self.seconds}, {self.memory} of memory, {self.cores} cores and {self.disk} of disk for each task"


class Phase(Closed):
    """A span of time in which submissions are accepted: from `opens` up to `closes`."""

    name: str = Field(min_length=1, max_length=60)
    opens: Moment
    closes: Moment

    @model_validator(mode="after")
    def _in_order(self) -> Phase:
        if self.opens >= self.closes:
            raise ValueError("a phase closes after it opens")
        return self


class Track(Closed):
    """Tasks whose mean headline ranks the teams. A task is spelled `name@version`."""

    name: str = Field(pattern=SLUG)
    title: str = Field(min_length=1, max_length=100)
    tasks: tuple[Annotated[str, Field(pattern=r"^[a-z0-9_]+@[0-9A-Za-z.+-]+$")], ...] = Field(min_length=1)
    prizes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its tasks, without their versions."""
        return tuple(task.partition("@")[0] for task in self.tasks)


class Config(Closed):
    """A checked `competition.toml`.

    `public_precision` is the number of decimals of scores that are shown; `selected` how many submissions a team may
    choose for the private part. `database` and `private_database` are SQLAlchemy URLs; empty is a SQLite file in the
    competition's folder.
    """

    name: str = Field(pattern=SLUG)
    title: str = Field(min_length=1, max_length=100)
    text: str = ""
    contact: str = ""
    rules: str = "rules.md"
    public_precision: int = Field(default=3, ge=1, le=6)
    selected: int = Field(default=2, ge=1)
    prize: bool = True
    database: str = ""
    private_database: str = ""
    mlflow: str = ""
    private_mlflow: str = ""
    quota: Quota = Quota()
    code: Code = Code()
    phases: tuple[Phase, ...] = Field(min_length=1)
    tracks: tuple[Track, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _apart(self) -> Config:
        names = [name for track in self.tracks for name in track.names]
        if len(set(names)) < len(names):
            raise ValueError("a task stands in one track, once")
        if len({track.name for track in self.tracks}) < len(self.tracks):
            raise ValueError("two tracks have the same name")
        for before, after in zip(self.phases, self.phases[1:], strict=False):
            if after.opens < before.closes:
                raise ValueError("phases stand in the order of time and do not overlap")
        return self

    @property
    def tasks(self) -> dict[str, str]:
        """The version of every task, by its name."""
        pairs = (task.partition("@") for track in self.tracks for task in track.tasks)
        return {name: version for name, _, version in pairs}

    def track_of(self, task: str) -> Track:
        return next(track for track in self.tracks if task in track.names)

    def phase_at(self, moment: datetime) -> Phase | None:
        return next((phase for phase in self.phases if phase.opens <= moment < phase.closes), None)

    def next_phase(self, moment: datetime) -> Phase | None:
        return next((phase for phase in self.phases if phase.opens > moment), None)


def read_config(folder: Path) -> Config:
    """The checked `competition.toml` of a competition's folder. Raises UserError listing what is wrong with it."""
    path = folder / FILE
    if not path.is_file():
        raise UserError(
            f"{folder} is not a competition: it has no {FILE}.", do="classmark competition new DIR"
        )
    try:
        return parse_config(path.read_text(encoding="utf-8"), origin=str(path))
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not TOML in UTF-8.", given=str(error)) from None


def parse_config(text: str, origin: str) -> Config:
    """The checked settings in a text. UserError, naming where it stands, lists what is wrong with it."""
    try:
        content: dict[str, Any] = tomllib.loads(text)
        return Config.model_validate(content)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{origin} is not TOML in UTF-8.", given=str(error)) from None
    except ValidationError as error:
        faults = [_describe(dict(fault)) for fault in error.errors() if not _follows(fault, error)]
        raise UserError(f"{origin} has faults:\n" + "\n".join(f"  - {fault}" for fault in faults)) from None


def _describe(fault: dict[str, Any]) -> str:
    where, message = ".".join(map(str, fault["loc"])), fault["msg"]
    if fault["type"] == "extra_forbidden":
        models: dict[str, type[Closed]] = {"quota": Quota, "code": Code, "phases": Phase, "tracks": Track}
        model = models[fault["loc"][0]] if len(fault["loc"]) > 1 else Config
        message = f"unknown key. {did_you_mean(str(fault['loc'][-1]), model.model_fields)}".rstrip()
    return f"{where}: {message}"


def _follows(fault: ErrorDetails, error: ValidationError) -> bool:
    """Whether a list is said to be short only because its entries have faults, which are listed."""
    where = fault["loc"]
    return fault["type"] == "too_short" and any(
        one["loc"][: len(where)] == where != one["loc"] for one in error.errors()
    )


def config_digest(folder: Path) -> str:
    """The SHA-256 of `competition.toml`."""
    return hashlib.sha256((folder / FILE).read_bytes()).hexdigest()
