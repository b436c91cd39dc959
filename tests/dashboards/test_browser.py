"""The pages in a real browser: what people see, and what the browser is asked to fetch."""

from __future__ import annotations

import re
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from expectations.model import registry
from tests.support.pages import chromium, served, wait_for_finding

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def fresh(browser: Any) -> Iterator[str]:
    with served("fresh") as address:
        yield address


def _is_fault(message: Any) -> bool:
    """An error; not that Streamlit looks for its server below the page's own address first (/breaches/_stcore/…)."""
    return message.type == "error" and not re.search(r"/\w+/_stcore/", message.location["url"])


def until(page: Any, holds: str, seconds: float = 10) -> None:
    """Wait until this JavaScript says true; from here, because the pages let no script be made of text."""
    last = time.monotonic() + seconds
    while not page.evaluate(holds):
        assert time.monotonic() < last, f"never: {holds}"
        page.wait_for_timeout(50)


def rows_are(page: Any, n: int) -> None:
    """Wait until the list has so many rows."""
    until(page, f"document.querySelectorAll('tr[data-event]').length === {n}")


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A tab that fails the test on any console error and on any request to another host."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 1000}, timezone_id="Europe/Amsterdam", locale="en-GB"
    )
    tab = context.new_page()
    faults: list[str] = []
    tab.on("console", lambda message: faults.append(message.text) if _is_fault(message) else None)
    tab.on("pageerror", lambda error: faults.append(str(error)))

    def look(request: Any) -> None:
        if request.url.startswith(("http", "ws")) and "://127.0.0.1:" not in request.url:
            faults.append(f"asked another host: {request.url}")

    tab.on("request", look)
    yield tab
    context.close()
    assert faults == []


def test_the_page_answers_first_and_lives(page: Any, fresh: str) -> None:
    page.goto(fresh)
    page.get_by_test_id("panel-latest").wait_for()
    assert page.get_by_test_id("headline").inner_text() == "✖ 5 promises are broken, 3 at risk"
    until(page, "document.title.startsWith('(44)')")
    chip = page.get_by_test_id("freshness")
    assert re.fullmatch(r"●\s*Live · data to 13:4[5-9]:\d\d", chip.inner_text())
    assert page.get_by_text("Times: Europe/Amsterdam").is_visible()
    until(page, "document.fonts.check('16px Inter')")


@pytest.mark.parametrize(
    ("scheme", "kept", "ground"), [("light", "228, 235, 238", "255"), ("dark", "31, 44, 51", "18")]
)
def test_both_themes_have_their_palette(page: Any, fresh: str, scheme: str, kept: str, ground: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(fresh)
    cell = page.locator(".cw-row .cw-kept").first
    cell.wait_for()
    colour = "element => getComputedStyle(element).backgroundColor"
    assert cell.evaluate(colour) == f"rgb({kept})"
    assert page.locator(".stApp").evaluate(colour).startswith(f"rgb({ground}")
    void = page.locator(".cw-row .cw-void").first
    assert void.evaluate(colour) == "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("width", [1440, 1280, 390])
def test_nothing_is_cut_off(page: Any, fresh: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(fresh)
    page.get_by_test_id("panel-latest").wait_for()
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.cw-tile-label, .cw-tile-value, .cw-chip, .cw-name, .cw-clock, td, th')]
        .filter(each => each.getClientRects().length && each.scrollWidth > each.clientWidth + 1 && each.clientWidth)
        .map(each => each.textContent)"""
    )
    assert cut == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tiles = page.locator(".cw-tile").evaluate_all(
        "all => all.filter(t => t.querySelector('.cw-chip').getBoundingClientRect().right"
        " > t.getBoundingClientRect().right).map(t => t.textContent)"
    )
    assert tiles == []


def test_a_number_opens_and_back_returns(page: Any, fresh: str) -> None:
    page.goto(fresh)
    page.get_by_test_id("tile-kept").click()
    page.get_by_test_id("show-all").wait_for()
    assert "show=kept" in page.url
    assert page.locator("[data-testid^=promise-]").count() == 12
    page.go_back()
    page.get_by_test_id("promise-NEWS-4").wait_for()
    page.locator("[data-testid^=promise-]").nth(19).wait_for()


def test_a_link_changes_the_address_and_loads_nothing_anew(page: Any, fresh: str) -> None:
    page.goto(fresh)
    page.get_by_test_id("tile-kept").wait_for()
    page.evaluate("window.stays = 1")
    page.get_by_test_id("tile-kept").click()
    page.get_by_test_id("show-all").click()
    page.get_by_test_id("show-all").wait_for(state="detached")
    page.go_back()
    page.get_by_test_id("show-all").wait_for()
    assert "show=kept" in page.url
    assert page.evaluate("window.stays") == 1


def test_from_now_to_the_evidence_of_a_breach_and_back(page: Any, fresh: str) -> None:
    page.goto(fresh)
    first = page.locator("tr[data-event]").first
    first.wait_for()
    finding = str(first.get_attribute("data-testid")).removeprefix("finding-")
    assert wait_for_finding(page, finding) < 5
    first.locator("a").click()
    page.get_by_test_id("panel-evidence").wait_for()
    assert page.url.endswith(f"/breaches?finding={finding}")
    assert "Take the person off the list" in page.get_by_test_id("panel-evidence").inner_text()
    page.keyboard.press("Escape")
    page.get_by_test_id("panel-evidence").wait_for(state="detached")
    page.go_back()
    page.get_by_test_id("panel-evidence").wait_for()


def test_whom_the_address_names_does_not_stay_in_it_nor_in_the_history(page: Any, fresh: str) -> None:
    page.goto(f"{fresh}/breaches")
    page.locator("tr[data-event]").first.wait_for()
    page.goto(f"{fresh}/subject?subject=p-visitor&lang=en")
    page.wait_for_url("**/subject?lang=en")
    field = page.get_by_role("textbox", name="Pseudonym")
    field.wait_for()
    assert field.input_value() == "p-visitor"
    page.wait_for_timeout(2500)  # a refresh of what is live
    assert page.url.endswith("/subject?lang=en")
    page.go_back()
    page.locator("tr[data-event]").first.wait_for()
    page.go_forward()
    page.get_by_test_id("headline").wait_for()
    assert "p-visitor" not in page.url


def test_an_alert_opens_into_its_life_and_what_may_be_done(page: Any, fresh: str) -> None:
    page.goto(f"{fresh}/alerts")
    page.locator('tr[data-testid^="alert-"] a').first.click()
    page.get_by_test_id("panel-alert").wait_for()
    page.get_by_role("button", name="Resolve", exact=True).click()
    page.get_by_text("Not done: write a note first.").wait_for()
    page.keyboard.press("Escape")
    page.get_by_test_id("panel-alert").wait_for(state="detached")
    page.get_by_role("button", name="Assign all").wait_for()
    page.get_by_test_id("state-waived").click()
    page.get_by_test_id("list-empty").wait_for()


def test_a_link_is_the_first_that_a_fresh_server_shows(page: Any) -> None:
    with served("small") as address:
        page.goto(f"{address}/policy?clause=NEWS-3")
        page.get_by_test_id("panel-clause").wait_for()
        page.get_by_text("Its breaches").click()
        page.get_by_test_id("list-empty").wait_for()
        assert page.url.endswith("/breaches?clause=NEWS-3")
        page.goto("about:blank")


def test_breaches_are_filtered_sorted_searched_and_taken_away(page: Any, fresh: str) -> None:
    page.goto(fresh)
    page.get_by_test_id("tile-kept").wait_for()
    page.get_by_test_id("tile-breaches").click()
    page.get_by_test_id("list").wait_for()
    rows = page.locator("tr[data-event]")
    page.get_by_test_id("severity-high").click()
    rows_are(page, 6)
    assert "severity=high" in page.url
    page.locator("select[name=clause]").select_option("CLICK-4")
    rows_are(page, 4)
    page.get_by_test_id("sort-when").click()
    page.locator("th[aria-sort=ascending]").wait_for()
    page.wait_for_timeout(500)  # the buttons below are drawn anew after the list
    with page.expect_download() as taken:
        page.get_by_role("button", name="CSV").click()
    assert Path(taken.value.path()).read_bytes().count(b"\r\n") == 5
    person = rows.first.locator("code").inner_text()
    page.keyboard.press("/")
    page.keyboard.type(person)
    page.keyboard.press("Enter")
    rows_are(page, 1)
    page.go_back()
    rows_are(page, 4)


def test_another_moment_is_chosen_carried_on_and_left(page: Any, fresh: str) -> None:
    page.goto(f"{fresh}/breaches?severity=critical")
    page.get_by_test_id("list").wait_for()
    page.get_by_text("Look at another moment").click()
    page.locator("input[name=as_of]").fill("2026-11-26T10:45")  # Amsterdam's
    page.get_by_role("button", name="Show", exact=True).click()
    banner = page.get_by_test_id("banner-moment")
    banner.wait_for()
    assert "26 Nov 2026 10:45:00" in banner.inner_text()
    assert page.url.endswith("/breaches?severity=critical&as_of=2026-11-26T09%3A45%3A00Z")
    rows_are(page, 17)
    page.get_by_role("link", name="Policy").click()
    page.get_by_test_id("panel-sentences").wait_for()
    assert "as_of=2026-11-26T09" in page.url
    until(page, "document.title === 'Policy · Clausewatch'")  # no count of now's breaches
    page.get_by_test_id("moment-back").click()
    banner.wait_for(state="detached")
    until(page, "document.title.startsWith('(44)')")
    page.go_back()
    banner.wait_for()


def test_the_chip_ages_when_the_server_is_gone(browser: Any) -> None:
    context = browser.new_context(timezone_id="Europe/Amsterdam", locale="en-GB")
    page = context.new_page()  # its own: Streamlit complains in the console when the server is gone
    chip = page.get_by_test_id("freshness")
    with served("small") as address:
        page.clock.install()
        page.goto(address)
        chip.and_(page.locator("[data-state=live]")).wait_for(timeout=15_000)
        context.set_offline(True)
    page.clock.fast_forward(14_000)
    chip.and_(page.locator("[data-state=slow]")).wait_for()
    page.clock.fast_forward(24_000)
    chip.and_(page.locator("[data-state=dead]")).wait_for()
    text = chip.inner_text()
    assert re.search(r"NOT LIVE · nothing new for (3\d|4\d) s · last data 13:45:0\d", text)
    context.close()


def test_a_store_that_hangs_leaves_the_page_and_says_so(page: Any) -> None:
    with served("hangs") as address:
        page.goto(address)
        page.get_by_test_id("banner-hangs").wait_for()
        page.get_by_test_id("freshness").filter(has_text="NOT LIVE").wait_for()
        page.locator("[data-testid^=promise-]").last.wait_for()
        assert page.locator("[data-testid^=promise-]").count() == len(registry())
        page.goto("about:blank")  # away, before the server is


def test_one_panel_that_fails_leaves_the_others(page: Any) -> None:
    with served("panel") as address:
        page.goto(address)
        page.get_by_test_id("panel-failed").wait_for()
        assert page.get_by_test_id("panel-promises").is_visible()
        assert "a figure is missing" not in page.content()
        page.goto("about:blank")


def test_every_answer_has_the_security_headers(fresh: str) -> None:
    for path in ("/", "/fonts/inter.ttf", "/_stcore/health"):
        with urllib.request.urlopen(fresh + path, timeout=5) as answer:
            assert answer.headers["x-content-type-options"] == "nosniff", path
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path
