"""What a solution wants installed, read without running it; refused where it is more than names and versions.

`requirements.txt` and `pyproject.toml` of a solution's folder, `REQUIRES` of its file. Whatever would say where a
package comes from, or let its setup code run, has no place here: the machine's package index says where, and only
wheels are installed.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from benchmark.errors import UserError
from benchmark.solutions import Solution
from benchmark.texts import parse_toml, read_listed

_ALLOWED = 'names with versions from the package index, such as "lightgbm>=4", and comments'
_REFUSED = (
    (re.compile(r"(^|\s)-"), "an option"),
    (re.compile(r"\$\{"), "an environment variable"),
    (re.compile(r"\\$"), "a line continuation"),
    (re.compile(r"^[^;]*[/\\]|^[.~]|^file:|\.(whl|zip|tar|tgz|tbz|t?[gx]z|bz2)\s*(;|$)"), "a URL or a path"),
)
_UV_SOURCES = ("sources", "index", "index-url", "extra-index-url", "find-links", "pip")


def wanted_requirements(solution: Solution) -> tuple[str, ...] | None:
    """The requirements of the solution's own environment, or None where the suite's environment does.

    A folder that says what it needs, in `requirements.txt` or `[project]` of `pyproject.toml`, always has its own;
    a single file has one where the suite's does not meet its REQUIRES. Raises UserError, with file and line, for
    options, URLs, paths, variables and continued lines, and for a `requires-python` that this Python does not meet.
    """
    wanted = [_checked(given, f"REQUIRES in {solution.path}") for given in solution.requires]
    folder = solution.path.parent
    own = solution.form != "predictions" and solution.path.stem == "solution"
    listed = [
        read(path)
        for name, read in (("requirements.txt", read_requirements), ("pyproject.toml", read_pyproject))
        if own and (path := folder / name).is_file()
    ]
    given = [some for some in listed if some is not None]
    if not given and not solution.missing_packages():
        return None
    return tuple(sorted({*wanted, *(one for some in given for one in some)}))


def read_requirements(path: Path) -> list[str]:
    """The requirements of a `requirements.txt`, normalized. Raises UserError as `wanted_requirements` does."""
    lines = read_listed(path).splitlines()
    plain = [re.sub(r"(^|\s)#.*$", "", line).strip() for line in lines]
    return [_checked(line, f"{path}, line {number},") for number, line in enumerate(plain, 1) if line]


def read_pyproject(path: Path) -> list[str] | None:
    """`[project] dependencies`, normalized, or None without `[project]`. Its build system is never run."""
    text = read_listed(path)

    def at(part: str) -> str:
        return f"{path}, line {_line(text, part)},"

    content = parse_toml(text, path)
    tool = _table(_table(content, "tool", at), "uv", at)
    for key in _UV_SOURCES:
        if key in tool:
            raise _refused(at(key), f"[tool.uv] {key}", str(tool[key]))
    if "project" not in content:
        return None
    project = _table(content, "project", at)
    if "dependencies" in _strings(project, "dynamic", at):
        raise _refused(at("dynamic"), "dynamic dependencies", "dynamic")
    dependencies = _strings(project, "dependencies", at)
    _check_python(str(project.get("requires-python", "")), at("requires-python"))
    return [_checked(one.strip(), at(one)) for one in dependencies]


def normalized(requirement: Requirement) -> str:
    """One spelling for equal requirements.

    >>> normalized(Requirement("Scikit_Learn[B,a] <2,  >=1.4"))
    'scikit-learn[a,b]<2,>=1.4'
    """
    requirement.name = canonicalize_name(requirement.name)
    requirement.extras = {canonicalize_name(extra) for extra in requirement.extras}
    return str(requirement)


def _table(content: dict[str, Any], key: str, at: Callable[[str], str]) -> dict[str, Any]:
    found = content.get(key, {})
    if not isinstance(found, dict):
        raise _refused(at(key), "no table", str(found))
    return found


def _strings(content: dict[str, Any], key: str, at: Callable[[str], str]) -> list[str]:
    found = content.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise _refused(at(key), "no list", str(found))
    return found


def _checked(given: str, origin: str) -> str:
    for pattern, what in _REFUSED:
        if pattern.search(given):
            raise _refused(origin, what, given)
    try:
        requirement = Requirement(given)
    except (InvalidRequirement, RecursionError):
        raise _refused(origin, "no requirement", given) from None
    if requirement.url:
        raise _refused(origin, "a URL or a path", given)
    return normalized(requirement)


def _check_python(wanted: str, origin: str) -> None:
    try:
        met = SpecifierSet(wanted).contains(platform.python_version(), prereleases=True)
    except InvalidSpecifier:
        raise _refused(origin, "no version of Python", wanted) from None
    if not met:
        raise UserError(
            f"{origin} wants another Python.",
            allowed=f"{platform.python_version()}, the suite's own",
            given=wanted,
        )


def _refused(origin: str, what: str, given: str) -> UserError:
    return UserError(f"{origin} is {what}, which is refused.", allowed=_ALLOWED, given=given)


def _line(text: str, part: str) -> int:
    """The number of the first line that holds `part`; 1 where it is spelt in another way."""
    lines: Iterable[tuple[int, str]] = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if part in line), 1)
