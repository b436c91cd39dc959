"""Alerts by day: cut in the zone, each raised once and ended once, those that another followed left out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from infra.warehouse.schema import ALERTS
from infra.warehouse.store import Store
from tests.support.warehouse import NOON, at

DAY = timedelta(days=1)


def alert(name: str, raised_at: datetime, ended_at: datetime | None = None, **given: Any) -> dict[str, Any]:
    state = "resolved" if ended_at else "firing"
    row = {"kind": "breach", "clause": "NEWS-5", "severity": "high", "backfill": False, "labels": "{}", "state": state}
    times = {"starts_at": raised_at, "raised_at": raised_at, "ended_at": ended_at, "turned_at": ended_at or raised_at}
    return {**row, **times, "alert": name, **given}


def keep(store: Store, *rows: dict[str, Any]) -> None:
    table = pa.Table.from_pylist([{name: row.get(name) for name in ALERTS.names} for row in rows], schema=ALERTS)
    store.alert(store.lease("alerts", "w", 60), {"alerts": table})


def test_days_are_cut_in_the_zone(store: Store) -> None:
    late = NOON - timedelta(hours=12, minutes=30)  # Sunday 23:30 UTC: Monday in Amsterdam
    keep(
        store,
        alert("a", late, NOON),
        alert("b", NOON),
        alert("c", NOON - 2 * DAY, NOON - DAY, state="withdrawn"),
        alert("d", NOON, NOON, state="superseded"),
        alert("e", NOON - 40 * DAY, NOON - 40 * DAY),
        alert("f", NOON - 2 * DAY, standing="resolved", turned_at=NOON),
    )
    given = {"since": at(-30 * 24 * 60), "now": NOON + DAY}
    found = store.query("alert_days", {**given, "zone": "Europe/Amsterdam"}).to_pylist()
    monday = date(2026, 3, 2)
    assert [tuple(row.values()) for row in found] == [
        (monday - 2 * DAY, 2, 0),
        (monday - DAY, 0, 1),
        (monday, 2, 2),
    ]
    assert [row["raised"] for row in store.query("alert_days", {**given, "zone": "UTC"}).to_pylist()] == [2, 1, 1]
