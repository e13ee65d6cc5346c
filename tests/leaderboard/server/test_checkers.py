"""Files that end, stall or fill the process that reads them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from leaderboard.contest import Contest
from leaderboard.server.checkers import Checkers


@pytest.fixture
def checkers() -> Iterator[Checkers]:
    found = Checkers(2, seconds=20)
    yield found
    found.close()


def put_temporary_files(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here, for this process and those that it starts."""
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    monkeypatch.setenv("TMPDIR", str(place))


def processes() -> list[psutil.Process]:
    """The checkers of this process; other tests may have theirs."""
    found = []
    for one in psutil.Process().children():
        with contextlib.suppress(psutil.Error):  # it may end between two looks at it
            if "leaderboard.server.checker" in " ".join(one.cmdline()):
                found.append(one)
    return found


def test_good_files_and_bad_ones(checkers: Checkers, contest: Contest, made: Path) -> None:
    good = made / "answers" / "toy_matching.parquet"
    task = contest.task("toy_matching").folder
    assert checkers.faults(task, good, "toy_matching") == []
    [fault] = checkers.faults(task, made / "contest" / "rules.md", "toy_matching")[:1]
    assert set(fault) == {"code", "message", "count", "rows", "examples"}
    assert checkers.faults(None, good, "code")[0]["code"] == "not an archive"


def test_a_full_disk_is_no_fault_of_the_file(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "solution.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("solution.py", "def build(task):\n    return None\n")
        packed.writestr("weights.bin", bytes(5 * 10**6))
    put_temporary_files(small_disk, monkeypatch)
    found = Checkers(1)
    with pytest.raises(OSError, match="No space left"):
        found.faults(None, archive, "code")
    found.close()


@pytest.mark.slow
def test_a_process_that_was_killed_is_replaced(contest: Contest, made: Path) -> None:
    """While idle, and each time that it reads a certain file."""
    before, checkers = set(processes()), Checkers(1, seconds=20)
    good, task = made / "answers" / "toy_matching.parquet", contest.task("toy_matching").folder
    assert checkers.faults(task, good, "toy_matching") == []
    for own in set(processes()) - before:
        own.kill()
        own.wait()
    assert checkers.faults(task, good, "toy_matching") == []

    trap = made / "trap"  # opening a pipe that nobody writes to takes for ever
    os.mkfifo(trap)
    stop = threading.Event()

    def kill() -> None:
        while not stop.wait(0.05):
            for one in set(processes()) - before:
                if one.cpu_times().user > 0 and one.status() == psutil.STATUS_SLEEPING:
                    one.send_signal(signal.SIGSEGV)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        [fault] = checkers.faults(None, trap, "code")
    finally:
        stop.set()
        killer.join()
        trap.unlink()
    assert "ended the process" in fault["message"]
    assert checkers.faults(task, good, "toy_matching") == []
    checkers.close()
    assert not set(processes()) - before


def test_a_file_that_stalls_its_reader_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its reader is killed amid unpacking it."""
    place = tmp_path / "tmp"
    place.mkdir()
    put_temporary_files(place, monkeypatch)
    checkers = Checkers(1, seconds=5)
    trap = tmp_path / "trap"  # opening a pipe that nobody writes to takes for ever
    os.mkfifo(trap)
    [fault] = checkers.faults(None, trap, "code")
    assert (fault["code"], fault["message"]) == ("too slow", "Reading the file takes more than 5 s.")
    assert not list(place.iterdir())
    checkers.close()


@pytest.mark.parametrize("begun", [True, False])
def test_checkers_end_with_the_process_that_started_them(
    begun: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed, while one of them reads for ever, and while both still start."""
    put_temporary_files(tmp_path, monkeypatch)  # not where others left what it would first remove
    os.mkfifo(tmp_path / "trap")
    program = (
        "import sys, threading, pathlib; from leaderboard.server.checkers import Checkers; found = Checkers(2)\n"
        "threading.Thread(target=found.faults, args=(None, pathlib.Path(sys.argv[1]), 'code')).start()\n"
        "print('started', flush=True)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "trap")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"started\n"
        children = psutil.Process(parent.pid).children()
        assert len(children) == 2
        writer = _writer(tmp_path / "trap") if begun else None
        parent.kill()
    _, alive = psutil.wait_procs(children, timeout=30)
    assert not alive
    if writer is not None:
        os.close(writer)


def _writer(pipe: Path) -> int:
    """The end of a pipe that is written to, once somebody reads at the other."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            assert time.monotonic() < deadline, "nobody reads"
            time.sleep(0.1)
