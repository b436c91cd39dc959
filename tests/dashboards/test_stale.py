"""A part of a page that could not be read anew stays as it was, and a banner names it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dashboards.questions import Desk
from tests.support.drawn import World, draw, world
from tests.support.seeded import Seeded


@pytest.fixture(scope="module")
def day() -> World:
    return world(Seeded(share=0.02).day().live(looks=4).alerts())


@pytest.mark.parametrize(
    ("page", "query", "part"),
    [
        ("alerts", "alert_list", "Alerts, List of alerts"),
        ("alerts", "alert_figures", "Times and deliveries"),
        ("alerts", "alert_days", r"Are we keeping up\?"),
        ("breaches", "breaches", "Breaches, List of breaches"),
        ("register", "register_seen", "Register of processing"),
        ("transfers", "agreements", "Agreements in force"),
    ],
)
def test_what_is_shown_as_it_was_is_named(day: World, page: str, query: str, part: str) -> None:
    fails = False

    class Half:
        def query(self, name: str, parameters: dict[str, Any]) -> Any:
            if fails and name == query:
                raise TimeoutError
            return day.seeded.store.query(name, parameters)

    desk = Desk(Half, clock=day.seeded.clock, threads=1)
    before = draw(page, day.reader, desk)
    assert "banner-aged" not in before
    fails = True
    for known in desk._known.values():
        known.tried -= 1000
    told = rf'data-testid="banner-aged">Part of this page is as it was: {part} could not be read'
    draws = (draw(page, day.reader, desk) for _ in range(5))  # the desk's thread may be late
    html = next((html for html in draws if re.search(told, html)), "")
    assert html
    assert re.findall(r'data-testid="panel-\w+"', html) == re.findall(r'data-testid="panel-\w+"', before)
