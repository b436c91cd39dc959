"""Claims about counting time: clock changes, leap days, working days, the fiscal year, POPIA."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations import calendars as cal


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        # 25 October 2026: clocks go back at 03:00; 24 h later on the wall is 25 absolute hours.
        ("2026-10-24T12:00:00+02:00", 1, "2026-10-25T12:00:00+01:00"),
        # 29 March 2026: 02:30 does not exist; it moves forward by the gap to 03:30 summer time.
        ("2026-03-28T02:30:00+01:00", 1, "2026-03-29T03:30:00+02:00"),
        ("2026-03-28T02:00:00+01:00", 1, "2026-03-29T03:00:00+02:00"),
        ("2026-03-28T01:59:59+01:00", 1, "2026-03-29T01:59:59+01:00"),
        # 02:30 exists twice on 25 October: the first, in summer time.
        ("2026-10-24T02:30:00+02:00", 1, "2026-10-25T02:30:00+02:00"),
        # From the second 02:30 on, a day later is 02:30 winter time again.
        ("2026-10-25T02:30:00+01:00", 1, "2026-10-26T02:30:00+01:00"),
        ("2026-10-25T02:30:00+01:00", 0, "2026-10-25T02:30:00+01:00"),  # no time at all
        ("2026-10-01T10:00:00+02:00", 28, "2026-10-29T10:00:00+01:00"),
    ],
)
def test_days_keep_the_wall_clock_over_clock_changes(start: str, days: int, expected: str) -> None:
    assert cal.add_days(at(start), days) == at(expected)


def test_hours_are_absolute_over_a_clock_change() -> None:
    assert cal.parse_duration("24h").after(at("2026-10-24T12:00:00+02:00")) == at("2026-10-25T11:00:00+01:00")


def test_a_week_is_seven_days_and_the_zone_decides() -> None:
    start = at("2026-10-24T12:00:00+02:00")
    assert cal.add_weeks(start, 4) == cal.add_days(start, 28) == at("2026-11-21T12:00:00+01:00")
    assert cal.add_days(start, 28, cal.JOHANNESBURG) == at("2026-11-21T12:00:00+02:00")


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2026-01-31T09:00:00+01:00", 1, "2026-02-28T09:00:00+01:00"),
        ("2028-01-31T09:00:00+01:00", 1, "2028-02-29T09:00:00+01:00"),
        ("2026-03-31T09:00:00+02:00", 1, "2026-04-30T09:00:00+02:00"),
        ("2026-02-28T09:00:00+01:00", 1, "2026-03-28T09:00:00+01:00"),
        ("2026-02-28T02:30:00+01:00", 13, "2027-03-28T03:30:00+02:00"),  # into a gap
    ],
)
def test_months_end_at_the_last_day(start: str, months: int, expected: str) -> None:
    assert cal.add_months(at(start), months) == at(expected)


def test_a_leap_day_is_a_year_later_the_28th() -> None:
    assert cal.add_years(at("2024-02-29T09:00:00+01:00"), 1) == at("2025-02-28T09:00:00+01:00")
    assert cal.add_years(at("2024-02-29T09:00:00+01:00"), 4) == at("2028-02-29T09:00:00+01:00")


def test_the_local_day_decides_not_that_of_utc() -> None:
    # 23:30 UTC on 31 January is 1 February in Amsterdam.
    assert cal.add_months(at("2026-01-31T23:30:00Z"), 1) == at("2026-03-01T00:30:00+01:00")


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        ("2026-11-20T16:00:00+01:00", 2, "2026-11-24T16:00:00+01:00"),  # Friday -> Tuesday
        ("2026-11-21T16:00:00+01:00", 1, "2026-11-23T16:00:00+01:00"),  # Saturday -> Monday
        ("2026-04-02T10:00:00+02:00", 2, "2026-04-08T10:00:00+02:00"),  # Good Friday to Easter Monday
        ("2026-12-24T10:00:00+01:00", 1, "2026-12-28T10:00:00+01:00"),  # both days of Christmas
        ("2026-12-31T23:30:00Z", 1, "2027-01-04T00:30:00+01:00"),  # already New Year's Day in Amsterdam
        ("2026-11-20T16:00:00+01:00", 0, "2026-11-20T16:00:00+01:00"),
    ],
)
def test_working_days_in_the_netherlands(start: str, n: int, expected: str) -> None:
    assert cal.working_days(at(start), n) == at(expected)


def test_working_days_follow_the_country_of_the_zone() -> None:
    start = at("2026-09-23T10:00:00+02:00")  # 24 September is Heritage Day in South Africa
    assert cal.working_days(start, 1, "ZA") == at("2026-09-25T10:00:00+02:00")
    assert cal.working_days(start, 1, "NL") == at("2026-09-24T10:00:00+02:00")
    assert cal.parse_duration("1 working_day").after(start, cal.JOHANNESBURG) == at("2026-09-25T10:00:00+02:00")


def test_counting_working_days_backward_is_refused() -> None:
    with pytest.raises(ValueError, match="forward only"):
        cal.working_days(at("2026-11-20T16:00:00+01:00"), -1)


@pytest.mark.parametrize(
    ("ended", "expected"),
    [
        ("2018-06-15T12:00:00+02:00", "2026-01-01T00:00:00+01:00"),
        ("2018-12-31T23:59:59.999999+01:00", "2026-01-01T00:00:00+01:00"),
        ("2018-12-31T23:00:00Z", "2027-01-01T00:00:00+01:00"),  # 1 January 2019 in Amsterdam
    ],
)
def test_the_tax_term_ends_with_the_seventh_fiscal_year_after(ended: str, expected: str) -> None:
    assert cal.end_of_retention(at(ended)) == at(expected)


def test_a_day_begins_and_ends_on_the_local_clock() -> None:
    assert cal.start_of_day(date(2026, 3, 29)) == at("2026-03-28T23:00:00Z")
    assert cal.end_of_day(date(2026, 3, 29)) == at("2026-03-29T22:00:00Z")  # a day of 23 hours


def test_a_term_of_popia_rolls_past_sundays_and_holidays_only() -> None:
    # 30 days from 23 August 2026 end on Tuesday 22 September; from the 25th on Heritage Day, Thursday.
    assert cal.popia_due(at("2026-08-23T10:00:00+02:00")) == at("2026-09-22T10:00:00+02:00")
    assert cal.popia_due(at("2026-08-25T10:00:00+02:00")) == at("2026-09-25T10:00:00+02:00")
    assert cal.popia_due(at("2026-10-02T10:00:00+02:00")) == at("2026-11-02T10:00:00+02:00")  # a Sunday
    assert cal.popia_due(at("2026-10-01T10:00:00+02:00")) == at("2026-10-31T10:00:00+02:00")  # a Saturday


@pytest.mark.parametrize(
    ("text", "duration", "written"),
    [
        ("24h", cal.Duration(24, "hours"), "24h"),
        ("0h", cal.Duration(0, "hours"), "0h"),
        ("28d", cal.Duration(28, "days"), "28d"),
        ("4w", cal.Duration(4, "weeks"), "4w"),
        ("2 working_days", cal.Duration(2, "working_days"), "2 working_days"),
        ("1 working_day", cal.Duration(1, "working_days"), "1 working_day"),
        ("1 month", cal.Duration(1, "months"), "1 month"),
        ("7 years", cal.Duration(7, "years"), "7 years"),
        ("3 days", cal.Duration(3, "days"), "3d"),
    ],
)
def test_durations_are_read_and_written(text: str, duration: cal.Duration, written: str) -> None:
    assert cal.parse_duration(text) == duration
    assert str(duration) == written
    assert cal.parse_duration(written) == duration


@pytest.mark.parametrize("text", ["one day", "", "24", "h", "-1d", "1.5h", "24 h 3", "1m", "999999h"])
def test_what_is_no_duration_is_refused_with_a_cure(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no duration; write 24h"):
        cal.parse_duration(text)


def test_a_naive_instant_is_refused() -> None:
    for call in (cal.add_hours, cal.add_days, cal.add_months, cal.add_years, cal.working_days):
        with pytest.raises(ValueError, match="no offset"):
            call(datetime(2026, 1, 1), 1)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 400),
    st.sampled_from([cal.AMSTERDAM, cal.JOHANNESBURG, "Pacific/Apia"]),
)
def test_days_differ_from_absolute_time_by_no_more_than_the_clock_changes(
    start: datetime, days: int, zone: str
) -> None:
    found = cal.add_days(start, days, zone)
    assert found.tzinfo is UTC
    assert abs(found - start - timedelta(days=days)) <= timedelta(hours=25)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)), st.integers(1, 30))
def test_working_days_are_working_days_and_never_earlier_than_days(start: datetime, n: int) -> None:
    found = cal.working_days(start, n)
    assert cal.is_working_day(cal.to_local(found).date()) or cal.to_local(found).hour == 3
    assert found >= cal.add_days(start, n)


def test_working_days_of_a_country_are_counted_on_its_own_clocks() -> None:
    friday = datetime.fromisoformat("2026-03-27T10:00:00+01:00")  # summer time begins on the Sunday after
    assert cal.working_days(friday, 1, "NL") == datetime.fromisoformat("2026-03-30T10:00:00+02:00")
    assert cal.working_days(friday, 1, "ZA") == datetime.fromisoformat("2026-03-30T11:00:00+02:00")
