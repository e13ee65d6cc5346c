"""Solutions in their three forms: a Python file, a command in any language, ready predictions.

The baselines that ship with the suite enter by the same door: a name is the file `baselines/<name>.py`.
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

from packaging.requirements import Requirement
from pydantic import Field, ValidationError

from benchmark.card import Closed, Kind
from benchmark.errors import UserError, unknown_name
from benchmark.files import file_digest, folder_digest
from benchmark.solution_files import solution_files
from benchmark.tables import Format
from benchmark.texts import MOST_LISTED, parse_toml, read_listed, read_text

MOST_REQUIREMENTS = 100
MOST_EXTRAS = 20


class CommandCard(Closed):
    """`solution.toml`: a command with the places {train}, {test}, {out}, {task}, {seed} and {seconds}.

    `{solution}` is the folder of the file. Tables are given, and predictions expected, in `format`.
    """

    command: tuple[Annotated[str, Field(pattern=r"^[^\x00]*$")], ...] = Field(min_length=1)
    kinds: tuple[Kind, ...] = ("classification", "matching", "clustering")
    format: Format = "parquet"


@dataclass(frozen=True)
class Solution:
    """A solution and the digest of all that it consists of."""

    name: str
    form: Literal["python", "command", "predictions"]
    path: Path
    digest: str
    requires: tuple[str, ...] = ()
    summary: str = ""
    command: CommandCard | None = None

    def __post_init__(self) -> None:
        if self.name.startswith("."):  # its records would lie in a hidden folder, where none are looked for
            raise UserError(
                "The name of a solution begins with a dot.",
                given=self.name,
                do="Rename its file or folder.",
            )

    @property
    def shipped(self) -> bool:
        """Whether it is one of the suite's own baselines."""
        return self.path.parent == baselines_folder()

    def require_unchanged(self) -> None:
        """Raise UserError where its files are not those any more that were loaded."""
        if not self.path.is_file() or load_solution(str(self.path)).digest != self.digest:
            raise UserError(
                f"The solution {self.name} changed since the command began.",
                given=str(self.path),
                do="Run the command again; what is recorded stays.",
            )

    def missing_packages(self) -> list[str]:
        """The requirements that this environment does not meet."""
        return [given for given in self.requires if not _is_met(Requirement(given))]


def baselines_folder() -> Path:
    spec = find_spec("baselines")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(next(iter(spec.submodule_search_locations)))


def baseline_names() -> list[str]:
    """The names of the baselines that ship with the suite."""
    return sorted(path.stem for path in baselines_folder().glob("*.py") if not path.stem.startswith("_"))


def load_solution(given: str) -> Solution:
    """A solution from a baseline's name, a `.py` file, a folder or `solution.toml`, or a predictions file.

    Nothing of it is run. Raises UserError for a name that is none of these.
    """
    path = Path(given)
    if path.is_dir():
        path = next(
            (path / name for name in ("solution.py", "solution.toml") if (path / name).is_file()), path
        )
    if path.name == "solution.toml" and path.is_file():
        return _command(path)
    if path.suffix in (".parquet", ".csv") and path.is_file():
        return Solution(path.stem, "predictions", path.absolute(), file_digest(path))
    if path.suffix == ".py" and path.is_file():
        return _python(path.absolute())
    baseline = baselines_folder() / f"{given}.py"
    if given in baseline_names():
        return _python(baseline)
    if len(path.parts) > 1 or path.suffix:
        raise UserError(
            f"There is no solution {given}.",
            allowed="a .py file, a folder with solution.py or solution.toml, a predictions file, a baseline",
            given=given,
        )
    raise unknown_name("baseline", given, baseline_names())


def _python(path: Path) -> Solution:
    source = read_text(path)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # the last two: nested too deeply
        raise UserError(f"{path} is not Python.", given=str(error)) from None
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if "build" not in names:
        raise UserError(
            f"{path} has no function build(task).",
            allowed="`def build(task)` in this file, which is read without being run: no lambda, nothing imported",
            do="See the README: If you take part.",
        )
    summary = (ast.get_docstring(tree) or "").split("\n", 1)[0]
    return Solution(_name(path), "python", path, _python_digest(path), _requires(tree, path), summary)


def _name(path: Path) -> str:
    return Path(os.path.abspath(path.parent)).name if path.stem == "solution" else path.stem


def _python_digest(path: Path) -> str:
    """Over the solution's folder or single file; a baseline's with what baselines share and those that it builds on."""
    if path.stem == "solution":
        return folder_digest(path.parent, solution_files(path.parent))
    others = set()
    if path.parent == baselines_folder():
        others = {*path.parent.glob("_[a-z]*.py"), *_built_on(path)}
    return hashlib.sha256("".join(map(file_digest, [path, *sorted(others)])).encode()).hexdigest()


def _built_on(baseline: Path) -> set[Path]:
    """The baselines that a baseline imports, and those that these import."""
    source = baseline.read_text(encoding="utf-8")
    named = re.findall(r"^\s*from baselines(?:\.| import )([a-z]\w*)", source, re.MULTILINE)
    found = {path for name in named if (path := baseline.with_name(f"{name}.py")).is_file()}
    return found.union(*map(_built_on, found))


def _requires(tree: ast.Module, path: Path) -> tuple[str, ...]:
    """The literals of `REQUIRES = [...]` or `REQUIRES: list[str] = [...]`."""
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="REQUIRES"), *_], value=value)
                | ast.AnnAssign(target=ast.Name(id="REQUIRES"), value=ast.expr() as value)
            ):
                return _requirements(value, path)
    return ()


def _requirements(value: ast.expr, path: Path) -> tuple[str, ...]:
    try:
        given = ast.literal_eval(value)
        if not isinstance(given, list | tuple):
            raise TypeError(f"a {type(given).__name__}")
        _bound("letters in all", MOST_LISTED, sum(len(str(one)) for one in given), path)
        _bound("requirements", MOST_REQUIREMENTS, len(given), path)
        wanted = list(map(Requirement, given))
        for one in wanted:
            _bound(f"extras of {one.name}", MOST_EXTRAS, len(one.extras), path)
            applies(one)
    except (ValueError, TypeError, RecursionError) as error:
        raise UserError(
            f"REQUIRES in {path} is not a list of requirements.",
            allowed='literals, such as ["lightgbm>=4"]',
            given=str(error),
        ) from None
    return tuple(map(str, wanted))


def _bound(what: str, most: int, count: int, path: Path) -> None:
    """Refuse what would take long to look up: every name, and every extra among all that its package wants."""
    if count > most:
        raise UserError(
            f"REQUIRES in {path} asks for too much.", allowed=f"{most:,} {what}", given=f"{count:,}"
        )


def applies(wanted: Requirement) -> bool:
    """Whether it is meant for this machine and Python, by its marker. ValueError where the marker makes no sense."""
    return wanted.marker is None or wanted.marker.evaluate()


def _is_met(wanted: Requirement) -> bool:
    return not applies(wanted) or _is_installed(wanted)


def _is_installed(wanted: Requirement) -> bool:
    """Whether it is here, with what its extras ask for."""
    try:
        found = distribution(wanted.name)
    except PackageNotFoundError:
        return False
    fits = wanted.specifier.contains(found.version, prereleases=True)
    return fits and all(map(_is_installed, _asked_by(wanted.extras, found)))


def _asked_by(extras: set[str], found: Distribution) -> Iterator[Requirement]:
    """What a package wants with these extras and not without; its list is parsed once for all of them."""
    for part in map(Requirement, (found.requires or ()) if extras else ()):
        marker = part.marker
        if (
            marker
            and not marker.evaluate({"extra": ""})
            and any(marker.evaluate({"extra": extra}) for extra in extras)
        ):
            yield part


def _command(path: Path) -> Solution:
    content = parse_toml(read_listed(path), path)
    try:
        card = CommandCard.model_validate(content)
    except ValidationError as error:
        raise UserError(f"{path} is not a solution.toml.", given=str(error)) from None
    path = path.absolute()
    digest = folder_digest(path.parent, solution_files(path.parent))
    return Solution(_name(path), "command", path, digest, command=card)
