"""Optional parts of the suite that a command needs and that are not installed."""

from __future__ import annotations

from importlib.metadata import distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmark.errors import MissingExtra


def missing_extra(error: ModuleNotFoundError) -> MissingExtra | None:
    """What to install where an import failed for want of an optional part; None where it is another module.

    >>> print(missing_extra(ModuleNotFoundError(name="sqlalchemy.orm")))
    This needs the package 'sqlalchemy', which is not installed.
      do:      pip install 'classmark[leaderboard]'
    >>> missing_extra(ModuleNotFoundError(name="no_such_module"))
    """
    module = (error.name or "").split(".")[0]
    brings = {
        extra: _packages(extra) for extra in distribution("classmark").metadata.get_all("Provides-Extra", [])
    }
    having = [extra for extra, packages in brings.items() if canonicalize_name(module) in packages]
    return MissingExtra(module, min(having, key=lambda extra: len(brings[extra]))) if having else None


def _packages(extra: str) -> set[str]:
    """The packages that only an extra brings."""
    wanted = map(Requirement, distribution("classmark").requires or ())
    return {
        canonicalize_name(one.name) for one in wanted if one.marker and one.marker.evaluate({"extra": extra})
    }
