"""Builders of batches for the warehouse, as the core would make them, without the core."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pyarrow as pa

from infra.warehouse.schema import EVENTS, FACTS, OBLIGATIONS, QUARANTINE, VERDICTS, Batch, Read
from infra.warehouse.store import Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def at(minutes: float = 0) -> datetime:
    """Minutes after noon of a day in March 2026."""
    return NOON + timedelta(minutes=minutes)


def event(name: str, minutes: float = 0, **given: Any) -> dict[str, Any]:
    """An event as the core hands it over; `content` makes its digest differ, `digest` sets it."""
    content = given.pop("content", "")
    row = {
        "source": "/crm",
        "id": name,
        "system": "crm",
        "type": "crm.invoiced",
        "subject": "s1",
        "time": at(minutes),
        "data": json.dumps({"purpose": "invoicing"}),
        "agreement": None,
        "recipient": None,
        "passed": "GEN-1 GEN-2",
        "policy_version": "2026-11-01",
        "held": False,
        "topic": "crm.events",
        "partition": 0,
        "offset": 0,
    }
    row.update(given)
    told = json.dumps([row["source"], name, row["type"], row["subject"], str(row["time"]), row["data"], content])
    row.setdefault("digest", hashlib.sha256(told.encode()).hexdigest())
    return row


def fact(of: dict[str, Any], kind: str = "consented", **given: Any) -> dict[str, Any]:
    """A fact that an event states of its subject."""
    row = dict.fromkeys(FACTS.names)
    row.update(entity=of["subject"], kind=kind, time=of["time"], source=of["source"], id=of["id"], revises=True)
    return {**row, **given}


def verdict(of: dict[str, Any], clause: str = "GEN-4", outcome: str = "breach", **given: Any) -> dict[str, Any]:
    """A verdict on an event."""
    row = {name: of.get(name) for name in VERDICTS.names}
    name = hashlib.sha256(f"{clause}\x1f{of['source']}\x1f{of['id']}\x1f".encode()).hexdigest()[:32]
    row.update(finding=name, clause=clause, outcome=outcome, severity="high", evidence="{}", missing=None)
    return {**row, **given}


def obligation(of: dict[str, Any], days: float = 28, **given: Any) -> dict[str, Any]:
    """An obligation that an event opened, due after some days."""
    row = {name: of.get(name) for name in OBLIGATIONS.names}
    name = hashlib.sha256(f"RIGHT-1\x1f{of['source']}\x1f{of['id']}\x1f".encode()).hexdigest()[:32]
    clocks = [{"clock": "promise", "since": of["time"], "due_at": of["time"] + timedelta(days=days)}]
    row.update(finding=name, clause="RIGHT-1", key="", severity="high", entity=of["subject"], opened_at=of["time"])
    row.update(clocks=clocks, suspensions=[], outcome="breach", evidence="{}")
    return {**row, **given}


def table(rows: Iterable[dict[str, Any]], schema: Any) -> Any:
    """Rows as an Arrow table of that schema."""
    return pa.Table.from_pylist(list(rows), schema=schema)


def batch(
    *events: dict[str, Any],
    facts: Sequence[dict[str, Any]] = (),
    verdicts: Sequence[dict[str, Any]] = (),
    obligations: Sequence[dict[str, Any]] = (),
    quarantine: Sequence[dict[str, Any]] = (),
    **given: Any,
) -> Batch:
    """A batch of partition 0, epoch 1, without a range unless one is given."""
    settings: dict[str, Any] = {"partition": 0, "epoch": 1, "registers": 0, "entities": ()}
    settings.update(given)
    return Batch(
        events=table(events, EVENTS),
        facts=table(facts, FACTS),
        verdicts=table(verdicts, VERDICTS),
        obligations=table(obligations, OBLIGATIONS),
        quarantine=table(quarantine, QUARANTINE),
        **settings,
    )


def read(*events: dict[str, Any], first: int = 0, after: int | None = None, **given: Any) -> Batch:
    """A batch read from `crm.events`: offsets from `first` on."""
    placed = [{**each, "offset": first + n} for n, each in enumerate(events)]
    end = first + len(events) if after is None else after
    made = batch(*placed, **given)
    return replace(made, reads=(Read("crm.events", made.partition, made.epoch, first, end),))


def rows(store: Any, sql: str) -> list[dict[str, Any]]:
    """Look into an in-process store."""
    return list(store._connection.cursor().sql(sql).to_arrow_table().to_pylist())


def ids(store: Store) -> list[str]:
    return [row["id"] for row in rows(store, "SELECT id FROM events ORDER BY id, digest")]


def counted(store: Store) -> dict[tuple[str, str], int]:
    found = rows(store, "SELECT clause, outcome, sum(n)::BIGINT AS n FROM counts GROUP BY ALL HAVING sum(n) <> 0")
    return {(row["clause"], row["outcome"]): row["n"] for row in found}


def counted_anew(store: Store) -> dict[tuple[str, str], int]:
    found = rows(
        store,
        "SELECT clause, outcome, count(*) AS n FROM"
        " (SELECT unnest(string_split(passed, ' ')) AS clause, 'pass' AS outcome FROM events"
        " WHERE passed <> '' UNION ALL SELECT clause, outcome FROM verdicts"
        " WHERE believed_to IS NULL AND outcome IN ('breach', 'indeterminate')) GROUP BY ALL",
    )
    return {(row["clause"], row["outcome"]): row["n"] for row in found}


def beliefs_are_sound(store: Store, table: str = "verdicts") -> None:
    by_finding: dict[str, list[tuple[Any, Any]]] = {}
    for row in rows(store, f"SELECT finding, believed_from, believed_to FROM {table} ORDER BY believed_from"):
        by_finding.setdefault(row["finding"], []).append((row["believed_from"], row["believed_to"]))
    for spans in by_finding.values():
        for (start, end), (following, _) in pairwise(spans):
            assert start < end == following
        assert spans[-1][1] is None or table == "obligations"  # one that a late fact undoes was never promised
