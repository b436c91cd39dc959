"""What the figures of Now are: pure functions from a bundle and the clauses to what is shown.

Five states of a promise, never mixed into one figure:
broken   a breach by an event stands, or a deadline passed unmet or was met late
at risk  not broken; a clock with less than a quarter of its term left, or what cannot be told, within 24 hours
kept     not broken, not at risk; a pass within 24 hours
running  an obligation's clocks run, nothing is decided within 24 hours
silent   no evidence within 24 hours
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from dashboards.store import Bundle, Row

HOURS = 24
QUIET_SOURCE = timedelta(minutes=10)  # a system that sent nothing for so long is called silent
SEVERITIES = ("critical", "high", "medium", "low")


class Words(Protocol):
    """What the pages need of a clause: `expectations.model.Clause`, or a test's own."""

    @property
    def id(self) -> str: ...
    @property
    def section(self) -> str: ...
    @property
    def promise(self) -> str: ...
    @property
    def breach(self) -> str: ...
    @property
    def remedy(self) -> str: ...
    @property
    def severity(self) -> Any: ...
    @property
    def is_obligation(self) -> bool: ...


Clauses = Mapping[str, Words]


class State(StrEnum):
    """How a promise stands."""

    BROKEN = "broken"
    RISK = "risk"
    KEPT = "kept"
    RUNNING = "running"
    SILENT = "silent"


@dataclass(frozen=True)
class Cell:
    """One hour (or week, from `hour` on) of one promise: verdicts on events whose time lies in it."""

    hour: datetime
    passes: int = 0
    breaches: int = 0
    undecided: int = 0
    resolved: int = 0  # breaches that stand no longer

    @property
    def any(self) -> bool:
        """Whether anything was judged in it."""
        return bool(self.decided or self.undecided)

    @property
    def decided(self) -> bool:
        """Whether it holds evidence."""
        return bool(self.passes or self.breaches or self.resolved)


@dataclass(frozen=True)
class Promise:
    """One row of the wall. `standing`: unresolved breaches, of any age; `fresh`: evidence of this or the last hour."""

    clause: Words
    state: State
    cells: tuple[Cell, ...]
    standing: int
    recent: int  # breaches whose hour lies within the wall
    evidence: bool
    fresh: bool
    clocks: Row
    last_breach: datetime | None
    silent: tuple[str, ...] = ()  # what was not reported


@dataclass(frozen=True)
class Now:
    """All figures of the page at `at`."""

    at: datetime
    promises: tuple[Promise, ...]
    hours: tuple[datetime, ...]
    overdue: int
    open: int
    within_week: int
    days: tuple[int, ...]
    next_due: Row | None
    quiet: tuple[tuple[str, timedelta], ...]

    def count(self, *states: State) -> int:
        """Promises in one of these states."""
        return sum(promise.state in states for promise in self.promises)

    @property
    def evidenced(self) -> int:
        return sum(promise.evidence for promise in self.promises)

    @property
    def fresh(self) -> int:
        return sum(promise.fresh for promise in self.promises)

    @property
    def standing(self) -> int:
        return sum(promise.standing for promise in self.promises)

    @property
    def recent(self) -> int:
        return sum(promise.recent for promise in self.promises)

    def by_hour(self, what: str) -> list[int]:
        """Twenty-four figures: promises with `evidence`, promises `kept`, or `breaches`."""
        columns = list(zip(*(promise.cells for promise in self.promises), strict=True))
        if what == "breaches":
            return [sum(cell.breaches for cell in column) for column in columns]
        if what == "kept":
            return [sum(bool(cell.passes) and not cell.breaches for cell in column) for column in columns]
        return [sum(cell.decided for cell in column) for column in columns]


def now(bundle: Bundle, clauses: Clauses, silent: Mapping[str, tuple[str, ...]] | None = None) -> Now:
    """The page's figures. The bundle has a `taken_at`.

    `silent`: of clauses whose evidence is that something is reported again and again, what is not.
    """
    assert bundle.taken_at is not None, "an empty bundle has no figures"
    at = bundle.taken_at
    top = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = tuple(top - timedelta(hours=back) for back in range(HOURS - 1, -1, -1))
    counted: dict[str, dict[datetime, dict[str, int]]] = {}
    for row in bundle.wall:
        cell = counted.setdefault(row["clause"], {}).setdefault(row["hour"].astimezone(UTC), {})
        cell[row["outcome"]] = cell.get(row["outcome"], 0) + row["n"]
    standing = {row["clause"]: row for row in bundle.standing}
    clocks = {row["clause"]: row for row in bundle.clocks}
    promises = tuple(
        _promise(words, hours, counted.get(id, {}), standing.get(id), clocks.get(id, {}), at, (silent or {}).get(id))
        for id, words in clauses.items()
    )
    days = {row["day"]: row["n"] for row in bundle.days}
    running = [row for row in bundle.due if row["state"] == "open"]
    return Now(
        at=at,
        promises=promises,
        hours=hours,
        overdue=sum(row.get("overdue", 0) for row in bundle.clocks),
        open=sum(row.get("open", 0) for row in bundle.clocks),
        within_week=sum(n for day, n in days.items() if 0 <= day < 7),
        days=tuple(days.get(day, 0) for day in range(7)),
        next_due=min(running, key=lambda row: row["due_at"], default=None),
        quiet=quiet(bundle.sources, at),
    )


def standing(bundle: Bundle, clauses: Clauses) -> int:
    """Breaches that stand, of all promises: what the tab's title counts, without the rest of the figures."""
    found = {row["clause"]: row for row in bundle.standing}
    clocks = {row["clause"]: row for row in bundle.clocks}
    return sum(_broken(found.get(id), clocks.get(id, {})) for id in clauses)


def _broken(standing: Row | None, clocks: Row) -> int:
    return int((standing["n"] if standing else 0) + clocks.get("overdue", 0) + clocks.get("late", 0))


def _promise(
    words: Words,
    hours: tuple[datetime, ...],
    counted: Mapping[datetime, Mapping[str, int]],
    standing: Row | None,
    clocks: Row,
    at: datetime,
    silent: tuple[str, ...] | None,
) -> Promise:
    cells = tuple(
        Cell(
            hour, found.get("pass", 0), found.get("breach", 0), found.get("indeterminate", 0), found.get("resolved", 0)
        )
        for hour in hours
        for found in (counted.get(hour, {}),)
    )
    recent = sum(cell.breaches for cell in cells)
    broken = _broken(standing, clocks)
    last = [standing["last_hour"]] if standing else []
    if clocks.get("last_breach"):
        last.append(clocks["last_breach"])
    last_met = clocks.get("last_met")
    decided = any(cell.decided for cell in cells) or clocks.get("met_24h", 0) > 0
    if silent is not None:  # what is reported as it should be is evidence, be it that nothing ever failed
        decided = not silent
    late_today = bool(clocks.get("last_breach") and clocks["last_breach"] > at - timedelta(hours=HOURS))
    undecided = any(cell.undecided for cell in cells) or clocks.get("undecided", 0) > 0
    if broken:
        state = State.BROKEN
    elif undecided or clocks.get("near", 0):
        state = State.RISK
    elif decided:
        state = State.KEPT
    elif clocks.get("open", 0) or clocks.get("suspended", 0):
        state = State.RUNNING
    else:
        state = State.SILENT
    fresh = any(cell.decided for cell in cells[-2:])
    fresh |= bool(last_met and last_met > at - timedelta(hours=1))
    evidence, latest = decided or late_today, max(last, default=None)
    return Promise(words, state, cells, broken, recent, evidence, fresh, clocks, latest, silent or ())


def quiet(sources: Iterable[Row], at: datetime) -> tuple[tuple[str, timedelta], ...]:
    """Systems that sent nothing for ten minutes or more, longest first, with how long."""
    found = [(row["system"] or "?", at - row["recorded_at"]) for row in sources if row["recorded_at"] is not None]
    return tuple(sorted((each for each in found if each[1] >= QUIET_SOURCE), key=lambda each: -each[1]))


def breaches(bundle: Bundle, promise: str | None = None) -> list[Row]:
    """The latest breaches of events and of obligations, newest first; each row has `at`, when it became one."""
    found = [{**row, "at": row["time"], "state": None, "key": ""} for row in bundle.latest]
    found += [{**row, "at": row["due_at"], "time": row["opened_at"]} for row in bundle.late]
    wanted = (row for row in found if promise is None or row["clause"] == promise)
    return sorted(wanted, key=lambda row: (row["at"], row["finding"]), reverse=True)


def needs(bundle: Bundle, clauses: Clauses, promise: str | None = None) -> list[Row]:
    """What waits for somebody, one row a promise and `kind`: deadlines passed (`overdue`), then breaches by events
    (`breach`), both by severity; then deadlines to come (`open`) by instant. `n`: how many; `finding`: the most
    urgent of them; `at`: when it fell or falls due, or the newest breach's time.
    """
    running = {row["clause"]: row for row in bundle.clocks}
    standing = {row["clause"]: row["n"] for row in bundle.standing}
    groups: dict[tuple[str, str], Row] = {}
    for row in bundle.due:  # by due instant: the first of a group is its most urgent
        kind = row["state"]
        n = running.get(row["clause"], {}).get(kind, 1)
        groups.setdefault((row["clause"], kind), {**row, "kind": kind, "n": n, "at": row["due_at"]})
    for row in bundle.latest:  # newest first
        n = standing.get(row["clause"], 1)
        groups.setdefault((row["clause"], "breach"), {**row, "kind": "breach", "n": n, "at": row["time"]})
    order = {"overdue": 0, "breach": 1, "open": 2}

    def urgency(row: Row) -> tuple[Any, ...]:
        at = row["at"].timestamp()
        if row["kind"] == "open":
            return (2, 0, at, row["clause"])
        return (order[row["kind"]], _rank(row), at if row["kind"] == "overdue" else -at, row["clause"])

    found = [row for row in groups.values() if row["clause"] in clauses and promise in (None, row["clause"])]
    return sorted(found, key=urgency)


def _rank(row: Row) -> int:
    severity = row["severity"]
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
