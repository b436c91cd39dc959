"""Recruitment: applications past their term, the pool by consent, sensitive categories."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboards.recruitment import Kept, kept, within
from expectations.calendars import parse_duration
from tests.support.drawn import World, draw, world
from tests.support.seeded import NOW, Seeded


def row(clause: str, **given: Any) -> dict[str, Any]:
    """A row of the query `recruitment_kept`."""
    none = {"running": 0, "pool": 0, "ending": 0, "overdue": 0, "next_due": None, "oldest_due": None, "passed": 0}
    return {"clause": clause, **none, **given}


def test_a_term_whose_clock_does_not_run_keeps_nothing() -> None:
    found, passed = kept([row("REC-1", running=5, pool=2, passed=3), row("REC-3", overdue=3, oldest_due=NOW, passed=3)])
    assert passed == 3
    assert found == {
        "REC-1": Kept("REC-1", running=5, pool=2),
        "REC-2": Kept("REC-2"),
        "REC-3": Kept("REC-3", overdue=3, oldest_due=NOW),
    }
    assert kept([])[1] == 0


@pytest.mark.parametrize("day", [datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 10, 10, tzinfo=UTC), NOW])
def test_four_weeks_are_within_whatever_summer_time_does(day: datetime) -> None:
    retention = parse_duration("28d")
    longest = max(
        (retention.after(each) - each).total_seconds() for each in (day, NOW, datetime(2026, 10, 1, tzinfo=UTC))
    )
    assert longest <= within(retention, day) * 86400 < 31 * 86400


def test_the_page_says_first_what_is_kept_too_long(season_world: World) -> None:
    html = draw("recruitment", season_world.reader, season_world.desk)
    assert re.search(r'data-testid="headline">.*✖</span> 4 applications are kept past their term</h1>', html)
    assert "36 within four weeks of their end · 22 in the pool by consent, 3 end within 30 days" in html
    assert re.search(r'data-testid="tile-past".*?>4<.*?the oldest for 31 d', html, re.S)
    assert re.search(r'data-testid="tile-sensitive".*?>4<.*?1 use beyond what is needed', html, re.S)
    assert re.search(r"<td>identity number</td><td>1</td><td>0</td>", html)


def test_without_applications_nothing_is_kept_too_long() -> None:
    quiet = Seeded(share=0.01)
    quiet.store.beat("worker-1", 12, 0)
    quiet.live(looks=2)
    html = draw("recruitment", (calm := world(quiet)).reader, calm.desk)
    assert "Every application is kept within its term" in html
    assert "None was seen." in html


def test_dutch_is_dutch(season_world: World) -> None:
    html = draw("recruitment", season_world.reader, season_world.desk, language="nl")
    assert "4 sollicitaties worden te lang bewaard" in html
