"""Canaries through the worker's pipeline: told per clause, and found nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from expectations.canaries import canaries, segments, sending
from expectations.contract.decode import Record
from expectations.judge import expectation
from expectations.model import Clause, registry
from expectations.policy import load
from expectations.readings import of_clauses
from infra.clock import FixedClock
from infra.warehouse.store import Store
from streams.audit import audit
from streams.core.examine import Engine
from streams.worker.pipeline import Pipeline, Taken
from tests.support.warehouse import rows

KEY = b"k" * 32
NOW = datetime(2026, 11, 27, 1, 12, tzinfo=UTC)
POLICY = load(None, of_clauses())
TOPIC = "crm.events"
REAL = {
    "specversion": "1.0", "id": "e-1", "source": "/newsletter", "type": "newsletter.sent", "subject": "s-1",
    "time": "2026-03-01T00:00:00Z", "data": {"topic": "own_services"},
}  # fmt: skip


def sent(key: bytes = KEY) -> list[dict[str, Any]]:
    of_system = segments(POLICY.systems)
    return list(chain.from_iterable(sending(each, NOW, key, of_system) for each in canaries().values()))


def records(*events: Any) -> list[Record]:
    return [Record(msgspec.json.encode(each), None, (), TOPIC, 0, at) for at, each in enumerate(events)]


def worked(events: list[Any], pieces: int = 1) -> Store:
    store = Store(":memory:", clock=lambda: NOW)
    pipeline = Pipeline(store, Engine(POLICY), KEY, FixedClock(NOW), store.claim([0], "one").epochs)
    given = records(*events)
    size = -(-len(given) // pieces)
    for first in range(0, len(given), size):
        part = given[first : first + size]
        pipeline.records([Taken(TOPIC, 0, first, first + len(part), part)])
    return store


def exported(store: Store, folder: Path) -> dict[str, bytes]:
    store.export(folder, NOW)
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_each_clause_is_told_to_fire_however_the_events_arrive() -> None:
    told = worked([*reversed(sent()), REAL], pieces=3).query("canaries").to_pylist()
    assert told == [{"clause": name, "judged_at": NOW, "fired_at": NOW} for name in sorted(canaries())]


def test_stream_and_audit_export_the_same_as_without_them(tmp_path: Path) -> None:
    alone = exported(worked([REAL]), tmp_path / "alone")
    store = worked([*sent(), REAL], pieces=2)
    assert exported(store, tmp_path / "stream") == alone
    done = audit(records(*sent(), REAL), as_of=NOW, key=KEY, engine=Engine(POLICY))
    assert exported(done.store, tmp_path / "audit") == alone
    assert done.events == 1
    for table in ("events", "facts", "verdicts", "obligations", "quarantine", "sources", "minutes", "registers"):
        assert "canary" not in str(rows(store, f"SELECT * FROM {table}")), table


def test_an_event_that_only_says_it_is_one_is_refused_and_counted() -> None:
    event = sent()[0]
    forged = [*sent(key=b"x" * 32)[:1], {**event, "time": "2026-01-01T00:00:00Z"}, {**REAL, "source": "/crm/canary"}]
    store = worked(forged)
    assert [row["reason"] for row in rows(store, "SELECT reason FROM quarantine")] == ["reserved_source"] * 3
    assert store.query("canaries").num_rows == 0


def test_part_of_one_says_nothing() -> None:
    whole = [each for each in sent() if each["id"].startswith("NEWS-4.")]
    assert len(whole) > 1
    assert worked(whole[:-1]).query("canaries").num_rows == 0


@pytest.mark.parametrize(
    ("clause", "broken"),
    [
        ("NEWS-4", {"check": lambda subject: subject.unsubscribed() | ~subject.unsubscribed()}),  # whatever was done
        ("NEWS-5", {"follow": lambda opener, known, reading: None}),  # nothing is owed
    ],
)
def test_a_clause_whose_rule_is_broken_does_not_prove_itself(
    clause: str, broken: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cast(dict[str, Clause], registry()), clause, replace(registry()[clause], **broken))
    monkeypatch.setattr(expectation, "_asked", expectation._asked.__wrapped__)  # not as it was asked before
    told = {row["clause"]: row["fired_at"] for row in worked(sent()).query("canaries").to_pylist()}
    assert {name for name, fired in told.items() if fired is None} == {clause}
    assert len(told) == len(canaries())
