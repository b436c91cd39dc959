"""Instants as the contract writes them: RFC 3339, cut at microseconds, given in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_BARE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def instant(text: str) -> datetime | None:
    """The instant of a date-time with an offset; None: it is none (no offset, second 60, no such day ...)."""
    if _RFC_3339.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def instant_or_date(text: str) -> datetime | None:
    """As `instant`; a bare date is its first moment in Amsterdam."""
    if _BARE.fullmatch(text) is None:
        return instant(text)
    try:
        return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
