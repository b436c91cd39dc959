"""The one clock: whoever needs *now* is given one of these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


def utc_text(at: datetime) -> str:
    """An aware instant as people and tools read it: RFC 3339 in UTC, with Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """An aware instant in UTC."""
        ...


class WallClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands still until it is moved: `--as-of`, and tests."""

    at: datetime

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a clock's instant needs an offset from UTC")

    def now(self) -> datetime:
        return self.at.astimezone(UTC)

    def move(self, by: timedelta) -> None:
        self.at += by
