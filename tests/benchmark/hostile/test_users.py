"""The limits hold whoever runs the solutions: root with a closed umask, or a user who runs many things already."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from hostile import BUDGET, MODEL, attempt, log
from other_user import run_as_user
from toys import toy_task

from benchmark.run import Run
from benchmark.runner import run_all
from benchmark.sandbox import sandbox
from benchmark.solutions import load_solution
from benchmark.task import Task

pytestmark = [
    pytest.mark.skipif(not sandbox()[0], reason=sandbox()[1]),
    pytest.mark.xdist_group("escape"),
]

SETTING = """
import sys, threading, time
from benchmark.budget import Budget
from benchmark.files import temporary_folder
from benchmark.process import run_limited
from benchmark.sandbox import Room, interpreter_mounts

def run(source):
    room = Room(interpreter_mounts(sys.base_prefix, sys.prefix))
    budget = Budget(200, 10**11, 1, 3 * 10**7)
    with temporary_folder() as folder:
        work = folder / "work"
        work.mkdir()
        command = [sys.executable, "-c", source]
        done = run_limited(command, work, folder / "log", budget, [0], threading.Event(), room, {})
    print(done.over or done.exit_code, "left" if folder.exists() else "gone", flush=True)
"""


def test_a_closed_umask_of_root(tmp_path: Path) -> None:
    """A run reads its files, its modules and the pictures, though only root may read what root writes."""
    before = os.umask(0o077)
    try:
        folder = tmp_path / "mine"
        folder.mkdir()
        (folder / "helper.py").write_text("words = 'helped'")
        (folder / "solution.py").write_text(
            "def attempt():\n    import helper, os\n    print(helper.words, len(os.listdir('/classmark/vectors')))\n"
            "    for name in os.listdir('images'): open(f'images/{name}', 'rb').read()\n" + MODEL
        )
        run = Run(load_solution(str(folder)), toy_task("classification"), 0, BUDGET)
        [record] = run_all([run], tmp_path / "results", 1, "local", False, lambda run, record: None)
    finally:
        os.umask(before)
    assert record.run["status"] == "ok", record.run["reason"]
    assert "helped 0" in log(record)


KILLED_WHILE_IT_OPENS_PICTURES = """
import os, pathlib, signal, sys
from benchmark.home import task_folder
from benchmark.scene import sandboxed
from benchmark.task import open_task

real, opened = pathlib.Path.chmod, []

def chmod(path, mode):
    real(path, mode)
    opened.append(path)
    if len(opened) == 5:
        os.kill(os.getpid(), signal.SIGKILL)

pathlib.Path.chmod = chmod
sandboxed(open_task(task_folder("toy_classification", "1.0.0")), None)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's runs become other users")
def test_pictures_are_all_open_after_a_runner_was_killed_while_it_opened_them(
    task: Task, tmp_path: Path
) -> None:
    pictures = task.folder / "images"
    for path in pictures.iterdir():
        path.chmod(0o600)
    pictures.chmod(0o700)
    killed = subprocess.run([sys.executable, "-c", KILLED_WHILE_IT_OPENS_PICTURES])
    assert killed.returncode == -signal.SIGKILL
    look = "import os\nfor name in os.listdir('images'): open(f'images/{name}', 'rb').read()\n"
    record = attempt(look, task, tmp_path)
    assert record.run["status"] == "ok", record.run["reason"]


def test_a_user_who_runs_many_things() -> None:
    source = """
    for _ in range(1500):
        threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
    run("import threading; t = threading.Thread(target=print); t.start(); t.join()")
    """
    assert run_as_user(SETTING + dedent(source)) == "0 gone\n"


def test_a_fork_bomb_leaves_the_user_alone() -> None:
    """The kernel counts what a user runs in all, so a run that makes too many processes is ended; others go on."""
    source = """
    fork = "import os, time\\ndef fork():\\n try: return os.fork()\\n except OSError: return time.sleep(0.1) or 1\\n"
    calm = fork + "for _ in range(100): fork() or os._exit(0); time.sleep(0.1)"
    neighbour = threading.Thread(target=run, args=[calm])
    neighbour.start()
    run(fork + "while True: fork() or time.sleep(200)")
    neighbour.join()
    """
    said = run_as_user(SETTING + dedent(source))
    assert sorted(said.splitlines()) == ["0 gone", "processes gone"]


def test_folders_that_are_closed_to_their_own_user() -> None:
    """What cannot be looked into counts as too much, and is removed all the same."""
    source = """
    run('''if True:
        import os, time
        os.makedirs("closed/inner")
        for i in range(3):
            open(f"closed/inner/{i}", "wb").write(bytes(2 * 10**7))
        os.chmod("closed/inner", 0o300)
        os.chmod("closed", 0)
        time.sleep(8)
    ''')
    """
    assert run_as_user(SETTING + dedent(source)) == "disk gone\n"


def test_open_files_that_their_user_may_not_look_at() -> None:
    source = """
    run("import ctypes, time; ctypes.CDLL(None).prctl(4, 0); time.sleep(8)")
    """
    assert run_as_user(SETTING + dedent(source)) == "disk gone\n"
