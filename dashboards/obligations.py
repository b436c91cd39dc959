"""What the page Obligations asks for, by its address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.address import among
from dashboards.breaches import TOKEN
from dashboards.figures import Clauses
from dashboards.questions import Question, question
from expectations.vocabulary import SYSTEMS

STATES = ("waiting", "week", "overdue", "open", "suspended", "late", "met")
LAWS = ("gdpr", "popia")  # by whose law the person is treated: of South Africa, or of all others
PAGE = 40  # rows shown at once
WEEKS = 5  # of the calendar
_KEY = re.compile(r"(\d{1,20})~([0-9a-f]{1,64})")


@dataclass(frozen=True)
class Filter:
    """What the address chose; what it says wrongly counts as not said. `day`: on which they fall due."""

    state: str = "waiting"
    clause: str | None = None
    system: str | None = None
    law: str | None = None
    q: str | None = None
    day: date | None = None
    after: tuple[int, str] | None = None

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out of those that wait."""
        return self != Filter()

    def question(self, zone: ZoneInfo) -> Question:
        """One page of rows, and one row more where another page follows."""
        since = datetime.combine(self.day, datetime.min.time(), zone) if self.day else None
        due, finding = self.after or (None, None)
        return question(
            "clocks",
            state=self.state,
            clause=self.clause,
            system=self.system,
            law=self.law,
            q=self.q,
            since=since,
            until=since + timedelta(days=1) if since else None,
            after_due=due,
            after_finding=finding,
            rows=PAGE + 1,
        )


def of_address(said: Mapping[str, str], clauses: Clauses) -> Filter:
    """The filter that an address stands for."""
    key, q = _KEY.fullmatch(said.get("after", "")), said.get("q", "").strip()
    return Filter(
        state=among(said.get("state"), STATES) or "waiting",
        clause=among(said.get("clause"), clauses),
        system=among(said.get("system"), SYSTEMS),
        law=among(said.get("law"), LAWS),
        q=q if TOKEN.fullmatch(q) else None,
        day=_day(said.get("day", "")),
        after=(int(key[1]), key[2]) if key else None,
    )


def key_of(row: Mapping[str, Any]) -> str:
    """The key of a row, as the address has it."""
    return f"{row['place']}~{row['finding']}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
