"""What a snapshot takes from the warehouse: the answers of named queries, as rows that Parquet can hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from dashboards.store import Row, Warehouse
from infra.quarter import Quarter

BEFORE = 4  # quarters looked back at
OUTLOOK = 200  # days of obligations to come that are told by day
PIECE = 20_000
QUARTERLY = ("counts", "breaches", "obligations")  # also of the quarters before
ONCE = (
    "terms", "requests", "sources", "transfers", "agreements", "incidents", "inputs", "restated",
    "alerts", "waivers",
)  # fmt: skip
Aggregates = dict[str, list[Row]]


def gather(
    warehouse: Warehouse, quarter: Quarter, as_of: datetime, zone: str, step: Callable[[str], None] = lambda _: None
) -> Aggregates:
    """The aggregates by name. `as_of`: the quarter's end, or an instant within it; `step` is told what is asked."""
    found: Aggregates = {name: [] for name in QUARTERLY}
    for back in range(BEFORE, -1, -1):
        each = quarter.back(back)
        until = as_of if back == 0 else each.until(zone)
        for name in QUARTERLY:
            step(f"{name} of {each}")
            rows = _asked(warehouse, f"snapshot_{name}", each.since(zone), until, zone)
            found[name] += [{"quarter": str(each), **row} for row in rows]
    for name in ONCE:
        step(name)
        found[name] = _asked(warehouse, f"snapshot_{name}", quarter.since(zone), as_of, zone)
    found["attestations"] = [
        {**row, "time": row["time"].isoformat()} for row in warehouse.query("attestations", {"now": as_of}).to_pylist()
    ]
    return {name: [plain(row) for row in rows] for name, rows in found.items()}


def findings(warehouse: Warehouse, quarter: Quarter, as_of: datetime, zone: str) -> Iterator[Row]:
    """Every breach of the quarter, in the order of the findings' names."""
    after: str | None = None
    while True:
        given = {"now": as_of, "since": quarter.since(zone), "after": after, "rows": PIECE}
        rows = warehouse.query("snapshot_findings", given).to_pylist()
        yield from rows
        if len(rows) < PIECE:
            return
        after = rows[-1]["finding"]


def _asked(warehouse: Warehouse, name: str, since: datetime, now: datetime, zone: str) -> list[Row]:
    from infra.warehouse.queries import parameters

    given: dict[str, Any] = {"since": since, "now": now, "zone": zone, "most": OUTLOOK}
    wanted = parameters(name)
    rows: list[Row] = warehouse.query(name, {key: each for key, each in given.items() if key in wanted}).to_pylist()
    return rows


def plain(value: Any) -> Any:
    """A row, or what is in it, with instants as ISO texts in UTC: as JSON and Parquet hold it alike."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value
