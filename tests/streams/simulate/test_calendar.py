"""Days are local ones, nights are quiet."""

from __future__ import annotations

from datetime import UTC, datetime

from streams.simulate.calendar import (
    HOUR,
    after_activity,
    instant,
    local_days,
    local_midnight,
    local_stamp,
    local_years,
    stamp,
)


def _at(text: str) -> int:
    return instant(datetime.fromisoformat(text))


def test_four_weeks_keep_the_wall_clock_over_the_end_of_summer_time() -> None:
    assert stamp(local_days(_at("2026-10-12T00:00:00+00:00"), 28)) == "2026-11-09T01:00:00.000Z"


def test_a_time_that_does_not_exist_moves_forward() -> None:
    assert local_stamp(local_days(_at("2026-03-01T02:30:00+01:00"), 28)) == "2026-03-29T03:30:00.000+02:00"


def test_a_time_that_exists_twice_is_the_first() -> None:
    assert local_stamp(local_days(_at("2026-09-27T02:30:00+02:00"), 28)) == "2026-10-25T02:30:00.000+02:00"


def test_a_leap_day_has_its_year_on_the_28th() -> None:
    assert stamp(local_years(_at("2028-02-29T12:00:00+01:00"), 1)) == "2029-02-28T11:00:00.000Z"


def test_midnight_is_local() -> None:
    assert stamp(local_midnight(_at("2026-07-01T23:30:00+00:00"))) == "2026-07-01T22:00:00.000Z"


def test_a_week_of_activity_is_a_week_and_the_day_is_busier() -> None:
    monday = _at("2026-10-05T00:00:00+01:00")
    assert abs(after_activity(monday, 168) - monday - 168 * HOUR) < 10
    at, hours = monday, []
    for _ in range(400):
        at = after_activity(at, 0.42)
        hours.append(datetime.fromtimestamp(at / 1000, UTC).hour)
    assert sum(7 <= hour < 17 for hour in hours) > 2 * sum(hour < 5 or hour > 20 for hour in hours)
