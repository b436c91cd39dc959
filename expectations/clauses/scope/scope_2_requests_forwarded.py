"""SCOPE-2: a request about a customer's data is passed on to that customer."""

from dataclasses import dataclass

from expectations.calendars import Duration, parse_duration
from expectations.facts import Fact, Facts
from expectations.model import Clock, Course, Severity, obligation


@dataclass(frozen=True)
class Readings:
    """The text sets no term."""

    forward_days: Duration = parse_duration("2 working_days")


@obligation(
    "SCOPE-2",
    section="1",
    on="rights.request_received",
    opens="requested_of_processor",
    severity=Severity.MEDIUM,
    law=("GDPR 28(3)(e)",),
    roles=("processor",),
    promise="Who asks about data that we hold for a customer is sent on to that customer.",
    breach="A request about a customer's data was not passed on in time.",
    remedy="Forward the request now, tell the person, and note it at the desk.",
    readings=Readings(),
)
def requests_forwarded(opener: Fact, known: Facts, reading: Readings) -> Course:
    if opener.link is None:
        return Course(undecided=("request",))
    clock = Clock("promise", opener.time, reading.forward_days.after(opener.time))
    return Course((clock,), met_at=known.first(known.linked("forwarded", opener.link), opener.time))
