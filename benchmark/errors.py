"""The two kinds of errors: `UserError`, which a person can mend, and everything else, which is a bug.

UserError            what was wrong, what is allowed, what was given, what to do; exit code 2, no traceback
├── MissingExtra     an optional package is needed; says the exact install command
└── HostTrouble      what this machine or its network does not give at present: no fault of what is run
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from importlib.util import find_spec


class UserError(Exception):
    """Something the user can mend.

    >>> print(UserError("The seed is wrong.", allowed="an integer >= 0", given="'x'", do="Use --seed 0."))
    The seed is wrong.
      allowed: an integer >= 0
      given:   'x'
      do:      Use --seed 0.
    """

    def __init__(self, problem: str, *, allowed: str = "", given: str = "", do: str = "") -> None:
        lines = [problem]
        if allowed:
            lines.append(f"  allowed: {allowed}")
        if given:
            lines.append(f"  given:   {given}")
        if do:
            lines.append(f"  do:      {do}")
        super().__init__("\n".join(lines))
        self.problem = problem


class MissingExtra(UserError):
    """An optional part of the suite is needed and not installed.

    >>> print(MissingExtra("sqlalchemy", "leaderboard"))
    This needs the package 'sqlalchemy', which is not installed.
      do:      pip install 'classmark[leaderboard]'
    """

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"This needs the package {package!r}, which is not installed.",
            do=f"pip install 'classmark[{extra}]'",
        )


class HostTrouble(UserError):
    """What this machine or its network does not give at present: no fault of what is run, and worth another try."""


def require(package: str, extra: str) -> None:
    """Raise MissingExtra unless `package` can be imported."""
    if find_spec(package) is None:
        raise MissingExtra(package, extra)


def did_you_mean(word: str, options: Iterable[str]) -> str:
    """A hint for a misspelt name, or the empty string.

    >>> did_you_mean("flipcart", ["flipkart", "pricerunner"])
    "Did you mean 'flipkart'?"
    >>> did_you_mean("xyz", ["flipkart"])
    ''
    """
    close = difflib.get_close_matches(word, list(options), n=1, cutoff=0.6)
    return f"Did you mean {close[0]!r}?" if close else ""


def unknown_name(noun: str, name: str, options: Iterable[str]) -> UserError:
    """The error for a name that is not among the options.

    >>> print(unknown_name("task", "flipcart", ["flipkart", "wdc"]))
    There is no task 'flipcart'.
      allowed: flipkart, wdc
      given:   flipcart
      do:      Did you mean 'flipkart'?
    """
    names = sorted(options)
    return UserError(
        f"There is no {noun} {name!r}.",
        allowed=", ".join(names) or "(none)",
        given=name,
        do=did_you_mean(name, names),
    )
