"""One transaction under way, and what each ends with: its quarantine rows and its link of the chain."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from infra.warehouse.offsets import State
from infra.warehouse.schema import QUARANTINE, Batch
from infra.warehouse.tables import columns_of, frame, registered


@dataclass
class Work:
    """One transaction under way."""

    connection: Any
    state: State
    batch: Batch
    number: int  # of the transaction
    now: datetime


def quarantine(work: Work, losers: list[dict[str, Any]]) -> int:
    """Store the batch's quarantine rows and the contents that lost a conflict; returns how many."""
    names = list(QUARANTINE.names)
    rows = frame(work.batch.quarantine)
    if losers:
        lost = pl.DataFrame([{**each, "reason": "id_conflict", "detail": each["type"]} for each in losers]).select(
            [pl.col(name).cast(rows.schema[name]) for name in names]
        )
        rows = pl.concat([rows.select(names), lost])
    if len(rows):
        with registered(work.connection, refused=rows):
            work.connection.execute(
                f"INSERT INTO quarantine SELECT {columns_of(QUARANTINE)}, $batch, $now FROM refused",
                {"batch": work.number, "now": work.now},
            )
    return len(rows)


def chain(work: Work, after: State, events: pl.DataFrame, doubled: int, quarantined: int, revised: int) -> None:
    """Chain this transaction to the one before: who changes stored events by hand breaks the chain."""
    salt = secrets.token_bytes(16)
    leaf = hashlib.sha256(salt + "".join(events["digest"].to_list()).encode()).digest()
    after.chain = hashlib.sha256(work.state.chain + leaf).digest()
    batch = work.batch
    work.connection.execute(
        "INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            work.number,
            batch.partition,
            batch.epoch,
            json.dumps(batch.reads),
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
