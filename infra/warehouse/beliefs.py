"""What is believed, and from when to when: rows of verdicts and obligations are closed, never overwritten.

The intervals [believed_from, believed_to) of one finding touch: a verdict that is withdrawn is followed by a
row with the outcome `pass` or `not_applicable`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from infra.warehouse.ledger import Ledger
from infra.warehouse.schema import OBLIGATIONS, VERDICTS
from infra.warehouse.tables import IDENTITY, columns_of, frame, ranges, registered, within

_VERDICT = columns_of(VERDICTS)
# Lists in one order, so that equal rows are equal whatever order they were worked out in.
_OBLIGATION = (
    columns_of(OBLIGATIONS)
    .replace('"clocks"', 'list_sort("clocks") AS "clocks"')
    .replace('"suspensions"', 'list_sort("suspensions") AS "suspensions"')
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
    ledger: Ledger, old: pl.DataFrame, new: pl.DataFrame, events: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Replace the open rows `old` by the verdicts `new` of `events` (source, id, passed, policy_version).

    Rows that stay equal are left alone. Returns the rows closed and the rows inserted.
    """
    names = list(VERDICTS.names)
    new = new.select(names).unique("finding", keep="first", maintain_order=True)
    if old.is_empty():
        ledger.insert("verdicts", new)
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
    ledger.believe_no_longer("verdicts", closing["rowid"].to_list())
    ledger.insert("verdicts", fresh)
    return closing.select(names), fresh


def oblige(ledger: Ledger, obligations: Any, entities: Sequence[str]) -> int:
    """Replace all obligations of these entities by `obligations` (OBLIGATIONS). Returns rows changed."""
    if not entities:
        return 0
    connection = ledger.connection
    names = pl.DataFrame({"entity": sorted(set(entities))})
    given = frame(obligations).join(names, on="entity", how="semi")
    with registered(connection, named=names, given=given):
        held = connection.sql(
            "SELECT finding, rowid AS row FROM obligations WHERE believed_to IS NULL"
            " AND entity_key IN (SELECT md5_number_lower(entity) FROM named)"
            " AND entity IN (SELECT entity FROM named)"
        ).pl()
        if held.is_empty():
            ledger.insert("obligations", given)
            return len(given)
        with registered(connection, held=held.select("row")):
            stored = f"SELECT {columns_of(OBLIGATIONS)} FROM obligations WHERE rowid IN (SELECT row FROM held)"
            same = connection.sql(f"SELECT finding FROM (({stored}) INTERSECT (SELECT {_OBLIGATION} FROM given))").pl()
    closing = held.join(same, on="finding", how="anti")
    opening = given.join(same, on="finding", how="anti")
    ledger.believe_no_longer("obligations", closing["row"].to_list())
    ledger.insert("obligations", opening)
    return len(closing) + len(opening)
