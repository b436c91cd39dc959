"""A role is led nowhere that it would be refused."""

from __future__ import annotations

import re

import pytest

from dashboards.components import frame
from dashboards.roles import MAY, reachable
from dashboards.sign_in import Viewer
from tests.support.drawn import World, draw, world


@pytest.fixture(scope="module")
def day() -> World:
    return world()


@pytest.mark.parametrize(
    ("role", "href", "led"),
    [
        ("officer", "breaches?clause=NEWS-3&amp;state=late", "breaches?clause=NEWS-3&amp;state=late"),
        ("management", "breaches?clause=NEWS-3&amp;state=late&amp;lang=nl", "policy?clause=NEWS-3&amp;lang=nl"),
        ("management", "breaches?finding=abc", None),
        ("management", "breaches?", None),
        ("management", "obligations?state=week", "obligations?state=week"),
        ("engineer", "obligations?state=week", None),
        ("engineer", "?show=kept", "?show=kept"),
        ("engineer", "#sources", "#sources"),
        ("engineer", "breaches?clause=%22%3E%3Cscript%3E", "policy?clause=%22%3E%3Cscript%3E"),
    ],
)
def test_a_link_leads_where_the_role_may_go_or_is_none(role: str, href: str, led: str | None) -> None:
    shown = reachable(f'<a class="cw-name" href="{href}" title="x">3</a>', role)
    assert re.findall(r'href="([^"]*)"', shown) == ([] if led is None else [led])
    assert shown.endswith('title="x">3</a>')


@pytest.mark.parametrize(
    ("role", "page"),
    [(role, page) for role in ("management", "engineer") for page in MAY if role in MAY[page] and page != "snapshots"],
)
def test_no_figure_leads_a_role_to_where_it_is_refused(
    day: World, monkeypatch: pytest.MonkeyPatch, role: str, page: str
) -> None:
    monkeypatch.setattr(frame, "viewer", lambda: Viewer("ann", role))
    shown = draw(page, day.reader, day.desk)
    pages = {each for each in re.findall(r' href="([a-z-]+)\?', shown) if each in MAY}
    assert {each for each in pages if role not in MAY[each]} == set()


def test_a_figure_of_breaches_still_leads_to_its_clause(day: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "viewer", lambda: Viewer("ann", "management"))
    shown = draw("now", day.reader, day.desk)
    assert re.search(r'href="policy\?clause=XFER-1"', shown)
    assert '<a class="cw-tile" target="_self" data-testid="tile-breaches"' in shown
