"""Alerts in its states, drawn by Streamlit without a browser, and what its buttons publish."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from dashboards import acting, sign_in
from dashboards.acting import NotDoneError, act
from dashboards.alerts import DAYS, Filter, course, days, of_address
from dashboards.components.alert_list import failing
from dashboards.components.alert_open import waiver_asked
from dashboards.components.alert_pace import keeping_up
from dashboards.sign_in import Viewer
from dashboards.speech import Speech
from expectations.contract.decode import Record, decode
from expectations.model import registry
from expectations.words import clauses_in
from tests.support.drawn import World, draw, world
from tests.support.seeded import NOW, Seeded


@pytest.fixture(scope="module")
def day() -> World:
    return world(Seeded(share=0.02).day().live(looks=8).alerts())


def page(day: World, **address: str) -> str:
    return draw("alerts", day.reader, day.desk, **address)


def listed(html: str) -> list[str]:
    return re.findall(r'<tr data-testid="alert-(\w+)"', html)


def test_the_heading_is_how_many_wait_and_the_worst_stand_first(day: World) -> None:
    html = page(day)
    total = day.seeded.store.query("alert_list", {"stands": "firing acknowledged"}).to_pylist()[0]["total"]
    assert f"{total} alerts wait for somebody" in html
    marks = re.findall(r"cw-severity cw-is-(\w+)", html)
    assert marks == sorted(marks, key=("critical", "high", "medium", "low").index)
    assert len(listed(html)) == min(total, 50)


def test_each_filter_of_the_address_leaves_what_fits(day: World) -> None:
    assert set(re.findall(r'data-clause="([\w-]*)"', page(day, clause="XFER-1"))) == {"XFER-1"}
    assert set(re.findall(r"cw-severity cw-is-(\w+)", page(day, severity="high"))) == {"high"}
    assert len(listed(page(day, state="taken"))) == 1
    assert "s.jansen" not in page(day, owner="nobody")
    assert 'data-testid="list-empty"' in page(day, clause="REC-4", state="waived")
    assert of_address({"state": "x", "clause": "<b>", "q": "a@b.nl", "after": "1"}, registry()) == Filter()


def test_pages_follow_each_other_by_key(day: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboards import alerts
    from dashboards.components import alert_list

    monkeypatch.setattr(alerts, "PAGE", 12)
    monkeypatch.setattr(alert_list, "PAGE", 12)
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        html = page(day, state="all", **after)
        seen += listed(html)
        more = re.search(r'href="[^"]*after=([^"&]+)[^"]*" data-testid="more"', html)
        if not more:
            break
        after = {"after": more[1].replace("%7E", "~")}
    assert len(seen) == len(set(seen)) == len(day.seeded.store.query("alerts", {"rows": 1000}).to_pylist())


@pytest.mark.parametrize(("language", "promise"), [("en", "The promise"), ("nl", "De belofte")])
def test_one_opens_into_its_promise_its_evidence_and_its_life(day: World, language: str, promise: str) -> None:
    row = day.seeded.store.query("alerts", {"stands": "acknowledged"}).to_pylist()[0]
    html = draw("alerts", day.reader, day.desk, language=language, alert=row["alert"])
    assert promise in html
    assert clauses_in(language)[row["clause"]].remedy in html
    assert "s.jansen" in html.partition('data-testid="alert-life"')[2]
    assert f"breaches?finding={row['finding']}" in html


def test_deliveries_that_fail_and_times_beyond_their_target_are_seen() -> None:
    row = {"dead": 1, "failing": 2, "receivers": "officer", "take_s": 7200.0, "resolve_s": 3600.0}
    ends = {"silences": 0, "silences_end": 0, "waivers_end": 1}
    assert "3 notices could not be delivered to officer" in failing(row, Speech("en"))
    html = keeping_up({**row, **ends}, course((), days(NOW, Speech("en").tz)), Speech("en"))
    assert "1 waiver ends within a day" in html
    assert "▲ 2 h" in html.partition("median-resolve")[0]
    assert "▲" not in html.partition("median-resolve")[2]


def test_what_was_raised_and_ended_is_drawn_day_by_day(day: World) -> None:
    say = Speech("en", "Europe/Amsterdam")
    shown = days(NOW, say.tz)
    assert (len(shown), shown[-1]) == (DAYS, NOW.astimezone(say.tz).replace(hour=0, minute=0, second=0, microsecond=0))
    rows = [{"day": shown[3].date(), "raised": 4, "ended": 0}, {"day": shown[-1].date(), "raised": 1, "ended": 2}]
    found = course(rows, shown)
    assert (found.raised[3], found.raised[4], found.raised[-1], found.ended[-1]) == (4, 0, 1, 2)
    figures = dict.fromkeys(("take_s", "resolve_s", "silences", "silences_end", "waivers_end"))
    html = keeping_up(figures, found, say)
    assert "5 alerts raised (above) and 2 ended (below) in 30 days." in html
    assert html.count('class="cw-column"') == DAYS
    assert f'title="{say.day(shown[3])}\nraised: 4\nresolved or withdrawn: 0"' in html
    raised = len(day.seeded.store.query("alerts", {"rows": 1000}).to_pylist())
    assert f"{raised} meldingen gedaan (boven) en 0 beëindigd (onder)" in draw(
        "alerts", day.reader, day.desk, language="nl"
    )


def test_an_alert_that_is_none_says_so(day: World) -> None:
    assert "No alert has this id." in page(day, alert="0" * 32)


class Broker:
    """Notes what is published."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []

    def __call__(self, events: Any) -> None:
        self.got += events


def test_a_button_publishes_an_event_that_the_contract_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = Broker()
    monkeypatch.setattr(acting, "publish", broker)
    monkeypatch.setattr(sign_in, "viewer", lambda: Viewer("ann", "officer"))
    ids = act("waived", ["a" * 32, "b" * 32], reason="planned", until="2026-12-10T00:00:00+00:00", assignee=None)
    assert [each["id"] for each in broker.got] == ids
    records = [
        Record(json.dumps(each).encode(), None, (), "compliance.events", 0, n) for n, each in enumerate(broker.got)
    ]
    found = decode(records, key=b"k" * 32)
    assert len(found.quarantine) == 0
    assert len(found.events) == 2


def test_nobody_acts_who_is_not_signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "viewer", lambda: None)
    monkeypatch.setattr(acting, "publish", Broker())
    with pytest.raises(NotDoneError, match="role"):
        act("resolved", ["a" * 32], reason="done")


def test_a_waiver_waits_for_somebody_else() -> None:
    asked = {"type": "alert.waived", "actor": "ann", "until": NOW.replace(year=2027), "reason": "why"}
    assert waiver_asked([asked], NOW) == asked
    assert waiver_asked([asked, {**asked, "actor": "bob"}], NOW) is None
    assert waiver_asked([{**asked, "until": NOW}], NOW) is None
