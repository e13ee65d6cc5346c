"""`classmark competition new`: from names of tasks to a competition's folder, whole or absent. Nothing is started."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

from benchmark.card import Card
from benchmark.catalog import load_card
from benchmark.cli.prepare import prepare_one
from benchmark.edition import Edition, new_secret, read_secret
from benchmark.errors import UserError
from benchmark.files import new_folder, write_bytes
from benchmark.kinds import kind_of
from benchmark.load import embedded_tasks
from leaderboard.config import FILE, SLUG, config_digest, parse_config
from leaderboard.contest import Contest
from leaderboard.making.bundles import write_bundle
from leaderboard.making.template import Settings, rules_text, settings_text
from leaderboard.record.journal import Journal, is_unavailable
from leaderboard.record.ledger import Addition, Ledger
from leaderboard.record.state import State

Say = Callable[[str], None]
_CLOSED = (
    "private",
    "private/secrets",
    "home/hidden",
    "home/results",
    "home/code",
    "submissions",
    "draws",
    "reports",
)


@dataclass(frozen=True)
class Plan:
    """A competition to be made. No tasks: the embedded ones that stand on boards.

    `size` is a size of the tasks, "" their first. `raw` and `download` are those of `prepare`, for tasks with sources.
    """

    settings: Settings
    tasks: tuple[str, ...] = ()
    size: str = ""
    raw: Path | None = None
    download: bool = False

    @cached_property
    def cards(self) -> list[Card]:
        """The cards of its tasks. UserError for an unknown one."""
        names = self.tasks or [name for name in embedded_tasks() if load_card(name).board]
        return [load_card(name) for name in dict.fromkeys(names)]

    def editions(self, secrets: dict[str, bytes]) -> dict[str, Edition]:
        """The edition of each task, under its secret where it has one."""
        return {card.name: Edition(self.size, secret=secrets.get(card.name)) for card in self.cards}

    def text(self, editions: dict[str, Edition]) -> str:
        """The `competition.toml` that asks these editions."""
        tracks: dict[str, list[str]] = {}
        for card in self.cards:
            task = f"{card.name}@{editions[card.name].version(card)}"
            tracks.setdefault(kind_of(card).TRACK, []).append(task)
        return settings_text(self.settings, tracks)

    def require_possible(self) -> None:
        """Raise UserError for what cannot become a competition, before anything is written."""
        if not re.fullmatch(SLUG, self.settings.name):
            raise UserError(
                "This is no name for a competition.",
                allowed="small letters, digits and hyphens, such as spring-2027",
                given=repr(self.settings.name),
                do="Give another with --name.",
            )
        for card in self.cards:
            _require_suitable(card, self.settings.prize)
        text = self.text(self.editions({}))
        config = parse_config(text, origin="The new competition")
        if config.database and config.database == config.private_database:
            raise UserError("The two journals are in one database.", do="Give the private one its own.")
        for url in filter(None, (config.database, config.private_database)):
            _require_empty(url)


def make(folder: Path, plan: Plan, say: Say = lambda line: None, jobs: int | None = None) -> Contest:
    """Make a competition in a new folder and open it.

    Secrets are minted, tasks prepared (`jobs` at a time), `public/` written, both journals begun, constant answers
    scored. The folder appears when all of it is there. UserError says what is in the way.
    """
    plan.require_possible()
    folder = folder.absolute()
    _require_free(folder)
    with _own_home(), new_folder(folder) as draft:
        contest = _fill(draft, plan, say, jobs or min(len(plan.cards), os.cpu_count() or 1))
        say("scoring the constant answers")
        begin_records(contest)
        _require_free(folder)
    return Contest(folder)


def _require_suitable(card: Card, prize: bool) -> None:
    if not card.board:
        raise UserError(f"The card of {card.name} says that it stands on no board.", do="Leave the task out.")
    if card.split.folds or card.split.column or not 0 < card.split.public < 1:
        raise UserError(
            f"Task {card.name} has no hidden test with a public and a private part.",
            given=f"{card.split.folds} folds" if card.split.folds else "a split without parts",
            do="Leave the task out, or give its card shares of train, validation and test.",
        )
    if prize and card.labels == "public":
        raise UserError(
            f"The labels of {card.name} are public: whoever looks them up wins the prize.",
            allowed="tasks whose card says labels = 'secret'",
            do="Leave the task out, or make a competition without prizes: --practice",
        )


def _require_free(folder: Path) -> None:
    if os.path.lexists(folder):
        raise UserError(
            f"There is something at {folder} already.", do="Choose a folder that is not there yet."
        )


def _require_empty(url: str) -> None:
    journal = Journal(url)
    try:
        journal.create()
        used = journal.last()
    except Exception as error:
        if not is_unavailable(error):
            raise
        raise UserError("The database cannot be written.", given=str(getattr(error, "orig", error))) from None
    finally:
        journal.close()
    if used:
        raise UserError(
            "The database holds a competition already.", given=f"{used} entries", do="Give an empty database."
        )


@contextmanager
def _own_home() -> Iterator[None]:
    """Puts CLASSMARK_HOME back at the end: the draft's home is gone then."""
    before = os.environ.get("CLASSMARK_HOME")
    try:
        yield
    finally:
        os.environ.pop("CLASSMARK_HOME", None)
        if before is not None:
            os.environ["CLASSMARK_HOME"] = before


def _fill(draft: Path, plan: Plan, say: Say, jobs: int) -> Contest:
    (draft / "home").mkdir()
    for closed in _CLOSED:
        (draft / closed).mkdir(mode=0o700)
    secrets: dict[str, bytes] = {}
    for card in plan.cards:
        if plan.settings.prize:
            path = draft / "private" / "secrets" / f"{card.name}.secret"
            new_secret(path)
            secrets[card.name] = read_secret(path)
    editions = plan.editions(secrets)
    write_bytes(draft / FILE, plan.text(editions).encode())
    write_bytes(draft / "rules.md", rules_text(plan.settings).encode())
    contest = Contest(draft)
    for name in _prepared(plan, editions, jobs):
        sizes = contest.task(name).card["sizes"]
        say(f"{name} {contest.config.tasks[name]}: {sizes['rows']:,} rows, {sizes['pictures']:,} pictures")
    for name in contest.config.tasks:
        _require_parts(contest, name)
    say("packing the files for download")
    write_bundle(contest)
    return contest


def _prepared(plan: Plan, editions: dict[str, Edition], jobs: int) -> Iterator[str]:
    """The names of the tasks as they are prepared, `jobs` at a time."""
    if jobs == 1:
        for name, edition in editions.items():
            prepare_one(name, plan.raw, plan.download, edition)
            yield name
        return
    others = active_children()
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_leave_interrupts) as pool:
        waiting = {
            pool.submit(prepare_one, name, plan.raw, plan.download, edition): name
            for name, edition in editions.items()
        }
        try:
            for done in as_completed(waiting):
                done.result()
                yield waiting[done]
        except BaseException:
            for process in active_children():
                if process not in others:
                    process.terminate()
            raise


def _leave_interrupts() -> None:
    """In a process of the pool: Ctrl-C is the business of the one who waits for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _require_parts(contest: Contest, name: str) -> None:
    labels = contest.labels(name)
    for part in ("public", "private"):
        if not labels.in_part(part).any():
            raise UserError(f"The {part} part of {name} has no rows.", do="Leave the task out.")


def begin_records(contest: Contest) -> None:
    """Begin both journals: what the competition is, and what the constant answers score."""
    from leaderboard.scoring.submissions import score_constants

    opening: dict[str, Any] = {
        "name": contest.config.name,
        "config": config_digest(contest.folder),
        "tasks": {
            name: {"version": task.version, "digest": task.digest, "labels_seal": task.card["labels_seal"]}
            for name, task in ((name, contest.task(name)) for name in contest.config.tasks)
        },
        "classmark": version("classmark"),
    }
    constants = score_constants(contest)
    _begin(contest.private_ledger, [("opened_book", opening), ("constants", constants.private)])
    _begin(contest.ledger, [("opened_book", opening), ("constants", constants.public)])


def _begin(ledger: Ledger, entries: list[Addition]) -> None:
    def decide(state: State) -> list[Addition]:
        if state.seq:
            raise UserError("The two journals are in one database.", do="Give the private one its own.")
        return entries

    ledger.journal.create()
    ledger.record(decide)
    ledger.journal.close()
