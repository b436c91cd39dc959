"""A quarter of a year by local clocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_NAME = re.compile(r"(20\d\d)[-_ ]?Q([1-4])", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Quarter:
    """Year and number 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, name: str) -> Quarter:
        """From `2026Q3`; raises ValueError."""
        found = _NAME.fullmatch(name.strip())
        if found is None:
            raise ValueError(f'"{name}" is no quarter')
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def at(cls, day: date) -> Quarter:
        """That of a day."""
        return cls(day.year, (day.month + 2) // 3)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    def back(self, n: int = 1) -> Quarter:
        """The quarter n before."""
        year, number = divmod(self.year * 4 + self.number - 1 - n, 4)
        return Quarter(year, number + 1)

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        return self.back(-1).first_day - timedelta(days=1)

    def since(self, zone: str) -> datetime:
        """Its first instant, UTC."""
        first = self.first_day
        return datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)

    def until(self, zone: str) -> datetime:
        """The first instant after it, UTC."""
        return self.back(-1).since(zone)

    def week(self, day: int) -> int:
        """The calendar week (ISO 8601) of its day `day`, counted from 0."""
        return (self.first_day + timedelta(days=day)).isocalendar().week

    def weeks(self, days: int) -> list[int]:
        """The calendar weeks of its first so many days, in order."""
        return list(dict.fromkeys(self.week(day) for day in range(days)))
