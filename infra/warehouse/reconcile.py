"""Finds one identity under two event times, which `apply` does not look for, and keeps the smaller digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl

from infra.warehouse import aggregates, beliefs, conflicts, rejudge
from infra.warehouse.duplicates import ENVELOPE
from infra.warehouse.ledger import Ledger
from infra.warehouse.offsets import State
from infra.warehouse.registers import register
from infra.warehouse.schema import EVENTS, QUARANTINE, VERDICTS
from infra.warehouse.tables import IDENTITY, columns_of, frame, ranges, registered, transaction, within

_CLEAN = f"NOT contains(coalesce(data, ''), '{ENVELOPE}')"


def _doubled(since: int) -> str:
    """SQL of identities that a transaction after number `since` stored and that are stored more than once."""
    return (
        "SELECT e.source, e.id FROM events e SEMI JOIN"
        f" (SELECT source, id FROM events WHERE batch > {int(since)}) r USING (source, id)"
        f" WHERE {_CLEAN} GROUP BY e.source, e.id HAVING count(*) > 1"
    )


def suspects(cursor: Any, since: int) -> bool:
    """Whether there is anything to reconcile: the long look, on a cursor of its own."""
    return bool(cursor.sql(f"SELECT 1 FROM ({_doubled(since)}) LIMIT 1").fetchall())


def reconciled(connection: Any, state: State, upto: int, now: datetime) -> None:
    """Note that all transactions up to this number were looked at."""
    if upto > state.reconciled:
        with transaction(connection):
            connection.execute("DELETE FROM reconciled")
            connection.execute("INSERT INTO reconciled VALUES (?, ?)", [upto, now])
        state.reconciled = upto


def reconcile(connection: Any, state: State, since: int, now: datetime) -> int:
    """Keep the smallest digest of each doubled identity; returns how many events were removed."""
    twins = connection.sql(
        f"SELECT {columns_of(EVENTS)}, e.rowid FROM events e SEMI JOIN ({_doubled(since)}) d"
        f" USING (source, id) WHERE {_CLEAN} ORDER BY source, id, digest, time"
    ).pl()
    if twins.is_empty():
        return 0
    kept = twins.unique(IDENTITY, keep="first", maintain_order=True)
    gone = twins.join(kept.select("rowid"), on="rowid", how="anti")
    after = replace(state)
    ledger = Ledger(connection, state.batch + 1, now)
    with transaction(connection):
        spans = ranges(gone["time"])
        with registered(connection, gone=gone):
            lost = connection.sql(
                "SELECT f.rowid, f.entity FROM gone g JOIN"
                f" ({within(spans, 'facts', 'source, id, time, entity, rowid')}) f USING (time, source, id)"
            ).pl()
        lost_events = gone.with_columns(reason=pl.lit("id_conflict"), detail=pl.col("type"))
        ledger.insert("quarantine", lost_events.select(*QUARANTINE.names))
        ledger.delete("events", gone["rowid"].to_list())
        ledger.delete("facts", lost["rowid"].to_list())
        closed = _withdraw(ledger, gone)
        aggregates.add_counts(connection, aggregates.minus(aggregates.counts_of(gone, closed)))
        aggregates.add_arrivals(connection, gone.clear(), gone, now)
        conflicts.withdraw_obligations(ledger, gone)
        about = twins.select("partition", pl.coalesce("subject", "entity")).rows()
        work = conflicts.whole(connection, about, lost["entity"])
        after.registers, changed = register(ledger, state.registers, kept, gone)
        if changed is not None:
            work += rejudge.register_changes(connection, changed)
        after.rejudge = rejudge.open_rows(connection, state, work, now)
        ledger.seal(after, "reconcile", revised=len(gone))
    vars(state).update(vars(after))
    return len(gone)


def _withdraw(ledger: Ledger, gone: pl.DataFrame) -> pl.DataFrame:
    """Withdraw the verdicts of removed events; returns those that were believed until now.

    A finding that the content kept has too is already believed through that one: two intervals must not
    overlap, so the rows of the removed content go.
    """
    connection = ledger.connection
    believed = beliefs.believed(connection, gone)
    if believed.is_empty():
        return _none()
    with registered(connection, believed=believed):
        shared = connection.sql(
            "SELECT DISTINCT b.finding FROM believed b JOIN verdicts v ON v.finding = b.finding AND v.time <> b.time"
        ).pl()
        both = believed.join(shared, on="finding", how="semi")
        alone = believed.join(shared, on="finding", how="anti")
        with registered(connection, shared=both.select("finding", "time")):
            theirs = connection.sql("SELECT v.rowid FROM verdicts v SEMI JOIN shared USING (finding, time)").fetchall()
    ledger.delete("verdicts", [rowid for (rowid,) in theirs])
    beliefs.replace(
        ledger,
        alone,
        alone.select(list(VERDICTS.names)).clear(),
        gone.with_columns(passed=pl.lit("")),
    )
    return believed.select(list(VERDICTS.names))


def _none() -> pl.DataFrame:
    """No verdicts."""
    return frame(VERDICTS.empty_table())
