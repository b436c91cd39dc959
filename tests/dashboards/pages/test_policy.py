"""Policy in its states, drawn by Streamlit without a browser."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dashboards.questions import Desk
from expectations.examples import shipped
from expectations.model import registry
from expectations.policy import load
from tests.support.drawn import World, draw, world


@pytest.fixture(scope="module")
def day() -> World:
    return world()


def page(day: World, **address: str) -> str:
    return draw("policy", day.reader, day.desk, **address)


def test_every_clause_and_sentence_has_a_row_in_the_texts_order(day: World) -> None:
    html = page(day)
    shown = re.findall(r'data-testid="clause-([\w-]+)"', html)
    assert shown == sorted(registry(), key=lambda id: int(registry()[id].section.split(",")[0]))
    assert len(re.findall(r"<b>Section \d+</b>", html)) == len(set(re.findall(r"<b>Section \d+</b>", html)))
    assert re.findall(r'data-testid="sentence-([^"]+)"', html) == [each.id for each in load().sentences]


def test_no_evidence_is_a_dash_and_never_kept(day: World) -> None:
    html = page(day)
    rows = re.findall(r'<tr data-testid="clause-[^"]+" data-state="(\w+)">(.*?)</tr>', html)
    unseen = {state for state, row in rows if row.endswith("<td>–</td><td>–</td><td>–</td>")}
    assert "silent" in unseen
    assert "kept" not in unseen
    assert re.search(r'data-testid="clause-XFER-1" data-state="broken"', html)


def test_each_figure_of_breaches_leads_to_those_it_counts(day: World) -> None:
    html = page(day)
    figures = re.findall(r'href="breaches\?clause=([\w-]+)&amp;state=all">(\d+)</a>', html)
    assert {"XFER-1", "NEWS-4", "NEWS-5"} <= {clause for clause, _ in figures}
    for clause, n in figures:
        assert f">{n} of {n} · " in draw("breaches", day.reader, day.desk, clause=clause, state="all"), clause
    assert f'aria-label="{dict(figures)["XFER-1"]} breaches in thirteen weeks"' in html


def test_what_is_not_checkable_says_so(day: World) -> None:
    html = page(day)
    kinds = [each.id for each in load().sentences if each.kind == "not_checkable"]
    assert kinds
    for id in kinds:
        assert re.search(rf'data-testid="sentence-{re.escape(id)}".*?○ not checkable', html)


def test_a_clause_opens_by_its_address_and_a_strange_one_opens_nothing(day: World) -> None:
    html = page(day, clause="NEWS-3")
    assert 'data-testid="panel-clause"' in html
    assert "Reading: require double opt in" in html
    assert "panel-failed" not in html
    assert 'data-testid="panel-clause"' not in page(day, clause="<script>")


@pytest.mark.parametrize("clause", registry())
def test_each_clause_opens(day: World, clause: str) -> None:
    from dashboards import surroundings
    from dashboards.components.promises import clause_opened
    from dashboards.speech import Speech

    version = surroundings.policy().version_at(day.seeded.clock.now())
    assert clause in clause_opened(registry()[clause], version, [], Speech("nl"))


@pytest.mark.parametrize("language", ["en", "nl"])
def test_an_opened_clause_lists_every_case_with_its_kind_and_outcome(day: World, language: str) -> None:
    html = draw("policy", day.reader, day.desk, language=language, clause="NEWS-5")
    kinds = re.findall(r'<tr data-testid="case" data-kind="(\w+)">', html)
    assert kinds == [each.kind for each in shipped()["NEWS-5"]]
    assert {"breach", "twin", "boundary", "late", "duplicate", "missing", "processor"} <= set(kinds)
    broken = {"en": "</span> NEWS-5 broken</span>", "nl": "</span> NEWS-5 geschonden</span>"}[language]
    assert html.count(broken) == sum(each.finds.get("NEWS-5") == "breach" for each in shipped()["NEWS-5"])


def test_an_opened_clause_leads_to_its_place_in_the_data_docs(day: World) -> None:
    (href,) = re.findall(r'href="([^"]+)" target="_blank"[^>]+data-testid="data-docs"', page(day, clause="NEWS-3"))
    assert href == f"data-docs?version={load().versions[-1].version}&amp;lang=en#NEWS-3"


def test_a_store_that_does_not_answer_shows_no_figures(day: World) -> None:
    def refuse() -> Any:
        raise ConnectionError

    html = draw("policy", day.reader, Desk(refuse, threads=1))
    assert "The store does not answer yet" in html
    assert "panel-clauses" not in html
    assert 'data-testid="state-nothing"' in html
    assert "state-waiting" not in html
