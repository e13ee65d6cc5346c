"""What a solution's digest covers, and what is read of its source without running it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from benchmark import solutions
from benchmark.errors import UserError
from benchmark.solutions import baselines_folder, load_solution


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The baselines, where a test may change them."""
    folder = tmp_path / "baselines"
    shutil.copytree(baselines_folder(), folder)
    monkeypatch.setattr(solutions, "baselines_folder", lambda: folder)
    return folder


@pytest.mark.parametrize(
    ("changed", "covered"),
    [
        ("_text.py", {"text_only", "tfidf_linear", "autogluon_embeddings", "autogluon"}),
        ("autogluon.py", {"autogluon_embeddings", "autogluon"}),
        ("tfidf_linear.py", {"text_only", "tfidf_linear"}),
    ],
)
def test_a_baseline_is_known_by_all_that_it_is_built_on(
    copied: Path, changed: str, covered: set[str]
) -> None:
    names = ("text_only", "tfidf_linear", "autogluon_embeddings", "autogluon")
    before = {name: load_solution(name).digest for name in names}
    with (copied / changed).open("a") as file:
        file.write("# changed\n")
    assert {name for name in names if load_solution(name).digest != before[name]} == covered


def install_toybox(folder: Path, **wanted_by_extra: str) -> None:
    """An installed package that wants other packages with its extras."""
    lines = ["Metadata-Version: 2.1", "Name: toybox", "Version: 2.0"]
    for extra, wanted in wanted_by_extra.items():
        lines += [f"Provides-Extra: {extra}", f'Requires-Dist: {wanted}; extra == "{extra}"']
    (folder / "toybox-2.0.dist-info").mkdir()
    (folder / "toybox-2.0.dist-info" / "METADATA").write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("wanted", "met"),
    [
        ("toybox", True),
        ("toybox>=3", False),
        ("toybox[frames]>=2", True),
        ("toybox[frames,wheels]", False),
        ("no-such-toybox", False),
    ],
)
def test_a_requirement_is_met_with_its_extras(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, met: bool
) -> None:
    install_toybox(tmp_path, frames="pandas", wheels="no-such-wheel")
    monkeypatch.syspath_prepend(str(tmp_path))
    solution = tmp_path / "player.py"
    solution.write_text(f"REQUIRES = [{wanted!r}]\n\n\ndef build(task): ...\n")
    assert load_solution(str(solution)).missing_packages() == ([] if met else [wanted])


def test_what_a_package_wants_is_parsed_once_for_all_of_its_extras(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_toybox(tmp_path, **{f"e{number}": "no-such-toy" for number in range(300)})
    monkeypatch.syspath_prepend(str(tmp_path))
    extras = ",".join(f"none{number}" for number in range(solutions.MOST_EXTRAS))
    solution = tmp_path / "player.py"
    solution.write_text(f"REQUIRES = ['toybox[{extras}]']\n\n\ndef build(task): ...\n")
    loaded, parsed = load_solution(str(solution)), []

    def parse(text: str) -> Requirement:
        parsed.append(text)
        return Requirement(text)

    monkeypatch.setattr(solutions, "Requirement", parse)
    assert loaded.missing_packages() == []
    assert len(parsed) <= 301


BUILD = "def build(task): ...\n"


@pytest.mark.parametrize(
    "line",
    [
        'REQUIRES = ["lightgbm>=4"]',
        'REQUIRES: list[str] = ["lightgbm>=4"]',
        'REQUIRES: tuple[str, ...] = ("lightgbm>=4",)',
        'REQUIRES: list[str]\nREQUIRES = ["lightgbm>=4"]',
    ],
)
def test_requires_is_read_with_or_without_a_type(line: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(f"{line}\n{BUILD}")
    assert load_solution(str(tmp_path / "mine.py")).requires == ("lightgbm>=4",)


@pytest.mark.parametrize(
    "value",
    [
        '"lightgbm"',
        '{"lightgbm": 4}',
        "[4]",
        "list(NAMES)",
        "[\"lightgbm; os_name ~= 'posix'\"]",
        f'["lightgbm; {"(" * 5_000}"]',
    ],
)
def test_requires_is_a_list_of_literals_that_make_sense(value: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(f"REQUIRES = {value}\n{BUILD}")
    with pytest.raises(UserError, match=r"REQUIRES in .*mine.py is not a list of requirements"):
        load_solution(str(tmp_path / "mine.py"))


@pytest.mark.parametrize(
    ("value", "allowed"),
    [
        ([f"pandas[{','.join(f'e{number}' for number in range(21))}]"], "20 extras of pandas"),
        (["numpy"] * 101, "100 requirements"),
        (["numpy" + " " * 20_000], "16,384 letters in all"),
    ],
)
def test_requires_is_short(value: list[str], allowed: str, tmp_path: Path) -> None:
    """What takes long to look up would hold those who check the submissions of all teams."""
    (tmp_path / "mine.py").write_text(f"REQUIRES = {value}\n{BUILD}")
    with pytest.raises(UserError, match=r"REQUIRES in .*mine.py asks for too much") as caught:
        load_solution(str(tmp_path / "mine.py"))
    assert f"allowed: {allowed}\n" in str(caught.value)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (b"# caf\xe9\n", "is not UTF-8"),
        (b"x = 1\0\n", "is not Python"),
        (b"x = " + b"-" * 100_000 + b"1\n", "is not Python"),
        (b"x = a" + b".b" * 100_000 + b"\n", "is not Python"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(source: bytes, problem: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_bytes(source + BUILD.encode())
    with pytest.raises(UserError, match=f"mine.py {problem}"):
        load_solution(str(tmp_path / "mine.py"))


@pytest.mark.parametrize("name", [".mine.py", ".mine/solution.py", ".mine.csv"])
def test_a_name_that_would_hide_the_records_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(BUILD)
    with pytest.raises(UserError, match="begins with a dot"):
        load_solution(str(tmp_path / name))


@pytest.mark.parametrize("source", ["build = lambda task: None\n", "from elsewhere import build\n"])
def test_build_is_a_function_of_the_file(source: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(source)
    with pytest.raises(UserError, match=r"has no function build\(task\)") as caught:
        load_solution(str(tmp_path / "mine.py"))
    assert "allowed: `def build(task)` in this file" in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"command = ['\xff']",
        b"a = " + b"[" * 10_000,
        b"command = []",
        b"command = 3",
        b'command = ["a\\u0000"]',
    ],
)
def test_a_solution_toml_that_is_none_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "solution.toml").write_bytes(content)
    with pytest.raises(UserError, match=r"solution\.toml is not"):
        load_solution(str(tmp_path))
