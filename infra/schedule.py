"""When snapshots are made by themselves: drafts each week, the final one some days after the quarter's end.

CLAUSEWATCH_SNAPSHOT_DRAFTS   `monday 07:00 Europe/Amsterdam`, or `never`
CLAUSEWATCH_SNAPSHOT_FINAL    `10 07:00 Europe/Amsterdam`: so many days after the quarter's last, or `never`
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from infra.errors import UserError
from infra.quarter import Quarter

DRAFTS, FINAL = "CLAUSEWATCH_SNAPSHOT_DRAFTS", "CLAUSEWATCH_SNAPSHOT_FINAL"
DEFAULTS: Mapping[str, str] = {DRAFTS: "monday 07:00 Europe/Amsterdam", FINAL: "10 07:00 Europe/Amsterdam"}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LATEST = 60  # days after the end: the next quarter's own is not near


@dataclass(frozen=True)
class Due:
    """A snapshot to be made: a draft up to `at`, or the quarter's final one; at that instant (UTC)."""

    quarter: Quarter
    final: bool
    at: datetime


@dataclass(frozen=True)
class Clock:
    """A time of day where it is read."""

    time: time
    zone: str

    def on(self, day: date) -> datetime:
        """That day's, UTC."""
        return datetime.combine(day, self.time, ZoneInfo(self.zone)).astimezone(UTC)

    def day(self, at: datetime) -> date:
        """The local day of an instant."""
        return at.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True)
class Schedule:
    """`drafts`: weekday (0: Monday) and clock; `final`: days after the quarter's last and clock; None: never."""

    drafts: tuple[int, Clock] | None
    final: tuple[int, Clock] | None

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Schedule:
        """From the environment. Raises UserError naming the variable."""
        drafts, final = (_read(name, environ.get(name) or DEFAULTS[name]) for name in (DRAFTS, FINAL))
        return cls(drafts, final)

    def due(self, now: datetime) -> list[Due]:
        """What fell due last of either kind, until now; of a quarter that is over no draft is made."""
        found = []
        if self.final is not None:
            quarter = Quarter.at(self.final[1].day(now))
            found += [Due(each, True, at) for each in (quarter.back(), quarter.back(2))
                      if (at := self.closes(each)) is not None and at <= now][:1]  # fmt: skip
        if self.drafts is not None:
            weekday, clock = self.drafts
            today = clock.day(now)
            last = today - timedelta(days=(today.weekday() - weekday) % 7)
            if clock.on(last) > now:
                last -= timedelta(weeks=1)
            if Quarter.at(last) == Quarter.at(today):
                found.append(Due(Quarter.at(last), False, clock.on(last)))
        return found

    def closes(self, quarter: Quarter) -> datetime | None:
        """When its final snapshot is made; None: not by itself."""
        if self.final is None:
            return None
        days, clock = self.final
        return clock.on(quarter.last_day + timedelta(days=days))


def _read(name: str, text: str) -> tuple[int, Clock] | None:
    if text.strip().lower() == "never":
        return None
    try:
        first, told, zone = text.split()
        ZoneInfo(zone)
        clock = Clock(time.fromisoformat(told), zone)
        if name == DRAFTS:
            return WEEKDAYS.index(first.lower()), clock
        if not 1 <= int(first) <= LATEST:
            raise ValueError(first)
        return int(first), clock
    except (ValueError, ZoneInfoNotFoundError):
        what = "a weekday" if name == DRAFTS else f"days after the quarter's last (1 to {LATEST})"
        raise UserError(
            f'{name}: "{text}" tells no time', f'write {what}, a time and a zone, as in "{DEFAULTS[name]}", or never'
        ) from None
