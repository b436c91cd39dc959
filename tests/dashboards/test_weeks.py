"""Thirteen weeks, and how promises were kept in each."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from dashboards.weeks import courses, weeks
from expectations.model import registry

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def test_weeks_begin_on_monday_in_the_viewers_zone_across_the_change_of_the_clock() -> None:
    shown = weeks(datetime(2026, 11, 1, 23, 30, tzinfo=UTC), AMSTERDAM)  # Monday 00:30 there
    assert len(shown.mondays) == 13
    assert shown.mondays[-1].isoformat() == "2026-11-02T00:00:00+01:00"
    assert shown.since.isoformat() == "2026-08-10T00:00:00+02:00"
    assert {monday.weekday() for monday in shown.mondays} == {0}
    assert weeks(datetime(2026, 11, 1, 22, 30, tzinfo=UTC), AMSTERDAM).mondays[-1].day == 26


def test_a_week_without_rows_has_no_evidence_and_other_promises_are_left_out() -> None:
    shown = weeks(datetime(2026, 11, 4, tzinfo=UTC), AMSTERDAM)
    rows = [
        {"clause": "NEWS-3", "week": date(2026, 11, 2), "outcome": "pass", "n": 7},
        {"clause": "NEWS-3", "week": date(2026, 11, 2), "outcome": "breach", "n": 2},
        {"clause": "NEWS-3", "week": date(2026, 10, 26), "outcome": "indeterminate", "n": 1},
        {"clause": "WEB-2", "week": date(2026, 11, 2), "outcome": "breach", "n": 5},
    ]
    found = courses(rows, ("NEWS-4", "NEWS-3"), registry(), shown)
    assert list(found) == ["NEWS-4", "NEWS-3"]
    assert not any(cell.any for cell in found["NEWS-4"].cells)
    course = found["NEWS-3"]
    assert (course.judged, course.breaches, course.undecided) == (9, 2, 1)
    assert [(cell.passes, cell.breaches, cell.undecided) for cell in course.cells[-2:]] == [(0, 0, 1), (7, 2, 0)]
    assert shown.sums([{"week": date(2026, 11, 2), "n": 3}, {"week": date(2026, 11, 2), "n": 4}])[-2:] == [0, 7]
