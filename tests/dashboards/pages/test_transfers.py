"""Third parties: countries, safeguards, agreements and what rests on them."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest

from dashboards.components.world import name_of, shapes, world
from dashboards.questions import Desk
from dashboards.transfers import Safeguard, by_ground, countries, in_force, narrowed, safeguard
from expectations.references import references
from tests.support.drawn import World, draw
from tests.support.drawn import world as made
from tests.support.seeded import NOW, Seeded

DAY = timedelta(days=1)


def told(**given: Any) -> dict[str, Any]:
    """A row of the query `transfers`."""
    return {
        "country": "IN", "recipient": "r-1", "ground": "contract", "safeguards": None, "agreement": None, "n": 2,
        "people": 2, "breaches": 0, "last_at": NOW, **given,
    }  # fmt: skip


def signed(id: str, days_ago: int = 100, type: str = "agreement.signed", **data: Any) -> dict[str, Any]:
    """A row of the query `agreements`."""
    return {"source": "/compliance", "id": id, "type": type, "time": NOW - days_ago * DAY, "data": json.dumps(data)}


@pytest.mark.parametrize(
    ("country", "said", "expected"),
    [
        ("DE", None, Safeguard.EEA),
        ("JP", None, Safeguard.ADEQUATE),
        ("IN", '["scc"]', Safeguard.COMMITTED),
        ("IN", '["derogation","bcr"]', Safeguard.COMMITTED),
        ("IN", '["derogation"]', Safeguard.DEROGATION),
        ("IN", "[]", Safeguard.NONE),
        ("IN", '["hope"]', Safeguard.NONE),
        ("IN", "not json", Safeguard.NONE),
    ],
)
def test_the_safeguard_is_the_strongest_that_covers_a_disclosure(
    country: str, said: str | None, expected: Safeguard
) -> None:
    assert safeguard(country, said, references(), NOW) is expected


def test_a_country_is_as_safe_as_its_weakest_disclosure_and_the_weakest_stands_first() -> None:
    rows = [told(safeguards='["scc"]', recipient="a"), told(breaches=1, recipient="b"), told(country="DE", n=50)]
    found = countries(rows, references(), NOW)
    assert [(each.code, each.safeguard, each.events, each.breaches) for each in found] == [
        ("IN", Safeguard.NONE, 4, 1),
        ("DE", Safeguard.EEA, 50, 0),
    ]
    assert found[0].recipients == ("a", "b")


def test_what_would_break_is_what_rests_on_one_agreement_and_on_no_other() -> None:
    agreements = [
        signed("1", agreement="a-1", party="r-1", kind="scc", valid_to=(NOW + 9 * DAY).isoformat()),
        signed("2", agreement="a-2", party="r-2", kind="processing"),
        signed("3", agreement="a-3", party="r-2", kind="service"),
        signed("4", agreement="a-4", party="r-4", kind="service"),
        signed("5", 50, "agreement.ended", agreement="a-4"),
    ]
    rows = [told(), told(agreement="a-1", recipient="x", n=5), told(recipient="r-2", n=7)]
    held = in_force(agreements, rows, NOW, backdating=False)
    assert [(each.name, each.rests) for each in held] == [("a-1", 7), ("a-2", 0), ("a-3", 0)]
    assert held[0].until == NOW + 9 * DAY


def test_recipients_with_breaches_stand_first() -> None:
    rows = [told(n=90), told(recipient="r-2", breaches=1), told(recipient=None, ground=None, n=1)]
    assert by_ground(rows) == [("r-2", "contract", 2, 1), ("r-1", "contract", 90, 0), ("–", "–", 1, 0)]


def test_the_map_has_every_country_in_one_layer() -> None:
    html = world({"IN": "none", "DE": "eea"}, "where & how")
    assert re.findall(r'<i class="([\w-]+)"', html) == ["cw-land", "cw-land-eea", "cw-land-none"]
    drawn = [unquote(each) for each in re.findall(r"svg\+xml,([^&]*)&quot;", html)]
    assert [shapes()["IN"][1] in each for each in drawn] == [False, False, True]
    assert [shapes()["NL"][1] in each for each in drawn] == [True, False, False]
    assert 'aria-label="where &amp; how"' in html
    assert (name_of("NL"), name_of("ZA"), name_of("QQ")) == ("Netherlands", "South Africa", "QQ")
    assert len(shapes()) > 170


@pytest.fixture(scope="module")
def day() -> World:
    return made(Seeded(share=0.05).day().live(looks=3))


def test_the_page_says_first_where_no_safeguard_is(day: World) -> None:
    html = draw("transfers", day.reader, day.desk)
    assert re.search(r'data-testid="headline">.*Data went to 1 country without a safeguard</h1>', html)
    assert "8 countries · " in html
    assert '<i class="cw-land-none"' in html
    assert "Natural Earth" in html


def test_each_breach_figure_leads_to_exactly_the_breaches_it_counts(day: World) -> None:
    html = draw("transfers", day.reader, day.desk)
    figures = re.findall(r'class="cw-late" href="breaches\?([^"]+)"[^>]*>✖ (\d+)<', html)
    asked = [dict(parse_qsl(unescape(address))) for address, _ in figures]
    assert any(each.get("country") == "IN" for each in asked)
    assert any("recipient" in each and "ground" in each for each in asked)
    assert sum(int(n) for (_, n), each in zip(figures, asked, strict=True) if "country" in each) > 1
    for each, (_, n) in zip(asked, figures, strict=True):
        found = draw("breaches", day.reader, day.desk, **each)
        assert f">{n} of {n} · " in found, each
        assert 'data-testid="sharing"' in found


def test_the_other_figures_narrow_the_page_to_what_they_count(day: World) -> None:
    whole = draw("transfers", day.reader, day.desk)
    n = re.search(r'href="\?country=ZA">([\d\u202f]+)</a></td><td><a class="cw-link" href="\?country=ZA">(\d+)<', whole)
    assert n
    html = draw("transfers", day.reader, day.desk, country="ZA")
    assert 'data-testid="country">South Africa' in html
    grounds = html[html.index('data-testid="panel-grounds"') :]
    assert sum(int(each) for each in re.findall(r'href="\?country=ZA&amp;recipient=[^"]+">(\d+)<', grounds)) == int(
        n[2]
    )
    assert "Data went to 1 country without a safeguard" in html


def test_rows_are_narrowed_to_what_rests_on_an_agreement() -> None:
    rows = [told(), told(agreement="a-1", recipient="x", n=5), told(recipient="r-2", country="DE", n=7)]
    held = in_force([signed("1", agreement="a-1", party="r-1", kind="scc")], rows, NOW, backdating=False)
    assert narrowed(rows, held, {"agreement": "a-1"}) == (rows[0], rows[1])
    assert narrowed(rows, held, {"agreement": "a-1", "recipient": "x"}) == [rows[1]]
    assert narrowed(rows, held, {"country": "DE", "recipient": None}) == [rows[2]]
    assert narrowed(rows, held, {"agreement": "gone"}) == ()
    assert narrowed([told(recipient=None)], held, {"recipient": "-"}) == [told(recipient=None)]


def test_a_store_that_does_not_answer_shows_no_map(day: World) -> None:
    def refuse() -> Any:
        raise ConnectionError

    html = draw("transfers", day.reader, Desk(refuse, threads=1))
    assert "The store does not answer yet" in html
    assert "cw-world" not in html


def test_dutch_is_dutch(day: World) -> None:
    assert "zonder waarborg" in draw("transfers", day.reader, day.desk, language="nl")
