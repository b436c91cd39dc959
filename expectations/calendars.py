"""Counting time as the policy counts it: hours are absolute, days and longer follow a wall clock.

Every function takes and returns aware instants (a naive one raises ValueError) and answers in UTC.
Days, weeks, months and years keep the local wall-clock time of a zone. At the edges: 29 February
becomes the 28th, the 31st the month's last day, a local time that does not exist moves forward by
the gap, of one that exists twice the first counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta

AMSTERDAM = "Europe/Amsterdam"
JOHANNESBURG = "Africa/Johannesburg"

Unit = Literal["hours", "days", "weeks", "months", "years", "working_days"]

COUNTRY_OF_ZONE = {AMSTERDAM: "NL", JOHANNESBURG: "ZA"}

_LETTERS: dict[str, Unit] = {"h": "hours", "d": "days", "w": "weeks"}
_WORDS: dict[str, Unit] = {
    "hour": "hours",
    "day": "days",
    "week": "weeks",
    "month": "months",
    "year": "years",
    "working_day": "working_days",
}
_DURATION = re.compile(r"(\d{1,5}) ?(h|d|w|hours?|days?|weeks?|months?|years?|working_days?)")


@cache
def zone_of(name: str) -> ZoneInfo:
    """The zone of that IANA name; ZoneInfoNotFoundError when there is none."""
    return ZoneInfo(name)


def to_local(instant: datetime, zone: str = AMSTERDAM) -> datetime:
    """The wall clock of the zone at that instant."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no offset; calendars need aware instants")
    return instant.astimezone(zone_of(zone))


def from_local(wall: datetime, zone: str = AMSTERDAM) -> datetime:
    """The instant (UTC) at which the zone's clocks show this naive wall time.

    With fold 0 zoneinfo takes the first of two equal times, and for a time inside a gap the offset
    of before the gap, which is exactly the wall time moved forward by the gap.
    """
    return wall.replace(tzinfo=zone_of(zone), fold=0).astimezone(UTC)


def _shift(instant: datetime, by: timedelta | relativedelta, zone: str) -> datetime:
    wall = to_local(instant, zone).replace(tzinfo=None, fold=0)
    return from_local(wall + by, zone) if by else instant.astimezone(UTC)


def add_hours(instant: datetime, hours: int) -> datetime:
    """So many absolute hours later, whatever the clocks do in between."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no offset; calendars need aware instants")
    return instant.astimezone(UTC) + timedelta(hours=hours)


def add_days(instant: datetime, days: int, zone: str = AMSTERDAM) -> datetime:
    """The same wall-clock time so many days later."""
    return _shift(instant, timedelta(days=days), zone)


def add_weeks(instant: datetime, weeks: int, zone: str = AMSTERDAM) -> datetime:
    """The same wall-clock time so many weeks later."""
    return add_days(instant, 7 * weeks, zone)


def add_months(instant: datetime, months: int, zone: str = AMSTERDAM) -> datetime:
    """The same wall-clock time on the same day of a later month, or on that month's last day."""
    return _shift(instant, relativedelta(months=months), zone)


def add_years(instant: datetime, years: int, zone: str = AMSTERDAM) -> datetime:
    """The same wall-clock time on the same date of a later year; 29 February becomes the 28th."""
    return _shift(instant, relativedelta(years=years), zone)


@cache
def public_holidays(country: str, year: int) -> frozenset[date]:
    """The public holidays of a country in a year (package holidays, category PUBLIC)."""
    days: Collection[date] = holidays.country_holidays(country, years=year, categories=(holidays.PUBLIC,))
    return frozenset(days)


def is_working_day(day: date, country: str = "NL") -> bool:
    """Monday to Friday and no public holiday of the country."""
    return day.weekday() < 5 and day not in public_holidays(country, day.year)


def working_days(start: datetime, n: int, country: str = "NL", zone: str | None = None) -> datetime:
    """The same wall-clock time on the n-th working day after the local day of `start`.

    The zone is the country's own unless given; n must be at least 0, and 0 is `start` itself.
    """
    if n < 0:
        raise ValueError(f"{n} working days: count forward only")
    if zone is None:
        zone = next((name for name, code in COUNTRY_OF_ZONE.items() if code == country), AMSTERDAM)
    wall = to_local(start, zone).replace(tzinfo=None, fold=0)
    if n == 0:
        return start.astimezone(UTC)
    left = n
    while left:
        wall += timedelta(days=1)
        left -= is_working_day(wall.date(), country)
    return from_local(wall, zone)


def end_of_retention(ended_at: datetime, years: int = 7, zone: str = AMSTERDAM) -> datetime:
    """CRM-1: the end of the `years` that follow the calendar (fiscal) year of an end.

    With seven years that is 1 January 00:00 of the eighth year after the local year (AWR 52(4)).
    """
    return from_local(datetime(to_local(ended_at, zone).year + years + 1, 1, 1), zone)


def start_of_day(day: date, zone: str = AMSTERDAM) -> datetime:
    """00:00 local time of a date: what a bare date in an event or a register means."""
    return from_local(datetime(day.year, day.month, day.day), zone)


def end_of_day(day: date, zone: str = AMSTERDAM) -> datetime:
    """24:00 local time of a date."""
    return start_of_day(day + timedelta(days=1), zone)


def popia_due(start: datetime, days: int = 30) -> datetime:
    """A POPIA term of calendar days, which rolls past a Sunday or public holiday that it ends on.

    Counted on the wall clock of South Africa, whose time of day is kept; the roll is that of the
    Interpretation Act 33 of 1957, s 4, which lets a term end on a Saturday.
    """
    wall = to_local(start, JOHANNESBURG).replace(tzinfo=None, fold=0) + timedelta(days=days)
    while wall.weekday() == 6 or wall.date() in public_holidays("ZA", wall.year):
        wall += timedelta(days=1)
    return from_local(wall, JOHANNESBURG)


@dataclass(frozen=True, order=True)
class Duration:
    """A length of time of the policy: a count of one unit, not a number of seconds."""

    count: int
    unit: Unit

    def after(self, instant: datetime, zone: str = AMSTERDAM) -> datetime:
        """The instant (UTC) that lies this long after another, on the zone's wall clock."""
        if self.unit == "hours":
            return add_hours(instant, self.count)
        if self.unit == "days":
            return add_days(instant, self.count, zone)
        if self.unit == "weeks":
            return add_weeks(instant, self.count, zone)
        if self.unit == "months":
            return add_months(instant, self.count, zone)
        if self.unit == "years":
            return add_years(instant, self.count, zone)
        return working_days(instant, self.count, COUNTRY_OF_ZONE.get(zone, "NL"), zone)

    def __str__(self) -> str:
        """As policy files write it: `24h`, `28d`, `2 working_days`."""
        if self.unit in ("hours", "days", "weeks"):
            return f"{self.count}{self.unit[0]}"
        return f"{self.count} {self.unit if self.count != 1 else self.unit[:-1]}"


def parse_duration(text: str) -> Duration:
    """The duration that a policy file writes; ValueError names the fault and the cure."""
    found = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f'"{text}" is no duration; write 24h, 28d, 4w, 1 month, 7 years or 2 working_days')
    count, unit = int(found[1]), found[2]
    return Duration(count, _LETTERS.get(unit) or _WORDS[unit.removesuffix("s")])
