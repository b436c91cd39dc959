"""The door: `clausewatch`, with the commands of every room.

A room names its commands in the entry point group `clausewatch.commands`: a list of click commands. A command
may return its exit code as an int. Exit codes of all: 0 fine, 1 its answer is no, 2 bad usage or
surroundings, 70 a fault of ours, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import NoReturn

import click

from infra import logs
from infra.errors import UserError

GROUP = "clausewatch.commands"
FAULT = 70
INTERRUPTED = 130


class Door(click.Group):
    """A click group whose commands come from the rooms."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_rooms())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _rooms().get(cmd_name)


@click.command(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="clausewatch", prog_name="clausewatch")
def door() -> None:
    """Shows, continuously and with evidence, whether the systems keep the privacy policy."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs one command and ends the process with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        result = door.main(args=given, prog_name="clausewatch", standalone_mode=False)
        return result if type(result) is int else 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except UserError as error:
        click.echo(f"✖ {error.message}\n  → {error.cure}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("CLAUSEWATCH_DEBUG"):
            raise
        _report(error, given)
        return FAULT


def _rooms() -> dict[str, click.Command]:
    """Name → command, of all rooms. A room without commands is left out; one that fails to load is not."""
    found: dict[str, click.Command] = {}
    for room in metadata.entry_points(group=GROUP):
        try:
            commands = room.load()
        except ModuleNotFoundError as error:
            if error.name is None or not room.module.startswith(error.name):
                raise
            continue
        found |= {str(command.name): command for command in commands}
    return found


def _report(error: Exception, arguments: Sequence[str]) -> None:
    """One line to the person, the places to a log. The message stays out of both: it may hold a value."""
    from infra.settings import Settings

    where = "set CLAUSEWATCH_DEBUG=1 to see it"
    try:
        path = Settings.load().logs / "faults.log"
        command = next((a for a in arguments if not a.startswith("-")), "")
        logs.configure("door", to=path).error("fault", error, command=command)
        where = f"see {path}, or set CLAUSEWATCH_DEBUG=1"
    except (OSError, UserError):
        pass  # no place for a log must not hide the fault itself
    place = logs.places(error).get("where", ["?"])[-1]
    click.echo(f"✖ a fault of clausewatch: {type(error).__qualname__} at {place}\n  → {where}", err=True)
