"""Named queries: one read-only SQL file each in `queries/`. A name crosses the wire, never SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from itertools import takewhile
from typing import Any

import duckdb

from infra.warehouse.answers import WarehouseError

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def names() -> list[str]:
    """The names of all queries."""
    folder = resources.files("infra.warehouse").joinpath("queries")
    return sorted(file.name.removesuffix(".sql") for file in folder.iterdir() if file.name.endswith(".sql"))


@cache
def statement(name: str) -> str:
    """The text of a query; refuses unknown names and files that are not one SELECT."""
    file = resources.files("infra.warehouse").joinpath("queries", f"{name}.sql")
    if not _NAME.fullmatch(name) or not file.is_file():
        raise WarehouseError(f"no query is named {name!r}; there are: {', '.join(names())}")
    text = file.read_text(encoding="utf-8")
    statements = duckdb.extract_statements(text)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise WarehouseError(f"queries/{name}.sql must be one SELECT statement")
    return text


def described(name: str) -> str:
    """What a query answers, and what it may be asked: the comment at its head."""
    lines = statement(name).splitlines()
    return " ".join(line.removeprefix("--").strip() for line in takewhile(lambda line: line.startswith("--"), lines))


@cache
def parameters(name: str) -> frozenset[str]:
    """The names of a query's parameters."""
    return frozenset(duckdb.extract_statements(statement(name))[0].named_parameters)


def bound(name: str, given: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The parameters of a query: those given, `now` by default, all others null."""
    wanted = parameters(name)
    if unknown := sorted(set(given) - wanted - {"now"}):
        raise WarehouseError(
            f"query {name!r} has no parameter {', '.join(unknown)}; it has: {', '.join(sorted(wanted))}"
        )
    return {each: given.get(each, now if each == "now" else None) for each in wanted}
