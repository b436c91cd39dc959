"""A batch of stored events that were judged again: verdicts, passes and counts move by the difference."""

from __future__ import annotations

import polars as pl

from infra.warehouse import aggregates, beliefs, rejudge
from infra.warehouse.answers import Applied
from infra.warehouse.ledger import Ledger
from infra.warehouse.offsets import State
from infra.warehouse.tables import IDENTITY, frame, ranges, registered, within
from infra.warehouse.work import Work, quarantine, seal


def revise(work: Work, after: State) -> Applied:
    """A batch of stored events that were judged again."""
    connection, batch, now = work.connection, work.batch, work.now
    events = frame(batch.events)
    if len(events):
        with registered(connection, judged=events.select("source", "id", "time", "digest")):
            wanted = "source, id, time, digest, system, passed, policy_version, held, rowid"
            stored = frame(
                connection.sql(
                    f"SELECT e.* FROM judged JOIN ({within(ranges(events['time']), 'events', wanted)}) e"
                    " USING (time, source, id, digest)"
                ).to_arrow_table()
            )
        place = ["source", "id", "time", "digest"]
        again = events.join(stored.select(place), on=place, how="semi")
        verdicts = frame(batch.verdicts).join(again.select(IDENTITY), on=list(IDENTITY), how="semi")
        closed, opened = beliefs.replace(work.ledger, beliefs.believed(connection, again), verdicts, again)
        if rejudge.RULES in rejudge.causes(connection, batch.revises):
            facts = frame(batch.facts).join(again.select(IDENTITY), on=list(IDENTITY), how="semi")
            _state_anew(work.ledger, again, facts)
            after.rejudge = rejudge.open_rows(connection, after, rejudge.told_elsewhere(connection, facts, again), now)
        columns = ["passed", "policy_version", "held"]
        changed = stored.join(again.select(*place, *columns), on=[*place, *columns], how="anti", nulls_equal=True)
        fresh = changed.select("rowid", *place).join(again.select(*place, *columns), on=place)
        work.ledger.update("events", fresh.select("rowid", *columns))
        aggregates.add_counts(
            connection,
            aggregates.minus(aggregates.counts_of(stored, closed)),
            aggregates.counts_of(again, opened),
        )
    beliefs.oblige(work.ledger, batch.obligations, batch.entities)
    quarantined = quarantine(work, [])
    last = events.select("time", *IDENTITY).sort("time", *IDENTITY).row(-1) if len(events) else None
    rejudge.close(connection, batch.revises, last, now)
    seal(work, after, quarantined=quarantined, revised=len(events))
    return Applied(0, 0, quarantined, after.registers)


def _state_anew(ledger: Ledger, events: pl.DataFrame, facts: pl.DataFrame) -> None:
    """Rules say what an event states too: under others it may state other facts."""
    sql = within(ranges(events["time"]), "facts", "source, id, time, rowid")
    with registered(ledger.connection, judged=events.select("source", "id", "time")):
        told = ledger.connection.sql(
            f"SELECT f.rowid FROM ({sql}) f SEMI JOIN judged USING (time, source, id)"
        ).fetchall()
    ledger.delete("facts", [rowid for (rowid,) in told])
    ledger.insert("facts", facts)
