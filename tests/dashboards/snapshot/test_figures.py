"""Figures: quarters, cells of few people, states, and what the seeded day comes to."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dashboards.snapshot.bundle import Snapshot
from dashboards.snapshot.figures_people import few, incidents, merged, requests
from infra.quarter import Quarter
from tests.support.seeded import NOW, TROUBLE

AMSTERDAM = "Europe/Amsterdam"


def test_a_quarter_begins_and_ends_by_local_clocks() -> None:
    quarter = Quarter.of("2026Q4")
    assert quarter.since(AMSTERDAM) == datetime(2026, 9, 30, 22, tzinfo=UTC)  # summer time
    assert quarter.until(AMSTERDAM) == datetime(2026, 12, 31, 23, tzinfo=UTC)  # winter time
    assert (quarter.first_day, quarter.last_day) == (date(2026, 10, 1), date(2026, 12, 31))
    assert [str(quarter.back(n)) for n in (1, 3, 4, -1)] == ["2026Q3", "2026Q1", "2025Q4", "2027Q1"]


@pytest.mark.parametrize("name", ["2026", "2026Q5", "Q3", "1999Q1", "2026Q3x"])
def test_what_is_no_quarter_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no quarter"):
        Quarter.of(name)


def test_cells_under_five_people_are_merged_and_drag_in_the_next_smallest() -> None:
    cells = {"a": {"people": 9, "met": 9}, "b": {"people": 5, "met": 6}, "c": {"people": 3, "met": 3}}
    assert merged(cells) == {"a": {"people": 9, "met": 9}, "other": {"people": 8, "met": 9}}
    assert merged({"a": {"people": 9, "met": 9}, "b": {"people": 5, "met": 5}}).keys() == {"a", "b"}
    assert merged({"a": {"people": 2, "met": 2}, "b": {"people": 2, "met": 2}}) == {}


def test_one_to_four_people_are_told_as_few() -> None:
    assert [few(n) for n in (None, 0, 1, 4, 5)] == [None, 0, "<5", "<5", 5]


def test_no_bar_of_days_to_an_answer_counts_fewer_than_five() -> None:
    days = {0: 7, 5: 2, 9: 4, 30: 1}
    told = requests([{"right": "access", "state": "met", "days": d, "n": n, "people": n} for d, n in days.items()])
    assert told["n"] == 14
    assert all(bar["n"] >= 5 for bar in told["days"])
    assert sum(bar["n"] for bar in told["days"]) == 14


def test_the_hours_to_the_authority_run_from_when_the_incident_was_known() -> None:
    told = {"incident": "inc-1", "source": "/c", "id": "e", "people": 3, "risk": "high", "authority": None}
    rows = [
        {**told, "type": "breach.detected", "time": "2026-07-02T10:00:00+00:00", "aware_at": "2026-07-01T10:00:00Z"},
        {**told, "type": "breach.authority_notified", "time": "2026-07-02T11:30:00+00:00", "aware_at": None},
    ]
    (found,) = incidents(rows)
    assert (found["hours"], found["people"]) == (25.5, "<5")


def test_the_seeded_day_is_told_as_it_was(made: Snapshot) -> None:
    told = made.figures
    broken = {row["clause"]: row["n"] for row in told["breaches"]}
    for clause, _, _, outcome, course, _ in TROUBLE:
        if outcome == "breach":
            assert broken[clause] == sum(course.values()), clause
    states = {each["id"]: each["state"] for each in told["promises"]}
    assert (states["NEWS-4"], states["NEWS-5"], states["SEC-1"]) == ("broken", "broken", "kept")
    assert (states["RIGHT-1"], states["CCTV-1"]) == ("running", "silent")
    assert sum(told["states"].values()) == len(told["promises"])
    assert sum(row["broken"] for row in told["sections"]) == told["states"]["broken"]
    assert sum(row["n"] for row in told["breach_weeks"]) == sum(broken.values()) == len(made.lines)
    owed = {row["clause"]: row for row in told["obligations"]}
    assert (owed["NEWS-5"]["met"], owed["NEWS-5"]["overdue"], owed["REC-1"]["paused"]) == (60, 2, 1)
    assert told["final"] is False
    assert told["last_day"] == NOW.date().isoformat()
