"""Small helpers between Arrow, polars and DuckDB that the warehouse's transactions share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import pairwise
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

from infra.warehouse.answers import Broken

IDENTITY = ("source", "id")


def columns_of(schema: Any, prefix: str = "") -> str:
    """The column list of an Arrow schema, quoted (`partition` and `offset` are words of SQL)."""
    return ", ".join(f'{prefix}"{name}"' for name in schema.names)


def frame(table: Any) -> pl.DataFrame:
    """An Arrow table as polars, without a copy where possible."""
    found = pl.from_arrow(table)
    assert isinstance(found, pl.DataFrame)
    return found


def arrow(table: Any) -> Any:
    """A polars frame or Arrow table as Arrow."""
    return table.to_arrow() if isinstance(table, pl.DataFrame) else table


@contextmanager
def registered(connection: Any, **tables: Any) -> Iterator[None]:
    """Make Arrow tables or polars frames readable by name for the length of a block."""
    for name, table in tables.items():
        connection.register(name, arrow(table))
    try:
        yield
    except BaseException:
        # An aborted transaction refuses this too, and its own fault is the one to tell.
        with suppress(duckdb.Error):
            for name in tables:
                connection.unregister(name)
        raise
    for name in tables:
        connection.unregister(name)


@contextmanager
def transaction(connection: Any) -> Iterator[None]:
    """One transaction: committed at the end of the block, rolled back when it raises.

    Raises Broken when the commit itself fails (a full disk): what is in memory can no longer be trusted.
    """
    connection.begin()
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):  # an invalid store refuses this too; the block's own fault is the one to tell
            connection.rollback()
        raise
    try:
        connection.commit()
    except duckdb.Error as fault:
        with suppress(duckdb.Error):
            connection.rollback()
        raise Broken(f"a commit failed, the store has to be opened again: {fault}") from fault


def instant(value: datetime) -> str:
    """An aware datetime as a SQL literal: literals let DuckDB skip row groups by their zone maps."""
    return f"TIMESTAMPTZ '{value.isoformat(sep=' ', timespec='microseconds')}'"


def ranges(times: pl.Series, most: int = 4) -> list[tuple[datetime, datetime]]:
    """At most `most` closed ranges that cover these instants, cut at the widest gaps.

    One late event among recent ones then costs two narrow scans, not one over all that lies between.
    """
    ordered = times.unique().sort()
    if ordered.is_empty():
        return []
    gaps = ordered.diff().dt.total_microseconds().fill_null(0)
    cuts = sorted(i for i in gaps.arg_sort(descending=True).head(most - 1).to_list() if gaps[i] > 60_000_000)
    edges = [0, *cuts, len(ordered)]
    return [(ordered[a], ordered[b - 1]) for a, b in pairwise(edges)]


def within(spans: Sequence[tuple[datetime, datetime]], table: str, columns: str, where: str = "TRUE") -> str:
    """SQL that reads `columns` of `table` in these ranges of `time`, each with literal bounds."""
    return " UNION ALL ".join(
        f"SELECT {columns} FROM {table} WHERE time BETWEEN {instant(low)} AND {instant(high)} AND {where}"
        for low, high in spans
    )


def without(rows: pl.DataFrame, identities: pl.DataFrame) -> pl.DataFrame:
    """Rows whose (source, id) is not among `identities`."""
    return rows.join(identities, on=list(IDENTITY), how="anti") if len(identities) else rows


def identities(pairs: Iterable[tuple[str, str]]) -> pl.DataFrame:
    """A frame of (source, id)."""
    return pl.DataFrame(sorted(set(pairs)), schema={"source": pl.String, "id": pl.String}, orient="row")


def empty(schema: Any) -> Any:
    """An Arrow table without rows."""
    return pa.Table.from_batches([], schema=schema)
