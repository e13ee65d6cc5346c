"""A competition as one of its teams sees it: join, download, submit, look at the board, select.

contest = join("https://contest.example.org", token="cm_...")
contest.download()
task = contest.task("product_type")
contest.submit({"product_type": predictions}, note="first try", wait=True)
print(contest.leaderboard())
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmark.errors import UserError, unknown_name
from benchmark.files import temporary_folder
from benchmark.home import task_folder
from leaderboard.client.connection import Connection, faults_text, no_competition, required_url
from leaderboard.client.joined import NAME, Joined, find_joined
from leaderboard.client.plain import one_line
from leaderboard.client.progress import bars, spinner
from leaderboard.record.refusal import Refusal

if TYPE_CHECKING:
    import pandas as pd

    from benchmark.predictions import Predictions
    from benchmark.task import Task
    from leaderboard.client.downloading import Version

CODE = "code"
POLL_SECONDS = (0.3, 0.5, 1.0, 2.0, 5.0)


def join(url: str, token: str = "", insecure: bool = False) -> Competition:
    """Join the competition at `url` with the token of your team, and keep both on this machine.

    Without a token that in CLASSMARK_JOIN_TOKEN is taken. `insecure` lets the token travel in the clear.
    """
    url = required_url(url, insecure)
    token = (token or os.environ.get("CLASSMARK_JOIN_TOKEN", "")).strip()
    connection = Connection(url, token, patient=False)
    about = _about(connection)
    team = connection.get("/api/me")
    joined = Joined(
        name=about["name"],
        record=about["record"],
        title=one_line(about["title"]),
        url=url,
        team=one_line(team["team"]),
        team_name=one_line(team["name"]),
        since=datetime.now(UTC).isoformat(),
        tasks={},
        token=token,
    )
    contest = Competition(joined)
    contest.refresh()
    return contest


def open_competition(name: str = "") -> Competition:
    """A competition that was joined on this machine; without a name the last one."""
    return Competition(find_joined(name))


class Competition:
    """A competition that was joined. What the server says is asked anew each time."""

    def __init__(self, joined: Joined) -> None:
        self.joined = joined
        self._connection = Connection(joined.url, joined.token)

    def __repr__(self) -> str:
        return f"<Competition {self.joined.name} at {self.joined.url} as {self.joined.team_name}>"

    def about(self) -> dict[str, Any]:
        """Title, rules, phases, tracks, quota: what everybody is told."""
        return dict(self._connection.get("/api/competition"))

    def tasks(self) -> list[dict[str, Any]]:
        """What is asked, a record for each task."""
        return list(self._connection.get("/api/tasks"))

    def quota(self) -> dict[str, Any]:
        """How many submissions the team has used and has left, and when the day's count begins anew."""
        return dict(self._connection.get("/api/quota"))

    def refresh(self) -> dict[str, Version]:
        """Ask which tasks the competition has now, and keep the answer."""
        from leaderboard.client.downloading import listed_versions

        versions = listed_versions(self.tasks())
        self.joined = replace(self.joined, tasks={name: one.version for name, one in versions.items()})
        self.joined.save()
        return versions

    def download(self, tasks: Iterable[str] = (), into: Path | str | None = None) -> dict[str, Path]:
        """Download tasks, all unless some are named; what is here already is not downloaded again.

        With `into`, the starter and the rules are put there too; files of the starter that you have changed stay, and
        rules that differ are kept as rules.md.before. Returns the folder of each task.
        """
        from leaderboard.client.downloading import Changed, listed_files

        if into is not None and (Path(into) / "competition.toml").exists():
            raise UserError(
                "The rules and the starter would be put into the organizer's folder of a competition.",
                given=str(into),
                do="Choose another with --into.",
            )
        wanted = list(tasks)
        for last in (False, True):
            versions = self.refresh()
            for name in wanted:
                if name not in versions:
                    raise unknown_name("task in this competition", name, versions)
            listed = listed_files(self._connection.get("/api/data"))
            try:
                return self._download(wanted or list(versions), versions, listed, into)
            except Changed:
                if last:
                    raise
        raise AssertionError

    def task(self, name: str) -> Task:
        """A task that was downloaded."""
        from benchmark.task import open_task

        folder = self._folder(name)
        if not folder.exists():
            raise UserError(
                f"Task {name} is not on this machine yet.", do=f"classmark download --task {name}"
            )
        return open_task(folder)

    def submit(
        self, answers: Mapping[str, Predictions], note: str = "", wait: bool = False
    ) -> dict[str, Any]:
        """Hand in predictions, a frame or a file for each task that you answer; the receipt is kept and returned.

        Tasks that were downloaded are checked first: Refusal `invalid` lists all faults. The same files again give
        the same receipt. With `wait`, the receipt comes with its score.
        """
        from leaderboard.client.sending import as_file

        if not answers:
            raise UserError("A submission answers at least one task.", allowed=", ".join(self.joined.tasks))
        for name in answers:
            self._folder(name)
        with temporary_folder() as temporary:
            files = {name: as_file(name, given, temporary) for name, given in answers.items()}
            self.check(files)
            return self._hand_in(files, note, wait)

    def submit_code(self, solution: Path | str, note: str = "", wait: bool = False) -> dict[str, Any]:
        """Hand in a solution, which the organizer runs on every task that it supports: a folder, file or archive."""
        from leaderboard.client.packing import packed
        from leaderboard.scoring.archives import check_archive

        if not self.about()["code"]["allowed"]:
            raise Refusal("invalid", "This competition takes predictions, and no code.")
        if not Path(solution).exists():
            raise UserError(f"There is no solution {solution}.", do="Give a folder with solution.py.")
        with temporary_folder() as temporary:
            archive = packed(Path(solution), temporary / "solution.zip")
            if faults := check_archive(archive, temporary / "unpacked"):
                _refuse({CODE: [fault.as_dict() for fault in faults]}, 1)
            return self._hand_in({CODE: archive}, note, wait)

    def check(self, files: Mapping[str, Path]) -> list[str]:
        """Check predictions against the tasks that were downloaded; returns the names of the others.

        Refusal `invalid` lists the faults of all files.
        """
        from benchmark.checking import check

        faults, unchecked = {}, []
        for name, path in files.items():
            if not self._folder(name).exists():
                unchecked.append(name)
            elif found := check(self.task(name), path).faults:
                faults[name] = [fault.as_dict() for fault in found]
        if faults:
            _refuse(faults, len(files))
        return unchecked

    def wait_for(self, submission: str) -> dict[str, Any]:
        """The submission once it has been scored."""
        waits = iter(POLL_SECONDS)
        with spinner("Accepted; waiting for the score. Ctrl-C stops waiting, not the scoring."):
            while True:
                found = dict(self._connection.get(f"/api/submissions/{submission}"))
                if found["status"] != "queued":
                    return found
                time.sleep(next(waits, POLL_SECONDS[-1]))

    def submissions(self) -> list[dict[str, Any]]:
        """The team's submissions as the server has them, newest first: receipt, status, score."""
        return list(self._connection.get("/api/submissions"))

    def lost_receipts(self, submissions: Iterable[Mapping[str, Any]]) -> list[str]:
        """Submissions whose kept receipts the server's list contradicts: it should hold each one unchanged."""
        listed = {one["submission"]: one for one in submissions}
        return [
            name
            for name, kept in self.joined.kept_receipts().items()
            if kept["team"] == self.joined.team
            and any(listed.get(name, {}).get(key) != value for key, value in kept.items())
        ]

    def history(self) -> pd.DataFrame:
        """The team's submissions, newest first: a column for each track's score."""
        import pandas as pd

        from leaderboard.client.unscored import word

        selected, tracks = self.selection(), [track["name"] for track in self.about()["tracks"]]
        rows = [
            one
            | {"status": word(one), "selected": one["submission"] in selected}
            | (one["score"]["tracks"] if one["score"] else {})
            for one in self.submissions()
        ]
        frame = pd.DataFrame(rows, columns=["submission", "time", "note", "status", "selected", *tracks])
        return frame.assign(time=pd.to_datetime(frame["time"], utc=True))

    def boards(self) -> dict[str, Any]:
        """The boards of all tracks as the server spells them."""
        return dict(self._connection.get("/api/leaderboard"))

    def leaderboard(self) -> pd.DataFrame:
        """The boards of all tracks as one frame, best first; baselines have no rank."""
        import pandas as pd

        columns = ["rank", "team", "name", "baseline", "score", "low", "high", "answered", "asked", "time"]
        rows = [
            {"track": board["name"], **{column: row[column] for column in columns}}
            for board in self.boards()["tracks"]
            for row in board["rows"]
        ]
        frame = pd.DataFrame(rows, columns=["track", *columns])
        return frame.astype({"rank": "Int64"}).assign(time=pd.to_datetime(frame["time"], utc=True))

    def selection(self) -> list[str]:
        """The submissions that count on the private part; none: the best one on the public part does."""
        return list(self._connection.get("/api/selection")["submissions"])

    def select(self, submissions: Iterable[str]) -> list[str]:
        """Choose the submissions that count on the private part, by their ids or the beginnings of these."""
        wanted = list(submissions)
        known = [one["submission"] for one in self.submissions()] if wanted else []
        chosen = {"submissions": [_whole_id(text, known) for text in wanted]}
        return list(self._connection.put("/api/selection", chosen)["submissions"])

    def _folder(self, task: str) -> Path:
        if task not in self.joined.tasks:
            raise unknown_name("task in this competition", task, self.joined.tasks)
        return task_folder(task, self.joined.tasks[task])

    def _download(
        self, wanted: list[str], versions: dict[str, Version], listed: list[Any], into: Path | str | None
    ) -> dict[str, Path]:
        from leaderboard.client.downloading import alone, fetch, place, replace_file

        by_task = {one.task: one for one in listed}
        extras = [one for one in listed if one.task is None] if into is not None else []
        downloads = self.joined.folder / "downloads"
        with alone(downloads), bars() as shown:
            missing = [name for name in wanted if versions[name].find() is None]
            for name in missing:
                if name not in by_task:
                    raise UserError(f"The server offers no data for {name}.", do="Tell the organizer.")
            files = [*(by_task[name] for name in missing), *extras]
            advances = {one.file: shown.begin(one.file, one.size) for one in files}
            for name in missing:
                archive = fetch(self._connection, by_task[name], downloads, advances[by_task[name].file])
                versions[name].unpack(archive)
                archive.unlink()
            for one in extras:
                path = fetch(self._connection, one, downloads, advances[one.file])
                target = Path(into or ".")
                if path.name.endswith(".zip.part"):
                    place(path, target / one.file.removesuffix(".zip"))
                else:
                    replace_file(target / one.file, path.read_bytes())
                path.unlink()
        return {name: versions[name].folder for name in wanted}

    def _hand_in(self, files: Mapping[str, Path], note: str, wait: bool) -> dict[str, Any]:
        from leaderboard.client.sending import send

        receipt = send(self._connection, files, note)
        self.joined.keep_receipt(receipt)
        return self.wait_for(receipt["submission"]) if wait else receipt


def _about(connection: Connection) -> dict[str, Any]:
    """What a server says of its competition. UserError where it has none."""
    try:
        about = connection.get("/api/competition")
    except Refusal as error:
        if error.code != "unknown":
            raise
        about = None
    if not isinstance(about, dict) or not NAME.fullmatch(str(about.get("name"))):
        raise no_competition(connection.url)
    return about


def _refuse(faults: dict[str, list[dict[str, Any]]], count: int) -> None:
    raise Refusal(
        "invalid",
        f"{len(faults)} of {count} files have faults; nothing was submitted." + faults_text(faults),
        do="Mend them and submit again.",
        faults=faults,
    )


def _whole_id(text: str, known: list[str]) -> str:
    """The id that begins with a text. UserError where none does, or several do."""
    found = [one for one in known if one.startswith(text)]
    if text in known or len(found) == 1:
        return text if text in known else found[0]
    if found:
        raise UserError(f"Several submissions begin with {text!r}.", allowed=", ".join(found[:5]), given=text)
    raise unknown_name("submission of your team", text, known[:10])
