"""Pipeline in its states, drawn by Streamlit without a browser."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dashboards.components import paging, parts
from dashboards.components.parts import Aside, quarantine
from dashboards.components.proofs import canaries
from dashboards.questions import Desk
from dashboards.speech import LANGUAGES, Speech, catalogue
from expectations.contract import canaries as canary
from expectations.proof import proofs
from tests.support.drawn import World, draw, world
from tests.support.seeded import HOUR, MINUTE, NOW, Seeded

ROOT = Path(__file__).parents[3]


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


def test_each_stage_tells_its_throughput_and_draws_it(day: World) -> None:
    rates = re.findall(r'data-testid="rate-(\w+)">([^<]+)</b>.*?aria-label="([^"]+)"', page(day))
    assert [stage for stage, _, _ in rates] == ["decoded", "judged", "applied"]
    assert all(f"{rate} a second in the last minute" in alt for _, rate, alt in rates)
    assert "0" not in {rate for _, rate, _ in rates}


def test_before_any_event_canaries_and_throughput_are_shown() -> None:
    seen = Seeded()
    seen.store.beat("worker-1", 12, 0)
    seen.canaries({"NEWS-4": (4 * MINUTE, 4 * MINUTE)})
    seen.reader.poll()
    html = page(world(seen))
    assert 'data-testid="state-empty"' not in html
    assert 'data-testid="panel-throughput"' in html
    assert 'data-state="proved"' in line(html, "NEWS-4")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_that_the_code_gives_has_words(language: str) -> None:
    """Found in the code: what `Refused` is raised with, and what the warehouse itself sets aside."""
    contract, machines = (
        [file.read_text("utf-8") for room in rooms for file in (ROOT / room).rglob("*.py")]
        for rooms in (("expectations/contract",), ("infra/warehouse", "streams/core", "streams/worker"))
    )
    given = {word for text in contract for word in re.findall(r'Refused\(\s*"(\w+)"', text)} | {canary.REASON}
    for form in (r'reason=pl\.lit\("(\w+)"', r'"reason": "(\w+)"'):
        given |= {word for text in machines for word in re.findall(form, text)}
    assert given >= {"invalid_json", "id_conflict", "unjudgeable", "reserved_source"}
    assert {f"quarantine.{reason}" for reason in given} <= set(catalogue(language))
    named = {word for text in contract for word in re.findall(r"raise Refused\((\w+)", text)}
    assert named == {"REASON"}, "a reason that is no literal: count it in above"


def line(html: str, clause: str) -> str:
    """The line of a clause in the panel Canaries."""
    found = re.search(rf'<li data-testid="proof-{clause}".*?</li>', html)
    assert found, clause
    return found[0]


def test_each_clause_says_when_it_last_proved_that_it_can_fire(day: World) -> None:
    html = page(day)
    assert "61 of 61 clauses proved within 3 h that they can fire." in html
    assert len(re.findall(r'data-testid="proof-[^"]*" data-state="proved"', html)) == 61
    told = line(html, "NEWS-4")
    assert 'title="NEWS-4 last proved that it can fire at 2026-11-26 12:21:08' in told
    assert "policy?clause=NEWS-4" in told
    assert "never broken" in line(html, "POPIA-1")


def test_a_clause_that_did_not_find_its_canary_stands_out_in_the_headline_and_in_words() -> None:
    seen = Seeded(share=0.02).day()
    seen.canaries({"NEWS-4": (4 * MINUTE, 24 * MINUTE), "GEN-1": (5 * MINUTE, None)})
    html = page(world(seen.live(looks=8)))
    assert re.search(r'data-testid="headline">.*2 clauses did not find their made-up breach</h1>', html)
    assert "59 of 61 clauses proved" in html
    assert "<code>clausewatch runbook canary-missed</code>" in html
    assert 'data-state="missed"' in line(html, "NEWS-4")
    assert "not proved since 12:21:08: the made-up breach sent at 12:41:08 was judged and not found" in html


def told_of(*rows: tuple[str, timedelta, timedelta | None]) -> str:
    """The panel for these clauses: how long ago the last canary was judged, and found."""
    given = [
        {"clause": clause, "judged_at": NOW - judged, "fired_at": NOW - fired if fired else None}
        for clause, judged, fired in rows
    ]
    return canaries(list(proofs(given, NOW)), {}, NOW, Speech())


def test_when_no_canary_came_for_long_it_says_since_when_and_what_to_do() -> None:
    html = told_of(("NEWS-4", 4 * HOUR, 4 * HOUR), ("GEN-1", 5 * HOUR, 5 * HOUR))
    assert "Not proved since 08:45:08: no canary came for 4 h." in html
    assert "<code>clausewatch runbook canaries</code>" in html
    assert "not since 07:45:08" in line(html, "GEN-1")
    assert "never yet" in line(html, "GEN-2")


def test_one_that_never_proved_itself_says_so() -> None:
    assert "never proved: the made-up breach sent at 12:40:08 was judged" in told_of(("NEWS-4", 5 * MINUTE, None))


def test_before_the_first_canary_and_without_an_answer_nothing_is_claimed(day: World) -> None:
    assert "No clause has proved yet that it can fire" in told_of()

    class Mute:
        def query(self, name: str, parameters: Any) -> pa.Table:
            if name == "canaries":
                raise ConnectionError
            return day.seeded.store.query(name, parameters)

        def look(self, *_: Any) -> None: ...

    html = draw("pipeline", day.reader, Desk(Mute, clock=day.seeded.clock, threads=1))
    assert re.search(r'data-testid="panel-canaries".*?data-testid="unanswered"', html)
    assert "proof-" not in html
    assert "proved lately" not in html


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
    assert 'data-testid="reason-invalid_json"' in html
    assert "<code>crm.events 0 1</code>" in html
    chosen = page(day, reason="invalid_json")
    assert 'data-testid="reason-invalid_json" aria-current=true' in chosen
    assert "<code>crm.events 0 1</code>" not in page(day, reason="too_large")


def test_a_full_page_of_them_leads_to_the_next(day: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (parts, paging):
        monkeypatch.setattr(module, "changed", lambda **given: f"?{given}")
    rows = [
        {
            "recorded_at": NOW - n * timedelta(seconds=1), "reason": "invalid_json", "detail": None,
            "topic": "crm.events",
            "partition": 0, "offset": n, "digest": "00", "place": n, "name": f"crm.events-0-{n}-00",
        }
        for n in range(3)
    ]  # fmt: skip
    told = quarantine(Aside([{"reason": "invalid_json", "n": 3}], rows, None, 2, later=False), NOW, Speech())
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
