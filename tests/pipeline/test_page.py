"""From a sender to the eye: a published breach stands on the page."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from expectations.model import registry
from expectations.vocabulary import finding_id
from tests.support.pages import chromium, wait_for_event, wait_for_finding
from tests.support.pipeline import House, Line

pytestmark = [pytest.mark.kafka, pytest.mark.browser, pytest.mark.timeout(240)]

SECONDS = 5.0
PATIENCE = 10_000  # milliseconds that a page may take for a click


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


def walk(page: Any, finding: str) -> None:
    """On live data: from Now into the evidence, on to the promise, Back, filtered, and taken away in each form."""
    page.locator('tr[data-event="broken"] a').first.click()
    drawer = page.get_by_test_id("panel-evidence")
    drawer.wait_for(timeout=PATIENCE)
    assert page.url.endswith(f"/breaches?finding={finding}")
    page.get_by_test_id("opened-history").wait_for(timeout=PATIENCE)
    assert "SEC-1" in drawer.inner_text()
    page.get_by_test_id("opened-promise").locator("a").click()
    page.get_by_test_id("panel-clause").wait_for(timeout=PATIENCE)
    assert page.url.endswith("/policy?clause=SEC-1")
    page.go_back()
    drawer.wait_for(timeout=PATIENCE)
    page.keyboard.press("Escape")
    drawer.wait_for(state="detached", timeout=PATIENCE)

    page.locator("select[name=clause]").select_option("XFER-1")
    page.get_by_test_id("list-empty").wait_for(timeout=PATIENCE)
    page.go_back()
    page.locator('tr[data-event="broken"]').wait_for(timeout=PATIENCE)
    page.locator("select[name=section]").select_option(registry()["SEC-1"].section)
    page.wait_for_url("**section=*", timeout=PATIENCE)
    page.locator('tr[data-event="broken"]').wait_for(timeout=PATIENCE)
    page.wait_for_timeout(500)  # the buttons below are drawn anew after the list
    for form in ("CSV", "JSON", "OCSF"):
        with page.expect_download(timeout=PATIENCE) as taken:
            page.get_by_role("button", name=form, exact=True).click()
        told = Path(taken.value.path()).read_text("utf-8")
        assert finding in told, form
        assert len(told.splitlines()) == (2 if form == "CSV" else 1), form


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
        walk(page, finding_id("SEC-1", "/crm", "broken"))
    assert house.told == []
