"""From a sender to the eye: a published breach stands on the page."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from expectations.vocabulary import finding_id
from tests.support.pages import chromium, wait_for_event, wait_for_finding
from tests.support.pipeline import House, Line

pytestmark = [pytest.mark.kafka, pytest.mark.browser, pytest.mark.timeout(240)]

SECONDS = 5.0


def access(name: str, *, authorised: bool) -> Line:
    """A look into a customer's record, now."""
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": name,
        "source": "/crm",
        "type": "crm.record_accessed",
        "subject": "qz-visitor-kd",
        "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": {"authorised": authorised, "purpose": "support"},
    }
    return Line("crm.events", "qz-visitor-kd", msgspec.json.encode(event))


def test_a_breach_is_seen_within_five_seconds(house: House) -> None:
    house.start("warehouse", "worker-1", "dashboards")
    house.publish([access("kept", authorised=True)])
    house.wait_until_read()
    pages = house.parts["dashboards"].command()[-1]
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 1000}, timezone_id="Europe/Amsterdam")
        page.goto(f"http://127.0.0.1:{pages}/?promise=SEC-1")
        page.get_by_test_id("panel-latest").wait_for(timeout=30_000)
        assert page.locator('tr[data-event="broken"]').count() == 0

        began = time.monotonic()
        house.publish([access("broken", authorised=False)])
        wait_for_event(page, "broken", SECONDS)
        wait_for_finding(page, finding_id("SEC-1", "/crm", "broken"), SECONDS)
        assert time.monotonic() - began < SECONDS
        assert page.locator('tr[data-event="kept"]').count() == 0
    assert house.told == []
