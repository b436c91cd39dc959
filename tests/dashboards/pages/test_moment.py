"""Another moment than now: what pages show of it, the banner around them, links that carry it on."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import questions, store
from dashboards.as_of import PAGES
from dashboards.components import breach_export
from dashboards.pages import register
from infra.clock import utc_text
from tests.support.drawn import World, draw, html, world
from tests.support.seeded import NOW

THEN = NOW - timedelta(hours=3)
AS_OF = utc_text(THEN)


@pytest.fixture(scope="module")
def day() -> World:
    return world()


def page(name: str, seen: World, /, **address: str) -> str:
    return draw(name, seen.reader, seen.desk, **address)


def around(seen: World, name: str = "now", language: str = "en", **address: str) -> str:
    """What stands around a page: the choice and the banner."""
    store.install(seen.reader)
    questions.install(seen.desk)
    test = AppTest.from_function(_around, default_timeout=20, kwargs={"name": name, "language": language})
    for key, value in address.items():
        test.query_params[key] = value
    test.run()
    assert not test.exception
    return html(test)


def _around(name: str, language: str) -> None:
    from dashboards.components.moment import moment_banner, moment_choice
    from dashboards.speech import Speech

    moment_choice(Speech(language, "Europe/Amsterdam"))
    moment_banner(name, Speech(language, "Europe/Amsterdam"))


def test_now_shows_the_figures_of_that_moment(day: World) -> None:
    """At a quarter to ten (UTC) the breaches of 10, 11 and 12 o'clock had not happened."""
    live, then = (page("now", day, **address) for address in ({}, {"as_of": AS_OF}))
    figures = [re.search(r'tile-breaches".*?cw-tile-value">(\d+)', each, re.S) for each in (live, then)]
    expected = day.seeded.store.query("breaches", {"now": THEN, "rows": 1}).to_pylist()[0]["total"]
    assert figures[0]
    assert figures[1]
    assert int(figures[1][1]) == expected < int(figures[0][1])
    assert re.search(r'promise-GEN-3" data-state="kept"', then)
    assert "panel-sources" in live
    assert "panel-sources" not in then  # what only now has


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_link_of_a_page_carries_the_moment_on(name: str, day: World) -> None:
    found = re.findall(r'(?:href|action)="([^"#]+)"', page(name, day, as_of=AS_OF, known_at=AS_OF))
    inside = [each for each in found if "://" not in each]
    assert inside
    assert [each for each in inside if "as_of=" not in each or "known_at=" not in each] == []


def test_breaches_and_their_evidence_are_of_that_moment(day: World) -> None:
    live, then = (page("breaches", day, **address) for address in ({}, {"as_of": AS_OF}))
    later = set(re.findall(r'testid="finding-(\w+)"', live)) - set(re.findall(r'testid="finding-(\w+)"', then))
    assert later
    assert 'data-testid="panel-evidence"' in page("breaches", day, finding=min(later))
    assert f"finding-{min(later)}" not in page("breaches", day, as_of=AS_OF, finding=min(later))


def test_what_was_believed_then_leaves_out_what_came_later(day: World) -> None:
    """The day's obligations were told at its end: nothing of them was known a minute before."""
    known = utc_text(NOW - timedelta(seconds=30))
    assert "deadlines passed" in page("obligations", day, as_of=utc_text(NOW))
    assert "deadlines passed" not in page("obligations", day, as_of=utc_text(NOW), known_at=known)


@pytest.mark.parametrize(("name", "tile"), [("newsletter", "without"), ("website", "cookies"), ("recruitment", "past")])
def test_the_page_of_a_system_is_of_that_moment(name: str, tile: str, season_world: World) -> None:
    """Four weeks ago the breaches of the last weeks had not happened; in 2020 nothing was known of all this."""
    then = utc_text(NOW - timedelta(weeks=4))
    counts = []
    for address in ({}, {"as_of": then}, {"as_of": then, "known_at": "2020-01-01"}):
        drawn = page(name, season_world, **address)
        assert 'data-testid="panel-weeks"' in drawn
        assert "panel-failed" not in drawn
        found = re.search(rf'tile-{tile}".*?cw-tile-value">(\d+)', drawn, re.S)
        assert found
        counts.append(int(found[1]))
    assert counts[2] == 0 < counts[0]
    assert counts[1] != counts[0]


def test_an_export_is_of_that_moment_and_noted_so(day: World) -> None:
    from dashboards.as_of import Moment
    from dashboards.breaches import Filter

    questions.install(day.desk)
    lines = breach_export.exported("json", Filter(), Moment(THEN)).splitlines()
    total = day.seeded.store.query("breaches", {"now": THEN, "rows": 1}).to_pylist()[0]["total"]
    assert len(lines) == total
    register.exported(30, Moment(THEN, THEN))
    noted = [row["purpose"] for row in looks(day)]
    assert f"breaches json: as_of={AS_OF} state=stands" in noted
    assert f"register csv: days=30 as_of={AS_OF} known_at={AS_OF}" in noted


def looks(seen: World) -> list[dict[str, Any]]:
    from tests.support.warehouse import rows

    return rows(seen.seeded.store, "SELECT * FROM looks")


def test_nothing_is_said_of_now(day: World) -> None:
    drawn = around(day)
    assert "banner-moment" not in drawn
    assert '<details class="cw-moment" data-testid="moment"><summary>Look at another moment' in drawn


def test_the_banner_says_which_moment_and_what_is_known_of_it(day: World) -> None:
    drawn = around(day, as_of=AS_OF)
    assert re.search(r'You are looking at <b title="2026-11-26 09:45:08 UTC">26 Nov 2026 10:45:08</b>', drawn)
    assert "with what is known now" in drawn
    assert re.search(r'href="\?as_of=[^"&]+&amp;known_at=[^"&]+" data-testid="moment-then"', drawn)
    assert re.search(r'href="\?" data-testid="moment-back"', drawn)
    both = around(day, language="nl", as_of=AS_OF, known_at=utc_text(NOW), state="late")
    assert re.search(r"zoals op <b title=\"2026-11-26 12:45:08 UTC\">26 nov 2026 13:45:08</b> werd gedacht", both)
    assert re.search(r'href="\?state=late" data-testid="moment-back"', both)
    assert 'name="as_of" value="2026-11-26T10:45:08"' in both


def test_a_page_that_shows_only_now_says_so(day: World) -> None:
    assert "this page shows now only" in around(day, "pipeline", as_of=AS_OF)
    pages = (page("pipeline", day, **address) for address in ({}, {"as_of": AS_OF}))
    live, then = (re.sub(r'href="[^"]*"', "", each) for each in pages)
    assert live == then


def test_what_the_address_says_wrongly_is_told_and_ignored(day: World) -> None:
    drawn = around(day, as_of="<b>soon</b>", known_at="2030-01-01")
    assert "as_of=&lt;b&gt;soon&lt;/b&gt;, which is no moment and is ignored" in drawn
    assert "known_at=2030-01-01, which is yet to come and is ignored" in drawn
    assert 'data-testid="banner-moment"' not in drawn
    assert page("now", day, as_of="soon", known_at="2030-01-01") == page("now", day)


def test_while_the_past_is_not_answered_the_page_says_so(day: World) -> None:
    class Hangs:
        def query(self, *_: object) -> Any:
            raise OSError("no answer")

        subject = look = None

    desk = questions.Desk(Hangs, clock=day.seeded.clock, threads=1)  # type: ignore[arg-type, return-value]
    assert 'data-testid="state-nothing"' in draw("now", day.reader, desk, as_of=AS_OF)
