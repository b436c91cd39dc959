"""RIGHT-3: an objection stops processing at once, until it is decided."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import polars as pl

from expectations.calendars import Duration, parse_duration
from expectations.conditions import Condition, Event, Rule, Subject
from expectations.model import Severity, clause
from expectations.readings import Limits
from expectations.vocabulary import PROCESSING

# A grace is short: its days are absolute, of whatever kind.
HOURS = {"hours": 1, "days": 24, "working_days": 24, "weeks": 168}


@dataclass(frozen=True)
class Readings:
    """At once, or after a short time to carry it out."""

    objection_grace: Annotated[Duration, Limits(most="7d", why="at once")] = parse_duration("0h")


@clause(
    "RIGHT-3",
    section="5",
    on=PROCESSING,
    severity=Severity.CRITICAL,
    law=("GDPR 21, 18(1)(d)", "POPIA 11(3)"),
    promise="When someone objects, the use they object to stops until we have decided.",
    breach="Data were used for a purpose to which the person had objected, before it was decided.",
    remedy="Stop this use for the person, decide on the objection, and tell them.",
    readings=Readings(),
)
def objection_stops_processing(event: Event, subject: Subject, reading: Readings) -> Rule:
    grace = timedelta(hours=reading.objection_grace.count * HOURS[reading.objection_grace.unit])
    covered: Condition = (event.time >= subject.objected_since + grace).fill_null(False)
    some = event.purpose.is_null() & (event.time >= subject.objected_some_since + grace).fill_null(False)
    covered |= pl.when(some).then(None).otherwise(False)
    required = event.legal_basis == "legal_obligation"
    # Upheld is RIGHT-4's, restricted is RIGHT-5's: each speaks alone.
    other = subject.objection_upheld() | subject.restricted()
    return Rule(applies=~other, holds=~covered | required)
