"""Nothing is half-written."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmark.files import folder_digest, new_folder, temporary_folder, write_bytes, write_json


def test_a_folder_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "a" / "task"

    def fail() -> None:
        with new_folder(target) as draft:
            (draft / "half").write_text("x")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        fail()
    assert list(target.parent.iterdir()) == []
    with new_folder(target) as draft:
        (draft / "whole").write_text("x")
        assert not target.exists()
    assert [path.name for path in target.iterdir()] == ["whole"]


@pytest.mark.parametrize(("replace", "kept"), [(False, "first"), (True, "second")])
def test_the_first_folder_stays_unless_replaced(tmp_path: Path, replace: bool, kept: str) -> None:
    for content in ("first", "second"):
        with new_folder(tmp_path / "t", replace=replace) as draft:
            (draft / "file").write_text(content)
    assert (tmp_path / "t" / "file").read_text() == kept
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    write_bytes(tmp_path / "f.json", b"old")
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "f.json", {"x": float("nan")})
    with pytest.raises(TypeError):
        write_bytes(tmp_path / "f.json", "not bytes")  # type: ignore[arg-type]
    assert (tmp_path / "f.json").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_folder_digest_is_the_documented_one(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "b").write_bytes(b"2")
    (tmp_path / "a").write_bytes(b"1")
    lines = sorted(f"{hashlib.sha256(c).hexdigest()}  {n}\n" for n, c in (("s/b", b"2"), ("a", b"1")))
    assert folder_digest(tmp_path) == hashlib.sha256("".join(lines).encode()).hexdigest()


HOLDS = """
import subprocess, sys, time
from pathlib import Path
from benchmark.files import new_folder, temporary_folder
place = Path(sys.argv[1])
with temporary_folder(place) as folder, new_folder(place / "task") as draft:
    (folder / "deep" / "closed").mkdir(parents=True)
    (folder / "deep").chmod(0)
    (draft / "secret").write_text("x")
    subprocess.Popen(["sleep", "60"])
    print(folder, draft.parent, flush=True)
    time.sleep(60)
"""


@contextmanager
def holder(place: Path) -> Iterator[tuple[subprocess.Popen[str], list[Path]]]:
    """A process with two unfinished folders, and a child; all of them are killed at the end."""
    command = [sys.executable, "-c", HOLDS, str(place)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    try:
        yield process, [Path(path) for path in process.stdout.readline().split()]
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in (".task-backup.unfinished", ".task-abcdefgh", "task-abcdefgh.unfinished.d"):
        (tmp_path / name).mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link-abcdefgh.unfinished").symlink_to(tmp_path / "elsewhere")
    if os.geteuid() == 0:
        (tmp_path / "other-abcdefgh.unfinished").mkdir()
        os.chown(tmp_path / "other-abcdefgh.unfinished", 4242, 4242)
    others = set(tmp_path.iterdir())
    with holder(tmp_path) as (killed, abandoned), holder(tmp_path) as (_, held):
        assert set(tmp_path.iterdir()) == {*others, *abandoned, *held}
        killed.kill()  # its child lives on
        killed.wait()
        with temporary_folder(tmp_path) as own:
            assert set(tmp_path.iterdir()) == {*others, *held, own}
    with new_folder(tmp_path / "task"):
        pass
    assert set(tmp_path.iterdir()) == {*others, tmp_path / "task"}


def test_processes_that_make_folders_at_once_keep_theirs(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from benchmark.files import temporary_folder
for _ in range(100):
    with temporary_folder(Path(sys.argv[1])) as folder:
        (folder / "file").write_text("x")
        assert (folder / "file").read_text() == "x"
"""
    processes = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(4)]
    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    assert list(tmp_path.iterdir()) == []
