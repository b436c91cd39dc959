"""What became of canaries: per clause when the last was sent that was judged, and the last that fired."""

from __future__ import annotations

from typing import Any

import polars as pl

from infra.warehouse.tables import registered


def note(connection: Any, judged: pl.DataFrame) -> None:
    """Take in judged canaries (CANARIES) inside the caller's transaction; neither order nor repeats matter."""
    if judged.is_empty():
        return
    fresh = judged.group_by("clause").agg(
        judged_at=pl.col("sent_at").max(), fired_at=pl.col("sent_at").filter(pl.col("fired")).max()
    )
    with registered(connection, fresh=fresh):
        connection.execute(
            "MERGE INTO canaries USING fresh ON canaries.clause = fresh.clause"
            " WHEN MATCHED THEN UPDATE SET judged_at = greatest(canaries.judged_at, fresh.judged_at),"
            " fired_at = greatest(canaries.fired_at, fresh.fired_at)"
            " WHEN NOT MATCHED THEN INSERT (clause, judged_at, fired_at)"
            " VALUES (fresh.clause, fresh.judged_at, fresh.fired_at)"
        )
