"""Signing in by a real browser at a provider on loopback: let in where the role says so, refused elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dashboards.roles import MAY
from tests.support.pages import chromium, served
from tests.support.provider import Company, provider

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PEOPLE = {"officer": "privacy", "management": "board", "engineer": "operations"}


@pytest.fixture(scope="module")
def house() -> Iterator[SimpleNamespace]:
    """The pages with a provider: `address`, `data`, `company`, `browser`."""
    found = SimpleNamespace()

    def prepare(data: Path, address: str) -> None:
        found.data = data
        company.configure(data, address)

    with chromium() as browser, provider() as company, served("fresh", prepare) as address:
        found.address, found.company, found.browser = address, company, browser
        yield found


@pytest.fixture
def page(house: SimpleNamespace) -> Iterator[Any]:
    context = house.browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()
    (house.data / "sign-in.deny").unlink(missing_ok=True)
    house.company.claims, house.company.refuses = {}, False


def person(company: Company, role: str, **said: Any) -> None:
    company.person = {"sub": f"u-{role}", "preferred_username": role, "groups": [PEOPLE.get(role, role)], **said}


def enter(page: Any, house: SimpleNamespace, role: str, where: str = "/") -> None:
    """Open this address and sign in as somebody of this role."""
    person(house.company, role)
    page.goto(house.address + where)
    page.get_by_test_id("sign-in").click()


def reason(page: Any) -> str:
    """Why nothing is shown."""
    page.get_by_test_id("refused").wait_for()
    return str(page.get_by_test_id("refused").get_attribute("data-reason"))


def becomes(page: Any, why: str, seconds: float = 10) -> None:
    """Wait until the open page refuses, by itself."""
    page.locator(f'[data-testid="refused"][data-reason="{why}"]').wait_for(timeout=seconds * 1000)
    assert page.get_by_test_id("headline").count() == 0


def menu(page: Any) -> set[str]:
    page.get_by_test_id("stSidebar").get_by_role("link", name="Now").wait_for()
    links = page.get_by_test_id("stPageLink-NavLink").evaluate_all(
        "all => all.map(each => new URL(each.href).pathname)"
    )
    return set(links)


def test_a_pasted_link_leads_through_sign_in_to_its_page_and_filters(page: Any, house: SimpleNamespace) -> None:
    enter(page, house, "officer", "/breaches?severity=high&lang=nl")
    page.get_by_test_id("headline").wait_for()
    assert page.url == f"{house.address}/breaches?severity=high&lang=nl"
    page.locator(".cw-side", has_text="functionaris").wait_for()
    asked = house.company.asked[-1]
    assert (asked["code_challenge_method"], asked["max_age"]) == ("S256", "28800")
    until = {cookie["name"]: cookie for cookie in page.context.cookies()}["_streamlit_user"]
    assert until["httpOnly"]
    assert until["expires"] < time.time() + 8 * 3600 + 5


@pytest.mark.parametrize(
    ("role", "may"), [("officer", "/breaches"), ("management", "/register"), ("engineer", "/pipeline")]
)
def test_each_role_sees_its_pages_and_is_refused_all_others(
    page: Any, house: SimpleNamespace, role: str, may: str
) -> None:
    enter(page, house, role, may)
    page.get_by_test_id("headline").wait_for()
    shown = menu(page)
    assert {f"/{name}" for name in MAY if role in MAY[name] and name != "now"} == shown - {"/"}  # Now is the first page
    for name in (name for name in MAY if role not in MAY[name]):
        page.goto(f"{house.address}/{name}" + "?subject=p-07250eb9275a" * (name == "subject"))
        assert reason(page) == "page"
        assert page.get_by_text("This page is not for your role").is_visible()
        assert page.get_by_test_id("headline").count() == 0


def test_an_engineer_reads_alerts_and_acts_on_none(page: Any, house: SimpleNamespace) -> None:
    enter(page, house, "engineer", "/alerts")
    page.locator("tr[data-alert], .cw-table tr").first.wait_for()
    page.wait_for_timeout(1000)
    assert page.get_by_role("button", name="Acknowledge").count() == 0


def test_a_download_is_for_who_is_signed_in(page: Any, house: SimpleNamespace) -> None:
    enter(page, house, "officer", "/breaches")
    with page.expect_download() as taken:
        page.get_by_role("button", name="CSV").click()
    assert Path(taken.value.path()).read_text("utf-8").count("\n") > 10
    file = taken.value.url
    stranger = house.browser.new_context()
    assert page.context.request.get(file).status == 200
    assert stranger.request.get(file).status == 403
    assert stranger.request.get(f"{house.address}/_stcore/metrics").status == 403
    (house.data / "sign-in.deny").write_text("u-officer\n")
    assert page.context.request.get(file).status == 403
    becomes(page, "denied")  # without being touched
    assert page.get_by_role("button", name="CSV").count() == 0
    stranger.close()


def test_a_sign_in_ends_after_its_hours_and_can_be_renewed_in_place(page: Any, house: SimpleNamespace) -> None:
    house.company.claims = {"auth_time": int(time.time()) - 8 * 3600 + 15}
    enter(page, house, "management", "/obligations?show=late")
    page.get_by_test_id("headline").wait_for()
    becomes(page, "expired", 30)
    house.company.claims = {}
    page.get_by_test_id("sign-in").click()
    page.get_by_test_id("headline").wait_for()
    assert page.url == f"{house.address}/obligations?show=late"


def test_a_wrong_claim_is_no_role(page: Any, house: SimpleNamespace) -> None:
    enter(page, house, "visitors")
    page.locator('[data-reason="role"]').wait_for()
    assert page.get_by_text("You have no role here").is_visible()


@pytest.mark.parametrize("claims", [{"aud": "another"}, {"nonce": "guessed"}])
def test_a_token_for_others_signs_nobody_in(page: Any, house: SimpleNamespace, claims: dict[str, Any]) -> None:
    house.company.claims = claims
    enter(page, house, "officer", "/breaches")
    page.wait_for_url(f"{house.address}/breaches")
    assert reason(page) == "out"
    assert "_streamlit_user" not in {cookie["name"] for cookie in page.context.cookies()}


def test_a_provider_that_refuses_leads_back(page: Any, house: SimpleNamespace) -> None:
    house.company.refuses = True
    enter(page, house, "officer", "/policy")
    page.wait_for_url(f"{house.address}/policy")
    assert reason(page) == "out"


def test_signing_out_ends_copies_of_the_cookie_too(page: Any, house: SimpleNamespace) -> None:
    enter(page, house, "officer", "/policy")
    page.get_by_test_id("headline").wait_for()
    copied = house.browser.new_context(storage_state=page.context.storage_state())
    other = copied.new_page()
    other.goto(f"{house.address}/policy")
    other.get_by_test_id("headline").wait_for()
    page.get_by_text("Sign out").click()
    assert reason(page) == "out"
    becomes(other, "out")
    copied.close()
