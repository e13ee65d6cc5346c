"""What a baseline imports comes with its REQUIRES: it has to run in an environment of its own."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmark.solutions import baseline_names, baselines_folder, load_solution

WORKER = ("pandas", "pyarrow")
OURS = {"baselines", "benchmark"}


@pytest.mark.parametrize("name", [name for name in baseline_names() if load_solution(name).requires], ids=str)
def test_a_baseline_requires_what_it_imports(name: str) -> None:
    solution = load_solution(name)
    if missing := solution.missing_packages():
        pytest.skip(f"needs {missing}")
    come = _with_dependencies([*solution.requires, *WORKER])
    of_module = packages_distributions()
    wanted = {module: of_module.get(module, [module]) for module in _imported(solution.path)}
    lacking = {
        module for module, names in wanted.items() if not come & {canonicalize_name(one) for one in names}
    }
    assert not lacking


def _imported(path: Path) -> set[str]:
    """The foreign modules that are imported with a baseline, by what it shares with others too."""
    found: set[str] = set()
    seen: set[Path] = set()
    left = [path]
    while left:
        if (path := left.pop()) in seen:
            continue
        seen.add(path)
        for module in _modules(ast.parse(path.read_text(encoding="utf-8"))):
            first = module.split(".")[0]
            if first == "baselines" and (file := _file(module)).is_file():
                left.append(file)
            elif first not in OURS | sys.stdlib_module_names:
                found.add(first)
    return found


def _modules(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _file(module: str) -> Path:
    return baselines_folder() / f"{module.removeprefix('baselines').strip('.')}.py"


def _with_dependencies(requires: list[str]) -> set[str]:
    """The names of what is installed with some requirements."""
    found: set[tuple[str, frozenset[str]]] = set()
    left = [Requirement(text) for text in requires]
    while left:
        wanted = left.pop()
        key = (canonicalize_name(wanted.name), frozenset(wanted.extras))
        if key in found:
            continue
        found.add(key)
        try:
            parts = distribution(wanted.name).requires or []
        except PackageNotFoundError:  # for another platform or Python
            continue
        for part in map(Requirement, parts):
            extras = ["", *wanted.extras]
            if not part.marker or any(part.marker.evaluate({"extra": extra}) for extra in extras):
                left.append(part)
    return {name for name, _ in found}
