"""One event per (source, id): what of a batch is new, what is stored, and which of two contents stands.

Two different contents under one identity: the one with the smaller digest is kept, whichever came first.
Contents with a personal value in their envelope take no part in this: they are told apart by their digest as
well. Stored events are looked for only at the batch's own event times (a resend has the same `time` by
contract), so the cost does not grow with what is stored; `Store.reconcile` finds one identity under two
times.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from infra.warehouse.tables import IDENTITY, frame, identities, ranges, registered, within

ENVELOPE = '"~envelope":'  # key of `data` of an event whose own envelope held a personal value
LOSER = ("digest", "type", "system", "topic", "partition", "offset", "subject", "entity", "time", "source", "id")


@dataclass
class Sorted:
    """A batch taken apart. `removed` are stored events (with `rowid`) that a new one replaces."""

    kept: pl.DataFrame
    dropped: pl.DataFrame  # (source, id) whose facts and verdicts in the batch do not count
    duplicates: int
    losers: list[dict[str, Any]] = field(default_factory=list)  # contents that lost, stored or new
    winners: list[dict[str, Any]] = field(default_factory=list)  # contents that won against them
    removed: pl.DataFrame = field(default_factory=pl.DataFrame)
    erased: pl.DataFrame = field(default_factory=pl.DataFrame)  # those of `dropped` whose stored event was erased


def enveloped(data: str = "data") -> pl.Expr:
    """Whether an event's envelope held a personal value."""
    return pl.col(data).fill_null("").str.contains(ENVELOPE, literal=True)


def _among_themselves(events: pl.DataFrame) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """One content per identity within the batch, the first delivery of it; and the contents that lost."""
    identity = pl.struct(*IDENTITY, pl.when(pl.col("enveloped")).then(pl.col("digest")).otherwise(None).alias("own"))
    events = events.with_columns(identity=identity)
    if not events.select(pl.col("identity").is_duplicated().any()).item():
        return events, []
    ordered = events.with_row_index("n").sort("digest", "n")
    kept = ordered.unique("identity", keep="first", maintain_order=True)
    smallest = kept.select("identity", winning="digest")
    lost = (
        ordered.join(smallest, on="identity", nulls_equal=True)
        .filter(pl.col("digest") != pl.col("winning"))
        .unique("digest", keep="first", maintain_order=True)
    )
    return kept.sort("n").drop("n"), lost.select(LOSER).to_dicts()


def sort_out(connection: Any, events: pl.DataFrame) -> Sorted:
    """Take a batch's events (EVENTS columns) apart."""
    total = len(events)
    kept, losers = _among_themselves(events.with_columns(enveloped=enveloped()))
    winners: list[dict[str, Any]] = []
    if losers:
        lost = identities((each["source"], each["id"]) for each in losers)
        winners += kept.join(lost, on=list(IDENTITY)).filter(~pl.col("enveloped")).select(LOSER).to_dicts()
    known = _stored(connection, kept)
    columns = events.columns
    if known.is_empty():
        return Sorted(kept.select(columns), identities(()), total - len(kept) - len(losers), losers, winners)

    # An erased event has no digest left: whatever comes under its name is it again.
    again = (pl.col("digest") == pl.col("new_digest")) | (pl.col("digest") == "")
    same = known.filter(again)
    other = known.filter(~again & ~pl.col("enveloped") & ~pl.col("new_enveloped"))
    won = other.filter(pl.col("new_digest") < pl.col("digest"))
    lost = other.filter(pl.col("new_digest") > pl.col("digest"))
    gone = pl.concat([same.select("n"), lost.select("n")]).unique()
    indexed = kept.with_row_index("n").with_columns(pl.col("n").cast(pl.Int64))
    still = indexed.join(gone, on="n", how="anti", maintain_order="left")
    dropped = indexed.join(gone, on="n", how="semi")
    losers += indexed.join(lost.select("n"), on="n", how="semi").select(LOSER).to_dicts()
    winners += lost.select(LOSER).to_dicts()
    losers += won.select(LOSER).to_dicts()
    winners += indexed.join(won.select("n"), on="n", how="semi").select(LOSER).to_dicts()
    # What is stored under an identity that stays in the batch too (envelopes) keeps its facts and verdicts.
    names = dropped.select(IDENTITY).unique().join(still.select(IDENTITY), on=list(IDENTITY), how="anti")
    return Sorted(
        kept=still.select(columns),
        dropped=names,
        duplicates=total - len(still) - len(losers) + len(won),
        losers=losers,
        winners=winners,
        removed=won,
        erased=indexed.join(known.filter(pl.col("digest") == "").select("n"), on="n", how="semi").select(columns),
    )


def _stored(connection: Any, events: pl.DataFrame) -> pl.DataFrame:
    """Stored events of these identities and times; `n`: its row in `events`, `new_digest`: its digest."""
    if events.is_empty():
        return pl.DataFrame()
    incoming = events.select("source", "id", "time", "digest", "enveloped").with_row_index("n")
    columns = (
        'source, id, time, digest, type, system, topic, "partition", "offset", subject, entity, passed,'
        " policy_version, data, rowid"
    )
    stored = within(ranges(events["time"]), "events", columns)
    with registered(connection, incoming=incoming):
        found = frame(
            connection.sql(
                "SELECT e.*, i.n::BIGINT AS n, i.digest AS new_digest, i.enveloped AS new_enveloped"
                f" FROM incoming i JOIN ({stored}) e USING (time, source, id)"
            ).to_arrow_table()
        )
    return found.with_columns(enveloped=enveloped())
