"""WEB-1: contact details are deleted at once when the request is fulfilled."""

from dataclasses import dataclass

from expectations.calendars import Duration, parse_duration
from expectations.facts import Fact, Facts
from expectations.model import Clock, Course, Severity, obligation


@dataclass(frozen=True)
class Readings:
    """How much time "immediately" leaves."""

    contact_erasure: Duration = parse_duration("24h")


@obligation(
    "WEB-1",
    section="2",
    on=("website.request_fulfilled", "crm.enquiry_fulfilled"),
    opens="enquiry_fulfilled",
    severity=Severity.HIGH,
    law=("GDPR 5(1)(e), 17", "POPIA 14"),
    promise="Contact details from a request are deleted as soon as it is fulfilled.",
    breach="A request was fulfilled, and its contact details were not deleted in time.",
    remedy="Delete the contact details of this request now, and see why the system kept them.",
    readings=Readings(),
)
def contact_details_erased(opener: Fact, known: Facts, reading: Readings) -> Course | None:
    if opener.link is None:
        return Course(undecided=("request",))
    system = opener.about or ""
    erased = [*known.request_erasures(system, opener.link)]
    before = max((each.time for each in erased if each.time < opener.time), default=None)
    again = known.linked("enquired", opener.link, system)
    if before is not None and not any(before < each.time <= opener.time for each in again):
        return None
    clock = Clock("promise", opener.time, reading.contact_erasure.after(opener.time))
    return Course((clock,), met_at=known.first(erased, opener.time))
