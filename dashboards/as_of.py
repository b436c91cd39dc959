"""The moment that a session looks at: what had happened by then (`as_of`), and what was believed then (`known_at`).

Both stand in the address, as instants in UTC; neither: now. The pages' one place for what such a moment is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from expectations.contract.instants import instant_or_date
from infra.clock import utc_text

NAMES = ("as_of", "known_at")
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# Pages that can show another moment, by their name in the menu; the others show now, and say so.
PAGES = frozenset(
    {
        *("now", "breaches", "obligations", "transfers", "policy", "register"),
        *("newsletter", "recruitment", "website"),
    }
)


@dataclass(frozen=True)
class Moment:
    """None: now. Instants are aware, UTC."""

    as_of: datetime | None = None
    known_at: datetime | None = None

    @property
    def is_now(self) -> bool:
        """Whether nothing else than now is meant."""
        return self == NOW

    @property
    def parameters(self) -> dict[str, datetime]:
        """Those of a named query."""
        given = {"now": self.as_of, "known": self.known_at}
        return {name: at for name, at in given.items() if at is not None}

    @property
    def address(self) -> dict[str, str]:
        """The parts of an address; `parse` reads them back."""
        given = zip(NAMES, (self.as_of, self.known_at), strict=True)
        return {name: utc_text(at) for name, at in given if at is not None}


NOW = Moment()


@dataclass(frozen=True)
class Fault:
    """What an address said wrongly: under which name, what, and why (`unreadable`, `to_come`, `too_early`)."""

    name: str
    text: str
    why: str


def parse(said: Mapping[str, str], now: datetime, zone: tzinfo) -> tuple[Moment, tuple[Fault, ...]]:
    """The moment of an address; what it says wrongly counts as not said, and is told.

    An instant with an offset, a date (as everywhere its first moment in Amsterdam), or a date and time of day as people
    write them in their own `zone`.
    """
    found: dict[str, datetime] = {}
    faults = []
    for name in NAMES:
        text = said.get(name, "").strip()
        if not text:
            continue
        at = instant_or_date(text) or _local(text, zone)
        why = _fault(at, now)
        if at is None or why:
            faults.append(Fault(name, text, why))
        else:
            found[name] = at
    return Moment(**found), tuple(faults)


def _local(text: str, zone: tzinfo) -> datetime | None:
    """`2026-03-01T09:30` in the zone."""
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=zone).astimezone(UTC) if at.tzinfo is None and len(text) > len("2026-03-01") else None
    except (ValueError, OverflowError):
        return None


def _fault(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "unreadable"
    if at > now:
        return "to_come"
    return "too_early" if at < EARLIEST else ""
