"""Pipeline in its states, drawn by Streamlit without a browser."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest

from dashboards.components import paging, parts
from dashboards.components.parts import Aside, quarantine
from dashboards.questions import Desk
from dashboards.speech import Speech
from tests.support.drawn import World, draw, world
from tests.support.seeded import NOW


@pytest.fixture(scope="module")
def day() -> World:
    return world()


def page(seen: World, /, **address: str) -> str:
    return draw("pipeline", seen.reader, seen.desk, **address)


def test_it_says_that_everything_runs_and_how_far(day: World) -> None:
    html = page(day)
    assert re.search(r'data-testid="headline">Everything runs</h1>', html)
    assert re.search(r'data-testid="tile-behind".*?cw-tile-value">0<', html)
    assert re.search(r'data-testid="tile-alive".*?cw-tile-value">1<', html)


def test_a_silent_source_stands_out(day: World) -> None:
    html = page(day)
    row = re.search(r'<tr><td><span class="cw-src-silent">◇</span> <code>/recruitment</code>.*?</tr>', html)
    assert row
    assert "26 min ago" in row[0]


def test_without_a_worker_it_says_so_first(day: World) -> None:
    class Alone:
        def query(self, name: str, parameters: Any) -> pa.Table:
            table = day.seeded.store.query(name, parameters)
            if name == "health":
                place = table.column_names.index("workers")
                return table.set_column(place, "workers", pa.array([0], table.schema.field(place).type))
            return table[:0] if name == "workers" else table

        def look(self, *_: Any) -> None: ...

    html = draw("pipeline", day.reader, Desk(Alone, clock=day.seeded.clock, threads=1))
    assert re.search(r'data-testid="headline">.*No worker reads the events</h1>', html)


def test_records_set_aside_are_told_by_place_and_reason_and_chosen_by_it(day: World) -> None:
    html = page(day)
    assert 'data-testid="reason-not_json"' in html
    assert "<code>crm.events 0 1</code>" in html
    chosen = page(day, reason="not_json")
    assert 'data-testid="reason-not_json" aria-current=true' in chosen
    assert "<code>crm.events 0 1</code>" not in page(day, reason="too_large")


def test_a_full_page_of_them_leads_to_the_next(day: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (parts, paging):
        monkeypatch.setattr(module, "changed", lambda **given: f"?{given}")
    rows = [
        {
            "recorded_at": NOW - n * timedelta(seconds=1), "reason": "not_json", "detail": None, "topic": "crm.events",
            "partition": 0, "offset": n, "digest": "00", "place": n, "name": f"crm.events-0-{n}-00",
        }
        for n in range(3)
    ]  # fmt: skip
    told = quarantine(Aside([{"reason": "not_json", "n": 3}], rows, None, 2, later=False), NOW, Speech())
    assert "crm.events 0 1" in told
    assert "crm.events 0 2" not in told
    assert "1~crm.events-0-1-00" in told


def test_the_store_that_does_not_answer_shows_no_figures(day: World) -> None:
    def refuse() -> Any:
        raise ConnectionError

    html = draw("pipeline", day.reader, Desk(refuse, threads=1))
    assert "tile-behind" not in html


def test_dutch_is_dutch(day: World) -> None:
    assert "Alles loopt" in draw("pipeline", day.reader, day.desk, language="nl")
