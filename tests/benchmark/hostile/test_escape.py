"""Attempts to get out of the sandbox, each a real one; none succeeds, none hurts the runner or a neighbour run."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from hostile import BUDGET, MODEL, attempt, log, refused

from benchmark import usage
from benchmark.budget import Budget
from benchmark.errors import UserError
from benchmark.home import hidden_folder, results_folder
from benchmark.records import Record
from benchmark.run import Run, execute
from benchmark.runner import plan, run_all
from benchmark.sandbox import WORK, sandbox
from benchmark.solutions import load_solution
from benchmark.task import Task

pytestmark = [
    pytest.mark.skipif(not sandbox()[0], reason=sandbox()[1]),
    pytest.mark.xdist_group("escape"),
]


def test_hidden_labels_by_their_path(task: Task, tmp_path: Path) -> None:
    path = hidden_folder(task.name, task.version) / "labels.parquet"
    assert path.is_file()
    assert "No such file" in refused(f"open({str(path)!r}, 'rb')", task, tmp_path)


def test_hidden_labels_through_proc(task: Task, tmp_path: Path) -> None:
    """No process but the solution's own is there, and their roots, descriptors and folders lead nowhere else."""
    path = hidden_folder(task.name, task.version) / "labels.parquet"
    record = attempt(
        f"""
        import os
        own = [name for name in os.listdir("/proc") if name.isdigit()]
        print("processes", len(own), "me", os.getpid())
        for pid in own:
            for way in (f"/proc/{{pid}}/root", f"/proc/{{pid}}/cwd/../../../../.."):
                try:
                    print("SUCCEEDED", open(way + {str(path)!r}, "rb").read(4))
                except OSError as error:
                    print(error)
            try:
                for fd in os.listdir(f"/proc/{{pid}}/fd"):
                    print("fd", os.readlink(f"/proc/{{pid}}/fd/{{fd}}"))
            except OSError as error:
                print(error)
        """,
        task,
        tmp_path,
    )
    assert record.run["status"] == "ok", record.run["reason"]
    assert "SUCCEEDED" not in log(record)
    assert "processes 2 me 2" in log(record)
    opened = {line.split()[1] for line in log(record).splitlines() if line.startswith("fd ")}
    harmless = ("/dev/null", "/proc/", "anon_inode", "pipe:", f"{WORK}/")
    assert not [name for name in opened if not name.startswith(harmless) and "log.txt" not in name]


def test_other_runs_and_homes_are_not_listed(task: Task, tmp_path: Path) -> None:
    results_folder().mkdir(parents=True, exist_ok=True)
    (results_folder() / "of-a-rival").touch()
    record = attempt(
        """
        import os
        for parent, folders, files in os.walk("/"):
            folders[:] = [name for name in folders if os.path.join(parent, name) not in
                          ("/proc", "/usr", "/dev", "/classmark/code") and not name.startswith("python3")]
            if "of-a-rival" in files or "labels.parquet" in files:
                print("SUCCEEDED", parent)
        print("walked")
        print("root", sorted(os.listdir("/")), "tmp", os.listdir("/tmp"))
        """,
        task,
        tmp_path,
    )
    assert record.run["status"] == "ok", record.run["reason"]
    assert "walked" in log(record)
    assert "SUCCEEDED" not in log(record)
    ours = Path(sys.prefix).parts[2:3] if Path(sys.prefix).is_relative_to("/tmp") else ()
    assert f"tmp {list(ours)}" in log(record)


def test_nothing_is_inherited(task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "do-not-tell")
    record = attempt(
        """
        import getpass, os
        print(dict(os.environ))
        print("I am", getpass.getuser(), os.getuid(), "at", os.uname().nodename, os.path.expanduser("~"))
        """,
        task,
        tmp_path,
    )
    assert "do-not-tell" not in log(record)
    assert "I am solution 1000 at classmark /classmark/work" in log(record)


def test_no_network(task: Task, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        said = refused(f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)", task, tmp_path)
        assert "Connection refused" in said
    said = refused("import socket; socket.create_connection(('192.0.2.1', 80), 5)", task, tmp_path)
    assert "unreachable" in said
    assert "resolution" in refused("import socket; socket.getaddrinfo('pypi.org', 443)", task, tmp_path)


@pytest.mark.parametrize("abstract", [False, True])
def test_no_unix_socket_of_the_host(abstract: bool, task: Task, tmp_path: Path) -> None:
    name = f"\0classmark-{os.getpid()}" if abstract else str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        refused(f"import socket; socket.socket(socket.AF_UNIX).connect({name!r})", task, tmp_path)


def test_a_fork_bomb_leaves_a_neighbour_alone(task: Task, tmp_path: Path) -> None:
    neighbour = (tmp_path / "neighbour.py").absolute()
    neighbour.write_text(
        "def attempt():\n    import time; time.sleep(6); import os; os.fork() or os._exit(0)\n" + MODEL
    )
    calm = Run(load_solution(str(neighbour)), task, 0, BUDGET)
    found: list[Record] = []
    beside = threading.Thread(
        target=lambda: found.extend(
            run_all([calm], tmp_path / "n", 1, "local", False, lambda run, record: None)
        )
    )
    beside.start()
    record = attempt(
        """
        import os, time
        made = 0
        try:
            while True:
                if os.fork() == 0:
                    time.sleep(60)
                    os._exit(0)
                made += 1
        except OSError as error:
            print("refused after", made, error, flush=True)
            os._exit(7)
        """,
        task,
        tmp_path,
        Budget(40, 10**12, 1, 10**8),
    )
    if os.geteuid() == 0:
        assert record.run["reason"] == "exit code 7"
        assert int(log(record).split("refused after ")[1].split()[0]) < 1100
    else:
        assert record.run["reason"] == "stopped above 1,024 processes"
    beside.join()
    assert found[0].run["status"] == "ok", found[0].run["reason"]


def test_a_fork_bomb_that_never_ends_is_ended(task: Task, tmp_path: Path) -> None:
    source = """
    import os
    while True:
        try:
            os.fork()
        except OSError:
            pass
    """
    record = attempt(source, task, tmp_path, Budget(6, 10**9, 1, 10**8))
    assert record.run["status"] in ("timeout", "memory") or "processes" in record.run["reason"]
    assert record.run["seconds"]["total"] < 40


def test_a_sparse_file_of_200_gigabytes(task: Task, tmp_path: Path) -> None:
    assert "File too large" in refused("open('sparse', 'wb').truncate(200 * 10**9)", task, tmp_path)
    assert "File too large" in refused("open('/tmp/sparse', 'wb').truncate(200 * 10**9)", task, tmp_path)


def test_other_cores_than_its_own(task: Task, tmp_path: Path) -> None:
    source = """
    import os
    given = os.sched_getaffinity(0)
    assert len(given) == 1
    os.sched_setaffinity(0, range(os.cpu_count()))
    """
    assert "Function not implemented" in refused(source, task, tmp_path)


def test_models_of_the_hub_are_seen_and_nothing_beside_them(
    task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = tmp_path / "huggingface" / "hub"
    for name in ("models--org--net", "datasets--org--private"):
        (hub / name).mkdir(parents=True)
        (hub / name / "file").write_text(f"content of {name}")
    (tmp_path / "huggingface" / "token").write_text("hf_secret")
    tmp_path.chmod(0o755)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "huggingface"))
    source = """
    import os
    for folder, folders, files in os.walk(os.environ["HF_HOME"]):
        print(folder, sorted(folders), sorted(files))
    print(open(os.environ["HF_HOME"] + "/hub/models--org--net/file").read())
    open(os.environ["HF_HOME"] + "/hub/models--org--net/file", "a")
    """
    seen = refused(source, task, tmp_path)
    assert "content of models--org--net" in seen
    assert "/classmark/huggingface/hub ['models--org--net'] []" in seen
    assert "/classmark/huggingface ['hub'] []" in seen


MEMORY_BOMBS = [
    "x = []\nwhile True: x.append(bytearray(10**7))",
    "x = bytearray(50 * 10**9)",
    "import mmap\nx = mmap.mmap(-1, 50 * 10**9)\nfor i in range(0, len(x), 4096): x[i] = 1",
    """
    import os, time
    for _ in range(20):
        if os.fork() == 0:
            x = bytearray(2 * 10**8)
            for i in range(0, len(x), 4096): x[i] = 1
            time.sleep(60)
    time.sleep(60)
    """,
    """
    import os, time
    files = [os.memfd_create(str(i)) for i in range(2000)]
    for file in files:
        os.write(file, bytes(10**8))
    time.sleep(60)
    """,
]


@pytest.mark.parametrize("bomb", MEMORY_BOMBS)
def test_memory_bombs(bomb: str, task: Task, tmp_path: Path) -> None:
    held = [0]
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            held.append(usage.resident(usage.group(os.getpid())[1:]))

    watcher = threading.Thread(target=watch)
    watcher.start()
    record = attempt(bomb, task, tmp_path)
    stop.set()
    watcher.join()
    assert record.run["status"] == "memory" or "OSError: [Errno" in record.run["reason"]
    assert max(held) < 8 * 10**9


def test_shared_memory_is_bounded(task: Task, tmp_path: Path) -> None:
    record = attempt(
        """
        import os
        print("shm", os.statvfs("/dev/shm").f_blocks * os.statvfs("/dev/shm").f_frsize)
        try:
            open("/dev/x", "w").write("x")
            print("SUCCEEDED")
        except OSError as error:
            print(error)
        """,
        task,
        tmp_path,
    )
    assert "SUCCEEDED" not in log(record)
    assert int(log(record).split("shm ")[1].split()[0]) <= 2 * 2**30


def test_ignoring_sigterm(task: Task, tmp_path: Path) -> None:
    source = """
    import signal, time
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    time.sleep(60)
    """
    record = attempt(source, task, tmp_path, Budget(3, 10**9, 1, 10**8))
    assert record.run["status"] == "timeout"
    assert record.run["seconds"]["total"] < 20


@pytest.mark.parametrize("place", ["/escaped", "/usr/escaped", "/classmark/code/benchmark/worker.py", "/etc/passwd",
                                   "/home/escaped", "{executable}"])  # fmt: skip
def test_writing_outside(place: str, task: Task, tmp_path: Path) -> None:
    refused(f"open({place.format(executable=sys.executable)!r}, 'r+b' if {place.startswith('/classmark')} else 'ab')",
            task, tmp_path)  # fmt: skip


def test_a_daemon_is_not_left_behind(task: Task, tmp_path: Path) -> None:
    record = attempt(
        """
        import os, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(300)
            os._exit(0)
        """,
        task,
        tmp_path,
    )
    assert record.run["status"] == "ok"


def test_a_folder_of_endless_depth(task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    source = """
    import os
    for _ in range(3000):
        os.mkdir("d")
        os.chdir("d")
    os.chdir("/classmark/work")
    """
    assert attempt(source, task, tmp_path).run["status"] == "ok"
    assert not list(tmp_path.glob("classmark-*"))


def test_new_namespaces_and_mounts(task: Task, tmp_path: Path) -> None:
    source = """
    import ctypes, os
    library = ctypes.CDLL(None, use_errno=True)
    for flag in (0x10000000, 0x20000, 0x40000000):
        if library.unshare(flag) == 0:
            print("SUCCEEDED", hex(flag))
    if library.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0:
        print("SUCCEEDED mount")
    try:
        os.setuid(0)
        print("SUCCEEDED setuid")
    except OSError as error:
        print(error)
    """
    record = attempt(source, task, tmp_path)
    assert record.run["status"] == "ok", record.run["reason"]
    assert "SUCCEEDED" not in log(record)


def test_a_module_named_like_one_of_ours(task: Task, tmp_path: Path) -> None:
    """In the folder of a solution and in the work folder: it hides neither the suite's nor an installed module."""
    folder = tmp_path / "shadow"
    folder.mkdir()
    for name in ("benchmark", "pandas", "json", "worker"):
        (folder / f"{name}.py").write_text("print('SUCCEEDED')")
    (folder / "solution.py").write_text(
        "def attempt():\n    import shutil\n    shutil.copytree('solution', '.', dirs_exist_ok=True)\n"
        "    import benchmark.tables, pandas, json\n    print('from', benchmark.tables.__file__)\n" + MODEL
    )
    run = Run(load_solution(str(folder)), task, 0, BUDGET)
    [record] = run_all([run], tmp_path / "results", 1, "local", False, lambda run, record: None)
    assert record.run["status"] == "ok", record.run["reason"]
    assert "SUCCEEDED" not in log(record)
    assert "from /classmark/code/benchmark/tables.py" in log(record)


def test_without_a_sandbox_foreign_code_is_refused(
    task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine without bubblewrap: the install command for foreign code; a baseline runs, and says so."""
    path = tmp_path / "mine.py"
    path.write_text("def attempt(): pass\n" + MODEL)
    sandbox.cache_clear()
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(tmp_path))
        with pytest.raises(UserError, match="apt install bubblewrap") as refused:
            plan([load_solution(str(path))], [task], [0], None, BUDGET)
        assert "--trust" in str(refused.value)
        runs = plan([load_solution("constant")], [task], [0], None, BUDGET)
        runs += plan([load_solution(str(path))], [task], [0], None, BUDGET, trusted=True)
    records = run_all(runs, tmp_path / "results", 1, "local", False, lambda run, record: None)
    sandbox.cache_clear()
    assert [(record.run["status"], record.run["sandbox"]) for record in records] == [("ok", ""), ("ok", "")]


@pytest.mark.parametrize("place", [sys.prefix, "/usr/local/lib", "/etc/ssl"])
def test_home_within_what_solutions_see_is_refused(
    place: str, task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(load_solution("constant"), task, 0, BUDGET)
    monkeypatch.setenv("CLASSMARK_HOME", str(Path(place) / "classmark"))
    with pytest.raises(UserError, match="which solutions can see"):
        execute(run, tmp_path / "results", [0], threading.Event())
    assert not (Path(place) / "classmark").exists()
