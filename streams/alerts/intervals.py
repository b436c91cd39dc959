"""Time intervals, in which a route speaks or keeps silent: Alertmanager's form, in the zone of their `location`."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
UTC = ZoneInfo("UTC")
Range = tuple[int, int]  # first and last, inclusive


@dataclass(frozen=True)
class Span:
    """One entry: all that is given has to be true of an instant's local time. Nothing given: always."""

    times: tuple[Range, ...] = ()  # minutes of the day, the end exclusive
    weekdays: tuple[Range, ...] = ()  # 0: Sunday
    days_of_month: tuple[Range, ...] = ()  # from the end when negative
    months: tuple[Range, ...] = ()
    years: tuple[Range, ...] = ()
    zone: ZoneInfo = UTC

    def holds(self, at: datetime) -> bool:
        """Whether the instant is inside."""
        local = at.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        days = monthrange(local.year, local.month)[1]
        of_month = [(_day(first, days), _day(last, days)) for first, last in self.days_of_month]
        return (
            (not self.times or any(first <= minute < last for first, last in self.times))
            and _within(local.isoweekday() % 7, self.weekdays)
            and _within(local.day, of_month)
            and _within(local.month, self.months)
            and _within(local.year, self.years)
        )


def _day(n: int, days: int) -> int:
    return n if n > 0 else days + 1 + n


def _within(n: int, ranges: Sequence[Range]) -> bool:
    return not ranges or any(first <= n <= last for first, last in ranges)


def span(given: Mapping[str, Any]) -> Span:
    """An entry of a file. Raises ValueError naming the field and what is wrong: `(field, words)`."""
    try:
        zone = ZoneInfo(given.get("location", "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(
            "location", f'"{given["location"]}" is no time zone; write one such as Europe/Amsterdam'
        ) from None
    times = tuple((_minute(each["start_time"]), _minute(each["end_time"])) for each in given.get("times", ()))
    if any(first >= last for first, last in times):
        raise ValueError("times", "ends before it begins; part it at 24:00 in two")
    return Span(
        times,
        _ranges(given, "weekdays", DAYS, 0, 6),
        _ranges(given, "days_of_month", (), -31, 31),
        _ranges(given, "months", MONTHS, 1, 12),
        _ranges(given, "years", (), 1, 9999),
        zone,
    )


def _minute(text: str) -> int:
    hours, _, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(minutes) < 60 and int(hours) * 60 + int(minutes) <= 1440):
        raise ValueError("times", f'"{text}" is no time of day; write 09:00')
    return int(hours) * 60 + int(minutes)


def _ranges(given: Mapping[str, Any], field: str, words: Sequence[str], least: int, most: int) -> tuple[Range, ...]:
    return tuple(_range(field, str(each).lower(), words, least, most) for each in given.get(field, ()))


def _range(field: str, text: str, words: Sequence[str], least: int, most: int) -> Range:
    first, colon, last = text.partition(":")
    found = tuple(_number(field, each, words, least, most) for each in (first, last if colon else first))
    if found[0] > found[1] and (found[0] > 0) == (found[1] > 0):
        raise ValueError(field, f'"{text}" ends before it begins')
    return found[0], found[1]


def _number(field: str, text: str, words: Sequence[str], least: int, most: int) -> int:
    if text in words:
        return words.index(text) + (least if words is MONTHS else 0)
    try:
        n = int(text)
    except ValueError:
        n = most + 1
    if not least <= n <= most or (n == 0 and least < 0) or (words is DAYS):
        wanted = f"one of {', '.join(words)}" if words else f"a number from {least} to {most}"
        raise ValueError(field, f'"{text}" is not {wanted}')
    return n
