"""Now in each of its states, drawn by Streamlit without a browser."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qsl

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from dashboards import store
from dashboards.figures import standing
from dashboards.pages import now
from dashboards.store import Bundle, Reader
from expectations.model import registry
from tests.support.drawn import draw as draw_page
from tests.support.drawn import html, world
from tests.support.seeded import Seeded


class Still(Reader):
    """A reader that never starts its thread: it shows what it was given."""

    def __init__(self, bundle: Bundle, age: float | None, waited: float = 0.0) -> None:
        super().__init__(lambda: pytest.fail("no page asks the warehouse"))
        self._bundle = bundle
        self._answered = None if age is None else time.monotonic() - age
        self._began = time.monotonic() - waited

    def start(self) -> Reader:
        return self


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Seeded(share=0.02).day().live(looks=8).reader.bundle


def draw(reader: Reader, **address: str) -> str:
    """Everything on the page, as HTML."""
    store.install(reader)
    test = AppTest.from_file("../../../dashboards/app.py", default_timeout=20)
    for name, value in address.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception
    return html(test)


def test_fresh_says_the_answer_first(bundle: Bundle) -> None:
    html = draw(Still(bundle, 0.5))
    assert re.search(r'data-testid="headline">.*5 promises are broken, 3 at risk</h1>', html)
    assert "2 deadlines passed · 40 breaches in 24 h · next deadline NEWS-5 in" in html
    assert "Recruitment silent for 26 min" in html
    assert "banner-" not in html


def test_each_clause_has_a_row_and_no_evidence_no_colour(bundle: Bundle) -> None:
    html = draw(Still(bundle, 0.5))
    assert len(re.findall(r'data-testid="promise-', html)) == len(registry())
    row = re.search(r'data-testid="promise-REC-4".*?(?=data-testid="promise-)', html, re.S)
    assert row
    assert row[0].count("cw-void") > 10
    for cell in re.findall(r'<i class="([^"]*)" title="[^"]*no evidence"', html):
        assert cell == "cw-cell cw-void"
    right = re.search(r'data-testid="promise-RIGHT-1".*?(?=data-testid="promise-)', html, re.S)
    assert right
    assert "measured by the clock" in right[0]
    assert "cw-cells" not in right[0]


def test_each_red_number_leads_to_what_it_counts(bundle: Bundle) -> None:
    html = draw(Still(bundle, 0.5))
    cells = re.findall(r'<a class="cw-cell cw-(?:few|many)[^"]*" href="breaches\?([^"]+)"[^>]*>(\d+)<', html)
    assert cells
    assert not re.findall(r'<i class="cw-cell cw-(?:few|many)[^"]*" title', html)
    day = world()
    for address, n in cells:
        found = draw_page("breaches", day.reader, day.desk, **dict(parse_qsl(unescape(address))))
        assert found.count('<tr data-testid="finding-') == min(int(n), 50), address
    assert 'class="cw-late" href="breaches?clause=NEWS-5&amp;state=overdue"' in html


def test_what_falls_due_in_a_week_leads_to_those_obligations(bundle: Bundle) -> None:
    html = draw(Still(bundle, 0.5))
    found = re.search(
        r'href="obligations\?state=week"[^>]*data-testid="tile-deadlines".*?cw-tile-value">(\d+)<', html, re.S
    )
    assert found
    day = world()
    listed = draw_page("obligations", day.reader, day.desk, state="week")
    figures = day.seeded.store.query("clocks", {"state": "week", "now": day.seeded.clock.now()}).to_pylist()
    assert int(found[1]) == figures[0]["total"] == listed.count('data-testid="clock-')


def test_what_is_resolved_is_broken_no_longer_and_its_cell_is_teal() -> None:
    seeded = Seeded(share=0.02).day().live(looks=4).alerts()
    before = seeded.reader.poll()
    one = {row["clause"]: row for row in before.latest}["GEN-3"]["finding"]
    hours = draw(Still(before, 0.5))
    assert 'data-testid="promise-GEN-3" data-state="broken"' in hours
    seeded.resolve(one)
    after = seeded.reader.poll()
    html = draw(Still(after, 0.5))
    assert 'data-testid="promise-GEN-3" data-state="kept"' in html
    assert standing(after, registry()) == standing(before, registry()) - 1
    assert one not in html
    (cell,) = re.findall(r'<a class="cw-cell cw-resolved" href="breaches\?([^"]+)" title="[^"]+1 resolved">1<', html)
    day = world(seeded)
    found = draw_page("breaches", day.reader, day.desk, **dict(parse_qsl(unescape(cell))))
    assert f'data-testid="finding-{one}"' in found
    assert "● resolved" in found
    assert f'data-testid="finding-{one}"' not in draw_page("breaches", day.reader, day.desk, clause="GEN-3")


def test_tiles_keep_three_figures_apart(bundle: Bundle) -> None:
    html = draw(Still(bundle, 0.5))
    shown = dict(re.findall(r'data-testid="tile-(\w+)".*?cw-tile-value">([^<]+)<', html, re.S))
    assert set(shown) == {"kept", "evidence", "fresh", "breaches", "deadlines", "events", "screen"}
    assert len({shown["kept"], shown["evidence"], shown["fresh"]}) == 3
    assert shown["breaches"] == "46"


def test_a_number_opens_into_what_it_counts(bundle: Bundle) -> None:
    html = draw(Still(bundle, 0.5), show="broken")
    assert re.findall(r'data-testid="promise-([\w-]+)" data-state="(\w+)"', html) == [
        (id, "broken") for id in ("GEN-3", "CLICK-4", "NEWS-4", "NEWS-5", "XFER-1")
    ]
    only = draw(Still(bundle, 0.5), promise="XFER-1")
    assert set(re.findall(r'data-clause="([\w-]+)"', only)) == {"XFER-1"}


def test_a_finding_leads_to_its_evidence(bundle: Bundle) -> None:
    html = draw(Still(bundle, 0.5))
    assert f'href="breaches?finding={bundle.latest[0]["finding"]}"' in html
    assert f'href="breaches?finding={bundle.due[0]["finding"]}"' in html


def test_stale_says_since_when(bundle: Bundle) -> None:
    html = draw(Still(bundle, 38))
    assert 'data-testid="banner-hangs"' in html
    assert "The store does not answer. Everything on this page is as it was at 12:45:08" in html
    assert "5 promises are broken" in html


def test_a_hole_in_the_log_is_told_before_the_figures(bundle: Bundle) -> None:
    html = draw(Still(replace(bundle, pulse={**bundle.pulse, "holes": 2}), 0.5))
    assert re.search(r'data-testid="banner-holes">2 partitions of the log are not read.*hole-in-the-log</div>', html)


def test_a_warehouse_without_events_is_no_compliance() -> None:
    seeded = Seeded()
    seeded.reader.poll()
    html = draw(Still(seeded.reader.bundle, 0.5))
    assert 'data-testid="state-empty"' in html
    assert "kept" not in html


def test_before_the_first_answer_a_skeleton_then_the_fault() -> None:
    assert 'data-testid="state-waiting"' in draw(Still(Bundle(), None, waited=1))
    html = draw(Still(Bundle(), None, waited=20))
    assert 'data-testid="state-nothing"' in html
    assert "<code>clausewatch up</code>" in html


def test_one_failing_panel_leaves_the_others(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> str:
        raise ValueError("secret value")

    monkeypatch.setattr(now, "sources", fails)
    html = draw(Still(replace(bundle), 0.5))  # nothing was drawn of it yet
    assert re.search(r"could not be drawn, reference [0-9a-f]{6}", html)
    assert "secret value" not in html
    assert 'data-testid="panel-latest"' in html


def test_a_part_that_could_not_be_read_is_named(bundle: Bundle) -> None:
    html = draw(Still(replace(bundle, failed=("sources",)), 0.5))
    assert "sources could not be read" in html


def test_bound_to_a_network_nobody_is_let_in(bundle: Bundle) -> None:
    config.set_option("server.address", "0.0.0.0")
    html = draw(Still(bundle, 0.5))
    assert 'data-testid="refused"' in html
    assert "promise-" not in html


def test_dutch_is_dutch(bundle: Bundle) -> None:
    html = draw(Still(bundle, 0.5), lang="nl")
    assert "5 beloften zijn geschonden, 3 in gevaar" in html
    assert "gemeten met de klok" in html
    assert "Nieuwsbrief" in html
