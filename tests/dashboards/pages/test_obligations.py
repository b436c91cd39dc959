"""Obligations in its states, drawn by Streamlit without a browser."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from dashboards.components.paces import paces
from dashboards.forecast import Forecast
from dashboards.obligations import Filter, of_address
from dashboards.questions import Desk
from dashboards.speech import Speech
from expectations.model import registry
from tests.support.drawn import World, draw, world
from tests.support.seeded import DAY, NOW, Seeded, batch, obligation


@pytest.fixture(scope="module")
def day() -> World:
    return world()


def page(seen: World, /, **address: str) -> str:
    return draw("obligations", seen.reader, seen.desk, **address)


def listed(html: str) -> list[tuple[str, str]]:
    return re.findall(r'data-testid="clock-\w+" data-clause="([\w-]+)" data-state="(\w+)"', html)


def test_the_heading_says_what_is_late_and_what_is_next(day: World) -> None:
    html = page(day)
    assert "2 deadlines passed, 11 more within 3 days" in html
    assert "49 clocks run · ‖ 1 paused · next in 19 h" in html


def test_the_one_that_is_due_first_stands_first(day: World) -> None:
    rows = listed(page(day))
    assert len(rows) == 40
    assert rows[:2] == [("NEWS-5", "overdue")] * 2
    assert {state for _, state in rows} == {"overdue", "open", "suspended"}


def test_filters_leave_what_fits(day: World) -> None:
    assert {state for _, state in listed(page(day, state="overdue"))} == {"overdue"}
    assert {clause for clause, _ in listed(page(day, clause="RIGHT-1"))} == {"RIGHT-1"}
    assert {clause for clause, _ in listed(page(day, system="recruitment"))} == {"REC-1"}
    assert len(listed(page(day, state="met"))) == 40
    tomorrow = (NOW + timedelta(days=1)).date().isoformat()
    assert [clause for clause, _ in listed(page(day, day=tomorrow))] == ["NEWS-5"] * 9


def test_what_the_address_says_wrongly_is_not_said() -> None:
    wrong = {"state": "x", "clause": "<script>", "day": "tomorrow", "after": "x", "q": "a@b.nl"}
    assert of_address(wrong, registry()) == Filter()


def test_the_next_page_goes_on_where_the_first_ended(day: World) -> None:
    first = page(day)
    after = re.search(r'after=([^"&]+)[^"]*" data-testid="more"', first)
    assert after
    rest = page(day, after=after[1].replace("%7E", "~"))
    assert len(listed(rest)) == 12
    found = re.findall(r'data-testid="clock-(\w+)"', first) + re.findall(r'data-testid="clock-(\w+)"', rest)
    assert len(set(found)) == 52


def test_the_laws_limit_stands_beside_the_promise(day: World) -> None:
    html = page(day, clause="RIGHT-1")
    assert html.count('class="cw-limit" style') == 4
    assert "GDPR: " in html


def test_the_calendar_counts_days_and_opens_them(day: World) -> None:
    tomorrow = (NOW + timedelta(days=1)).date().isoformat()
    assert re.search(rf'data-testid="day-{tomorrow}"[^>]*>.*?<b>9</b>', page(day))


def test_the_forecast_says_how_sure_it_is(day: World) -> None:
    html = page(day)
    assert re.search(r'data-testid="pace-NEWS-5".*?<b>\d+</b> <span class="cw-dim">\d+ to \d+</span>', html, re.S)
    assert re.search(r'data-testid="pace-RIGHT-1".*?too few were met to tell', html, re.S)


def test_the_forecast_has_a_total_that_says_what_it_leaves_out(day: World) -> None:
    html = page(day)
    total = re.search(r'data-testid="pace-all">.*?</tr>', html, re.S)
    assert total
    assert "All together" in total[0]
    assert "without 40 of which nothing can be told" in total[0]  # RIGHT-1 and REC-1
    assert re.search(r'state=open[^"]*">49</a></td><td><b>\d+</b> <span class="cw-dim">\d+ to \d+<', total[0])


def test_clocks_are_filtered_by_whose_law_they_run() -> None:
    seeded = Seeded(share=0.02).day()
    there = obligation(
        seeded.chance, "RIGHT-1", "compliance", "rights.request_received", "critical", 1, NOW - DAY, 28 * DAY,
        evidence={"jurisdiction": "ZA"},
    )  # fmt: skip
    limited = obligation(
        seeded.chance, "RIGHT-1", "compliance", "rights.request_received", "critical", 2, NOW - DAY, 28 * DAY,
        evidence={},
    )  # fmt: skip
    limited["clocks"].append({"clock": "popia", "since": NOW - DAY, "due_at": NOW + 29 * DAY})
    seeded.store.apply(batch(seeded.epoch, [], obligations=[there, limited]))
    seen = world(seeded.live(looks=3))
    assert of_address({"law": "popia"}, registry()).law == "popia"
    assert of_address({"law": "ccpa"}, registry()) == Filter()
    told = re.findall(r'data-testid="clock-(\w+)"', page(seen, law="popia"))
    assert sorted(told) == sorted(each["finding"] for each in (there, limited))
    every, others = (len(listed(page(seen, clause="RIGHT-1", **law))) for law in ({}, {"law": "gdpr"}))
    assert (every, others) == (6, 4)


def test_nothing_owed_is_said() -> None:
    calm = world(Seeded().live(looks=3))
    html = draw("obligations", calm.reader, calm.desk)
    assert "Nothing is owed to anybody now" in html
    assert not listed(html)


def test_a_store_that_does_not_answer_shows_no_clock(day: World) -> None:
    def refuse() -> Any:
        raise ConnectionError

    html = draw("obligations", day.reader, Desk(refuse, threads=1))
    assert "The store does not answer yet" in html
    assert not listed(html)
    for panel in ("days", "paces"):  # neither an empty calendar nor a calm forecast
        assert re.search(rf'data-testid="panel-{panel}"[^§]*?data-testid="unanswered">The store does not answer', html)
    assert "cw-day" not in html
    assert "Nothing is running here" not in html


def test_what_is_shown_as_it_was_is_named(day: World) -> None:
    """One query fails after it was answered: its panel stays, and a banner names it."""
    fails = False

    class Half:
        def query(self, name: str, parameters: dict[str, Any]) -> Any:
            if fails and name == "clocks_days":
                raise TimeoutError
            return day.seeded.store.query(name, parameters)

    desk = Desk(Half, clock=day.seeded.clock, threads=1)
    assert "banner-aged" not in draw("obligations", day.reader, desk)
    fails = True
    for known in desk._known.values():
        known.tried -= 1000
    html = draw("obligations", day.reader, desk)
    assert re.search(r'data-testid="banner-aged">Part of this page is as it was: Falls due could not be read', html)
    assert "cw-day" in html


def test_a_forecast_of_some_says_of_how_many() -> None:
    told = Forecast(open=500, late=12.2, low=8, high=17)
    assert "8 to 17 of the 500 due next" in paces([("RIGHT-1", 900, told)], registry(), Speech("en"))
    assert "due next" not in paces([("RIGHT-1", 500, told)], registry(), Speech("en"))


def test_dutch_is_dutch(day: World) -> None:
    assert "binnen 3 dagen" in draw("obligations", day.reader, day.desk, language="nl")
