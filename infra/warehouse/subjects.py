"""One data subject in the warehouse: all that is stored of them, and its erasure.

Whoever is erased leaves a tombstone: rows that are needed to keep counts, to know a resend again and to prove findings
stay, under a name that nobody had and that says nothing (`erased:…`). Facts go. The rows' salts change with them, so
that the chain still verifies and its old leaves say nothing any more.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl

from infra.warehouse.ledger import Ledger
from infra.warehouse.offsets import State
from infra.warehouse.schema import EVENTS, FACTS, OBLIGATIONS, VERDICTS
from infra.warehouse.tables import columns_of, registered, transaction

ERASED = "erased:"  # no pseudonym has a colon
_BELIEVED = "believed_from, believed_to"
_OF = {
    "events": (columns_of(EVENTS), "subject", "time"),
    "facts": (columns_of(FACTS), "entity", "time"),
    "verdicts": (f"{columns_of(VERDICTS)}, {_BELIEVED}", "subject", "time"),
    "obligations": (f"{columns_of(OBLIGATIONS)}, {_BELIEVED}", "subject", "opened_at"),
    "looks": ('"at", who, what, purpose', "subject", '"at"'),
}


def is_erased(column: str = "subject") -> str:
    """SQL: whether the row's subject is a tombstone. Such events are never judged again: what they said is gone."""
    return f"starts_with(coalesce({column}, ''), '{ERASED}')"


def collected(cursor: Any, subject: str) -> dict[str, list[dict[str, Any]]]:
    """All that is stored of a subject: rows by table, oldest first, with what was believed before."""
    return {
        table: cursor.sql(f"SELECT {columns} FROM {table} WHERE {whose} = ? ORDER BY {order}", params=[subject])
        .to_arrow_table()
        .to_pylist()
        for table, (columns, whose, order) in _OF.items()
    }


def is_stored(cursor: Any, subject: str) -> bool:
    """Whether anything is stored of a subject, other than that somebody looked."""
    whose = ((table, column) for table, (_, column, _) in _OF.items() if table != "looks")
    return any(
        cursor.execute(f"SELECT 1 FROM {table} WHERE {column} = ? LIMIT 1", [subject]).fetchone() is not None
        for table, column in whose
    )


def look(connection: Any, who: str, what: str, subject: str | None, purpose: str, now: datetime) -> None:
    """Note a look in the access log."""
    connection.execute("INSERT INTO looks VALUES (?, ?, ?, ?, ?)", [now, who, what, subject, purpose])


def erase(connection: Any, state: State, subjects: Sequence[str], now: datetime) -> dict[str, int]:
    """Replace subjects by tombstones, in one transaction; rows changed, by table."""
    named = pl.DataFrame({"subject": sorted(set(subjects))}, schema={"subject": pl.String})
    named = named.with_columns(tombstone=pl.Series([ERASED + secrets.token_hex(8) for _ in range(len(named))]))
    after = replace(state)
    with transaction(connection), registered(connection, named=named):
        ledger = Ledger(connection, state.batch + 1, now)
        changed = {table: _tombstones(ledger, table) for table in ("events", "verdicts", "obligations")}
        facts = connection.sql("SELECT rowid FROM facts WHERE entity IN (SELECT subject FROM named)").fetchall()
        ledger.delete("facts", [rowid for (rowid,) in facts])
        connection.execute(
            "UPDATE rejudge SET entity = tombstone, closed_at = coalesce(closed_at, ?) FROM named"
            " WHERE entity = named.subject",
            [now],
        )
        connection.execute("UPDATE looks SET subject = tombstone FROM named WHERE looks.subject = named.subject")
        ledger.seal(after, "erase")
    vars(state).update(vars(after))
    return {**changed, "facts": len(facts)}


def _tombstones(ledger: Ledger, table: str) -> int:
    found = ledger.connection.sql(
        f"SELECT t.rowid, n.tombstone AS subject FROM {table} t JOIN named n ON t.subject = n.subject"
    ).pl()
    ledger.update(table, emptied(table, found), resalt=True)
    return len(found)


def emptied(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Changes that take from rows (`rowid`, `subject`: their tombstone) what they said of somebody."""
    if table == "obligations":
        return rows.with_columns(entity=pl.col("subject"))
    if table == "verdicts":
        return rows
    gone = {name: pl.lit(None, pl.String) for name in ("data", "agreement", "recipient")}
    return rows.with_columns(**gone, digest=pl.lit(""))
