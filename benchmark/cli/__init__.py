"""The command line. Commands load when they are called, so that `classmark --help` starts fast."""

from __future__ import annotations

import errno
import sys
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points, version
from typing import NoReturn, cast

import click

from benchmark.errors import UserError, did_you_mean

_COMMANDS = {
    "tasks": "list the tasks",
    "show": "show what a task is and asks",
    "prepare": "turn raw files into standard tables",
    "check": "check a predictions file, all faults at once",
    "check-solution": "try a solution on tiny slices, in a minute",
    "score": "score a predictions file",
    "solutions": "list the baselines that ship with the suite",
    "run": "run solutions on tasks under one budget",
    "results": "list the records of runs",
    "compare": "tell who is ahead, with intervals",
    "secret": "make the secret of a contest set",
}


_DISK = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENOTDIR, errno.EEXIST)


class _LazyGroup(click.Group):
    """Knows its commands by name and one line of help, and imports one when it is called.

    Other rooms add commands through the entry points "classmark.commands".
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*_COMMANDS, *_added()]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name in _COMMANDS:
            return cast(click.Command, import_module(f"benchmark.cli.{name.replace('-', '_')}").command)
        return cast(click.Command, _added()[name].load()) if name in _added() else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            added = {name: point.load().get_short_help_str() for name, point in _added().items()}
            formatter.write_dl([*_COMMANDS.items(), *added.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        names = self.list_commands(ctx)
        if args and not args[0].startswith("-") and args[0] not in names:
            raise click.UsageError(f"No such command {args[0]!r}. {did_you_mean(args[0], names)}".rstrip())
        return super().resolve_command(ctx, args)


def _added() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group="classmark.commands")}


@click.command(
    cls=_LazyGroup,
    context_settings={"auto_envvar_prefix": "CLASSMARK", "help_option_names": ["-h", "--help"]},
    epilog="Every option can be set in the environment, as CLASSMARK_<COMMAND>_<OPTION>. What is kept lies under "
    "CLASSMARK_HOME unless a command names another place.",
)
@click.version_option(version("classmark"))
def cli() -> None:
    """Benchmark multimodal tabular classification and record matching."""


def _refuse(error: UserError) -> NoReturn:
    click.echo(f"error: {error}", err=True)
    sys.exit(2)


def main() -> None:
    """Run the command line; a user's error is printed without a traceback and exits with 2."""
    try:
        cli(standalone_mode=False)
    except UserError as error:
        _refuse(error)
    except ModuleNotFoundError as error:
        from benchmark.cli.extras import missing_extra

        missing = missing_extra(error)
        if missing is None:
            raise
        _refuse(missing)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        if error.errno not in _DISK:
            raise
        _refuse(
            UserError("A file cannot be written.", given=str(error), do="Choose another place, or make room.")
        )
