"""Every page in both themes under axe-core: no serious or critical violation."""

from __future__ import annotations

from importlib import resources
from typing import Any

import pytest

from tests.support.pages import chromium, served

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

PAGES = (
    *("", "alerts", "breaches", "FINDING", "obligations", "subject", "policy", "policy?clause=NEWS-3", "pipeline"),
    *("register", "snapshots", "transfers", "newsletter", "recruitment", "website"),
)
SERIOUS = ("serious", "critical")


def test_nothing_serious_hinders_anybody() -> None:
    script = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    found: set[str] = set()
    with chromium() as browser, served("season") as address:
        for scheme in ("light", "dark"):
            # The pages let no script be made of text; axe is one.
            context = browser.new_context(
                viewport={"width": 1440, "height": 1000}, color_scheme=scheme, locale="en-GB", bypass_csp=True
            )
            page = context.new_page()
            for name in PAGES:
                _open(page, address, name)
                page.evaluate(script)
                told = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
                found |= {
                    f"{scheme} {name}: {each['id']} {node['html'][:120]}"
                    for each in told["violations"]
                    if each["impact"] in SERIOUS
                    for node in each["nodes"]
                }
            context.close()
    assert found == set()


def _open(page: Any, address: str, name: str) -> None:
    if name == "FINDING":
        page.goto(f"{address}/breaches")
        row = page.locator("tr[data-event]").first
        row.wait_for()
        name = f"breaches?finding={str(row.get_attribute('data-testid')).removeprefix('finding-')}"
    page.goto(f"{address}/{name}")
    page.get_by_test_id("headline").wait_for()
    page.wait_for_timeout(2500)  # until every panel stands
