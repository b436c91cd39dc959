"""What a clause is: its words, its law, its readings, and either a condition on events or an obligation.

Clauses live one to a file under `expectations/clauses/`; importing the folder registers them.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Protocol, TypeVar

import polars as pl

from expectations.calendars import Duration, parse_duration
from expectations.conditions import Activity, Application, Condition, Event, Registers, Request, Rule, Subject
from expectations.facts import Fact, Facts

AREAS = ("SCOPE", "GEN", "WEB", "CLICK", "CRM", "NEWS", "REC", "SHARE", "XFER", "RIGHT", "SEC", "BREACH", "AMEND",
         "CCTV", "POPIA")  # fmt: skip


class Severity(StrEnum):
    """How bad a breach is; the order is the order of attention."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class NoReadings:
    """A clause whose text leaves nothing open."""


@dataclass(frozen=True)
class Clock:
    """One term of an obligation: from `since` on it falls due at `due_at`. Clock `promise` is the policy's own."""

    clock: str
    since: datetime
    due_at: datetime


@dataclass(frozen=True)
class Course:
    """What became of one obligation: times only. `undecided` names fields for want of which it may not have opened.

    `misstep`: fulfilled in a way that the clause forbids (REC-1 read as a minimum: erased too early).
    """

    clocks: tuple[Clock, ...] = ()
    met_at: datetime | None = None
    cancelled_at: datetime | None = None
    suspensions: tuple[tuple[datetime, datetime | None], ...] = ()
    undecided: tuple[str, ...] = ()
    key: str = ""
    misstep: bool = False


Check = TypeVar("Check", bound=Callable[..., Condition | Rule])  # what decides a clause on events


class ReadingOf(Protocol):
    """The reading of a clause in the version of the policy that was in force at that instant."""

    def __call__(self, clause: str, at: datetime) -> Any: ...


# Works out the course of the obligation that `opener` opens, from (opener: Fact, known: Facts, reading); None: it opens
# none; several have keys each. Where another clause's terms decide too it takes `readings: ReadingOf` besides.
Follow = Callable[..., Course | Iterable[Course] | None]


@dataclass(frozen=True)
class Clause:
    """One promise of the policy: a `check` on events of the types `on`, an obligation, or both under one id.

    `opened_by`: the event types that open the obligation; `opens`: the kinds of fact that they state.
    """

    id: str
    section: str
    on: frozenset[str]
    severity: Severity
    law: tuple[str, ...]
    promise: str
    breach: str
    remedy: str
    readings: Any = field(default_factory=NoReadings)
    yields_to: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset({"controller"})
    check: Callable[..., Condition | Rule] | None = None
    opened_by: frozenset[str] = frozenset()
    opens: frozenset[str] = frozenset()
    follow: Follow | None = None

    @property
    def is_obligation(self) -> bool:
        """Whether the clause promises something later."""
        return self.follow is not None

    @property
    def order(self) -> tuple[int, int]:
        """Where it stands in the policy."""
        area, _, number = self.id.partition("-")
        return AREAS.index(area), int(number)

    def reading(self, chosen: Mapping[str, object]) -> Any:
        """The readings in use: the clause's own defaults, with what a policy file chose."""
        typed = {name: _typed(value, getattr(self.readings, name)) for name, value in chosen.items()}
        return replace(self.readings, **typed)

    def courses(self, opener: Fact, known: Facts, readings: ReadingOf) -> tuple[Course, ...]:
        """What becomes of the obligations that this fact opens."""
        assert self.follow is not None, f"{self.id} judges events"
        others = {"readings": readings} if _takes_readings(self.follow) else {}
        found = self.follow(opener, known, readings(self.id, opener.time), **others)
        return () if found is None else (found,) if isinstance(found, Course) else tuple(found)

    def rule(self, chosen: Mapping[str, object]) -> Rule:
        """The condition under those readings."""
        assert self.check is not None, f"{self.id} judges no events"
        given = {
            "event": Event(),
            "subject": Subject(),
            "application": Application(),
            "request": Request(),
            "activity": Activity(),
            "registers": Registers(),
        }
        wanted = inspect.signature(self.check).parameters
        offered = {**given, "reading": self.reading(chosen)}
        found = self.check(**{name: offered[name] for name in wanted})
        return found if isinstance(found, Rule) else Rule(_always(), found)


@cache
@cache
def _takes_readings(follow: Follow) -> bool:
    return "readings" in inspect.signature(follow).parameters


def _typed(value: object, default: object) -> object:
    """A reading as the clause declares it, from what a file or a suite's JSON holds."""
    if isinstance(default, Duration) and isinstance(value, str):
        return parse_duration(value)
    return tuple(value) if isinstance(default, tuple) and isinstance(value, list) else value


def _always() -> Condition:
    return pl.lit(True)


_REGISTRY: dict[str, Clause] = {}


def _register(clause: Clause) -> None:
    if clause.id in _REGISTRY:
        raise ValueError(f"{clause.id} is written twice")
    _REGISTRY[clause.id] = clause


def _types(on: str | Iterable[str]) -> frozenset[str]:
    return frozenset((on,) if isinstance(on, str) else on)


def clause(
    id: str, *, on: str | Iterable[str], roles: Iterable[str] = ("controller",), **words: Any
) -> Callable[[Check], Check]:
    """Register a condition on events as a clause; the function runs once per policy version."""

    def keep(check: Check) -> Check:
        _register(Clause(id=id, on=_types(on), roles=frozenset(roles), check=check, **words))
        return check

    return keep


def obligation(
    id: str,
    *,
    on: str | Iterable[str],
    opens: str | Iterable[str],
    roles: Iterable[str] = ("controller",),
    **words: Any,
) -> Callable[[Follow], Follow]:
    """Register an obligation: each fact of a kind in `opens`, stated by events of the types `on`, may open one."""

    def keep(follow: Follow) -> Follow:
        kinds, types = _types(opens), _types(on)
        none: frozenset[str] = frozenset()
        _register(Clause(id, on=none, opened_by=types, opens=kinds, roles=frozenset(roles), follow=follow, **words))
        return follow

    return keep


def also_on_events(
    id: str, *, on: str | Iterable[str], yields_to: tuple[str, ...] = ()
) -> Callable[[Callable[..., Condition | Rule]], Callable[..., Condition | Rule]]:
    """The other side of an obligation written above it: a condition on events under the same id and words."""

    def keep(check: Callable[..., Condition | Rule]) -> Callable[..., Condition | Rule]:
        _REGISTRY[id] = replace(_REGISTRY[id], on=_types(on), yields_to=yields_to, check=check)
        return check

    return keep


@cache
def registry() -> Mapping[str, Clause]:
    """Every clause, in the policy's order."""
    import expectations.clauses as folder

    for found in pkgutil.walk_packages(folder.__path__, folder.__name__ + "."):
        importlib.import_module(found.name)
    return dict(sorted(_REGISTRY.items(), key=lambda item: item[1].order))
