"""`apply`: one micro-batch in ONE transaction: events, facts, verdicts, obligations, counts, offsets.

Idempotent and fenced, because a commit's answer can be lost: a range that is stored already is answered again, an old
epoch is refused, a range that does not begin at the stored next offset is refused, never skipped.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import polars as pl
import pyarrow.compute as pc

from infra.warehouse import aggregates, beliefs, duplicates, offsets, rejudge
from infra.warehouse.answers import Applied, Fenced, Gap, Stale
from infra.warehouse.offsets import State
from infra.warehouse.registers import register, registers_since
from infra.warehouse.schema import EVENTS, FACTS, QUARANTINE, Batch
from infra.warehouse.tables import (
    IDENTITY,
    columns_of,
    frame,
    identities,
    ranges,
    registered,
    within,
    without,
)


@dataclass
class Work:
    """One transaction under way."""

    connection: Any
    state: State
    batch: Batch
    number: int  # of the transaction
    now: datetime


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
    connection.begin()
    try:
        answer = _revise(work, after) if batch.revises else _store(work, after)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    after.batch, after.recorded_at = work.number, now
    vars(state).update(vars(after))
    return answer


def _trimmed(batch: Batch, expected: int) -> Batch:
    """The part of a batch that is not stored yet, when its range begins below the stored next offset."""

    def beyond(table: Any) -> Any:
        return table.filter(
            pc.or_kleene(pc.is_null(table["offset"]), pc.greater_equal(table["offset"], expected))
        )

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
        facts = _own(facts.unique(maintain_order=True), events, found.losers)
        verdicts = verdicts.unique("finding", keep="first", maintain_order=True)

    again = rejudge.late_facts(connection, facts)
    removed = _remove(work, found.removed, events, verdicts)
    again += _conflicts(work, found, facts, removed)
    again += rejudge.held_events(events)
    after.registers, changed = register(connection, after.registers, events, found.removed)
    if changed is not None:
        again += rejudge.register_changes(connection, changed)

    stamp = {"batch": work.number, "now": now}
    if len(events):
        with registered(connection, incoming=events):
            connection.execute(
                f"INSERT INTO events SELECT {columns_of(EVENTS)}, $batch, $now FROM incoming", stamp
            )
    if len(facts):
        with registered(connection, stated=facts):
            connection.execute(
                f"INSERT INTO facts SELECT {columns_of(FACTS)}, $batch FROM stated", {"batch": work.number}
            )
    replaced = found.removed.select(IDENTITY) if len(found.removed) else identities(())
    beliefs.believe(connection, without(verdicts, replaced), now)
    beliefs.oblige(connection, batch.obligations, batch.entities, now)
    quarantined = _quarantine(work, found.losers)

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
        read_to = offsets.latest([after.read_to.get(place), events["time"].max() if len(events) else None])
        offsets.advance(connection, place, batch.next, read_to, now)
        after.offsets[place] = batch.next
        if read_to is not None:
            after.read_to[place] = read_to
    _chain(work, after, events, found.duplicates, quarantined, revised=0)
    return Applied(len(events), found.duplicates, quarantined, after.registers)


def _own(facts: pl.DataFrame, events: pl.DataFrame, losers: list[dict[str, Any]]) -> pl.DataFrame:
    """Facts without those of a content that lost within the batch: they have its time or its subject."""
    if not losers:
        return facts
    rivals = identities((each["source"], each["id"]) for each in losers)
    disputed = facts.join(rivals, on=list(IDENTITY), how="semi")
    standing = events.select("source", "id", "time", "subject")
    own = disputed.join(standing, on=["source", "id", "time"], how="inner").filter(
        pl.col("subject").is_null() | (pl.col("subject") == pl.col("entity"))
    )
    return pl.concat([without(facts, rivals), own.select(facts.columns)])


def _remove(
    work: Work, stored: pl.DataFrame, events: pl.DataFrame, verdicts: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    """Take stored events out that lost against new contents. Returns them and the open verdicts they had."""
    if stored.is_empty():
        return None
    connection = work.connection
    believed = beliefs.believed(connection, stored)
    names = stored.select(IDENTITY)
    winners = events.join(names, on=list(IDENTITY), how="semi")
    beliefs.replace(
        connection, believed, verdicts.join(names, on=list(IDENTITY), how="semi"), winners, work.now
    )
    connection.execute(
        "DELETE FROM events WHERE rowid IN (SELECT unnest(?::BIGINT[]))", [stored["rowid"].to_list()]
    )
    return stored, believed.select(verdicts.columns) if len(believed) else verdicts.clear()


def _conflicts(
    work: Work, found: duplicates.Sorted, facts: pl.DataFrame, removed: Any
) -> list[dict[str, Any]]:
    """Judge again whatever may rest on either content of a conflict; removes the facts of removed events."""
    if not found.losers:
        return []
    connection = work.connection
    sides = [*found.losers, *found.winners]
    since: dict[tuple[str, str], datetime] = {}
    for each in sides:
        identity = (each["source"], each["id"])
        since[identity] = min(since.get(identity, each["time"]), each["time"])
    about = {
        (each["partition"], each["subject"], each["source"], each["id"]) for each in sides if each["subject"]
    }
    given = frame(work.batch.facts).join(identities(since), on=list(IDENTITY), how="semi")
    about |= {
        (work.batch.partition, entity, s, n) for entity, s, n in given.select("entity", *IDENTITY).rows()
    }
    if removed:
        spans = ranges(found.removed["time"])
        with registered(connection, gone=found.removed.select("source", "id", "time", "partition")):
            sql = within(spans, "facts", "source, id, time, entity, rowid")
            rows = connection.sql(
                f'SELECT f.rowid, f.entity, f.source, f.id, g."partition" FROM gone g JOIN ({sql}) f USING (time, source, id)'
            ).fetchall()
        about |= {(partition, entity, source, name) for _, entity, source, name, partition in rows}
        connection.execute(
            "DELETE FROM facts WHERE rowid IN (SELECT unnest(?::BIGINT[]))", [[row[0] for row in rows]]
        )
    return [
        {"partition": partition, "cause": "id_conflict", "entity": entity, "since": since[source, name]}
        for partition, entity, source, name in about
    ]


def _quarantine(work: Work, losers: list[dict[str, Any]]) -> int:
    names = list(QUARANTINE.names)
    rows = frame(work.batch.quarantine)
    if losers:
        lost = pl.DataFrame(
            [{**each, "reason": "id_conflict", "detail": each["type"]} for each in losers]
        ).select([pl.col(name).cast(rows.schema[name]) for name in names])
        rows = pl.concat([rows.select(names), lost])
    if len(rows):
        with registered(work.connection, refused=rows):
            work.connection.execute(
                f"INSERT INTO quarantine SELECT {columns_of(QUARANTINE)}, $batch, $now FROM refused",
                {"batch": work.number, "now": work.now},
            )
    return len(rows)


def _revise(work: Work, after: State) -> Applied:
    """A batch of stored events that were judged again."""
    connection, batch, now = work.connection, work.batch, work.now
    events = frame(batch.events)
    if len(events):
        with registered(connection, judged=events.select("source", "id", "time", "digest")):
            columns = "source, id, time, digest, system, passed, policy_version, held, rowid"
            stored = connection.sql(
                f"SELECT e.* FROM judged JOIN ({within(ranges(events['time']), 'events', columns)}) e"
                " USING (time, source, id, digest)"
            ).pl()
        place = ["source", "id", "time", "digest"]
        again = events.join(stored.select(place), on=place, how="semi")
        verdicts = frame(batch.verdicts).join(again.select(IDENTITY), on=list(IDENTITY), how="semi")
        closed, opened = beliefs.replace(
            connection, beliefs.believed(connection, again), verdicts, again, now
        )
        columns = ["passed", "policy_version", "held"]
        changed = stored.join(
            again.select(*place, *columns), on=[*place, *columns], how="anti", nulls_equal=True
        )
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
    quarantined = _quarantine(work, [])
    last = events.select("time", *IDENTITY).sort("time", *IDENTITY).row(-1) if len(events) else None
    rejudge.close(connection, batch.revises, last, now)
    _chain(work, after, events.clear(), 0, quarantined, revised=len(events))
    return Applied(0, 0, quarantined, after.registers)


def _chain(
    work: Work, after: State, events: pl.DataFrame, doubled: int, quarantined: int, revised: int
) -> None:
    """Chain this transaction to the one before: who changes stored events by hand breaks the chain."""
    salt = secrets.token_bytes(16)
    leaf = hashlib.sha256(salt + "".join(events["digest"].to_list()).encode()).digest()
    after.chain = hashlib.sha256(work.state.chain + leaf).digest()
    batch = work.batch
    work.connection.execute(
        "INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            work.number,
            batch.partition,
            batch.epoch,
            batch.topic,
            batch.first,
            batch.next,
            len(events),
            doubled,
            quarantined,
            batch.dropped_fields,
            revised,
            salt,
            leaf,
            after.chain,
            work.now,
        ],
    )
