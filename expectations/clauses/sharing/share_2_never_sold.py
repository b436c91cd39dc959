"""SHARE-2: data are never sold or rented without consent."""

from expectations.conditions import Condition, Event, Subject
from expectations.model import Severity, clause


@clause(
    "SHARE-2",
    section="3",
    on="data.disclosed",
    severity=Severity.CRITICAL,
    law=("GDPR 5(1)(a), 6", "POPIA 11"),
    promise="We never sell or rent out anybody's data without their consent.",
    breach="Data were sold or rented out, and the person had not agreed.",
    remedy="Stop it, have the data returned or erased, and assess it as an incident.",
)
def never_sold(event: Event, subject: Subject) -> Condition:
    return ~event.sold | (event.ground == "legal_obligation") | subject.consents_to_this()
