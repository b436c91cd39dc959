"""The last thirteen weeks, and how promises were kept in each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.as_of import NOW, Moment
from dashboards.figures import Cell, Clauses, Words
from dashboards.questions import Question, question

WEEKS = 13  # a quarter


@dataclass(frozen=True)
class Weeks:
    """`mondays`: when each begins, the oldest first; the last one is the running week."""

    mondays: tuple[datetime, ...]

    @property
    def since(self) -> datetime:
        """The first instant that is looked at."""
        return self.mondays[0]

    def sums(self, rows: Iterable[Mapping[str, Any]]) -> list[int]:
        """`n` of these rows by their `week`."""
        found: dict[date, int] = defaultdict(int)
        for row in rows:
            found[row["week"]] += row["n"]
        return [found[monday.date()] for monday in self.mondays]


@dataclass(frozen=True)
class Course:
    """How one promise was kept, week by week."""

    clause: Words
    cells: tuple[Cell, ...]

    @property
    def breaches(self) -> int:
        """Of all weeks."""
        return sum(cell.breaches for cell in self.cells)

    @property
    def judged(self) -> int:
        """Kept or broken, in all weeks."""
        return sum(cell.passes + cell.breaches for cell in self.cells)

    @property
    def undecided(self) -> int:
        """Those of which nobody can tell."""
        return sum(cell.undecided for cell in self.cells)


def weeks(at: datetime, zone: ZoneInfo) -> Weeks:
    """The weeks up to an instant, from Monday to Monday in that zone."""
    today = at.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    days = (monday - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1))
    return Weeks(tuple(datetime.combine(day, datetime.min.time(), zone) for day in days))


def asked(system: str | None, clauses: Sequence[str], shown: Weeks, zone: str, at: Moment = NOW) -> Question:
    """The question how these promises were kept; those on events as far as they concern the system, if one is named.

    `at`: the moment that it will be asked of. Of now sums are enough.
    """
    name = "system_weeks" if at.is_now else "system_weeks_as_of"
    return question(name, system=system, clauses=" ".join(clauses), since=shown.since, zone=zone)


def courses(rows: Iterable[Mapping[str, Any]], ids: Iterable[str], known: Clauses, shown: Weeks) -> dict[str, Course]:
    """The course of each of these promises, in this order. `rows`: of the query `system_weeks`."""
    counted: dict[tuple[str, date], dict[str, int]] = defaultdict(dict)
    for row in rows:
        counted[row["clause"], row["week"]][row["outcome"]] = row["n"]
    found = {}
    for id in ids:
        each = [(monday, counted.get((id, monday.date()), {})) for monday in shown.mondays]
        cells = (Cell(on, n.get("pass", 0), n.get("breach", 0), n.get("indeterminate", 0)) for on, n in each)
        found[id] = Course(known[id], tuple(cells))
    return found
