"""Two contents under one identity: the loser leaves with its facts; what rested on either is judged again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import polars as pl

from infra.warehouse import beliefs, duplicates
from infra.warehouse.ledger import Ledger
from infra.warehouse.registers import homes
from infra.warehouse.tables import IDENTITY, frame, identities, ranges, registered, within, without
from infra.warehouse.work import Work

BEGINNING = datetime(1, 1, 2, tzinfo=UTC)


def own(facts: pl.DataFrame, events: pl.DataFrame, losers: list[dict[str, Any]]) -> pl.DataFrame:
    """Facts without those of a content that lost within the batch: they have its time or its subject."""
    if not losers:
        return facts
    rivals = identities((each["source"], each["id"]) for each in losers)
    disputed = facts.join(rivals, on=list(IDENTITY), how="semi")
    standing = events.select("source", "id", "time", "subject")
    theirs = disputed.join(standing, on=["source", "id", "time"], how="inner").filter(
        pl.col("subject").is_null()
        | (pl.col("subject") == pl.col("entity"))
        | ~pl.col("entity").is_in([each["subject"] for each in losers if each["subject"]])
    )
    return pl.concat([without(facts, rivals), theirs.select(facts.columns)])


def remove(
    work: Work, stored: pl.DataFrame, events: pl.DataFrame, verdicts: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    """Take stored events out that lost against new contents. Returns them and the open verdicts they had."""
    if stored.is_empty():
        return None
    believed = beliefs.believed(work.connection, stored)
    names = stored.select(IDENTITY)
    winners = events.join(names, on=list(IDENTITY), how="semi")
    beliefs.replace(work.ledger, believed, verdicts.join(names, on=list(IDENTITY), how="semi"), winners)
    withdraw_obligations(work.ledger, stored)
    work.ledger.delete("events", stored["rowid"].to_list())
    return stored, believed.select(verdicts.columns) if len(believed) else verdicts.clear()


def conflicts(work: Work, found: duplicates.Sorted) -> list[dict[str, Any]]:
    """Judge again whatever may rest on either content of a conflict; removes the facts of removed events."""
    if not found.losers:
        return []
    connection = work.connection
    sides = [*found.losers, *found.winners]
    about = {(each["partition"], each["subject"] or each["entity"]) for each in sides}
    rivals = identities((each["source"], each["id"]) for each in sides)
    given = frame(work.batch.facts).join(rivals, on=list(IDENTITY), how="semi")
    told = set(given["entity"])
    if len(found.removed):
        spans = ranges(found.removed["time"])
        with registered(connection, gone=found.removed.select("source", "id", "time")):
            sql = within(spans, "facts", "source, id, time, entity, rowid")
            rows = connection.sql(
                f"SELECT f.rowid, f.entity FROM gone g JOIN ({sql}) f USING (time, source, id)"
            ).fetchall()
        told |= {entity for _, entity in rows}
        work.ledger.delete("facts", [row[0] for row in rows])
    return whole(connection, about, told)


def whole(connection: Any, about: Iterable[tuple[int, str | None]], told: Iterable[str]) -> list[dict[str, Any]]:
    """Rejudge rows of everything that is stored of these (partition, entity), from the beginning of time.

    `told`: whose facts they state, be it about others: that is their owners' business.
    Obligations are worked out anew with the events of an entity, so some event has to be looked at, also when
    the removed content was its last.
    """
    own = {(partition, entity) for partition, entity in about if entity is not None}
    own |= set(homes(connection, set(told) - {entity for _, entity in own}))
    return [
        {"partition": partition, "cause": "id_conflict", "entity": entity, "since": BEGINNING}
        for partition, entity in sorted(own)
    ]


def withdraw_obligations(ledger: Ledger, removed: pl.DataFrame) -> None:
    """Believe no longer in what removed events opened; the winners' own come with their entity."""
    with registered(ledger.connection, gone=removed.select(*IDENTITY, "time").unique()):
        opened = ledger.connection.sql(
            "SELECT o.rowid FROM obligations o SEMI JOIN gone g"
            " ON o.source = g.source AND o.id = g.id AND o.opened_at = g.time WHERE o.believed_to IS NULL"
        ).fetchall()
    ledger.believe_no_longer("obligations", [rowid for (rowid,) in opened])
