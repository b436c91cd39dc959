"""What the page Alerts asks for: the filters of its address, and the warehouse's parameters that follow from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.address import among
from dashboards.figures import SEVERITIES, Clauses
from dashboards.questions import Question, question
from expectations.vocabulary import SYSTEMS

# Segment -> how an alert stands.
STATES: Mapping[str, str | None] = {
    "open": "firing acknowledged",
    "taken": "acknowledged",
    "waived": "waived",
    "resolved": "resolved withdrawn",
    "all": None,
}
OWNERS = ("mine", "nobody")
PAGE = 50  # rows shown at once
DAYS = 30  # that the course of alerts is drawn of
TOKEN = re.compile(r"[0-9a-f]{1,64}")
_KEY = re.compile(r"(\d)~(-?\d{1,20})~([0-9a-f]{1,64})")


@dataclass(frozen=True)
class Filter:
    """What the address chose; what it says wrongly counts as not said."""

    state: str = "open"
    severities: tuple[str, ...] = ()
    system: str | None = None
    clause: str | None = None
    owner: str | None = None
    q: str | None = None
    after: tuple[int, int, str] | None = None

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out of what is open."""
        return self != Filter(after=self.after)

    def question(self, me: str) -> Question:
        """One page of rows, and one row more where another page follows."""
        rank, us, alert = self.after or (None, None, None)
        return question(
            "alert_list",
            stands=STATES[self.state],
            severity=" ".join(self.severities) or None,
            system=self.system,
            clause=self.clause,
            owner={"mine": me, "nobody": "-"}.get(self.owner or ""),
            q=self.q,
            rows=PAGE + 1,
            after_rank=rank,
            after_us=us,
            after_alert=alert,
        )


def of_address(said: Mapping[str, str], clauses: Clauses) -> Filter:
    """The filter that an address stands for."""
    key, q = _KEY.fullmatch(said.get("after", "")), said.get("q", "").strip()
    return Filter(
        state=among(said.get("state"), STATES) or "open",
        severities=tuple(each for each in SEVERITIES if each in said.get("severity", "").split(".")),
        system=among(said.get("system"), SYSTEMS),
        clause=among(said.get("clause"), clauses),
        owner=among(said.get("owner"), OWNERS),
        q=q if TOKEN.fullmatch(q) else None,
        after=(int(key[1]), int(key[2]), key[3]) if key else None,
    )


def key_of(row: Mapping[str, Any]) -> str:
    """The key of a row, as the address has it."""
    return f"{row['rank']}~{row['us']}~{row['alert']}"


@dataclass(frozen=True)
class Course:
    """How many alerts were raised and ended on each of the days, the oldest first; `days`: when each begins."""

    days: Sequence[datetime]
    raised: Sequence[int]
    ended: Sequence[int]


def days(at: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """When each of the last days begins in that zone, the running one included."""
    today = at.astimezone(zone).date()
    return tuple(datetime.combine(today - timedelta(days=back), time(), zone) for back in range(DAYS - 1, -1, -1))


def course(rows: Iterable[Mapping[str, Any]], shown: Sequence[datetime]) -> Course:
    """The course over these days. `rows`: of the query `alert_days`."""
    by = {row["day"]: row for row in rows}
    told = [by.get(day.date(), {}) for day in shown]
    return Course(shown, [row.get("raised", 0) for row in told], [row.get("ended", 0) for row in told])
