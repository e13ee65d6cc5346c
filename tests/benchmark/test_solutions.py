"""What a solution's digest covers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmark import solutions
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
    info = tmp_path / "toybox-2.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: toybox\nVersion: 2.0\nProvides-Extra: frames\nProvides-Extra: wheels\n"
        'Requires-Dist: pandas; extra == "frames"\nRequires-Dist: no-such-wheel; extra == "wheels"\n'
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    solution = tmp_path / "player.py"
    solution.write_text(f"REQUIRES = [{wanted!r}]\n\n\ndef build(task): ...\n")
    assert load_solution(str(solution)).missing_packages() == ([] if met else [wanted])
