"""Rows that are kept by their id, in one transaction of the chain: alerts, what was told, notices, silences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl

from infra.warehouse.answers import WarehouseError
from infra.warehouse.ledger import Ledger
from infra.warehouse.offsets import State
from infra.warehouse.schema import ALERTS, NOTICES, SILENCES, TOLD
from infra.warehouse.tables import frame, registered, transaction

# Table -> its columns; the first is the id.
KEPT: Mapping[str, Any] = {"alerts": ALERTS, "told": TOLD, "notices": NOTICES, "silences": SILENCES}


def keep(connection: Any, state: State, changes: Mapping[str, Any], now: datetime) -> int:
    """Store rows, each in the place of the one of its id, if any; returns rows changed. Repeating changes nothing."""
    if unknown := sorted(set(changes) - set(KEPT)):
        raise WarehouseError(f"no rows of {', '.join(unknown)} are kept this way")
    after = replace(state)
    ledger = Ledger(connection, state.batch + 1, now)
    with transaction(connection):
        changed = sum(_keep(ledger, name, frame(rows.cast(KEPT[name]))) for name, rows in changes.items())
        if changed:
            ledger.seal(after, "alerts")
    vars(state).update(vars(after))
    return changed


def _keep(ledger: Ledger, table: str, rows: pl.DataFrame) -> int:
    names = rows.columns
    key = names[0]
    if "turned_at" in names:
        rows = rows.with_columns(pl.col("turned_at").fill_null(ledger.now))
    with registered(ledger.connection, given=rows.select(key)):
        held = ledger.connection.sql(
            f"SELECT {', '.join(names)}, rowid FROM {table} WHERE {key} IN (SELECT {key} FROM given)"
        ).pl()
    fresh = rows.join(held, on=key, how="anti")
    known = rows.join(held.select(key, "rowid"), on=key, how="inner")
    known = known.join(held.select(names), on=names, how="anti", nulls_equal=True)
    ledger.update(table, known)
    ledger.insert(table, fresh)
    return len(fresh) + len(known)
