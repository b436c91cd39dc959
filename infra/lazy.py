"""Commands that are imported when they are called, so that `clausewatch --help` does not load the judge."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable
from typing import Any

import click


class Lazy(click.Command):
    """Stands for the command `target` ("module:attribute") until it is called or asked for its help."""

    def __init__(self, name: str, target: str, short_help: str) -> None:
        super().__init__(name, short_help=short_help)
        self.target = target

    def load(self) -> click.Command:
        """The command itself."""
        module, _, attribute = self.target.partition(":")
        found = getattr(importlib.import_module(module), attribute)
        assert isinstance(found, click.Command)
        return found

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        return self.load().make_context(info_name, args, parent, **extra)

    def present(self) -> bool:
        """True when its module is installed; imports no more than the packages above it."""
        try:
            return importlib.util.find_spec(self.target.partition(":")[0]) is not None
        except ModuleNotFoundError:
            return False


def present(commands: Iterable[Lazy]) -> list[click.Command]:
    """Those of the commands whose module is there."""
    return [command for command in commands if command.present()]
