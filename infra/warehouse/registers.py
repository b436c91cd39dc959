"""Facts that concern every partition (agreements, policy): kept with a rising register number.

A record that replaces another keeps its (source, id) apart; who reads them keys them by (source, id), the
highest number wins.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from infra.warehouse.duplicates import enveloped
from infra.warehouse.ledger import Ledger
from infra.warehouse.schema import REGISTERS
from infra.warehouse.tables import columns_of, registered

TYPES = ("agreement.signed", "agreement.ended", "policy.amended")


def registers_since(cursor: Any, since: int) -> tuple[int, Any]:
    """The newest number, and the rows with a number above `since` (REGISTERS)."""
    table = cursor.sql(
        f"SELECT {columns_of(REGISTERS)} FROM registers WHERE number > $since ORDER BY number",
        params={"since": since},
    ).to_arrow_table()
    table = table.cast(REGISTERS)
    number = table["number"][-1].as_py() if table.num_rows else since
    return number, table


def register(ledger: Ledger, number: int, events: pl.DataFrame, replaced: pl.DataFrame) -> tuple[int, datetime | None]:
    """Store the register events among these; returns the new number and from when on verdicts may change.

    `replaced` are stored events that lost against one of `events`: what was a register event is followed by
    the winner's content, whatever its type, so that readers who key by (source, id) forget the loser.
    """
    chosen = pl.col("type").is_in(TYPES)
    if len(replaced):
        lost = replaced.filter(chosen).select(identity=pl.struct("source", "id"))["identity"]
        chosen |= pl.struct("source", "id").is_in(lost.implode())
    fresh = events.filter(chosen & ~enveloped()).sort("time", "source", "id")
    if fresh.is_empty():
        return number, None
    rows = fresh.select("source", "id", "type", "time", "data", "entity", "partition").with_row_index(
        "number", offset=number + 1
    )
    connection = ledger.connection
    before = [_reach(connection, set(fresh.select("source", "id").rows()))]
    with registered(connection, fresh=rows):
        known = connection.sql("SELECT r.rowid FROM registers r SEMI JOIN fresh USING (source, id)").fetchall()
    ledger.delete("registers", [rowid for (rowid,) in known])
    ledger.insert("registers", rows)
    before.append(_reach(connection, set(fresh.select("source", "id").rows())))
    return number + len(rows), min(time for time in before if time is not None)


def homes(connection: Any, entities: Iterable[str]) -> list[tuple[int, str]]:
    """(partition, entity): whose owner works out what these entities owe, of those that a register event opened."""
    return connection.execute(  # type: ignore[no-any-return]
        'SELECT DISTINCT "partition", entity FROM registers WHERE entity IN (SELECT unnest(?::VARCHAR[])) ORDER BY ALL',
        [sorted(set(entities))],
    ).fetchall()


def _dated(text: str | None) -> datetime | None:
    """An instant not after the one that the text says: a bare date is its first moment somewhere east of here."""
    if text is None:
        return None
    said = datetime.fromisoformat(text.upper())
    return said if said.tzinfo else said.replace(tzinfo=UTC) - timedelta(days=1)


def _reach(connection: Any, changed: set[tuple[str, str]]) -> datetime | None:
    """The earliest instant of these records and of all that corrections link them to.

    A record that corrects another takes its place and its time, through chains too. An agreement may bear a date
    before its signing, and count from it where the policy allows that.
    """
    times: dict[tuple[str, str], datetime] = {}
    linked: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for source, name, time, data in connection.sql("SELECT source, id, time, data FROM registers").fetchall():
        said = json.loads(data or "{}")
        times[source, name] = min(time, _dated(said.get("valid_from")) or time)
        corrects = said.get("corrects")
        if isinstance(corrects, str):
            linked.setdefault((source, name), set()).add((source, corrects))
            linked.setdefault((source, corrects), set()).add((source, name))
    reached, queue = set(changed), list(changed)
    while queue:
        for other in linked.get(queue.pop(), ()):
            if other not in reached:
                reached.add(other)
                queue.append(other)
    return min((times[record] for record in reached if record in times), default=None)
