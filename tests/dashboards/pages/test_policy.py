"""Policy in its states, drawn by Streamlit without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import questions, store
from dashboards.questions import Desk
from dashboards.store import Reader
from expectations.model import registry
from expectations.policy import load
from tests.support.seeded import Seeded


def draw(reader: Reader, desk: Desk, **address: str) -> str:
    """Everything on the page, as HTML."""
    store.install(reader)
    questions.install(desk)
    test = AppTest.from_function(_page, default_timeout=20)
    for name, value in address.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception
    return "\n".join(_html(test._tree))


def _page() -> None:
    from dashboards.pages import policy
    from dashboards.speech import Speech

    policy.page(Speech())


def _html(block: Any) -> Iterator[str]:
    for child in getattr(block, "children", {}).values():
        if getattr(child, "type", "") == "html":
            yield child.proto.body
        yield from _html(child)


@dataclass
class World:
    """A seeded reader that does not poll, and a desk that asks the same store."""

    reader: Reader
    desk: Desk


@pytest.fixture(scope="module")
def world() -> World:
    seeded = Seeded(share=0.02).day().live(looks=8)
    seeded.reader.start = lambda: seeded.reader  # type: ignore[method-assign]
    desk = Desk(lambda: seeded.store, clock=seeded.clock, threads=1)
    desk.ask(questions.question("evidence"), questions.question("attestations"), wait=10)
    return World(seeded.reader, desk)


def test_every_clause_and_sentence_has_a_row_in_the_texts_order(world: World) -> None:
    html = draw(world.reader, world.desk)
    assert re.findall(r'data-testid="clause-([\w-]+)"', html) == list(registry())
    assert re.findall(r'data-testid="sentence-([^"]+)"', html) == [each.id for each in load().sentences]


def test_no_evidence_is_a_dash_and_never_kept(world: World) -> None:
    html = draw(world.reader, world.desk)
    rows = re.findall(r'<tr data-testid="clause-[^"]+" data-state="(\w+)">(.*?)</tr>', html)
    unseen = {state for state, row in rows if row.endswith("<td>–</td><td>–</td>")}
    assert "silent" in unseen
    assert "kept" not in unseen
    assert re.search(r'data-testid="clause-XFER-1" data-state="broken"', html)


def test_what_is_not_checkable_says_so(world: World) -> None:
    html = draw(world.reader, world.desk)
    kinds = [each.id for each in load().sentences if each.kind == "not_checkable"]
    assert kinds
    for id in kinds:
        assert re.search(rf'data-testid="sentence-{re.escape(id)}".*?○ not checkable', html)


def test_a_clause_opens_by_its_address_and_a_strange_one_opens_nothing(world: World) -> None:
    html = draw(world.reader, world.desk, clause="NEWS-3")
    assert 'data-testid="panel-clause"' in html
    assert "Reading: require double opt in" in html
    assert "panel-failed" not in html
    assert 'data-testid="panel-clause"' not in draw(world.reader, world.desk, clause="<script>")


@pytest.mark.parametrize("clause", registry())
def test_each_clause_opens(world: World, clause: str) -> None:
    from dashboards import surroundings
    from dashboards.components.promises import clause_opened
    from dashboards.speech import Speech

    version = surroundings.policy().version_at(world.desk._clock.now())
    assert clause in clause_opened(registry()[clause], version, [], Speech("nl"))


def test_a_store_that_does_not_answer_shows_no_figures(world: World) -> None:
    def refuse() -> Any:
        raise ConnectionError

    html = draw(world.reader, Desk(refuse, threads=1))
    assert "The store does not answer yet" in html
    assert "panel-clauses" not in html
