"""`apply`: one micro-batch in ONE transaction: events, facts, verdicts, obligations, counts, offsets.

Idempotent and fenced, because a commit's answer can be lost: a range that is stored already is answered
again, an old epoch is refused, a range that does not begin at the stored next offset is refused, never
skipped.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl
import pyarrow.compute as pc

from infra.warehouse import aggregates, beliefs, conflicts, duplicates, offsets, rejudge
from infra.warehouse.answers import Applied, Fenced, Gap, Stale
from infra.warehouse.offsets import State
from infra.warehouse.registers import register, registers_since
from infra.warehouse.revise import revise
from infra.warehouse.schema import EVENTS, FACTS, Batch
from infra.warehouse.tables import IDENTITY, columns_of, frame, identities, registered, transaction, without
from infra.warehouse.work import Work, chain, quarantine


def apply(connection: Any, state: State, batch: Batch, now: datetime) -> Applied:
    """Store a batch; see `Store.apply`."""
    if state.epochs.get(batch.partition) != batch.epoch:
        raise Fenced(batch.partition)
    place = (batch.topic or "", batch.partition)
    if batch.topic is not None:
        expected = state.offsets.get(place, 0)
        if batch.next <= expected and not (batch.next == batch.first == expected):
            return Applied(0, 0, 0, state.registers)
        if batch.first > expected:
            offsets.refuse_gap(connection, place, expected, batch.first, now)
            raise Gap(batch.partition, expected, batch.first, batch.topic)
        if batch.first < expected:
            batch = _trimmed(batch, expected)
    if batch.registers < state.registers:
        raise Stale(state.registers, registers_since(connection, batch.registers)[1])

    work = Work(connection, state, batch, state.batch + 1, now)
    after = replace(state, epochs=state.epochs, offsets=dict(state.offsets), read_to=dict(state.read_to))
    with transaction(connection):
        answer = revise(work, after) if batch.revises else _store(work, after)
    after.batch, after.recorded_at = work.number, now
    vars(state).update(vars(after))
    return answer


def _trimmed(batch: Batch, expected: int) -> Batch:
    """The part of a batch that is not stored yet, when its range begins below the stored next offset."""

    def beyond(table: Any) -> Any:
        return table.filter(pc.or_kleene(pc.is_null(table["offset"]), pc.greater_equal(table["offset"], expected)))

    events = frame(batch.events)
    gone = events.filter(pl.col("offset") < expected).select(IDENTITY)
    still = events.filter(pl.col("offset") >= expected).select(IDENTITY)
    gone = gone.unique().join(still, on=list(IDENTITY), how="anti")
    return replace(
        batch,
        events=beyond(batch.events),
        quarantine=beyond(batch.quarantine),
        facts=without(frame(batch.facts), gone).to_arrow(),
        verdicts=without(frame(batch.verdicts), gone).to_arrow(),
        first=expected,
    )


def _store(work: Work, after: State) -> Applied:
    """A batch of events just read."""
    connection, batch, now = work.connection, work.batch, work.now
    found = duplicates.sort_out(connection, frame(batch.events))
    events = found.kept
    facts = without(frame(batch.facts), found.dropped)
    verdicts = without(frame(batch.verdicts), found.dropped)
    if found.duplicates or found.losers:
        facts = conflicts.own(facts.unique(maintain_order=True), events, found.losers)
        verdicts = verdicts.unique("finding", keep="first", maintain_order=True)

    again = rejudge.late_facts(connection, facts)
    removed = conflicts.remove(work, found.removed, events, verdicts)
    again += conflicts.conflicts(work, found)
    again += rejudge.held_events(events)
    after.registers, changed = register(connection, after.registers, events, found.removed)
    if changed is not None:
        again += rejudge.register_changes(connection, changed)

    stamp = {"batch": work.number, "now": now}
    if len(events):
        with registered(connection, incoming=events):
            connection.execute(
                f"INSERT INTO events SELECT {columns_of(EVENTS)}, $batch, $now, md5_number_lower(subject)"
                " FROM incoming",
                stamp,
            )
    if len(facts):
        with registered(connection, stated=facts):
            connection.execute(
                f"INSERT INTO facts SELECT {columns_of(FACTS)}, $batch FROM stated", {"batch": work.number}
            )
    replaced = found.removed.select(IDENTITY) if len(found.removed) else identities(())
    beliefs.believe(connection, without(verdicts, replaced), now)
    beliefs.oblige(connection, batch.obligations, batch.entities, now)
    quarantined = quarantine(work, found.losers)

    gone = removed[0] if removed else events.clear()
    aggregates.add_counts(
        connection,
        aggregates.counts_of(events, verdicts),
        *([aggregates.minus(aggregates.counts_of(gone, removed[1]))] if removed else []),
    )
    if len(events) or removed:
        aggregates.add_arrivals(connection, events, gone, now)
    after.rejudge = rejudge.open_rows(connection, after, again, now)
    if batch.topic is not None:
        place = (batch.topic, batch.partition)
        read_to = offsets.latest([after.read_to.get(place), *events["time"].top_k(1).to_list()])
        offsets.advance(connection, place, batch.next, read_to, now)
        after.offsets[place] = batch.next
        if read_to is not None:
            after.read_to[place] = read_to
    chain(work, after, events, found.duplicates, quarantined, revised=0)
    return Applied(len(events), found.duplicates, quarantined, after.registers)
