"""`apply`: one micro-batch in ONE transaction: events, facts, verdicts, obligations, counts, offsets.

Idempotent and fenced, because a commit's answer can be lost: a range that is stored already is answered
again, an old epoch is refused, a range that does not begin at the stored next offset is refused, never
skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl

from infra.warehouse import aggregates, beliefs, canaries, conflicts, duplicates, offsets, rejudge
from infra.warehouse.answers import Applied, Fenced, Gap, Stale
from infra.warehouse.ledger import Ledger
from infra.warehouse.offsets import State
from infra.warehouse.registers import TYPES, register, registers_since
from infra.warehouse.revise import revise
from infra.warehouse.schema import EVENTS, QUARANTINE, Batch, Read
from infra.warehouse.tables import IDENTITY, frame, identities, registered, transaction, without
from infra.warehouse.work import Work, quarantine, seal


def apply(connection: Any, state: State, batch: Batch, now: datetime) -> Applied:
    """Store a batch; see `Store.apply`."""
    owned = ((batch.partition, batch.epoch), *batch.also, *((read.partition, read.epoch) for read in batch.reads))
    for partition, epoch in owned:
        if state.epochs.get(partition) != epoch:
            raise Fenced(partition)
    if batch.reads:
        expected = {read: state.offsets.get((read.topic, read.partition), 0) for read in batch.reads}
        if all(read.next <= stored and not read.next == read.first == stored for read, stored in expected.items()):
            return Applied(0, 0, 0, state.registers)
        for read, stored in expected.items():
            if read.first > stored:
                offsets.refuse_gap(connection, (read.topic, read.partition), stored, read.first, now)
                raise Gap(read.partition, stored, read.first, read.topic)
        if any(read.first < stored for read, stored in expected.items()):
            batch = _trimmed(batch, expected)
    if batch.registers < state.registers or _overtaken(connection, batch):
        raise Stale(state.registers, registers_since(connection, batch.registers)[1])

    work = Work(Ledger(connection, state.batch + 1, now), state, batch)
    after = replace(state, epochs=state.epochs, offsets=dict(state.offsets), read_to=dict(state.read_to))
    with transaction(connection):
        answer = revise(work, after) if batch.revises else _store(work, after)
    vars(state).update(vars(after))
    return answer


def _overtaken(connection: Any, batch: Batch) -> bool:
    """Whether facts of what its events are about were stored since its judge was told them.

    Only another owner can: records that are keyed otherwise than the contract says lie on several partitions. What
    register events are about is told elsewhere by right, and worked out again whenever it is.
    """
    if batch.known is None:
        return False
    of_one_owner = frame(batch.events).filter(~pl.col("type").is_in(TYPES))
    about = of_one_owner.select(entity=pl.coalesce("subject", "entity")).drop_nulls().unique()
    with registered(connection, about=about):
        return bool(
            connection.execute(
                "SELECT 1 FROM facts WHERE batch > ? AND entity IN (SELECT entity FROM about) LIMIT 1", [batch.known]
            ).fetchall()
        )


def _trimmed(batch: Batch, expected: Mapping[Read, int]) -> Batch:
    """The part of a batch that is not stored yet, when a range begins below the stored next offset."""
    stored = pl.lit(False)
    for read, following in expected.items():
        inside = (pl.col("topic") == read.topic) & (pl.col("partition") == read.partition)
        stored |= (inside & (pl.col("offset") < following)).fill_null(False)
    events, refused = frame(batch.events), frame(batch.quarantine)
    still = events.filter(~stored)
    gone = events.filter(stored).select(IDENTITY).unique().join(still, on=list(IDENTITY), how="anti")
    reads = [
        read._replace(first=max(read.first, following)) for read, following in expected.items() if read.next > following
    ]
    return replace(
        batch,
        events=still.to_arrow().cast(EVENTS),
        quarantine=refused.filter(~stored).to_arrow().cast(QUARANTINE),
        facts=without(frame(batch.facts), gone).to_arrow(),
        verdicts=without(frame(batch.verdicts), gone).to_arrow(),
        reads=tuple(reads),
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
    after.registers, changed = register(work.ledger, after.registers, events, found.removed)
    if changed is not None:
        again += rejudge.register_changes(connection, changed)
    again += rejudge.told_elsewhere(connection, facts, events)

    owed = batch.obligations
    if len(found.erased):  # what they state was known to the judge, and is not to come back
        owed = without(frame(owed), found.erased.select(IDENTITY).unique()).to_arrow()
        again += conflicts.whole(connection, found.erased.select("partition", "subject").unique().rows(), ())

    work.ledger.insert("events", events)
    work.ledger.insert("facts", facts)
    replaced = found.removed.select(IDENTITY) if len(found.removed) else identities(())
    work.ledger.insert("verdicts", without(verdicts, replaced))
    beliefs.oblige(work.ledger, owed, batch.entities)
    quarantined = quarantine(work, found.losers)

    gone = removed[0] if removed else events.clear()
    aggregates.add_counts(
        connection,
        aggregates.counts_of(events, verdicts),
        *([aggregates.minus(aggregates.counts_of(gone, removed[1]))] if removed else []),
    )
    if len(events) or removed:
        aggregates.add_arrivals(connection, events, gone, now)
    canaries.note(connection, frame(batch.canaries))
    after.rejudge = rejudge.open_rows(connection, after, again, now)
    latest = events.group_by("topic", "partition").agg(pl.col("time").max())
    newest = {(topic, partition): time for topic, partition, time in latest.rows()}
    for read in batch.reads:
        place = (read.topic, read.partition)
        read_to = offsets.latest([after.read_to.get(place), newest.get(place)])
        offsets.advance(connection, place, read.next, read_to, now)
        after.offsets[place] = read.next
        if read_to is not None:
            after.read_to[place] = read_to
    seal(work, after, stored=len(events), doubled=found.duplicates, quarantined=quarantined)
    return Applied(len(events), found.duplicates, quarantined, after.registers)
