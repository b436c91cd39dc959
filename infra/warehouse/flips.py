"""What a judging anew would change, without changing it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl

from infra.warehouse import beliefs
from infra.warehouse.ledger import Ledger
from infra.warehouse.schema import Batch
from infra.warehouse.tables import IDENTITY, frame, ranges, registered, within

COLUMNS = dict.fromkeys(("clause", "source", "id", "entity", "before", "after"), pl.String())


def flips(connection: Any, batch: Batch, now: datetime) -> pl.DataFrame:
    """Outcomes that `batch` (stored events, judged again) would change: `COLUMNS`, one row an outcome.

    Of events an outcome is pass, breach, indeterminate or not_applicable; of obligations, as of now, also their state
    while they have no outcome; `entity` is whose obligation it is. Nothing is written.
    """
    parts = [_of_events(connection, frame(batch.events), frame(batch.verdicts))]
    if batch.entities:
        parts.append(_of_obligations(connection, batch, now))
    return pl.concat(parts)


def _of_events(connection: Any, events: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    if events.is_empty():
        return pl.DataFrame(schema=COLUMNS)
    with registered(connection, judged=events.select("source", "id", "time", "digest")):
        stored = connection.sql(
            f"SELECT e.source, e.id, e.passed FROM judged"
            f" JOIN ({within(ranges(events['time']), 'events', 'source, id, time, digest, passed')}) e"
            " USING (time, source, id, digest)"
        ).pl()
    again = events.join(stored.select(IDENTITY), on=list(IDENTITY), how="semi")
    verdicts = verdicts.join(again.select(IDENTITY), on=list(IDENTITY), how="semi")
    old = _outcomes(stored, beliefs.believed(connection, again)).rename({"outcome": "before"})
    new = _outcomes(again, verdicts).rename({"outcome": "after"})
    return _different(old.join(new, on=["source", "id", "clause"], how="full", coalesce=True).with_columns(entity=None))


def _different(both: pl.DataFrame) -> pl.DataFrame:
    told = both.with_columns(pl.col("before", "after").fill_null("not_applicable"))
    return told.filter(pl.col("before") != pl.col("after")).select(pl.col(name).cast(COLUMNS[name]) for name in COLUMNS)


def _outcomes(events: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    """Every outcome of these events but not_applicable: source, id, clause, outcome."""
    columns = ("source", "id", "clause", "outcome")
    spoken = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    if len(verdicts):
        spoken = verdicts.select(columns).filter(~pl.col("outcome").is_in(["pass", "not_applicable"]))
    passed = (
        events.select("source", "id", clause=pl.col("passed").str.split(" "))
        .explode("clause")
        .filter(pl.col("clause") != "")
        .with_columns(outcome=pl.lit("pass"))
    )
    return pl.concat([spoken, passed.join(spoken, on=["source", "id", "clause"], how="anti")])


def _of_obligations(connection: Any, batch: Batch, now: datetime) -> pl.DataFrame:
    """By storing them, asking, and rolling back: what an obligation comes to is told in one place only."""
    connection.execute("BEGIN TRANSACTION")
    try:
        old = _states(connection, batch, now).rename({"said": "before"})
        beliefs.oblige(Ledger(connection, 0, now), batch.obligations, batch.entities)
        new = _states(connection, batch, now).rename({"said": "after"})
    finally:
        connection.execute("ROLLBACK")
    return _different(old.join(new, on=["finding", "clause", "source", "id", "entity"], how="full", coalesce=True))


def _states(connection: Any, batch: Batch, now: datetime) -> pl.DataFrame:
    with registered(connection, named=pl.DataFrame({"entity": sorted(set(batch.entities))})):
        return connection.sql(  # type: ignore[no-any-return]
            "SELECT finding, clause, source, id, entity, coalesce(outcome, state) AS said FROM obligations_as_of($now)"
            " WHERE entity IN (SELECT entity FROM named)",
            params={"now": now},
        ).pl()
