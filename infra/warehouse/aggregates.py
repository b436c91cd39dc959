"""Sums kept in the transaction that changes what they sum: counts per clause, events per minute, sources.

Each transaction only adds rows (a difference may be negative); `compact` merges them once they have doubled,
so the tables stay within twice their true size and adding costs the same at any size.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import polars as pl

from infra.warehouse.tables import registered, transaction

COUNT_KEYS = ["clause", "system", "hour", "policy_version", "outcome"]
SLACK = 50_000  # rows that may be added before merging pays


def counts_of(events: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    """Counts of these events' passes and of these verdicts (breach, indeterminate): COUNT_KEYS and `n`."""
    hour = pl.col("time").dt.truncate("1h").alias("hour")
    # Few distinct lists of clauses occur: count them first, split them afterwards.
    passes = (
        events.filter(pl.col("passed") != "")
        .group_by("system", hour, "policy_version", "passed")
        .agg(n=pl.len().cast(pl.Int64))
        .with_columns(clause=pl.col("passed").str.split(" "), outcome=pl.lit("pass"))
        .explode("clause")
        .group_by(COUNT_KEYS)
        .agg(pl.col("n").sum())
    )
    judged = (
        verdicts.filter(pl.col("outcome").is_in(["breach", "indeterminate"]))
        .group_by("clause", "system", hour, "policy_version", "outcome")
        .agg(n=pl.len().cast(pl.Int64))
    )
    return pl.concat([passes.select(*COUNT_KEYS, "n"), judged.select(*COUNT_KEYS, "n")])


def minus(counts: pl.DataFrame) -> pl.DataFrame:
    """The same counts, taken away."""
    return counts.with_columns(n=-pl.col("n"))


def add_counts(connection: Any, *parts: pl.DataFrame) -> None:
    """Add differences to the counts."""
    total = pl.concat(parts).group_by(COUNT_KEYS).agg(pl.col("n").sum()).filter(pl.col("n") != 0)
    if len(total):
        with registered(connection, delta=total.sort("hour", "clause")):
            connection.execute("INSERT INTO counts SELECT clause, system, hour, policy_version, outcome, n FROM delta")


def add_arrivals(connection: Any, stored: pl.DataFrame, removed: pl.DataFrame, now: datetime) -> None:
    """Events per system and minute, and what each source sent last."""
    minute = pl.col("time").dt.truncate("1m").alias("minute")
    signed = pl.concat(
        [
            stored.select("system", "source", "time", n=pl.lit(1, pl.Int64)),
            removed.select("system", "source", "time", n=pl.lit(-1, pl.Int64)),
        ]
    )
    minutes = signed.group_by("system", minute).agg(pl.col("n").sum()).filter(pl.col("n") != 0).sort("minute")
    sources = signed.group_by("source").agg(
        pl.col("system").first(), pl.col("n").sum(), pl.col("time").max().alias("last_time")
    )
    with registered(connection, delta=minutes, seen=sources):
        connection.execute("INSERT INTO minutes SELECT system, minute, n FROM delta")
        connection.execute(
            "UPDATE sources SET last_time = greatest(sources.last_time, seen.last_time),"
            " n = sources.n + seen.n, last_recorded_at = $now FROM seen WHERE sources.source = seen.source",
            {"now": now},
        )
        connection.execute(
            "INSERT INTO sources SELECT source, system, last_time, $now, n FROM seen"
            " WHERE source NOT IN (SELECT source FROM sources)",
            {"now": now},
        )


class Compactor:
    """Merges the rows of `counts` and `minutes` once they have doubled since the last merge."""

    TABLES: ClassVar = {
        "counts": ("clause, system, hour, policy_version, outcome", "hour, clause"),
        "minutes": ("system, minute", "minute"),
    }

    def __init__(self) -> None:
        self._merged: dict[str, int] = {}

    def compact(self, connection: Any) -> None:
        """Merge what has grown; a transaction of its own."""
        for table, (keys, order) in self.TABLES.items():
            rows = connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
            if rows <= 2 * self._merged.get(table, 0) + SLACK:
                continue
            with transaction(connection):
                connection.execute(
                    f"CREATE OR REPLACE TEMP TABLE merged AS SELECT {keys}, sum(n)::BIGINT AS n FROM {table}"
                    f" GROUP BY ALL HAVING sum(n) <> 0"
                )
                connection.execute(f"DELETE FROM {table}")
                connection.execute(f"INSERT INTO {table} SELECT {keys}, n FROM merged ORDER BY {order}")
                self._merged[table] = connection.execute("SELECT count(*) FROM merged").fetchall()[0][0]
                connection.execute("DROP TABLE temp.merged")
