"""RIGHT-4: an objection that is upheld: the person gets copies, and the use ends for good."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from expectations.calendars import Duration, parse_duration
from expectations.conditions import Event, Rule, Subject
from expectations.facts import Fact, Facts
from expectations.model import Clock, Course, Severity, also_on_events, obligation
from expectations.readings import Limits
from expectations.vocabulary import PROCESSING


@dataclass(frozen=True)
class Readings:
    """Copies are answers: within their four weeks, from the request on."""

    copies_within: Annotated[Duration, Limits(most="3 months", why="GDPR 12(3)")] = parse_duration("28d")


@obligation(
    "RIGHT-4",
    section="5",
    on="rights.objection_decided",
    opens="decided",
    severity=Severity.HIGH,
    law=("GDPR 21", "POPIA 11(3,4)"),
    promise="When an objection is upheld, the person gets copies and the use ends for good.",
    breach="An objection was upheld, and copies were not provided in time, or the use went on.",
    remedy="Stop this use for the person in every system, and send the copies now.",
    readings=Readings(),
)
def copies_are_provided(opener: Fact, known: Facts, reading: Readings) -> Course | None:
    if opener.flag is False:
        return None
    if opener.link is None:
        return Course(undecided=("request",))
    asked = [each for each in known.of("requested") if each.link == opener.link and each.time <= opener.time]
    objections = [each for each in asked if each.word == "objection"]
    if asked and not objections and all(each.word for each in asked):
        return None  # it decides no objection
    since: datetime = min((each.time for each in objections or asked), default=opener.time)
    undecided = ("upheld",) * (opener.flag is None) + ("right",) * (bool(asked) and not objections)
    copies = (each for each in known.of("copies_provided") if each.link == opener.link)
    clock = Clock("promise", opener.time, reading.copies_within.after(since))
    return Course((clock,), met_at=known.first(copies, opener.time), undecided=undecided)


@also_on_events("RIGHT-4", on=PROCESSING)
def the_use_has_ceased(event: Event, subject: Subject) -> Rule:
    return Rule(applies=subject.objection_upheld(), holds=event.legal_basis == "legal_obligation")
