"""Website: cookies before consent, addresses, forms, and who gets visits."""

from __future__ import annotations

import re

import pytest

from dashboards.website import look, shortened, visits
from tests.support.drawn import World, draw, world
from tests.support.seeded import Seeded


@pytest.mark.parametrize(("a_minute", "minutes"), [(0, 1440), (138, 1440), (139, 360), (600, 60), (30_000, 15)])
def test_the_busier_the_website_the_fewer_minutes_are_looked_into(a_minute: int, minutes: int) -> None:
    rows = [{"system": "website", "n": a_minute * 10}] * 3 + [{"system": "crm", "n": 10**9}]
    assert look(rows) == minutes


@pytest.mark.parametrize(
    ("address", "percent"),
    [({}, None), ({"full": 3}, 0), ({"truncated": 199, "none": 800, "full": 1}, 99), ({"none": 2, "untold": 1}, 66)],
)
def test_nearly_all_is_never_told_as_all(address: dict[str, int], percent: int | None) -> None:
    assert shortened(address) == percent


def test_what_was_counted_is_told_apart() -> None:
    rows = [{"what": "visits", "word": None, "n": 3}, {"what": "asked", "word": "left", "n": 1}]
    assert visits(rows) == {"visits": {"": 3}, "address": {}, "asked": {"left": 1}, "cookie": {}}


def test_the_page_says_first_where_cookies_came_before_consent(season_world: World) -> None:
    html = draw("website", season_world.reader, season_world.desk)
    assert re.search(r'data-testid="headline">.*✖</span> 26 visits set cookies without consent</h1>', html)
    assert "6 kept identifiable · 4 followed against Do Not Track · 1 form over http · since 31 Aug" in html
    assert re.search(r'data-testid="tile-address".*?>99 %<', html, re.S)
    assert re.search(r'data-testid="tile-parties".*?>3<.*?2 breaches on sharing', html, re.S)
    assert re.search(r"<code>callback</code></td><td>request handling</td>", html)
    assert re.search(r'<span class="cw-late">✖ price setting</span>', html)
    assert re.search(r"<code>adnet</code> US</td>.*?sharing=yes", html)
    assert re.search(r"<code>campaign</code></td><td>marketing</td>", html)
    assert "necessary, personal</td>" in html


def test_without_visits_nothing_is_claimed_of_addresses() -> None:
    quiet = Seeded(share=0.01)
    quiet.store.beat("worker-1", 12, 0)
    quiet.breach("NEWS-4")
    quiet.reader.poll()
    html = draw("website", (calm := world(quiet)).reader, calm.desk)
    assert "No cookie that follows people was set without consent" in html
    assert re.search(r'data-testid="tile-address".*?>–<', html, re.S)
    assert "No form was sent" in html


def test_dutch_is_dutch(season_world: World) -> None:
    html = draw("website", season_world.reader, season_world.desk, language="nl")
    assert "26 bezoeken zetten cookies zonder toestemming" in html
    assert "noodzakelijk, persoonlijk</td>" in html
