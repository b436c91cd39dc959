"""What the pages of one system have in common: numbers that open what they count, and columns of weeks."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest

from dashboards import breaches, obligations
from dashboards.components.system import columns
from dashboards.questions import Desk
from dashboards.speech import Speech
from dashboards.weeks import weeks
from expectations.model import registry
from tests.support.drawn import World, draw

PAGES = ("newsletter", "recruitment", "website")


def totals(html: str, page: str) -> list[tuple[dict[str, str], int]]:
    """Where the numbers lead that lead to a page, by the address' parts, and what they say."""
    links = re.findall(rf'<a [^>]*href="{page}\?([^"]*)"[^>]*>(?:✖ )?(\d+)</a>', html)
    parts = ({name: values[0] for name, values in parse_qs(unescape(said)).items()} for said, _ in links)
    return list(zip(parts, (int(number) for _, number in links), strict=True))


@pytest.mark.parametrize("page", PAGES)
def test_every_number_opens_exactly_what_it_counts(season_world: World, page: str) -> None:
    html, store = draw(page, season_world.reader, season_world.desk), season_world.seeded.store

    def total(name: str, given: dict[str, Any]) -> int:
        rows = store.query(name, {**given, "now": season_world.seeded.clock.now()}).to_pylist()
        return int(rows[0]["total"]) if rows else 0

    to_breaches, to_clocks = totals(html, "breaches"), totals(html, "obligations")
    assert len(to_breaches) > 4
    for said, number in to_breaches:
        asked = breaches.of_address(said, registry())
        assert asked.sharing or asked.clause == said["clause"]
        assert asked.since
        assert total("breaches", asked.parameters()) == number, said
    assert len(to_clocks) > 1 or page == "website"
    for said, number in to_clocks:
        clocks = obligations.of_address(said, registry())
        assert (clocks.clause, clocks.state) == (said["clause"], said["state"])
        assert total("clocks", dict(clocks.question(ZoneInfo("UTC")).parameters)) == number, said


def test_a_breach_that_was_resolved_was_one_all_the_same(season_world: World) -> None:
    store, now = season_world.seeded.store, season_world.seeded.clock.now()
    given = {"clause": "NEWS-4", "now": now}
    assert store.query("breaches", {**given, "state": "resolved"}).num_rows == 1
    html = draw("newsletter", season_world.reader, season_world.desk)
    (told,) = re.findall(r'data-testid="breaches-NEWS-4">(\d+)<', html)
    every = store.query("breaches", {**given, "state": "all", "rows": 1}).to_pylist()
    assert int(told) == every[0]["total"] == store.query("breaches", {**given, "rows": 1}).to_pylist()[0]["total"] + 1


@pytest.mark.parametrize("page", PAGES)
def test_a_store_that_does_not_answer_shows_no_figures(season_world: World, page: str) -> None:
    def refuse() -> Any:
        raise ConnectionError

    html = draw(page, season_world.reader, Desk(refuse, threads=1))
    assert "The store does not answer yet" in html
    assert "cw-tile" not in html


def test_columns_of_weeks_share_one_scale_above_and_below_the_line() -> None:
    shown = weeks(datetime(2026, 11, 4, tzinfo=UTC), ZoneInfo("Europe/Amsterdam"))
    none, say = [0] * 11, Speech(zone="Europe/Amsterdam")
    html = columns([("Given", "strong", [*none, 30, 15])], [("Ended", "ended", [*none, 0, 10])], shown, "<why>", say)
    assert 'aria-label="&lt;why&gt;"' in html
    assert re.findall(r'cw-(?:up|down)" style="height:([\d.]+)%', html)[-2:] == ["75.00", "25.00"]
    assert re.findall(r'cw-tone-(\w+)" style="height:([\d.]+)%', html) == [
        ("strong", "100.00"), ("strong", "50.00"), ("ended", "100.00"),
    ]  # fmt: skip
    assert "week of 2 Nov\nGiven: 15\nEnded: 10" in html
    assert "height:" not in columns([("Given", "strong", [0] * 13)], [], shown, "", say)
