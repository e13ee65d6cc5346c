"""Where a run was made: the machine and the versions that the record names."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import distributions, version
from typing import Any

import psutil
from packaging.requirements import Requirement

from benchmark.solutions import Solution, applies

_CORE = ("classmark", "numpy", "pandas", "pyarrow", "scikit-learn")


@cache
def environment() -> dict[str, Any]:
    """The machine and the digest of all installed packages."""
    packages = sorted({f"{one.metadata['Name']}=={one.version}" for one in distributions()})
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cores": psutil.cpu_count(),
        "memory": psutil.virtual_memory().total,
        "packages": hashlib.sha256("\n".join(packages).encode()).hexdigest(),
    }


def versions(solution: Solution) -> dict[str, str]:
    """Versions of the suite, of its core packages, and of those that the solution requires here."""
    missing = solution.missing_packages()
    wanted = [Requirement(text) for text in solution.requires if text not in missing]
    return {name: version(name) for name in [*_CORE, *(one.name for one in wanted if applies(one))]}
