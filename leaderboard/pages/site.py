"""The site: every page by its path. Made when asked for, and kept until something is written to the record."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.resources import files
from itertools import combinations
from typing import Any

from benchmark.task import open_task
from leaderboard.contest import Contest
from leaderboard.pages.again import again
from leaderboard.pages.boards import home, track
from leaderboard.pages.compare import compare
from leaderboard.pages.history import Histories
from leaderboard.pages.rendering import environment, with_title
from leaderboard.pages.report import report
from leaderboard.pages.samples import Samples, make_samples
from leaderboard.pages.snapshot import take_snapshot
from leaderboard.pages.task import task
from leaderboard.pages.team import team
from leaderboard.pages.view import View, compare_path
from leaderboard.standings.boards import Standings

HTML = "text/html; charset=utf-8"
TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "jpg": "image/jpeg",
}
MOST_KEPT = 1000
DEEPEST = 9
Page = tuple[bytes, str]


class Site:
    """The pages of a competition. Links are relative: they work under a server and as files.

    `published`: for a folder of files. Two teams are compared where both are among the first of a track, not any two,
    and pages link to the tables in `data/`.
    """

    def __init__(
        self,
        contest: Contest,
        standings: Standings,
        published: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._contest, self._standings, self._published, self._clock = contest, standings, published, clock
        self._templates = environment(contest.config.public_precision)
        self._histories = Histories(contest.config)
        self._samples: dict[str, Samples] = {}
        self._static = {
            f"static/{file.name}": file.read_bytes()
            for file in files(__package__).joinpath("static").iterdir()
        }
        self._kept: dict[str, Page] = {}
        self._view: View | None = None
        self._lock = threading.RLock()

    def paths(self) -> list[str]:
        """Every page there is now; whatever a page links to is among them."""
        with self._lock:
            return self._paths(self._newest())

    def pages(self) -> Iterator[tuple[str, bytes]]:
        """All pages with their paths, as of one moment."""
        with self._lock:
            view = self._newest()
            paths = self._paths(view)
        for path in paths:
            with self._lock:
                made = self._make(view, path)
            assert made is not None, "what is listed can be made"
            yield path, made[0]

    def page(self, path: str) -> Page | None:
        """The bytes and the content type of a page; None where there is none."""
        with self._lock:
            view = self._newest()
            if path not in self._kept:
                made = self._make(view, path)
                if made is None:
                    return None
                if len(self._kept) >= MOST_KEPT:
                    self._kept.clear()
                self._kept[path] = made
            return self._kept[path]

    def missing(self, path: str) -> bytes:
        """What a browser is shown at an address where there is nothing."""
        with self._lock:
            return self._render(self._newest(), path, "missing.html", {})

    def _newest(self) -> View:
        """The view of this minute and of the newest entry; what was made from an older one is dropped."""
        known, now = self._view, self._clock().replace(second=0, microsecond=0)
        snapshot = take_snapshot(self._contest, known.snapshot if known else None)
        if known is None or known.snapshot is not snapshot or known.now != now:
            boards = self._standings.boards()
            self._view = View(self._contest, snapshot, boards, self._histories, now, self._published)
            self._kept.clear()
            return self._view
        return known

    def _paths(self, view: View) -> list[str]:
        teams = sorted(view.snapshot.teams)
        pairs = [pair for pair in combinations(teams, 2) if view.compared(*pair)]
        return [
            "index.html",
            "rules.html",
            *(["report.html"] if view.snapshot.final else []),
            *(["again.html"] if view.snapshot.rescorings else []),
            *(f"track/{track.name}.html" for track in view.config.tracks),
            *(f"task/{name}.html" for name in view.config.tasks),
            *(f"team/{name}.html" for name in teams),
            *(compare_path(*pair) for pair in pairs),
            *(f"sample/{file}" for name in view.config.tasks for file in self._samples_of(name).pictures),
            *self._static,
        ]

    def _make(self, view: View, path: str) -> Page | None:
        if path in self._static:
            return self._static[path], TYPES[path.rpartition(".")[2]]
        folder, _, name = path.removesuffix(".html").rpartition("/")
        if folder == "sample":
            owner = name.rpartition("-")[0]
            picture = self._samples_of(owner).pictures.get(name) if owner in view.config.tasks else None
            return (picture, TYPES["jpg"]) if picture else None
        if not path.endswith(".html"):
            return None
        found = self._content(view, folder, name)
        if found is None:
            return None
        return self._render(view, path, *found), HTML

    def _render(self, view: View, path: str, template: str, content: dict[str, Any]) -> bytes:
        shared = {
            "view": view,
            "config": view.config,
            "snapshot": view.snapshot,
            "root": "../" * min(path.count("/"), DEEPEST),
            "here": path,
            "live": False,
            "compare_path": compare_path,
        }
        return self._templates.get_template(template).render({**shared, **content}).encode()

    def _content(self, view: View, folder: str, name: str) -> tuple[str, dict[str, Any]] | None:
        """The template of a page and what goes into it."""
        match folder:
            case "" if name == "index":
                return "home.html", home(view)
            case "" if name == "rules":
                title, text = with_title(self._contest.rules, "Rules")
                return "rules.html", {"title": title, "text": text}
            case "" if name == "report" and view.snapshot.final:
                return "report.html", report(view, view.snapshot.final)
            case "" if name == "again" and view.snapshot.rescorings:
                return "again.html", again(view)
            case "track":
                board = next((one for one in view.boards if one.track.name == name), None)
                return ("track.html", track(view, board)) if board else None
            case "task" if name in view.config.tasks:
                return "task.html", task(view, name, self._samples_of(name))
            case "team" if name in view.snapshot.teams:
                return "team.html", team(view, name)
            case "compare":
                one, _, other = name.partition("--")
                if {one, other} <= set(view.snapshot.teams) and view.compared(one, other):
                    return "compare.html", compare(view, one, other)
        return None

    def _samples_of(self, name: str) -> Samples:
        if name not in self._samples:
            opened = open_task(self._contest.task(name).folder)  # one that forgets its tables after this
            self._samples[name] = make_samples(opened)
        return self._samples[name]
