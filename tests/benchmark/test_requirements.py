"""What a solution wants installed is read and never run; whatever is more than names and versions is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmark.errors import UserError
from benchmark.requirements import wanted_requirements
from benchmark.solutions import load_solution

BUILD = "def build(task):\n    raise SystemExit('it was run')\n"


def folder_with(folder: Path, requires: str = "", **files: str) -> Path:
    """A solution's folder with `requirements_txt=` or `pyproject_toml=`."""
    (folder / "solution.py").write_text(requires + BUILD)
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content)
    return folder


def wanted(path: Path | str) -> tuple[str, ...] | None:
    return wanted_requirements(load_solution(str(path)))


def test_requirements_are_normalized_and_comments_dropped(tmp_path: Path) -> None:
    text = """
        # what it needs
        Scikit_Learn >= 1.4, <2   # a comment
        lightgbm[dask,scikit-learn]~=4.0

        tomli==2.0.1; python_version < "3.11"
        spam===1.0+cpu
    """
    assert wanted(folder_with(tmp_path, requirements_txt=text)) == (
        "lightgbm[dask,scikit-learn]~=4.0",
        "scikit-learn<2,>=1.4",
        "spam===1.0+cpu",
        'tomli==2.0.1; python_version < "3.11"',
    )


REFUSED = {
    "-i https://index.example/simple": "an option",
    "--index-url https://index.example/simple": "an option",
    "--extra-index-url=https://index.example/simple": "an option",
    "--find-links ./wheels": "an option",
    "--trusted-host index.example": "an option",
    "--no-binary :all:": "an option",
    "--pre": "an option",
    "-r more.txt": "an option",
    "-c bounds.txt": "an option",
    "-e .": "an option",
    "lightgbm==4.0 --hash=sha256:aaaa": "an option",
    "lightgbm==${VERSION}": "an environment variable",
    "lightgbm \\": "a line continuation",
    "spam @ https://files.example/spam-1.0-py3-none-any.whl": "a URL or a path",
    "spam@file:///tmp/spam.whl": "a URL or a path",
    "git+https://code.example/spam.git": "a URL or a path",
    "https://files.example/spam.zip": "a URL or a path",
    "./spam": "a URL or a path",
    "../spam": "a URL or a path",
    "/srv/spam": "a URL or a path",
    "~spam": "a URL or a path",
    ".": "a URL or a path",
    "spam\\eggs": "a URL or a path",
    "file:spam": "a URL or a path",
    "spam-1.0-py3-none-any.whl": "a URL or a path",
    "spam.tar.gz": "a URL or a path",
    "spam.zip ; python_version > '3'": "a URL or a path",
    "lightgbm >= 4 or so": "no requirement",
    "lightgbm; " + "(" * 5_000: "no requirement",
    "lightgbm" + " " * 10_000 + "!": "no requirement",
    "!": "no requirement",
}


@pytest.mark.parametrize(("line", "what"), REFUSED.items())
def test_a_line_that_is_more_than_names_and_versions_is_refused(line: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        wanted(folder_with(tmp_path, requirements_txt=f"# first\nnumpy\n  {line}\n"))
    message = str(caught.value)
    assert f"requirements.txt, line 3, is {what}" in message
    assert "allowed: names with versions" in message
    assert f"given:   {line}" in message


def test_a_pyproject_gives_its_dependencies_and_is_not_built(tmp_path: Path) -> None:
    text = """
        [build-system]
        requires = ["nothing-that-exists"]
        build-backend = "nothing_that_exists"
        [project]
        name = "spam"
        requires-python = ">=3.11"
        dependencies = ["LightGBM>=4", "polars"]
    """
    assert wanted(folder_with(tmp_path, pyproject_toml=text)) == ("lightgbm>=4", "polars")


def test_all_that_a_folder_says_counts(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path,
        'REQUIRES = ["catboost"]\n',
        requirements_txt="polars\n",
        pyproject_toml='[project]\ndependencies = ["lightgbm"]\n',
    )
    assert wanted(folder) == ("catboost", "lightgbm", "polars")


PROJECTS = {
    '[project]\ndynamic = ["dependencies"]\n': "line 2, is dynamic dependencies",
    '[project]\ndependencies = [\n  "polars",\n  "spam @ https://x.example/s.whl",\n]\n': "line 4, is a URL",
    '[project]\ndependencies = "polars"\n': "line 2, is no list",
    "[project]\ndependencies = [4]\n": "line 2, is no list",
    '[project]\nrequires-python = ">=4"\n': "line 2, wants another Python",
    '[project]\nrequires-python = "new"\n': "line 2, is no version of Python",
    '[tool.uv.sources]\nspam = { path = "../spam" }\n': "line 1, is [tool.uv] sources",
    '[[tool.uv.index]]\nurl = "https://x.example"\n': "line 1, is [tool.uv] index",
    "[project\n": "is not TOML",
    "project = 3\n": "line 1, is no table",
    "tool = 3\n": "line 1, is no table",
    "[tool]\nuv = 3\n": "line 2, is no table",
    "[project]\ndynamic = 3\n": "line 2, is no list",
    "[project]\nrequires-python = 3.0\n": "line 2, is no version of Python",
    "a = " + "[" * 10_000: "is not TOML",
    f"a = {'1' * 5_000}": "is not TOML",
    f"[tool.uv]\nsources{'.a' * 2_000} = 1\n": "is not TOML",
    f"a = '{'a' * 2**14}'": "is too long",
}


@pytest.mark.parametrize(("text", "problem"), PROJECTS.items())
def test_a_pyproject_that_says_more_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"pyproject\.toml") as caught:
        wanted(folder_with(tmp_path, pyproject_toml=text))
    assert problem in str(caught.value)


def test_without_requirements_the_suite_s_environment_does(tmp_path: Path) -> None:
    assert wanted(folder_with(tmp_path)) is None
    assert wanted(folder_with(tmp_path, pyproject_toml="[tool.ruff]\nline-length = 100\n")) is None
    assert wanted(folder_with(tmp_path, 'REQUIRES = ["numpy>=1"]\n')) is None
    assert wanted("constant") is None
    assert wanted(folder_with(tmp_path, requirements_txt="# nothing\n")) == ()


def test_a_file_has_its_own_where_the_suite_s_does_not_meet_its_requires(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    (tmp_path / "requirements.txt").write_text("--of somebody else")
    path.write_text('REQUIRES = ["numpy>=1", "No_Such.Package>=3"]\n' + BUILD)
    assert wanted(path) == ("no-such-package>=3", "numpy>=1")
    path.write_text('REQUIRES = ["spam @ https://x.example/s.whl"]\n' + BUILD)
    with pytest.raises(UserError, match=r"REQUIRES in .*mine.py is a URL"):
        wanted(path)


def test_a_command_s_folder_may_carry_requirements_too(tmp_path: Path) -> None:
    (tmp_path / "solution.toml").write_text('command = ["python", "{solution}/solve.py"]\n')
    (tmp_path / "requirements.txt").write_text("polars\n")
    assert wanted(tmp_path) == ("polars",)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (folder_with(tmp_path) / "requirements.txt").write_bytes(b"\xff\xfep\x00")
    with pytest.raises(UserError, match=r"requirements.txt is not UTF-8"):
        wanted(tmp_path)
