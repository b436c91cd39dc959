"""What a transactional producer took back is never judged, and its markers are no gap."""

from __future__ import annotations

import json
from typing import Any

import pytest
from kafka import KafkaProducer

from tests.support.pipeline import House

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]


def offence(name: str) -> bytes:
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": name,
        "source": "/crm",
        "type": "crm.record_accessed",
        "subject": "s-1",
        "time": "2026-03-02T09:00:00Z",
        "data": {"authorised": False},
    }
    return json.dumps(event).encode()


def test_an_aborted_transaction_leaves_no_trace(house: House) -> None:
    house.start("warehouse", "worker-1")
    producer = KafkaProducer(bootstrap_servers=house.kafka, transactional_id="sender", acks="all")
    producer.init_transactions()
    for name, keep in (("taken-back", False), ("kept-1", True), ("taken-back-too", False), ("kept-2", True)):
        _send(producer, name, keep=keep)
    house.wait_until(lambda: len(_breaches(house)) >= 2, 60, "both kept events are judged")
    assert _breaches(house) == ["kept-1", "kept-2"]
    _send(producer, "taken-back-alone", keep=False)
    producer.close()
    house.wait_until_read()  # the markers too, though nothing stands behind the last one
    assert _breaches(house) == ["kept-1", "kept-2"]
    assert house.told == []


def _send(producer: KafkaProducer, name: str, *, keep: bool) -> None:
    producer.begin_transaction()
    producer.send("crm.events", key=b"s-1", value=offence(name)).get(10)
    (producer.commit_transaction if keep else producer.abort_transaction)()


def _breaches(house: House) -> list[str]:
    with house.warehouse() as warehouse:
        return sorted(row["id"] for row in warehouse.query("findings", {"clause": "SEC-1"}).to_pylist())
