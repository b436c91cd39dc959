"""The terms of the audit's own data: what is beyond its term is replaced by tombstones or goes; counts stay.

A subject's events: so long after their last obligation closed (or, without one, after their last event). Findings,
quarantine records and the access log have terms of their own. Everything is done in pieces, each a transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import polars as pl

from infra.warehouse.ledger import Ledger
from infra.warehouse.offsets import State
from infra.warehouse.subjects import ERASED, emptied, is_erased
from infra.warehouse.tables import instant, transaction

PIECE = 500  # subjects, or rows times a hundred, in one transaction
# What goes row by row, after the subjects.
ROWS = ("findings", "obligations", "quarantine", "looks", "alerts", "notices")
OLD = f"{ERASED}term"  # tombstone of a single event that outlived its term while its subject did not


@dataclass(frozen=True)
class Terms:
    """How long each is kept; of a subject's events, after the last obligation closed."""

    events_months: int = 24
    findings_years: int = 7
    quarantine_days: int = 30
    looks_days: int = 365


def _before(cursor: Any, now: datetime, span: str) -> datetime:
    """The instant that far back, by the calendar."""
    return cursor.sql(f"SELECT {instant(now)} - INTERVAL '{span}'").fetchall()[0][0]  # type: ignore[no-any-return]


def over(cursor: Any, terms: Terms, now: datetime) -> list[str]:
    """Subjects whose events are beyond their term: nothing is owed to them, and all was settled long ago."""
    limit = instant(_before(cursor, now, f"{terms.events_months} months"))
    found = cursor.sql(
        f"""
        WITH lives AS (
            SELECT subject, max(time) AS last FROM events
            WHERE subject IS NOT NULL AND NOT {is_erased()} GROUP BY subject
        ),
        owed AS (
            SELECT subject, bool_or(state IN ('open', 'suspended', 'overdue', 'indeterminate')) AS unsettled,
                max(coalesce(met_at, cancelled_at)) AS settled_at
            FROM obligations_as_of({instant(now)}) WHERE subject IS NOT NULL GROUP BY subject
        )
        SELECT subject FROM lives LEFT JOIN owed USING (subject)
        WHERE NOT coalesce(unsettled, FALSE) AND greatest(last, settled_at) < {limit}
        ORDER BY subject
        """
    ).fetchall()
    return [subject for (subject,) in found]


def counted(cursor: Any, terms: Terms, now: datetime) -> dict[str, int]:
    """What a run would find beyond its term."""
    rows = {
        name: cursor.sql(f"SELECT count(*) FROM {table} WHERE {where}").fetchall()[0][0]
        for name, (table, where) in _beyond(cursor, terms, now).items()
    }
    return {"subjects": len(over(cursor, terms, now)), **rows}


def _beyond(cursor: Any, terms: Terms, now: datetime) -> dict[str, tuple[str, str]]:
    """Name -> table and condition of the rows that go."""
    findings = instant(_before(cursor, now, f"{terms.findings_years} years"))
    settled = "coalesce(met_at, cancelled_at, opened_at)"
    return {
        "findings": ("verdicts", f"time < {findings}"),
        # Those of somebody who is still here are worked out from their facts anew: they stay as long as these.
        "obligations": ("obligations", f"{is_erased()} AND {settled} < {findings}"),
        "quarantine": (
            "quarantine",
            f"recorded_at < {instant(_before(cursor, now, f'{terms.quarantine_days} days'))}",
        ),
        "looks": ("looks", f'"at" < {instant(_before(cursor, now, f"{terms.looks_days} days"))}'),
        "alerts": ("alerts", f"state <> 'firing' AND ended_at < {findings} AND starts_at < {findings}"),
        "notices": ("notices", f"state IN ('delivered', 'dead') AND made_at < {findings}"),
    }


def remove(connection: Any, state: State, name: str, terms: Terms, now: datetime) -> int:
    """Take a piece of the rows of this name out that are beyond their term, in one transaction; how many."""
    table, where = _beyond(connection, terms, now)[name]
    found = connection.sql(f"SELECT rowid FROM {table} WHERE {where} LIMIT {100 * PIECE}").fetchall()
    rows = [row for (row,) in found]
    if not rows:
        return 0
    after = replace(state)
    with transaction(connection):
        ledger = Ledger(connection, state.batch + 1, now)
        if table == "looks":
            connection.execute("DELETE FROM looks WHERE rowid IN (SELECT unnest(?::BIGINT[]))", [rows])
        else:
            if table == "verdicts":
                _erase_events(ledger, rows)
            ledger.delete(table, rows)
        ledger.seal(after, "retention")
    vars(state).update(vars(after))
    return len(rows)


def _erase_events(ledger: Ledger, verdicts: list[int]) -> None:
    """An event whose finding goes must not be judged again: the finding would come back."""
    events = ledger.connection.execute(
        "SELECT DISTINCT e.rowid FROM verdicts v JOIN events e USING (time, source, id)"
        f" WHERE v.rowid IN (SELECT unnest(?::BIGINT[])) AND NOT {is_erased('e.subject')}",
        [verdicts],
    ).fetchall()
    old = pl.DataFrame({"rowid": [row for (row,) in events]}, schema={"rowid": pl.Int64})
    ledger.update("events", emptied("events", old.with_columns(subject=pl.lit(OLD))), resalt=True)
