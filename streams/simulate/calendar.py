"""Instants, local days and the rhythm of a working week.

Instants are whole milliseconds since 1970-01-01T00:00Z: integers sort fast and print the same everywhere.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY = 4 * DAY  # 1970-01-05, the first Monday of the count

_minutes: dict[int, str] = {}
_offsets: dict[int, tuple[int, str]] = {}


def instant(moment: datetime) -> int:
    """Milliseconds of an aware datetime."""
    return round(moment.timestamp() * 1000)


def stamp(at: int) -> str:
    """RFC 3339 in UTC with milliseconds."""
    minute, rest = divmod(at, MINUTE)
    prefix = _minutes.get(minute)
    if prefix is None:
        if len(_minutes) > 100_000:
            _minutes.clear()
        prefix = _minutes[minute] = datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%M:")
    return f"{prefix}{rest // 1000:02d}.{rest % 1000:03d}Z"


def local_stamp(at: int) -> str:
    """RFC 3339 with the offset of Amsterdam, as office systems write it."""
    hour = at // HOUR
    known = _offsets.get(hour)
    if known is None:
        offset = datetime.fromtimestamp(hour * 3600, AMSTERDAM).utcoffset() or timedelta()
        hours = offset // timedelta(hours=1)
        known = _offsets[hour] = (hours * HOUR, f"+{hours:02d}:00")
    return stamp(at + known[0])[:-1] + known[1]


def local_days(at: int, days: int) -> int:
    """The same wall-clock time in Amsterdam `days` later; a time that does not exist moves forward."""
    wall = _wall(at)
    return _utc(wall + timedelta(days=days))


def local_years(at: int, years: int) -> int:
    """The same wall-clock time `years` later; 29 February becomes the 28th."""
    wall = _wall(at)
    try:
        moved = wall.replace(year=wall.year + years)
    except ValueError:
        moved = wall.replace(year=wall.year + years, day=28)
    return _utc(moved)


def local_midnight(at: int) -> int:
    """The last local midnight at or before `at`."""
    return _utc(_wall(at).replace(hour=0, minute=0, second=0, microsecond=0))


def local_new_year(at: int, years: int) -> int:
    """1 January 00:00 of the year that comes `years` after the local year of `at`."""
    return _utc(datetime(_wall(at).year + years, 1, 1))


def local_date(at: int) -> str:
    """The local date, YYYY-MM-DD."""
    return _wall(at).date().isoformat()


def working_days(at: int, days: int) -> int:
    """The same wall-clock time on the n-th Dutch working day after the local day of `at`."""
    wall = _wall(at)
    while days:
        wall += timedelta(days=1)
        if wall.weekday() < 5 and wall.date() not in _holidays(wall.year):
            days -= 1
    return _utc(wall)


@cache
def _holidays(year: int) -> frozenset[date]:
    easter = _easter(year)
    king = date(year, 4, 27) if date(year, 4, 27).weekday() != 6 else date(year, 4, 26)
    moving = (easter + timedelta(days=days) for days in (-2, 0, 1, 39, 49, 50))
    freedom = (date(year, 5, 5),) if year % 5 == 0 else ()
    fixed = (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26))
    return frozenset((*moving, king, *freedom, *fixed))


def _easter(year: int) -> date:
    """Gauss's rule as Butcher wrote it down (Nature 13, 487, 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), f = divmod(b, 4), (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _wall(at: int) -> datetime:
    return (datetime.fromtimestamp(at // 1000, AMSTERDAM) + timedelta(milliseconds=at % 1000)).replace(tzinfo=None)


def _utc(wall: datetime) -> int:
    # fold=0 reads a time that exists twice as the first, and moves one that does not exist past the gap
    return instant(wall.replace(tzinfo=AMSTERDAM, fold=0))


_BY_HOUR = (1, 1, 1, 1, 1, 2, 4, 8, 16, 22, 24, 22, 18, 20, 22, 20, 18, 14, 10, 9, 9, 7, 4, 2)
_BY_DAY = (1.2, 1.2, 1.15, 1.1, 1.0, 0.5, 0.45)
_weights = [d * h for d in _BY_DAY for h in _BY_HOUR]
_scale = len(_weights) / sum(_weights)
_CUMULATED = [0.0, *accumulate(w * _scale for w in _weights)]  # hours of mean activity since Monday 00:00
_HOURS = len(_weights)


def after_activity(at: int, hours: float) -> int:
    """The instant when `hours` of mean activity have gone by since `at`: nights and weekends pass slowly."""
    week, within = divmod(at + HOUR - MONDAY, WEEK)  # the hour east of Greenwich: the rhythm is a local one
    hour, rest = divmod(within, HOUR)
    spent = _CUMULATED[hour] + (_CUMULATED[hour + 1] - _CUMULATED[hour]) * rest / HOUR + hours
    weeks, spent = divmod(spent, float(_HOURS))
    hour = min(bisect_right(_CUMULATED, spent) - 1, _HOURS - 1)
    part = (spent - _CUMULATED[hour]) / (_CUMULATED[hour + 1] - _CUMULATED[hour])
    return MONDAY - HOUR + (week + int(weeks)) * WEEK + hour * HOUR + int(part * HOUR)
