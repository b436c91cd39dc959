"""BREACH-4: as a processor we tell the customer of an incident."""

from dataclasses import dataclass

from expectations.calendars import Duration, parse_duration
from expectations.facts import Fact, Facts
from expectations.incidents import follow_up
from expectations.model import Course, Severity, obligation


@dataclass(frozen=True)
class Readings:
    """The law says "without undue delay"."""

    controller_hours: Duration = parse_duration("24h")


@obligation(
    "BREACH-4",
    section="10",
    on="breach.detected",
    opens="incident_of_customer",
    severity=Severity.CRITICAL,
    law=("GDPR 33(2)", "POPIA 21(2)"),
    roles=("processor",),
    promise="A customer is told of an incident with the data that we hold for them.",
    breach="The customer was not told in time of an incident with their data.",
    remedy="Tell the customer now: their own 72 hours run.",
    readings=Readings(),
)
def the_customer_is_told(opener: Fact, known: Facts, reading: Readings) -> Course:
    return follow_up(opener, known, known.of("controller_notified"), reading.controller_hours)
