"""Breaches in its states, drawn by Streamlit without a browser."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit import config

from dashboards import questions
from dashboards.breaches import Filter, key_of, of_address
from dashboards.components import breach_export
from dashboards.components.breach_export import TooManyError, exported
from dashboards.components.breach_open import law
from dashboards.questions import Desk
from dashboards.sign_in import NotAllowedError
from expectations.model import registry
from tests.support.drawn import World, draw, world
from tests.support.seeded import Seeded
from tests.support.warehouse import rows


@pytest.fixture(scope="module")
def day() -> World:
    return world()


def page(day: World, **address: str) -> str:
    return draw("breaches", day.reader, day.desk, **address)


def listed(html: str) -> list[str]:
    return re.findall(r'<tr data-testid="finding-(\w+)"', html)


def test_the_heading_is_how_many_wait_and_how_bad(day: World) -> None:
    html = page(day)
    assert "46 breaches wait for somebody" in html
    assert "40 critical · 6 high · oldest 3 d 18 h" in html
    assert len(listed(html)) == 46


def test_each_filter_of_the_address_leaves_what_fits(day: World) -> None:
    assert set(re.findall(r'data-clause="([\w-]+)"', page(day, clause="XFER-1"))) == {"XFER-1"}
    assert set(re.findall(r'data-clause="([\w-]+)"', page(day, severity="high"))) == {"CLICK-4", "NEWS-5"}
    assert set(re.findall(r'data-clause="([\w-]+)"', page(day, state="overdue"))) == {"NEWS-5"}
    assert set(re.findall(r'data-clause="([\w-]+)"', page(day, system="website"))) == {"CLICK-4"}
    assert set(re.findall(r'data-clause="([\w-]+)"', page(day, state="unclear"))) == {"WEB-2"}
    assert len(listed(page(day, period="24h"))) == 42


def test_every_breach_is_of_one_jurisdiction_or_another(day: World) -> None:
    found = [set(listed(page(day, jurisdiction=each))) for each in ("NL", "ZA", "other")]
    assert set.union(*found) == set(listed(page(day)))
    assert sum(map(len, found)) == len(listed(page(day)))
    assert found[2]


def test_a_section_of_the_text_leaves_the_clauses_that_rest_on_it(day: World) -> None:
    every = set(re.findall(r'data-clause="([\w-]+)"', page(day)))
    for section in ("2", "3", "8"):
        found = set(re.findall(r'data-clause="([\w-]+)"', page(day, section=section)))
        assert found == {id for id in every if section in registry()[id].section.split(", ")}, section
    assert set(re.findall(r'data-clause="([\w-]+)"', page(day, section="3"))) == {"XFER-1"}
    assert not listed(page(day, section="3", clause="NEWS-4"))
    assert of_address({"section": "99"}, registry()) == Filter()


def test_what_the_address_says_wrongly_is_not_said(day: World) -> None:
    assert of_address({"clause": "<script>", "state": "x", "sort": "x", "after": "x", "q": "a@b.nl"}, registry()) == (
        Filter()
    )
    assert len(listed(page(day, clause="<script>", q="jan@example.com"))) == 46


def test_nothing_that_fits_says_how_many_stand(day: World) -> None:
    html = page(day, clause="REC-4")
    assert 'data-testid="list-empty"' in html
    assert "46 breaches stand in all" in html


def test_pages_follow_each_other_by_key_and_hold_each_row_once(day: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboards import breaches
    from dashboards.components import breach_list

    monkeypatch.setattr(breaches, "PAGE", 10)
    monkeypatch.setattr(breach_list, "PAGE", 10)
    for sort in breaches.SORTS:
        seen: list[str] = []
        after: dict[str, str] = {}
        while True:
            html = page(day, sort=sort, **after)
            seen += listed(html)
            more = re.search(r'href="[^"]*after=([^"&]+)[^"]*" data-testid="more"', html)
            if not more:
                break
            after = {"after": more[1].replace("%7E", "~")}
        assert len(seen) == len(set(seen)) == 46, sort


def test_a_breach_opens_into_its_evidence(day: World) -> None:
    finding = listed(page(day))[0]
    html = page(day, finding=finding)
    drawer = html[html.index('data-testid="panel-evidence"') :]
    assert "A newsletter was sent to someone who had unsubscribed" in drawer
    for part in ("promise", "remedy", "evidence", "known", "history", "link"):
        assert f'data-testid="opened-{part}"' in drawer, part
    assert "GDPR 21(3)" in drawer
    assert f"/breaches?finding={finding}" in drawer
    assert "cannot be told" not in drawer


def test_an_overdue_promise_opens_with_when_it_fell_due(day: World) -> None:
    html = page(day, finding=listed(page(day, state="overdue"))[0])
    assert "Fell due" in html


def test_what_lacks_a_field_says_which_and_is_no_breach(day: World) -> None:
    store = day.seeded.store
    name = rows(store, "SELECT finding FROM verdicts WHERE outcome = 'indeterminate' LIMIT 1")[0]["finding"]
    html = page(day, finding=name)
    assert "It cannot be told whether the promise was kept" in html


def test_a_strange_finding_opens_into_nothing_and_is_escaped(day: World) -> None:
    html = page(day, finding="<script>alert(1)</script>")
    assert "<script>" not in html
    assert "No finding has this name" in html


def test_a_store_that_does_not_answer_shows_no_rows(day: World) -> None:
    def refuse() -> Any:
        raise ConnectionError

    html = draw("breaches", day.reader, Desk(refuse, threads=1))
    assert "The store does not answer yet" in html
    assert not listed(html)


def test_no_breach_is_said_without_a_row() -> None:
    calm = world(Seeded().live(looks=3))
    html = draw("breaches", calm.reader, calm.desk)
    assert "No breach stands" in html
    assert 'data-testid="list-empty"' in html


def test_an_export_holds_what_the_filter_lets_through_and_is_noted(day: World) -> None:
    questions.install(day.desk)
    asked = of_address({"clause": "XFER-1"}, registry())
    told = [json.loads(line) for line in exported("json", asked).decode().splitlines()]
    assert {each["clause"] for each in told} == {"XFER-1"}
    assert len(told) == 6
    assert exported("csv", asked).decode().count("\n") == 7
    assert all(json.loads(line)["class_uid"] == 2003 for line in exported("ocsf", asked).decode().splitlines())
    looks = rows(day.seeded.store, 'SELECT * FROM looks ORDER BY "at"')
    assert [(each["what"], each["purpose"]) for each in looks][-3:] == [
        ("export", f"breaches {form}: clause=XFER-1 state=stands") for form in ("json", "csv", "ocsf")
    ]


def test_a_list_that_is_too_long_for_a_file_is_refused_not_cut_off(day: World, monkeypatch: pytest.MonkeyPatch) -> None:
    questions.install(day.desk)
    monkeypatch.setattr(breach_export, "MOST", 6)
    whole = of_address({"clause": "XFER-1"}, registry())
    assert exported("csv", whole).count(b"\r\n") == 7
    for form in breach_export.FORMS:
        with pytest.raises(TooManyError, match="46 findings fit, one file holds 6"):
            exported(form, Filter())


def test_nobody_exports_without_a_role(day: World) -> None:
    questions.install(day.desk)
    before = len(rows(day.seeded.store, "SELECT * FROM looks"))
    config.set_option("server.address", "0.0.0.0")
    with pytest.raises(NotAllowedError):
        exported("csv", Filter())
    assert len(rows(day.seeded.store, "SELECT * FROM looks")) == before


def test_the_law_is_that_of_the_person() -> None:
    clause = registry()["NEWS-3"]
    assert law(clause, "ZA") == "POPIA 69(3)"
    assert "POPIA" not in law(clause, "NL")
    assert "GDPR" in law(clause, None)


def test_a_key_is_read_back_from_the_address() -> None:
    row = {"first": "NEWS-4", "second": -1764161000000000, "finding": "ab12"}
    assert of_address({"after": key_of(row)}, registry()).after == ("NEWS-4", -1764161000000000, "ab12")


def test_every_breach_is_three_clicks_from_now(day: World) -> None:
    """Each that stands: from Now to a list, perhaps to its next page, to the evidence."""
    home = draw("now", day.reader, day.desk)
    reached = set(re.findall(r'href="breaches\?finding=(\w+)"', home))  # one click
    lists = {unescape(each) for each in re.findall(r'href="breaches\?(clause=[\w-]+(?:&amp;state=\w+)?)"', home)}
    for address in sorted(lists):
        reached |= set(listed(page(day, **dict(parse_qsl(address)))))  # two
    standing = {row["finding"] for row in day.seeded.store.query("breaches", {"rows": 500}).to_pylist()}
    assert standing
    assert standing - reached == set()
    assert f"?finding={(one := min(standing))}" in page(day)
    assert 'data-testid="panel-evidence"' in page(day, finding=one)
