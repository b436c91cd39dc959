"""REC-4: no machine alone rejects or hires."""

from dataclasses import dataclass

from expectations.conditions import Condition, Event
from expectations.model import Severity, clause


@dataclass(frozen=True)
class Readings:
    """Whether advancing to the next round weighs as heavily as a rejection or an offer."""

    advance_is_significant: bool = False


@clause(
    "REC-4",
    section="2, 5",
    on="recruitment.application_assessed",
    severity=Severity.CRITICAL,
    law=("GDPR 22", "POPIA 71"),
    promise="No machine alone decides on an application.",
    breach="An applicant was rejected or chosen by a machine, and nobody looked at it.",
    remedy="Have a person decide anew, tell the applicant, and put the review before the decision.",
    readings=Readings(),
)
def no_machine_decides(event: Event, reading: Readings) -> Condition:
    heavy = ("reject", "offer", "advance") if reading.advance_is_significant else ("reject", "offer")
    return ~(event.decision.is_in(heavy) & event.automated & ~event.human_review)
