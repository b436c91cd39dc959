"""What is believed, and from when to when: rows of verdicts and obligations are closed, never overwritten.

The intervals [believed_from, believed_to) of one finding touch: a verdict that is withdrawn is followed by a
row with the outcome `pass` or `not_applicable`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from infra.warehouse.schema import OBLIGATIONS, VERDICTS
from infra.warehouse.tables import IDENTITY, columns_of, ranges, registered, within

_VERDICT = columns_of(VERDICTS)
# Lists in one order, so that equal rows are equal whatever order they were worked out in.
_OBLIGATION = (
    columns_of(OBLIGATIONS)
    .replace('"clocks"', 'list_sort("clocks") AS "clocks"')
    .replace('"suspensions"', 'list_sort("suspensions") AS "suspensions"')
)


def believe(connection: Any, verdicts: pl.DataFrame, now: datetime) -> None:
    """Insert verdicts that are believed from now on."""
    if len(verdicts):
        with registered(connection, believed=verdicts):
            connection.execute(f"INSERT INTO verdicts SELECT {_VERDICT}, $now, NULL FROM believed", {"now": now})


def _disbelieve(connection: Any, table: str, rows: Sequence[int], now: datetime) -> None:
    if rows:
        connection.execute(
            f"UPDATE {table} SET believed_to = $now WHERE rowid IN (SELECT unnest($rows::BIGINT[]))",
            {"now": now, "rows": list(rows)},
        )


def believed(connection: Any, events: pl.DataFrame) -> pl.DataFrame:
    """The open verdict rows of these events (source, id, time), with their `rowid`."""
    if events.is_empty():
        return pl.DataFrame()
    open_rows = within(ranges(events["time"]), "verdicts", f"{_VERDICT}, rowid", "believed_to IS NULL")
    with registered(connection, judged=events.select("source", "id", "time").unique()):
        return connection.sql(  # type: ignore[no-any-return]
            f"SELECT v.* FROM judged JOIN ({open_rows}) v USING (time, source, id)"
        ).pl()


def replace(
    connection: Any, old: pl.DataFrame, new: pl.DataFrame, events: pl.DataFrame, now: datetime
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Replace the open rows `old` by the verdicts `new` of `events` (source, id, passed, policy_version).

    Rows that stay equal are left alone. Returns the rows closed and the rows inserted.
    """
    names = list(VERDICTS.names)
    new = new.select(names).unique("finding", keep="first", maintain_order=True)
    if old.is_empty():
        believe(connection, new, now)
        return new.clear(), new
    passed = events.select("source", "id", "passed", now_version="policy_version").unique(IDENTITY, keep="first")
    outcome = (
        pl.when((" " + pl.col("passed") + " ").str.contains(" " + pl.col("clause") + " ", literal=True))
        .then(pl.lit("pass"))
        .otherwise(pl.lit("not_applicable"))
    )
    withdrawn = (
        old.join(new.select("finding"), on="finding", how="anti")
        .join(passed, on=list(IDENTITY), how="inner")
        .with_columns(
            outcome=outcome,
            policy_version=pl.col("now_version"),
            evidence=pl.lit("{}"),
            missing=pl.lit(None, pl.String),
        )
    )
    wanted = pl.concat([new, withdrawn.select(names)], how="vertical_relaxed")
    unchanged = old.join(wanted, on=names, how="semi", nulls_equal=True)
    closing = old.join(unchanged.select("finding"), on="finding", how="anti")
    fresh = wanted.join(unchanged.select("finding"), on="finding", how="anti")
    _disbelieve(connection, "verdicts", closing["rowid"].to_list(), now)
    believe(connection, fresh, now)
    return closing.select(names), fresh


def oblige(connection: Any, obligations: Any, entities: Sequence[str], now: datetime) -> int:
    """Replace all obligations of these entities by `obligations` (OBLIGATIONS). Returns rows changed."""
    if not entities:
        return 0
    names = pl.DataFrame({"entity": sorted(set(entities))})
    with registered(connection, wanted=obligations, named=names):
        held = connection.sql(
            "SELECT finding, rowid AS row FROM obligations WHERE believed_to IS NULL"
            " AND entity_key IN (SELECT md5_number_lower(entity) FROM named)"
            " AND entity IN (SELECT entity FROM named)"
        ).pl()
        if held.is_empty():
            if obligations.num_rows:
                connection.execute(
                    f"INSERT INTO obligations SELECT {_OBLIGATION}, $now, NULL, md5_number_lower(entity) FROM wanted"
                    " WHERE entity IN (SELECT entity FROM named)",
                    {"now": now},
                )
            return int(obligations.num_rows)
        with registered(connection, held=held.select("row")):
            plain = columns_of(OBLIGATIONS)
            stored = f"SELECT {plain} FROM obligations WHERE rowid IN (SELECT row FROM held)"
            given = f"SELECT {_OBLIGATION} FROM wanted WHERE entity IN (SELECT entity FROM named)"
            same = connection.sql(f"SELECT finding FROM (({stored}) INTERSECT ({given}))").pl()
            closing = held.join(same, on="finding", how="anti")
            _disbelieve(connection, "obligations", closing["row"].to_list(), now)
            with registered(connection, same=same):
                connection.execute(
                    f"INSERT INTO obligations SELECT *, $now, NULL, md5_number_lower(entity) FROM ({given}) g"
                    " WHERE finding NOT IN (SELECT finding FROM same)",
                    {"now": now},
                )
    return len(closing) + int(obligations.num_rows) - len(same)
