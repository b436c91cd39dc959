"""A batch of stored events that were judged again: verdicts, passes and counts move by the difference."""

from __future__ import annotations

from typing import Any

import polars as pl

from infra.warehouse import aggregates, beliefs, rejudge
from infra.warehouse.answers import Applied
from infra.warehouse.offsets import State
from infra.warehouse.schema import FACTS
from infra.warehouse.tables import IDENTITY, columns_of, frame, ranges, registered, within
from infra.warehouse.work import Work, chain, quarantine


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
        closed, opened = beliefs.replace(connection, beliefs.believed(connection, again), verdicts, again, now)
        if rejudge.RULES in rejudge.causes(connection, batch.revises):
            facts = frame(batch.facts).join(again.select(IDENTITY), on=list(IDENTITY), how="semi")
            _state_anew(connection, again, facts, work.number)
            after.rejudge = rejudge.open_rows(connection, after, rejudge.told_elsewhere(connection, facts, again), now)
        columns = ["passed", "policy_version", "held"]
        changed = stored.join(again.select(*place, *columns), on=[*place, *columns], how="anti", nulls_equal=True)
        fresh = changed.select("rowid", *place).join(again.select(*place, *columns), on=place)
        if len(fresh):
            with registered(connection, fresh=fresh):
                connection.execute(
                    "UPDATE events SET passed = fresh.passed, policy_version = fresh.policy_version,"
                    " held = fresh.held FROM fresh WHERE events.rowid = fresh.rowid"
                )
        aggregates.add_counts(
            connection,
            aggregates.minus(aggregates.counts_of(stored, closed)),
            aggregates.counts_of(again, opened),
        )
    beliefs.oblige(connection, batch.obligations, batch.entities, now)
    quarantined = quarantine(work, [])
    last = events.select("time", *IDENTITY).sort("time", *IDENTITY).row(-1) if len(events) else None
    rejudge.close(connection, batch.revises, last, now)
    chain(work, after, events.clear(), 0, quarantined, revised=len(events))
    return Applied(0, 0, quarantined, after.registers)


def _state_anew(connection: Any, events: pl.DataFrame, facts: pl.DataFrame, number: int) -> None:
    """Rules say what an event states too: under others it may state other facts."""
    with registered(connection, judged=events.select("source", "id", "time"), stated=facts):
        connection.execute(
            "DELETE FROM facts USING judged WHERE facts.time = judged.time"
            " AND facts.source = judged.source AND facts.id = judged.id"
        )
        connection.execute(f"INSERT INTO facts SELECT {columns_of(FACTS)}, $batch FROM stated", {"batch": number})
