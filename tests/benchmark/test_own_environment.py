"""Environments of solutions: built by real installers from a small index, in the sandbox and bare."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from wheels import only_index, write_source, write_wheel

from benchmark import own_environment
from benchmark.errors import UserError
from benchmark.home import environments_folder
from benchmark.own_environment import BuildFailed, IndexAway, OwnEnvironment, environment_for
from benchmark.sandbox import sandbox

WAYS = [
    pytest.param(True, id="sandboxed", marks=pytest.mark.skipif(not sandbox()[0], reason=sandbox()[1])),
    pytest.param(False, id="bare"),
]


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only index that the installers know."""
    folder = only_index(tmp_path / "index", monkeypatch)
    write_wheel(folder, "pandas", "3.0.0", needs=("Small_Numbers",))
    write_wheel(folder, "pyarrow", "25.0.0")
    write_wheel(folder, "small_numbers", "1.2")
    write_wheel(folder, "leaf", "1.0")
    write_wheel(folder, "leaf", "2.0")
    return folder


def build(*requirements: str, sandboxed: bool = False, said: list[str] | None = None) -> OwnEnvironment:
    told = said if said is not None else []
    return environment_for(requirements, sandboxed, threading.Event(), told.append)


def need(tool: str) -> None:
    if tool == "uv" and not shutil.which("uv", path=f"{sys.prefix}/bin{os.pathsep}{os.environ['PATH']}"):
        pytest.skip("uv is not installed")


def output(environment: OwnEnvironment, *command: str) -> str:
    program = str(environment.folder / "bin" / command[0])
    return subprocess.run([program, *command[1:]], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("sandboxed", WAYS)
def test_it_holds_what_was_asked_for_and_what_the_worker_needs(sandboxed: bool) -> None:
    said: list[str] = []
    environment = build("Leaf<2", sandboxed=sandboxed, said=said)
    assert environment.packages == {
        "leaf": "1.0",
        "pandas": "3.0.0",
        "pyarrow": "25.0.0",
        "small-numbers": "1.2",
    }
    assert output(environment, "python", "-c", "import leaf; leaf.main()") == "leaf 1.0"
    assert output(environment, "leaf") == "leaf 1.0"  # scripts work where the environment came to stand
    assert list(environment.folder.rglob("leaf.*.pyc"))
    [line] = said
    assert line.startswith("building an environment with leaf<2, pandas>=")


def test_another_user_may_enter_it() -> None:
    """Run by root, each run is a user of its own; root's umask says nothing of them."""
    before = os.umask(0o077)
    try:
        environment = build("leaf")
    finally:
        os.umask(before)
    assert environment.folder.stat().st_mode & 0o055 == 0o055


def test_it_stands_alone() -> None:
    path = output(build("leaf"), "python", "-c", "import sys; print(*sys.path, sep='\\n')").splitlines()
    assert not [folder for folder in path if folder.startswith(sys.prefix)]


def test_what_is_built_is_found_again_without_asking_anyone(index: Path) -> None:
    first = build("leaf", "pandas>=2")
    shutil.rmtree(index)
    said: list[str] = []
    found = build("pandas >= 2", "LEAF", "leaf", said=said)
    assert (found, said) == (first, [])
    assert found.as_dict() == {"digest": first.digest, "packages": first.packages}


def test_other_requirements_are_another_environment() -> None:
    old, new = build("leaf==1.0"), build("leaf==2.0")
    assert (old.packages["leaf"], new.packages["leaf"]) == ("1.0", "2.0")
    assert old.digest != new.digest


@pytest.mark.parametrize("sandboxed", WAYS)
def test_a_source_package_is_refused_and_its_setup_never_runs(
    sandboxed: bool, index: Path, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    write_source(
        index, "stone", "1.0", f"open({str(marker)!r}, 'w')\nfrom setuptools import setup\nsetup()\n"
    )
    with pytest.raises(BuildFailed, match=r"(?s)stone.*source packages are refused.*stone") as caught:
        build("stone", sandboxed=sandboxed)
    assert "stone" in caught.value.reason
    assert not marker.exists()
    assert not list(environments_folder().iterdir())


def test_no_code_of_a_package_runs_while_it_is_installed(index: Path, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    write_wheel(index, "thorn", "1.0", thorn_pth=f"import pathlib; pathlib.Path({str(marker)!r}).touch()\n")
    environment = build("thorn")
    assert not marker.exists()
    output(environment, "python", "-c", "pass")
    assert marker.exists()  # such code runs with the interpreter, which solutions get in the sandbox only


@pytest.mark.parametrize("sandboxed", WAYS)
def test_a_failure_says_why_and_leaves_nothing(sandboxed: bool) -> None:
    with pytest.raises(BuildFailed, match=r"(?s)No environment could be built for leaf>=3.*leaf>=3"):
        build("leaf>=3", sandboxed=sandboxed)
    assert not list(environments_folder().iterdir())


def test_stopping_leaves_nothing() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(KeyboardInterrupt):
        environment_for(["leaf"], False, stop, print)
    assert not list(environments_folder().iterdir())


def test_threads_build_once() -> None:
    said: list[str] = []
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: build("leaf", said=said), range(4)))
    assert len(said) == 1
    assert len(set(found)) == 1


def test_processes_that_build_at_once_agree() -> None:
    code = """
        import threading
        from benchmark.own_environment import environment_for
        print(environment_for(["leaf"], False, threading.Event(), lambda line: None).folder)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    folders = {process.communicate()[0].strip() for process in processes}
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert folders == {str(path) for path in environments_folder().iterdir()}
    assert len(folders) == 1


@pytest.mark.parametrize("sandboxed", WAYS)
def test_settings_come_from_the_machine_s_files_too(
    sandboxed: bool, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_FIND_LINKS")
    settings = tmp_path / "pip.conf"
    settings.write_text(f"[install]\nfind-links =\n    {index}\n    {tmp_path}/nowhere\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    assert build("leaf", sandboxed=sandboxed).packages["leaf"] == "2.0"


@pytest.fixture
def server(index: Path) -> Iterator[str]:
    """The index over HTTP."""
    for wheel in index.glob("*.whl"):
        pages = index / "simple" / wheel.name.split("-")[0].replace("_", "-")
        pages.mkdir(parents=True, exist_ok=True)
        with (pages / "index.html").open("a") as page:
            page.write(f'<a href="/{wheel.name}">{wheel.name}</a>\n')
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(index))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}/simple"
        served.shutdown()


@pytest.mark.parametrize("sandboxed", WAYS)
@pytest.mark.parametrize("tool", ["pip", "uv"])
def test_packages_come_over_the_network(
    sandboxed: bool, tool: str, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    need(tool)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv(f"{tool.upper()}_INDEX_URL", server)
    environment = build("leaf", sandboxed=sandboxed)
    assert environment.packages["leaf"] == "2.0"
    assert output(environment, "leaf") == "leaf 2.0"
    [installer] = environment.folder.glob("lib/python*/site-packages/leaf-*.dist-info/INSTALLER")
    assert installer.read_text().strip() == tool
    assert list(environment.folder.rglob("leaf.*.pyc"))


@pytest.mark.parametrize("sandboxed", WAYS)
def test_an_index_that_is_away_is_no_fault_of_the_requirements(
    sandboxed: bool, index: Path, tmp_path: Path
) -> None:
    index.rename(tmp_path / "away")
    index.mkdir()
    with pytest.raises(IndexAway, match=r"(?s)without pandas and pyarrow.*pandas"):
        build("leaf", sandboxed=sandboxed)
    assert not list(environments_folder().iterdir())
    index.rmdir()
    (tmp_path / "away").rename(index)
    assert build("leaf", sandboxed=sandboxed).packages["leaf"] == "2.0"


@pytest.mark.parametrize("tool", ["pip", "uv"])
def test_an_index_that_cannot_be_reached_is_away(tool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    need(tool)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv(f"{tool.upper()}_INDEX_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}/simple")
        with pytest.raises(IndexAway):
            build("leaf")


def test_one_of_several_indexes_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """pip then says that there is no such package; what every environment needs it found elsewhere."""

    class Answers(http.server.BaseHTTPRequestHandler):
        code = 502

        def do_GET(self) -> None:
            self.send_error(self.code)

    monkeypatch.delenv("PIP_NO_INDEX")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{served.server_port}/simple")
        with pytest.raises(IndexAway, match="502 Server Error"):
            build("elsewhere")
        Answers.code = 404
        with pytest.raises(BuildFailed):
            build("elsewhere")
        served.shutdown()


def test_an_index_that_came_back_is_asked_again(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is away while the environment is built, and there when it is asked whether it is there."""
    real, runs = own_environment.run_limited, []

    def run(*given: Any) -> Any:
        runs.append(given)
        if len(runs) == 1:
            index.rename(tmp_path / "away")
        finished = real(*given)
        if len(runs) == 1:
            (tmp_path / "away").rename(index)
        return finished

    monkeypatch.setattr(own_environment, "run_limited", run)
    assert build("leaf").packages["leaf"] == "2.0"
    assert len(runs) == 3


@pytest.mark.skipif(not sandbox()[0], reason=sandbox()[1])
def test_a_setting_does_not_show_hidden_labels(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", str(home.parent))
    with pytest.raises(UserError, match="hidden labels"):
        build("leaf", sandboxed=True)
