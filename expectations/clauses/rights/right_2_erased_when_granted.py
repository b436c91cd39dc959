"""RIGHT-2: a granted erasure is carried out, in every system that holds the person; a refusal has its reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from expectations.calendars import Duration, parse_duration
from expectations.conditions import Condition, Event, Request, Rule
from expectations.facts import Fact, Facts
from expectations.model import Clock, Course, ReadingOf, Severity, also_on_events, obligation
from expectations.readings import Limits
from expectations.relations import must_be_kept
from expectations.requests import doubts

SYSTEMS = ("crm", "newsletter", "website")  # applications are REC-3's


@dataclass(frozen=True)
class Readings:
    """The text says "without unreasonable delay"."""

    erasure_delay: Annotated[Duration, Limits(most="3 months", why="GDPR 12(3)")] = parse_duration("7d")


@obligation(
    "RIGHT-2",
    section="5",
    on="rights.request_answered",
    opens="answered",
    severity=Severity.HIGH,
    law=("GDPR 17",),
    promise="A granted erasure is carried out without delay, everywhere; a refusal says why.",
    breach="Data that were to be erased stood there still, or an erasure was refused without a reason.",
    remedy="Erase what the system holds of the person now; tell a refused person the reason.",
    readings=Readings(),
)
def erased_when_granted(opener: Fact, known: Facts, reading: Readings, readings: ReadingOf) -> Iterator[Course]:
    unsaid = doubts(opener, known, "erasure", "granted")
    if unsaid is None:
        return
    due = reading.erasure_delay.after(opener.time)
    for system in SYSTEMS:
        held = known.held(system, opener)
        if held and not (system == "crm" and must_be_kept(known, opener.time, readings)):
            clock = Clock("promise", opener.time, due)
            yield Course((clock,), _erased_at(system, opener, known, held), undecided=unsaid, key=system)


def _erased_at(system: str, opener: Fact, known: Facts, held: list[Fact]) -> datetime | None:
    """The first erasure of the system; where it held enquiries alone, also the instant when each was erased."""
    whole = known.first(known.erasures(system), opener.time)
    each = [min((at for at in known.erased_enquiry(fact) if at >= opener.time), default=None) for fact in held]
    single = None if None in each else max(at for at in each if at is not None)
    return min((at for at in (whole, single) if at is not None), default=None)


@also_on_events("RIGHT-2", on="rights.request_answered")
def refused_with_a_reason(event: Event, request: Request) -> Rule:
    told: Condition = event.reason.fill_null("").str.strip_chars() != ""
    return Rule(applies=request.erasure & (event.outcome == "refused"), holds=told)
