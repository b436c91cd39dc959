"""Business relations: which are in force, what holds them back from erasure, and how long they are kept (CRM-1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from expectations.calendars import Duration, add_years, end_of_retention, parse_duration
from expectations.facts import Fact, Facts
from expectations.model import Clock, ReadingOf

Span = tuple[datetime, datetime | None]  # [from, to); None: it has not ended


@dataclass(frozen=True)
class Keeping:
    """How long records of relations are kept: the readings of CRM-1."""

    retention_years: int = 7
    retention_from: Literal["fiscal_year_end", "relation_end"] = "fiscal_year_end"  # the former by AWR 52(4)
    hold_grace: Duration = parse_duration("30d")  # to erase, once a hold was lifted


@dataclass(frozen=True)
class Term:
    """The term of records kept from the end of the last relation on."""

    clocks: tuple[Clock, ...]
    suspensions: tuple[Span, ...]
    due_at: datetime | None  # as moved; None: held for ever
    resumed_at: datetime | None  # by a new relation in time


def in_force(known: Facts, at: datetime) -> bool:
    """Whether a relation of any kind is in force; an end at the instant of the start is the stricter.

    A relation of unknown kind is one too: it ends by an end that names none.
    """
    ends = [fact for fact in known.of("relation_ended") if fact.time <= at]
    return any(
        start.time <= at and not any(end.about in (None, start.about) and end.time >= start.time for end in ends)
        for start in known.of("relation_started")
    )


def holds(known: Facts) -> list[Span]:
    """When a hold was in force, whatever its reason: spans that do not meet, oldest first.

    Holds are per reason; a lifting that names none lifts all, and wins over a hold placed at its instant.
    """
    spans: list[Span] = []
    for since, until in sorted(_each_hold(known), key=lambda span: span[0]):
        before = spans[-1] if spans else None
        if before is None or (before[1] is not None and before[1] < since):
            spans.append((since, until))
        elif before[1] is not None:
            spans[-1] = (before[0], None if until is None else max(before[1], until))
    return spans


def _each_hold(known: Facts) -> Iterator[Span]:
    for placed in known.of("hold_placed"):
        lifted = known.first(
            (fact for fact in known.of("hold_lifted") if fact.about in (None, placed.about)), placed.time
        )
        if lifted != placed.time:
            yield placed.time, lifted


def term_after(end: Fact, known: Facts, keeping: Keeping) -> Term | None:
    """The term that runs from the end of a relation on; None where it was not the last.

    A hold that is in force at the due instant or before suspends it; once lifted, the record is due at the later of
    the term and the grace. What comes after the due instant (as moved) changes nothing.
    """
    if in_force(known, end.time):
        return None
    due: datetime | None
    if keeping.retention_from == "relation_end":
        due = add_years(end.time, keeping.retention_years)
    else:
        due = end_of_retention(end.time, keeping.retention_years)
    clocks, suspensions = [Clock("promise", end.time, due)], list[Span]()
    for since, until in holds(known):
        if until is not None and until <= end.time:
            continue
        if due is None or since > due:
            break
        suspensions.append((max(since, end.time), until))
        due = None if until is None else max(due, keeping.hold_grace.after(until))
        if until is not None and due is not None and due > clocks[-1].due_at:
            clocks.append(Clock("promise", until, due))
    begun = (fact.time for fact in known.of("relation_started") if fact.time > end.time)
    again = min((at for at in begun if due is None or at <= due), default=None)
    return Term(tuple(clocks), tuple(suspensions), due, again)


def must_be_kept(known: Facts, at: datetime, readings: ReadingOf) -> bool:
    """Whether a hold or the tax term is in force: from the last relation's end to CRM-1's due instant, inclusive."""
    if any(since <= at and (until is None or at < until) for since, until in holds(known)):
        return True
    for end in known.of("relation_ended"):
        term = term_after(end, known, readings("CRM-1", end.time)) if end.time <= at else None
        if term is not None and (term.resumed_at is None or at < term.resumed_at):
            due = [clock for clock in term.clocks if clock.since <= at][-1].due_at
            if at <= due:
                return True
    return False
