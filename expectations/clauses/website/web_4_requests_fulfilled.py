"""WEB-4: a request is fulfilled, so that its data are kept no longer than that takes."""

from dataclasses import dataclass

from expectations.calendars import Duration, parse_duration
from expectations.facts import Fact, Facts
from expectations.model import Clock, Course, Severity, obligation


@dataclass(frozen=True)
class Readings:
    """The text sets no term for fulfilling a request."""

    enquiry_max: Duration = parse_duration("28d")


@obligation(
    "WEB-4",
    section="2",
    on=("website.form_submitted", "crm.enquiry_received"),
    opens="enquired",
    severity=Severity.LOW,
    law=("GDPR 5(1)(e)",),
    promise="A request is dealt with, and its data are kept no longer than that takes.",
    breach="A request was neither fulfilled nor erased in time.",
    remedy="Answer the person, or erase the request if it needs no answer.",
    readings=Readings(),
)
def requests_fulfilled(opener: Fact, known: Facts, reading: Readings) -> Course:
    if opener.link is None:
        return Course(undecided=("request",))
    system = opener.about or ""
    ended = [*known.linked("enquiry_fulfilled", opener.link, system), *known.request_erasures(system, opener.link)]
    clock = Clock("promise", opener.time, reading.enquiry_max.after(opener.time))
    return Course((clock,), met_at=known.first(ended, opener.time))
