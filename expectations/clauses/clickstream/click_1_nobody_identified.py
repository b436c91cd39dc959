"""CLICK-1: clickstream data cannot identify a person."""

from dataclasses import dataclass

from expectations.conditions import Condition, Event, Subject
from expectations.model import Severity, clause


@dataclass(frozen=True)
class Readings:
    """The text calls an internet address anonymous; in full it is personal data (CJEU C-582/14)."""

    ip_is_personal: bool = True


@clause(
    "CLICK-1",
    section="8",
    on="website.page_viewed",
    severity=Severity.HIGH,
    law=("GDPR 4(1), 4(5)", "CJEU C-582/14"),
    promise="Nobody can be recognised from our facts on visits, unless they agreed to statistics.",
    breach="A visit was kept in a form that can be tied to a person, without consent to statistics.",
    remedy="Shorten the address and drop what identifies before the visit is kept; erase what was kept.",
    readings=Readings(),
)
def nobody_identified(event: Event, subject: Subject, reading: Readings) -> Condition:
    known = event.identifiable
    if reading.ip_is_personal:
        known |= event.ip == "full"
    return ~(event.tracked & known) | subject.consents_to("statistics")
