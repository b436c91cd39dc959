"""What changed since somebody's last visit: kept by the access log, and each figure leads to what it counts."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl

import pytest

from dashboards import questions, visits
from dashboards.questions import Desk
from dashboards.sign_in import viewer
from tests.support.drawn import draw, world
from tests.support.seeded import NOW, Seeded
from tests.support.warehouse import rows

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def nobody_was_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "_noted", {})


def left_at(seeded: Seeded, *minutes_ago: int, who: str = "m") -> datetime | None:
    connection = seeded.store._connection.cursor()
    connection.execute("DELETE FROM looks")
    for each in minutes_ago:
        connection.execute("INSERT INTO looks VALUES (?, ?, 'visit', NULL, 'now')", [NOW - each * MINUTE, "m"])
    found = seeded.store.query("last_visit", {"who": who, "now": NOW}).to_pylist()
    return found[0]["left_at"] if found else None


def test_the_last_visit_is_the_one_before_half_an_hour_without_a_note() -> None:
    seeded = Seeded(share=0.02)
    assert left_at(seeded) is None
    assert left_at(seeded, 20, 10, 0) is None
    assert left_at(seeded, 300, 290, 20, 10, 0) == NOW - 290 * MINUTE
    assert left_at(seeded, 300, 290) == NOW - 290 * MINUTE
    assert left_at(seeded, 300, 100, 0) == NOW - 100 * MINUTE
    assert left_at(seeded, 300, 0, who="n") is None


def test_a_visit_is_noted_once_while_it_lasts_and_again_when_it_failed() -> None:
    noted: list[tuple[Any, ...]] = []

    class Log:
        def look(self, *given: Any) -> None:
            noted.append(given)
            if len(noted) == 1:
                raise ConnectionError

    questions.install(Desk(Log))  # type: ignore[arg-type]
    for _ in range(5):
        visits.visits("m")
    until(lambda: len(noted) == 1 and visits._noted["m"] < time.monotonic() - 60)
    visits._noted["m"] -= 60
    for _ in range(5):
        visits.visits("m")
    until(lambda: len(noted) == 2)
    assert noted == [("m", "visit", "now", None)] * 2


def until(holds: Any) -> None:
    for _ in range(200):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError("it never came so far")


def test_what_changed_stands_on_now_and_leads_to_itself() -> None:
    seeded = Seeded(share=0.02).day().live(looks=4).alerts()
    day = world(seeded)
    who = viewer()
    assert who is not None
    for _ in range(3):
        assert "panel-since" not in draw("now", day.reader, day.desk)
    until(lambda: rows(seeded.store, "SELECT who FROM looks WHERE what = 'visit'") == [{"who": who.name}])

    seeded.store._connection.cursor().execute('UPDATE looks SET "at" = ?', [NOW - 300 * MINUTE])
    seeded.clock.at += MINUTE
    one = seeded.breach()
    resolved = seeded.store.query("breaches", {"clause": "GEN-3", "now": NOW}).to_pylist()[0]["finding"]
    seeded.store._connection.cursor().execute(
        "UPDATE verdicts SET believed_from = ? WHERE finding <> ?", [NOW - 400 * MINUTE, one]
    )
    seeded.resolve(resolved)
    day = world(seeded)
    html = ""
    until(lambda: ">–<" not in drawn_since(day) and "panel-since" in drawn_since(day))
    html = drawn_since(day)
    figures = dict(re.findall(r'data-testid="since-(\w+)"><a class="[^"]+" href="breaches\?([^"]+)"', html))
    assert set(figures) == {"stands", "overdue", "resolved"}
    counts = dict(re.findall(r'data-testid="since-(\w+)">.*?<b>\S (\d+)</b>', html))
    assert counts["resolved"] == "1"
    for state, address in figures.items():
        found = draw("breaches", day.reader, day.desk, **dict(parse_qsl(unescape(address))))
        assert f">{counts[state]} of {counts[state]} · " in found, state
        assert 'data-testid="news"' in found
        assert (one in found) is (state == "stands")
        assert (resolved in found) is (state == "resolved")


def drawn_since(day: Any) -> str:
    return draw("now", day.reader, day.desk)
