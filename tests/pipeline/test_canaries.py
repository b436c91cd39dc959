"""Canaries over the real broker: every clause proves itself, and what is kept of real events is as without them."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from expectations.canaries import canaries, segments, sending
from expectations.policy import load
from infra.clock import WallClock
from infra.warehouse.queries import names
from infra.warehouse.store import Store
from streams.alerts import config
from streams.alerts.process import Alerts
from tests.support.pipeline import House, Line, assert_equal, audited
from tests.support.planted import cells
from tests.support.warehouse import rows

REFUSED = "SELECT reason FROM quarantine WHERE reason = 'reserved_source'"
pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]


def forged() -> Line:
    """A real-looking event that calls itself a canary, by somebody without the key."""
    canary = canaries()["SHARE-1"]
    event = next(
        iter(sending(canary, datetime.now(UTC).replace(microsecond=0), os.urandom(32), segments(load().systems)))
    )
    return Line("crm.events", "forged", json.dumps(event).encode())


def test_every_clause_proves_itself_and_nothing_else_knows_of_it(
    house: House, lines: list[Line], tmp_path: Path
) -> None:
    real = [*lines[:400], forged()]
    began = datetime.now(UTC).replace(microsecond=0)
    house.start("warehouse", "worker-1", "canaries")
    house.publish(real)

    def proved() -> list[dict[str, datetime]]:
        with house.warehouse() as warehouse:
            found: list[dict[str, datetime]] = warehouse.query("canaries").to_pylist()
        return [row for row in found if row["fired_at"]]

    house.wait_until(lambda: len(proved()) == len(canaries()), 60, "every clause proves itself")
    house.wait_until_read()
    told = proved()
    assert [row["clause"] for row in told] == sorted(canaries())
    assert all(row["judged_at"] == row["fired_at"] >= began for row in told)

    assert_equal(house.export(tmp_path / "live"), audited(real, tmp_path / "audit"))
    house.stop()
    with Store(house.settings.warehouse_file) as store:
        assert store.verify().faults == []
        running = Alerts(store, config.load(), WallClock(), "test")
        running.turn()
        running.close()
        now = datetime.now(UTC)
        assert "canary" not in str([store.query(name, {"now": now}).to_pylist() for name in names()])
        assert "canary" not in cells(store)
        assert [row["reason"] for row in rows(store, REFUSED)] == ["reserved_source"]
