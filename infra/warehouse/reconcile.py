"""Finds one identity under two event times, which `apply` does not look for, and keeps the smaller digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl

from infra.warehouse import aggregates, beliefs, conflicts, rejudge
from infra.warehouse.duplicates import ENVELOPE
from infra.warehouse.offsets import State
from infra.warehouse.registers import register
from infra.warehouse.schema import EVENTS, VERDICTS
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
    with transaction(connection):
        spans = ranges(gone["time"])
        with registered(connection, gone=gone):
            lost = connection.sql(
                "SELECT f.rowid, f.entity FROM gone g JOIN"
                f" ({within(spans, 'facts', 'source, id, time, entity, rowid')}) f USING (time, source, id)"
            ).pl()
            connection.execute(
                "INSERT INTO quarantine SELECT 'id_conflict', type, digest, system, topic,"
                ' "partition", "offset", $batch, $now FROM gone',
                {"batch": state.batch, "now": now},
            )
            connection.execute("DELETE FROM events WHERE rowid IN (SELECT rowid FROM gone)")
        connection.execute("DELETE FROM facts WHERE rowid IN (SELECT unnest(?::BIGINT[]))", [lost["rowid"].to_list()])
        closed = _withdraw(connection, gone, now)
        aggregates.add_counts(connection, aggregates.minus(aggregates.counts_of(gone, closed)))
        aggregates.add_arrivals(connection, gone.clear(), gone, now)
        conflicts.withdraw_obligations(connection, gone, now)
        about = twins.select("partition", pl.coalesce("subject", "entity")).rows()
        work = conflicts.whole(connection, about, lost["entity"])
        after.registers, changed = register(connection, state.registers, kept, gone)
        if changed is not None:
            work += rejudge.register_changes(connection, changed)
        after.rejudge = rejudge.open_rows(connection, state, work, now)
    state.registers, state.rejudge, state.recorded_at = after.registers, after.rejudge, now
    return len(gone)


def _withdraw(connection: Any, gone: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Withdraw the verdicts of removed events; returns those that were believed until now.

    A finding that the content kept has too is already believed through that one: two intervals must not
    overlap, so the rows of the removed content go.
    """
    believed = beliefs.believed(connection, gone)
    if believed.is_empty():
        return _none()
    with registered(connection, believed=believed):
        shared = connection.sql(
            "SELECT DISTINCT b.finding FROM believed b JOIN verdicts v ON v.finding = b.finding AND v.time <> b.time"
        ).pl()
        both = believed.join(shared, on="finding", how="semi")
        alone = believed.join(shared, on="finding", how="anti")
        with registered(connection, shared=both):
            connection.execute(
                "DELETE FROM verdicts USING shared"
                " WHERE verdicts.finding = shared.finding AND verdicts.time = shared.time"
            )
    beliefs.replace(
        connection,
        alone,
        alone.select(list(VERDICTS.names)).clear(),
        gone.with_columns(passed=pl.lit("")),
        now,
    )
    return believed.select(list(VERDICTS.names))


def _none() -> pl.DataFrame:
    """No verdicts."""
    return frame(VERDICTS.empty_table())
