"""One `apply` under way, and what each ends with: its quarantine rows and its link of the chain."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from infra.warehouse.ledger import Ledger
from infra.warehouse.offsets import State
from infra.warehouse.schema import QUARANTINE, Batch
from infra.warehouse.tables import frame


@dataclass
class Work:
    """One `apply` under way."""

    ledger: Ledger
    state: State
    batch: Batch

    @property
    def connection(self) -> Any:
        return self.ledger.connection

    @property
    def now(self) -> datetime:
        return self.ledger.now


def quarantine(work: Work, losers: list[dict[str, Any]]) -> int:
    """Store the batch's quarantine rows and the contents that lost a conflict; returns how many."""
    names = list(QUARANTINE.names)
    rows = frame(work.batch.quarantine)
    if losers:
        lost = pl.DataFrame([{**each, "reason": "id_conflict", "detail": each["type"]} for each in losers]).select(
            [pl.col(name).cast(rows.schema[name]) for name in names]
        )
        rows = pl.concat([rows.select(names), lost])
    work.ledger.insert("quarantine", rows.select(names))
    return len(rows)


def seal(work: Work, after: State, *, stored: int = 0, doubled: int = 0, quarantined: int, revised: int = 0) -> None:
    """Chain this transaction to the one before."""
    batch = work.batch
    work.ledger.seal(
        after,
        "revise" if batch.revises else "apply",
        batch.revises,
        partition=batch.partition,
        epoch=batch.epoch,
        reads=json.dumps(batch.reads),
        stored=stored,
        duplicates=doubled,
        quarantined=quarantined,
        dropped_fields=batch.dropped_fields,
        revised=revised,
    )
